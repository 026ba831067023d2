"""Floats with running error bounds: beside each x̂ a number e with |x̂ - x| ≤ e.

With unit roundoff u and γ_k = k u / (1 - k u), a sum of k products in any order obeys

    |fl(Σ a_i b_i) - Σ a_i b_i| ≤ γ_k Σ |a_i b_i|     (Higham 2002, section 3.1),

up to underflow, and is exact where all a_i and b_i are multiples of 2^-s and
Σ |a_i b_i| ≤ 2^(p - 2s), here with s = 4. So what computes with small integers and
halves has no error at all; rounding enters where numbers are other fractions or outgrow
p bits. Bounds are float64, rounded up by a slack.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from automata_rnn.semiring import Array, to_rational

Floats = npt.NDArray[Any]
_SLACK = 1 + 2.0**-40
_SHIFT = 4


class Format(NamedTuple):
    """A floating-point format: unit roundoff, bits of precision, least number."""

    roundoff: float
    bits: int
    tiny: float


class Bounded(NamedTuple):
    """Floats, and how far each is from the exact number at most."""

    value: Floats
    error: Floats


def format_of(dtype: Any) -> Format:
    """float32 or float64; ValueError for others."""
    if np.dtype(dtype) not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype: wanted float32 or float64, got {np.dtype(dtype)}")
    info = np.finfo(dtype)
    return Format(float(info.eps) / 2, info.nmant + 1, float(info.smallest_subnormal))


def rounded_weights(exact: Array, floats: Floats) -> Bounded:
    """Floats, and their distances from the rationals that they stand for."""
    pairs = zip(exact.ravel(), floats.ravel(), strict=True)
    gaps = [abs(to_rational(v) - to_rational(f)) for v, f in pairs]
    error = np.array([int(g.p) / int(g.q) for g in gaps]).reshape(exact.shape)
    return Bounded(floats, error * _SLACK)


def times(a: Bounded, b: Bounded, form: Format) -> Bounded:
    """a · b, entry by entry."""
    each = _size(a) * _size(b)
    whole = (_whole(a) & _whole(b)) | (each == 0)
    return Bounded(a.value * b.value, _rounded(_spread(a, b), each, whole, 1, form))


def dots(a: Bounded, b: Bounded, form: Format) -> Bounded:
    """Σ a · b over the last axis, in any order."""
    each = _size(a) * _size(b)
    whole = ((_whole(a) & _whole(b)) | (each == 0)).all(-1)
    error, count = _spread(a, b).sum(-1), each.shape[-1]
    value = (a.value * b.value).sum(-1)
    return Bounded(value, _rounded(error, each.sum(-1), whole, count, form))


def minus(a: Bounded) -> Bounded:
    return Bounded(-a.value, a.error)


def total(first: Bounded, *parts: Bounded, form: Format) -> Bounded:
    """The sum of arrays, one after the other."""
    value, error, size, whole = first.value, first.error, _size(first), _whole(first)
    for part in parts:
        value, error = value + part.value, error + part.error
        size, whole = size + _size(part), whole & _whole(part)
    return Bounded(value, _rounded(error, size, whole, len(parts), form))


def project(weights: Bounded, x: Bounded, form: Format) -> Bounded:
    """weights · x over the last axis of the weights."""
    size, count = _size(weights), len(x.value)
    error = size @ x.error + weights.error @ (_size(x) + x.error)
    broken = (~_whole(weights)).astype(float) @ (x.value != 0).astype(float)
    broken = broken + (size != 0).astype(float) @ (~_whole(x)).astype(float)
    value = np.matmul(weights.value, x.value)
    return Bounded(value, _rounded(error, size @ _size(x), broken == 0, count, form))


def rectified(x: Bounded) -> Bounded:
    """ReLU, which is certainly 0 where x̂ ≤ -e."""
    value = np.where(x.value > 0, x.value, 0 * x.value)
    return Bounded(value, np.where(x.value <= -x.error, 0.0, x.error))


def _size(a: Bounded) -> npt.NDArray[np.float64]:
    return np.abs(a.value).astype(np.float64)


def _whole(a: Bounded) -> npt.NDArray[np.bool_]:
    """Where values are multiples of 2^-s."""
    scaled = a.value * 2**_SHIFT
    return np.asarray(scaled == np.floor(scaled))


def _spread(a: Bounded, b: Bounded) -> Floats:
    """How far exact products may be from those of the floats."""
    return np.asarray(_size(a) * b.error + a.error * (_size(b) + b.error))


def _rounded(
    error: Floats, size: Floats, whole: Any, count: int, form: Format
) -> Floats:
    """The error after rounding: none where multiples of 2^-2s are small enough."""
    gamma = count * form.roundoff / (1 - count * form.roundoff)
    exact = whole & (size <= 2.0 ** (form.bits - 2 * _SHIFT))
    rounding = np.where(exact, 0.0, gamma * size + count * form.tiny)
    return np.nan_to_num((error + rounding) * _SLACK, nan=np.inf, posinf=np.inf)
