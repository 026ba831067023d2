"""Scans by ordinary numba loops: any processor, any n.

P_t[i, :] = P_{t-1}[i, :] A_t, so rows are independent, and threads share them out.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_threads import fetch_add, run
from automata_rnn.semiring import Array

SHARE = 1 << 16
"""Multiplications that are worth waking one more thread."""


def scan(semiring: str, elements: Array, out: Array, threads: int) -> None:
    """All prefix products of (B, T, n, n) elements, or with a time axis of 1 in `out`
    the product of each sequence. The two arrays share no memory."""
    sequences, length, size, _ = elements.shape
    work = sequences * length * size**3
    threads = min(threads, 1 + work // SHARE)
    rows = size if sequences >= 4 * threads else -(-size // threads)
    counters = np.zeros(1, np.int64)
    run(_kernel(semiring), (elements, out, rows, counters), threads)


@lru_cache(maxsize=8)
def _kernel(semiring: str) -> Callable[..., None]:
    real, largest = semiring == "real", semiring == "max-plus"
    zero = 0.0 if real else -np.inf if largest else np.inf
    one = 1.0 if real else 0.0

    @compiled
    def scan_rows(elements: Any, out: Any, rows: int, counters: Any) -> None:
        sequences, length, n, _ = elements.shape
        parts = (n + rows - 1) // rows
        state = np.empty((rows, n), elements.dtype)
        product = np.empty((rows, n), elements.dtype)
        while True:
            ticket = fetch_add(counters, 0, 1)
            if ticket >= sequences * parts:
                return
            sequence, first = ticket // parts, ticket % parts * rows
            taken = min(rows, n - first)
            state[:] = zero
            for i in range(taken):
                state[i, first + i] = one
            for t in range(length):
                matrix = elements[sequence, t]
                for i in range(taken):
                    for j in range(n):
                        product[i, j] = zero
                    for k in range(n):
                        x = state[i, k]
                        for j in range(n):
                            if real:
                                product[i, j] += x * matrix[k, j]
                            else:
                                y, best = x + matrix[k, j], product[i, j]
                                better = y > best if largest else y < best
                                product[i, j] = y if better else best
                state, product = product, state
                if out.shape[1] > 1 or t + 1 == length:
                    place = min(t, out.shape[1] - 1)
                    for i in range(taken):
                        for j in range(n):
                            out[sequence, place, first + i, j] = state[i, j]

    return scan_rows
