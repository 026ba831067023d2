"""Matrices by their nonzero entries: the weights of networks that gates make sparse."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """Entries (row, column, value), sorted by row and then column, none twice.

    Attributes:
        shape: rows and columns.
        rows, columns: positions, shape (nnz,).
        values: elements of a semiring, shape (nnz,).

    Raises ValueError where an entry is outside the shape, given twice or out of order.
    """

    shape: tuple[int, int]
    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    values: Array

    def __post_init__(self) -> None:
        place = self.rows * self.shape[1] + self.columns
        if not len(self.rows) == len(self.columns) == len(self.values):
            raise ValueError("SparseMatrix: wanted rows, columns, values of one length")
        inside = (0 <= self.rows) & (self.rows < self.shape[0])
        inside &= (0 <= self.columns) & (self.columns < self.shape[1])
        if not np.all(inside):
            raise ValueError(f"SparseMatrix.rows: wanted entries within {self.shape}")
        if np.any(place[1:] <= place[:-1]):
            raise ValueError("SparseMatrix.rows: wanted entries in order, none twice")

    @cached_property
    def starts(self) -> npt.NDArray[np.intp]:
        """Where each row's entries start, shape (rows + 1,)."""
        return np.searchsorted(self.rows, np.arange(self.shape[0] + 1))

    def dense(self, semiring: Semiring) -> Array:
        """The full matrix of this shape."""
        matrix = semiring.array(np.full(self.shape, semiring.zero, dtype=object)).copy()
        matrix[self.rows, self.columns] = self.values
        return matrix


def sparse(semiring: Semiring, data: Any, field: str) -> SparseMatrix:
    """A matrix's nonzero entries; `data` is a full matrix, or sparse already."""
    if isinstance(data, SparseMatrix):
        shape, rows, columns, values = data.shape, data.rows, data.columns, data.values
    else:
        full = np.array(data)
        if full.ndim != 2:
            raise ValueError(f"{field}: wanted a matrix, got shape {full.shape}")
        rows, columns = np.nonzero(full)
        shape, values = full.shape, full[rows, columns]
    elements = convert_few(semiring, values, f"{field}.values")
    return SparseMatrix(shape, rows.astype(np.intp), columns.astype(np.intp), elements)


def convert_few(semiring: Semiring, values: Array, field: str) -> Array:
    """Elements of the semiring; few integers that repeat are converted once each."""
    if values.dtype.kind not in "iu":
        return semiring.array(values, field)
    distinct, inverse = np.unique(values, return_inverse=True)
    return semiring.array(distinct, field)[inverse]


def affine(row: Array, matrix: SparseMatrix, bias: Array) -> Array:
    """row · matrix + bias over numbers; costs the entries of rows that are not zero."""
    result = bias.copy()
    starts, columns, values = matrix.starts, matrix.columns, matrix.values
    for i in np.flatnonzero(row):
        part = slice(starts[i], starts[i + 1])
        result[columns[part]] += row[i] * values[part]
    return result
