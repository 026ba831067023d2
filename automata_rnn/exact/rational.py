"""Linear algebra over ℚ: conversions to FLINT, and a multi-modular closure with proof.

Eliminating over ℚ step by step meets enormous intermediate numbers. Here elimination
happens modulo 61-bit primes, the reduced basis is lifted to ℚ by the Chinese remainder
theorem and rational reconstruction, and the lift is proved over ℚ.
"""

from math import gcd, isqrt

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat

from automata_rnn.exact.finite import invariant_rows, prime_field, random_prime
from automata_rnn.semiring import Array


def to_flint(array: Array) -> fmpq_mat:
    """A 2-D array of rationals (fmpq or ints) as fmpq_mat."""
    rows, columns = array.shape
    return fmpq_mat(int(rows), int(columns), array.ravel().tolist())


def from_flint(matrix: fmpq_mat) -> Array:
    """An fmpq_mat as an object array of fmpq."""
    values = np.empty(matrix.nrows() * matrix.ncols(), dtype=object)
    values[:] = matrix.entries()
    return values.reshape(matrix.nrows(), matrix.ncols())


def select_columns(matrix: fmpq_mat, columns: tuple[int, ...]) -> fmpq_mat:
    """The columns with these positions."""
    rows = matrix.nrows()
    picked = [matrix[i, j] for i in range(rows) for j in columns]
    return fmpq_mat(rows, len(columns), picked)


def invariant_rows_q(
    rows: fmpq_mat, matrices: list[fmpq_mat]
) -> tuple[fmpq_mat, tuple[int, ...]]:
    """The smallest row space over ℚ that holds `rows` and is closed under `matrices`.

    Returned as its reduced row echelon basis R (r, n) and its pivot columns J.

    Proof of each result: R holds the rows and R A = (R A)[:, J] R for each matrix, both
    checked over ℚ, so that the space has dimension at most r; and it has at least r,
    its dimension modulo a prime.
    """
    # Scaling a matrix or all rows by an integer leaves the space as it is.
    integers = [matrix.numer_denom()[0] for matrix in (rows, *matrices)]
    modulus, count, checkpoint = 1, 0, 1  # primes so far, and when to try next
    residues: list[int] = []
    pivots: tuple[int, ...] = ()
    while True:
        prime = random_prime()
        if modulus % prime == 0:
            continue  # seen before
        field = prime_field(prime)
        start, *steps = (field.matrix(matrix) for matrix in integers)
        basis, found = invariant_rows(field, start, steps)
        if len(found) == rows.ncols():
            return _identity(rows.ncols()), found
        if count and _rank_profile(found) < _rank_profile(pivots):
            continue  # this prime divides a minor
        values = [int(v) for v in basis.entries()]
        if found != pivots or not count:
            modulus, residues, pivots, count, checkpoint = prime, values, found, 1, 1
        else:
            residues = _combine(residues, modulus, values, prime)
            modulus *= prime
            count += 1
        if count < checkpoint:
            continue
        checkpoint = 2 * count
        lifted = _reconstruct(residues, modulus)
        if lifted is None:
            continue
        candidate = fmpq_mat(len(pivots), rows.ncols(), lifted)
        if _spans(candidate, pivots, rows, matrices):
            return candidate, pivots


def _rank_profile(pivots: tuple[int, ...]) -> tuple[int, list[int]]:
    """Larger is closer to ℚ: more pivots, then earlier ones."""
    return len(pivots), [-j for j in pivots]


def _identity(n: int) -> fmpq_mat:
    return fmpq_mat(fmpz_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]))


def _spans(
    basis: fmpq_mat, pivots: tuple[int, ...], rows: fmpq_mat, matrices: list[fmpq_mat]
) -> bool:
    """Whether the row space of `basis` holds the rows and is closed, over ℚ."""
    images = (rows, *(basis * matrix for matrix in matrices))
    return all(select_columns(image, pivots) * basis == image for image in images)


def _combine(old: list[int], modulus: int, new: list[int], prime: int) -> list[int]:
    """Residues modulo modulus · prime, by the Chinese remainder theorem."""
    inverse = pow(modulus, -1, prime)
    pairs = zip(old, new, strict=True)
    return [x + modulus * ((y - x) * inverse % prime) for x, y in pairs]


def _reconstruct(residues: list[int], modulus: int) -> list[fmpq] | None:
    """Rationals a/b with |a|, b ≤ √(modulus/2) and these residues, if there are."""
    bound = isqrt(modulus // 2)
    common = 1  # a denominator seen before usually clears the next one, too
    result: list[fmpq] = []
    for residue in residues:
        scaled = residue * common % modulus
        scaled -= modulus if scaled > modulus // 2 else 0
        if abs(scaled) <= bound and common <= bound:
            result.append(fmpq(scaled, common))
            continue
        pair = _rational(residue, modulus, bound)
        if pair is None:
            return None
        result.append(fmpq(*pair))
        common = common * pair[1] // gcd(common, pair[1])
    return result


def _rational(residue: int, modulus: int, bound: int) -> tuple[int, int] | None:
    """(a, b) with a ≡ b · residue, by Euclid's algorithm stopped halfway (Wang)."""
    r0, r1, t0, t1 = modulus, residue, 0, 1
    while r1 > bound:
        quotient = r0 // r1
        r0, r1, t0, t1 = r1, r0 - quotient * r1, t1, t0 - quotient * t1
    if t1 == 0 or abs(t1) > bound or gcd(r1, t1) != 1:
        return None
    return (r1, t1) if t1 > 0 else (-r1, -t1)
