"""Signs of the values of all prefixes in floats, as far as a bound settles them.

Beside each entry ĥ_k of a state there is a radius r_k with |ĥ_k - h_k| ≤ r_k, where h
is the exact state up to a power of two. One step from h to h' = h A in floats, with F
in place of A, gives ĥ'_j = fl(Σ_k ĥ_k F_kj). With u = 2⁻⁵³, |A - F| ≤ u |F| and the
usual bound for a sum of n products (N. Higham, Accuracy and Stability of Numerical
Algorithms, 2002, section 3.1)

    |ĥ'_j - h'_j| ≤ Σ_k ((1 + u) r_k + (u + n u / (1 - n u)) |ĥ_k|) |F_kj|.

The kernel computes r'_j = Σ_k ((1 + δ) r_k + δ |ĥ_k|) |F_kj| + 2⁻⁸⁰⁰ in floats with
δ = 4 (n + 4) u. Each term is rounded at most n + 4 times, so that the result is at
least 1 - (n + 4) u times the true one; that is above the bound, since (1 + δ) and δ
exceed what they stand for by more than that. Underflow, also of entries of F, parts
each product from what it should be by at most 2⁻¹⁰⁷⁴ times a factor below 2¹⁰², as
states and radii are scaled by powers of two to stay below 2¹⁰⁰ before a step: far less
than 2⁻⁸⁰⁰ for n < 2²⁰. Entries of F are at most 2⁵³, so nothing overflows. A value
ĥ · c is a step with a matrix of one column; if it exceeds its radius, its sign is
right.

While all entries are integers and all sums Σ_k |ĥ_k| |F_kj| computed are below 2⁵³, no
operation rounds, and even zeros are settled: words of counting automata take this way.
"""

import math
from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.semiring import Array

EXACT = 2.0**53
TINY = 2.0**-800
LARGE = 2.0**100
LOST = 2.0**-600
"""A state so small beside `TINY` has nothing left to say."""


@compiled
def settle(
    table: Any,
    codes: Any,
    column: Any,
    row: Array,
    radius: Array,
    exact: tuple[bool, bool, bool],
    signs: Array,
    time: int,
    known: bool,
) -> int:
    """Fill in signs from `time` on; the first time that is not settled, or T + 1.

    Args:
        table: F, (k, n, n), and codes (T,) into it.
        column: c, (n,).
        row, radius: ĥ and r at `time`; overwritten.
        exact: whether the table, the column and the row are the integers themselves.
        signs: (T + 1,).
        known: whether the sign at `time` needs no settling.
    """
    n, delta = len(row), 4 * (len(row) + 4) * 2.0**-53
    table_exact, column_exact, row_exact = exact
    after, size, error = np.empty(n), np.empty(n), np.empty(n)
    while True:
        if not known:
            value, total, bound = 0.0, 0.0, TINY
            for k in range(n):
                weight = abs(column[k])
                value += row[k] * column[k]
                total += abs(row[k]) * weight
                bound += ((1 + delta) * radius[k] + delta * abs(row[k])) * weight
            whole = row_exact and column_exact and total < EXACT
            if not (whole or abs(value) > bound):
                return time
            signs[time] = (value > 0) - (value < 0)
        if time == len(codes):
            return time + 1
        matrix = table[codes[time]]
        after[:], size[:], error[:] = 0.0, 0.0, TINY
        for k in range(n):
            x, y = row[k], abs(row[k])
            z = (1 + delta) * radius[k] + delta * y
            for j in range(n):
                after[j] += x * matrix[k, j]
                size[j] += y * abs(matrix[k, j])
                error[j] += z * abs(matrix[k, j])
        row_exact = row_exact and table_exact and size.max() < EXACT
        row, after = after, row
        radius, error = error, radius
        if row_exact:
            radius[:] = 0.0
        else:
            top = 0.0
            for k in range(n):
                top = max(top, abs(row[k]), radius[k])
            if top > LARGE or LOST < top < 1 / LARGE:
                scale = math.ldexp(1.0, -math.frexp(top)[1])
                for k in range(n):
                    row[k] *= scale
                    radius[k] = radius[k] * scale + TINY
        time, known = time + 1, False
