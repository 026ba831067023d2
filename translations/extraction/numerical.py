"""Rounded networks that are linear in their state: how many states were meant.

Rounding the weights of a network of rank d to floats makes its rank full, as a rule.
The numerical rule undoes that. On words u that span the states and words v that span
the columns it takes the Hankel block H = (f(u v)). Rounding each weight by at most ε
relatively changes f(w) by a sum over the weights met, to first order in ε:

    ε |α_i (A_w ω)_i|,   ε |(α A_{w₁…w_{t-1}})_i (A_{w_t})_ij (A_{w_{t+1}…} ω)_j|,
    ε |(α A_w)_i ω_i|.

E(w) is their sum, S(w) the root of a third of the sum of their squares: the mean square
of the change where rounding errors are independent and uniform. Rows and columns are
scaled so that those of S have norm 1. With ΔH the change of the block, σ_r of the
rounded block is at most ‖ΔH‖ where the block that was meant has rank below r (Weyl):

    rank    = how many singular values exceed 4 ‖S‖_F, four times the root mean square
              of ‖ΔH‖_F,
    certain = how many exceed ‖E‖_F, the most that ‖ΔH‖_F can be.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from automata_rnn.automata import WFA, absorb_bos
from automata_rnn.semiring import REAL
from automata_rnn.system import evaluate
from translations.extraction.queries import Key
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.singular import (
    Floats,
    NumericalRank,
    check_fraction,
    rank_above,
    wfa_from_blocks,
)
from translations.extraction.words import readable, shortest_words
from translations.routes import as_wfa

FACTOR = 4.0  # Chebyshev: a larger ‖ΔH‖_F has probability below 1/16
EVALUATION = 2.0**-53  # what one float64 operation rounds by, relatively


def numerical(
    network: Any,
    *,
    unit_roundoff: float | None = None,
    tolerance: float | None = None,
    max_words: int = 1000,
) -> Extraction:
    """A WFA over floats with as many states as a rounded network was meant to have.

    Args:
        network: LinearRNN, DiagonalRNN, PDRNN or WFA with float weights.
        unit_roundoff: ε; by default 2⁻²⁴ where all weights are float32 numbers, else
            2⁻⁵³. Larger where the weights were computed, or trained, less exactly.
        tolerance: of values, relative to max(1, |f(w)|); by default √ε.
        max_words: how many of the shortest words are compared at most.

    The guarantee is about all words up to a length, within the tolerance. The notes
    show rank, threshold, gap and singular values, and say where the gap is not clear.

    Raises ValueError for weights that are not floats, values that are not finite, and
    an ε or a tolerance not between 0 and 1.
    """
    begin = time.perf_counter()
    wfa = _floats(network)
    rounding = _unit_roundoff(wfa, unit_roundoff)
    allowed = rounding**0.5 if tolerance is None else tolerance
    check_fraction("tolerance", allowed)
    block = _block(wfa, rounding)
    found = _rank(block)
    small = _reduced(wfa, block, found.rank)
    length, wrong, error = _compare(wfa, small, allowed, max_words)
    word = readable(wrong)
    sure = Guarantee("none", reason="the values of the empty word differ")
    if length >= 0:
        sure = Guarantee("length", length, reason=f"values within {allowed:.1e}")
    hidden = getattr(network, "hidden_size", wfa.num_states)
    return Extraction(
        small,
        "numerical",
        0,
        time.perf_counter() - begin,
        sure,
        word,
        (Hypothesis(small.num_states, word),),
        (
            f"{hidden} units are {found.rank} states where weights are rounded by "
            f"{rounding:.1e}",
            str(found),
            f"largest relative error seen {error:.1e}",
        ),
    )


def numerical_rank(
    network: Any, *, unit_roundoff: float | None = None
) -> NumericalRank:
    """The rank alone, with its singular values and threshold; see `numerical`."""
    wfa = _floats(network)
    return _rank(_block(wfa, _unit_roundoff(wfa, unit_roundoff)))


@dataclass(frozen=True, eq=False)
class Block:
    """H = states · columns on words of two bases, scaled, and how far it is certain.

    Attributes:
        states: α A_u, scaled, shape (m, n).
        columns: A_v ω, scaled, shape (n, p).
        typical, largest: ‖S‖_F and ‖E‖_F, scaled likewise.
    """

    states: Floats
    columns: Floats
    typical: float
    largest: float


def _block(wfa: WFA, rounding: float) -> Block:
    bos = () if wfa.alphabet.bos is None else (len(wfa.alphabet),)
    backward = wfa.weights.transpose(0, 2, 1)
    symbols = range(len(wfa.alphabet))
    states, prefixes = _basis(wfa.initial, wfa.weights, symbols, bos, rounding)
    rows, suffixes = _basis(wfa.final, backward, symbols, (), rounding)
    scale = rounding + (wfa.num_states + 2) * EVALUATION
    total, squares = (
        _terms(wfa.initial, wfa.weights, prefixes, rows.T, power)
        + _terms(wfa.final, backward, suffixes, states.T, power).T
        for power in (1, 2)
    )
    typical = scale * np.sqrt(squares / 3)
    left = _inverse_norms(typical)
    right = _inverse_norms((typical * left[:, None]).T)
    both = left[:, None] * right
    block = Block(
        states * left[:, None],
        rows.T * right,
        float(np.linalg.norm(typical * both)),
        float(np.linalg.norm(scale * total * both)),
    )
    if not np.isfinite(block.states @ block.columns).all():
        raise ValueError("network: wanted values that floats hold, got infinite ones")
    return block


def _basis(
    row: Floats,
    matrices: Floats,
    symbols: Iterable[int],
    first: tuple[int, ...],
    rounding: float,
) -> tuple[Floats, list[tuple[int, ...]]]:
    """Vectors row · A_w and codes w: enough of them to span all, found breadth-first.

    Words whose vector is independent, numerically, of those before are extended by all
    symbols; the others are kept where there are few.
    """
    for code in first:
        row = row @ matrices[code]
    vectors, words = [row], [first]
    basis = np.zeros((0, len(row)))
    position = 0
    independent: list[int] = []
    while position < len(words):
        vector = vectors[position]
        direction = _new_direction(vector, basis, rounding)
        if direction is not None:
            basis = np.concatenate([basis, direction[None]])
            independent.append(position)
            for code in symbols:
                vectors.append(vector @ matrices[code])
                words.append((*words[position], code))
        position += 1
    others = [i for i in range(len(words)) if i not in set(independent)]
    kept = sorted(independent + others[: max(64, len(row))])
    return np.array([vectors[i] for i in kept]), [words[i] for i in kept]


def _new_direction(vector: Floats, basis: Floats, rounding: float) -> Floats | None:
    """The unit vector of the part outside the basis; None where that is rounding."""
    norm = np.linalg.norm(vector)
    if norm == 0 or len(basis) == len(vector):
        return None
    rest = vector / norm
    for _ in range(2):  # twice is enough for orthogonality
        rest = rest - (rest @ basis.T) @ basis
    size = np.linalg.norm(rest)
    if size <= 10 * rounding:
        return None
    direction: Floats = rest / size
    return direction


def _terms(
    row: Floats,
    matrices: Floats,
    words: list[tuple[int, ...]],
    columns: Floats,
    power: int,
) -> Floats:
    """Sums of powers of |row_i (A_w c)_i| and |(row A_{…})_i (A_{w_t})_ij (A_… c)_j|.

    For each word and column c; all terms that belong to weights in the word's part.
    """
    sizes, absolute = np.abs(matrices) ** power, np.abs(row) ** power
    result = np.zeros((len(words), columns.shape[1]))
    for i, word in enumerate(words):
        states = [row]
        for code in word:
            states.append(states[-1] @ matrices[code])
        after = columns
        for state, code in zip(states[-2::-1], word[::-1], strict=True):
            met = np.abs(state) ** power @ sizes[code]
            result[i] += met @ np.abs(after) ** power
            after = matrices[code] @ after
        result[i] += absolute @ np.abs(after) ** power
    return result


def _inverse_norms(rows: Floats) -> Floats:
    """1/‖row‖, and 0 for rows without an error, which are zero themselves."""
    norms = np.linalg.norm(rows, axis=1)
    safe = np.where(norms > 0, norms, 1)
    inverse: Floats = np.where(norms > 0, 1 / safe, 0)
    return inverse


def _rank(block: Block) -> NumericalRank:
    hankel = block.states @ block.columns
    certain = rank_above(hankel, block.largest, "")
    rule = f"{FACTOR:g} times what independent rounding of the weights makes"
    found = rank_above(hankel, min(FACTOR * block.typical, block.largest), rule)
    return replace(found, certain=certain.rank)


def _reduced(wfa: WFA, block: Block, rank: int) -> WFA:
    """The automaton of the block's first `rank` singular directions."""
    n, k = wfa.num_states, len(wfa.alphabet)
    plain = absorb_bos(wfa)
    return wfa_from_blocks(
        plain.alphabet,
        block.states @ block.columns,
        block.states @ plain.weights[:k].reshape(k, n, n) @ block.columns,
        plain.initial @ block.columns,
        block.states @ plain.final,
        rank,
    )


