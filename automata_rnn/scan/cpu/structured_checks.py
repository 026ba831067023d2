"""What users hand to the structured scans, in the dtypes that kernels take."""

from typing import Any

import numpy as np

from automata_rnn.scan.monoid import Element
from automata_rnn.semiring import Array

LARGEST_MODULUS = 2**31


def widen_indices(index: Array) -> Array:
    """Unsigned, in the machine's byte order, of a dtype that holds 0, …, n - 1."""
    native = index.astype(index.dtype.newbyteorder("="), copy=False)
    if index.shape[-1] > np.iinfo(index.dtype).max + 1:
        return native.astype(np.uint64)
    return native.view(f"u{native.itemsize}")


def states_of_maps(initial: Array, maps: Array) -> Array:
    """States as (*batch, 1) of the dtype of the maps."""
    if initial.dtype.kind not in "iu":
        raise TypeError(f"initial: wanted integers, got {initial.dtype}")
    n = maps.shape[-1]
    if initial.size and not (0 <= int(initial.min()) and int(initial.max()) < n):
        raise ValueError(
            f"initial: wanted states 0 to {n - 1}, "
            f"got {int(initial.min())} to {int(initial.max())}"
        )
    return initial.astype(maps.dtype)[..., None]


def cast_floats(parts: Element, initial: Any) -> tuple[Element, Any]:
    """All numbers in one dtype, which kernels are compiled for."""
    given = parts if initial is None else (*parts, np.asarray(initial))
    dtype = np.result_type(*parts).newbyteorder("=")
    if dtype not in (np.float32, np.float64, np.complex64, np.complex128):
        raise TypeError(f"elements: wanted floats or complex numbers, got {dtype}")
    if initial is not None and not np.can_cast(given[-1].dtype, dtype, "same_kind"):
        raise TypeError(f"initial: wanted {dtype}, got {given[-1].dtype}")
    cast = tuple(x.astype(dtype, copy=False) for x in given)
    return cast[: len(parts)], None if initial is None else cast[-1]


def residues(parts: Element, initial: Any, m: int) -> tuple[Element, Any]:
    """All numbers as uint64; kernels take those below m."""
    if not 2 <= m <= LARGEST_MODULUS:
        raise ValueError(f"modulus: wanted 2 to {LARGEST_MODULUS}, got {m}")
    given = parts if initial is None else (*parts, np.asarray(initial))
    for array in given:
        if array.dtype != np.int64:
            raise TypeError(f"elements: wanted int64 modulo {m}, got {array.dtype}")
        if array.size and not (0 <= int(array.min()) and int(array.max()) < m):
            raise ValueError(f"elements: wanted integers among 0, …, {m - 1}")
    views = tuple(np.ascontiguousarray(x).view(np.uint64) for x in given)
    return views[: len(parts)], None if initial is None else views[-1]
