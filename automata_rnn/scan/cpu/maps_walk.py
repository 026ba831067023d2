"""Walks through tables of words, for automata of any size.

A walk waits for its table at every step, so several steps are taken by one look-up
(`maps_words`), and four walks run side by side where their starts are known
(`maps_forget`). Elsewhere one chain walks.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.maps_checks import check_taken, outside
from automata_rnn.scan.cpu.maps_forget import starts_if_forgotten
from automata_rnn.scan.cpu.maps_jobs import share
from automata_rnn.scan.cpu.maps_words import (
    BLOCK,
    Words,
    buffers,
    choose_words,
    final_table,
    pack,
    take,
)
from automata_rnn.semiring import Array

CHAINS = 4
PIECE = BLOCK // CHAINS
FAR = 1 << 19
"""Bytes of tables that stay in the L2 cache."""


class WalkTables:
    """Final states of letters and words, for kernels.

    Attributes:
        words: how letters become words.
        of_letters, of_words: (k, n) and (words, n) states.
    """

    def __init__(self, successors: Array, words: Words) -> None:
        self.words = words
        self.of_letters = successors
        self.of_words = final_table(successors, words)


@compiled
def walk_all(codes: Array, successors: Array, states: Array) -> None:
    """Every state ← the state after the word."""
    for code in codes:
        successor = successors[code]
        for j in range(len(states)):
            states[j] = successor[states[j]]


@compiled
def walk(words: Array, table: Array, state: Any) -> Any:
    """The state after all words, from `state`."""
    flat, stride = table.reshape(-1), np.uint64(table.shape[1])
    q = np.uint64(state)
    for t in range(len(words)):
        q = np.uint64(flat[np.uint64(words[t]) * stride + q])
    return np.int64(q)


@compiled
def walk_quarters(words: Array, table: Array, states: Array) -> None:
    """states[c] ← the state after quarter c of `words`, from states[c], c < 4."""
    flat, stride = table.reshape(-1), np.uint64(table.shape[1])
    length = len(words) // 4
    p, q = words[:length], words[length : 2 * length]
    r, s = words[2 * length : 3 * length], words[3 * length :]
    a, b = np.uint64(states[0]), np.uint64(states[1])
    c, d = np.uint64(states[2]), np.uint64(states[3])
    for t in range(length):
        a = np.uint64(flat[np.uint64(p[t]) * stride + a])
        b = np.uint64(flat[np.uint64(q[t]) * stride + b])
        c = np.uint64(flat[np.uint64(r[t]) * stride + c])
        d = np.uint64(flat[np.uint64(s[t]) * stride + d])
    states[0], states[1], states[2], states[3] = a, b, c, d


@compiled
def walk_codes(
    codes: Array,
    letters: Array,
    packed: Array,
    k: int,
    bits: int,
    size: int,
    of_letters: Array,
    of_words: Array,
    state: Array,
) -> int:
    """state[0] ← the state after all codes; the number of codes taken.

    Stops before a block that has a code ≥ k. The buffers have room for BLOCK letters.
    """
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        here = letters[: len(block)]
        if take(block, here) >= k:
            return start
        if size == 1:
            state[0] = walk(here, of_words, state[0])
        else:
            words = pack(here, bits, size, packed)
            state[0] = walk(words, of_words, state[0])
            state[0] = walk(here[len(words) * size :], of_letters, state[0])
    return len(codes)


@compiled
def walk_side_by_side(
    codes: Array,
    letters: Array,
    packed: Array,
    k: int,
    bits: int,
    size: int,
    of_words: Array,
    states: Array,
) -> int:
    """`walk_codes` for each quarter of the codes from states[c]; pieces taken.

    The length is a multiple of 4 PIECE; stops before pieces that have a code ≥ k.
    """
    length = len(codes) // CHAINS
    for start in range(0, length, PIECE):
        highest = codes.dtype.type(0)
        for c in range(CHAINS):
            first = c * length + start
            here = letters[c * PIECE : (c + 1) * PIECE]
            highest = max(highest, take(codes[first : first + PIECE], here))
        if highest >= k:
            return start
        if size == 1:
            walk_quarters(letters, of_words, states)
        else:
            walk_quarters(pack(letters, bits, size, packed), of_words, states)
    return length


def walk_final(codes: Array, successors: Array, state: int, threads: int) -> int:
    """The final state through tables of words, by 4 chains for each thread if it
    forgets and by one otherwise."""
    k, n = successors.shape
    most = min(FAR, len(codes) // 8)
    words = choose_words(k, n, successors.itemsize, most)
    tables = WalkTables(successors, words)
    length = len(codes) // (threads * CHAINS * PIECE) * PIECE
    chains = threads * CHAINS
    starts = starts_if_forgotten(codes, successors, state, length, chains)
    if starts is None:
        return _one_chain(codes, 0, tables, state)

    ends = np.array(starts, np.int64)

    def side_by_side(thread: int) -> int:
        here = slice(thread * CHAINS, (thread + 1) * CHAINS)
        part = codes[here.start * length : here.stop * length]
        shape = (k, words.bits, words.size)
        states, room = ends[here], buffers(part, words)
        return int(walk_side_by_side(part, *room, *shape, tables.of_words, states))

    taken = share(side_by_side, [(thread,) for thread in range(threads)], threads)
    if min(taken) < length:
        raise outside(codes, 0, k)
    rest = length * chains
    return _one_chain(codes, rest, tables, int(ends[-1]))


def _one_chain(codes: Array, start: int, tables: WalkTables, state: int) -> int:
    """The final state of the letters from `start` on."""
    words = tables.words
    part, end = codes[start:], np.array([state], np.int64)
    shape = (words.letters, words.bits, words.size)
    of_both = (tables.of_letters, tables.of_words)
    taken = walk_codes(part, *buffers(part, words), *shape, *of_both, end)
    check_taken(codes, (start, len(codes)), taken, words.letters)
    return int(end[0])
