"""Errors that name the field, what was wanted and what was got."""

from typing import Any

import numpy as np


def check_shape(field: str, array: Any, wanted: tuple[int, ...], why: str) -> None:
    """Raise ValueError unless `array` has shape `wanted`."""
    if array.shape != wanted:
        raise ValueError(f"{field}: wanted shape {wanted} ({why}), got {array.shape}")


def check_type(field: str, value: Any, wanted: type) -> None:
    """Raise TypeError unless `value` is a `wanted`."""
    if not isinstance(value, wanted):
        raise TypeError(
            f"{field}: wanted {wanted.__name__}, got {type(value).__name__} {value!r}"
        )


def check_count(field: str, value: Any, *, least: int) -> None:
    """Raise TypeError unless `value` is an integer, ValueError if below `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{field}: wanted an int, got {value!r}")
    if value < least:
        raise ValueError(f"{field}: wanted at least {least}, got {value}")


def read_only(array: Any) -> Any:
    """A copy of `array` that nothing writes to; device arrays are only copied."""
    copy = array.copy(order="C")
    if isinstance(copy, np.ndarray):
        copy.flags.writeable = False
    return copy
