"""What the machine can do at most: moving bytes with all processors, and products.

Copies and fills write past the caches, as the scans do: an ordinary store reads the
line that it overwrites first, a third more traffic.
"""

from itertools import cycle
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_threads import cores, fetch_add, run
from automata_rnn.scan.cpu.vector import (
    LINE,
    at,
    intrinsic,
    load,
    pointer,
    splat,
    store,
    variable,
)
from benchmarks.case import Contender, Run

WORDS = LINE // 4
"""Numbers of 4 bytes in a cache line."""
PIECE = 1 << 18
"""Bytes that a thread takes at a time."""
MATRIX = 2048
"""Rows of the matrices whose product shows the peak of arithmetic."""


def _loop(b: Any, length: Any, body: Any) -> None:
    """body(offset) for the start of each line of `length` numbers, four at a time."""
    zero = ir.Constant(length.type, 0)
    step = ir.Constant(length.type, 4 * WORDS)
    with cgutils.for_range_slice(b, zero, length, step) as (index, _):
        for line in range(4):
            body(b.add(index, ir.Constant(length.type, line * WORDS)))


@intrinsic
def _copy_lines(typing: Any, source: Any, target: Any, length: Any) -> Any:
    """target[:length] = source[:length]: numbers of 4 bytes at these addresses."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        number = ir.FloatType()
        x, y = (pointer(context, b, number, types.int64, v) for v in values[:2])

        def line(i: Any) -> None:
            store(b, load(b, at(b, x, i), WORDS), at(b, y, i), streaming=True)

        _loop(b, values[2], line)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), build


@intrinsic
def _fill_lines(typing: Any, target: Any, length: Any) -> Any:
    """target[:length] = 1."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        number = ir.FloatType()
        y = pointer(context, b, number, types.int64, values[0])
        ones = splat(b, ir.Constant(number, 1.0), WORDS)
        _loop(b, values[1], lambda i: store(b, ones, at(b, y, i), streaming=True))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), build


@compiled
def _copy(source: int, target: int, size: int, piece: int, tickets: Any) -> None:
    while True:
        start = fetch_add(tickets, 0, piece)
        if start >= size:
            return
        length = min(piece, size - start) // 4
        _copy_lines(source + start, target + start, length)


@compiled
def _fill(target: int, size: int, piece: int, tickets: Any) -> None:
    while True:
        start = fetch_add(tickets, 0, piece)
        if start >= size:
            return
        _fill_lines(target + start, min(piece, size - start) // 4)


@intrinsic
def _sum_lines(typing: Any, source: Any, length: Any, sums: Any) -> Any:
    """sums[:64] += the integers of 4 bytes at an address, so that they must be read.

    As floats some of them would be denormal, which some processors add slowly.
    """

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        x, totals = (
            pointer(context, b, ir.IntType(32), kind, value)
            for kind, value in ((types.int64, values[0]), (sums, values[2]))
        )
        places = [at(b, totals, WORDS * line) for line in range(4)]
        slots = [variable(b, load(b, place, WORDS)) for place in places]
        turns = cycle(slots)

        def line(i: Any) -> None:
            slot = next(turns)
            b.store(b.add(b.load(slot), load(b, at(b, x, i), WORDS)), slot)

        _loop(b, values[1], line)
        for slot, place in zip(slots, places, strict=True):
            store(b, b.load(slot), place)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, sums), build


@compiled
def _read(source: int, size: int, piece: int, tickets: Any, total: Any) -> None:
    mine = np.zeros(4 * WORDS, np.uint32)
    while True:
        start = fetch_add(tickets, 0, piece)
        if start >= size:
            break
        _sum_lines(source + start, min(piece, size - start) // 4, mine)
    for i in range(len(mine)):  # the other threads add theirs
        fetch_add(total, 0, np.int64(mine[i]))


def _tickets() -> Any:
    return np.zeros(1, np.int64)


def _bytes(array: Any) -> int:
    """Bytes of an array in whole groups of four lines."""
    return int(array.nbytes // (4 * LINE) * (4 * LINE))


def copy(source: Any, target: Any, threads: int | None = None) -> Run:
    """Copy `source` to `target`, arrays of equal size; `target` starts at a line."""
    size = min(_bytes(source), _bytes(target))
    places = source.ctypes.data, target.ctypes.data
    count = threads or cores()
    return lambda: run(_copy, (*places, size, PIECE, _tickets()), count)


def read(source: Any, threads: int | None = None) -> Run:
    """Read an array; each run returns the sum of its integers of 4 bytes, mod 2³²."""
    count = threads or cores()
    place, size = source.ctypes.data, _bytes(source)

    def all_of_it() -> Any:
        total = np.zeros(1, np.int64)
        run(_read, (place, size, PIECE, _tickets(), total), count)
        return total.astype(np.uint32)[0]

    return all_of_it


def read_and_fill(source: Any, target: Any) -> Run:
    """Read one array and overwrite another, of any sizes."""
    reading, size = read(source), _bytes(target)
    address = target.ctypes.data

    def both() -> None:
        reading()
        run(_fill, (address, size, PIECE, _tickets()), cores())

    return both


def copy_limit(source: Any, target: Any, steps: int) -> Contender:
    return Contender("streaming copy", "limit", lambda: copy(source, target), steps)


def read_limit(source: Any, steps: int, threads: int | None = None) -> Contender:
    return Contender("read", "limit", lambda: read(source, threads), steps)


def fill_limit(source: Any, target: Any, steps: int) -> Contender:
    name = "read and streaming fill"
    return Contender(name, "limit", lambda: read_and_fill(source, target), steps)


def matmul_limit(n: int) -> Contender:
    """One product of large float32 matrices, counted as products of n × n ones."""
    factor = np.ones((MATRIX, MATRIX), np.float32)
    product = np.empty_like(factor)
    steps = MATRIX**3 // n**3
    name = f"matrix product of size {MATRIX}"
    multiply = lambda: np.matmul(factor, factor, out=product)  # noqa: E731
    return Contender(name, "limit", lambda: multiply, steps)
