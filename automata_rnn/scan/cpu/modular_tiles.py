"""Larger matrices modulo m by tiles (`dense_tiles`): n ≥ 8, a multiple of 4.

P_t[i, :] = P_{t-1}[i, :] A_t mod m: rows are independent, threads share them out in
strips. Arithmetic as in `modular`; sums are reduced after every four products if those
of all n might not fit, or else once.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types

from automata_rnn.scan.cpu import dense_tiles, vector
from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_rows import strip_rows
from automata_rnn.scan.cpu.dense_threads import fetch_add, run
from automata_rnn.scan.cpu.dense_tiles import Arithmetic, Strip, Tile, multiply_strip
from automata_rnn.scan.cpu.vector import INDEX, at, digest, intrinsic, pointer, splat
from automata_rnn.semiring import Array

SMALLEST = 8
LOW = 0xFFFFFFFF
"""Factors are below 2³¹; saying so makes each product one 32-bit instruction."""

SOURCES = digest(vector.__name__, dense_tiles.__name__, __name__)


class Plan(NamedTuple):
    """The tile of a kernel, and whether sums are reduced after every four products."""

    tile: Tile
    often: bool

    @property
    def text(self) -> str:
        """The plan as a constant that kernels can hold."""
        t = self.tile
        parts = (t.bits, t.lanes, t.rows, t.vectors, int(self.often), SOURCES)
        return "/".join(str(part) for part in parts)

    @staticmethod
    def parse(text: str) -> "Plan":
        """The plan with this text."""
        *tile, often, _ = (int(number) for number in text.split("/"))
        return Plan(Tile(*tile), bool(often))


def plan_for(size: int, terms: int, width: int) -> Plan | None:
    """The plan for n × n matrices and vectors of `width` bytes, if there is one."""
    tile = dense_tiles.tile_for(size, 64, width)
    return Plan(tile, terms < size) if tile and size >= SMALLEST else None


def prefix(
    plan: Plan, elements: Array, m: int, inverse: float, reduce: bool, threads: int
) -> Array:
    """All prefix products of (B, T, n, n) elements, or the last ones, (B, 1, n, n).

    Args:
        m: the modulus, and `inverse` the float u of `modular`.
    """
    sequences, length, size, _ = elements.shape
    out = np.empty((sequences, 1 if reduce else length, size, size), np.uint64)
    rows = strip_rows(plan.tile, size, sequences, threads)
    task = (sequences, length, size, rows, not reduce, np.uint64(m), inverse)
    places = (elements.ctypes.data, out.ctypes.data)
    run(_kernel(plan), (*places, *task, np.zeros(1, np.int64)), threads)
    return out


@lru_cache(maxsize=16)
def _kernel(plan: Plan) -> Callable[..., None]:
    text = plan.text

    @compiled
    def scan_strips(
        elements: int,
        out: int,
        sequences: int,
        length: int,
        n: int,
        rows: int,
        keep: bool,
        m: Any,
        inverse: float,
        counters: Any,
    ) -> None:
        parts = (n + rows - 1) // rows
        state = np.empty(rows * n, np.uint64)
        product = np.empty(rows * n, np.uint64)
        while True:
            ticket = fetch_add(counters, 0, 1)
            if ticket >= sequences * parts:
                return
            sequence, first = ticket // parts, ticket % parts * rows
            taken = min(rows, n - first)
            state[:] = 0
            for i in range(taken):
                state[i * n + first + i] = 1
            for t in range(sequence * length, (sequence + 1) * length):
                matrix = t * n * n
                strip = ((t if keep else sequence) * n + first) * n
                x, y = state, product
                multiply(text, m, inverse, x, y, elements, matrix, out, strip, taken, n)
                state, product = y, x

    return scan_strips


@intrinsic
def multiply(
    typing: Any,
    plan: Any,
    m: Any,
    inverse: Any,
    state: Any,
    product: Any,
    elements: Any,
    matrix: Any,
    out: Any,
    strip: Any,
    rows: Any,
    n: Any,
) -> Any:
    """product = state · A mod m for a strip of rows; a copy of it goes to the result.

    `state` and `product` are flat (rows, n); A starts at elements[matrix], the copy at
    out[strip], both counted in numbers from an address.
    """
    arguments = (m, inverse, state, product, elements, matrix, out, strip, rows, n)
    return types.void(plan, *arguments), _build_multiply


def _build_multiply(context: Any, b: Any, signature: Any, values: Any) -> Any:
    plan, kinds = Plan.parse(signature.args[0].literal_value), signature.args
    state, product, elements, out = (
        pointer(context, b, INDEX, kinds[i], values[i]) for i in (3, 4, 5, 7)
    )
    matrix, result = at(b, elements, values[6]), at(b, out, values[8])
    strip = Strip(state, matrix, product, result, values[9], values[10])
    modulo = _integers(b, plan, values[1], values[2])
    multiply_strip(b, plan.tile, modulo, strip, streaming=False)
    return context.get_dummy_value()


def _integers(b: Any, plan: Plan, m: Any, inverse: Any) -> Arithmetic:
    """Unsigned integers modulo m, with `inverse` the float u of `modular`."""
    lanes = plan.tile.lanes
    floats, kind = ir.VectorType(ir.DoubleType(), lanes), ir.VectorType(INDEX, lanes)
    low = ir.Constant(kind, [LOW] * lanes)
    moduli, inverses = splat(b, m, lanes), splat(b, inverse, lanes)

    def times_plus(b: Any, x: Any, y: Any, z: Any) -> Any:
        return b.add(b.mul(b.and_(x, low), b.and_(y, low)), z)

    def reduced(b: Any, z: Any) -> Any:
        q = b.fptoui(b.fmul(b.uitofp(z, floats), inverses), kind)
        r = b.sub(z, b.mul(q, moduli))
        less = b.sub(r, moduli)
        return b.select(b.icmp_unsigned("<", r, less), r, less)

    def same(b: Any, z: Any) -> Any:
        return z

    settle, finish = (reduced, same) if plan.often else (same, reduced)
    return Arithmetic(INDEX, 0, times_plus, settle, finish)
