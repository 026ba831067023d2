"""The Boolean semiring and the semirings of floating-point numbers."""

from collections.abc import Callable

import numpy as np

from automata_rnn.semiring.base import Array, Semiring


def _as_boolean(x: Array) -> Array:
    if not np.all((x == 0) | (x == 1)):
        raise ValueError("values other than 0, 1, False and True")
    return x.astype(bool)


def _to_float(value: object) -> float:
    """A number as the nearest float; python-flint's rationals have no `__float__`."""
    if hasattr(value, "numer_denom"):
        numerator, denominator = value.numer_denom()
        return int(numerator) / int(denominator)
    return float(value)  # type: ignore[arg-type]


def _as_float(x: Array) -> Array:
    """Floats keep their dtype, rationals are rounded, integers must fit."""
    if x.dtype.kind == "f":
        return x
    if x.dtype.kind == "c":
        raise ValueError("complex numbers; use COMPLEX")
    if x.dtype == object:
        return np.array([_to_float(v) for v in x.ravel()], float).reshape(x.shape)
    floats = x.astype(np.float64)
    if not np.all(floats.astype(x.dtype) == x):
        raise ValueError("integers that float64 does not hold; use INTEGER")
    return floats


def _as_real(x: Array) -> Array:
    floats = _as_float(x)
    if not np.all(np.isfinite(floats)):
        raise ValueError("values that are not finite")
    return floats


def _as_complex(x: Array) -> Array:
    if x.dtype == object and any(isinstance(v, complex) for v in x.ravel()):
        x = x.astype(np.complex128)
    values = x if x.dtype.kind == "c" else _as_float(x).astype(np.complex128)
    if not np.all(np.isfinite(values)):
        raise ValueError("values that are not finite")
    return values


def _with_infinity(infinity: float) -> Callable[[Array], Array]:
    def convert(x: Array) -> Array:
        floats = _as_float(x)
        if np.any(np.isnan(floats)) or np.any(floats == -infinity):
            raise ValueError(f"nan or {-infinity}; the only infinity is {infinity}")
        return floats

    return convert


def _max(x: Array, axis: int) -> Array:
    return np.max(x, axis=axis, initial=-np.inf)


def _min(x: Array, axis: int) -> Array:
    return np.min(x, axis=axis, initial=np.inf)


def _log_sum(x: Array, axis: int) -> Array:
    """log Σ exp, shifted by the maximum so that nothing overflows."""
    peak = np.max(x, axis=axis, initial=-np.inf, keepdims=True)
    shift = np.where(np.isfinite(peak), peak, 0.0).astype(x.dtype)
    with np.errstate(divide="ignore"):  # log 0 = -inf is the semiring's zero
        total = np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=True)) + shift
    return np.squeeze(total, axis=axis)


def _sum(x: Array, axis: int) -> Array:
    return np.sum(x, axis=axis, dtype=x.dtype)


def _any(x: Array, axis: int) -> Array:
    return np.any(x, axis=axis)


REAL = Semiring(
    "real", 0.0, 1.0, np.add, np.multiply, _sum, _as_real, False, None, np.matmul
)
"""(ℝ, +, ×) in float32 or float64. Exact algorithms take a float as the rational
that it is."""

COMPLEX = Semiring(
    "complex",
    0j,
    1 + 0j,
    np.add,
    np.multiply,
    _sum,
    _as_complex,
    False,
    None,
    np.matmul,
)
"""(ℂ, +, ×) in complex64 or complex128."""

BOOLEAN = Semiring(
    "boolean",
    False,
    True,
    np.logical_or,
    np.logical_and,
    _any,
    _as_boolean,
    True,
    None,
    np.matmul,
)
"""({0, 1}, or, and): nondeterministic automata."""

MAX_PLUS = Semiring(
    "max-plus", -np.inf, 0.0, np.maximum, np.add, _max, _with_infinity(-np.inf), False
)
"""(ℝ ∪ {-∞}, max, +): best path. Exact where no addition rounds, as on integers."""

MIN_PLUS = Semiring(
    "min-plus", np.inf, 0.0, np.minimum, np.add, _min, _with_infinity(np.inf), False
)
"""(ℝ ∪ {∞}, min, +): shortest path. Exact where no addition rounds."""

LOG = Semiring(
    "log", -np.inf, 0.0, np.logaddexp, np.add, _log_sum, _with_infinity(-np.inf), False
)
"""(ℝ ∪ {-∞}, log(eˣ + eʸ), +): logarithms of probabilities."""
