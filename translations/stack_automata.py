"""Stacks of diagonal layers → DFA and WFA: they always have finitely many states.

Each layer goes from codeword to codeword, so the stack is a finite machine over tuples
of codewords and the last context. A rounded state is the codeword that it is nearest
to, which is right as long as the network is (see `translations.cascade`).
"""

from collections.abc import Hashable
from typing import Any

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.automata import (
    WFA,
    dfa_from_table,
    matching_states,
    table_from_dfa,
)
from automata_rnn.automata.finite import Exploration, explore
from automata_rnn.automata.language import DEFAULT_MAX_STATES, table_of
from automata_rnn.rnns.diagonal_network import DiagonalNetwork, StackState
from automata_rnn.semiring import RATIONAL, Array
from automata_rnn.system import above
from translations.registry import Translation, translator


@translator(DiagonalNetwork, DFA)
def diagonal_network_to_dfa(
    network: DiagonalNetwork,
    *,
    threshold: Any = 0,
    max_states: int = DEFAULT_MAX_STATES,
) -> Translation:
    """The minimal DFA of the words whose output is above the threshold.

    Raises TooManyStates past `max_states` tuples of codewords.
    """
    found = _explored(network, max_states)
    accepting = [above(network.output(s), threshold) for s in found.states]
    table = table_of(found, network.alphabet, accepting)
    dfa = dfa_from_table(table)
    number = matching_states(table, table_from_dfa(dfa))

    def decode(state: StackState) -> int:
        return number[found.index[_key(network, state)]]

    return Translation(dfa, network, decode, lambda value: above(value, threshold))


@translator(DiagonalNetwork, WFA)
def diagonal_network_to_wfa(
    network: DiagonalNetwork, *, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """A deterministic WFA over ℚ of the outputs, with one state for each tuple.

    Raises ValueError for outputs that are no rationals or floats, and TooManyStates
    past `max_states` tuples of codewords.
    """
    found = _explored(network, max_states)
    n, codes = len(found.states), len(network.alphabet)
    units = np.eye(n, dtype=int)
    wfa = WFA(
        RATIONAL,
        network.alphabet,
        units[0],
        units[found.successors].reshape(codes, n, n),
        [network.output(state) for state in found.states],
    )

    def decode(state: StackState) -> Array:
        return RATIONAL.array(units[found.index[_key(network, state)]])

    return Translation(wfa, network, decode)


def _explored(network: DiagonalNetwork, max_states: int) -> Exploration:
    return explore(network, lambda state: _key(network, state), max_states)


def _key(network: DiagonalNetwork, state: StackState) -> Hashable:
    return network.read(state), state.context
