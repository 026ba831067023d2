"""RWKV-7 networks of one head: one diagonal plus rank-one step for each token.

Reference: B. Peng et al., RWKV-7 "Goose" with Expressive Dynamic State Evolution,
arXiv 2503.14456, 2025.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.rnns.heads import rwkv7_step
from automata_rnn.rnns.one_head import (
    check_head,
    head_monoid,
    head_output,
    head_step,
    head_table,
    no_values,
    with_factor_axis,
)
from automata_rnn.rnns.ranges import Parametrization, check_rwkv7
from automata_rnn.scan import Element, Monoid
from automata_rnn.scan.dplr import Steps
from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class RWKV7:
    """S_t = S_{t-1} (diag(w_σ) - λ_σ κ_σ (a_σ ⊙ κ_σ)ᵀ) + v_σ k̃_σᵀ; value o (S_T q).

    Over RATIONAL or REAL, with σ the symbol read.

    Attributes:
        initial: S_0, shape (d, n).
        decay: w_σ by symbol code, shape (num_codes, n).
        removal: κ_σ, shape (num_codes, n).
        rate: a_σ, shape (num_codes, n).
        query: q, shape (n,).
        readout: o, shape (d,).
        strength: λ_σ, shape (num_codes,), or None for 1.
        keys: k̃_σ, shape (num_codes, n), or None where no symbol writes.
        values: v_σ, shape (num_codes, d), or None where no symbol writes.
        parametrization: "paper": unrestricted; "shipped": w in [e^{-e^{-1/2}}, 1], a in
            [0, 1], |κ| = 1, λ = 1.

    Raises ValueError where shapes do not fit, only one of keys and values is given, or
    entries are not of the semiring or out of the shipped range.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    decay: Array
    removal: Array
    rate: Array
    query: Array
    readout: Array
    strength: Array | None = None
    keys: Array | None = None
    values: Array | None = None
    parametrization: Parametrization = "paper"

    def __post_init__(self) -> None:
        each = ("n",)
        check_head(
            self,
            decay=each,
            removal=each,
            rate=each,
            strength=(),
            keys=each,
            values=("d",),
        )
        if (self.keys is None) != (self.values is None):
            raise ValueError("RWKV7.keys, RWKV7.values: wanted both or none of them")
        if self.parametrization == "shipped":
            check_rwkv7("RWKV7", self.decay, self.removal, self.rate, self.strength)

    @property
    def hidden_size(self) -> int:
        return int(self.initial.size)

    @cached_property
    def steps(self) -> Steps:
        strength = self.semiring.one if self.strength is None else self.strength
        keys = self.semiring.zeros(self.decay.shape, self.decay)
        values = no_values(self)
        if self.keys is not None and self.values is not None:
            keys, values = self.keys, self.values
        steps = rwkv7_step(self.decay, self.removal, self.rate, values, keys, strength)
        return with_factor_axis(steps)

    def step(self, state: Array, symbol: Symbol) -> Array:
        return head_step(self, state, symbol)

    def output(self, state: Array) -> Any:
        return head_output(self, state)

    @property
    def monoid(self) -> Monoid:
        return head_monoid(self)

    @cached_property
    def table(self) -> Element:
        return head_table(self)
