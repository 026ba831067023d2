"""Feed-forward sublayers with one hidden layer of rectified units (Definition 8)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from automata_rnn.checks import check_shape
from automata_rnn.rnns.projection import projector
from automata_rnn.semiring import RATIONAL, Array


@dataclass(frozen=True, eq=False)
class FeedForward:
    """x ↦ W ReLU(U x), which is added to the stream.

    Attributes:
        inward: U, shape (units, width).
        outward: Wᵀ: what each hidden unit adds, shape (units, width).

    Raises ValueError where shapes differ.
    """

    inward: Array
    outward: Array

    def __post_init__(self) -> None:
        if self.inward.ndim != 2:
            raise ValueError(
                f"FeedForward.inward: wanted shape (units, width), "
                f"got {self.inward.shape}"
            )
        shape = self.inward.shape
        check_shape("FeedForward.outward", self.outward, shape, "as inward")

    @cached_property
    def _exact(self) -> "_Exact":
        return _Exact(self.inward, self.outward)

    def added(self, stream: Array) -> Array:
        """W ReLU(U x)."""
        if stream.dtype == object:
            return self._exact.added(stream)
        hidden = np.matmul(self.inward, stream)
        return np.matmul(self.outward.T, np.where(hidden > 0, hidden, 0 * hidden))

    @property
    def units(self) -> int:
        return len(self.inward)


class _Exact:
    """The same over ℚ, quickly: most of what is read is 0, few units are active.

    Where U is small integers, and so is what it reads, hidden units are machine
    integers.
    """

    def __init__(self, inward: Array, outward: Array) -> None:
        self.general = projector(inward)
        self.columns = np.flatnonzero((inward != 0).any(axis=0))
        read = inward[:, self.columns]
        small = all(_small(v) is not None for v in read.ravel())
        self.integers = read.astype(np.int64) if small else None
        self.rows = [[(int(i), r[i]) for i in np.flatnonzero(r)] for r in outward]

    def added(self, x: Array) -> Array:
        total = np.full_like(x, RATIONAL.zero)
        hidden = self._hidden(x)
        for unit in np.flatnonzero(hidden > 0):
            value = RATIONAL.scalar(hidden[unit])
            for i, weight in self.rows[unit]:
                total[i] += weight * value
        return total

    def _hidden(self, x: Array) -> Array:
        found = [(j, v) for j, v in enumerate(x[self.columns].tolist()) if v]
        values = [_small(v) for _, v in found]
        if self.integers is None or None in values:
            return self.general(x)
        used = [j for j, _ in found]
        return self.integers[:, used] @ np.array(values, dtype=np.int64)


def _small(value: Any) -> int | None:
    """An integer so small that sums of 2²³ products of two of them fit into 63 bits."""
    if -SMALL < value < SMALL and (whole := int(value)) == value:
        return whole
    return None


SMALL = 2**20
