"""Trained recurrent networks as machines: embedding, layers of cells, a readout.

    x_t = embedding of w_t;   each layer reads the one below:  h_t = cell(h_{t-1}, x_t)
    value = dense layers of the top h_T

Run in the precision of the weights, one symbol at a time, many words at once.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape, check_type
from automata_rnn.rnns.cells import Cell, cell_step, keep_floats, logistic
from automata_rnn.semiring import Array

Activation: TypeAlias = Literal["identity", "tanh", "relu", "sigmoid"]


@dataclass(frozen=True, eq=False)
class Dense:
    """x ↦ activation(W x + b).

    Attributes:
        weights: W, shape (r, n).
        bias: b, shape (r,).
    """

    weights: Array
    bias: Array
    activation: Activation = "identity"

    def __post_init__(self) -> None:
        keep_floats(self, "weights")
        keep_floats(self, "bias")
        if self.weights.ndim != 2:
            got = self.weights.shape
            raise ValueError(f"Dense.weights: wanted shape (r, n), got {got}")
        check_shape("Dense.bias", self.bias, self.weights.shape[:1], "one for each row")
        if self.activation not in get_args(Activation):
            raise ValueError(
                f"Dense.activation: wanted one of {get_args(Activation)}, "
                f"got {self.activation!r}"
            )


@dataclass(frozen=True, eq=False)
class StackedRNN:
    """A network of Elman, GRU or LSTM layers with a dense readout.

    Attributes:
        embedding: x by symbol code, shape (alphabet.num_codes, m).
        cells: the layers, lowest first.
        head: dense layers on the top layer's h; the last one's r numbers are the
            output, a number where r = 1.
        initial: h₀ of all layers side by side ((h, c) of an LSTM), shape (state_size,).

    Raises ValueError where a layer's size does not fit the one below it.
    """

    alphabet: Alphabet
    embedding: Array
    cells: tuple[Cell, ...]
    head: tuple[Dense, ...]
    initial: Array

    def __post_init__(self) -> None:
        check_type("StackedRNN.alphabet", self.alphabet, Alphabet)
        keep_floats(self, "embedding")
        keep_floats(self, "initial")
        if not self.cells or not self.head:
            raise ValueError("StackedRNN.cells and head: wanted one layer or more each")
        if self.embedding.ndim != 2 or not len(self.head[-1].weights):
            raise ValueError(
                f"StackedRNN.embedding and head: wanted a matrix and an output or "
                f"more, got shape {self.embedding.shape} and "
                f"{len(self.head[-1].weights)} outputs"
            )
        k, size = self.alphabet.num_codes, self.embedding.shape[-1]
        check_shape("StackedRNN.embedding", self.embedding, (k, size), f"{k} symbols")
        for i, cell in enumerate(self.cells):
            _check_size(f"StackedRNN.cells[{i}]", cell.inputs.shape[1], size)
            size = cell.num_units
        for i, dense in enumerate(self.head):
            _check_size(f"StackedRNN.head[{i}]", dense.weights.shape[1], size)
            size = len(dense.weights)
        total = sum(cell.state_size for cell in self.cells)
        check_shape("StackedRNN.initial", self.initial, (total,), "numbers in a state")

    @property
    def hidden_size(self) -> int:
        """Numbers in a state."""
        return len(self.initial)

    @cached_property
    def read_symbols(self) -> Array:
        """W x + b of the lowest layer by symbol code, shape (num_codes, G n)."""
        first = self.cells[0]
        return self.embedding @ first.inputs.T + first.input_bias

    def step(self, state: Array, symbol: Symbol) -> Array:
        code = np.array([self.alphabet.code(symbol)])
        return step_all(self, np.asarray(state)[None], code)[0]

    def output(self, state: Array) -> Any:
        return output_all(self, np.asarray(state)[None])[0]


def _check_size(field: str, got: int, wanted: int) -> None:
    if got != wanted:
        raise ValueError(f"{field}: wanted {wanted} inputs, from below, got {got}")


def step_all(network: StackedRNN, states: Array, codes: Array) -> Array:
    """States (B, state_size) after one symbol each, codes (B,)."""
    read, start = network.read_symbols[codes], 0
    after: list[Array] = []
    for i, cell in enumerate(network.cells):
        if i > 0:
            below = after[-1][:, : network.cells[i - 1].num_units]
            read = below @ cell.inputs.T + cell.input_bias
        after.append(cell_step(cell, states[:, start : start + cell.state_size], read))
        start += cell.state_size
    return np.concatenate(after, axis=1)


def output_all(network: StackedRNN, states: Array) -> Array:
    """Outputs (B,), or (B, r) where r > 1, of states (B, state_size)."""
    top = network.cells[-1]
    start = network.hidden_size - top.state_size
    x = states[:, start : start + top.num_units]
    for dense in network.head:
        x = ACTIVATIONS[dense.activation](x @ dense.weights.T + dense.bias)
    return x[:, 0] if x.shape[1] == 1 else x


ACTIVATIONS: dict[str, Any] = {
    "identity": lambda x: x,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": logistic,
}


def with_precision(network: StackedRNN, dtype: Any) -> StackedRNN:
    """The same weights in float32 or float64; ValueError for another dtype."""
    wanted = np.dtype(dtype)
    if wanted not in (np.float32, np.float64):
        raise ValueError(f"dtype: wanted float32 or float64, got {wanted}")

    def convert(owner: Any, *names: str) -> Any:
        return replace(owner, **{n: getattr(owner, n).astype(wanted) for n in names})

    weights = ("inputs", "recurrent", "input_bias", "recurrent_bias")
    return StackedRNN(
        network.alphabet,
        network.embedding.astype(wanted),
        tuple(convert(cell, *weights) for cell in network.cells),
        tuple(convert(dense, "weights", "bias") for dense in network.head),
        network.initial.astype(wanted),
    )
