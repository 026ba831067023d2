"""Memory for results: aligned, and used again.

The first write to new memory takes longer than a whole scan, because the system hands
it out page by page; results that start at a cache line can be streamed past the caches.
"""

import sys
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.semiring import Array

LINE = 64
"""Bytes of a cache line."""


def aligned(shape: tuple[int, ...], dtype: npt.DTypeLike, *, skip: int = 0) -> Array:
    """A new array, not initialised, whose row number `skip` starts at a cache line."""
    kind = np.dtype(dtype)
    if kind.hasobject:
        return np.empty(shape, kind)
    memory = np.empty(prod(shape) * kind.itemsize + LINE, np.uint8)
    return _place(memory, shape, kind, skip)


def _place(memory: Array, shape: tuple[int, ...], kind: Any, skip: int) -> Array:
    ahead = skip * prod(shape[1:]) * kind.itemsize
    start = -(memory.ctypes.data + ahead) % LINE
    size = prod(shape) * kind.itemsize
    return memory[start : start + size].view(kind).reshape(shape)


class Pool:
    """Memory that results may be written to, again and again.

    `take` gives an array for the argument `out` of `prefix_products`. Its memory comes
    back by itself once neither the array nor a view of it is in use any more.

    >>> pool = Pool()
    >>> first = pool.take((1000, 4, 4), "float32")
    >>> place = first.ctypes.data
    >>> del first
    >>> pool.take((1000, 4, 4), "float32").ctypes.data == place
    True
    """

    def __init__(self) -> None:
        self._kept: list[Array] = []

    def take(self, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
        """An array, not initialised, that starts at a multiple of 64 bytes."""
        kind = np.dtype(dtype)
        if kind.hasobject:
            raise TypeError(f"dtype: wanted one of plain numbers, got {kind}")
        size = prod(shape) * kind.itemsize + LINE
        free = [m for m in self._kept if _is_free(m) and m.nbytes >= size]
        memory = min(free, key=len, default=None)
        if memory is None:
            memory = np.empty(size, np.uint8)
            self._kept.append(memory)
        return _place(memory, shape, kind, 0)

    def clear(self) -> None:
        """Forget the memory that is not in use."""
        self._kept = [m for m in self._kept if not _is_free(m)]


def _is_free(memory: Array) -> bool:
    """Whether only the pool refers to it: the list, a loop's variable, this argument,
    and the call that counts them. Every view refers to the memory itself."""
    return sys.getrefcount(memory) <= 4
