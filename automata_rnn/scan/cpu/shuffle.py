"""Vectors as values of numba kernels, and maps of few states kept in them.

A map f of {0, …, w - 1}, w = 16 or 64, is a vector of w bytes, and one instruction
(pshufb, or vpermb of AVX-512 VBMI) composes two maps, whatever they are:

    then(f, g)[i] = g[f[i]].

So a word's map costs one cycle for each symbol, as long as a walk from one known state
would wait for its table. Maps lie in arrays of bytes, one after the other; kernels take
the width as a tuple of w zeros, whose length is part of its type.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils, config
from numba.extending import models, register_model

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.features import vector_width
from automata_rnn.scan.cpu.vector import LINE, intrinsic
from automata_rnn.semiring import Array

COMPOSE = {16: "llvm.x86.ssse3.pshuf.b.128", 64: "llvm.x86.avx512.permvar.qi.512"}


def map_width() -> int:
    """States that a map in one vector may have: 64, 16, or 0 without the instructions.

    AVX2 implies pshufb. A processor that numba was told to compile for is trusted with
    no more than that.
    """
    width = vector_width()
    if width == LINE and _composes_wide_maps():
        return 64
    return 16 if width else 0


@lru_cache(maxsize=1)
def _composes_wide_maps() -> bool:
    if config.CPU_NAME or config.CPU_FEATURES:  # type: ignore[attr-defined]
        return False
    return bool(llvm.get_host_cpu_features().get("avx512vbmi"))


def as_maps(maps: Array, width: int) -> Array:
    """(k, n) states with n ≤ width as k maps, (k · width,) bytes; the identity beyond
    n."""
    padded = np.empty((len(maps), width), np.uint8)
    padded[:] = range(width)
    padded[:, : maps.shape[1]] = maps
    return padded.reshape(-1)


class Vector(types.Type):
    """The numba type of vectors of `count` numbers."""

    def __init__(self, number: Any, count: int) -> None:
        self.number, self.count = number, count
        super().__init__(f"Vector({number}, {count})")


@register_model(Vector)
class VectorModel(models.PrimitiveModel):
    """A vector is one LLVM value, so numba keeps it in a register."""

    def __init__(self, manager: Any, vector: Vector) -> None:
        number = manager.lookup(vector.number).get_value_type()
        kind = ir.VectorType(number, vector.count)
        super().__init__(manager, vector, kind)  # type: ignore[no-untyped-call]


def _vector_of(array: Any, count: Any) -> Vector:
    """`count` elements, a constant or the length of a tuple."""
    if isinstance(count, types.UniTuple):
        return Vector(array.dtype, count.count)
    return Vector(array.dtype, count.literal_value)


def _place(context: Any, b: Any, kind: Any, array: Any, index: Any, vector: Any) -> Any:
    """Where the vector starts whose first number is element `index`."""
    data = context.make_array(kind)(context, b, array).data
    value = context.get_value_type(vector)
    return b.bitcast(b.gep(data, [index]), value.as_pointer())


def _align(vector: Vector) -> int:
    return int(vector.number.bitwidth) // 8


@intrinsic
def load(typing: Any, array: Any, index: Any, count: Any) -> Any:
    """array[index : index + count] as a vector.

    `count` is a constant, or a tuple of that length. The array is contiguous. Nothing
    is checked, as with all intrinsics here.
    """
    vector = _vector_of(array, count)

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        place = _place(context, b, array, values[0], values[1], vector)
        return b.load(place, align=_align(vector))

    return vector(array, types.intp, count), build


@intrinsic
def store(typing: Any, array: Any, index: Any, vector: Any) -> Any:
    """array[index : index + count] = vector."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        place = _place(context, b, array, values[0], values[1], vector)
        b.store(values[2], place, align=_align(vector))
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), build


@intrinsic
def stream(typing: Any, array: Any, index: Any, vector: Any) -> Any:
    """`store` of 64 bytes past the caches; their address must be a multiple of 64."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        place = _place(context, b, array, values[0], values[1], vector)
        one = b.module.add_metadata([ir.Constant(ir.IntType(32), 1)])
        b.store(values[2], place, align=LINE).set_metadata("nontemporal", one)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), build


@compiled
def put(array: Array, index: int, vector: Any, streaming: bool) -> None:
    """array[index : index + count] = vector, past the caches or not."""
    if streaming:
        stream(array, index, vector)
    else:
        store(array, index, vector)


@intrinsic
def fence(typing: Any) -> Any:
    """What was streamed before is seen by other threads after this."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        b.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), build


@intrinsic
def identity_map(typing: Any, width: Any) -> Any:
    """The map i ↦ i, of as many states as `width` has zeros."""
    vector = Vector(types.uint8, width.count)

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        return ir.Constant(context.get_value_type(vector), list(range(vector.count)))

    return vector(width), build


def function_named(b: Any, name: str, signature: Any) -> Any:
    """An LLVM intrinsic, declared once in a module."""
    insert: Callable[..., Any] = cgutils.get_or_insert_function
    return insert(b.module, signature, name)


@intrinsic
def then(typing: Any, first: Any, second: Any) -> Any:
    """The map i ↦ second[first[i]]."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        kind = values[0].type
        signature = ir.FunctionType(kind, [kind, kind])
        compose = function_named(b, COMPOSE[kind.count], signature)
        return b.call(compose, [values[1], values[0]])

    return first(first, second), build


@intrinsic
def lane(typing: Any, vector: Any, index: Any) -> Any:
    """Number `index` of a vector: where a map sends a state."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        return b.extract_element(values[0], values[1])

    return vector.number(vector, types.int64), build
