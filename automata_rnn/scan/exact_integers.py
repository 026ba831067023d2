"""Matrices of rationals as matrices of integers, each over one denominator.

A_t = N_t / q_t with q_t > 0, so A_1 ⋯ A_T = (N_1 ⋯ N_T) / (q_1 ⋯ q_T): products are of
integers, no fraction is reduced on the way, and signs are those of the numerators.
"""

from collections import Counter
from collections.abc import Iterable
from math import lcm
from typing import Any, NamedTuple

import numpy as np
from flint import fmpz, fmpz_mat

from automata_rnn.semiring import Array, to_rational

NARROW = (np.int8, np.int16, np.int32, np.int64)


class Integers(NamedTuple):
    """Arrays (k, ...) of rationals as numerators over k denominators.

    Attributes:
        numerators: of the smallest dtype among int8, …, int64 that holds them all, or
            Python ints in an object array.
        denominators: k positive ints.
        rational: whether an entry was given as a rational or a float, not an integer.
    """

    numerators: Array
    denominators: list[int]
    rational: bool


def to_integers(array: Array) -> Integers:
    """Numerators and the least common denominator along the first axis.

    Raises ValueError for nan and infinities, TypeError for what is no number.
    """
    if array.dtype.kind in "iub":
        return Integers(_narrow(array), [1] * len(array), False)
    values = [v if type(v) is int else to_rational(v) for v in array.ravel().tolist()]
    if all(type(v) is int for v in values):
        numerators, denominators = values, [1] * len(array)
    else:
        fractions = [to_rational(v) for v in values]
        size = max(1, array.size // max(1, len(array)))
        starts = range(0, len(fractions), size)
        rows = [fractions[s : s + size] for s in starts]
        denominators = [lcm(*(int(v.q) for v in row)) for row in rows]
        pairs = zip(rows, denominators, strict=True)
        numerators = [int(v.p) * (q // int(v.q)) for row, q in pairs for v in row]
    result = np.empty(array.shape, object)
    result.ravel()[:] = numerators
    return Integers(_narrow(result), denominators, values is not numerators)


def _narrow(integers: Array) -> Array:
    """The same in the smallest signed dtype that holds them, else in Python ints."""
    if integers.size == 0:
        return integers.astype(np.int8)
    low, high = int(integers.min()), int(integers.max())
    for dtype in NARROW:
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return integers.astype(dtype, copy=False)
    return integers.astype(object)


def to_flint(matrix: Array) -> fmpz_mat:
    """A 2-D array of integers."""
    rows, columns = matrix.shape
    return fmpz_mat(rows, columns, matrix.ravel().tolist())


def product_of_powers(factors: Iterable[int]) -> fmpz:
    """The product of integers, equal ones as a power, all in a balanced tree."""
    powers = [fmpz(q) ** count for q, count in Counter(factors).items() if q != 1]
    return balanced(powers) if powers else fmpz(1)


def balanced(factors: list[Any]) -> Any:
    """The product of at least one factor, neighbours first, so that factors are of
    about equal length and fast multiplication pays."""
    while len(factors) > 1:
        pairs = zip(factors[::2], factors[1::2], strict=False)
        last = factors[len(factors) - len(factors) % 2 :]
        factors = [x * y for x, y in pairs] + last
    return factors[0]
