"""Linear machines → DFA: when finitely many states are reachable.

The language is {w : f(w) > threshold}. Over a field the machine is minimised first, so
that states that no word tells apart are one; at threshold 0 over ℚ, states count up to
positive multiples, so that a deterministic WFA is a DFA over (state, sign). All state
vectors are then explored exactly.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.automata import (
    WFA,
    Language,
    absorb_bos,
    dfa_from_table,
    language,
    matching_states,
    minimize,
    table_from_dfa,
)
from automata_rnn.automata.language import DEFAULT_MAX_STATES
from automata_rnn.rnns import PDRNN, DiagonalRNN, LinearRNN
from automata_rnn.semiring import RATIONAL, REAL, Array
from automata_rnn.system import TransitionSystem, above
from translations.pd import dense
from translations.registry import Translation, translator
from translations.wfa_diagonal import diagonal_rnn_to_wfa
from translations.wfa_linear import linear_rnn_to_wfa, wfa_to_linear_rnn


@translator(WFA, DFA)
def wfa_to_dfa(
    wfa: WFA, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; the network is the WFA read as one.

    Raises TooManyStates, with what was seen, past `max_states` state vectors, and
    ValueError where arithmetic rounds (LOG, COMPLEX, tropical fractions). Floats are
    taken as the rationals that they are; `decode` of a float state that rounding moved
    off every reachable one raises KeyError.
    """
    rnn = wfa_to_linear_rnn(wfa).rnn
    return by_exploration(wfa, rnn, lambda hidden: hidden, threshold, max_states)


@translator(LinearRNN, DFA)
def linear_rnn_to_dfa(
    rnn: LinearRNN, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; errors as in `wfa_to_dfa`."""
    step = linear_rnn_to_wfa(rnn)
    return by_exploration(step.automaton, rnn, step.decode, threshold, max_states)


@translator(DiagonalRNN, DFA)
def diagonal_rnn_to_dfa(
    rnn: DiagonalRNN, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; errors as in `wfa_to_dfa`."""
    step = diagonal_rnn_to_wfa(rnn)
    return by_exploration(step.automaton, rnn, step.decode, threshold, max_states)


@translator(PDRNN, DFA)
def pd_rnn_to_dfa(
    rnn: PDRNN, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; errors as in `wfa_to_dfa`.

    From one nonzero unit and without a bias, only (unit, sign) matters at threshold 0:
    at most 2n + 1 states are explored on the network itself, each step in O(n).
    """
    if rnn.bias is not None or np.count_nonzero(~rnn.semiring.is_zero(rnn.initial)) > 1:
        step = linear_rnn_to_wfa(dense(rnn))
        return by_exploration(step.automaton, rnn, step.decode, threshold, max_states)
    exact = _over_rationals(rnn)
    ring = exact.semiring
    found = language(exact, ring, threshold=threshold, max_states=max_states)
    return as_dfa(rnn, found, ring.array, threshold)


def _over_rationals(rnn: PDRNN) -> PDRNN:
    """Float weights as the rationals that they are."""
    if rnn.semiring is not REAL:
        return rnn
    return PDRNN(
        RATIONAL, rnn.alphabet, rnn.initial, rnn.index, rnn.scale, rnn.readout, rnn.bias
    )


def by_exploration(
    wfa: WFA,
    rnn: TransitionSystem,
    to_vector: Callable[[Any], Array],
    threshold: Any,
    max_states: int,
) -> Translation:
    """The minimal DFA of a WFA's language; `to_vector` reads its state off `rnn`'s."""
    found, reduce = _language(absorb_bos(wfa), threshold, max_states)
    return as_dfa(rnn, found, lambda hidden: reduce(to_vector(hidden)), threshold)


def as_dfa(
    rnn: TransitionSystem,
    found: Language,
    to_state: Callable[[Any], Any],
    threshold: Any,
) -> Translation:
    """The minimal DFA of a language, `to_state` making hidden states its machine's."""
    dfa = dfa_from_table(found.table)
    number = matching_states(found.table, table_from_dfa(dfa))

    def decode(hidden: Any) -> int:
        return number[found.classify(to_state(hidden))]

    def read(value: Any) -> bool:
        return above(value, threshold)

    return Translation(dfa, rnn, decode, read)


def _language(
    wfa: WFA, threshold: Any, max_states: int
) -> tuple[Language, Callable[[Array], Array]]:
    """The language, and what makes a vector of `wfa` one of the explored machine's."""
    if wfa.semiring.field is None and wfa.semiring is not REAL:
        found = language(wfa, wfa.semiring, threshold=threshold, max_states=max_states)
        return found, lambda vector: vector
    small = minimize(wfa)
    exact = small.wfa.semiring
    found = language(small.wfa, exact, threshold=threshold, max_states=max_states)
    return found, lambda vector: exact.vecmat(exact.array(vector), small.matrix)
