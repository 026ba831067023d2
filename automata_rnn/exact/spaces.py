"""Invariant row spaces over any exact field, on arrays of the semiring's elements."""

from dataclasses import dataclass

import numpy as np

from automata_rnn.exact.finite import finite_field, invariant_rows
from automata_rnn.exact.rational import from_flint, invariant_rows_q, to_flint
from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class RowSpace:
    """A subspace of Kⁿ.

    Attributes:
        basis: its reduced row echelon basis, shape (r, n).
        pivots: columns where the basis is the identity; v = v[pivots] · basis for
            every v of the space.
    """

    basis: Array
    pivots: tuple[int, ...]

    @property
    def dimension(self) -> int:
        return len(self.pivots)


def require_field(semiring: Semiring) -> str | int:
    """ "Q" or the order of the finite field; ValueError where there is no field."""
    if semiring.field is None:
        raise ValueError(
            f"semiring: wanted a field with exact arithmetic (rational, integer, "
            f"integers-mod-p or GF(q)), got {semiring.name}"
        )
    return semiring.field


def invariant_row_space(semiring: Semiring, rows: Array, matrices: Array) -> RowSpace:
    """The smallest space that holds `rows` (m, n) and is closed under v ↦ v A.

    `matrices` has shape (k, n, n). Integers span a space over ℚ. Exact, with the proof
    that `exact.rational` describes. Raises ValueError where there is no exact field.
    """
    field = require_field(semiring)
    if field == "Q":
        basis, pivots = invariant_rows_q(
            to_flint(rows), [to_flint(matrix) for matrix in matrices]
        )
        return RowSpace(from_flint(basis), pivots)
    finite = finite_field(int(field))
    reduced, pivots = invariant_rows(
        finite, finite.matrix(rows), [finite.matrix(matrix) for matrix in matrices]
    )
    dtype = np.asarray(rows).dtype
    return RowSpace(finite.array(reduced).astype(dtype), pivots)
