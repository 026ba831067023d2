"""The last symbols as digits of one number: WFA → RWKV-7 in two layers (theory 3.4).

    1    u mod 2m by one counter, and a number z that holds the whole word: with
         B = 2|Σ| + 2, z ← z/B + (2a - 1)/B at the a-th symbol. Symbols are odd digits,
         the last one first, so that windows are intervals of z with gaps between them;
         one lookup of u mod 2m + z gives the step and the query.
    2    the top head, as in four layers

z takes infinitely many values: such a network has no finite-state lower layer, and is
not compatible with a norm.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from flint import fmpq

from automata_rnn.rnns.coordinates import (
    ONE,
    Coordinates,
    Form,
    HeadSketch,
    IntervalSketch,
    LayerSketch,
    Unit,
)
from automata_rnn.rnns.lookup import Interval
from automata_rnn.semiring import Array
from translations.overwrites import parameter_units
from translations.positions import residues
from translations.router import counter
from translations.wfa_layers import Construction, top, windows
from translations.windows import NONE, token

MEMORY: Unit = "memory"


def two_layers(made: Construction) -> list[LayerSketch]:
    """Counter and memory with one lookup, then the top head."""
    first = counter(made.plan.period)
    heads = [*first.heads, _memory(made.letters)]
    return [LayerSketch(heads, [_lookup(made)]), LayerSketch([top(made)])]


def _base(letters: int) -> int:
    return 2 * letters + 2


def _memory(letters: int) -> HeadSketch:
    share = fmpq(1, _base(letters))
    parts: dict[str, Sequence[Form]] = {
        "decay": [{ONE: share}],
        "removal": [{}],
        "rate": [{}],
        "strength": [{}],
        "value": [{token(code): 2 * code + 1 for code in range(letters)}],
        "key": [{ONE: share}],
    }
    return HeadSketch("rwkv7", parts, [{ONE: 1}], [{MEMORY: 1}])


def _lookup(made: Construction) -> IntervalSketch:
    period, letters = made.plan.period, made.letters
    form: dict[Unit, Any] = {MEMORY: 1}
    form |= {unit: p for p, unit in enumerate(residues(period))}

    def classify(value: Any) -> tuple[int, tuple[int, ...]]:
        p = _floor(value)
        count = made.plan.block + made.schedule.place(p)
        return p, digits(value - p, count, letters)

    def row(key: tuple[int, tuple[int, ...]]) -> Form:
        p, previous, current = split(made, *key)
        return {
            **made.step(p, previous).parameters,
            **made.query(p, previous, current),
        }

    n = 2 * made.wfa.num_states
    outputs = [*parameter_units(made.plan.heads, n), *made.query_units]
    return IntervalSketch(
        form, classify, row, lambda: _intervals(made), made.plan.rows["all"], outputs
    )


def digits(value: Any, count: int, letters: int) -> tuple[int, ...]:
    """The last `count` tokens, the last one first."""
    tokens = []
    for _ in range(count):
        value *= _base(letters)
        digit = _floor(value)
        tokens.append((digit + 1) // 2)
        value -= digit
    return tuple(tokens)


def split(
    made: Construction, p: int, tokens: tuple[int, ...]
) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """(u mod 2m, block before, this block) in the order of the word."""
    place = made.schedule.place(p)
    return p, tokens[place:][::-1], tokens[:place][::-1]


def read_memory(
    made: Construction, coordinates: Coordinates, stream: Array
) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """What the lookup is by, of a stream."""
    units = residues(made.plan.period)
    p = next(p for p, unit in enumerate(units) if stream[coordinates.index[unit]] == 1)
    count = made.plan.block + made.schedule.place(p)
    value = stream[coordinates.index[MEMORY]]
    return split(made, p, digits(value, count, made.letters))


def _intervals(made: Construction) -> Iterator[Interval]:
    """Of z in [low, low + B^-count), where more symbols may follow, else {low}."""
    base, found = _base(made.letters), []
    for p, previous, current in windows(made):
        tokens = (*current[::-1], *previous[::-1])
        low = fmpq(p)
        for i, a in enumerate(tokens, start=1):
            low += fmpq(max(0, 2 * a - 1), base**i)
        tail = fmpq(0) if tokens[-1] == NONE else fmpq(1, base ** len(tokens))
        found.append(Interval(low, low + tail, (p, tokens)))
    yield from sorted(found)


def _floor(value: Any) -> int:
    return int(value // 1) if isinstance(value, float) else int(value.p // value.q)
