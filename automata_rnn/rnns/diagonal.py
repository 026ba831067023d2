"""Diagonal recurrent networks: S4, S5, LRU and Mamba seen by their transitions."""

from dataclasses import dataclass
from typing import Any

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape
from automata_rnn.rnns.linear import convert_fields
from automata_rnn.scan import Element, Monoid, diagonal
from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class DiagonalRNN:
    """A network h_t = h_{t-1} ⊙ a_{w_t} ⊕ b_{w_t}, with output ⊕_i h_{T,i} ⊗ c_i.

    Over REAL, COMPLEX, RATIONAL or any other semiring.

    Attributes:
        initial: h₀, shape (n,).
        gates: a_σ by symbol code, shape (alphabet.num_codes, n).
        readout: c, shape (n,).
        bias: b_σ by symbol code, shape (alphabet.num_codes, n), or None.

    Raises ValueError where shapes do not fit or entries are not of the semiring.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    gates: Array
    readout: Array
    bias: Array | None = None

    def __post_init__(self) -> None:
        convert_fields(self, ("initial", "gates", "readout", "bias"))
        if self.initial.ndim != 1:
            raise ValueError(
                f"DiagonalRNN.initial: wanted shape (n,), got {self.initial.shape}"
            )
        n, k = len(self.initial), self.alphabet.num_codes
        why = f"{k} symbols, {n} units"
        check_shape("DiagonalRNN.gates", self.gates, (k, n), why)
        check_shape("DiagonalRNN.readout", self.readout, (n,), why)
        if self.bias is not None:
            check_shape("DiagonalRNN.bias", self.bias, (k, n), why)

    @property
    def hidden_size(self) -> int:
        return len(self.initial)

    def step(self, state: Array, symbol: Symbol) -> Array:
        code = self.alphabet.code(symbol)
        return self.monoid.act(state, tuple(part[code] for part in self.table))

    def output(self, state: Array) -> Any:
        return self.semiring.dot(state, self.readout)

    @property
    def monoid(self) -> Monoid:
        return diagonal(self.semiring, bias=self.bias is not None)

    @property
    def table(self) -> Element:
        return (self.gates,) if self.bias is None else (self.gates, self.bias)
