"""Products of packed Boolean matrices in AVX-512 registers.

Row i of P A is the union of the rows A[j] with j in row i of P. Four rows of A have 16
unions, which fill two registers; four bits of a row of P choose one of them. So

    (P A)[i] = ⋃_g union_g[bits 4g, …, 4g + 3 of P[i]],

where one instruction (vpermi2q) chooses for 8 rows of P. Reference: V. Arlazarov, E.
Dinic, M. Kronrod, I. Faradžev, On economical construction of the transitive closure of
a directed graph, 1970 (the "method of four Russians").
"""

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.shuffle import (
    Vector,
    fence,
    function_named,
    load,
    put,
    store,
)
from automata_rnn.scan.cpu.vector import intrinsic, splat
from automata_rnn.semiring import Array

STEPS = 256
"""Matrices that one block of rows takes before the next block: they stay in the L2
cache."""
WIDE = 8
"""Rows in a register."""
ROWS = Vector(types.uint64, WIDE)
PAIR = types.UniTuple(ROWS, 2)  # type: ignore[no-untyped-call]


def _constant(lanes: list[int]) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(64), WIDE), lanes)


@intrinsic
def unions(typing: Any, rows: Any, index: Any) -> Any:
    """The unions of the subsets of rows[index : index + 4], in two vectors.

    Union number m holds row j if bit j of m is set; the first vector has m < 8.
    """

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        data = context.make_array(rows)(context, b, values[0]).data
        wide = []
        for j in range(4):
            row = b.load(b.gep(data, [b.add(values[1], ir.IntType(64)(j))]))
            wide.append(splat(b, row, WIDE))
        union = _constant([0] * WIDE)
        for j in range(3):
            chosen = _constant([-(m >> j & 1) for m in range(WIDE)])
            union = b.or_(union, b.and_(wide[j], chosen))
        both = [union, b.or_(union, wide[3])]
        return context.make_tuple(b, signature.return_type, both)

    return PAIR(rows, types.int64), build


@intrinsic
def choose(typing: Any, union: Any, low: Any, high: Any, index: Any) -> Any:
    """In each lane `union` or entry (index mod 16) of the table (low, high)."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        kind = values[0].type
        select = function_named(
            b,
            "llvm.x86.avx512.vpermi2var.q.512",
            ir.FunctionType(kind, [kind, kind, kind]),
        )
        return b.or_(values[0], b.call(select, [values[1], values[3], values[2]]))

    return ROWS(ROWS, ROWS, ROWS, ROWS), build


@intrinsic
def next_bits(typing: Any, index: Any) -> Any:
    """Every lane, shifted right by 4 bits."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        return b.lshr(values[0], _constant([4] * WIDE))

    return ROWS(ROWS), build


@intrinsic
def no_rows(typing: Any) -> Any:
    """Eight empty rows."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        return _constant([0] * WIDE)

    return ROWS(), build


@compiled
def multiply_rows(
    matrices: Array, n: int, rows: Array, out: Array, keep: bool, streaming: bool
) -> None:
    """rows ← rows · A_1 ⋯ A_T for up to 32 packed rows, a multiple of 8.

    `matrices` is (T n,). With `keep`, the rows after A_t are written from
    out[(t - 1) n] on.
    """
    count = len(rows)
    two, three, four = count > 8, count > 16, count > 24
    p = load(rows, 0, 8)
    q = load(rows, 8, 8) if two else no_rows()
    r = load(rows, 16, 8) if three else no_rows()
    s = load(rows, 24, 8) if four else no_rows()
    for start in range(0, len(matrices), n):
        e = f = g = h = no_rows()
        for j in range(start, start + n, 4):
            low, high = unions(matrices, j)
            e, p = choose(e, low, high, p), next_bits(p)
            f, q = choose(f, low, high, q), next_bits(q)
            g, r = choose(g, low, high, r), next_bits(r)
            h, s = choose(h, low, high, s), next_bits(s)
        p, q, r, s = e, f, g, h
        if keep:
            put(out, start, p, streaming)
            if two:
                put(out, start + 8, q, streaming)
            if three:
                put(out, start + 16, r, streaming)
            if four:
                put(out, start + 24, s, streaming)
    store(rows, 0, p)
    if two:
        store(rows, 8, q)
    if three:
        store(rows, 16, r)
    if four:
        store(rows, 24, s)


@compiled
def multiply(
    matrices: Array,
    n: int,
    first: int,
    rows: Array,
    out: Array,
    keep: bool,
    streaming: bool,
) -> None:
    """rows ← rows · A_1 ⋯ A_T for rows `first`, … of a product; n a multiple of 8.

    `matrices` is (T n,); with `keep`, all prefixes of these rows are written to `out`,
    shaped alike.
    """
    for start in range(0, len(matrices), STEPS * n):
        block = matrices[start : start + STEPS * n]
        for i in range(0, len(rows), 32):
            part = rows[i : i + 32]
            target = out[start + first + i :] if keep else out
            multiply_rows(block, n, part, target, keep, streaming)
    fence()


@compiled
def multiply_plainly(
    matrices: Array,
    n: int,
    first: int,
    rows: Array,
    out: Array,
    keep: bool,
    streaming: bool,
) -> None:
    """`multiply` for any n ≤ 64 on any processor, with tables of unions in memory."""
    groups = (n + 3) // 4
    table = np.zeros(16 * groups, np.uint64)
    for start in range(0, len(matrices), n):
        for j in range(n):
            row, bit, base = matrices[start + j], 1 << (j & 3), 16 * (j >> 2)
            for m in range(bit):
                table[base + bit + m] = table[base + m] | row
        for i in range(len(rows)):
            index, union = rows[i], np.uint64(0)
            for g in range(groups):
                union |= table[np.uint64(16 * g) + (index & np.uint64(15))]
                index >>= np.uint64(4)
            rows[i] = union
            if keep:
                out[start + first + i] = union
