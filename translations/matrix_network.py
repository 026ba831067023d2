"""Iterated 3×3 matrix multiplication on four layers, exactly over ℚ (Theorem 5).

    1, 2   u mod 24                      (`translations.positions`)
    3      a cycle of 3 driven by u mod 6, which gives u mod 18, and beside it the last
           24 (or 6) symbols in slots; lookups of steps and queries by both
    4      a row [x | y] ∈ ℚ⁶ of the product for each entry that is read

BOS writes [e_i | e_i]. The published RWKV-7 initialisation writes [vec I | 0] at the
first symbol and counts that symbol as the first overwrite, so that one coordinate is
never written; the published DeltaNet router does not exist over ℚ. Both are repaired.
"""

from collections.abc import Iterator

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.rnns import Network
from automata_rnn.rnns.compiled import MAX_ROWS, compile_network, rows_of
from automata_rnn.rnns.coordinates import (
    ONE,
    ConjunctionSketch,
    Coordinates,
    Form,
    HeadSketch,
    LayerSketch,
    assemble,
)
from automata_rnn.rnns.lookup import Key
from translations.matrix_decode import MatrixView, machine_state, wfa_state
from translations.matrix_product import ALPHABET, MatrixProduct, matrix_product_wfa
from translations.matrix_schedule import MatrixSchedule, step_of, token_columns
from translations.matrix_units import (
    TOKENS,
    column_slots,
    control,
    controls,
    entry_unit,
    query,
    query_unit,
)
from translations.overwrites import IDLE, parameter_units
from translations.positions import BOS, modulo_24, parity
from translations.registry import Translation, translator
from translations.router import cycle_heads
from translations.top_heads import top_head
from translations.windows import NONE, slot_heads, token


@translator(MatrixProduct, Network)
def matrix_product_to_network(
    machine: MatrixProduct, *, heads: str = "rwkv7", max_rows: int = MAX_ROWS
) -> Translation:
    """A network of four layers whose outputs are the machine's, exactly.

    With an entry, the automaton is the WFA of that entry, and the network accepts where
    it is positive (Proposition 3: PNC¹-complete). Lookups are rectified units up to
    `max_rows` rows.
    """
    schedule = MatrixSchedule(heads, machine.order)
    network, coordinates = _build(schedule, machine.entry)
    if rows_of(network) <= max_rows:
        network = compile_network(network, max_rows=max_rows)

    if machine.entry is None:
        return Translation(
            machine,
            network,
            lambda state: machine_state(MatrixView(schedule, coordinates, state)),
        )
    return Translation(
        matrix_product_wfa(machine.entry, machine.order),
        network,
        lambda state: wfa_state(MatrixView(schedule, coordinates, state)),
    )


def _build(
    schedule: MatrixSchedule, entry: tuple[int, int] | None
) -> tuple[Network, Coordinates]:
    kind, length = schedule.kind, schedule.slots
    alphabet = Alphabet(ALPHABET, bos="<bos>")
    embedding: dict[Symbol, Form] = {
        symbol: {ONE: 1, token(code): 1} for code, symbol in enumerate(ALPHABET)
    }
    embedding["<bos>"] = {ONE: 1, BOS: 1}
    entries = _entries(entry)
    columns = sorted({j for _, j in entries})
    third = LayerSketch(
        [*cycle_heads(kind, 3, 6), *slot_heads(kind, length, TOKENS)],
        [_steps(schedule), *(_queries(schedule, j) for j in columns)],
    )
    layers = [
        parity(kind),
        modulo_24(kind, sorted({6, length})),
        third,
        LayerSketch([_head(schedule, i, j) for i, j in entries]),
    ]
    readout: list[Form] = [{entry_unit(i, j): 1} for i, j in entries]
    return assemble(alphabet, embedding, layers, readout)


def _entries(entry: tuple[int, int] | None) -> list[tuple[int, int]]:
    return [(i, j) for i in range(3) for j in range(3)] if entry is None else [entry]


def _steps(schedule: MatrixSchedule) -> ConjunctionSketch:
    """The step of the task at each position, by the tokens of its column."""
    tasks = {u: schedule.task(u) for u in range(schedule.period)}
    known = {u: task for u, task in tasks.items() if task is not None}
    at = {control(schedule, u): u for u in known}

    def keys() -> Iterator[Key]:
        for u, (column, _) in known.items():
            for tokens in token_columns(column.positions[0] <= 0):
                yield Key(control(schedule, u), tokens)

    def row(key: Key) -> Form:
        return step_of(schedule.kind, known[at[_pair(key)]], key.tokens).parameters

    return ConjunctionSketch(
        controls(schedule),
        {c: column_slots(schedule, known[u][0].positions) for c, u in at.items()},
        row,
        keys,
        sum(1 for _ in keys()),
        parameter_units(schedule.kind, 6),
    )


def _queries(schedule: MatrixSchedule, j: int) -> ConjunctionSketch:
    """The query for column j of the product, at the end of each matrix."""
    ends = range(0, schedule.period, 9)
    answers = {u: schedule.answer(u, j) for u in ends}
    at = {control(schedule, u): u for u in ends}

    def keys() -> Iterator[Key]:
        for u, column in answers.items():
            if column is None:
                yield Key(control(schedule, u), ())
                continue
            for tokens in token_columns(u == 0):
                yield Key(control(schedule, u), tokens)

    def row(key: Key) -> Form:
        u = at[_pair(key)]
        asked = query(j, (u - 1) // 9, answers[u], key.tokens)
        return {query_unit(j, i): value for i, value in asked.items()}

    return ConjunctionSketch(
        controls(schedule),
        {
            c: column_slots(
                schedule, column.positions if (column := answers[u]) else ()
            )
            for c, u in at.items()
        },
        row,
        keys,
        sum(1 for _ in keys()),
        [query_unit(j, i) for i in range(6)],
    )


def _head(schedule: MatrixSchedule, i: int, j: int) -> HeadSketch:
    start = [int(k % 3 == i) for k in range(6)]
    task = schedule.task(0)
    at_bos = IDLE if task is None else step_of(schedule.kind, task, (NONE,) * 3)
    asked: list[Form] = [{query_unit(j, k): 1} for k in range(6)]
    return top_head(schedule.kind, start, at_bos, asked, {entry_unit(i, j): 1})


def _pair(key: Key) -> tuple[int, int]:
    return key.control[0], key.control[1]
