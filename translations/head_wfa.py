"""One-layer heads with token-determined parameters → weighted automata and DFAs.

A head S ↦ S A_σ + B_σ with value o (S q) is an affine map of the single row h = o S,

    h ↦ h A_σ + o B_σ,   value h q,

whatever d is. So it is a WFA with n states, and one more that stays 1 where symbols
write. Floats are the rationals that they are: the automaton is over ℚ, and computes
what the weights compute without rounding.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.automata import WFA
from automata_rnn.automata.language import DEFAULT_MAX_STATES
from automata_rnn.rnns import RWKV7, DeltaNet, DeltaProduct, GatedDeltaNet, Head
from automata_rnn.rnns.one_head import row_form
from automata_rnn.semiring import RATIONAL, Array
from translations.linear_dfa import by_exploration
from translations.registry import Translation, translator

ROUNDING = 1e-9  # of float heads that do not stretch, on words up to 10⁵ symbols


@translator(RWKV7, WFA)
def rwkv7_to_wfa(rnn: RWKV7) -> Translation:
    """Forward vector = (o S, 1); n states, plus one where symbols write."""
    return head_to_wfa(rnn)


@translator(DeltaNet, WFA)
def deltanet_to_wfa(rnn: DeltaNet) -> Translation:
    """Forward vector = (o S, 1); n states, plus one where symbols write."""
    return head_to_wfa(rnn)


@translator(GatedDeltaNet, WFA)
def gated_deltanet_to_wfa(rnn: GatedDeltaNet) -> Translation:
    """Forward vector = (o S, 1); n states, plus one where symbols write."""
    return head_to_wfa(rnn)


@translator(DeltaProduct, WFA)
def deltaproduct_to_wfa(rnn: DeltaProduct) -> Translation:
    """Forward vector = (o S, 1); n states, plus one where symbols write."""
    return head_to_wfa(rnn)


def head_to_wfa(rnn: Head) -> Translation:
    """The WFA of any head; exact over ℚ.

    For floats the automaton is that of exact arithmetic, and the states that the
    network computes agree up to 10⁻⁹ where no transition has norm above 1: a token of
    n_h factors rounds by at most about n_h (n + 4) 10⁻¹⁶ relatively.
    """
    first, transitions, bias, query = row_form(exact_head(rnn))
    biased, n = int(bias is not None), len(first)
    weights = RATIONAL.zeros((len(transitions),) + (n + biased,) * 2, transitions)
    weights[:, :n, :n] = transitions
    if bias is not None:
        weights[:, n, :n] = bias
        weights[:, n, n] = RATIONAL.one
    ring = rnn.semiring

    def row(state: Array) -> Array:
        h = ring.vecmat(rnn.readout, state)
        return np.concatenate([h, np.full_like(h, ring.one, shape=(biased,))])

    wfa = WFA(
        RATIONAL,
        rnn.alphabet,
        np.concatenate([first, RATIONAL.array(np.ones(biased, dtype=int))]),
        weights,
        np.concatenate([query, RATIONAL.array(np.zeros(biased, dtype=int))]),
    )
    return Translation(wfa, rnn, row, tolerance=0.0 if ring.exact else ROUNDING)


def exact_head(rnn: Any) -> Any:
    """The same weights over ℚ; rounded keys have norm 1 no longer, hence "paper"."""
    if rnn.semiring is RATIONAL:
        return rnn
    return replace(rnn, semiring=RATIONAL, parametrization="paper")


@translator(RWKV7, DFA)
def rwkv7_to_dfa(
    rnn: RWKV7, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; errors as in `wfa_to_dfa`."""
    return head_to_dfa(rnn, threshold, max_states)


@translator(DeltaNet, DFA)
def deltanet_to_dfa(
    rnn: DeltaNet, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; errors as in `wfa_to_dfa`."""
    return head_to_dfa(rnn, threshold, max_states)


@translator(GatedDeltaNet, DFA)
def gated_deltanet_to_dfa(
    rnn: GatedDeltaNet, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; errors as in `wfa_to_dfa`."""
    return head_to_dfa(rnn, threshold, max_states)


@translator(DeltaProduct, DFA)
def deltaproduct_to_dfa(
    rnn: DeltaProduct, *, threshold: Any = 0, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The minimal DFA of {w : f(w) > threshold}; errors as in `wfa_to_dfa`."""
    return head_to_dfa(rnn, threshold, max_states)


def head_to_dfa(rnn: Head, threshold: Any, max_states: int) -> Translation:
    """By exact exploration of the states of the head's WFA."""
    step = head_to_wfa(rnn)
    return by_exploration(step.automaton, rnn, step.decode, threshold, max_states)
