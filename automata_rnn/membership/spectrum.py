"""Exact facts about the eigenvalues of one rational matrix."""

from dataclasses import dataclass
from typing import Any

from flint import acb, fmpq_mat, fmpq_poly


@dataclass(frozen=True)
class Unbounded:
    """Why the powers of a matrix are infinitely many.

    Attributes:
        factor: an irreducible factor of the minimal polynomial, coefficients over ℚ
            with the constant term first.
        size: how often it divides the minimal polynomial.
        grows: whether it has a root of absolute value above 1, so that powers grow
            exponentially.
        kind: "eigenvalue": roots neither 0 nor roots of unity. "jordan block": roots
            of unity with Jordan blocks of that size.
    """

    factor: tuple[Any, ...]
    size: int
    grows: bool
    kind: str

    def __str__(self) -> str:
        polynomial = str(fmpq_poly(list(self.factor)))
        if self.kind == "jordan block":
            return f"Jordan blocks of size {self.size} at the roots of {polynomial}"
        return f"the roots of {polynomial}, not roots of unity, as eigenvalues"


def factors(matrix: fmpq_mat) -> list[tuple[fmpq_poly, int]]:
    """Irreducible factors of the minimal polynomial over ℚ, with multiplicities."""
    return list(matrix.minpoly().factor()[1]) if matrix.nrows() else []


def unbounded(matrix: fmpq_mat) -> Unbounded | None:
    """Why {Aᵏ} is infinite, or None: it is finite.

    It is finite exactly when the minimal polynomial is xᵃ times different cyclotomic
    polynomials. An eigenvalue that grows is preferred as the reason.
    """
    found = []
    for factor, power in factors(matrix):
        coefficients = tuple(factor.coeffs())
        if _is_x(factor):
            continue
        if not is_cyclotomic(factor):
            grows = radius(factor) == "above 1"
            found.append(Unbounded(coefficients, power, grows, "eigenvalue"))
        elif power > 1:
            found.append(Unbounded(coefficients, power, False, "jordan block"))
    return max(found, key=lambda reason: reason.grows) if found else None


def is_cyclotomic(factor: fmpq_poly) -> bool:
    """Whether an irreducible polynomial has roots of unity as its roots."""
    monic = factor / factor[factor.degree()]
    return monic.denom() == 1 and bool(monic.numer().is_cyclotomic())


def radius(factor: fmpq_poly) -> str:
    """Where the largest root of an irreducible polynomial is.

    "below 1", "1" (roots of unity), "above 1", or "near 1" where balls do not tell.
    """
    if _is_x(factor):
        return "below 1"
    if is_cyclotomic(factor):
        return "1"
    if factor.degree() == 1:
        root = abs(factor[0] / factor[1])
        return "below 1" if root < 1 else "above 1"
    roots: list[Any] = list(factor.complex_roots())
    sizes = [abs(acb(root)) for root, _ in roots]
    if any(size > 1 for size in sizes):
        return "above 1"
    return "below 1" if all(size < 1 for size in sizes) else "near 1"


def _is_x(factor: fmpq_poly) -> bool:
    return bool(factor.degree() == 1 and factor[0] == 0)
