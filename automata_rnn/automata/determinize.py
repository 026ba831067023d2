"""Deterministic weighted automata from state vectors with finitely many directions.

A state vector v ≠ 0 is c · u, where u has first nonzero entry 1. If finitely many u are
reachable they are the states, and u W_σ = c' · u' is an arc of weight c' (Mohri 1997,
over a field).
"""

from typing import Any

import numpy as np

from automata_rnn.automata.finite import array_key, explore
from automata_rnn.automata.language import DEFAULT_MAX_STATES
from automata_rnn.automata.minimize import over_field
from automata_rnn.automata.wfa import WFA, absorb_bos
from automata_rnn.exact import require_field
from automata_rnn.semiring import Array, Semiring


def determinize(wfa: WFA, *, max_states: int = DEFAULT_MAX_STATES) -> WFA:
    """An equivalent deterministic WFA over the same field (ℤ and floats become ℚ).

    Raises ValueError where the semiring is not a field, and TooManyStates where more
    than `max_states` directions are reachable.
    """
    wfa = over_field(absorb_bos(wfa))
    semiring = wfa.semiring

    def direction(state: Array) -> Array:
        return split(semiring, state)[1]

    explored = explore(wfa, array_key, max_states, direction)
    n = len(explored.states)
    weights = semiring.zeros((len(wfa.alphabet), n, n), like=wfa.weights)
    for source, state in enumerate(explored.states):
        for code, symbol in enumerate(wfa.alphabet):
            target = explored.successors[code, source]
            weights[code, source, target] = split(semiring, wfa.step(state, symbol))[0]
    initial = semiring.zeros((n,), like=wfa.initial)
    initial[0] = split(semiring, wfa.initial)[0]
    final = [wfa.output(state) for state in explored.states]
    return WFA(semiring, wfa.alphabet, initial, weights, np.array(final, dtype=object))


def split(semiring: Semiring, state: Array) -> tuple[Any, Array]:
    """(c, u) with state = c · u, u of first nonzero entry 1; (0, 0) for zero."""
    nonzero = np.flatnonzero(state)
    if not len(nonzero):
        return semiring.zero, state
    factor = state[nonzero[0]]
    return factor, semiring.times(state, _inverse(semiring, factor))


def _inverse(semiring: Semiring, element: Any) -> Array:
    field = require_field(semiring)
    if field == "Q":
        return semiring.scalar(1) / element
    # x^(q - 2) = 1 / x in a field of q elements.
    power, base, exponent = (
        semiring.array([1]),
        semiring.array([element]),
        int(field) - 2,
    )
    while exponent:
        if exponent % 2:
            power = semiring.times(power, base)
        base, exponent = semiring.times(base, base), exponent // 2
    return power
