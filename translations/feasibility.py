"""What one layer of a shipped head can recognise: weights, or why there are none.

A layer is any number of heads with token-determined parameters in the shipped range; a
word is accepted where a linear function of the states, plus a constant, is positive.
Impossibility is proved for exact arithmetic, hence for all lengths; deeper networks are
not spoken of.

Proof. After u xᵏ v the value is Σ p_i(k) λ_i^k for all k ≥ n, with polynomials p_i and
the eigenvalues λ_i of the transition by x (1 among them, for what tokens write). Where
all are real and at least 0, such a sum is 0 or of one sign from some k on. So whether
u xᵏ v is accepted does not change any more. Where all are real, this holds for the even
and for the odd k, so that acceptance has a period that divides 2. (With finite
precision these are Theorems 1 and 2 of R. Grazzi et al., Unlocking State-Tracking in
Linear RNNs Through Negative Eigenvalues, ICLR 2025.)

Eigenvalues are real and at least 0 for products of two symmetric matrices that are
positive semidefinite, so for |x| n_h ≤ 2 where β is in [0, 1], and for all x where
transitions are diagonal with gates of at least 0. They are real for |x| n_h = 1 with β
in [0, 2], and for one token of RWKV-7: diag(w) - κ (a ⊙ κ)ᵀ is similar to the symmetric
diag(w) - (√a ⊙ κ)(√a ⊙ κ)ᵀ where a > 0, with eigenvalues between min w - 1 ≥ -0.4548
and 1, and for a ≥ 0 in the limit.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.automata import DFATable, table_from_dfa
from automata_rnn.rnns import RWKV7, DeltaNet, DeltaProduct, DiagonalRNN, GatedDeltaNet
from automata_rnn.rnns.ranges import RWKV7_LEAST_DECAY
from translations.deltaproduct import dfa_to_deltaproduct
from translations.periods import Period, find_period
from translations.saturated import (
    Network,
    permutation_network,
    reset_network,
    sign_network,
)

Answer: TypeAlias = Literal["exact", "approached", "impossible", "undecided"]
KINDS = (DeltaNet, GatedDeltaNet, DeltaProduct, RWKV7, DiagonalRNN)


@dataclass(frozen=True, eq=False)
class Feasibility:
    """Whether a head recognises a language, in one layer.

    Attributes:
        answer: "exact": the network's values are exact in float32 and bfloat16.
            "approached": right in exact arithmetic, but values shrink with length, or
            weights are rounded. "impossible": proved. "undecided": none of these.
        reason: why, in a sentence.
        network: the weights, where there are any.
        certificate: the words that cannot be told apart, where impossible.
    """

    answer: Answer
    reason: str
    network: Network | None = None
    certificate: Period | None = None


def feasibility(
    kind: type[Network],
    target: DFA,
    *,
    allow_neg_eigval: bool = False,
    num_factors: int = 1,
) -> Feasibility:
    """Whether one layer of `kind`, in its shipped range, recognises `target`.

    Args:
        kind: DeltaNet, GatedDeltaNet, DeltaProduct, RWKV7, or DiagonalRNN, meaning
            gates in [0, 1], Mamba's.
        allow_neg_eigval: β in [0, 2], for the delta rules.
        num_factors: n_h, for DeltaProduct.

    Raises TypeError for other kinds, ValueError for num_factors < 1.

    >>> from automata_rnn.automata import dfa_from_regex
    >>> even = dfa_from_regex("(aa)*")
    >>> feasibility(DeltaNet, even).answer
    'impossible'
    >>> feasibility(DeltaNet, even, allow_neg_eigval=True).answer
    'exact'
    """
    if kind not in KINDS:
        wanted = ", ".join(k.__name__ for k in KINDS)
        raise TypeError(f"kind: wanted one of {wanted}, got {kind!r}")
    if num_factors < 1:
        raise ValueError(f"num_factors: wanted at least 1, got {num_factors}")
    table = table_from_dfa(target.to_complete().minify())
    factors = num_factors if kind is DeltaProduct else 1
    network = _exact(kind, table, allow_neg_eigval, factors)
    if network is not None:
        reason = "all weights and states are numbers that float32 and bfloat16 hold"
        return Feasibility("exact", reason, network)
    longest, real = _limits(kind, allow_neg_eigval, factors)
    certificate = find_period(table, longest=longest, not_two=real)
    if certificate is not None:
        reason = _why(kind, certificate, real)
        return Feasibility("impossible", reason, None, certificate)
    return _approached(kind, table, target, allow_neg_eigval, factors)


def _exact(
    kind: type[Network], table: DFATable, negative: bool, factors: int
) -> Network | None:
    network = reset_network(kind, table)
    if network is None and negative and kind not in (RWKV7, DiagonalRNN):
        network = sign_network(kind, table)
        if network is None:
            network = permutation_network(kind, table, factors)
    return network


def _limits(
    kind: type[Network], negative: bool, factors: int
) -> tuple[int | None, bool]:
    """The longest x of which the module says something, and whether only "real"."""
    if kind is DiagonalRNN:
        return None, False
    real = kind is RWKV7 or negative
    return (1 if real else 2) // factors, real


def _why(kind: type[Network], certificate: Period, real: bool) -> str:
    x = " ".join(map(str, certificate.repeated))
    allowed = "real" if real else "real and at least 0"
    change = "has a period that divides 2" if real else "does not change any more"
    return (
        f"{certificate}; but all eigenvalues of the transition by {x} are {allowed} in "
        f"the shipped range of {kind.__name__}, so that acceptance {change} from some "
        "k on, in one layer"
    )


def _approached(
    kind: type[Network],
    table: DFATable,
    target: DFA,
    negative: bool,
    factors: int,
) -> Feasibility:
    if kind is RWKV7 and (network := sign_network(RWKV7, table)) is not None:
        shrink = 1 - RWKV7_LEAST_DECAY
        reason = (
            f"signs are right, but each symbol that exchanges the two states shrinks "
            f"the value by {shrink:.4f}, the least eigenvalue of RWKV-7 being "
            f"-{shrink:.4f}: float32 holds about {_length(shrink)} of them in a row"
        )
        return Feasibility("approached", reason, network)
    if kind is DeltaProduct and negative:
        translation = dfa_to_deltaproduct(target, parametrization="shipped")
        rnn: Any = translation.rnn
        if rnn.num_factors <= factors:
            return Feasibility("approached", _contraction_reason(translation), rnn)
    return Feasibility(
        "undecided", f"neither weights nor an obstruction are known ({kind.__name__})"
    )


def _length(shrink: float) -> int:
    """Factors until the smallest number of float32 is passed."""
    least = float(np.finfo(np.float32).smallest_subnormal)
    return int(np.log(least) / np.log(shrink))


def _contraction_reason(translation: Any) -> str:
    kept = float(translation.automaton.weights.max())  # that of an indicator is 1
    return (
        "contractions by polar decomposition, whose keys are rounded: states drift by "
        f"rounding, and each symbol multiplies values by {kept:.4f}"
    )
