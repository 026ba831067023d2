"""The exact product of many small integer matrices.

    A_1 A_2 ⋯ A_T  over ℤ, entries as long as they come

Consecutive steps are multiplied in int64 while a bound shows that no sum can leave it:
in the norm ‖A‖ = max_i Σ_j |A_ij| every sum Σ_k |P_ik| |A_kj|, whole or partial, is at
most ‖P‖ ‖A‖. The norm is that of the product itself, not a product of norms: random
signs cancel, so such a leaf is several times as long. The leaves, long integers by now,
are multiplied in a balanced tree by FLINT, where equal factors make its fast
multiplication pay.
"""

from typing import Any

import numpy as np
from flint import fmpz_mat

from automata_rnn.scan.cpu.dense_threads import cores, fetch_add, run
from automata_rnn.scan.cpu.vector import compiled
from automata_rnn.semiring import Array

LIMIT = 2.0**63 * (1 - 2.0**-30)
"""Norms are summed in floats; for n < 2²⁰ their rounding is within the margin."""

LARGEST_SIZE = 2**20

SHARE = 1 << 17
"""Multiplications that are worth waking one more thread."""

SMALLEST_SEGMENT = 1 << 10
"""Steps that one thread turns into leaves at a time."""

SEGMENTS = 16


def product_integers(elements: Array, *, threads: int | None = None) -> Array:
    """The product of (T, n, n) integer matrices, an object array (n, n) of Python ints.

    Args:
        elements: of any integer dtype but uint64; the smaller the entries, the more
            steps are multiplied in machine integers. T = 0 gives the identity.
        threads: at most so many; by default one for each processor.

    Raises:
        ValueError: elements that are not a sequence of square matrices, fewer than one
            thread; TypeError: another dtype.

    >>> import numpy as np
    >>> steps = np.array([[[1, 1], [1, 0]]] * 100, np.int8)
    >>> product_integers(steps)[0, 1]  # the hundredth Fibonacci number
    354224848179261915075
    """
    if elements.ndim != 3 or elements.shape[1] != elements.shape[2]:
        got = elements.shape
        raise ValueError(f"elements: wanted shape (T, n, n), got {got}")
    if elements.dtype.kind not in "iub" or elements.dtype == np.uint64:
        raise TypeError(f"elements: wanted int8 to int64, got {elements.dtype}")
    if threads is not None and threads < 1:
        raise ValueError(f"threads: wanted at least 1, got {threads}")
    size = elements.shape[1]
    if elements.size == 0:
        return np.eye(size, dtype=np.int64).astype(object)
    count = cores() if threads is None else threads
    leaves = [
        fmpz_mat(size, size, leaf.tolist())
        for leaf in leaf_products(elements, count).reshape(-1, size * size)
    ]
    entries = _tree(leaves).entries()
    result = np.empty((size, size), object)
    result.reshape(-1)[:] = [int(entry) for entry in entries]
    return result


def leaf_products(elements: Array, threads: int) -> Array:
    """(L, n, n) in int64 with the same product as the (T, n, n) elements, L ≤ T."""
    length, size, _ = elements.shape
    number = np.dtype(np.int8) if elements.dtype == bool else elements.dtype
    native = elements.astype(number.newbyteorder("="), copy=False)
    source = np.require(native, requirements=["C", "A"])
    threads = min(threads, 1 + length * size**3 // SHARE)
    segment = max(SMALLEST_SEGMENT, -(-length // SEGMENTS))
    leaves = np.empty(source.shape, np.int64)  # most of it is never touched
    counts = np.zeros(-(-length // segment), np.int64)
    run(_leaves, (source, segment, leaves, counts, np.zeros(1, np.int64)), threads)
    starts = range(0, length, segment)
    parts = [leaves[s : s + c] for s, c in zip(starts, counts, strict=True)]
    return np.concatenate(parts)


def _tree(factors: list[Any]) -> Any:
    """The product, neighbours first."""
    while len(factors) > 1:
        pairs = zip(factors[::2], factors[1::2], strict=False)
        last = factors[len(factors) - len(factors) % 2 :]
        factors = [x * y for x, y in pairs] + last
    return factors[0]


@compiled
def _leaves(
    elements: Any, segment: int, leaves: Any, counts: Any, counters: Any
) -> None:
    """The leaves of segment s from leaves[s·segment] on, counts[s] of them."""
    length, n, _ = elements.shape
    state = np.empty((n, n), np.int64)
    product = np.empty((n, n), np.int64)
    while True:
        s = fetch_add(counters, 0, 1)
        if s >= len(counts):
            return
        first, found = s * segment, 0
        bound = LIMIT  # of the product so far; at first there is none
        for t in range(first, min(first + segment, length)):
            largest = 0.0
            for i in range(n):
                norm = 0.0
                for j in range(n):
                    norm += abs(np.float64(elements[t, i, j]))
                largest = max(largest, norm)
            if bound * largest < LIMIT and t > first:
                for i in range(n):
                    for j in range(n):
                        total = 0
                        for k in range(n):
                            total += state[i, k] * np.int64(elements[t, k, j])
                        product[i, j] = total
                state, product = product, state
            else:
                if t > first:
                    leaves[first + found] = state
                    found += 1
                state[:] = elements[t]
            bound = 0.0
            for i in range(n):
                norm = 0.0
                for j in range(n):
                    norm += abs(np.float64(state[i, j]))
                bound = max(bound, norm)
        leaves[first + found] = state
        counts[s] = found + 1
