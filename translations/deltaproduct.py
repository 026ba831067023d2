"""Weighted automata and DFAs → DeltaProduct networks of one layer.

Every rational matrix is a product of few steps I - β kᵀ k (`exact.factorize`), so a
symbol's transition is what one token does, in n_h steps. The published construction
takes 8n² + 5n + 1 steps in dimension 2n + 1 (Lemma 12); here it is at most 4n steps in
dimension n, plus scratch, since dot products overwrite a coordinate in three.
Parameters depend on the token only, so that no half of a doubled state can be "the
active one": each token leaves its result where it found its input.
"""

from collections.abc import Sequence

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.automata import WFA, indicator, table_from_dfa, with_semiring
from automata_rnn.exact import factorize
from automata_rnn.exact.updates import Factor
from automata_rnn.rnns import DeltaProduct
from automata_rnn.rnns.ranges import Parametrization, check_parametrization
from automata_rnn.semiring import INTEGER, RATIONAL, REAL, Array
from translations.acceptor_linear import one_hot_position
from translations.contraction import contraction_network
from translations.registry import Translation, translator


@translator(WFA, DeltaProduct)
def wfa_to_deltaproduct(
    wfa: WFA, *, parametrization: Parametrization = "paper"
) -> Translation:
    """One head, S = (forward vector, scratch) with d = 1.

    Args:
        parametrization: "paper": β and k are any rationals, the result is exact, and
            n_h is at most 4n: the most that a symbol needs, see `exact.factorize`
            (a permutation n minus its number of cycles, a diagonal matrix its entries
            other than 1, a matrix without zeros 3n + 1). "shipped": see
            `contraction.contraction_network`, in floats, n_h at most 2n.

    Float weights are the rationals that they are, and the automaton of an exact result
    is over ℚ. Raises ValueError for semirings other
    than ℚ, ℤ and REAL.
    """
    check_parametrization("parametrization", parametrization)
    if wfa.semiring not in (RATIONAL, INTEGER, REAL):
        raise ValueError(
            "wfa.semiring: wanted rational, integer or real, the numbers that the "
            f"network computes with, got {wfa.semiring.name}"
        )
    if parametrization == "shipped":
        return contraction_network(wfa)
    wfa = with_semiring(wfa, RATIONAL)
    n = wfa.num_states
    parts = [factorize(matrix) for matrix in wfa.weights]
    size = max(1, n + max(part.scratch for part in parts)) if parts else max(1, n)
    beta, keys = pad_factors([part.factors for part in parts], size)
    rnn = DeltaProduct(
        RATIONAL,
        wfa.alphabet,
        _padded(wfa.initial, size)[None],
        keys,
        beta,
        query=_padded(wfa.final, size),
        readout=[1],
    )
    return Translation(wfa, rnn, lambda state: state[0, :n])


@translator(DFA, DeltaProduct)
def dfa_to_deltaproduct(
    dfa: DFA, *, parametrization: Parametrization = "paper"
) -> Translation:
    """A network of value 1 on accepted words and 0 on others, d = 1, dimension n.

    n counts the reachable states of the complete DFA. A symbol that permutes states
    takes n minus its number of cycles swaps; one that merges b states b + 1 steps for
    each such block, then swaps, or fewer by columns. `decode` gives the state's number
    in `table_from_dfa`. With "shipped", values are those of `contraction_network`, and
    the automaton is the scaled WFA.
    """
    wfa = indicator(table_from_dfa(dfa), RATIONAL)
    translation = wfa_to_deltaproduct(wfa, parametrization=parametrization)
    if parametrization == "shipped":
        return translation
    return Translation(
        dfa, translation.rnn, lambda state: one_hot_position(translation.decode(state))
    )


def pad_factors(factors: Sequence[list[Factor]], size: int) -> tuple[Array, Array]:
    """β (codes, n_h) and k (codes, n_h, size), padded with steps of β = 0."""
    most = max([1, *(len(row) for row in factors)])
    beta = np.zeros((len(factors), most), dtype=object)
    keys = np.zeros((len(factors), most, size), dtype=object)
    for code, row in enumerate(factors):
        for i, (b, k) in enumerate(row):
            beta[code, i] = b
            keys[code, i, : len(k)] = k
    return beta, keys


def _padded(vector: Array, size: int) -> Array:
    wide = np.zeros(size, dtype=object)
    wide[: len(vector)] = vector
    return wide
