"""Inputs whose products neither vanish nor overflow, and arrays to write to."""

from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.scan.cpu.vector import LINE

POOL = 256
"""Distinct matrices: each of a long sequence is one of them."""


def generator() -> np.random.Generator:
    """The same numbers in every run."""
    return np.random.default_rng(20)


def empty(shape: tuple[int, ...], dtype: Any) -> Any:
    """An array that starts at a cache line and whose pages exist."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.empty(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    memory[:] = 255  # nan for floats, no state of a small automaton
    return memory[start : start + size].view(dtype).reshape(shape)


def _drawn(pool: Any, leading: tuple[int, ...]) -> Any:
    """An array of elements of `pool`, (*leading, *element)."""
    elements = empty((*leading, *pool.shape[1:]), pool.dtype)
    flat = elements.reshape(-1, *pool.shape[1:])
    codes = generator().integers(0, len(pool), len(flat), np.uint8)
    rows = 1 << 16
    for i in range(0, len(flat), rows):
        flat[i : i + rows] = pool[codes[i : i + rows]]
    return elements


def orthogonal(count: int, n: int, dtype: Any = np.float32) -> Any:
    """(count, n, n): products of them keep their norm and forget nothing."""
    gaussian = generator().normal(size=(count, n, n))
    return np.linalg.qr(gaussian)[0].astype(dtype)


def orthogonal_steps(leading: tuple[int, ...], n: int) -> Any:
    """(*leading, n, n), float32, orthogonal."""
    return _drawn(orthogonal(POOL, n), leading)


def tropical_steps(length: int, n: int) -> Any:
    """(length, n, n), float32: integers, so that sums are exact below 2²⁴."""
    pool = generator().integers(-2, 3, (POOL, n, n)).astype(np.float32)
    return _drawn(pool, (length,))


def permutation_steps(length: int, n: int) -> Any:
    """(length, n), uint64: packed rows of permutation matrices."""
    rows = np.uint64(1) << np.arange(n, dtype=np.uint64)
    pool = np.stack([generator_of(i).permutation(rows) for i in range(POOL)])
    return _drawn(pool, (length,))


def generator_of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def residue_steps(length: int, n: int, modulus: int) -> Any:
    """(length, n, n), int64, uniform."""
    return generator().integers(0, modulus, (length, n, n))


def signed_steps(length: int) -> npt.NDArray[np.int8]:
    """(length, 3, 3) of -1, 0, 1, not singular: else products soon are zero."""
    drawn = generator().integers(-1, 2, (2 * length + 64, 3, 3)).astype(np.int8)
    kept = drawn[np.rint(np.linalg.det(drawn.astype(np.float32))) != 0]
    return np.ascontiguousarray(kept[:length])


def letters(length: int, k: int) -> Any:
    """(length,), uint8, below k."""
    return generator().integers(0, k, length, dtype=np.uint8)


def permutations(k: int, n: int) -> npt.NDArray[np.uint8]:
    """(k, n): the letters of an automaton that never forgets."""
    drawn = [generator_of(i).permutation(n) for i in range(k)]
    return np.array(drawn, np.uint8)
