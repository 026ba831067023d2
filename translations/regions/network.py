"""Networks of ReLU layers as sparse exact layers, without what no output depends on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from automata_rnn.alphabet import Alphabet
from automata_rnn.rnns import MLPRNN, ReLURNN, SparseMatrix
from automata_rnn.semiring import RATIONAL, Array
from translations.regions.forms import ZERO, Column, Form, Layer, Vector, apply, point


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


def step(network: Network, state: Vector, code: int) -> Vector:
    """The hidden vector after a symbol."""
    after = apply(network.steps[code], point(state), 1)
    return {unit: column[0] for unit, column in after.items()}


def read(network: Network, form: Form, width: int) -> Column:
    """The output as an affine form; raises Undetermined as `apply` does."""
    inner = apply(network.head, form, width, first=0)
    total = [ZERO] * width
    for unit, weight in network.readout.items():
        for i, value in enumerate(inner.get(unit, ())):
            total[i] += weight * value
    return tuple(total)


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
