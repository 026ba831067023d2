"""Prefix products of Boolean matrices, packed: one integer for each row.

    P_t = A_1 ⋯ A_t over (or, and),  bit j of packed[t, i] = A_t[i, j],  n ≤ 64.

The rows of a product do not depend on each other, so each thread computes its rows of
all products, without a pass that is done twice. The work is in `boolean_vectors`.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.boolean_vectors import WIDE, multiply, multiply_plainly
from automata_rnn.scan.cpu.features import vector_width
from automata_rnn.scan.cpu.maps_checks import check_threads
from automata_rnn.scan.cpu.maps_jobs import cut, share
from automata_rnn.scan.cpu.vector import LINE
from automata_rnn.semiring import Array

CACHED = 1 << 24
"""Bytes up to which the output is left in the caches."""
GRAIN = 1 << 10
"""Steps that keep a thread busy for longer than it takes to start."""


def pack_boolean(matrices: Any) -> Array:
    """Packed rows (..., n), uint64, of Boolean matrices (..., n, n) with n ≤ 64.

    >>> import numpy as np
    >>> pack_boolean(np.array([[True, False], [True, True]]))
    array([1, 3], dtype=uint64)
    """
    array = np.asarray(matrices)
    if array.dtype != np.bool_:
        raise TypeError(f"matrices: wanted bool, got {array.dtype}")
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] > 64:
        raise ValueError(
            f"matrices: wanted shape (..., n, n) with n ≤ 64, got {array.shape}"
        )
    packed = np.zeros((*array.shape[:-1], 8), np.uint8)
    packed[..., : -(-array.shape[-1] // 8)] = np.packbits(
        array, axis=-1, bitorder="little"
    )
    return packed.view("<u8")[..., 0].astype(np.uint64, copy=False)


def unpack_boolean(packed: Any) -> Array:
    """The matrices (..., n, n) of packed rows (..., n); bits from n on are dropped.

    >>> import numpy as np
    >>> unpack_boolean(np.array([1, 3], np.uint64))
    array([[ True, False],
           [ True,  True]])
    """
    array = _check_packed(packed)
    n = array.shape[-1]
    octets = array.astype("<u8", copy=False)[..., None].view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=n, bitorder="little").view(np.bool_)


def boolean_prefix(
    packed: Any,
    *,
    reduce: bool = False,
    out: Array | None = None,
    threads: int | None = None,
) -> Array:
    """All prefix products of packed Boolean matrices, exact.

    Args:
        packed: (T, n), uint64, from `pack_boolean`. Bits from n on change no others.
        reduce: only the product of all, (n,); the identity for T = 0.
        out: where to write: (T, n), or (n,) with `reduce`; new by default.
        threads: at most this many; all processors by default.

    Raises:
        ValueError: shapes that do not fit; TypeError for dtypes other than uint64.

    >>> import numpy as np
    >>> step = pack_boolean(np.eye(3, k=1, dtype=bool))
    >>> boolean_prefix(np.stack([step, step, step]))
    array([[2, 4, 0],
           [4, 0, 0],
           [0, 0, 0]], dtype=uint64)
    """
    array = _check_packed(packed)
    if array.ndim != 2:
        raise ValueError(f"packed: wanted shape (T, n), got {array.shape}")
    length, n = array.shape
    threads = check_threads(threads, length, GRAIN)
    shape = (n,) if reduce else (length, n)
    out = np.empty(shape, np.uint64) if out is None else _check_out(out, shape)
    wide = vector_width() == LINE
    rows = _rows_in_registers(n) if wide else n
    whole = out.flags.c_contiguous and rows == n
    if whole and not np.may_share_memory(array, out):
        _run(np.ascontiguousarray(array), out, reduce, threads, wide)
        return out
    padded = np.zeros((length, rows), np.uint64)
    padded[:, :n] = array
    target = np.empty((*shape[:-1], rows), np.uint64)
    _run(padded, target, reduce, threads, wide)
    out[:] = target[..., :n]
    return out


def _rows_in_registers(n: int) -> int:
    return -(-n // WIDE) * WIDE


def _check_packed(packed: Any) -> Array:
    array = np.asarray(packed)
    if array.dtype != np.uint64:
        raise TypeError(f"packed: wanted uint64, got {array.dtype}")
    if array.ndim < 1 or array.shape[-1] > 64:
        raise ValueError(f"packed: wanted rows (..., n) with n ≤ 64, got {array.shape}")
    return array


def _check_out(out: Array, shape: tuple[int, ...]) -> Array:
    if out.dtype != np.uint64:
        raise TypeError(f"out: wanted uint64, got {out.dtype}")
    if out.shape != shape or not out.flags.writeable:
        raise ValueError(f"out: wanted a writeable array {shape}, got {out.shape}")
    return out


def _run(packed: Array, out: Array, reduce: bool, threads: int, wide: bool) -> None:
    """Rows split between threads; 8 at a time, and n a multiple of 8, where `wide`."""
    n = packed.shape[1]
    if n == 0:
        return
    kernel, piece = (multiply, WIDE) if wide else (multiply_plainly, 1)
    rows = np.uint64(1) << np.arange(n, dtype=np.uint64)
    aligned = out.ctypes.data % LINE == 0
    streaming = aligned and not reduce and out.nbytes > CACHED

    def work(first: int, last: int) -> None:
        flat, target = packed.reshape(-1), out.reshape(-1)
        part = rows[first:last]
        kernel(flat, n, first, part, target, not reduce, streaming)

    threads = min(threads, n // piece)
    share(work, cut(0, n, threads, piece), threads)
    if reduce:
        out[:] = rows
