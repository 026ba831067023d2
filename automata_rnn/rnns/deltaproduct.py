"""DeltaProduct networks of one head: n_h delta steps for each token.

Reference: J. Siems et al., DeltaProduct: Improving State-Tracking in Linear RNNs via
Householder Products, NeurIPS 2025.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_type
from automata_rnn.rnns.heads import delta_product_steps
from automata_rnn.rnns.one_head import (
    check_head,
    head_monoid,
    head_output,
    head_step,
    head_table,
    no_values,
)
from automata_rnn.rnns.ranges import Parametrization, check_delta, check_range
from automata_rnn.scan import Element, Monoid
from automata_rnn.scan.dplr import Steps
from automata_rnn.semiring import Array, Semiring


@dataclass(frozen=True, eq=False)
class DeltaProduct:
    """A token's transition is n_h delta steps, S ↦ S (I - β k kᵀ) + β v kᵀ each.

    Over RATIONAL or REAL; value o (S_T q). A step with β = 0 does nothing, which pads
    symbols that need fewer.

    Attributes:
        initial: S_0, shape (d, n).
        keys: k_{σ,i} by symbol code, shape (num_codes, n_h, n), n_h at least 1.
        beta: β_{σ,i}, shape (num_codes, n_h).
        query: q, shape (n,).
        readout: o, shape (d,).
        values: v_{σ,i}, shape (num_codes, n_h, d), or None where no symbol writes.
        gate: g_σ, shape (num_codes,), which scales S before the first step, or None.
        parametrization: "paper": unrestricted; "shipped": |k| = 1, β in [0, 1], g in
            [0, 1].
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
    gate: Array | None = None
    parametrization: Parametrization = "paper"
    allow_neg_eigval: bool = False

    def __post_init__(self) -> None:
        check_head(self, keys=("n_h", "n"), beta=("n_h",), values=("n_h", "d"), gate=())
        check_type("DeltaProduct.allow_neg_eigval", self.allow_neg_eigval, bool)
        if self.parametrization == "shipped":
            allowed = self.allow_neg_eigval
            check_delta("DeltaProduct", self.beta, self.keys, allow_neg_eigval=allowed)
            if self.gate is not None:
                check_range("DeltaProduct.gate", self.gate, 0, 1)

    @property
    def hidden_size(self) -> int:
        return int(self.initial.size)

    @property
    def num_factors(self) -> int:
        """n_h."""
        return int(self.beta.shape[1])

    @cached_property
    def steps(self) -> Steps:
        values, gate = self.values, self.gate
        if values is None:
            values = no_values(self, self.num_factors)
        one = self.semiring.one
        return delta_product_steps(
            self.beta, self.keys, values, one if gate is None else gate
        )

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
