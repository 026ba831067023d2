"""DeltaNet and Gated DeltaNet networks of one head: one delta step for each token.

References: S. Yang et al., Parallelizing Linear Transformers with the Delta Rule over
Sequence Length, NeurIPS 2024; Gated Delta Networks, ICLR 2025.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_type
from automata_rnn.rnns.heads import delta_step, gated_delta_step
from automata_rnn.rnns.one_head import (
    check_head,
    head_monoid,
    head_output,
    head_step,
    head_table,
    no_values,
    with_factor_axis,
)
from automata_rnn.rnns.ranges import Parametrization, check_delta, check_range
from automata_rnn.scan import Element, Monoid
from automata_rnn.scan.dplr import Steps
from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class DeltaNet:
    """S_t = S_{t-1} (I - β_σ k_σ k_σᵀ) + β_σ v_σ k_σᵀ, with σ = w_t; value o (S_T q).

    Over RATIONAL or REAL.

    Attributes:
        initial: S_0, shape (d, n).
        keys: k_σ by symbol code, shape (num_codes, n).
        beta: β_σ, shape (num_codes,).
        query: q, shape (n,).
        readout: o, shape (d,).
        values: v_σ, shape (num_codes, d), or None where no symbol writes.
        parametrization: "paper": unrestricted; "shipped": |k| = 1 and β in [0, 1].
        allow_neg_eigval: β in [0, 2] where shipped.

    Raises ValueError where shapes do not fit, or entries are not of the semiring or
    out of the shipped range.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    keys: Array
    beta: Array
    query: Array
    readout: Array
    values: Array | None = None
    parametrization: Parametrization = "paper"
    allow_neg_eigval: bool = False

    def __post_init__(self) -> None:
        check_head(self, keys=("n",), beta=(), values=("d",))
        check_type("DeltaNet.allow_neg_eigval", self.allow_neg_eigval, bool)
        if self.parametrization == "shipped":
            allowed = self.allow_neg_eigval
            check_delta("DeltaNet", self.beta, self.keys, allow_neg_eigval=allowed)

    @property
    def hidden_size(self) -> int:
        return int(self.initial.size)

    @cached_property
    def steps(self) -> Steps:
        values = no_values(self) if self.values is None else self.values
        return with_factor_axis(delta_step(self.beta, self.keys, values))

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


@dataclass(frozen=True, eq=False)
class GatedDeltaNet:
    """S_t = g_σ S_{t-1} (I - β_σ k_σ k_σᵀ) + β_σ v_σ k_σᵀ; value o (S_T q).

    Attributes and errors as of `DeltaNet`, and

        gate: g_σ, shape (num_codes,); in [0, 1] where shipped.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    keys: Array
    beta: Array
    gate: Array
    query: Array
    readout: Array
    values: Array | None = None
    parametrization: Parametrization = "paper"
    allow_neg_eigval: bool = False

    def __post_init__(self) -> None:
        check_head(self, keys=("n",), beta=(), gate=(), values=("d",))
        check_type("GatedDeltaNet.allow_neg_eigval", self.allow_neg_eigval, bool)
        if self.parametrization == "shipped":
            allowed = self.allow_neg_eigval
            check_delta("GatedDeltaNet", self.beta, self.keys, allow_neg_eigval=allowed)
            check_range("GatedDeltaNet.gate", self.gate, 0, 1)

    @property
    def hidden_size(self) -> int:
        return int(self.initial.size)

    @cached_property
    def steps(self) -> Steps:
        values = no_values(self) if self.values is None else self.values
        steps = gated_delta_step(self.gate, self.beta, self.keys, values)
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
