"""Linear systems over any exact field, on arrays of the semiring's elements."""

import numpy as np

from automata_rnn.exact.finite import finite_field
from automata_rnn.exact.rational import from_flint, to_flint
from automata_rnn.exact.spaces import require_field
from automata_rnn.semiring import Array, Semiring


def solve_rows(semiring: Semiring, matrix: Array, rows: Array) -> Array:
    """The X of shape (m, n) with X · matrix = rows, for an invertible matrix (n, n).

    Over ℚ the result has entries of flint.fmpq, also for integers. Raises ValueError
    for a singular matrix, and where there is no exact field.

    >>> from automata_rnn import integers_mod
    >>> solve_rows(integers_mod(7), np.array([[2, 1], [0, 3]]), np.array([[1, 0]]))
    array([[4, 1]])
    """
    field = require_field(semiring)
    n, m = len(matrix), len(rows)
    if matrix.shape != (n, n) or rows.shape != (m, n):
        raise ValueError(
            f"matrix: wanted (n, n) beside rows (m, n), got {matrix.shape} beside "
            f"{rows.shape}"
        )
    if field == "Q":
        transposed = to_flint(np.asarray(matrix, dtype=object).T)
        right = to_flint(np.asarray(rows, dtype=object).T)
        if transposed.det() == 0:
            raise _singular(n)
        return from_flint(transposed.solve(right).transpose())
    finite = finite_field(int(field))
    both = np.concatenate([np.asarray(matrix).T, np.asarray(rows).T], axis=1)
    reduced, pivots = finite.rref(finite.matrix(both))
    if pivots != tuple(range(n)):
        raise _singular(n)
    dtype = np.asarray(matrix).dtype
    return finite.array(reduced)[:, n:].T.astype(dtype)


def _singular(n: int) -> ValueError:
    return ValueError(f"matrix: wanted an invertible one, got rank below {n}")
