"""Loops over structured transitions, each O(n) per step.

Every kernel runs some sequences s over some times t, for some columns j of what it
carries, and takes these three ranges as its last arguments. Components of elements are
(B, T, n). A carry (B, n) is where each sequence starts and, afterwards, where it ends;
each state on the way is written to `out`, (B, T, n), unless that has no time axis left,
(B, 0, n). Modular numbers are uint64 below m ≤ 2³¹, others floats or complex numbers,
for which m and inverse are not used. Indices are unsigned and below n.

Loops do what the definition does, operation by operation and in its order, so even
floats are the same to the bit, from the same start.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from automata_rnn.scan.cpu.vector import compiled
from automata_rnn.semiring import Array

Range = tuple[int, int]


@compiled
def modulo(x: int, m: int, inverse: float) -> int:
    """x mod m in uint64 for x < 2⁶³. As argued in `automata_rnn.scan.cpu.modular`, with
    its inverse the quotient is the true one or one less."""
    rest = x - np.uint64(np.float64(x) * inverse) * m
    return min(rest, rest - m)


@compiled
def gates(
    a: Array, carry: Array, out: Array, sequences: Range, times: Range, columns: Range
) -> None:
    """h ← h ⊙ a_t; from h = 1 these are the products of gates."""
    for s in range(sequences[0], sequences[1]):
        h = carry[s]
        for t in range(times[0], times[1]):
            for j in range(columns[0], columns[1]):
                h[j] *= a[s, t, j]
            if out.shape[1] > 0:
                for j in range(columns[0], columns[1]):
                    out[s, t, j] = h[j]


@compiled
def biased_gates(
    a: Array,
    b: Array,
    carry: Array,
    out: Array,
    sequences: Range,
    times: Range,
    columns: Range,
) -> None:
    """h ← h ⊙ a_t + b_t; from h = 0 these are the biases of products."""
    for s in range(sequences[0], sequences[1]):
        h = carry[s]
        for t in range(times[0], times[1]):
            for j in range(columns[0], columns[1]):
                h[j] = h[j] * a[s, t, j] + b[s, t, j]
            if out.shape[1] > 0:
                for j in range(columns[0], columns[1]):
                    out[s, t, j] = h[j]


@compiled
def maps(
    f: Array, carry: Array, out: Array, sequences: Range, times: Range, columns: Range
) -> None:
    """q_j ← f_t(q_j) for some states q, (B, R); from all of them, the product's map."""
    for s in range(sequences[0], sequences[1]):
        q = carry[s]
        for t in range(times[0], times[1]):
            for j in range(columns[0], columns[1]):
                q[j] = f[s, t, q[j]]
            if out.shape[1] > 0:
                for j in range(columns[0], columns[1]):
                    out[s, t, j] = q[j]


@lru_cache(maxsize=2)
def moves(modular: bool) -> Callable[..., None]:
    """(f, d) ← (j ↦ f_t(f(j)), d_j · d_t[f(j)]): products of one-hot times diagonal."""

    @compiled
    def move(
        index: Array,
        scale: Array,
        f: Array,
        d: Array,
        f_out: Array,
        d_out: Array,
        m: int,
        inverse: float,
        sequences: Range,
        times: Range,
        columns: Range,
    ) -> None:
        for s in range(sequences[0], sequences[1]):
            for t in range(times[0], times[1]):
                for j in range(columns[0], columns[1]):
                    i = f[s, j]
                    x = d[s, j] * scale[s, t, i]
                    d[s, j] = modulo(x, m, inverse) if modular else x
                    f[s, j] = index[s, t, i]
                if f_out.shape[1] > 0:
                    for j in range(columns[0], columns[1]):
                        f_out[s, t, j] = f[s, j]
                        d_out[s, t, j] = d[s, j]

    return move


@lru_cache(maxsize=4)
def scatters(modular: bool, biased: bool) -> Callable[..., None]:
    """h'_j = Σ_{i: f_t(i) = j} h_i d_t[i] + b_t[j]; all columns, whatever the range."""

    @compiled
    def scatter(
        index: Any,
        scale: Any,
        bias: Any,
        carry: Any,
        out: Any,
        m: int,
        inverse: float,
        sequences: Range,
        times: Range,
        columns: Range,
    ) -> None:
        n = carry.shape[1]
        total = np.empty(n, carry.dtype)
        for s in range(sequences[0], sequences[1]):
            h = carry[s]
            for t in range(times[0], times[1]):
                total[:] = 0
                for i in range(n):
                    j = index[s, t, i]
                    x = h[i] * scale[s, t, i]
                    y = total[j] + (modulo(x, m, inverse) if modular else x)
                    total[j] = min(y, y - m) if modular else y
                for j in range(n):
                    x = total[j]
                    if biased:
                        x += bias[s, t, j]
                        x = min(x, x - m) if modular else x
                    h[j] = x
                    if out.shape[1] > 0:
                        out[s, t, j] = x

    return scatter
