"""Rank-one matrices given off the diagonal only: what diagonal plus rank one leaves.

A = diag(w) - l rᵀ restricts l and r by the entries of A off the diagonal, w is free.
"""

from collections import deque

import numpy as np

from automata_rnn.semiring import RATIONAL, Array


def rank_one_off_diagonal(wanted: Array) -> tuple[Array, Array] | None:
    """l and r with l_i r_j = wanted_ij for all i ≠ j, or None."""
    n = len(wanted)
    left: dict[int, Array] = {}
    right: dict[int, Array] = {}
    for start, target in np.argwhere(wanted != 0).tolist():
        if start not in left and target not in right:
            left[start] = RATIONAL.one
            _propagate(wanted, left, right, start)
    zero, one = RATIONAL.zero, RATIONAL.one
    rows = RATIONAL.array([left.get(i, one) for i in range(n)]).copy()
    columns = RATIONAL.array([right.get(j, zero) for j in range(n)]).copy()
    product = np.outer(rows, columns)
    product[range(n), range(n)] = zero
    return (rows, columns) if np.all(product == wanted) else None


def _propagate(
    wanted: Array, left: dict[int, Array], right: dict[int, Array], start: int
) -> None:
    """Fill in all that l_start determines."""
    queue = deque([(start, True)])
    while queue:
        i, is_row = queue.popleft()
        known, other = (left, right) if is_row else (right, left)
        for j in range(len(wanted)):
            if known[i] != 0 and j != i and j not in other:
                other[j] = (wanted[i, j] if is_row else wanted[j, i]) / known[i]
                queue.append((j, not is_row))
