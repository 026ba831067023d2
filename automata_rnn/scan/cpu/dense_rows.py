"""Scans of larger matrices by vector instructions: n ≥ 12, a multiple of 4.

P_t[i, :] = P_{t-1}[i, :] A_t: rows are independent, threads share them out, and nothing
is multiplied twice. A tile of rows × columns of the product is kept in registers while
k runs: each number P[i, k] is spread over a vector and multiplied by a piece of row k
of A. Two buffers take turns as P_{t-1} and P_t.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types

from automata_rnn.scan.cpu import vector
from automata_rnn.scan.cpu.dense_blocks import constants
from automata_rnn.scan.cpu.dense_registers import KEEP, STREAM
from automata_rnn.scan.cpu.dense_threads import fetch_add, run
from automata_rnn.scan.cpu.vector import (
    LINE,
    at,
    compiled,
    digest,
    intrinsic,
    load,
    pointer,
    store,
    variable,
)
from automata_rnn.semiring import Array

SMALLEST = 12
UNROLLED = 4
SHARE = 1 << 18
"""Multiplications that are worth waking one more thread."""

STREAMED = 4 * 1024 * 1024
"""Bytes of products from which they are written past the caches."""

SOURCES = digest(vector.__name__, __name__)


@dataclass(frozen=True)
class Tile:
    """The part of a product that is kept in registers.

    Attributes:
        semiring: "real", "max-plus" or "min-plus".
        bits: 32 or 64, of a number.
        lanes: of one vector.
        rows: of the tile.
        vectors: that make one row of the tile.
    """

    semiring: str
    bits: int
    lanes: int
    rows: int
    vectors: int

    @property
    def columns(self) -> int:
        """Numbers in one row of the tile."""
        return self.lanes * self.vectors

    @property
    def text(self) -> str:
        """The tile as a constant that kernels can hold."""
        numbers = (self.bits, self.lanes, self.rows, self.vectors, SOURCES)
        return "/".join(str(part) for part in (self.semiring, *numbers))

    @staticmethod
    def parse(text: str) -> "Tile":
        """The tile with this text."""
        semiring, *numbers = text.split("/")
        return Tile(semiring, *(int(number) for number in numbers[:-1]))


def tile_for(semiring: str, size: int, bits: int, width: int) -> Tile | None:
    """The largest tile that fits the registers and divides n × n, if there is one."""
    if not width or size < SMALLEST or size % UNROLLED:
        return None
    lanes = math.gcd(size, 8 * width // bits)
    vectors = max(v for v in (1, 2, 3) if size // lanes % v == 0)
    largest = 24 if width == LINE else 12  # of 32 or 16 registers
    rows = 8 if size % 8 == 0 and 8 * vectors <= largest else 4
    return Tile(semiring, bits, lanes, rows, vectors)


def scan(tile: Tile, elements: Array, out: Array, threads: int) -> None:
    """All prefix products of (B, T, n, n) elements, or with a time axis of 1 in `out`
    the product of each sequence. The two arrays share no memory."""
    sequences, length, size, _ = elements.shape
    threads = min(threads, 1 + sequences * length * size**3 // SHARE)
    strips = size // tile.rows
    if sequences < 4 * threads:
        strips = -(-strips // threads)
    keep = out.shape[1] == length
    lines = tile.columns * tile.bits % (8 * LINE) == 0 and out.ctypes.data % LINE == 0
    streaming = keep and lines and out.nbytes >= STREAMED
    counters = np.zeros(1, np.int64)
    task = (sequences, length, size, strips * tile.rows, keep, streaming, counters)
    run(_kernel(tile), (elements.ctypes.data, out.ctypes.data, *task), threads)


@lru_cache(maxsize=16)
def _kernel(tile: Tile) -> Callable[..., None]:
    text, (zero, one) = tile.text, constants(tile.semiring)
    number = np.float32 if tile.bits == 32 else np.float64

    @compiled
    def scan_strips(
        elements: int,
        out: int,
        sequences: int,
        length: int,
        n: int,
        rows: int,
        keep: bool,
        streaming: bool,
        counters: Any,
    ) -> None:
        parts = (n + rows - 1) // rows
        state = np.empty(rows * n, number)
        product = np.empty(rows * n, number)
        while True:
            ticket = fetch_add(counters, 0, 1)
            if ticket >= sequences * parts:
                return
            sequence, first = ticket // parts, ticket % parts * rows
            taken = min(rows, n - first)
            state[:] = zero
            for i in range(taken):
                state[i * n + first + i] = one
            for t in range(sequence * length, (sequence + 1) * length):
                matrix = t * n * n
                strip = ((t if keep else sequence) * n + first) * n
                x, y = state, product
                if streaming:
                    multiply(text, STREAM, x, y, elements, matrix, out, strip, taken, n)
                else:
                    multiply(text, KEEP, x, y, elements, matrix, out, strip, taken, n)
                state, product = y, x

    return scan_strips


@intrinsic
def multiply(
    typing: Any,
    tile: Any,
    mode: Any,
    state: Any,
    product: Any,
    elements: Any,
    matrix: Any,
    out: Any,
    strip: Any,
    rows: Any,
    n: Any,
) -> Any:
    """product = state · A for a strip of rows; a copy of it goes to the result.

    `state` and `product` are flat (rows, n); A starts at elements[matrix], the copy at
    out[strip], both counted in numbers from an address.
    """
    arguments = (state, product, elements, matrix, out, strip, rows, n)
    return types.void(tile, mode, *arguments), _build_multiply


def _build_multiply(context: Any, b: Any, signature: Any, values: Any) -> Any:
    kinds = signature.args
    tile, mode = Tile.parse(kinds[0].literal_value), kinds[1].literal_value
    number = ir.FloatType() if tile.bits == 32 else ir.DoubleType()
    state, product, elements, out = (
        pointer(context, b, number, kinds[i], values[i]) for i in (2, 3, 4, 6)
    )
    matrix, result = at(b, elements, values[5]), at(b, out, values[7])
    rows, n = values[8], values[9]
    zero, by_rows, by_columns = n.type(0), n.type(tile.rows), n.type(tile.columns)
    with cgutils.for_range_slice(b, zero, rows, by_rows) as (row, _):
        firsts = [b.mul(b.add(row, n.type(i)), n) for i in range(tile.rows)]
        with cgutils.for_range_slice(b, zero, n, by_columns) as (column, _):
            lefts = [at(b, state, first) for first in firsts]
            total = _tile(b, tile, lefts, at(b, matrix, column), n)
            for first, vectors in zip(firsts, total, strict=True):
                place = b.add(first, column)
                for v, register in enumerate(vectors):
                    corner = b.add(place, n.type(v * tile.lanes))
                    store(b, register, at(b, product, corner))
                    store(b, register, at(b, result, corner), streaming=mode == STREAM)
    return context.get_dummy_value()


def _tile(b: Any, tile: Tile, lefts: list[Any], right: Any, n: Any) -> list[list[Any]]:
    """Σ_k lefts[i][k] · right[k n + columns], as vectors[i][v]; k four at a time."""
    number = right.type.pointee
    kind = ir.VectorType(number, tile.lanes)
    start = ir.Constant(kind, [constants(tile.semiring)[0]] * tile.lanes)
    pieces = range(tile.vectors)
    slots = [[variable(b, start) for _ in pieces] for _ in lefts]
    with cgutils.for_range_slice(b, n.type(0), n, n.type(UNROLLED)) as (first, _):
        total = [[b.load(slot) for slot in row] for row in slots]
        for step in range(UNROLLED):
            k = b.add(first, n.type(step))
            line = at(b, right, b.mul(k, n))
            factors = [load(b, at(b, line, v * tile.lanes), tile.lanes) for v in pieces]
            for i, left in enumerate(lefts):
                spread = vector.splat(b, b.load(at(b, left, k)), tile.lanes)
                total[i] = [
                    vector.times_plus(b, tile.semiring, spread, factors[v], total[i][v])
                    for v in pieces
                ]
        for row, registers in zip(slots, total, strict=True):
            for slot, register in zip(row, registers, strict=True):
                b.store(register, slot)
    return [[b.load(slot) for slot in row] for row in slots]
