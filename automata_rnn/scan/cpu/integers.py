"""Products of consecutive small integer matrices, as long as they fit int64.

    A_1 A_2 ⋯ A_T  over ℤ, entries as long as they come

Consecutive steps are multiplied in int64 while a bound shows that no sum can leave it:
in the norm ‖A‖ = max_i Σ_j |A_ij| every sum Σ_k |P_ik| |A_kj|, whole or partial, is at
most ‖P‖ ‖A‖. The norm is that of the product itself, not a product of norms: random
signs cancel, so such a leaf is several times as long. `automata_rnn.scan.exact` makes
a balanced tree of the leaves for FLINT, where equal factors make its fast
multiplication pay.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_threads import fetch_add, run
from automata_rnn.semiring import Array

LIMIT = 2.0**63 * (1 - 2.0**-30)
"""Norms are summed in floats; for n < 2²⁰ their rounding is within the margin."""

SHARE = 1 << 17
"""Multiplications that are worth waking one more thread."""

SMALLEST_SEGMENT = 1 << 10
"""Steps that one thread turns into leaves at a time."""

SEGMENTS = 16


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
