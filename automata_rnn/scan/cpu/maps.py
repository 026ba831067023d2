"""The final state of a DFA, and what its words do.

    h_t = successors[codes_t, h_{t-1}],  final = h_T.

With n ≤ 16 states, or n ≤ 64 on processors with AVX-512 VBMI, the word is composed as
a map, in pieces and by any number of threads (`maps_compose`). Larger automata are
walked through tables of words, side by side where they forget their past (`maps_walk`).
Results are exact, the same on every path.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.maps_checks import (
    check_codes,
    check_initial,
    check_range,
    check_successors,
    check_taken,
    check_threads,
)
from automata_rnn.scan.cpu.maps_compose import (
    MapTables,
    identity_product,
    tabulate_maps,
    word_map,
)
from automata_rnn.scan.cpu.maps_jobs import Piece, cut, share
from automata_rnn.scan.cpu.maps_walk import walk, walk_all, walk_final
from automata_rnn.scan.cpu.maps_words import buffers, choose_words, remembered
from automata_rnn.scan.cpu.shuffle import map_width
from automata_rnn.semiring import Array

SHORT = 1 << 14
"""Words up to this length are walked at once: tables would take longer to build."""
GRAIN = 1 << 19
"""Letters that keep a thread busy for longer than it takes to start."""
NEAR = 1 << 15
"""Bytes of tables that stay in the L1 cache."""


def dfa_final(
    codes: Any, successors: Any, initial: int, *, threads: int | None = None
) -> int:
    """The state of a DFA after a word.

    Args:
        codes: letters (T,), uint8, uint16 or uint32.
        successors: (k, n); letter c leads from state q to successors[c, q].
        initial: the state before the first letter.
        threads: at most this many; all processors by default.

    Raises:
        ValueError: codes ≥ k, shapes that do not fit, states outside 0, …, n - 1;
            TypeError for other dtypes.

    >>> import numpy as np
    >>> parity = [[0, 1], [1, 0]]
    >>> dfa_final(np.array([0, 1, 1, 1], np.uint8), parity, 0)
    1
    """
    codes, successors = check_codes(codes), check_successors(successors)
    initial = check_initial(initial, successors.shape[1])
    threads = check_threads(threads, len(codes), GRAIN)
    if len(codes) <= SHORT:
        check_range(codes, len(successors))
        return int(walk(codes, successors, initial))
    width = narrowest_map(successors, len(codes))
    if width:
        tables = map_tables(successors, width, len(codes))
        pieces = cut(0, len(codes), threads)
        for product in products(codes, tables, pieces, threads):
            initial = int(product[initial])
        return initial
    return walk_final(codes, successors, initial, threads)


def dfa_map(codes: Any, successors: Any, *, threads: int | None = None) -> Array:
    """What a word does to every state: the map (n,), of the dtype of `dfa_states`.

    Args and errors are those of `dfa_final`.

    >>> import numpy as np
    >>> dfa_map(np.array([0, 1, 1, 1], np.uint8), [[0, 1], [1, 0]])
    array([1, 0], dtype=uint8)
    """
    codes, successors = check_codes(codes), check_successors(successors)
    threads = check_threads(threads, len(codes), GRAIN)
    width = narrowest_map(successors, len(codes))
    total = np.arange(successors.shape[1], dtype=successors.dtype)
    if not width or len(codes) <= SHORT:
        check_range(codes, len(successors))
        walk_all(codes, successors, total)
        return total
    tables = map_tables(successors, width, len(codes))
    for product in products(codes, tables, cut(0, len(codes), threads), threads):
        total = product[total]
    return total


def narrowest_map(successors: Array, length: int) -> int:
    """16 or 64 bytes for a map of the states; 0 if no instruction composes them, or if
    the alphabet is so large that tables would take longer to build."""
    k, n = successors.shape
    widths = (width for width in (16, 64) if n <= width <= map_width())
    width = next(widths, 0)
    return width if length > k * width else 0


def map_tables(successors: Array, width: int, length: int) -> MapTables:
    """Maps of words that stay in the L1 cache and are few beside the letters."""
    most = min(NEAR, length // 4)
    words = choose_words(len(successors), width, 1, most)
    tables: MapTables = remembered(tabulate_maps, successors, words, width)
    return tables


def products(
    codes: Array, tables: MapTables, pieces: list[Piece], threads: int
) -> list[Array]:
    """The maps (w,) of pieces of the word.

    Raises:
        ValueError: codes outside the table.
    """
    words = tables.words

    def compose(start: int, end: int) -> Array:
        part, product = codes[start:end], identity_product(tables)
        shape = (words.letters, words.bits, words.size)
        taken = word_map(part, *buffers(part, words), *shape, *tables[1:], product)
        check_taken(codes, (start, end), taken, words.letters)
        return product[: len(tables.width)]

    return share(compose, pieces, threads)
