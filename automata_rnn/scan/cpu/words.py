"""States and products of matrices that the codes of a word choose from a table.

    h_t = h_{t-1} A_{codes_t},   product = A_{codes_1} ⋯ A_{codes_T}.

Tables of words (`maps_words`) do several steps at once; they are computed in float64
and rounded once. Up to 4 × 4, processors with vectors run four chains of words side by
side (`words_vectors`); up to 16 × 16 they keep rows in registers (`words_rows`); all
else is plain loops (`words_plain`).

Rounding: results part from those of single steps by about T ε ‖h‖ relative to
‖A‖ ⋯ ‖A‖, as single steps do from exact ones. A table is fixed, so its rounding errors
do not cancel: for stochastic matrices in float32 the relative difference was 3e-5 at
T = 10⁶ and 6e-4 at T = 2·10⁷. Where products of a block overflow and states might not,
states are computed letter by letter.
"""

from functools import reduce
from typing import Any

import numpy as np

from automata_rnn.scan.cpu.features import vector_width
from automata_rnn.scan.cpu.maps_checks import check_codes, check_taken, check_threads
from automata_rnn.scan.cpu.maps_jobs import Piece, cut, cut_before_last, share
from automata_rnn.scan.cpu.maps_words import BLOCK, Words, buffers, choose_words
from automata_rnn.scan.cpu.vector import LINE
from automata_rnn.scan.cpu.words_plain import multiply_plainly, run_plainly
from automata_rnn.scan.cpu.words_rows import LANES, multiply_rows, run_rows
from automata_rnn.scan.cpu.words_vectors import N, multiply_codes, run_codes
from automata_rnn.semiring import Array

SHORT = 1 << 12
"""Words up to this length go letter by letter: tables would take longer to build."""
GRAIN = 1 << 17
"""Letters that keep a thread busy for longer than it takes to start."""
TABLES = 1 << 15
"""Bytes of tables that stay in the L1 cache."""
CACHED = 1 << 24
"""Bytes up to which the output is left in the caches."""
FOURS = Words(4, 2, 4)
"""Words of 4 letters below 4, whose states fill whole cache lines."""


def symbol_states(
    codes: Any,
    table: Any,
    initial: Any,
    *,
    out: Array | None = None,
    threads: int | None = None,
) -> Array:
    """The states (T, n) after each letter of a word.

    Args:
        codes: letters (T,), uint8, uint16 or uint32.
        table: (k, n, n), float32 or float64, the matrix of each letter.
        initial: (n,), the state before the first letter.
        out: where to write: (T, n), of the table's dtype; new by default. Fast if its
            address is a multiple of 64. After an error its content is unspecified.
        threads: at most this many; all processors by default.

    Raises:
        ValueError: codes ≥ k, shapes that do not fit; TypeError for other dtypes.

    >>> import numpy as np
    >>> step = np.array([[[1.0, 1.0], [0.0, 1.0]]])
    >>> symbol_states(np.zeros(3, np.uint8), step, [1.0, 0.0])
    array([[1., 1.],
           [1., 2.],
           [1., 3.]])
    """
    codes, table = check_codes(codes), _check_table(table)
    n = table.shape[1]
    state = np.asarray(initial, table.dtype)
    if state.shape != (n,):
        raise ValueError(f"initial: wanted shape {(n,)}, got {state.shape}")
    threads = check_threads(threads, len(codes), GRAIN)
    shape = (len(codes), n)
    out = np.empty(shape, table.dtype) if out is None else _check_out(out, shape, table)
    overlap = np.may_share_memory(codes, out) or np.may_share_memory(state, out)
    direct = out.flags.c_contiguous and not overlap
    target = out if direct else np.empty_like(out, order="C")
    fours = len(table) <= FOURS.letters and len(codes) > SHORT
    done = n <= N and fours and vector_width() > 0
    done = done and _run_fours(codes, table, state, target, threads)
    if not done:  # also where products overflowed, which states need not
        _run_letters(codes, table, state, target)
    if not direct:
        out[:] = target
    return out


def symbol_product(codes: Any, table: Any, *, threads: int | None = None) -> Array:
    """The product (n, n) of the matrices of a word, the identity for the empty one.

    Args and errors are those of `symbol_states`.

    >>> import numpy as np
    >>> step = np.array([[[1.0, 1.0], [0.0, 1.0]]])
    >>> symbol_product(np.zeros(3, np.uint8), step)
    array([[1., 3.],
           [0., 1.]])
    """
    codes, table = check_codes(codes), _check_table(table)
    threads = check_threads(threads, len(codes), GRAIN)
    if len(codes) == 0:
        return np.eye(table.shape[1], dtype=table.dtype)
    pieces = cut(0, len(codes), threads)
    return reduce(np.matmul, _products(codes, table, pieces, threads))


def _check_table(table: Any) -> Array:
    array = np.asarray(table)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"table: wanted float32 or float64, got {array.dtype}")
    if array.ndim != 3 or array.shape[1] != array.shape[2]:
        raise ValueError(f"table: wanted shape (k, n, n), got {array.shape}")
    return np.ascontiguousarray(array)


