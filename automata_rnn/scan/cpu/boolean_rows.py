"""Boolean rows times matrices: all that `automata_rnn.scan.cpu.boolean` leaves.

    h_t = h_{t-1} A_t over (or, and),

for states, which are sets of states of a nondeterministic automaton, and for products
of matrices with more than 64 columns. Rows are packed, 64 columns to an integer; the
next row is the union of those rows of A_t that h_{t-1} has.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.boolean import boolean_prefix, pack_boolean, unpack_boolean
from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_threads import cores
from automata_rnn.scan.cpu.maps_jobs import cut, share
from automata_rnn.semiring import Array

BITS = 64
SHARE = 1 << 14
"""Unions of rows that are worth waking one more thread."""


def prefix_boolean(
    matrices: Array,
    *,
    codes: Array | None = None,
    state_rank: int = 1,
    initial: Array | None = None,
    reduce: bool = False,
    threads: int | None = None,
) -> Array:
    """Prefix products, or states, of s ↦ s A_t over the Boolean semiring.

    Args:
        matrices: A, (*batch, T, n, n), bool; with codes, a table (k, n, n).
        codes: (*batch, T), below k.
        state_rank: 1 for states (n,), 2 for states (d, n).
        initial: a state, or one for each sequence; then states are returned.
        reduce: only the last product or state of each sequence.
        threads: at most so many; by default one for each processor.

    >>> import numpy as np
    >>> shift = np.eye(3, k=1, dtype=bool)
    >>> prefix_boolean(shift[None].repeat(2, 0), initial=np.array([True, False, False]))
    array([[False,  True, False],
           [False, False,  True]])
    """
    n = matrices.shape[-1]
    shape = matrices.shape[:-2] if codes is None else codes.shape
    if initial is None and n <= BITS and codes is None:
        return _packed_products(matrices, reduce, threads)
    packed = _pack(matrices)
    batch = int(np.prod(shape[:-1]))
    if codes is None:
        tables = packed.reshape(batch, shape[-1], *packed.shape[-2:])
        words = [(table, np.arange(shape[-1])) for table in tables]
    else:
        words = [(packed, word) for word in codes.reshape(batch, -1)]
    rows = np.eye(n, dtype=bool) if initial is None else np.asarray(initial, bool)
    core = rows.shape[rows.ndim - (2 if initial is None else state_rank) :]
    starts = np.broadcast_to(rows, (*shape[:-1], *core)).reshape(batch, -1, n)
    steps = () if reduce else (shape[-1],)
    result = np.empty((batch, *steps, starts.shape[1], n), bool)
    for word, start, target in zip(words, starts, result, strict=True):
        _scan(*word, _pack(start), target, not reduce, threads)
    return result.reshape(*shape[:-1], *steps, *core)


def _packed_products(matrices: Array, reduce: bool, threads: int | None) -> Array:
    packed = pack_boolean(matrices)
    flat = packed.reshape(-1, *packed.shape[-2:])
    products = [boolean_prefix(x, reduce=reduce, threads=threads) for x in flat]
    shape = packed.shape[:-2] + packed.shape[-1:] if reduce else packed.shape
    return unpack_boolean(np.array(products, np.uint64).reshape(shape))


def _pack(rows: Array) -> Array:
    """Packed rows (..., n), uint64 (..., ⌈n / 64⌉)."""
    octets = np.packbits(rows, axis=-1, bitorder="little")
    words = -(-rows.shape[-1] // BITS)
    padded = np.zeros((*rows.shape[:-1], 8 * words), np.uint8)
    padded[..., : octets.shape[-1]] = octets
    return padded.view("<u8").astype(np.uint64, copy=False)


def _scan(
    table: Array, codes: Array, rows: Array, out: Array, keep: bool, threads: int | None
) -> None:
    """One sequence: rows are shared out among threads, for they are independent."""
    most = cores() if threads is None else threads
    count = min(most, len(rows), 1 + len(rows) * len(codes) // SHARE)

    def work(first: int, last: int) -> None:
        target = out if keep else out[None]
        multiply_sets(table, codes, rows[first:last], target[:, first:last], keep)

    share(work, cut(0, len(rows), count), count)


@compiled
def multiply_sets(table: Any, codes: Any, rows: Any, out: Any, keep: bool) -> None:
    """rows ← rows · A_1 ⋯ A_T for packed rows (r, W) and tables (k, n, W).

    All prefixes are written to `out`, (T, r, n), bool, or only the last, (1, r, n).
    """
    count, words = rows.shape
    n = out.shape[2]
    union = np.empty(words, np.uint64)
    for t in range(len(codes)):
        matrix = table[codes[t]]
        for r in range(count):
            union[:] = 0
            for w in range(words):
                rest, j = rows[r, w], BITS * w
                while rest:
                    if rest & np.uint64(1):
                        for v in range(words):
                            union[v] |= matrix[j, v]
                    rest >>= np.uint64(1)
                    j += 1
            rows[r] = union
            if keep:
                unpack(rows[r], out[t, r], n)
    if not keep:
        for r in range(count):
            unpack(rows[r], out[0, r], n)


@compiled
def unpack(row: Any, out: Any, n: int) -> None:
    """Bits as bools."""
    for j in range(n):
        out[j] = (row[j >> 6] >> np.uint64(j & 63)) & np.uint64(1) != 0
