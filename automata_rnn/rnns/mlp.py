"""Recurrent networks whose step is a feed-forward network of ReLU layers."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape
from automata_rnn.rnns.linear import convert_fields
from automata_rnn.rnns.relu import Layers, check_head, check_ordered, read_head, relu
from automata_rnn.rnns.sparse import SparseMatrix, affine, sparse
from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class MLPRNN:
    """A network h_t = MLP(h_{t-1}, w_t) of L ReLU layers (Definition 3).

        z₁ = ReLU(h_{t-1} W₁ + v_{w_t}),  z_l = ReLU(z_{l-1} W_l + b_l),  h_t = z_L.

    The symbol enters the first layer as its one-hot vector, which adds v_σ. The output
    is as that of a `ReLURNN`, which is the case L = 1.

    Attributes:
        semiring: REAL (float64), RATIONAL or INTEGER.
        initial: h₀, shape (n,).
        weights: W_l, `SparseMatrix` or full, shapes (n, m₁), (m₁, m₂), …, (m_{L-1}, n).
        bias: v_σ by symbol code, shape (alphabet.num_codes, m₁).
        biases: b_2, …, b_L, shapes (m₂,), …, (n,).
        readout, head, head_bias: as in `ReLURNN`.

    Raises ValueError where shapes do not fit or entries are not of the semiring.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    weights: tuple[SparseMatrix, ...]
    bias: Array
    biases: tuple[Array, ...]
    readout: Array
    head: SparseMatrix | None = None
    head_bias: Array | None = None

    def __post_init__(self) -> None:
        check_ordered("MLPRNN", self.semiring)
        convert_fields(self, ("initial", "bias", "readout", "head_bias"))
        if self.initial.ndim != 1:
            got = self.initial.shape
            raise ValueError(f"MLPRNN.initial: wanted shape (n,), got {got}")
        weights = tuple(
            sparse(self.semiring, w, f"MLPRNN.weights[{i}]")
            for i, w in enumerate(self.weights)
        )
        biases = tuple(
            self.semiring.array(b, f"MLPRNN.biases[{i}]")
            for i, b in enumerate(self.biases)
        )
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)
        _check_layers(self)
        check_head(self)

    @property
    def hidden_size(self) -> int:
        """n."""
        return len(self.initial)

    @property
    def layers(self) -> Layers:
        """The weights and biases of a step's layers; the first bias is by symbol."""
        return tuple(zip(self.weights, (self.bias, *self.biases), strict=True))

    def step(self, state: Array, symbol: Symbol) -> Array:
        first, *others = self.layers
        code = self.alphabet.code(symbol)
        state = relu(affine(state, first[0], first[1][code]), self.semiring)
        for matrix, bias in others:
            state = relu(affine(state, matrix, bias), self.semiring)
        return state

    def output(self, state: Array) -> Any:
        return read_head(self, state)


def _check_layers(network: MLPRNN) -> None:
    weights, n = network.weights, network.hidden_size
    if not weights or len(weights) != len(network.biases) + 1:
        raise ValueError(
            "MLPRNN.weights: wanted L matrices for L - 1 biases, L > 0, got "
            f"{len(weights)} for {len(network.biases)}"
        )
    sizes = [n, *(w.shape[1] for w in weights)]
    for i, shape in enumerate(pairwise(sizes)):
        check_shape(f"MLPRNN.weights[{i}]", weights[i], shape, "the layer before")
    if sizes[-1] != n:
        raise ValueError(f"MLPRNN.weights: wanted {n} last units, got {sizes[-1]}")
    k = network.alphabet.num_codes
    check_shape("MLPRNN.bias", network.bias, (k, sizes[1]), f"{k} symbols")
    for i, bias in enumerate(network.biases):
        check_shape(f"MLPRNN.biases[{i}]", bias, (sizes[i + 2],), "its layer")
