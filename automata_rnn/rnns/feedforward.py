"""Feed-forward sublayers with one hidden layer of rectified units (Definition 8)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from automata_rnn.checks import check_shape
from automata_rnn.rnns.projection import projector
from automata_rnn.semiring import Array


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
    def _maps(self) -> tuple[Callable[[Array], Array], ...]:
        return projector(self.inward), projector(self.outward.T)

    def added(self, stream: Array) -> Array:
        """W ReLU(U x)."""
        inward, outward = self._maps
        hidden = inward(stream)
        return outward(np.where(hidden > 0, hidden, 0 * hidden))

    @property
    def units(self) -> int:
        return len(self.inward)
