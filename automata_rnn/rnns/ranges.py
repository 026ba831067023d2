"""What the parameters of shipped heads can be, and checks that they are.

flash-linear-attention computes β = sigmoid(·), times 2 with `allow_neg_eigval`, keys
and κ divided by their norms, g = exp(-softplus(·)), and for RWKV-7
w = exp(-e^{-1/2} sigmoid(·)), a = sigmoid(·), λ = 1. A sigmoid saturates: in float32 it
is exactly 1 from a logit of 17 on, in bfloat16 from 7 on. So ranges are closed here;
the end points are reached in floats only.

The paper's heads are unrestricted: `parametrization="paper"` checks nothing.
"""

from math import exp
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from automata_rnn.semiring import Array
from automata_rnn.semiring.exact import to_rational

Parametrization: TypeAlias = Literal["paper", "shipped"]

RWKV7_LEAST_DECAY = exp(-exp(-0.5))
"""e^{-e^{-1/2}} ≈ 0.5452, the least w of a shipped RWKV-7."""

UNIT_ROUNDING = 1e-6
"""How far from 1 the squared norm of a unit key of floats may be: float32 rounds."""


def check_parametrization(field: str, value: Any) -> None:
    """Raise ValueError unless `value` is "paper" or "shipped"."""
    if value not in get_args(Parametrization):
        wanted = " or ".join(map(repr, get_args(Parametrization)))
        raise ValueError(f"{field}: wanted {wanted}, got {value!r}")


def check_range(field: str, array: Array, low: float, high: float) -> None:
    """Raise ValueError unless all entries are in [low, high]."""
    if array.dtype == object:
        inside = (array >= to_rational(low)) & (array <= to_rational(high))
    else:
        inside = (array >= low) & (array <= high)
    if not np.all(inside):
        bad = array[~inside.astype(bool)].ravel()[0]
        raise ValueError(
            f"{field}: wanted entries in [{low:g}, {high:g}], the range of the shipped "
            f"head, got {bad}"
        )


def check_unit(field: str, keys: Array) -> None:
    """Raise ValueError unless all keys (..., n) have norm 1, or are 0.

    Exactly in object arrays, up to `UNIT_ROUNDING` in floats. (Normalising divides by
    the norm plus a small number, so that the key 0 stays 0.)
    """
    squares = (keys * keys).sum(-1)
    rounding: float = 0 if keys.dtype == object else UNIT_ROUNDING
    far = squares - 1
    unit = (far <= rounding) & (far >= -rounding) | (squares == 0)
    if not np.all(unit):
        bad = np.argwhere(~np.asarray(unit, dtype=bool))[0]
        got = np.asarray(squares)[tuple(bad)]
        raise ValueError(
            f"{field}: wanted keys of norm 1, as the shipped head normalises them, got "
            f"squared norm {got} at {tuple(bad.tolist())}"
        )


def check_delta(
    kind: str, beta: Array, keys: Array, *, allow_neg_eigval: bool = False
) -> None:
    """Raise ValueError unless β is in [0, 1], or [0, 2], and keys have norm 1."""
    check_range(f"{kind}.beta", beta, 0, 2 if allow_neg_eigval else 1)
    check_unit(f"{kind}.keys", keys)


def check_rwkv7(
    kind: str, decay: Array, removal: Array, rate: Array, strength: Array | None
) -> None:
    """Raise ValueError unless w ≥ e^{-e^{-1/2}}, w ≤ 1, a in [0, 1], |κ| = 1, λ = 1."""
    check_range(f"{kind}.decay", decay, RWKV7_LEAST_DECAY, 1)
    check_range(f"{kind}.rate", rate, 0, 1)
    if strength is not None:
        check_range(f"{kind}.strength", strength, 1, 1)
    check_unit(f"{kind}.removal", removal)
