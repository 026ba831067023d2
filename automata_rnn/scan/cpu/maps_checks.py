"""What users hand to the scans over codes, checked before any table is read."""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.dense_threads import cores
from automata_rnn.semiring import Array

CODES = (np.uint8, np.uint16, np.uint32)
STATES = (np.uint8, np.uint16, np.uint32)


def check_codes(codes: Any) -> Array:
    """Codes (T,), contiguous. Kernels compare each code with the table's length."""
    array = np.asarray(codes)
    if array.dtype not in CODES:
        raise TypeError(f"codes: wanted uint8, uint16 or uint32, got {array.dtype}")
    if array.ndim != 1:
        raise ValueError(f"codes: wanted shape (T,), got {array.shape}")
    return np.ascontiguousarray(array)


def outside(codes: Array, start: int, size: int) -> ValueError:
    """The error for a code ≥ `size` at `start` or later."""
    rest = codes[start:]
    first = start + int(np.argmax(rest >= size))
    return ValueError(
        f"codes: wanted 0 to {size - 1}, the rows of the table, "
        f"got {int(codes[first])} at position {first}"
    )


def check_range(codes: Array, size: int) -> None:
    """ValueError for codes ≥ `size`, in a pass of its own."""
    if len(codes) and int(codes.max()) >= size:
        raise outside(codes, 0, size)


def check_taken(codes: Array, piece: tuple[int, int], taken: int, size: int) -> None:
    """ValueError if a kernel stopped in a piece, before a code ≥ `size`."""
    if taken < piece[1] - piece[0]:
        raise outside(codes, piece[0] + int(taken), size)


def check_successors(successors: Any) -> Array:
    """Successors (k, n), contiguous, of the smallest unsigned dtype that holds n."""
    array = np.asarray(successors)
    if array.dtype.kind not in "iu":
        raise TypeError(f"successors: wanted integers, got {array.dtype}")
    if array.ndim != 2:
        raise ValueError(f"successors: wanted shape (k, n), got {array.shape}")
    n = array.shape[1]
    if array.size and not (0 <= int(array.min()) and int(array.max()) < n):
        raise ValueError(
            f"successors: wanted states 0 to {n - 1}, "
            f"got {int(array.min())} to {int(array.max())}"
        )
    kind = next(kind for kind in STATES if n <= np.iinfo(kind).max + 1)
    return np.ascontiguousarray(array, kind)


def check_initial(initial: Any, states: int) -> int:
    """A state as a plain int."""
    if not isinstance(initial, int | np.integer):
        raise TypeError(f"initial: wanted an integer, got {type(initial).__name__}")
    if not 0 <= initial < states:
        raise ValueError(f"initial: wanted a state 0 to {states - 1}, got {initial}")
    return int(initial)


def check_threads(threads: int | None, length: int, grain: int) -> int:
    """How many threads to use: each gets at least `grain` steps."""
    if threads is not None and threads < 1:
        raise ValueError(f"threads: wanted at least 1, got {threads}")
    return max(1, min(threads or cores(), length // grain))
