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
    check_successors,
    check_taken,
    check_threads,
    outside,
)
from automata_rnn.scan.cpu.maps_compose import MapTables, identity_product, word_map
from automata_rnn.scan.cpu.maps_jobs import Piece, announce, cut, share
from automata_rnn.scan.cpu.maps_walk import (
    CHAINS,
    LOOK_BACK,
    PIECE,
    WalkTables,
    meeting_state,
    walk_codes,
    walk_side_by_side,
)
from automata_rnn.scan.cpu.maps_words import BLOCK, Words, choose_words
from automata_rnn.scan.cpu.shuffle import map_width
from automata_rnn.semiring import Array

SHORT = 1 << 14
"""Words up to this length are walked at once: tables would take longer to build."""
GRAIN = 1 << 19
"""Letters that keep a thread busy for longer than it takes to start."""
NEAR, FAR = 1 << 15, 1 << 19
"""Bytes of tables that stay in the L1 and the L2 cache."""


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
    width = narrowest_map(successors.shape[1])
    if width and len(codes) > SHORT:
        tables = map_tables(successors, width, len(codes))
        pieces = cut(0, len(codes), threads)
        for product in products(codes, tables, pieces, threads):
            initial = int(product[initial])
        return initial
    return _walk(codes, successors, initial, threads)


def narrowest_map(states: int) -> int:
    """16 or 64 bytes for a map of these states, 0 if no instruction composes them."""
    widths = (width for width in (16, 64) if states <= width <= map_width())
    return next(widths, 0)


def map_tables(successors: Array, width: int, length: int) -> MapTables:
    """Maps of words that stay in the L1 cache and are few beside the letters."""
    most = min(NEAR, length // 4)
    words = choose_words(len(successors), width, item=1, most=most)
    return MapTables(successors, words, width)


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
        maps = (tables.of_letters, tables.of_words)
        taken = word_map(part, *buffers(part, words), *shape, *maps, product)
        check_taken(codes, (start, end), taken, words.letters)
        return product[:1].view(np.uint8)

    announce(word_map)
    return share(compose, pieces, threads)


def buffers(codes: Array, words: Words) -> tuple[Array, Array]:
    """Room for BLOCK letters, in bytes where they fit, and for as many words."""
    kind = np.uint8 if words.letters <= 256 else codes.dtype
    return np.empty(BLOCK, kind), np.empty(BLOCK, np.uint8)


def _walk(codes: Array, successors: Array, state: int, threads: int) -> int:
    """The final state through tables of words, by 4 chains for each thread if it
    forgets and by one otherwise."""
    k, n = successors.shape
    most = min(FAR, len(codes) // 8)
    words = choose_words(k, n, item=successors.itemsize, most=most)
    tables = WalkTables(successors, words)
    length = len(codes) // (threads * CHAINS) // PIECE * PIECE
    starts = _starts(codes, successors, state, length, threads * CHAINS)
    if starts is None:
        return _one_chain(codes, 0, tables, state)

    def side_by_side(thread: int) -> int:
        here = slice(thread * CHAINS, (thread + 1) * CHAINS)
        part = codes[here.start * length : here.stop * length]
        shape = (k, words.bits, words.size)
        states = starts[here]
        room = buffers(part, words)
        return int(walk_side_by_side(part, *room, *shape, tables.of_words, states))

    announce(walk_side_by_side)
    taken = share(side_by_side, [(thread,) for thread in range(threads)], threads)
    if min(taken) < length:
        raise outside(codes, 0, k)
    rest = length * threads * CHAINS
    return _one_chain(codes, rest, tables, int(starts[-1]))


def _starts(
    codes: Array, successors: Array, state: int, length: int, chains: int
) -> Array | None:
    """The states at multiples of `length`, if the automaton forgets before each."""
    if length < 4 * LOOK_BACK[-1]:
        return None
    starts = np.empty(chains, np.int64)
    starts[0] = state
    for chain in range(1, chains):
        before = codes[: chain * length]
        met = meeting_state(before, successors, effort=length // 16)
        if met is None:
            return None
        starts[chain] = met
    return starts


def _one_chain(codes: Array, start: int, tables: WalkTables, state: int) -> int:
    """The final state of the letters from `start` on."""
    words = tables.words
    part, end = codes[start:], np.array([state], np.int64)
    shape = (words.letters, words.bits, words.size)
    of_both = (tables.of_letters, tables.of_words)
    announce(walk_codes)
    taken = walk_codes(part, *buffers(part, words), *shape, *of_both, end)
    check_taken(codes, (start, len(codes)), taken, words.letters)
    return int(end[0])
