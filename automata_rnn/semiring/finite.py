"""Integers modulo m and finite fields: elements are the plain integers 0, …, q - 1.

Arrays stay ordinary integer arrays, so that every NumPy function is safe on them; the
galois library sees them only inside an operation. (On galois' own arrays np.where and
np.einsum silently leave the field.)
"""

from functools import lru_cache
from typing import Any

import numpy as np
from flint import fmpz

from automata_rnn.checks import check_type
from automata_rnn.semiring.base import Array, Semiring
from automata_rnn.semiring.exact import to_integer

LARGEST_INT64_MODULUS = 2**31  # products of two elements stay below 2⁶²
LARGEST_GALOIS_ORDER = 2**31


def _converter(q: int, dtype: Any) -> Any:
    def convert(x: Array) -> Array:
        values = np.array([to_integer(v) for v in x.ravel()], dtype=object)
        if not all(0 <= v < q for v in values):
            outside = next(v for v in values if not 0 <= v < q)
            raise ValueError(f"{outside}, which is not among 0, …, {q - 1}")
        return values.astype(dtype).reshape(x.shape)

    return convert


@lru_cache(maxsize=256)
def integers_mod(m: int) -> Semiring:
    """The ring ℤ/m in int64 arrays (Python ints where products would not fit).

    Raises TypeError unless m is an int and ValueError unless m ≥ 2.
    """
    check_type("m", m, int)
    if m < 2:
        raise ValueError(f"m: wanted a modulus of at least 2, got {m}")
    dtype = np.int64 if m <= LARGEST_INT64_MODULUS else object

    def plus(a: Array, b: Array) -> Array:
        return (a + b) % m

    def times(a: Array, b: Array) -> Array:
        return (a * b) % m

    def total(x: Array, axis: int) -> Array:
        return np.sum(x, axis=axis, initial=0) % m

    def matmul(a: Array, b: Array) -> Array:
        """In the first of float64 (BLAS), int64 and Python ints that is exact."""
        largest = a.shape[-1] * (m - 1) ** 2
        if largest < 2**53:
            exact = np.matmul(a.astype(np.float64), b.astype(np.float64))
            return exact.astype(np.int64) % m
        if largest < 2**63:
            return np.matmul(a, b) % m
        product = np.matmul(a.astype(object), b.astype(object)) % m
        return product.astype(dtype)

    return Semiring(
        f"integers-mod-{m}",
        0,
        1,
        plus,
        times,
        total,
        _converter(m, dtype),
        True,
        m if fmpz(m).is_prime() else None,
        matmul,
        m if m <= LARGEST_INT64_MODULUS else 0,
    )


@lru_cache(maxsize=64)
def galois_field(q: int) -> Semiring:
    """The finite field GF(q), computed by the galois library (imported when used).

    An element is the integer that galois gives it: for q = pᵏ the digits in base p are
    the coefficients of a polynomial modulo galois' default irreducible one. Raises
    ValueError unless q is a prime power of at most 2³¹.
    """
    check_type("q", q, int)
    factors = fmpz(q).factor() if q > 1 else []
    if len(factors) != 1 or q > LARGEST_GALOIS_ORDER:
        raise ValueError(f"q: wanted a prime power of at most 2**31, got {q}")

    prime = factors[0][1] == 1

    def inside(x: Array) -> Array:
        return x.view(_galois_class(q))

    def plus(a: Array, b: Array) -> Array:
        return (inside(a) + inside(b)).view(np.ndarray)

    def times(a: Array, b: Array) -> Array:
        return (inside(a) * inside(b)).view(np.ndarray)

    def total(x: Array, axis: int) -> Array:
        if x.shape[axis] == 0:
            return np.zeros_like(np.sum(x, axis=axis))[()]
        return np.add.reduce(inside(x), axis=axis).view(np.ndarray)[()]

    def matmul(a: Array, b: Array) -> Array:
        return np.matmul(inside(a), inside(b)).view(np.ndarray)

    return Semiring(
        f"GF({q})",
        0,
        1,
        plus,
        times,
        total,
        _converter(q, np.int64),
        True,
        q,
        matmul if prime else None,
        q if prime else 0,
    )


@lru_cache(maxsize=64)
def _galois_class(q: int) -> Any:
    import galois  # 0.8 s and 200 MB: only for those who compute in a finite field

    return galois.GF(q)
