"""Elman networks with ReLU: one layer in each step, as torch.nn.RNN computes it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape
from automata_rnn.rnns.linear import convert_fields
from automata_rnn.rnns.sparse import SparseMatrix, affine, sparse
from automata_rnn.semiring import INTEGER, RATIONAL, REAL, Array, Semiring

Layers = tuple[tuple[SparseMatrix, Array], ...]


@dataclass(frozen=True, eq=False)
class ReLURNN:
    """A network h_t = ReLU(h_{t-1} U + v_{w_t}) (Definition 3).

    Exactly torch.nn.RNN(nonlinearity="relu") on one-hot inputs; see `relu_tensors`. The
    output is linear, h · readout, or that of a feed-forward sublayer (Definition 8),
    ReLU(h · head + head_bias) · readout.

    Attributes:
        semiring: REAL (float64), RATIONAL or INTEGER.
        initial: h₀, shape (n,).
        recurrent: U, a `SparseMatrix` of shape (n, n), or given as a full matrix.
        bias: v_σ by symbol code, shape (alphabet.num_codes, n).
        readout: shape (n,), or (m,) where there is a head.
        head: shape (n, m), or None.
        head_bias: shape (m,), or None.

    Raises ValueError where shapes do not fit or entries are not of the semiring.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    recurrent: SparseMatrix
    bias: Array
    readout: Array
    head: SparseMatrix | None = None
    head_bias: Array | None = None

    def __post_init__(self) -> None:
        check_ordered("ReLURNN", self.semiring)
        convert_fields(self, ("initial", "bias", "readout", "head_bias"))
        matrix = sparse(self.semiring, self.recurrent, "ReLURNN.recurrent")
        object.__setattr__(self, "recurrent", matrix)
        if self.initial.ndim != 1:
            got = self.initial.shape
            raise ValueError(f"ReLURNN.initial: wanted shape (n,), got {got}")
        n, k = len(self.initial), self.alphabet.num_codes
        why = f"{k} symbols, {n} units"
        check_shape("ReLURNN.recurrent", matrix, (n, n), why)
        check_shape("ReLURNN.bias", self.bias, (k, n), why)
        check_head(self)

    @property
    def hidden_size(self) -> int:
        """n."""
        return len(self.initial)

    @property
    def layers(self) -> Layers:
        """The weights and biases of a step's layers; the first bias is by symbol."""
        return ((self.recurrent, self.bias),)

    def to_torch(self) -> tuple[Any, Any]:
        """torch.nn.RNN in float64 with these weights, and h₀ of shape (1, 1, n).

        Needs torch; ValueError where a weight is not a float64. Its inputs are one-hot,
        see `one_hot`; the readout is no part of it.
        """
        from automata_rnn.rnns.torch_tensors import torch_rnn  # it imports this class

        return torch_rnn(self)

    def step(self, state: Array, symbol: Symbol) -> Array:
        code = self.alphabet.code(symbol)
        return relu(affine(state, self.recurrent, self.bias[code]), self.semiring)

    def output(self, state: Array) -> Any:
        return read_head(self, state)


def relu(array: Array, semiring: Semiring) -> Array:
    """max(x, 0) by entry."""
    return np.where((array > 0).astype(bool), array, semiring.zero)


def read_head(network: Any, state: Array) -> Any:
    """The output of a state: linear, or through the feed-forward sublayer."""
    if network.head is not None:
        state = relu(affine(state, network.head, network.head_bias), network.semiring)
    return network.semiring.dot(state, network.readout)


def check_ordered(kind: str, semiring: Semiring) -> None:
    """Raise ValueError unless ReLU means something over the semiring."""
    if semiring not in (REAL, RATIONAL, INTEGER):
        raise ValueError(
            f"{kind}.semiring: wanted REAL, RATIONAL or INTEGER, which are ordered, "
            f"got {semiring}"
        )


def check_head(network: Any) -> None:
    """Make `head` sparse and check it with `head_bias` and `readout`."""
    kind, n = type(network).__name__, network.hidden_size
    if network.head is None and network.head_bias is not None:
        raise ValueError(f"{kind}.head_bias: wanted None without a head")
    m = n
    if network.head is not None:
        head = sparse(network.semiring, network.head, f"{kind}.head")
        object.__setattr__(network, "head", head)
        m = head.shape[1]
        check_shape(f"{kind}.head", head, (n, m), f"{n} units")
        if network.head_bias is None:
            zeros = np.zeros(m, dtype=int)
            object.__setattr__(network, "head_bias", network.semiring.array(zeros))
        check_shape(f"{kind}.head_bias", network.head_bias, (m,), f"{m} units of head")
    check_shape(f"{kind}.readout", network.readout, (m,), f"{m} units to read")
