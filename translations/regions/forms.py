"""Vectors that are affine in variables, and ReLU layers on them.

A form of width 1 + k is a vector whose entries are affine in k variables that range
over ℕ: entry u is a_u + Σ_j b_{uj} y_j, kept as the column (a_u, b_{u1}, …, b_{uk});
units whose column is zero are left out. A form of width 1 is a hidden vector.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from flint import fmpq

Column: TypeAlias = tuple[fmpq, ...]
Form: TypeAlias = dict[int, Column]
Vector: TypeAlias = dict[int, fmpq]
ZERO = fmpq(0)


@dataclass(frozen=True, eq=False)
class Layer:
    """x ↦ ReLU(x W + b).

    Attributes:
        rows: the nonzero weights (unit of the next layer, weight) by unit.
        bias: the nonzero entries of b.
        raised: units with a positive bias: the others are 0 unless some input is not.
    """

    rows: tuple[tuple[tuple[int, fmpq], ...], ...]
    bias: Vector
    raised: tuple[int, ...]


class Undetermined(Exception):
    """A ReLU whose sign is not the same on a whole region.

    Attributes:
        unit: the position in its layer.
        layer: which layer of the step, from 1; 0 for the head.
        column: the affine form before the ReLU.
    """

    def __init__(self, unit: int, layer: int, column: Column) -> None:
        super().__init__(f"unit {unit} of layer {layer} changes its sign: {column}")
        self.unit, self.layer, self.column = unit, layer, column


def point(state: Vector) -> Form:
    """A vector as a form of width 1."""
    return {unit: (value,) for unit, value in state.items()}


def difference(a: Vector, b: Vector) -> Vector:
    """a - b."""
    result = dict(a)
    for unit, value in b.items():
        result[unit] = result.get(unit, ZERO) - value
    return {unit: value for unit, value in result.items() if value}


def apply(layers: Iterable[Layer], form: Form, width: int, first: int = 1) -> Form:
    """The layers on a form; raises Undetermined where a ReLU is not affine on it."""
    for number, layer in enumerate(layers, first):
        form = _relu(affine(layer, form, width), number)
    return form


def sign(column: Iterable[fmpq]) -> int | None:
    """1 or 0 where an affine form is ≥ 0 or ≤ 0 for all variables in ℕ, else None.

    a + Σ b_j y_j ≥ 0 for all y ∈ ℕᵏ needs all b_j ≥ 0, and then holds iff a ≥ 0.
    """
    values = list(column)
    if min(values) >= 0:
        return 1
    return 0 if max(values) <= 0 else None


def affine(layer: Layer, form: Form, width: int) -> dict[int, list[fmpq]]:
    """The columns of x W + b, those of units that are sure to be ≤ 0 left out."""
    bias, none = layer.bias, [ZERO] * (width - 1)
    sums = {unit: [bias[unit], *none] for unit in layer.raised}
    for unit, column in form.items():
        parts = [(i, value) for i, value in enumerate(column) if value]
        for target, weight in layer.rows[unit]:
            cell = sums.get(target)
            if cell is None:
                cell = sums[target] = [bias.get(target, ZERO), *none]
            for i, value in parts:
                cell[i] += weight * value
    return sums


def _relu(sums: dict[int, list[fmpq]], layer: int) -> Form:
    result = {}
    for unit, column in sums.items():
        if max(column) > 0:
            if min(column) < 0:
                raise Undetermined(unit, layer, tuple(column))
            result[unit] = tuple(column)
    return result
