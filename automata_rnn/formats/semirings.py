"""Semirings in files: by name, with what the name leaves open."""

from types import FunctionType
from typing import Any

from flint import fmpz

from automata_rnn.formats.errors import FormatError, mismatch, require
from automata_rnn.semiring import Semiring, semiring_named

KEYS = ("semiring", "exact", "polynomial")


def semiring_record(semiring: Semiring) -> dict[str, Any]:
    """What files say of a semiring; FormatError for one that has no name there.

    "polynomial" is the irreducible polynomial of a finite field that is not a prime
    one: the numbers of its elements mean nothing without.
    """
    if not _is_named(semiring):
        raise mismatch("semiring", "one that semiring_named finds", semiring)
    polynomial = irreducible_polynomial(semiring)
    return {
        "semiring": semiring.name,
        "exact": semiring.exact,
        "polynomial": polynomial,
    }


def _is_named(semiring: Semiring) -> bool:
    named = _named(semiring.name)
    if named is semiring:
        return True
    # of Z/m and GF(q), the library may have made a second object since
    functions = (named.times, semiring.times)
    codes = [f.__code__ for f in functions if isinstance(f, FunctionType)]
    return len(codes) == 2 and codes[0] is codes[1]


def _named(name: str) -> Semiring:
    try:
        return semiring_named(name)
    except ValueError as error:
        raise FormatError(str(error)) from error


def semiring_of(record: dict[str, Any]) -> Semiring:
    """The semiring that `semiring_record` made these entries of."""
    semiring = _named(require("semiring", record["semiring"], str))
    if record["exact"] is not semiring.exact:
        raise mismatch("exact", f"{semiring.exact} for {semiring}", record["exact"])
    polynomial = irreducible_polynomial(semiring)
    if record["polynomial"] != polynomial:
        wanted = f"{polynomial}, which {semiring} computes with"
        raise mismatch("polynomial", wanted, record["polynomial"])
    return semiring


def irreducible_polynomial(semiring: Semiring) -> str | None:
    """The polynomial modulo which a field of pᵏ elements computes, k > 1, else None.

    >>> from automata_rnn.semiring import galois_field
    >>> irreducible_polynomial(galois_field(8))
    'x^3 + x + 1'
    """
    q = semiring.field
    if type(q) is not int or fmpz(q).is_prime():
        return None
    import galois  # slow to import: only for those who use such a field

    polynomial = galois.GF(q).irreducible_poly
    degrees, factors = polynomial.nonzero_degrees, polynomial.nonzero_coeffs
    terms = zip(degrees.tolist(), factors.tolist(), strict=True)
    return " + ".join(_term(degree, factor) for degree, factor in terms)


def _term(degree: int, factor: int) -> str:
    if degree == 0:
        return str(factor)
    power = "x" if degree == 1 else f"x^{degree}"
    return power if factor == 1 else f"{factor}{power}"
