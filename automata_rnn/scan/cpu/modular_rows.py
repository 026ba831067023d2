"""Matrices of any size modulo m, row by row; arithmetic as in `modular`.

P_t[i, :] = P_{t-1}[i, :] A_t mod m: rows are independent, threads share them out, and
the columns of a row are the lanes of vectors.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_threads import fetch_add, run
from automata_rnn.semiring import Array

LOW = np.uint64(0xFFFFFFFF)
"""Factors are below 2³¹; saying so makes each product one 32-bit instruction."""


def prefix(
    elements: Array, m: int, inverse: float, terms: int, reduce: bool, threads: int
) -> Array:
    """All prefix products of (B, T, n, n) elements, or the last ones, (B, 1, n, n).

    Args:
        m: the modulus, and `inverse` the float u of `modular`.
        terms: how many products of two factors fit into one sum.
    """
    sequences, length, size, _ = elements.shape
    out = np.empty((sequences, 1 if reduce else length, size, size), np.uint64)
    rows = size if sequences >= 4 * threads else -(-size // threads)
    counters = np.zeros(1, np.int64)
    task = (elements, np.uint64(m), inverse, terms, rows, out, counters)
    run(scan_rows, task, threads)
    return out


@compiled
def scan_rows(
    elements: Any,
    m: Any,
    inverse: float,
    terms: int,
    rows: int,
    out: Any,
    counters: Any,
) -> None:
    """The kernel: whoever is free takes the next rows of the next sequence."""
    sequences, length, n, _ = elements.shape
    parts = (n + rows - 1) // rows
    state = np.empty((rows, n), np.uint64)
    total = np.empty(n, np.uint64)
    while True:
        ticket = fetch_add(counters, 0, 1)
        if ticket >= sequences * parts:
            return
        sequence, first = ticket // parts, ticket % parts * rows
        taken = min(rows, n - first)
        state[:] = 0
        for i in range(taken):
            state[i, first + i] = 1
        for t in range(length):
            matrix = elements[sequence, t]
            for i in range(taken):
                total[:] = 0
                for k in range(n):
                    x = state[i, k] & LOW
                    for j in range(n):
                        total[j] += x * (matrix[k, j] & LOW)
                    if k % terms == terms - 1 or k == n - 1:
                        for j in range(n):
                            q = np.uint64(np.float64(total[j]) * inverse)
                            r = total[j] - q * m
                            total[j] = min(r, r - m)
                state[i] = total
            if out.shape[1] > 1 or t == length - 1:
                out[sequence, t % out.shape[1], first : first + taken] = state[:taken]
