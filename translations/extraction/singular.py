"""How many states a numerical Hankel block has: rules for its rank, and the reading."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import WFA
from automata_rnn.semiring import REAL

Floats = npt.NDArray[np.float64]
CLEAR_GAP = 100.0  # σ_r/σ_{r+1} from which a numerical rank is called clear


@dataclass(frozen=True, eq=False)
class NumericalRank:
    """A numerical rank, and what it rests on.

    Attributes:
        rank: r, what the rule found.
        singular_values: σ₁ ≥ σ₂ ≥ …, of the block as the rule scaled it.
        threshold: values at or below it count as zero.
        rule: how the threshold was chosen.
        certain: a rank that the function meant has at least, where that is known.
    """

    rank: int
    singular_values: Floats
    threshold: float
    rule: str
    certain: int | None = None

    @property
    def gap(self) -> float:
        """σ_r/σ_{r+1}; infinite where one of the two does not exist or σ_{r+1} = 0."""
        values, r = self.singular_values, self.rank
        if r == 0 or r >= len(values) or values[r] == 0:
            return float("inf")
        return float(values[r - 1] / values[r])

    @property
    def clear(self) -> bool:
        """Whether the gap is at least 100: no value near the threshold."""
        return self.gap >= CLEAR_GAP

    @property
    def full(self) -> bool:
        """Whether no singular value counts as zero: the block may be too small."""
        return self.rank == len(self.singular_values)

    def __str__(self) -> str:
        shown = ", ".join(f"{v:.2e}" for v in self.singular_values[: self.rank + 3])
        more = ", …" if len(self.singular_values) > self.rank + 3 else ""
        verdict = "clear" if self.clear else "not clear"
        if self.full and self.rank:
            verdict = "full: longer words may show a larger rank"
        least = "" if self.certain is None else f"; at least {self.certain} for certain"
        return (
            f"rank {self.rank} by {self.rule}, threshold {self.threshold:.2e}, gap "
            f"{self.gap:.1e} ({verdict}){least}; singular values {shown}{more}"
        )


def check_fraction(name: str, value: float) -> None:
    """Raise ValueError unless 0 < value < 1."""
    if not 0 < value < 1:
        raise ValueError(f"{name}: wanted a number in (0, 1), got {value}")


def singular_values(block: Floats) -> Floats:
    """σ₁ ≥ σ₂ ≥ …, also of a block with no rows or columns."""
    if 0 in block.shape:
        return np.zeros(0)
    return np.asarray(np.linalg.svd(block, compute_uv=False), dtype=np.float64)


def rounding_floor(block: Floats, values: Floats) -> float:
    """max(m, n) · 2⁻⁵² · σ₁: what rounding the block alone may do to a value."""
    largest = float(values[0]) if len(values) else 0.0
    return max(block.shape, default=0) * float(np.finfo(float).eps) * largest


def rank_by_gap(block: Floats) -> NumericalRank:
    """r with the largest σ_r/σ_{r+1}, values below the rounding floor being the floor.

    Ties and a value without a successor: σ_{r+1} is then the floor.
    """
    values = singular_values(block)
    floor = rounding_floor(block, values)
    significant = values[values > floor]
    if not len(significant):
        return NumericalRank(0, values, floor, "largest gap")
    followers = np.append(significant[1:], floor)
    rank = int(np.argmax(significant / followers)) + 1
    threshold = float(followers[rank - 1])
    return NumericalRank(rank, values, threshold, "largest gap")


def rank_above(block: Floats, threshold: float, rule: str) -> NumericalRank:
    """How many singular values exceed a threshold, or the rounding floor if larger."""
    values = singular_values(block)
    limit = max(threshold, rounding_floor(block, values))
    return NumericalRank(int(np.sum(values > limit)), values, limit, rule)


def wfa_from_blocks(
    alphabet: Alphabet,
    block: Floats,
    shifted: Floats,
    first: Floats,
    last: Floats,
    rank: int,
) -> WFA:
    """The automaton of rank r of a block H ≈ U D Vᵀ, in balanced coordinates.

    α = h V D^{-1/2},  A_σ = D^{-1/2} Uᵀ H_σ V D^{-1/2},  ω = D^{-1/2} Uᵀ c.

    Args:
        block: H = (f(u v)), shape (m, n), of rank at least r.
        shifted: H_σ = (f(u σ v)), shape (k, m, n).
        first: h = (f(v)), shape (n,).
        last: c = (f(u)), shape (m,).

    Reference: B. Balle, X. Carreras, F. Luque, A. Quattoni, Spectral Learning of
    Weighted Automata, Machine Learning 96 (2014).
    """
    left, values, right = _svd(block)
    root = np.sqrt(values[:rank])
    into = left[:, :rank].T / root[:, None]
    out = right[:rank].T / root
    return WFA(REAL, alphabet, first @ out, into @ shifted @ out, into @ last)


def _svd(block: Floats) -> Any:
    if 0 in block.shape:
        m, n = block.shape
        return np.zeros((m, 0)), np.zeros(0), np.zeros((0, n))
    return np.linalg.svd(block, full_matrices=False)