def _compare(
    wfa: WFA, small: WFA, tolerance: float, max_words: int
) -> tuple[int, Key | None, float]:
    """Length up to which all words agree, the first that does not, the largest error.

    Errors are relative to max(1, |f(w)|).
    """
    longest, left = -1, 0  # how many words of the longest length are to come
    largest = 0.0
    for word in islice(shortest_words(small.alphabet), max_words):
        value = float(evaluate(wfa, word))
        error = abs(float(evaluate(small, word)) - value) / max(1.0, abs(value))
        if not error <= tolerance:
            return len(word) - 1, word, error
        largest = max(largest, error)
        if len(word) > longest:
            longest, left = len(word), len(small.alphabet) ** len(word)
        left -= 1
    return longest - (left > 0), None, largest


def _floats(network: Any) -> WFA:
    wfa = as_wfa(network)
    if wfa.semiring is not REAL:
        raise ValueError(
            f"network: wanted a linear, diagonal or PD network or WFA in floats, got "
            f"{type(network).__name__} over {wfa.semiring.name}"
        )
    return wfa


def _unit_roundoff(wfa: WFA, given: float | None) -> float:
    """ε: as given, or that of the narrowest of float32 and float64 that holds all."""
    if given is not None:
        check_fraction("unit_roundoff", given)
        return given
    arrays = (wfa.initial, wfa.weights, wfa.final)
    single = all(np.array_equal(a, a.astype(np.float32)) for a in arrays)
    return 2.0**-24 if single else 2.0**-53
