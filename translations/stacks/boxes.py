"""Forms on boxes: vectors that are affine in variables between 0 and 1.

Most units of a layer are 0 on a whole box by a wide margin, which float64 tells with a
bound on its error; the others are worked out exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from translations.regions.forms import ZERO, Column, Form, Layer, Undetermined, Vector
from translations.regions.network import Network

ERROR = 2.0**-36  # far above that of float64 sums, relative to the sum of absolutes
Columns = dict[int, list[tuple[int, fmpq]]]


@dataclass(frozen=True, eq=False)
class BoxLayer:
    """x ↦ ReLU(x W + b), for forms on boxes.

    Attributes:
        columns: the nonzero weights (unit below, weight) by unit.
        bias: the nonzero entries of b.
        matrix, offset: W and b in float64.
    """

    columns: Columns
    bias: Vector
    matrix: Any
    offset: Any


@dataclass(frozen=True, eq=False)
class BoxNetwork:
    """The layers of a step by symbol code, and those of the head."""

    steps: tuple[tuple[BoxLayer, ...], ...]
    head: tuple[BoxLayer, ...]


def box_network(network: Network) -> BoxNetwork:
    """A network for forms on boxes; symbols share matrices."""
    steps: list[tuple[BoxLayer, ...]] = []
    for layers in network.steps:
        shared = steps[0] if steps else (None,) * len(layers)
        pairs = zip(layers, shared, strict=True)
        steps.append(tuple(_box_layer(layer, other) for layer, other in pairs))
    return BoxNetwork(tuple(steps), tuple(_box_layer(x, None) for x in network.head))


def _box_layer(layer: Layer, same: BoxLayer | None) -> BoxLayer:
    """The layer; `same` has its weights, if given."""
    columns: Columns = {}
    units = [0, *layer.bias]
    if same is None:
        for unit, row in enumerate(layer.rows):
            for target, weight in row:
                columns.setdefault(target, []).append((unit, weight))
        matrix = np.zeros((len(layer.rows), 1 + max([*units, *columns])))
        for target, entries in columns.items():
            for unit, weight in entries:
                matrix[unit, target] = _float(weight)
    else:
        columns, matrix = same.columns, same.matrix
        if max(units) >= matrix.shape[1]:
            extra = 1 + max(units) - matrix.shape[1]
            matrix = np.pad(matrix, ((0, 0), (0, extra)))
    offset = np.zeros(matrix.shape[1])
    for unit, value in layer.bias.items():
        offset[unit] = _float(value)
    return BoxLayer(columns, layer.bias, matrix, offset)


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def apply_on_box(
    layers: Iterable[BoxLayer], form: Form, width: int, first: int = 1
) -> Form:
    """The layers on a form; raises Undetermined where a ReLU is not affine on it."""
    for number, layer in enumerate(layers, first):
        result = {}
        for unit in _perhaps_positive(layer, form, width):
            column = _column(layer, form, width, unit)
            low, high = bounds(column)
            if high > 0:
                if low < 0:
                    raise Undetermined(unit, number, column)
                result[unit] = column
        form = result
    return form


def _perhaps_positive(layer: BoxLayer, form: Form, width: int) -> list[int]:
    """The units that are not sure to be ≤ 0 on the box."""
    sums, sizes = layer.offset, np.abs(layer.offset)
    if form:
        values = np.array([[_float(x) for x in column] for column in form.values()])
        rows = layer.matrix[list(form)]
        parts = values.T @ rows
        sums = sums + parts[0] + np.maximum(parts[1:], 0).sum(axis=0)
        sizes = sizes + (np.abs(values).T @ np.abs(rows)).sum(axis=0)
    found = np.flatnonzero((sums >= -ERROR * sizes - ERROR**16) & (sizes > 0))
    return [int(unit) for unit in found]


def _column(layer: BoxLayer, form: Form, width: int, unit: int) -> Column:
    """x W + b at one unit."""
    cell = [layer.bias.get(unit, ZERO), *[ZERO] * (width - 1)]
    for source, weight in layer.columns.get(unit, ()):
        column = form.get(source)
        if column is not None:
            for i, value in enumerate(column):
                if value:
                    cell[i] += weight * value
    return tuple(cell)


def bounds(column: Iterable[fmpq]) -> tuple[fmpq, fmpq]:
    """The least and the greatest value of an affine form on the box."""
    constant, *slopes = column
    low = high = constant
    for slope in slopes:
        if slope < 0:
            low += slope
        else:
            high += slope
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
