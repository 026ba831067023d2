"""Walks through tables of words, for automata of any size.

A walk waits for its table at every step, so several steps are taken by one look-up
(`maps_words`), and four walks run side by side where their starts are known. They are
known where the automaton forgets: if all n states lead to the same one over the letters
just before a start, that is the start, whatever came earlier. An automaton that never
forgets, such as a permutation automaton, is walked by one chain.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.maps_words import BLOCK, Words, final_table, pack, take
from automata_rnn.scan.cpu.vector import compiled
from automata_rnn.semiring import Array

CHAINS = 4
PIECE = BLOCK // CHAINS
LOOK_BACK = (64, 512, 4096)
"""Letters before a start over which all states are followed, until they meet."""
STRIDE = 16
"""Letters after which states that met are merged."""


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


@compiled
def follow(codes: Array, table: Array, states: Array) -> None:
    """states[i] ← the state after all codes, from states[i]."""
    for t in range(len(codes)):
        row = table[codes[t]]
        for i in range(len(states)):
            states[i] = row[states[i]]


def meeting_state(before: Array, successors: Array, effort: int) -> int | None:
    """The state to which every state leads over some last letters of `before`.

    Follows all states over longer and longer stretches, merging those that met; at
    most about `effort` steps for each stretch. None if they do not meet.
    """
    k, n = successors.shape
    for length in LOOK_BACK:
        states = np.arange(n, dtype=successors.dtype)
        window = before[-length:]
        spent = 0
        for start in range(0, len(window), STRIDE):
            piece = window[start : start + STRIDE]
            spent += len(piece) * len(states)
            if spent > effort or int(piece.max()) >= k:
                return None
            follow(piece, successors, states)
            states = np.unique(states)
        if len(states) == 1:
            return int(states[0])
    return None
