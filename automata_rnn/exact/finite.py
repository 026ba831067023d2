"""Matrices over a finite field: python-flint for prime fields, galois for the others.

FLINT aborts the process on a composite modulus, so that primes are checked before.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from flint import fmpz, fmpz_mat, nmod_mat

from automata_rnn.semiring import Array, galois_field

Matrix: TypeAlias = Any  # nmod_mat, or a galois array


@dataclass(frozen=True, eq=False)
class FiniteField:
    """How to compute with matrices over one finite field.

    Attributes:
        order: the number of elements.
        matrix: makes a matrix of a 2-D array of elements, or of an fmpz_mat.
        array: the inverse, with elements as Python ints.
        product: the matrix product.
        transpose: the transpose.
        stack: matrices with the same number of columns, one above the other.
        rref: the nonzero rows of the reduced row echelon form, and pivot columns.
    """

    order: int
    matrix: Callable[[Any], Matrix]
    array: Callable[[Matrix], Array]
    product: Callable[[Matrix, Matrix], Matrix]
    transpose: Callable[[Matrix], Matrix]
    stack: Callable[[list[Matrix]], Matrix]
    rref: Callable[[Matrix], tuple[Matrix, tuple[int, ...]]]


@lru_cache(maxsize=64)
def prime_field(p: int) -> FiniteField:
    """GF(p) for a prime p < 2⁶³, on nmod_mat."""
    if not 2 <= p < 2**63 or not fmpz(p).is_prime():
        raise ValueError(f"p: wanted a prime below 2**63, got {p}")

    def matrix(data: Any) -> nmod_mat:
        if isinstance(data, fmpz_mat):
            return nmod_mat(data, p)
        rows, columns = data.shape
        return nmod_mat(rows, columns, [int(v) for v in data.ravel()], p)

    def array(m: nmod_mat) -> Array:
        values = np.empty(m.nrows() * m.ncols(), dtype=object)
        values[:] = [int(v) for v in m.entries()]
        return values.reshape(m.nrows(), m.ncols())

    def stack(parts: list[nmod_mat]) -> nmod_mat:
        entries = [int(v) for part in parts for v in part.entries()]
        rows = sum(part.nrows() for part in parts)
        return nmod_mat(rows, parts[0].ncols(), entries, p)

    def rref(m: nmod_mat) -> tuple[nmod_mat, tuple[int, ...]]:
        reduced, rank = m.rref()
        entries, n = [int(v) for v in reduced.entries()], m.ncols()
        pivots = _pivots(entries[i * n : (i + 1) * n] for i in range(rank))
        return nmod_mat(rank, n, entries[: rank * n], p), pivots

    return FiniteField(
        p, matrix, array, lambda a, b: a * b, lambda m: m.transpose(), stack, rref
    )


@lru_cache(maxsize=64)
def finite_field(q: int) -> FiniteField:
    """GF(q) for a prime power q, on galois arrays where q is not a prime."""
    if fmpz(q).is_prime():
        return prime_field(q)
    semiring = galois_field(q)

    def rref(m: Array) -> tuple[Array, tuple[int, ...]]:
        import galois

        reduced = galois.GF(q)(m).row_reduce() if m.size else m
        rows = [row for row in np.asarray(reduced).tolist() if any(row)]
        basis = np.array(rows, dtype=np.int64).reshape(len(rows), m.shape[1])
        return basis, _pivots(rows)

    return FiniteField(
        q,
        lambda data: np.asarray(data).astype(np.int64),
        lambda m: m.astype(object),
        semiring.matmul,
        np.transpose,
        np.vstack,
        rref,
    )


def _pivots(rows: Iterable[list[int]]) -> tuple[int, ...]:
    return tuple(next(j for j, v in enumerate(row) if v) for row in rows)


def random_prime(bits: int = 61) -> int:
    """A random prime with this many bits; which one never changes a result."""
    while True:
        candidate = random.SystemRandom().getrandbits(bits - 1) | 1 << bits - 1 | 1
        if fmpz(candidate).is_prime():
            return candidate


def invariant_rows(
    field: FiniteField, rows: Matrix, matrices: list[Matrix]
) -> tuple[Matrix, tuple[int, ...]]:
    """The smallest row space that holds `rows` and is closed under the matrices.

    Returned as its reduced row echelon basis (r, n), which is unique, and its pivot
    columns. At most n rounds, each one elimination of (k + 1)r rows.
    """
    basis, pivots = field.rref(rows)
    while True:
        images = [field.product(basis, matrix) for matrix in matrices]
        larger, new_pivots = field.rref(field.stack([basis, *images]))
        if len(new_pivots) == len(pivots):
            return basis, pivots
        basis, pivots = larger, new_pivots
