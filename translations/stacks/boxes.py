"""Forms on boxes: vectors that are affine in variables between 0 and 1."""

from collections.abc import Iterable

from flint import fmpq

from translations.regions.forms import Column, Form, Layer, Undetermined, affine


def apply_on_box(
    layers: Iterable[Layer], form: Form, width: int, first: int = 1
) -> Form:
    """The layers on a form; raises Undetermined where a ReLU is not affine on it."""
    for number, layer in enumerate(layers, first):
        result = {}
        for unit, column in affine(layer, form, width).items():
            if max(column) > 0:
                low, high = bounds(column)
                if high > 0:
                    if low < 0:
                        raise Undetermined(unit, number, tuple(column))
                    result[unit] = tuple(column)
        form = result
    return form


def bounds(column: Iterable[fmpq]) -> tuple[fmpq, fmpq]:
    """The least and the greatest value of an affine form on the box."""
    low = high = None
    for part in column:
        if low is None or high is None:
            low = high = part
        elif part < 0:
            low = low + part
        else:
            high = high + part
    if low is None or high is None:
        raise ValueError("column: wanted a constant and slopes, got nothing")
    return low, high


def reaches_zero(column: Column, bottoms: tuple[fmpq, ...]) -> bool:
    """Whether a form that is ≥ 0 on the box is 0 where all that it reads is empty.

    `bottoms` are the variables' values at empty stacks. Ends of the box are limits that
    no finite stack has, unless they are those.
    """
    low, _ = bounds(column)
    if low > 0:
        return False
    slopes = zip(column[1:], bottoms, strict=True)
    return all(not b or bottom == (0 if b > 0 else 1) for b, bottom in slopes)
