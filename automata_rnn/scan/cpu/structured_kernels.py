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

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.semiring import Array

Range = tuple[int, int]

NARROW = 8
"""Fewer columns than this do not fill vectors."""

BLOCK = 512
"""Steps whose few columns stay in the first-level cache."""


@compiled
def modulo(x: Any, m: Any, inverse: float) -> Any:
    """x mod m in uint64 for x < 2⁶³. As argued in `automata_rnn.scan.cpu.modular`, with
    its inverse the quotient is the true one or one less."""
    rest = x - np.uint64(np.float64(x) * inverse) * m
    return min(rest, rest - m)


@lru_cache(maxsize=2)
def gates(biased: bool) -> Callable[..., None]:
    """h ← h ⊙ a_t [+ b_t]; from h = 1 products of gates, from h = 0 their biases."""

    @compiled
    def gate(
        a: Any,
        b: Any,
        carry: Any,
        out: Any,
        sequences: Range,
        times: Range,
        columns: Range,
    ) -> None:
        low, high = columns
        keep = out.shape[1] > 0
        for s in range(sequences[0], sequences[1]):
            h = carry[s, low:high].copy()
            if high - low < NARROW:  # one column after the other, in a register
                for first in range(times[0], times[1], BLOCK):
                    end = min(first + BLOCK, times[1])
                    for j in range(low, high):
                        x = h[j - low]
                        for t in range(first, end):
                            x *= a[s, t, j]
                            if biased:
                                x += b[s, t, j]
                            if keep:
                                out[s, t, j] = x
                        h[j - low] = x
            else:
                for t in range(times[0], times[1]):
                    p, q = a[s, t, low:high], b[s, t, low:high]
                    for j in range(high - low):
                        h[j] = h[j] * p[j] + q[j] if biased else h[j] * p[j]
                    if keep:
                        row = out[s, t, low:high]
                        for j in range(high - low):
                            row[j] = h[j]
            carry[s, low:high] = h

    return gate


@compiled
def maps(
    f: Array, carry: Array, out: Array, sequences: Range, times: Range, columns: Range
) -> None:
    """q_j ← f_t(q_j) for some states q, (B, R); from all of them, the product's map."""
    low, high = columns
    for s in range(sequences[0], sequences[1]):
        q = carry[s, low:high].copy()
        for t in range(times[0], times[1]):
            p = f[s, t]
            for j in range(high - low):
                q[j] = p[q[j]]
            if out.shape[1] > 0:
                row = out[s, t, low:high]
                for j in range(high - low):
                    row[j] = q[j]
        carry[s, low:high] = q


@lru_cache(maxsize=2)
def moves(modular: bool) -> Callable[..., None]:
    """(f, d) ← (j ↦ f_t(f(j)), d_j · d_t[f(j)]): products of one-hot times diagonal."""

    @compiled
    def move(
        index: Any,
        scale: Any,
        f_carry: Any,
        d_carry: Any,
        f_out: Any,
        d_out: Any,
        m: int,
        inverse: float,
        sequences: Range,
        times: Range,
        columns: Range,
    ) -> None:
        low, high = columns
        for s in range(sequences[0], sequences[1]):
            f, d = f_carry[s, low:high].copy(), d_carry[s, low:high].copy()
            for t in range(times[0], times[1]):
                p, q = index[s, t], scale[s, t]
                for j in range(high - low):
                    i = f[j]
                    x = d[j] * q[i]
                    d[j] = modulo(x, m, inverse) if modular else x
                    f[j] = p[i]
                if f_out.shape[1] > 0:
                    f_row, d_row = f_out[s, t, low:high], d_out[s, t, low:high]
                    for j in range(high - low):
                        f_row[j] = f[j]
                        d_row[j] = d[j]
            f_carry[s, low:high], d_carry[s, low:high] = f, d

    return move


@lru_cache(maxsize=4)
def scatters(modular: bool, biased: bool) -> Callable[..., None]:
    """h'_j = Σ_{i: f_t(i) = j} h_i d_t[i] [+ b_t[j]], always for all columns."""

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
            h = carry[s].copy()
            for t in range(times[0], times[1]):
                p, q, r = index[s, t], scale[s, t], bias[s, t]
                total[:] = 0
                for i in range(n):
                    x = h[i] * q[i]
                    y = total[p[i]] + (modulo(x, m, inverse) if modular else x)
                    total[p[i]] = min(y, y - m) if modular else y
                if biased:
                    for j in range(n):
                        y = total[j] + r[j]
                        total[j] = min(y, y - m) if modular else y
                h, total = total, h
                if out.shape[1] > 0:
                    row = out[s, t]
                    for j in range(n):
                        row[j] = h[j]
            carry[s] = h

    return scatter
