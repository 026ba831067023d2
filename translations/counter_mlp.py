"""CounterMachine → MLPRNN: three ReLU layers for each step (Lemmas 2 and 3, repaired).

The hidden state is the state as a one-hot vector and each counter as c = p - n with
p, n ≥ 0 and one of them 0.

1. Copies, the symbol as a one-hot vector, and |c| = p + n beside ReLU(|c| - 1), whose
   difference is 1 where c ≠ 0 and 0 where c = 0: exact, where the paper's equality
   gadget has a tolerance.
2. A gate for each row of the table, [q and σ and mask], exactly one of which is 1.
3. The next state is the sum of the gates that lead to it; p' = ReLU(c + Σ u · gates),
   n' = ReLU(-c - Σ u · gates). There is no reset, which no such network can do.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import product, starmap

from automata_rnn.automata import CounterMachine, Counters
from automata_rnn.rnns import MLPRNN
from automata_rnn.semiring import INTEGER, Array, Semiring
from automata_rnn.system import above
from translations.counter_relu import Counter, State, acceptance_head, decode_counters
from translations.registry import Translation, translator
from translations.units import ONE, Form, Forms, Reads, combine, layer, reader, vector


@dataclass(frozen=True)
class Symbol:
    """1 where the symbol with this code is read, as a unit."""

    code: int


@dataclass(frozen=True)
class Part:
    """Of a counter: max(c, 0) for sign 1, max(-c, 0) for sign -1."""

    counter: int
    sign: int


@dataclass(frozen=True)
class Above:
    """ReLU(|c| - level) of a counter."""

    counter: int
    level: int


@dataclass(frozen=True)
class Row:
    """1 where the step's row of the table is this one."""

    code: int
    state: int
    mask: int


@translator(CounterMachine, MLPRNN)
def counter_machine_to_mlp_rnn(
    machine: CounterMachine, *, semiring: Semiring = INTEGER
) -> Translation:
    """A network of three ReLU layers that accepts with value 1; always, exact.

    With n states and c symbol codes: n + 2k hidden units, n + c + 4k in the first layer
    and n c 2ᵏ + 2k in the second. `decode` reads the configuration. With REAL, values
    are exact below 2⁵³.
    """
    k, codes = machine.num_counters, machine.alphabet.num_codes
    states: Forms = {State(q): {State(q): 1} for q in range(machine.num_states)}
    parts = [Part(i, sign) for i in range(k) for sign in (1, -1)]
    copies: Forms = {part: {part: 1} for part in parts}
    counters: Forms = {Counter(i): _value(i) for i in range(k)}
    first = {**states, **copies, **_sizes(k), **symbol_units(codes)}
    second = {**_rows(machine), **copies}
    names = [*states, *parts]
    weights = [
        layer(semiring, names, {}, first, codes),
        layer(semiring, [*first], {}, second, 1),
        layer(semiring, [*second], counters, _next(machine), 1),
    ]
    head, head_bias, readout = acceptance_head(
        semiring, names, {}, machine, lambda i: {Part(i, 1): 1, Part(i, -1): 1}
    )
    rnn = MLPRNN(
        semiring,
        machine.alphabet,
        vector(semiring, names, {State(machine.initial_state): 1}),
        tuple(w.matrix for w in weights),
        weights[0].bias,
        tuple(w.bias[0] for w in weights[1:]),
        readout,
        head,
        head_bias,
    )
    read = reader(names, {**states, **counters})
    pairs = [(q, 0) for q in range(machine.num_states)]

    def decode(hidden: Array) -> Counters:
        return decode_counters(read(hidden), pairs, k)

    return Translation(machine, rnn, decode, read=above)


def _value(i: int) -> Form:
    return {Part(i, 1): 1, Part(i, -1): -1}


def _sizes(k: int) -> Forms:
    """|c| and ReLU(|c| - 1) of every counter."""
    return {
        Above(i, level): {Part(i, 1): 1, Part(i, -1): 1, ONE: -level}
        for i in range(k)
        for level in (0, 1)
    }


def symbol_units(codes: int) -> Forms:
    return {Symbol(code): {Reads(code): 1} for code in range(codes)}


def _table(machine: CounterMachine) -> Iterator[Row]:
    codes, states, masks = machine.successors.shape
    return starmap(Row, product(range(codes), range(states), range(masks)))


def _rows(machine: CounterMachine) -> Forms:
    """ReLU([q] + [σ] + Σ_i [mask bit of i is right] - (1 + k)) for every row."""
    k = machine.num_counters
    rows: dict[Hashable, Form] = {}
    for row in _table(machine):
        terms: list[tuple[int, Form]] = [(1, {State(row.state): 1})]
        terms += [(1, {Symbol(row.code): 1}), (-(1 + k), {ONE: 1})]
        terms += [(1, _mask_bit(i, row.mask >> i & 1)) for i in range(k)]
        rows[row] = combine(*terms)
    return rows


def _mask_bit(i: int, bit: int) -> Form:
    """1 where counter i is nonzero, for bit 1; where it is zero, for bit 0."""
    nonzero: Form = {Above(i, 0): 1, Above(i, 1): -1}
    return nonzero if bit else combine((1, {ONE: 1}), (-1, nonzero))


def _next(machine: CounterMachine) -> Forms:
    states: list[dict[Hashable, int]] = [{} for _ in range(machine.num_states)]
    moves: list[dict[Hashable, int]] = [{} for _ in range(machine.num_counters)]
    for gate in _table(machine):
        place = gate.code, gate.state, gate.mask
        states[int(machine.successors[place])][gate] = 1
        for i, u in enumerate(machine.increments[place].tolist()):
            moves[i][gate] = u
    units: dict[Hashable, Form] = {State(q): form for q, form in enumerate(states)}
    for i, move in enumerate(moves):
        for sign in (1, -1):
            units[Part(i, sign)] = combine((sign, {Counter(i): 1}), (sign, move))
    return units
