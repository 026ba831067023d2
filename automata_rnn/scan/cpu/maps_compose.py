"""The map of a long word, as a product of the maps of its pieces.

In a vector of w ≤ 64 bytes one instruction composes two maps (`shuffle.then`). Four
chains over the quarters of a block hide the latency of the tables; words of several
letters shorten them. Any automaton of at most w states takes the same time: no guess
at states is made that could fail.
"""

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.maps_words import BLOCK, Words, final_table, pack, take
from automata_rnn.scan.cpu.shuffle import (
    as_maps,
    identity_map,
    load,
    store,
    then,
)
from automata_rnn.semiring import Array


class MapTables:
    """The maps of letters and of words, for kernels.

    Attributes:
        words: how letters become words.
        of_letters, of_words: (k,) and (words,) maps of dtype S16 or S64.
    """

    def __init__(self, successors: Array, words: Words, width: int) -> None:
        self.words = words
        self.of_letters = as_maps(successors, width)
        self.of_words = as_maps(final_table(successors, words), width)


@compiled
def quarters(words: Array, maps: Array, ends: Array) -> None:
    """ends[c] = the map of quarter c of `words`, whose length is a multiple of 4."""
    length = len(words) // 4
    p, q = words[:length], words[length : 2 * length]
    r, s = words[2 * length : 3 * length], words[3 * length :]
    a = b = c = d = identity_map(maps)
    for t in range(length):
        a = then(a, load(maps, p[t], 1))
        b = then(b, load(maps, q[t], 1))
        c = then(c, load(maps, r[t], 1))
        d = then(d, load(maps, s[t], 1))
    store(ends, 0, a)
    store(ends, 1, b)
    store(ends, 2, c)
    store(ends, 3, d)


@compiled
def extend(words: Array, maps: Array, ends: Array, product: Array) -> None:
    """product[0] = product[0] · (the map of all words), with room for 4 in `ends`."""
    whole = len(words) // 4 * 4
    quarters(words[:whole], maps, ends)
    chain = load(product, 0, 1)
    for c in range(4):
        chain = then(chain, load(ends, c, 1))
    for t in range(whole, len(words)):
        chain = then(chain, load(maps, words[t], 1))
    store(product, 0, chain)


@compiled
def word_map(
    codes: Array,
    letters: Array,
    packed: Array,
    k: int,
    bits: int,
    size: int,
    of_letters: Array,
    of_words: Array,
    product: Array,
) -> int:
    """product[0] = product[0] · (the map of all codes); the number of codes taken.

    Stops before a block that has a code ≥ k. `letters` and `packed` are buffers of
    BLOCK letters and words; product has room for 5 maps.
    """
    ends = product[1:]
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        here = letters[: len(block)]
        if take(block, here) >= k:
            return start
        if size == 1:
            extend(here, of_words, ends, product)
        else:
            words = pack(here, bits, size, packed)
            extend(words, of_words, ends, product)
            extend(here[len(words) * size :], of_letters, ends, product)
    return len(codes)


def identity_product(tables: MapTables) -> Array:
    """Room for the product of `word_map`, which starts as the identity."""
    width = tables.of_letters.itemsize
    return as_maps(np.tile(np.arange(width), (5, 1)), width)
