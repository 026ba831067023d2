"""All states of a DFA on its way through a word.

    h_t = successors[codes_t, h_{t-1}],  t = 1, …, T.

Each thread has one stretch of the word; the states between stretches come from the maps
of what lies before them (`maps.products`), which all threads compose together. Without
the instructions for maps, or with too many states for them, they are known where the
automaton forgets (`maps_forget`); otherwise one chain walks through a table of words
(`maps_runs`). Results are exact, the same on every path.
"""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from automata_rnn.scan.cpu.maps import (
    GRAIN,
    NEAR,
    SHORT,
    map_tables,
    narrowest_map,
    products,
)
from automata_rnn.scan.cpu.maps_checks import (
    check_codes,
    check_initial,
    check_range,
    check_successors,
    check_taken,
    check_threads,
)
from automata_rnn.scan.cpu.maps_forget import starts_if_forgotten
from automata_rnn.scan.cpu.maps_jobs import (
    Piece,
    cut,
    cut_before_last,
    share,
)
from automata_rnn.scan.cpu.maps_runs import run, run_codes
from automata_rnn.scan.cpu.maps_words import (
    BLOCK,
    LANES,
    Words,
    buffers,
    choose_words,
    final_table,
    remembered,
    states_table,
)
from automata_rnn.scan.cpu.shuffle import as_maps
from automata_rnn.semiring import Array

CACHED = 1 << 24
"""Bytes up to which the output is left in the caches."""


def dfa_states(
    codes: Any,
    successors: Any,
    initial: int,
    *,
    out: Array | None = None,
    threads: int | None = None,
) -> Array:
    """The states (T,) of a DFA after each letter of a word.

    Args:
        codes: letters (T,), uint8, uint16 or uint32.
        successors: (k, n); letter c leads from state q to successors[c, q].
        initial: the state before the first letter.
        out: where to write: (T,), uint8 for n ≤ 256, else uint16, or uint32 for
            n > 65536; new by default. After an error its content is unspecified.
        threads: at most this many; all processors by default.

    Raises:
        ValueError: codes ≥ k, shapes that do not fit, states outside 0, …, n - 1;
            TypeError for other dtypes.

    >>> import numpy as np
    >>> parity = [[0, 1], [1, 0]]
    >>> dfa_states(np.array([0, 1, 1, 1], np.uint8), parity, 0)
    array([0, 1, 0, 1], dtype=uint8)
    """
    codes, successors = check_codes(codes), check_successors(successors)
    initial = check_initial(initial, successors.shape[1])
    threads = check_threads(threads, len(codes), GRAIN)
    if out is None:
        out = np.empty(len(codes), successors.dtype)
    _check_out(out, codes, successors)
    direct = out.flags.c_contiguous and not np.may_share_memory(codes, out)
    target = out if direct else np.empty_like(out, order="C")
    _run(codes, successors, initial, target, threads)
    if not direct:
        out[:] = target
    return out


def _check_out(out: Array, codes: Array, successors: Array) -> None:
    if out.dtype != successors.dtype:
        raise TypeError(f"out: wanted {successors.dtype}, got {out.dtype}")
    if out.shape != codes.shape:
        raise ValueError(f"out: wanted shape {codes.shape}, got {out.shape}")
    if not out.flags.writeable:
        raise ValueError("out: wanted an array that can be written")


def _run(
    codes: Array, successors: Array, initial: int, out: Array, threads: int
) -> None:
    """Fill `out`, in one stretch for each thread where maps can be composed."""
    if len(codes) <= SHORT:
        check_range(codes, len(successors))
        run(codes, successors, np.uint64(0), initial, out)
        return
    k, n = successors.shape
    width = narrowest_map(successors, len(codes))
    most = min(NEAR, len(codes) // 4)
    words = choose_words(k, n, successors.itemsize, most, every=True)
    tables = remembered(_tabulate, successors, words, width)
    stretches, starts = _plan(codes, successors, initial, width, threads)
    work = partial(_run_piece, tables, words, codes, out)
    share(work, list(zip(stretches, starts, strict=True)), threads)


def _plan(
    codes: Array, successors: Array, state: int, width: int, threads: int
) -> tuple[list[Piece], list[int]]:
    """A stretch for each thread, and the state before it; one if that is not known."""
    if not width:
        length = len(codes) // threads
        starts = starts_if_forgotten(codes, successors, state, length, threads)
        known = [state] if starts is None else starts
        return cut(0, len(codes), len(known), length), known
    stretches, states = cut(0, len(codes), threads), [state]
    pieces = cut_before_last(stretches, threads)
    if pieces:
        tables = map_tables(successors, width, len(codes))
        for i, piece in enumerate(products(codes, tables, pieces, threads), 1):
            state = int(piece[state])
            if i % threads == 0:
                states.append(state)
    return stretches, states


class RunTables(NamedTuple):
    """What `run_codes` looks up.

    Attributes:
        of_letters: successors (k, n).
        of_words: the states on the way through each word, see `states_table`.
        width: as many zeros as a map has states.
        maps: of words; none where one chain walks alone, as wide maps of single letters
            take longer than the walks they would let run side by side.
    """

    of_letters: Array
    of_words: Array
    width: tuple[int, ...]
    maps: Array


def _tabulate(successors: Array, words: Words, width: int) -> RunTables:
    """The tables for maps of `width` bytes, or 0 for one chain without maps."""
    alone = not width or (width > 16 and words.size == 1)
    width = width or 16
    finals = final_table(successors, words)[: 0 if alone else None, :width]
    maps, states = as_maps(finals, width), states_table(successors, words)
    return RunTables(successors, states, (0,) * width, maps)


def _run_piece(
    tables: RunTables,
    words: Words,
    codes: Array,
    whole: Array,
    piece: Piece,
    state: int,
) -> None:
    """whole[t] = the states after codes[start : t + 1], for start ≤ t < end."""
    start, end = piece
    part, out = codes[start:end], whole[start:end]
    lanes = np.empty(BLOCK // words.size, LANES[words.size * out.itemsize])
    shape = (words.letters, words.bits, words.size)
    ends = np.empty(4 * len(tables.width), np.uint8)
    where = (state, out, out.ctypes.data, whole.nbytes > CACHED)
    room = buffers(part, words)
    taken = run_codes(part, *room, lanes, *shape, *tables, ends, *where)
    check_taken(codes, piece, taken, words.letters)
