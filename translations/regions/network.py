"""ReLU networks as sparse exact layers, and their steps on affine forms.

A form of width 1 + k is a vector whose entries are affine in k variables that range
over ℕ: entry u is a_u + Σ_j b_{uj} y_j, kept as the column (a_u, b_{u1}, …, b_{uk});
units whose column is zero are left out. A form of width 1 is a hidden vector.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from flint import fmpq

from automata_rnn.alphabet import Alphabet
from automata_rnn.rnns import MLPRNN, ReLURNN, SparseMatrix
from automata_rnn.semiring import RATIONAL, Array

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


@dataclass(frozen=True, eq=False)
class Network:
    """The part of a network that its output depends on, exactly.

    Attributes:
        initial: h₀.
        units: the hidden units from which a path of nonzero weights leads to the
            output; all others are left out of forms.
        steps: the layers of a step by symbol code.
        head: the layers between a hidden vector and the readout, none or one.
        readout: weights of the output.
    """

    alphabet: Alphabet
    initial: Vector
    units: frozenset[int]
    steps: tuple[tuple[Layer, ...], ...]
    head: tuple[Layer, ...]
    readout: Vector


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


def as_network(rnn: ReLURNN | MLPRNN) -> Network:
    """The exact layers of a network; floats are the rationals that they are."""
    matrices = [_rows(matrix) for matrix, _ in rnn.layers]
    head = () if rnn.head is None else (_rows(rnn.head),)
    readout = vector(rnn.readout)
    read = set(readout)
    for rows in head:
        read = _before(rows, read)
    needed = _needed(matrices, read)
    kept = [_keep(m, n) for m, n in zip(matrices, needed[1:], strict=True)]
    first, *later = [bias for _, bias in rnn.layers]
    steps = []
    for code in range(rnn.alphabet.num_codes):
        biases = [first[code], *later]
        layers = zip(kept, biases, needed[1:], strict=True)
        steps.append(tuple(_layer(rows, vector(b), n) for rows, b, n in layers))
    return Network(
        rnn.alphabet,
        _restrict(vector(rnn.initial), needed[-1]),
        frozenset(needed[-1]),
        tuple(steps),
        tuple(_layer(rows, vector(rnn.head_bias), set(readout)) for rows in head),
        readout,
    )


def vector(array: Array) -> Vector:
    """The nonzero entries of an array of shape (n,), as rationals."""
    exact = RATIONAL.array(np.asarray(array))
    return {u: value for u, value in enumerate(exact.tolist()) if value != 0}


def apply(layers: Iterable[Layer], form: Form, width: int, first: int = 1) -> Form:
    """The layers on a form; raises Undetermined where a ReLU is not affine on it."""
    for number, layer in enumerate(layers, first):
        form = _relu(_affine(layer, form, width), number)
    return form


def point(state: Vector) -> Form:
    """A vector as a form of width 1."""
    return {unit: (value,) for unit, value in state.items()}


def step(network: Network, state: Vector, code: int) -> Vector:
    """The hidden vector after a symbol."""
    after = apply(network.steps[code], point(state), 1)
    return {unit: column[0] for unit, column in after.items()}


def difference(a: Vector, b: Vector) -> Vector:
    """a - b."""
    result = dict(a)
    for unit, value in b.items():
        result[unit] = result.get(unit, ZERO) - value
    return {unit: value for unit, value in result.items() if value}


def read(network: Network, form: Form, width: int) -> Column:
    """The output as an affine form; raises Undetermined as `apply` does."""
    inner = apply(network.head, form, width, first=0)
    total = [ZERO] * width
    for unit, weight in network.readout.items():
        for i, value in enumerate(inner.get(unit, ())):
            total[i] += weight * value
    return tuple(total)


def sign(column: Iterable[fmpq]) -> int | None:
    """1 or 0 where an affine form is ≥ 0 or ≤ 0 for all variables in ℕ, else None.

    a + Σ b_j y_j ≥ 0 for all y ∈ ℕᵏ needs all b_j ≥ 0, and then holds iff a ≥ 0.
    """
    values = list(column)
    if min(values) >= 0:
        return 1
    return 0 if max(values) <= 0 else None


def _affine(layer: Layer, form: Form, width: int) -> dict[int, list[fmpq]]:
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


def _rows(matrix: SparseMatrix) -> list[list[tuple[int, fmpq]]]:
    rows: list[list[tuple[int, fmpq]]] = [[] for _ in range(matrix.shape[0])]
    values = RATIONAL.array(matrix.values).tolist()
    entries = zip(matrix.rows.tolist(), matrix.columns.tolist(), values, strict=True)
    for row, column, value in entries:
        if value != 0:
            rows[row].append((column, value))
    return rows


def _before(rows: list[list[tuple[int, Any]]], targets: set[int]) -> set[int]:
    """Units with a nonzero weight into one of `targets`."""
    return {u for u, row in enumerate(rows) if any(t in targets for t, _ in row)}


def _needed(
    matrices: list[list[list[tuple[int, Any]]]], read: set[int]
) -> list[set[int]]:
    """Units before and after each layer that some later output depends on."""
    hidden = read
    while True:
        needed = [hidden]
        for rows in reversed(matrices):
            needed.insert(0, _before(rows, needed[0]))
        if needed[0] <= hidden:
            return needed
        hidden = hidden | needed[0]


def _keep(
    rows: list[list[tuple[int, fmpq]]], targets: set[int]
) -> tuple[tuple[tuple[int, fmpq], ...], ...]:
    return tuple(tuple(entry for entry in row if entry[0] in targets) for row in rows)


def _restrict(values: Vector, units: set[int]) -> Vector:
    return {u: value for u, value in values.items() if u in units}


def _layer(rows: Any, bias: Vector, units: set[int]) -> Layer:
    kept = _restrict(bias, units)
    return Layer(tuple(map(tuple, rows)), kept, tuple(u for u in kept if kept[u] > 0))