def _check_out(out: Array, shape: tuple[int, ...], table: Array) -> Array:
    if out.dtype != table.dtype:
        raise TypeError(f"out: wanted {table.dtype}, got {out.dtype}")
    if out.shape != shape or not out.flags.writeable:
        raise ValueError(f"out: wanted a writeable array {shape}, got {out.shape}")
    return out


def _prefixes(table: Array, words: Words, n: int) -> list[Array]:
    """For j = 1, …, g the products (words, n, n) of the first j letters, in float64,
    with zeros beyond the table's size."""
    k, m = table.shape[:2]
    count = k if words.size == 1 else 1 << words.bits
    padded = np.zeros((count, n, n))
    padded[:k, :m, :m] = table
    if words.size == 1:
        return [padded]
    prefixes = [padded]
    while len(prefixes) < words.size:
        longer = prefixes[-1][None] @ padded[:, None]
        prefixes.append(longer.reshape(-1, n, n))
    repeats = [words.count // len(prefix) for prefix in prefixes]
    pairs = zip(prefixes, repeats, strict=True)
    return [np.tile(prefix, (repeat, 1, 1)) for prefix, repeat in pairs]


def _padded_size(n: int) -> int:
    """Lanes of the vectors for rows of n numbers; n where there are none."""
    lanes = (w for w in LANES if n <= w and vector_width())
    return next(lanes, n)


def _run_letters(codes: Array, table: Array, state: Array, out: Array) -> None:
    """One letter after the other, in one chain."""
    k, n = table.shape[:2]
    w = _padded_size(n)
    room = buffers(codes, Words(k, 8, 1))[0]
    if vector_width() and w in LANES:
        padded = np.zeros(w, table.dtype)
        padded[:n] = state
        wide = _prefixes(table, Words(k, 8, 1), w)[0].astype(table.dtype)
        taken = run_rows(codes, room, (0,) * w, k, wide.reshape(-1), padded, out)
    else:
        state = np.ascontiguousarray(state)
        taken = run_plainly(codes, room, k, table, state, out)
    check_taken(codes, (0, len(codes)), taken, k)


def _products(
    codes: Array, table: Array, pieces: list[Piece], threads: int
) -> list[Array]:
    """The products (n, n) of pieces of the word."""
    k, n = table.shape[:2]
    w = _padded_size(n)
    size = w * w * table.itemsize
    most = min(TABLES, len(codes) * size // 16)
    words = choose_words(k, w * w, table.itemsize, most)
    shapes = (Words(k, 8, 1), words)
    tables = [_prefixes(table, shape, w)[-1].astype(table.dtype) for shape in shapes]
    of_letters, of_words = tables
    kernel: Any = multiply_plainly
    if vector_width() and w in LANES:
        of_letters, of_words = of_letters.reshape(-1), of_words.reshape(-1)
        kernel = multiply_codes if w == N else multiply_rows
    lanes = ((0,) * w,) if kernel is multiply_rows else ()

    def multiply(start: int, end: int) -> Array:
        part, total = codes[start:end], np.eye(w, dtype=table.dtype)
        room, shape = buffers(part, words), (k, words.bits, words.size)
        target = total.reshape(-1) if of_letters.ndim == 1 else total
        taken = kernel(part, *room, *lanes, *shape, of_letters, of_words, target)
        check_taken(codes, (start, end), taken, k)
        return total[:n, :n]

    return share(multiply, pieces, threads)


def _run_fours(
    codes: Array, table: Array, state: Array, out: Array, threads: int
) -> bool:
    """Words of 4 letters for n ≤ 4, in one stretch for each thread.

    Whether all states are finite; from one that is not, no later one of its stretch is.
    """
    k, n = table.shape[:2]
    prefixes = _prefixes(table, FOURS, N)
    expansions = np.stack(prefixes, axis=2).astype(table.dtype).reshape(-1)
    letters = prefixes[0][: 1 << FOURS.bits].astype(table.dtype).reshape(-1)
    fours = prefixes[-1].astype(table.dtype).reshape(-1)
    stretches = cut(0, len(codes), threads, FOURS.size)
    pieces, starts = cut_before_last(stretches, threads), [state]
    products = _products(codes, table, pieces, threads) if pieces else []
    for i, product in enumerate(products, 1):
        with np.errstate(all="ignore"):
            state = state @ product
        if i % threads == 0:
            starts.append(state)

    def run(start: int, end: int, first: Array) -> bool:
        part, target = codes[start:end], out[start:end]
        padded = np.zeros(N, table.dtype)
        padded[:n] = first
        room, lines = buffers(part, FOURS), np.empty(N * BLOCK, table.dtype)
        streaming = out.nbytes > CACHED and target.ctypes.data % LINE == 0
        matrices = (letters, fours, expansions)
        where = (padded, target, streaming)
        taken = run_codes(part, *room, lines, k, *matrices, *where)
        check_taken(codes, (start, end), taken, k)
        return bool(np.isfinite(target[-1:]).all())

    jobs = [(*piece, q) for piece, q in zip(stretches, starts, strict=True)]
    return all(share(run, jobs, threads))
