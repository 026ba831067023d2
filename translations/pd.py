"""DFAs and deterministic weighted automata ↔ PD networks.

A deterministic automaton's transition is a map of states times weights, which is what a
PD network stores: unit q goes to unit δ(q, σ), scaled by the weight (Theorem 8; the
proof needs one-hot columns where Definition 6 says permutations). Back, a network whose
initial state has one nonzero unit and which has no bias is a deterministic WFA; any
other is a sum of such runs, hence a WFA, and deterministic again when its states have
finitely many directions.
"""

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.automata import (
    WFA,
    TooManyStates,
    determinize,
    nondeterminism,
    table_from_dfa,
)
from automata_rnn.rnns import PDRNN, LinearRNN
from automata_rnn.semiring import COMPLEX, REAL, Semiring
from translations.acceptor_linear import check_numeric_units, one_hot_position
from translations.registry import Translation, translator
from translations.wfa_linear import ROUNDING, linear_rnn_to_wfa


@translator(DFA, PDRNN)
def dfa_to_pd_rnn(dfa: DFA, *, semiring: Semiring = REAL) -> Translation:
    """A network of value 1 on accepted words and 0 on others; size n → n, exact.

    n counts the reachable states of the complete DFA; all scales are 1. `decode` gives
    the state's number in `table_from_dfa`.
    """
    check_numeric_units(semiring)
    table = table_from_dfa(dfa)
    units = np.arange(table.num_states)
    rnn = PDRNN(
        semiring,
        table.alphabet,
        initial=(units == table.initial).astype(int),
        index=table.successors,
        scale=np.ones(table.successors.shape, dtype=int),
        readout=table.accepting.astype(int),
    )
    return Translation(dfa, rnn, one_hot_position)


@translator(WFA, PDRNN)
def wfa_to_pd_rnn(wfa: WFA, *, max_states: int = 1000) -> Translation:
    """A network with the automaton's states as units; size n → n.

    Exact; over the complex numbers up to the rounding of a product.

    A nondeterministic automaton over a field is determinised first, where its state
    vectors have finitely many directions; the automaton of the result is then the
    deterministic one. Raises ValueError naming the choice where an automaton is
    nondeterministic and has more than `max_states` directions, or no field.
    """
    reason = nondeterminism(wfa)
    if reason is not None:
        wfa = _determinized(wfa, reason, max_states)
    arcs = ~wfa.semiring.is_zero(wfa.weights)
    index = arcs.argmax(axis=2) if wfa.num_states else np.zeros(arcs.shape[:2], int)
    scale = np.take_along_axis(wfa.weights, index[..., None], axis=2)[..., 0]
    rnn = PDRNN(wfa.semiring, wfa.alphabet, wfa.initial, index, scale, wfa.final)
    rounded = (
        wfa.semiring is COMPLEX
    )  # a matrix product may fuse what np.multiply rounds
    tolerance = ROUNDING if rounded else 0.0
    return Translation(wfa, rnn, decode=lambda hidden: hidden, tolerance=tolerance)


def _determinized(wfa: WFA, reason: str, max_states: int) -> WFA:
    wanted = f"wfa: wanted a deterministic automaton, but {reason}"
    if wfa.semiring.field is None and wfa.semiring is not REAL:
        raise ValueError(f"{wanted}, and {wfa.semiring.name} weights are no field")
    try:
        return determinize(wfa, max_states=max_states)
    except TooManyStates as error:
        raise ValueError(
            f"{wanted}, and its state vectors have more than {error.seen} directions"
        ) from error


@translator(PDRNN, WFA)
def pd_rnn_to_wfa(rnn: PDRNN) -> Translation:
    """Always: size n → n, plus one where there is a bias.

    Deterministic where the initial state has at most one nonzero unit and there is no
    bias; `automata.determinize` then helps where directions are finitely many.
    """
    step = linear_rnn_to_wfa(dense(rnn))
    return Translation(step.automaton, rnn, step.decode, tolerance=step.tolerance)


def dense(rnn: PDRNN) -> LinearRNN:
    """The same network with full matrices: row i of A_σ has scale_i at index_i."""
    codes, n = rnn.index.shape
    recurrent = rnn.semiring.zeros((codes, n, n), rnn.scale)
    np.put_along_axis(recurrent, rnn.index[..., None], rnn.scale[..., None], axis=2)
    return LinearRNN(
        rnn.semiring, rnn.alphabet, rnn.initial, recurrent, rnn.readout, rnn.bias
    )
