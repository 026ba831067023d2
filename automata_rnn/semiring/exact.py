"""Integers and rationals of any size, in arrays of Python ints and flint.fmpq."""

from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpz

from automata_rnn.semiring.base import Array, Semiring


def to_rational(value: Any) -> fmpq:
    """`value` as the rational number that it is, as python-flint's fmpq.

    Takes ints, floats (dyadic rationals), fractions.Fraction, fmpz, fmpq, NumPy
    scalars and text such as "2/3" or "0.25"; raises ValueError for nan and infinities
    and TypeError for everything else.

    >>> to_rational(0.5), to_rational("0.1")
    (1/2, 1/10)
    """
    if isinstance(value, fmpq):
        return value
    if isinstance(value, int | fmpz | np.integer | np.bool_):
        return fmpq(int(value))
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            raise ValueError(f"{value}, which is not a rational number")
        return fmpq(*float(value).as_integer_ratio())
    if isinstance(value, Fraction | str):
        fraction = Fraction(value)
        return fmpq(fraction.numerator, fraction.denominator)
    raise TypeError(f"{value!r}, which is not a rational number")


def to_integer(value: Any) -> int:
    """`value` as a Python int, if it is an integer."""
    rational = to_rational(value)
    if rational.q != 1:
        raise ValueError(f"{value!r}, which is not an integer")
    return int(rational.p)


def _object_array(x: Array, element: Any) -> Array:
    result = np.empty(x.shape, dtype=object)
    result.ravel()[:] = [element(v) for v in x.ravel()]
    return result


def _as_rationals(x: Array) -> Array:
    return _object_array(x, to_rational)


def _as_integers(x: Array) -> Array:
    return _object_array(x, to_integer)


def _sum_of_rationals(x: Array, axis: int) -> Array:
    return np.sum(x, axis=axis, initial=fmpq(0))  # type: ignore[call-overload]


def _sum_of_integers(x: Array, axis: int) -> Array:
    return np.sum(x, axis=axis, initial=0)


RATIONAL = Semiring(
    "rational",
    fmpq(0),
    fmpq(1),
    np.add,
    np.multiply,
    _sum_of_rationals,
    _as_rationals,
    True,
    "Q",
    np.matmul,
)
"""(ℚ, +, ×), exactly: object arrays of flint.fmpq, which compares equal to ints and
to other fmpq, not to fractions.Fraction."""

INTEGER = Semiring(
    "integer",
    0,
    1,
    np.add,
    np.multiply,
    _sum_of_integers,
    _as_integers,
    True,
    "Q",
    np.matmul,
)
"""(ℤ, +, ×), exactly: object arrays of Python ints, which never overflow."""
