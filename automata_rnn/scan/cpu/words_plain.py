"""States and products of matrices chosen by codes, as plain loops for any size.

A row times a matrix is Σ_i row_i A[i, :], four i at a time, so that the loop over
columns, which compilers turn into vectors, loads and stores the sum a quarter as often;
for n < 8 as n dot products.
"""

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.maps_words import BLOCK, pack, take
from automata_rnn.semiring import Array


@compiled
def row_times(row: Array, matrix: Array, out: Array) -> None:
    """out = row · matrix; `out` is another array."""
    n = len(row)
    if n < 8:
        for j in range(n):
            total = row[0] * matrix[0, j]
            for i in range(1, n):
                total += row[i] * matrix[i, j]
            out[j] = total
        return
    whole = n // 4 * 4
    out[:] = 0
    for i in range(0, whole, 4):
        a, b, c, d = row[i], row[i + 1], row[i + 2], row[i + 3]
        p, q, r, s = matrix[i], matrix[i + 1], matrix[i + 2], matrix[i + 3]
        for j in range(n):
            out[j] += (a * p[j] + b * q[j]) + (c * r[j] + d * s[j])
    for i in range(whole, n):
        a, p = row[i], matrix[i]
        for j in range(n):
            out[j] += a * p[j]


@compiled
def run_plainly(
    codes: Array, letters: Array, k: int, table: Array, state: Array, out: Array
) -> int:
    """out[t] = the state after codes[: t + 1]; the number of codes taken.

    Stops before a block that has a code ≥ k.
    """
    last = state
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        if take(block, letters[: len(block)]) >= k:
            return start
        for t in range(len(block)):
            here = out[start + t]
            row_times(last, table[letters[t]], here)
            last = here
    return len(codes)


@compiled
def _multiply(words: Array, table: Array, total: Array, room: Array) -> None:
    for t in range(len(words)):
        for i in range(len(total)):
            row_times(total[i], table[words[t]], room)
            for j in range(len(room)):
                total[i, j] = room[j]


@compiled
def multiply_plainly(
    codes: Array,
    letters: Array,
    packed: Array,
    k: int,
    bits: int,
    size: int,
    of_letters: Array,
    of_words: Array,
    total: Array,
) -> int:
    """total ← total · (the matrices of all codes); the number of codes taken.

    Stops before a block that has a code ≥ k.
    """
    room = np.empty(len(total), total.dtype)
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        here = letters[: len(block)]
        if take(block, here) >= k:
            return start
        if size == 1:
            _multiply(here, of_words, total, room)
        else:
            words = pack(here, bits, size, packed)
            _multiply(words, of_words, total, room)
            _multiply(here[len(words) * size :], of_letters, total, room)
    return len(codes)
