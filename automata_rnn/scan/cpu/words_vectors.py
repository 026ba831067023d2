"""States and products of 4 × 4 matrices chosen by words, in vector registers.

A vector of 16 lanes is a matrix P, row after row, or the 4 states of a word. With the
product G of a word's matrices, and with E = [A_1 | A_1 A_2 | …] beside each other
(4 × 16), a word of 4 letters costs as much as one letter:

    P ← P G,   [h_1 h_2 h_3 h_4] = h_0 E.

Four chains over the quarters of a block hide the latency of the multiplications; their
starts come from the products of the quarters before them.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.maps_words import BLOCK, pack, take
from automata_rnn.scan.cpu.shuffle import fence, load, put, store
from automata_rnn.scan.cpu.vector import at, intrinsic, shuffle, times, times_plus
from automata_rnn.scan.cpu.vector import load as load_numbers
from automata_rnn.semiring import Array

N = 4
SQUARE = N * N


def _combine(b: Any, factors: list[Any], rows: list[Any]) -> Any:
    """Σ_k factors[k] · rows[k], lane by lane, as two chains of fused steps."""
    x, y = (times(b, "real", factors[k], rows[k]) for k in (0, 1))
    x, y = (times_plus(b, "real", factors[k], rows[k], z) for k, z in ((2, x), (3, y)))
    return b.fadd(x, y)


@intrinsic
def times_matrix(typing: Any, rows: Any, table: Any, index: Any) -> Any:
    """P · A for the matrix that starts at table[index]."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        data = context.make_array(table)(context, b, values[1]).data
        base = b.gep(data, [values[2]])
        right = [
            shuffle(b, load_numbers(b, at(b, base, N * k), N), list(range(N)) * N)
            for k in range(N)
        ]
        left = [
            shuffle(b, values[0], [lane // N * N + k for lane in range(SQUARE)])
            for k in range(N)
        ]
        return _combine(b, left, right)

    return rows(rows, table, index), build


@intrinsic
def expand(typing: Any, states: Any, table: Any, index: Any) -> Any:
    """The 4 states h · E after the last of `states`, for the E at table[index]."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        data = context.make_array(table)(context, b, values[1]).data
        base = b.gep(data, [values[2]])
        right = [load_numbers(b, at(b, base, SQUARE * k), SQUARE) for k in range(N)]
        last = shuffle(b, values[0], [SQUARE - N + lane % N for lane in range(SQUARE)])
        left = [
            shuffle(b, last, [lane // N * N + k for lane in range(SQUARE)])
            for k in range(N)
        ]
        return _combine(b, left, right)

    return states(states, table, index), build


@compiled
def multiply_quarters(words: Array, products: Array, ends: Array) -> None:
    """ends[16 c :] = the matrix of quarter c < 4 of the words, a multiple of 4."""
    length = len(words) // 4
    p, q = words[:length], words[length : 2 * length]
    r, s = words[2 * length : 3 * length], words[3 * length :]
    for i in range(SQUARE):
        ends[i] = i % (N + 1) == 0
    a = b = c = d = load(ends, 0, SQUARE)
    for t in range(length):
        a = times_matrix(a, products, np.int64(p[t]) * SQUARE)
        b = times_matrix(b, products, np.int64(q[t]) * SQUARE)
        c = times_matrix(c, products, np.int64(r[t]) * SQUARE)
        d = times_matrix(d, products, np.int64(s[t]) * SQUARE)
    store(ends, 0, a)
    store(ends, SQUARE, b)
    store(ends, 2 * SQUARE, c)
    store(ends, 3 * SQUARE, d)


@compiled
def multiply_words(words: Array, products: Array, ends: Array, total: Array) -> None:
    """total ← total · (the matrices of all words)."""
    whole = len(words) // 4 * 4
    multiply_quarters(words[:whole], products, ends)
    chain = load(total, 0, SQUARE)
    for c in range(4):
        chain = times_matrix(chain, ends, c * SQUARE)
    for t in range(whole, len(words)):
        chain = times_matrix(chain, products, np.int64(words[t]) * SQUARE)
    store(total, 0, chain)


@compiled
def multiply_codes(
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

    Stops before a block that has a code ≥ k. The tables hold 16 numbers for each letter
    and word; the buffers have room for BLOCK letters.
    """
    ends = np.empty(4 * SQUARE, total.dtype)
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        here = letters[: len(block)]
        if take(block, here) >= k:
            return start
        if size == 1:
            multiply_words(here, of_words, ends, total)
        else:
            words = pack(here, bits, size, packed)
            multiply_words(words, of_words, ends, total)
            multiply_words(here[len(words) * size :], of_letters, ends, total)
    return len(codes)


@compiled
def run_quarters(
    words: Array, expansions: Array, starts: Array, lines: Array, streaming: bool
) -> None:
    """lines[16 t :] = the states of word t, from starts[16 c + 12 :] in quarter c."""
    length = len(words) // 4
    p, q = words[:length], words[length : 2 * length]
    r, s = words[2 * length : 3 * length], words[3 * length :]
    step = SQUARE * length
    a, b = load(starts, 0, SQUARE), load(starts, SQUARE, SQUARE)
    c, d = load(starts, 2 * SQUARE, SQUARE), load(starts, 3 * SQUARE, SQUARE)
    for t in range(length):
        a = expand(a, expansions, np.int64(p[t]) * (N * SQUARE))
        b = expand(b, expansions, np.int64(q[t]) * (N * SQUARE))
        c = expand(c, expansions, np.int64(r[t]) * (N * SQUARE))
        d = expand(d, expansions, np.int64(s[t]) * (N * SQUARE))
        here = SQUARE * t
        put(lines, here, a, streaming)
        put(lines, here + step, b, streaming)
        put(lines, here + 2 * step, c, streaming)
        put(lines, here + 3 * step, d, streaming)
    store(starts, 3 * SQUARE, d)


@compiled
def run_words(
    words: Array,
    products: Array,
    expansions: Array,
    ends: Array,
    starts: Array,
    lines: Array,
    streaming: bool,
) -> None:
    """lines = the states of all words, from starts[12:16], which becomes the last."""
    whole = len(words) // 4 * 4
    if whole:
        multiply_quarters(words[:whole], products, ends)
        for c in range(3):
            here = load(starts, c * SQUARE, SQUARE)
            there = times_matrix(here, ends, c * SQUARE)
            store(starts, (c + 1) * SQUARE, there)
        run_quarters(words[:whole], expansions, starts, lines, streaming)
        store(starts, 0, load(starts, 3 * SQUARE, SQUARE))
    chain = load(starts, 0, SQUARE)
    for t in range(whole, len(words)):
        chain = expand(chain, expansions, np.int64(words[t]) * (N * SQUARE))
        put(lines, SQUARE * t, chain, streaming)
    store(starts, 0, chain)


@compiled
def run_codes(
    codes: Array,
    letters: Array,
    packed: Array,
    lines: Array,
    k: int,
    of_letters: Array,
    of_words: Array,
    expansions: Array,
    state: Array,
    out: Array,
    streaming: bool,
) -> int:
    """out[t] = the state after codes[: t + 1]; the number of codes taken.

    Letters have 2 bits and words 4 letters. Stops before a block that has a code ≥ k.
    `state` holds 4 numbers; `lines` has room for 4 BLOCK numbers, where `out`, (T, n),
    has fewer than 4 columns.
    """
    ends = np.empty(4 * SQUARE, out.dtype)
    starts = np.zeros(4 * SQUARE, out.dtype)
    starts[SQUARE - N : SQUARE] = state
    n = out.shape[1]
    flat = out.reshape(-1)
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        here = letters[: len(block)]
        if take(block, here) >= k:
            return start
        words = pack(here, 2, 4, packed)
        done = 4 * len(words)
        direct = n == N and done == len(here)
        target = flat[start * N :] if direct else lines
        streamed = streaming and direct
        run_words(words, of_words, expansions, ends, starts, target, streamed)
        for t in range(done, len(here)):
            chain = load(starts, 0, SQUARE)
            chain = times_matrix(chain, of_letters, np.int64(here[t]) * SQUARE)
            store(starts, 0, chain)
            lines[N * t : N * (t + 1)] = starts[SQUARE - N : SQUARE]
        if not direct:
            for t in range(len(here)):
                for j in range(n):
                    out[start + t, j] = lines[N * t + j]
    fence()
    return len(codes)
