"""DFA → ReLURNN in two encodings, and ReLURNN and MLPRNN → DFA.

One-hot: a unit for each pair of a state and a symbol that leads to it, "σ led to q'",

    ReLU(Σ_{q: δ(q, σ) = q'} [q] + [σ] - 1),   [q'] = Σ_σ unit(q', σ).

Integer: the state's number q in 0, …, n - 1 is a linear form of the units, and each
δ(·, σ) a piecewise linear function of it; the units of a symbol are its breakpoints,
ReLU(q - j + n ([σ] - 1)), which are 0 under other symbols. A counter modulo n in unary
order has two breakpoints for any n.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.automata import DFATable, table_from_dfa
from automata_rnn.automata.language import DEFAULT_MAX_STATES, language
from automata_rnn.rnns import MLPRNN, ReLURNN
from automata_rnn.rnns.relu_run import over_rationals
from automata_rnn.semiring import REAL, Array, Semiring
from automata_rnn.system import above
from translations.counter_relu import START, State
from translations.linear_dfa import as_dfa
from translations.registry import Translation, translator
from translations.units import ONE, Form, Forms, Reads, combine, layer, reader, vector

Encoding: TypeAlias = Literal["one-hot", "integer"]
NUMBER = "number of the state"


@dataclass(frozen=True)
class Entered:
    """1 where this symbol led to this state."""

    state: int
    code: int


@dataclass(frozen=True)
class Break:
    """ReLU(q - at) where this symbol is read, else 0; at = -1 stands for the 1."""

    code: int
    at: int


@translator(DFA, ReLURNN)
def dfa_to_relu_rnn(
    dfa: DFA, *, semiring: Semiring = REAL, encoding: Encoding = "one-hot"
) -> Translation:
    """A network of value 1 on accepted words and 0 on others; always, exact.

    One-hot: one unit for each pair (δ(q, σ), σ), at most n |Σ|, and one for the start.
    Integer: a unit for each symbol and each change of slope of δ(·, σ), and one for the
    start; the output is a spline of the number, in a head of at most n + 1 units.
    `decode` gives the state's number in `table_from_dfa`.
    """
    if encoding not in ("one-hot", "integer"):
        raise ValueError(f"encoding: wanted 'one-hot' or 'integer', got {encoding!r}")
    table = table_from_dfa(dfa)
    if encoding == "integer":
        return _integer(dfa, table, semiring)
    quantities, units = _one_hot(table)
    names = list(units)
    codes = table.alphabet.num_codes
    weights = layer(semiring, names, quantities, units, codes)
    accepted = (int(q) for q in np.flatnonzero(table.accepting))
    readout = combine(*((1, quantities[State(q)]) for q in accepted))
    initial = vector(semiring, names, {START: 1})
    output = vector(semiring, names, readout)
    rnn = ReLURNN(semiring, table.alphabet, initial, *weights, output)
    read = reader(names, quantities)

    def decode(hidden: Array) -> int:
        (state,) = (name for name, v in read(hidden).items() if v)
        return state.state if isinstance(state, State) else -1

    return Translation(dfa, rnn, decode, read=above)


def _one_hot(table: DFATable) -> tuple[Forms, Forms]:
    states: list[dict[Hashable, int]] = [{} for _ in range(table.num_states)]
    units: dict[Hashable, Form] = {START: {}}
    states[table.initial][START] = 1
    for code, row in enumerate(table.successors.tolist()):
        for target in sorted(set(row)):
            unit = Entered(target, code)
            sources: Form = {State(q): 1 for q, to in enumerate(row) if to == target}
            units[unit] = combine((1, sources), (1, {Reads(code): 1}), (-1, {ONE: 1}))
            states[target][unit] = 1
    return {State(q): form for q, form in enumerate(states)}, units


def _integer(dfa: DFA, table: DFATable, semiring: Semiring) -> Translation:
    n, codes = table.num_states, table.alphabet.num_codes
    units: dict[Hashable, Form] = {START: {}}
    number: dict[Hashable, int] = {START: table.initial}
    for code, row in enumerate(table.successors.tolist()):
        for at, weight in _spline(row):
            unit = Break(code, at)
            gated: Form = {NUMBER: 1, Reads(code): n, ONE: -n - at}
            units[unit] = gated if at >= 0 else {Reads(code): 1}
            number[unit] = weight
    names, quantities = list(units), _number(number)
    weights = layer(semiring, names, quantities, units, codes)
    spline = dict(_spline(table.accepting.astype(int).tolist()))
    head_units: Forms = {at: _head_form(at) for at in spline}
    head = layer(semiring, names, quantities, head_units, 1)
    rnn = ReLURNN(
        semiring,
        table.alphabet,
        vector(semiring, names, {START: 1}),
        *weights,
        vector(semiring, list(spline), {at: w for at, w in spline.items()}),
        head.matrix,
        head.bias[0],
    )
    read = reader(names, quantities)
    return Translation(dfa, rnn, lambda h: int(read(h).get(NUMBER, 0)), read=above)


def _number(form: Form) -> Forms:
    return {NUMBER: combine((1, form))}


def _head_form(at: int) -> Form:
    return {NUMBER: 1, ONE: -at} if at >= 0 else {ONE: 1}


def _spline(values: list[int]) -> list[tuple[int, int]]:
    """(at, weight): values[q] = weight of -1, + Σ weight · ReLU(q - at) for at ≥ 0."""
    slopes = [0, *(b - a for a, b in pairwise(values))]
    bends = [(at, slopes[at + 1] - slopes[at]) for at in range(len(values) - 1)]
    return [(-1, values[0]), *((at, bend) for at, bend in bends if bend)]


@translator(ReLURNN, DFA)
def relu_rnn_to_dfa(
    rnn: ReLURNN, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}, by exact exploration.

    Raises TooManyStates, with what was seen, past `max_states` hidden states. Floats
    are taken as the rationals that they are; `decode` of a float state that rounding
    moved off every reachable one raises KeyError.
    """
    return network_to_dfa(rnn, threshold, max_states)


@translator(MLPRNN, DFA)
def mlp_rnn_to_dfa(
    rnn: MLPRNN, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; errors as in `relu_rnn_to_dfa`."""
    return network_to_dfa(rnn, threshold, max_states)


def network_to_dfa(
    rnn: ReLURNN | MLPRNN,
    threshold: Any,
    max_states: int,
    tick: Callable[[], None] = lambda: None,
) -> Translation:
    """The translation of either type of network; `tick` may raise to end it."""
    exact = over_rationals(rnn) if rnn.semiring is REAL else rnn
    ring = exact.semiring
    found = language(
        exact,
        ring,
        threshold=threshold,
        linear=False,
        max_states=max_states,
        tick=tick,
    )
    return as_dfa(rnn, found, ring.array, threshold)
