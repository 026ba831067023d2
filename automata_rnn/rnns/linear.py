"""Linear recurrent networks with input-dependent transitions."""

from dataclasses import dataclass
from typing import Any

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape, check_type
from automata_rnn.scan import Element, Monoid, affine, matrices
from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class LinearRNN:
    """A linear RNN h_t = h_{t-1} A_{w_t} ⊕ b_{w_t}, with output ⊕_i h_{T,i} ⊗ c_i.

    The state is a row (n,), or a matrix (d, n) of d rows that share A_σ, as in linear
    attention (Definition 4, multiplied on the right, read after the update).

    Attributes:
        initial: h₀, shape (n,) or (d, n).
        recurrent: A_σ by symbol code, shape (alphabet.num_codes, n, n).
        readout: c, shaped as the state; the output sums over all its entries.
        bias: b_σ by symbol code, shape (alphabet.num_codes, *state), or None.

    Raises ValueError where shapes do not fit or entries are not of the semiring.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    recurrent: Array
    readout: Array
    bias: Array | None = None

    def __post_init__(self) -> None:
        convert_fields(self, ("initial", "recurrent", "readout", "bias"))
        if self.initial.ndim not in (1, 2):
            raise ValueError(
                f"LinearRNN.initial: wanted shape (n,) or (d, n), "
                f"got {self.initial.shape}"
            )
        n, k = self.initial.shape[-1], self.alphabet.num_codes
        why = f"{k} symbols, a state of shape {self.initial.shape}"
        check_shape("LinearRNN.recurrent", self.recurrent, (k, n, n), why)
        check_shape("LinearRNN.readout", self.readout, self.initial.shape, why)
        if self.bias is not None:
            check_shape("LinearRNN.bias", self.bias, (k, *self.initial.shape), why)

    @property
    def hidden_size(self) -> int:
        """Numbers in a state."""
        return int(self.initial.size)

    def step(self, state: Array, symbol: Symbol) -> Array:
        code = self.alphabet.code(symbol)
        return self.monoid.act(state, tuple(part[code] for part in self.table))

    def output(self, state: Array) -> Any:
        return self.semiring.dot(state.ravel(), self.readout.ravel())

    @property
    def monoid(self) -> Monoid:
        make = matrices if self.bias is None else affine
        return make(self.semiring, self.initial.ndim)

    @property
    def table(self) -> Element:
        return (self.recurrent,) if self.bias is None else (self.recurrent, self.bias)


def convert_fields(network: Any, names: tuple[str, ...]) -> None:
    """Make the named fields read-only arrays of the network's semiring."""
    kind = type(network).__name__
    check_type(f"{kind}.semiring", network.semiring, Semiring)
    check_type(f"{kind}.alphabet", network.alphabet, Alphabet)
    for name in names:
        value = getattr(network, name)
        if value is not None:
            array = network.semiring.array(value, f"{kind}.{name}")
            object.__setattr__(network, name, array)
