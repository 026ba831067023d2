"""Weighted automata and DFAs → RWKV-7 networks of one layer, where they fit.

A token's transition is A = diag(w) - l rᵀ with l = λ κ and r = a ⊙ κ, so that r_i ≠ 0
needs l_i ≠ 0. Of a matrix M only the entries off the diagonal restrict l and r, since w
is free: l_i r_j = -M_ij for i ≠ j. So every 2 × 2 matrix fits, and of larger ones the
swaps, the maps that send some states to one that stays, and more. Other automata need
the four layers of Theorem 9.

A DFA's state vector has entries that sum to 1, so A = M - 1 bᵀ with the token writing b
(v = 1, k̃ = b) does what M does; with b = e_j resets fit as well.
"""

from typing import NamedTuple

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata import WFA, indicator, table_from_dfa, with_semiring
from automata_rnn.exact import rank_one_off_diagonal
from automata_rnn.rnns import RWKV7
from automata_rnn.semiring import INTEGER, RATIONAL, REAL, Array
from translations.acceptor_linear import one_hot_position
from translations.registry import Translation, translator


class DiagonalPlusRankOne(NamedTuple):
    """M = diag(decay) - removal (rate ⊙ removal)ᵀ, each of shape (n,)."""

    decay: Array
    removal: Array
    rate: Array


@translator(WFA, RWKV7)
def wfa_to_rwkv7(wfa: WFA) -> Translation:
    """S = forward vector with d = 1; size n → n, exact, "paper" parametrization.

    Always for n ≤ 2. Raises ValueError naming the symbol whose matrix is not diagonal
    plus rank one in the form above, and for semirings other than ℚ, ℤ and REAL (floats
    are the rationals that they are, and the automaton of the result is over ℚ). Another
    basis may have such matrices; none is searched for.
    """
    if wfa.semiring not in (RATIONAL, INTEGER, REAL):
        raise ValueError(
            "wfa.semiring: wanted rational, integer or real, the numbers that the "
            f"network computes with, got {wfa.semiring.name}"
        )
    wfa = with_semiring(wfa, RATIONAL)
    parts = [rwkv7_transition(matrix) for matrix in wfa.weights]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        symbol = _symbol(wfa.alphabet, parts.index(None))
        raise ValueError(_refusal("wfa", symbol))
    rnn = _network(wfa.alphabet, wfa.initial, found, wfa.final, None)
    return Translation(wfa, rnn, lambda state: state[0, : wfa.num_states])


@translator(DFA, RWKV7)
def dfa_to_rwkv7(dfa: DFA) -> Translation:
    """A network of value 1 on accepted words and 0 on others, d = 1, dimension n.

    n counts the reachable states of the complete DFA. Symbols fit that exchange two
    states, send any set of states to one that stays, send all states to one, or do
    anything at all where n ≤ 2, and some others: 742 of the 1,054 minimal DFAs with up
    to three states over two letters fit. ValueError names a symbol that does not.
    """
    table = table_from_dfa(dfa)
    wfa = indicator(table, RATIONAL)
    parts, biases = [], []
    for code, matrix in enumerate(wfa.weights):
        fitted = _map_transition(matrix)
        if fitted is None:
            raise ValueError(_refusal("dfa", _symbol(wfa.alphabet, code)))
        parts.append(fitted[0])
        biases.append(fitted[1])
    written = np.array(biases) if np.any(np.array(biases) != 0) else None
    rnn = _network(wfa.alphabet, wfa.initial, parts, wfa.final, written)
    return Translation(dfa, rnn, lambda state: one_hot_position(state[0]))


def rwkv7_transition(matrix: Array) -> DiagonalPlusRankOne | None:
    """w, κ and a with diag(w) - κ (a ⊙ κ)ᵀ = M, for λ = 1, or None: there are none.

    A nonzero l_i determines every r_j with j ≠ i, and a nonzero r_j every l_i, so that
    l_i = 1 for one row determines all that is linked to it, up to the scale of l
    against r. What is linked to nothing nonzero is r_j = 0, and l_i = 1, so that
    r_i ≠ 0 may be.
    """
    n = len(matrix)
    wanted = -matrix
    wanted[range(n), range(n)] = 0
    solved = rank_one_off_diagonal(wanted)
    if solved is None:
        return None
    left, right = solved
    if np.any((left == 0) & (right != 0)):
        return None
    rate = RATIONAL.zeros((n,), matrix)
    some = left != 0
    rate[some] = right[some] / left[some]
    return DiagonalPlusRankOne(matrix.diagonal() + left * right, left, rate)


def _map_transition(matrix: Array) -> tuple[DiagonalPlusRankOne, Array] | None:
    """A transition and a row b with A + 1 bᵀ = M, trying b = 0, e_0, …, e_{n-1}."""
    n = len(matrix)
    for bias in (RATIONAL.zeros((n,), matrix), *RATIONAL.eye(n, matrix)):
        fitted = rwkv7_transition(matrix - bias)
        if fitted is not None:
            return fitted, bias
    return None


def _network(
    alphabet: Alphabet,
    initial: Array,
    parts: list[DiagonalPlusRankOne],
    final: Array,
    written: Array | None,
) -> RWKV7:
    """One row of state; an automaton without states becomes one unit that stays 0."""
    n = max(1, len(initial))
    zero = RATIONAL.array(np.zeros(n, dtype=int))
    decay, removal, rate = (
        [part[field] if len(initial) else zero for part in parts] for field in range(3)
    )
    return RWKV7(
        RATIONAL,
        alphabet,
        (initial if len(initial) else zero)[None],
        np.array(decay).reshape(-1, n),
        np.array(removal).reshape(-1, n),
        np.array(rate).reshape(-1, n),
        query=final if len(initial) else zero,
        readout=[1],
        keys=written,
        values=None if written is None else np.ones((len(parts), 1), dtype=int),
    )


def _symbol(alphabet: Alphabet, code: int) -> Symbol:
    symbols: tuple[Symbol, ...] = (*alphabet, alphabet.bos)
    return symbols[code]


def _refusal(field: str, symbol: Symbol) -> str:
    return (
        f"{field}: wanted transitions diag(w) - l rᵀ with r_i = 0 where l_i = 0, one "
        f"token of RWKV-7, but that of symbol {symbol!r} is not; four layers "
        "(Theorem 9), or DeltaProduct, hold it"
    )
