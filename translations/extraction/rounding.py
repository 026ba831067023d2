"""Hankel blocks of rounded networks, and how far rounding can have moved them.

On words u that span the states and words v that span the columns, H = (f(u v)). Where
each weight changes by at most ε relatively, f(w) changes by a sum over the weights met,
to first order in ε, of terms of at most

    ε |α_i (A_w ω)_i|,   ε |(α A_{w₁…w_{t-1}})_i (A_{w_t})_ij (A_{w_{t+1}…} ω)_j|,
    ε |(α A_w)_i ω_i|.

E(w) is the sum of these. Where rounding errors are independent and uniform, the mean
square of the change is at most S(w)², a third of the sum of their squares, each times
how often w has its symbol. Rows and columns are scaled so that those of S have norm 1.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from automata_rnn.automata import WFA
from translations.extraction.singular import Floats, NumericalRank, rank_above

Codes: TypeAlias = tuple[int, ...]

FACTOR = 4.0  # Chebyshev: a larger ‖ΔH‖_F has probability below 1/16
REPEATS = 64  # words kept whose vectors depend on those of others
EVALUATION = 2.0**-53  # what one float64 operation rounds by, relatively


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


def hankel_block(
    wfa: WFA, rounding: float, tick: Callable[[], None] = lambda: None
) -> Block:
    """The block of an automaton over REAL whose weights are good to `rounding`.

    `tick` is called for each word; it may raise to end the search. Raises ValueError
    where values are not finite.
    """
    bos = () if wfa.alphabet.bos is None else (len(wfa.alphabet),)
    backward = wfa.weights.transpose(0, 2, 1)
    symbols = range(len(wfa.alphabet))
    scale = rounding + (wfa.num_states + 2) * EVALUATION
    with np.errstate(over="ignore", invalid="ignore"):
        states, prefixes = _basis(
            wfa.initial, wfa.weights, symbols, bos, rounding, tick
        )
        rows, suffixes = _basis(wfa.final, backward, symbols, (), rounding, tick)
        front = rounding_terms(
            wfa.initial, wfa.weights, prefixes, rows.T, suffixes, tick
        )
        back = rounding_terms(wfa.final, backward, suffixes, states.T, prefixes, tick)
        total, squares = (a + b.T for a, b in zip(front, back, strict=True))
    if not (np.isfinite(total).all() and np.isfinite(squares).all()):
        raise ValueError("network: wanted values that floats hold, got infinite ones")
    typical = scale * np.sqrt(squares / 3)
    left = _inverse_norms(typical)
    right = _inverse_norms((typical * left[:, None]).T)
    both = left[:, None] * right
    return Block(
        states * left[:, None],
        rows.T * right,
        float(np.linalg.norm(typical * both)),
        float(np.linalg.norm(scale * total * both)),
    )


def _basis(
    row: Floats,
    matrices: Floats,
    symbols: Iterable[int],
    first: Codes,
    rounding: float,
    tick: Callable[[], None],
) -> tuple[Floats, list[Codes]]:
    """Vectors row · A_w and codes w: enough of them to span all, found breadth-first.

    Words whose vector is independent, numerically, of those before are extended by all
    symbols; of the others, the shortest are kept.
    """
    for code in first:
        row = row @ matrices[code]
    vectors, words = [row], [first]
    basis = np.zeros((0, len(row)))
    position = 0
    independent: list[int] = []
    while position < len(words):
        tick()
        vector = vectors[position]
        direction = _new_direction(vector, basis, rounding)
        if direction is not None:
            basis = np.concatenate([basis, direction[None]])
            independent.append(position)
            for code in symbols:
                vectors.append(vector @ matrices[code])
                words.append((*words[position], code))
        position += 1
    known = set(independent)
    others = [i for i in range(len(words)) if i not in known]
    kept = sorted(independent + others[:REPEATS])
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


def rounding_terms(
    row: Floats,
    matrices: Floats,
    words: list[Codes],
    columns: Floats,
    others: list[Codes],
    tick: Callable[[], None] = lambda: None,
) -> tuple[Floats, Floats]:
    """What weights in one part of a word contribute to E and to 3 S², for ε = 1.

    Args:
        words: the part that belongs to the rows, m of them.
        columns: the vectors A_v ω of the other part, shape (n, p).
        others: the other part's words v, p of them.

    Returns sums over the terms of each u v, shape (m, p), and of their squares, each as
    often as the word meets its matrix: (x₁ + … + x_r)² ≤ r (x₁² + … + x_r²).
    """
    sizes, first = np.abs(matrices), np.abs(row)
    total = np.zeros((len(words), columns.shape[1]))
    squares = np.zeros_like(total)
    elsewhere = np.array(
        [np.bincount(np.array(v, int), minlength=len(matrices)) for v in others]
    )
    for i, word in enumerate(words):
        tick()
        states = [row]
        for code in word:
            states.append(states[-1] @ matrices[code])
        after = columns
        for state, code in zip(states[-2::-1], word[::-1], strict=True):
            reach, before = np.abs(after), np.abs(state)
            times = word.count(code) + elsewhere[:, code]
            total[i] += (before @ sizes[code]) @ reach
            squares[i] += (before**2 @ sizes[code] ** 2) @ reach**2 * times
            after = matrices[code] @ after
        total[i] += first @ np.abs(after)
        squares[i] += first**2 @ after**2
    return total, squares


def _inverse_norms(rows: Floats) -> Floats:
    """1/‖row‖, and 0 for rows without an error, which are zero themselves."""
    norms = np.linalg.norm(rows, axis=1)
    safe = np.where(norms > 0, norms, 1)
    inverse: Floats = np.where(norms > 0, 1 / safe, 0)
    return inverse


def block_rank(block: Block) -> NumericalRank:
    """The rank by the rule, and the rank that is certain to first order.

    σ_r of the rounded block is at most ‖ΔH‖ where the block that was meant has rank
    below r (Weyl). So the rule counts the singular values above 4 ‖S‖_F, four times
    what bounds the root mean square of ‖ΔH‖_F; those above ‖E‖_F, the most that it can
    be, are certain.
    """
    hankel = block.states @ block.columns
    certain = rank_above(hankel, block.largest, "")
    rule = f"{FACTOR:g} times what independent rounding of the weights makes"
    found = rank_above(hankel, min(FACTOR * block.typical, block.largest), rule)
    return replace(found, certain=certain.rank)
