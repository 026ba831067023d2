"""Rows of up to 16 numbers times matrices chosen by codes, in vector registers.

A row h of n ≤ w lanes, w = 4, 8 or 16, stays in a register:

    h A = Σ_i h_i A[i, :],

one fused step for each i, in four chains. Tables are padded with zeros to (k, w, w).
Kernels take w as a tuple of w zeros, whose length is part of its type.
"""

from typing import Any

import numpy as np
from numba import types

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.maps_words import BLOCK, pack, take
from automata_rnn.scan.cpu.shuffle import load, store
from automata_rnn.scan.cpu.vector import at, intrinsic, shuffle, times, times_plus
from automata_rnn.scan.cpu.vector import load as load_numbers
from automata_rnn.semiring import Array

LANES = (4, 8, 16)


@intrinsic
def row_times(typing: Any, row: Any, table: Any, index: Any) -> Any:
    """row · A for the matrix (w, w) that starts at table[index]."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        data = context.make_array(table)(context, b, values[1]).data
        base, w = b.gep(data, [values[2]]), row.count
        sums: list[Any] = []
        for i in range(w):
            factor = shuffle(b, values[0], [i] * w)
            right = load_numbers(b, at(b, base, w * i), w)
            if i < 4:
                sums.append(times(b, "real", factor, right))
            else:
                sums[i % 4] = times_plus(b, "real", factor, right, sums[i % 4])
        return b.fadd(b.fadd(sums[0], sums[1]), b.fadd(sums[2], sums[3]))

    return row(row, table, types.int64), build


@compiled
def run_rows(
    codes: Array,
    letters: Array,
    lanes: Any,
    k: int,
    table: Array,
    state: Array,
    out: Array,
) -> int:
    """out[t] = the state after codes[: t + 1]; the number of codes taken.

    Stops before a block that has a code ≥ k. `state` holds w numbers; `table` is flat.
    """
    w, n = len(lanes), out.shape[1]
    row, buffer = load(state, 0, lanes), np.empty(w, out.dtype)
    flat = out.reshape(-1)
    inside = len(flat) - w
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        if take(block, letters[: len(block)]) >= k:
            return start
        for t in range(len(block)):
            row = row_times(row, table, np.int64(letters[t]) * (w * w))
            here = (start + t) * n
            if here <= inside:
                store(flat, here, row)
            else:
                store(buffer, 0, row)
                for j in range(n):
                    flat[here + j] = buffer[j]
    return len(codes)


@compiled
def _multiply(words: Array, lanes: Any, table: Array, total: Array) -> None:
    """total (w w,) ← total · (the matrices of all words), four rows at a time."""
    w = len(lanes)
    for i in range(0, w * w, 4 * w):
        a, b = load(total, i, lanes), load(total, i + w, lanes)
        c, d = load(total, i + 2 * w, lanes), load(total, i + 3 * w, lanes)
        for t in range(len(words)):
            index = np.int64(words[t]) * (w * w)
            a, b = row_times(a, table, index), row_times(b, table, index)
            c, d = row_times(c, table, index), row_times(d, table, index)
        store(total, i, a)
        store(total, i + w, b)
        store(total, i + 2 * w, c)
        store(total, i + 3 * w, d)


@compiled
def multiply_rows(
    codes: Array,
    letters: Array,
    packed: Array,
    lanes: Any,
    k: int,
    bits: int,
    size: int,
    of_letters: Array,
    of_words: Array,
    total: Array,
) -> int:
    """total ← total · (the matrices of all codes); the number of codes taken.

    Stops before a block that has a code ≥ k. The tables and `total` are flat.
    """
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        here = letters[: len(block)]
        if take(block, here) >= k:
            return start
        if size == 1:
            _multiply(here, lanes, of_words, total)
        else:
            words = pack(here, bits, size, packed)
            _multiply(words, lanes, of_words, total)
            _multiply(here[len(words) * size :], lanes, of_letters, total)
    return len(codes)
