"""Feed-forward sublayers with one hidden layer of rectified units (Definition 8)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
    def maps(self) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
        """The projections U and W."""
        return _inward(self.inward), projector(self.outward.T)

    def added(self, stream: Array) -> Array:
        """W ReLU(U x)."""
        inward, outward = self.maps
        hidden = inward(stream)
        return outward(np.where(hidden > 0, hidden, 0 * hidden))

    @property
    def units(self) -> int:
        return len(self.inward)


def _inward(matrix: Array) -> Callable[[Array], Array]:
    """x ↦ U x; in machine integers where U and what it reads of x are small ones."""
    general = projector(matrix)
    columns = np.flatnonzero((matrix != 0).any(axis=0))
    read = matrix[:, columns]
    if matrix.dtype != object or not all(_is_small(v) for v in read.ravel()):
        return general
    weights = read.astype(np.int64)

    def fast(x: Array) -> Array:
        values = x[columns].tolist()
        if not all(_is_small(v) for v in values):
            return general(x)
        numbers = np.array([int(v) for v in values], dtype=np.int64)
        used = np.flatnonzero(numbers)
        return (weights[:, used] @ numbers[used]).astype(object)

    return fast


def _is_small(value: Any) -> bool:
    """An integer so small that sums of 2²³ products of two of them fit into 63 bits."""
    return bool(-SMALL < value < SMALL) and int(value) == value


SMALL = 2**20
