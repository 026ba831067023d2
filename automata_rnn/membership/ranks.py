"""How far matrices are from the identity and from diagonal ones, by rank.

rank(A - I) does not depend on the basis, and no fewer Householder steps make A. The
least rank(A - D) over diagonal D is for the basis at hand: 0 and 1 are decided, above
that there are bounds.
"""

from itertools import combinations

import numpy as np

from automata_rnn.exact import rank_one_off_diagonal
from automata_rnn.exact.rational import to_flint
from automata_rnn.semiring import RATIONAL, Array

LARGEST_SEARCH = 10  # states up to which all splits of rows and columns are tried


def rank(matrix: Array) -> int:
    """Over ℚ."""
    return int(to_flint(matrix).rank()) if matrix.size else 0


def identity_rank(matrix: Array) -> int:
    """rank(A - I)."""
    return rank(matrix - RATIONAL.eye(len(matrix), matrix))


def diagonal_rank(matrix: Array) -> tuple[int, int]:
    """Bounds (least, most) of rank(A - D) over diagonal D; equal where decided.

    Below: D does not touch rows I and columns J with I ∩ J = ∅, whose ranks are tried
    for all splits of up to ten states. Above: rows, or columns, of A - diag(A) that are
    not zero; n - 1, by choosing one entry of D; and rank(A - c I) for entries c of the
    diagonal of A.
    """
    n = len(matrix)
    off = matrix.copy()
    off[range(n), range(n)] = RATIONAL.zero
    if not np.any(off != 0):
        return 0, 0
    if rank_one_off_diagonal(off) is not None:
        return 1, 1
    least = max(2, _largest_split(matrix)) if n <= LARGEST_SEARCH else 2
    rows, columns = ((off != 0).any(axis=axis).sum() for axis in (1, 0))
    shifts = {matrix[i, i] for i in range(n)} | {RATIONAL.zero}
    identity = RATIONAL.eye(n, matrix)
    shifted = min(rank(matrix - identity * c) for c in shifts)
    return least, min(int(rows), int(columns), shifted, _one_entry(matrix))


def _largest_split(matrix: Array) -> int:
    """The largest rank of A[I, J], J the complement of I."""
    n, best = len(matrix), 0
    for size in range(1, n):
        if min(size, n - size) <= best:
            continue
        for chosen in combinations(range(n), size):
            others = [j for j in range(n) if j not in chosen]
            best = max(best, rank(matrix[np.ix_(chosen, others)]))
            if best == min(size, n - size):
                break
    return best


def _one_entry(matrix: Array) -> int:
    """rank(A - d e_iᵀ e_i) for the i and d that make it least.

    det(A - d e_i e_iᵀ) = det A - d · cofactor_ii, zero for some d unless that cofactor
    is zero and A is regular.
    """
    n = len(matrix)
    full = rank(matrix)
    if full < n:
        return full
    for i in range(n):
        rest = np.delete(np.delete(matrix, i, 0), i, 1)
        if rank(rest) == n - 1:
            return n - 1
    return n
