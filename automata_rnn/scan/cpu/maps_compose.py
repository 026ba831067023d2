"""The map of a long word, as a product of the maps of its pieces.

In a vector of w ≤ 64 bytes one instruction composes two maps (`shuffle.then`). Four
chains over the quarters of a block hide the latency of the tables; words of several
letters shorten them. Any automaton of at most w states takes the same time: no guess
at states is made that could fail.
"""

from typing import Any, NamedTuple

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


class MapTables(NamedTuple):
    """The maps of letters and of words, for kernels.

    Attributes:
        words: how letters become words.
        width: as many zeros as a map has states.
        of_letters, of_words: k and `words.count` maps.
    """

    words: Words
    width: tuple[int, ...]
    of_letters: Array
    of_words: Array


def tabulate_maps(successors: Array, words: Words, width: int) -> MapTables:
    """The tables for successors (k, n) with n ≤ width."""
    of_words = as_maps(final_table(successors, words), width)
    return MapTables(words, (0,) * width, as_maps(successors, width), of_words)


@compiled
def quarters(words: Array, width: Any, maps: Array, ends: Array) -> None:
    """ends = the maps of the quarters of `words`, whose length is a multiple of 4."""
    length, w = len(words) // 4, np.int64(len(width))
    p, q = words[:length], words[length : 2 * length]
    r, s = words[2 * length : 3 * length], words[3 * length :]
    a = b = c = d = identity_map(width)
    for t in range(length):
        a = then(a, load(maps, p[t] * w, width))
        b = then(b, load(maps, q[t] * w, width))
        c = then(c, load(maps, r[t] * w, width))
        d = then(d, load(maps, s[t] * w, width))
    store(ends, 0, a)
    store(ends, w, b)
    store(ends, 2 * w, c)
    store(ends, 3 * w, d)


@compiled
def extend(words: Array, width: Any, maps: Array, ends: Array, product: Array) -> None:
    """The first map of `product` is multiplied by that of all words; `ends` has room
    for 4 maps."""
    whole, w = len(words) // 4 * 4, np.int64(len(width))
    quarters(words[:whole], width, maps, ends)
    chain = load(product, 0, width)
    for c in range(4):
        chain = then(chain, load(ends, c * w, width))
    for t in range(whole, len(words)):
        chain = then(chain, load(maps, words[t] * w, width))
    store(product, 0, chain)


@compiled
def word_map(
    codes: Array,
    letters: Array,
    packed: Array,
    k: int,
    bits: int,
    size: int,
    width: Any,
    of_letters: Array,
    of_words: Array,
    product: Array,
) -> int:
    """`extend` by the map of all codes; the number of codes taken.

    Stops before a block that has a code ≥ k. `letters` and `packed` are buffers of
    BLOCK letters and words; product has room for 5 maps.
    """
    ends = product[len(width) :]
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        here = letters[: len(block)]
        if take(block, here) >= k:
            return start
        if size == 1:
            extend(here, width, of_words, ends, product)
        else:
            words = pack(here, bits, size, packed)
            extend(words, width, of_words, ends, product)
            rest = here[len(words) * size :]
            extend(rest, width, of_letters, ends, product)
    return len(codes)


def identity_product(tables: MapTables) -> Array:
    """Room for the product of `word_map`, which starts as the identity."""
    width = len(tables.width)
    return as_maps(np.tile(np.arange(width), (5, 1)), width)
