"""Prefix products of dense real, max-plus and min-plus matrices in floats.

    P_t = P_{t-1} ⊗ A_t,  P_1 = A_1,  as rows times matrices,

by one of four families of kernels: products held in vector registers (2 ≤ n ≤ 8),
tiles of rows (n ≥ 12, a multiple of 4), BLAS for other large real matrices, and plain
loops for all else and for processors without such vectors.

Max-plus and min-plus results are exact where additions do not round, as on integers;
values must not be NaN. Real results differ from one product after the other by the
order of additions and by fused multiply-add: each, entry by entry, by at most

    2 T n ε |A_1| |A_2| ⋯ |A_T|,

where ε is the spacing of floats at 1, as long as no product of consecutive elements
overflows or underflows.
"""

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from automata_rnn.scan.cpu import dense_blas, dense_plain, dense_rows, dense_schedule
from automata_rnn.scan.cpu.dense_blocks import constants
from automata_rnn.scan.cpu.dense_registers import CHAINS, Plan, plan_for
from automata_rnn.scan.cpu.dense_threads import cores
from automata_rnn.scan.cpu.features import vector_width
from automata_rnn.scan.cpu.vector import LINE
from automata_rnn.scan.monoid import Monoid
from automata_rnn.semiring import Array

SEMIRINGS = ("real", "max-plus", "min-plus")
BITS = {np.dtype(np.float32): 32, np.dtype(np.float64): 64}


def has_kernel(semiring_name: str, dtype: Any, n: int) -> bool:
    """Whether `prefix_dense` takes n × n matrices of this semiring and dtype."""
    return semiring_name in SEMIRINGS and np.dtype(dtype) in BITS and n > 0


def prefix_if_usual(
    elements: Array, monoid: Monoid, *, reduce: bool, out: Any, threads: Any
) -> Array | None:
    """`prefix_dense` of any arguments, or None if something about them is unusual."""
    shape, dtype, semiring = elements.shape, elements.dtype, monoid.semiring
    if len(shape) < 3 or shape[-1] != shape[-2] or semiring is None:
        return None
    if not has_kernel(semiring.name, dtype, shape[-1]):
        return None
    if threads is not None and (type(threads) is not int or threads < 1):
        return None
    if out is not None:
        if type(out) is not np.ndarray or out.dtype != dtype or not out.flags.carray:
            return None
        if out.shape != (shape[:-3] + shape[-2:] if reduce else shape):
            return None
    return prefix_dense(
        elements, semiring.name, reduce=reduce, out=out, threads=threads
    )


def prefix_dense(
    elements: Array,
    semiring_name: str,
    *,
    reduce: bool = False,
    out: Array | None = None,
    threads: int | None = None,
) -> Array:
    """All prefix products of (*batch, T, n, n) matrices, or only the last ones.

    The arguments are not checked, which `prefix_products` does.

    Args:
        elements: matrices that have a kernel (`has_kernel`). Arrays that are not
            contiguous are copied.
        semiring_name: the name of their semiring.
        reduce: only the product of each sequence, (*batch, n, n); the identity if
            T = 0.
        out: where to write; a C array of the result's shape and dtype. It may be
            `elements` itself; if it shares memory with them otherwise, they are copied.
            Writing to memory that is in use already, and aligned to 64 bytes, takes a
            third of the time of a large new array.
        threads: at most so many; by default one for each processor.

    Returns:
        The products, in `out` if given.
    """
    *batch, length, size, _ = shape = elements.shape
    source = elements if elements.flags.carray else _readable(elements)
    family = _family(semiring_name, size, BITS[source.dtype], vector_width())
    if out is None:
        result = _fresh((*batch, size, size) if reduce else shape, elements.dtype)
    else:
        result = out
        if np.may_share_memory(source, out):
            same = source.ctypes.data == out.ctypes.data
            if reduce or not same or not isinstance(family, Plan):
                source = source.copy()
    if source.size == 0:
        result[...] = _identity(semiring_name, size) if reduce else 0
        return result
    count = cores() if threads is None else threads
    if isinstance(family, Plan):
        work = dense_schedule.reduce if reduce else dense_schedule.scan
        flat = source.reshape(-1), result.reshape(-1)
        work(family, *flat, prod(batch), length, count)
        return result
    source = source.reshape(-1, length, size, size)
    target = result.reshape(-1, 1 if reduce else length, size, size)
    if isinstance(family, dense_rows.Plan):
        dense_rows.scan(family, source, target, count)
    elif family == dense_blas.NAME:
        dense_blas.scan(source, target)
    else:
        dense_plain.scan(family, source, target, count)
    return result


@lru_cache(maxsize=256)
def _family(
    semiring: str, size: int, bits: int, width: int
) -> Plan | dense_rows.Plan | str:
    """The kernels for these matrices; a semiring's name stands for plain loops."""
    family: Plan | dense_rows.Plan | str | None
    family = dense_rows.plan_for(semiring, size, bits, width)
    if width and size in CHAINS:
        family = plan_for(semiring, size, bits, width)
    elif family is None:
        large = semiring == "real" and size >= dense_blas.SMALLEST
        family = dense_blas.NAME if large else semiring
    return family


def _identity(semiring: str, size: int) -> Array:
    zero, one = constants(semiring)
    identity = np.full((size, size), zero)
    np.fill_diagonal(identity, one)
    return identity


def _fresh(shape: tuple[int, ...], dtype: Any) -> Array:
    """An array that starts at a cache line, where NumPy's own start 16 bytes on."""
    items = int(np.prod(shape))
    size = items * dtype.itemsize
    if size < dense_schedule.STREAMED:
        return np.empty(shape, dtype)
    memory = np.empty(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def _readable(elements: Array) -> Array:
    """The elements as a C array that may be written to, though nobody does: kernels
    would be compiled once more for arrays that may not be."""
    array = np.require(elements, requirements=["C", "A"])
    return array if array.flags.writeable else np.asarray(_Writable(array))


class _Writable:
    """The memory of an array, by NumPy's protocol, without its mark."""

    def __init__(self, array: Array) -> None:
        self.array = array  # which keeps the memory
        interface = array.__array_interface__
        self.__array_interface__ = {**interface, "data": (array.ctypes.data, False)}
