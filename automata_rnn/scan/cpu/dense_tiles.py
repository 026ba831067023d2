"""One product of larger matrices, by tiles that stay in vector registers.

A strip of rows times a matrix, product = state · A: for each tile of rows × columns of
the product, and each k, the number state[i, k] is spread over a vector and multiplied
by a piece of row k of A. The arithmetic of the numbers is a parameter.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils

from automata_rnn.scan.cpu.vector import LINE, at, load, splat, store, variable

UNROLLED = 4
"""Steps of k at a time; n is a multiple of it."""


@dataclass(frozen=True)
class Tile:
    """The part of a product that is kept in registers.

    Attributes:
        bits: 32 or 64, of a number.
        lanes: of one vector.
        rows: of the tile.
        vectors: that make one row of the tile.
    """

    bits: int
    lanes: int
    rows: int
    vectors: int

    @property
    def columns(self) -> int:
        """Numbers in one row of the tile."""
        return self.lanes * self.vectors

    @property
    def lines(self) -> bool:
        """Whether a row of the tile is whole cache lines, if it starts at one."""
        return self.columns * self.bits % (8 * LINE) == 0


def tile_for(size: int, bits: int, width: int) -> Tile | None:
    """The largest tile that fits the registers and divides n × n, if there is one."""
    if not width or size % UNROLLED:
        return None
    lanes = math.gcd(size, 8 * width // bits)
    vectors = max(v for v in (1, 2, 3) if size // lanes % v == 0)
    largest = 24 if width == LINE else 12  # of 32 or 16 registers
    rows = 8 if size % 8 == 0 and 8 * vectors <= largest else 4
    return Tile(bits, lanes, rows, vectors)


class Arithmetic(NamedTuple):
    """How numbers are multiplied and summed. Functions take the IR builder first.

    Attributes:
        number: the type of a number.
        zero: where sums start.
        times_plus: x ⊗ y ⊕ z.
        settle: what is done to a sum after every four terms.
        finish: what is done to a whole sum.
    """

    number: Any
    zero: float
    times_plus: Callable[[Any, Any, Any, Any], Any]
    settle: Callable[[Any, Any], Any]
    finish: Callable[[Any, Any], Any]


class Strip(NamedTuple):
    """Where a product happens: pointers, and as IR integers its rows and n.

    Attributes:
        state: (rows, n), the first factor.
        matrix: (n, n), the second.
        product: (rows, n), where the product goes.
        result: (rows, n), where a copy of it goes.
    """

    state: Any
    matrix: Any
    product: Any
    result: Any
    rows: Any
    n: Any


def multiply_strip(
    b: Any, tile: Tile, arithmetic: Arithmetic, strip: Strip, streaming: bool
) -> None:
    """product = state · matrix; the copy is written past the caches if `streaming`."""
    n = strip.n
    by_rows, by_columns = n.type(tile.rows), n.type(tile.columns)
    with cgutils.for_range_slice(b, n.type(0), strip.rows, by_rows) as (row, _):
        firsts = [b.mul(b.add(row, n.type(i)), n) for i in range(tile.rows)]
        lefts = [at(b, strip.state, first) for first in firsts]
        with cgutils.for_range_slice(b, n.type(0), n, by_columns) as (column, _):
            right = at(b, strip.matrix, column)
            sums = _sums(b, tile, arithmetic, lefts, right, n)
            for first, vectors in zip(firsts, sums, strict=True):
                for v, register in enumerate(vectors):
                    place = b.add(first, b.add(column, n.type(v * tile.lanes)))
                    store(b, register, at(b, strip.product, place))
                    result = at(b, strip.result, place)
                    store(b, register, result, streaming=streaming)


def _sums(
    b: Any, tile: Tile, arithmetic: Arithmetic, lefts: list[Any], right: Any, n: Any
) -> list[list[Any]]:
    """Σ_k lefts[i][k] · right[k n + columns], as sums[i][vector]."""
    pieces = range(tile.vectors)
    kind = ir.VectorType(arithmetic.number, tile.lanes)
    start = ir.Constant(kind, [arithmetic.zero] * tile.lanes)
    slots = [[variable(b, start) for _ in pieces] for _ in lefts]
    with cgutils.for_range_slice(b, n.type(0), n, n.type(UNROLLED)) as (first, _):
        sums = [[b.load(slot) for slot in row] for row in slots]
        for step in range(UNROLLED):
            k = b.add(first, n.type(step))
            line = at(b, right, b.mul(k, n))
            factors = [load(b, at(b, line, v * tile.lanes), tile.lanes) for v in pieces]
            for i, left in enumerate(lefts):
                spread = splat(b, b.load(at(b, left, k)), tile.lanes)
                pairs = zip(factors, sums[i], strict=True)
                sums[i] = [arithmetic.times_plus(b, spread, y, z) for y, z in pairs]
        for row, registers in zip(slots, sums, strict=True):
            for slot, register in zip(row, registers, strict=True):
                b.store(arithmetic.settle(b, register), slot)
    return [[arithmetic.finish(b, b.load(slot)) for slot in row] for row in slots]
