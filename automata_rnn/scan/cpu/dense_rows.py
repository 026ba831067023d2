"""Scans of larger float matrices by tiles (`dense_tiles`): n ≥ 12, a multiple of 4.

P_t[i, :] = P_{t-1}[i, :] A_t: rows are independent, threads share them out in strips,
and nothing is multiplied twice. Two buffers take turns as P_{t-1} and P_t.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types

from automata_rnn.scan.cpu import dense_tiles, vector
from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_blocks import constants
from automata_rnn.scan.cpu.dense_threads import fetch_add, run
from automata_rnn.scan.cpu.dense_tiles import Arithmetic, Strip, Tile, multiply_strip
from automata_rnn.scan.cpu.vector import LINE, at, digest, intrinsic, pointer
from automata_rnn.semiring import Array

SMALLEST = 12
SHARE = 1 << 18
"""Multiplications that are worth waking one more thread."""

STREAMED = 4 * 1024 * 1024
"""Bytes of products from which they are written past the caches."""

SOURCES = digest(vector.__name__, dense_tiles.__name__, __name__)


class Plan(NamedTuple):
    """The tile of one kernel, and the name of its semiring."""

    semiring: str
    tile: Tile

    @property
    def text(self) -> str:
        """The plan as a constant that kernels can hold."""
        t = self.tile
        parts = (self.semiring, t.bits, t.lanes, t.rows, t.vectors, SOURCES)
        return "/".join(str(part) for part in parts)

    @staticmethod
    def parse(text: str) -> "Plan":
        """The plan with this text."""
        semiring, *numbers = text.split("/")
        return Plan(semiring, Tile(*(int(number) for number in numbers[:-1])))


def plan_for(semiring: str, size: int, bits: int, width: int) -> Plan | None:
    """The plan for n × n matrices and vectors of `width` bytes, if there is one."""
    tile = dense_tiles.tile_for(size, bits, width)
    return Plan(semiring, tile) if tile and size >= SMALLEST else None


def scan(plan: Plan, elements: Array, out: Array, threads: int) -> None:
    """All prefix products of (B, T, n, n) elements, or with a time axis of 1 in `out`
    the product of each sequence. The two arrays share no memory."""
    sequences, length, size, _ = elements.shape
    threads = min(threads, 1 + sequences * length * size**3 // SHARE)
    rows = strip_rows(plan.tile, size, sequences, threads)
    keep = out.shape[1] == length
    lines = plan.tile.lines and out.ctypes.data % LINE == 0
    streaming = keep and lines and out.nbytes >= STREAMED
    counters = np.zeros(1, np.int64)
    task = (sequences, length, size, rows, keep, streaming, counters)
    run(_kernel(plan), (elements.ctypes.data, out.ctypes.data, *task), threads)


def strip_rows(tile: Tile, size: int, sequences: int, threads: int) -> int:
    """Rows taken at a time: all, if there are sequences enough for every thread."""
    tiles = size // tile.rows
    return tile.rows * (tiles if sequences >= 4 * threads else -(-tiles // threads))


@lru_cache(maxsize=16)
def _kernel(plan: Plan) -> Callable[..., None]:
    text, (zero, one) = plan.text, constants(plan.semiring)
    number = np.float32 if plan.tile.bits == 32 else np.float64

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
                    multiply(text, 1, x, y, elements, matrix, out, strip, taken, n)
                else:
                    multiply(text, 0, x, y, elements, matrix, out, strip, taken, n)
                state, product = y, x

    return scan_strips


@intrinsic
def multiply(
    typing: Any,
    plan: Any,
    streaming: Any,
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
    return types.void(plan, streaming, *arguments), _build_multiply


def _build_multiply(context: Any, b: Any, signature: Any, values: Any) -> Any:
    kinds = signature.args
    plan = Plan.parse(kinds[0].literal_value)
    number = ir.FloatType() if plan.tile.bits == 32 else ir.DoubleType()
    state, product, elements, out = (
        pointer(context, b, number, kinds[i], values[i]) for i in (2, 3, 4, 6)
    )
    matrix, result = at(b, elements, values[5]), at(b, out, values[7])
    strip = Strip(state, matrix, product, result, values[8], values[9])
    streaming = bool(kinds[1].literal_value)
    multiply_strip(b, plan.tile, _floats(plan.semiring, number), strip, streaming)
    return context.get_dummy_value()


def _floats(semiring: str, number: Any) -> Arithmetic:
    """The arithmetic of a semiring of floats; its sums need no settling."""

    def times_plus(b: Any, x: Any, y: Any, z: Any) -> Any:
        return vector.times_plus(b, semiring, x, y, z)

    def same(b: Any, z: Any) -> Any:
        return z

    return Arithmetic(number, constants(semiring)[0], times_plus, same, same)
