"""When commuting rational matrices are diagonal in one basis, and why not else.

Matrices are simultaneously diagonalisable over ℂ exactly when they commute and the
minimal polynomial of each has no repeated factor; over ℝ or ℚ its roots must also lie
there. All three are decided exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, count
from typing import Any

from flint import fmpq_mat, fmpq_poly

from automata_rnn.alphabet import Symbol
from automata_rnn.exact.rational import to_flint
from automata_rnn.semiring import COMPLEX, RATIONAL, REAL, Array, Semiring


@dataclass(frozen=True, eq=False)
class Obstruction:
    """A certificate that matrices are not simultaneously diagonalisable.

    Attributes:
        kind: "commutator": the two matrices do not commute. "jordan block": `factor`
            divides the matrix's minimal polynomial `size` ≥ 2 times, so that its roots
            have Jordan blocks of that size. "eigenvalue": `factor` has roots outside
            the field.
        symbols: whose matrices these are.
        matrices: those matrices, of the minimal automaton, entries fmpq.
        factor: coefficients of the factor, constant term first; empty for
            "commutator".
        size: how often the factor divides the minimal polynomial; 0 for "commutator".
    """

    kind: str
    symbols: tuple[Symbol, ...]
    matrices: tuple[Array, ...]
    factor: tuple[object, ...] = ()
    size: int = 0


class NotDiagonalizable(ValueError):
    """No diagonal network computes the function; `obstruction` says why."""

    def __init__(self, message: str, obstruction: Obstruction) -> None:
        super().__init__(message)
        self.obstruction = obstruction


def check_diagonalizable(symbols: Sequence[Symbol], matrices: Array) -> None:
    """Raise NotDiagonalizable unless the matrices (k, n, n) are, together, over ℂ."""
    exact = [to_flint(matrix) for matrix in matrices]
    for i, j in combinations(range(len(exact)), 2):
        if exact[i] * exact[j] != exact[j] * exact[i]:
            raise NotDiagonalizable(
                f"wfa: wanted commuting matrices, since diagonal ones commute, but "
                f"those of {symbols[i]!r} and {symbols[j]!r} do not: the value of some "
                f"word depends on their order",
                Obstruction(
                    "commutator", (symbols[i], symbols[j]), (matrices[i], matrices[j])
                ),
            )
    for symbol, matrix, array in zip(symbols, exact, matrices, strict=True):
        for factor, power in _factors(matrix):
            if power > 1:
                raise NotDiagonalizable(
                    f"wfa: wanted diagonalisable matrices, but that of {symbol!r} has "
                    f"Jordan blocks of size {power} at the roots of {factor}",
                    _obstruction("jordan block", symbol, array, factor, power),
                )


def check_eigenvalues(
    symbols: Sequence[Symbol], matrices: Array, semiring: Semiring
) -> None:
    """Raise NotDiagonalizable where an eigenvalue is outside ℚ, ℝ or ℂ, as asked."""
    for symbol, array in zip(symbols, matrices, strict=True):
        for factor, power in _factors(to_flint(array)):
            if not _splits(factor, semiring):
                raise NotDiagonalizable(
                    f"wfa: wanted eigenvalues that are {semiring.name}, but that of "
                    f"{symbol!r} has the roots of {factor}",
                    _obstruction("eigenvalue", symbol, array, factor, power),
                )


def smallest_field(matrices: Array) -> Semiring:
    """RATIONAL, REAL or COMPLEX: the first that holds all eigenvalues."""
    factors = [f for matrix in matrices for f, _ in _factors(to_flint(matrix))]
    for semiring in (RATIONAL, REAL):
        if all(_splits(factor, semiring) for factor in factors):
            return semiring
    return COMPLEX


def separating_combination(matrices: Array) -> fmpq_mat:
    """Σ_i cⁱ A_i with distinct eigenvalues, for the first c = 1, 2, … that has them.

    For matrices of a minimal automaton that are diagonal in one basis: two basis
    vectors with the same eigenvalue for every letter could be merged, so that any two
    differ for some letter, and (k - 1) n(n - 1)/2 values of c at most fail. Every
    matrix is then diagonal in the basis of eigenvectors of this one.
    """
    exact = [to_flint(matrix) for matrix in matrices]
    n = exact[0].nrows()
    for c in count(1):
        total = fmpq_mat(n, n)
        for i, matrix in enumerate(exact):
            total += matrix * c**i
        if total.minpoly().degree() == n:
            return total
    raise AssertionError


def _factors(matrix: fmpq_mat) -> list[tuple[fmpq_poly, int]]:
    """Irreducible factors of the minimal polynomial over ℚ, with multiplicities."""
    if matrix.nrows() == 0:
        return []
    return list(matrix.minpoly().factor()[1])


def _splits(factor: fmpq_poly, semiring: Semiring) -> bool:
    """Whether an irreducible polynomial has all its roots in ℚ, ℝ or ℂ."""
    if semiring is RATIONAL:
        return factor.degree() == 1
    if (
        semiring is REAL
    ):  # FLINT isolates roots; real ones have imaginary part exactly 0
        return all(root.imag == 0 for root, _ in _roots(factor))
    return True


def _roots(factor: fmpq_poly) -> list[Any]:
    return list(factor.complex_roots())


def _obstruction(
    kind: str, symbol: Symbol, array: Array, factor: fmpq_poly, power: int
) -> Obstruction:
    return Obstruction(kind, (symbol,), (array,), tuple(factor.coeffs()), power)
