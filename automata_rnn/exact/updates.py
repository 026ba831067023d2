"""Coordinate updates as products of few H(β, k) = I - β kᵀ k, over ℚ.

r is a row; c a vector with c_dst = 0 and N = c·c > 0. All were found in the plane of c
and e_dst; in floats none of those with three factors is a contraction.
"""

from typing import TypeAlias

import numpy as np
from flint import fmpq

from automata_rnn.semiring import RATIONAL, Array

Factor: TypeAlias = tuple[fmpq, Array]
"""(β, k)."""


def unit(i: int, n: int) -> Array:
    """e_i, shape (n,)."""
    row = RATIONAL.array(np.zeros(n, dtype=int)).copy()
    row[i] = RATIONAL.one
    return row


def scale(dst: int, factor: fmpq, n: int) -> Factor:
    """r_dst ← s r_dst: H(1 - s, e_dst) (Lemma 9)."""
    return 1 - factor, unit(dst, n)


def swap(i: int, j: int, n: int) -> Factor:
    """r_i ↔ r_j: H(1, e_i - e_j)."""
    return fmpq(1), unit(i, n) - unit(j, n)


def overwrite(dst: int, c: Array) -> list[Factor]:
    """r_dst ← r·c, three factors, or one where c = 0 (repair of Lemmas 10 to 12).

    H(1, e_dst) clears r_dst, H(2/N, c) turns r·c into -r·c, and H(1/2N, 2c + N e_dst)
    sends x e_dst + y c/N with x = 0, y = -r·c to x = -y, y = -y.
    """
    n, norm = len(c), c.dot(c)
    clear = (fmpq(1), unit(dst, n))
    if norm == 0:
        return [clear]
    last = 2 * c + norm * unit(dst, n)
    return [clear, (2 / norm, c), (1 / (2 * norm), last)]


def transvection(dst: int, c: Array) -> list[Factor]:
    """r_dst ← r_dst + r·c, three factors, or none where c = 0 (repair of Lemma 10).

    With any rational s other than 0 and ±1 and δ = N (s² - 1)/(N + 4 - N s²):

        H(-δ, 2c/N(s-1) + e_dst),  H(2/N(s+1), c),  H(γ, k) for k = 2c/N(s+1) + e_dst

    and γ = δ/(1 + δ k·k). For N = 1 and s = 3 this is Lemma 10.
    """
    n, norm = len(c), c.dot(c)
    if norm == 0:
        return []
    s = 3 if 2 * norm != 1 else 2  # the denominator of δ is 0 at 2N = 1, s = 3
    delta = norm * (s * s - 1) / (norm + 4 - norm * s * s)
    first = 2 * c / (norm * (s - 1)) + unit(dst, n)
    last = 2 * c / (norm * (s + 1)) + unit(dst, n)
    gamma = delta / (1 + delta * last.dot(last))
    return [(-delta, first), (2 / (norm * (s + 1)), c), (gamma, last)]
