"""PD networks: transitions that are a one-hot matrix times a diagonal one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape
from automata_rnn.rnns.linear import convert_fields
from automata_rnn.scan import Element, Monoid, one_hot_diagonal
from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class PDRNN:
    """A network h_t = P_{w_t} D_{w_t} h_{t-1} ⊕ b_{w_t}, with output ⊕_i h_{T,i} ⊗ c_i.

    Each column of P_σ has a single 1 (PD-SSM; Definition 6 asks for permutations, but
    Theorem 8 needs these), so unit i moves to unit index[σ, i], scaled:

        h_{t,j} = ⊕_{i: index[w_t, i] = j} h_{t-1,i} ⊗ scale[w_t, i]  (⊕ bias[w_t, j]).

    A step and a product of transitions take O(n).

    Attributes:
        initial: h₀, shape (n,).
        index: the row of the 1 in each column of P_σ, shape (alphabet.num_codes, n).
        scale: the diagonal of D_σ, shape (alphabet.num_codes, n).
        readout: c, shape (n,).
        bias: b_σ, shape (alphabet.num_codes, n), or None.

    Raises ValueError where shapes do not fit, an index is not a unit, or entries are
    not of the semiring.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    index: npt.NDArray[np.intp]
    scale: Array
    readout: Array
    bias: Array | None = None

    def __post_init__(self) -> None:
        convert_fields(self, ("initial", "scale", "readout", "bias"))
        if self.initial.ndim != 1:
            raise ValueError(
                f"PDRNN.initial: wanted shape (n,), got {self.initial.shape}"
            )
        n, k = len(self.initial), self.alphabet.num_codes
        object.__setattr__(self, "index", _indices(self.index, n))
        why = f"{k} symbols, {n} units"
        check_shape("PDRNN.index", self.index, (k, n), why)
        check_shape("PDRNN.scale", self.scale, (k, n), why)
        check_shape("PDRNN.readout", self.readout, (n,), why)
        if self.bias is not None:
            check_shape("PDRNN.bias", self.bias, (k, n), why)

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
        return one_hot_diagonal(self.semiring, bias=self.bias is not None)

    @property
    def table(self) -> Element:
        bias = () if self.bias is None else (self.bias,)
        return (self.index, self.scale, *bias)


def _indices(data: Any, n: int) -> npt.NDArray[np.intp]:
    array = np.array(data)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"PDRNN.index: wanted integers, got dtype {array.dtype}")
    if array.size and not (0 <= array.min() and array.max() < n):
        raise ValueError(
            f"PDRNN.index: wanted units 0 to {n - 1}, "
            f"got {array.min()} to {array.max()}"
        )
    result = array.astype(np.intp)
    result.flags.writeable = False
    return result
