"""Words of several letters as one letter of a larger alphabet.

A letter below 2^b takes b bits, and a word of g letters, the first in the lowest bits,
is a number below 2^(b g). A table over words does g steps of an automaton at the price
of one look-up:

    final[w, q]  = the state after the word w from q,
    states[w, q] = all g states on the way, the first in the lowest bits.

Packing costs less than reading: letters are bytes, g of them are one unsigned integer
v, and v | v >> (8 - b) holds each pair in 2b adjacent bits; once more for fours and
eights.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.semiring import Array

BLOCK = 1 << 13
"""Letters that a kernel takes at once: they and their words stay in the L1 cache."""

LANES = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


@dataclass(frozen=True)
class Words:
    """How letters become words.

    Attributes:
        letters: k, the size of the alphabet.
        bits: b = 1, 2 or 4 bits for a letter; 8 where words are single letters.
        size: g = 1, 2, 4 or 8 letters in a word.
    """

    letters: int
    bits: int
    size: int

    @property
    def count(self) -> int:
        """How many words a table lists; some of them hold letters ≥ k."""
        return self.letters if self.size == 1 else 1 << (self.bits * self.size)


def choose_words(
    letters: int, states: int, item: int, most: int, *, every: bool = False
) -> Words:
    """The longest words whose table takes at most `most` bytes.

    A state takes `item` bytes. The table holds one state for each word and start, or
    with `every` all g of them, which must fit into 8 bytes.
    """
    bits = 1 if letters <= 2 else 2 if letters <= 4 else 4
    for size in (8, 4, 2):
        width = item * size if every else item
        fits = width <= 8 and (states * width) << (bits * size) <= most
        if letters <= 16 and bits * size <= 8 and fits:
            return Words(letters, bits, size)
    return Words(letters, 8, 1)


def _prefixes(successors: Array, words: Words) -> list[Array]:
    """For j = 1, …, g the states (2^(b j), n) after words of j letters."""
    if words.size == 1:
        return [successors]
    k, n = successors.shape
    padded = np.zeros((1 << words.bits, n), successors.dtype)
    padded[:k] = successors
    prefixes = [padded]
    while len(prefixes) < words.size:
        prefixes.append(padded[:, prefixes[-1]].reshape(-1, n))
    return prefixes


def final_table(successors: Array, words: Words) -> Array:
    """(words, n): the state after each word, from the states (k, n) after letters."""
    return _prefixes(successors, words)[-1]


def states_table(successors: Array, words: Words) -> Array:
    """(words, n) integers that hold the g states of each word."""
    bits = 8 * successors.itemsize
    lane = LANES[words.size * successors.itemsize]
    table = np.zeros((words.count, successors.shape[1]), lane)
    for j, prefix in enumerate(_prefixes(successors, words)):
        repeats = words.count // len(prefix)
        table |= np.tile(prefix.astype(lane) << lane(bits * j), (repeats, 1))
    return table


Build: TypeAlias = Callable[..., Any]

REMEMBERED = 1 << 14
"""Bytes of successors whose tables are kept for the next words."""


def remembered(build: Build, successors: Array, words: Words, width: int) -> Any:
    """build(successors, words, width), the same tables for the same automaton.

    To make them takes as long as 10⁶ letters.
    """
    if successors.nbytes > REMEMBERED:
        return build(successors, words, width)
    kind, data = successors.dtype.str, successors.tobytes()
    return _built(build, data, kind, successors.shape, words, width)


@lru_cache(maxsize=64)
def _built(
    build: Build, data: bytes, kind: str, shape: Any, words: Words, width: int
) -> Any:
    successors = np.frombuffer(data, kind).reshape(shape).copy()  # read-only arrays
    return build(successors, words, width)  # would have kernels compiled anew


def buffers(codes: Array, words: Words) -> tuple[Array, Array]:
    """Room for BLOCK letters, in bytes where they fit, and for as many words."""
    kind = np.uint8 if words.letters <= 256 else codes.dtype
    return np.empty(BLOCK, kind), np.empty(BLOCK, np.uint8)


@compiled
def take(codes: Array, letters: Array) -> Any:
    """letters[t] = codes[t] for all t, and the largest code."""
    highest = codes.dtype.type(0)
    for t in range(len(codes)):
        code = codes[t]
        letters[t] = code
        highest = max(highest, code)
    return highest


@compiled
def fold(lanes: Array, bits: int, words: Array) -> None:
    """words[i] = the word of the letters in lanes[i], for all words.

    The shifts are written modulo the width of a lane, so that loops are compiled with
    lanes as narrow as they are.
    """
    width = np.iinfo(lanes.dtype).bits
    kind = lanes.dtype.type
    once = kind(8 - bits) if width > 8 else kind(0)
    twice = kind(2 * (8 - bits)) if width > 16 else kind(0)
    thrice = kind(4 * (8 - bits)) if width > 32 else kind(0)
    for i in range(len(words)):
        lane = lanes[i]
        lane |= lane >> (once & kind(width - 1))
        lane |= lane >> (twice & kind(width - 1))
        lane |= lane >> (thrice & kind(width - 1))
        words[i] = lane & kind(255)


@compiled
def pack(letters: Array, bits: int, size: int, words: Array) -> Array:
    """The words of whole groups of `size` letters, in the buffer `words`.

    `letters` starts at a multiple of 8 bytes; at most size - 1 letters remain.
    """
    count = len(letters) // size
    whole = letters[: count * size]
    if size == 2:
        fold(whole.view(np.uint16), bits, words[:count])
    elif size == 4:
        fold(whole.view(np.uint32), bits, words[:count])
    else:
        fold(whole.view(np.uint64), bits, words[:count])
    return words[:count]
