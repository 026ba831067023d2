"""Exact prefix products of matrices over the integers modulo m ≤ 2³¹.

    P_t = P_{t-1} A_t mod m

Sums of products are taken in uint64 and reduced only when the next product might not
fit. With x < 2⁶⁴ a sum and u the float below 1/m by the factor 1 - 2⁻⁵⁰, the quotient
q = ⌊float(x) u⌋ is the true one or one less: four roundings by 1 ± 2⁻⁵³ do not make up
for that factor, and x / m ≤ n m < 2⁴⁸ keeps the whole error below 1. So r = x - q m is
below 2 m, and min(r, r - m) in unsigned arithmetic is x mod m: no division, no branch.

Small matrices go many chains at a time (`modular_lanes`), larger ones by tiles
(`modular_tiles`) or, of other sizes or without vectors, row by row (`modular_rows`).
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu import modular_lanes, modular_rows, modular_tiles
from automata_rnn.scan.cpu.dense_threads import cores
from automata_rnn.scan.cpu.features import vector_width
from automata_rnn.semiring import Array

LARGEST_MODULUS = 2**31
LARGEST_SIZE = 2**16

SHARE = 1 << 17
"""Multiplications that are worth waking one more thread."""


def has_kernel(m: int, dtype: Any, n: int) -> bool:
    """Whether `prefix_modular` takes n × n matrices of this dtype modulo m."""
    fits = 2 <= m <= LARGEST_MODULUS and 0 < n <= LARGEST_SIZE
    return fits and np.dtype(dtype) == np.int64


def prefix_modular(
    elements: Array, m: int, *, reduce: bool = False, threads: int | None = None
) -> Array | None:
    """All prefix products modulo m of (*batch, T, n, n) matrices, or only the last.

    Args:
        elements: int64, each among 0, …, m - 1. Arrays that are not contiguous are
            copied.
        m: the modulus; it need not be prime.
        reduce: only the product of each sequence, (*batch, n, n); the identity if
            T = 0.
        threads: at most so many; by default one for each processor.

    Returns:
        The products; None if there is no kernel (`has_kernel`).

    Raises:
        ValueError: elements that are not square matrices along an axis, or not among
            0, …, m - 1; fewer than one thread.

    >>> import numpy as np
    >>> steps = np.array([[[1, 1], [1, 0]]] * 100)
    >>> prefix_modular(steps, 10**9 + 7, reduce=True)  # Fibonacci numbers
    array([[782204094, 687995182],
           [687995182,  94208912]])
    """
    if elements.ndim < 3 or elements.shape[-1] != elements.shape[-2]:
        wanted, got = "(*batch, T, n, n)", elements.shape
        raise ValueError(f"elements: wanted shape {wanted}, got {got}")
    *batch, length, size, _ = elements.shape
    if not has_kernel(m, elements.dtype, size):
        return None
    if threads is not None and threads < 1:
        raise ValueError(f"threads: wanted at least 1, got {threads}")
    shape = (*batch, size, size) if reduce else elements.shape
    if elements.size == 0:
        return np.zeros(shape, np.int64) + np.eye(size, dtype=np.int64)
    source = np.require(elements, requirements=["C", "A"]).view(np.uint64)
    if source.max() >= m:  # as unsigned, negative integers are the largest
        raise ValueError(f"elements: wanted integers among 0, …, {m - 1}")
    source = source.reshape(-1, length, size, size)
    count = cores() if threads is None else threads
    count = min(count, 1 + elements.size * size // SHARE)
    inverse = (1 - 2.0**-50) / m
    terms = min(size, (2**64 - m) // (m - 1) ** 2)
    plan = modular_tiles.plan_for(size, terms, vector_width())
    if plan:
        result = modular_tiles.prefix(plan, source, m, inverse, reduce, count)
    else:
        family = modular_lanes if size <= modular_lanes.LARGEST else modular_rows
        result = family.prefix(source, m, inverse, terms, reduce, count)
    return result.view(np.int64).reshape(shape)
