"""Small matrices modulo m, 16 chains at a time, one in each lane of a vector.

A chain is a stretch of a sequence, or the whole of it in a large batch. Stretches are
multiplied up first; the products of all stretches before each one are where it starts
when it is gone over again. Arithmetic as in `modular`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_threads import fetch_add, run
from automata_rnn.scan.cpu.vector import scalar
from automata_rnn.semiring import Array

LARGEST = 8
"""The largest n: two products and the elements of 16 chains are 24 KiB."""

LANES = 16
CHAINS = 8 * LANES
"""Chains that one call aims at, so that threads can share them."""

SHORTEST = 16
"""Steps that are worth a chain of their own."""

ZERO = np.uint64(0)
LOW = np.uint64(0xFFFFFFFF)
"""Factors are below 2³¹; saying so makes each product one 32-bit instruction."""


def prefix(
    elements: Array, m: int, inverse: float, terms: int, reduce: bool, threads: int
) -> Array:
    """All prefix products of (B, T, n, n) elements, or the (B, n, n) last ones, flat.

    Args:
        m: the modulus, and `inverse` the float u of `modular`.
        terms: how many products of two factors fit into one sum.
    """
    sequences, length, size, _ = elements.shape
    cuts = max(1, min(length // SHORTEST, -(-CHAINS // sequences)))
    stretch = length // cuts
    if cuts > 1 and stretch % 2 == 0:
        stretch -= 1  # chains a power of two apart would share a few lines of cache
    through, behind = _through(size, min(size, terms)), _behind(size, terms)
    modulus = (np.uint64(m), inverse)
    starts, totals = _identities(sequences, cuts, size), _identities(sequences, 1, size)
    flat, out = elements.reshape(-1), np.empty(0, np.uint64)
    if cuts > 1 or reduce:
        products, prefixes = starts.copy(), np.empty_like(starts)
        task = (flat, length, *modulus, products, cuts, stretch, out, _counters())
        run(through, task, threads)
        behind(products.reshape(-1), cuts, 0, *modulus, totals, prefixes.reshape(-1))
        starts[:, 1:] = prefixes[:, :-1]
    if not reduce:
        out = np.empty_like(flat)
        task = (flat, length, *modulus, starts, cuts, stretch, out, _counters())
        run(through, task, threads)
    behind(flat, length, cuts * stretch, *modulus, totals, out)
    return totals if reduce else out


def _identities(sequences: int, cuts: int, size: int) -> Array:
    identities = np.zeros((sequences, cuts, size * size), np.uint64)
    identities[..., :: size + 1] = 1
    return identities


def _counters() -> Array:
    return np.zeros(1, np.int64)


@lru_cache(maxsize=32)
def _through(size: int, terms: int) -> Callable[..., None]:
    """The kernel that multiplies its stretch onto each chain's state."""
    entries = size * size

    @compiled
    def through(
        elements: Any,
        length: int,
        m: Any,
        inverse: float,
        states: Any,
        cuts: int,
        stretch: int,
        out: Any,
        counters: Any,
    ) -> None:
        chains = states.shape[0] * cuts
        state = np.empty((entries, LANES), np.uint64)
        product = np.empty((entries, LANES), np.uint64)
        matrix = np.empty((entries, LANES), np.uint64)
        start = np.empty(LANES, np.int64)
        while True:
            first = LANES * fetch_add(counters, 0, 1)
            if first >= chains:
                return
            for c in range(LANES):
                chain = min(first + c, chains - 1)  # lanes left over repeat the last
                sequence, cut = chain // cuts, chain % cuts
                start[c] = (sequence * length + cut * stretch) * entries
                for e in range(entries):
                    state[e, c] = states[sequence, cut, e]
            for t in range(stretch):
                for c in range(LANES):
                    place = start[c] + t * entries
                    for e in range(entries):
                        matrix[e, c] = scalar(elements, place + e)
                for i in range(size):
                    for j in range(size):
                        for c in range(LANES):
                            total = ZERO
                            for k in range(size):
                                x, a = state[i * size + k, c], matrix[k * size + j, c]
                                total += (x & LOW) * (a & LOW)
                                if k % terms == terms - 1 or k == size - 1:
                                    q = np.uint64(np.float64(total) * inverse)
                                    r = total - q * m
                                    total = min(r, r - m)
                            product[i * size + j, c] = total
                state, product = product, state
                flat = state.reshape(-1)
                if len(out):
                    for c in range(LANES):
                        place = start[c] + t * entries
                        for e in range(entries):
                            out[place + e] = scalar(flat, e * LANES + c)
            if len(out) == 0:
                for chain in range(first, min(first + LANES, chains)):
                    for e in range(entries):
                        states[chain // cuts, chain % cuts, e] = state[e, chain - first]

    return through


@lru_cache(maxsize=32)
def _behind(size: int, terms: int) -> Callable[..., None]:
    """The kernel for one chain of each sequence, from step `first` to its end."""
    entries = size * size

    @compiled
    def behind(
        elements: Any,
        length: int,
        first: int,
        m: Any,
        inverse: float,
        totals: Any,
        out: Any,
    ) -> None:
        product = np.empty(entries, np.uint64)
        for sequence in range(len(totals)):
            state = totals[sequence, 0]
            for t in range(first, length):
                place = (sequence * length + t) * entries
                for i in range(size):
                    for j in range(size):
                        total = ZERO
                        for k in range(size):
                            x, a = state[i * size + k], elements[place + k * size + j]
                            total += (x & LOW) * (a & LOW)
                            if k % terms == terms - 1 or k == size - 1:
                                q = np.uint64(np.float64(total) * inverse)
                                r = total - q * m
                                total = min(r, r - m)
                        product[i * size + j] = total
                state[:] = product
                if len(out):
                    out[place : place + entries] = product

    return behind
