"""Vector instructions for numba kernels, written as LLVM IR.

numba's loops over small matrices leave most of a vector register empty and reload the
running product at every step: 3 to 11 times slower than the code generated here. An
`intrinsic` is a function that numba kernels call and whose body is built, instruction
by instruction, from the functions of this module. In them `b` is the IR builder.

Semirings are named "real", "max-plus" or "min-plus"; a product of two numbers is a
multiplication or an addition, a sum an addition or a choice. Values must not be NaN.
"""

import inspect
import sys
import zlib
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic as numba_intrinsic

INDEX = ir.IntType(64)
LINE = 64
"""Bytes of a cache line. Streaming stores must fill whole, aligned lines: pieces of
lines, or many streams of pieces, are ten times slower."""


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function for kernels whose body is IR; constants arrive as literal types.

    The stack of its kernel starts at a cache line. Vectors that find no register are
    kept there, and where one lies across the end of a page, which depends on where the
    system has put the stack, a kernel takes up to four times as long.
    """

    @wraps(function)
    def aligned(*arguments: Any) -> Any:
        signature, build = function(*arguments)

        def build_aligned(context: Any, b: Any, *rest: Any) -> Any:
            b.function.attributes.alignstack = LINE
            b.function.attributes.add("nounwind")  # llvmlite writes none without this
            return build(context, b, *rest)

        return signature, build_aligned

    made = numba_intrinsic(prefer_literal=True)(aligned)
    return cast(Callable[..., Any], made)


def digest(*modules: str) -> int:
    """A number that changes with the text of these modules.

    numba keeps a kernel on disk until the file it is written in changes. Kernels hold,
    as a constant, the digest of the files that their code is generated from.
    """
    text = "".join(inspect.getsource(sys.modules[name]) for name in modules)
    return zlib.crc32(text.encode())


def pointer(context: Any, b: Any, number: Any, kind: Any, value: Any) -> Any:
    """Where the data of an argument starts: a contiguous array, or an address.

    Addresses let a kernel read arrays without being compiled anew for each rank and
    for those that are read-only.
    """
    if isinstance(kind, types.Array):
        return context.make_array(kind)(context, b, value).data
    return b.inttoptr(value, number.as_pointer())


@intrinsic
def address(typing: Any, array: Any) -> Any:
    """Where the data of an array starts."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        return b.ptrtoint(pointer(context, b, None, array, values[0]), INDEX)

    return types.int64(array), build


def at(b: Any, base: Any, offset: Any) -> Any:
    """base + offset, in elements."""
    return b.gep(base, [INDEX(offset) if isinstance(offset, int) else offset])


@intrinsic
def scalar(typing: Any, numbers: Any, index: Any) -> Any:
    """numbers[index], 8 bytes, loaded by itself.

    Loops over it are not turned into gathers and scatters, which on many processors
    are slower than one load and one store after the other.
    """

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        base = pointer(context, b, None, numbers, values[0])
        return b.load_atomic(at(b, base, values[1]), "monotonic", 8)

    return numbers.dtype(numbers, types.int64), build


def scratch(b: Any, kind: Any, count: int) -> Any:
    """Room for `count` values on the stack, which the compiler keeps in registers if
    it sees all that is stored and loaded there."""
    allocate: Any = cgutils.alloca_once
    place = allocate(b, kind, size=INDEX(count))
    place.align = LINE
    return place


def variable(b: Any, value: Any) -> Any:
    """A variable with this value."""
    slot = scratch(b, value.type, 1)
    b.store(value, slot)
    return slot


def read_again(b: Any, place: Any) -> None:
    """Let the compiler take it that memory has changed: what is stored there now is
    loaded from there later, and not made by shuffles of what was stored."""
    kind = ir.FunctionType(ir.VoidType(), [place.type])
    nothing = ir.InlineAsm(kind, "", "r,~{memory}", side_effect=True)
    b.call(nothing, [place])


def call(b: Any, name: str, result: Any, values: list[Any]) -> Any:
    """Call an LLVM intrinsic, or a function of the C library, by name."""
    kind = ir.FunctionType(result, [value.type for value in values])
    find: Any = cgutils.get_or_insert_function
    return b.call(find(b.module, kind, name), values)


def shuffle(b: Any, vector: Any, lanes: list[int]) -> Any:
    """The vector whose lane l is lane lanes[l] of `vector`."""
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return b.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), mask)


def concatenate(b: Any, vectors: list[Any]) -> Any:
    """The lanes of a power of two of equal vectors, one after the other."""
    while len(vectors) > 1:
        both = list(range(2 * vectors[0].type.count))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), len(both)), both)
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [b.shuffle_vector(x, y, mask) for x, y in pairs]
    return vectors[0]


def splat(b: Any, number: Any, lanes: int) -> Any:
    """A vector with `number` in every lane."""
    empty = ir.Constant(ir.VectorType(number.type, lanes), ir.Undefined)
    return shuffle(b, b.insert_element(empty, number, INDEX(0)), [0] * lanes)


def load(b: Any, source: Any, lanes: int) -> Any:
    """`lanes` numbers from anywhere in memory, as aligned as a number is."""
    vector = ir.VectorType(source.type.pointee, lanes)
    align = _bytes(source.type.pointee)
    return b.load(b.bitcast(source, vector.as_pointer()), align=align)


def store(b: Any, vector: Any, target: Any, *, streaming: bool = False) -> None:
    """Write a vector; streaming past the caches, if it is whole aligned lines.

    A streaming store does not read the line before it is overwritten, which saves a
    third of the traffic of a copy.
    """
    number = vector.type.element
    size = _bytes(number) * vector.type.count
    align = min(size, LINE) if streaming else _bytes(number)
    place = b.bitcast(target, vector.type.as_pointer())
    instruction = b.store(vector, place, align=align)
    if streaming:
        mark = b.module.add_metadata([ir.Constant(ir.IntType(32), 1)])
        instruction.set_metadata("nontemporal", mark)


def prefetch(b: Any, place: Any, cache: int) -> None:
    """Ask for a line that will be read, into the first or second cache; any address is
    harmless."""
    integer = ir.IntType(32)
    kind = (0, 4 - cache, 1)  # to be read, how near, data
    constants = [ir.Constant(integer, value) for value in kind]
    address = b.bitcast(place, ir.IntType(8).as_pointer())
    call(b, "llvm.prefetch.p0i8", ir.VoidType(), [address, *constants])


def load_padded(b: Any, source: Any, count: int, lanes: int) -> Any:
    """`count` numbers in the first lanes of a vector of `lanes`; reads no others."""
    vector = ir.Constant(ir.VectorType(source.type.pointee, lanes), ir.Undefined)
    for start, size in _pieces(count):
        piece = load(b, at(b, source, start), size)
        wide = shuffle(b, piece, [i % size for i in range(lanes)])
        inside = range(start, start + size)
        merged = [lanes + i - start if i in inside else i for i in range(lanes)]
        mask = ir.Constant(ir.VectorType(ir.IntType(32), lanes), merged)
        vector = b.shuffle_vector(vector, wide, mask)
    return vector


def store_padded(b: Any, vector: Any, target: Any, count: int) -> None:
    """The first `count` lanes; writes no others."""
    for start, size in _pieces(count):
        piece = shuffle(b, vector, list(range(start, start + size)))
        store(b, piece, at(b, target, start))


def times(b: Any, semiring: str, x: Any, y: Any) -> Any:
    """x ⊗ y, lane by lane.

    A sum x + y is made as 1·x + y, which is rounded alike: on many processors the units
    that choose the better of two numbers are those that add, and those that multiply
    would be idle. The compiler would see through a plain 1.
    """
    if semiring == "real":
        return b.fmul(x, y)
    same = ir.InlineAsm(ir.FunctionType(x.type, [x.type]), "", "=v,0")
    one = b.call(same, [ir.Constant(x.type, [1.0] * x.type.count)])
    return _fused(b, one, x, y)


def plus(b: Any, semiring: str, x: Any, y: Any) -> Any:
    """x ⊕ y, lane by lane."""
    if semiring == "real":
        return b.fadd(x, y)
    better = b.fcmp_ordered(">" if semiring == "max-plus" else "<", x, y)
    return b.select(better, x, y)


def times_plus(b: Any, semiring: str, x: Any, y: Any, z: Any) -> Any:
    """x ⊗ y ⊕ z, lane by lane; for reals one fused instruction, rounded once."""
    if semiring != "real":
        return plus(b, semiring, times(b, semiring, x, y), z)
    return _fused(b, x, y, z)


def _fused(b: Any, x: Any, y: Any, z: Any) -> Any:
    """x · y + z, rounded once."""
    name = f"llvm.fma.v{x.type.count}f{8 * _bytes(x.type.element)}"
    return call(b, name, x.type, [x, y, z])


def _bytes(number: Any) -> int:
    if isinstance(number, ir.IntType):
        return int(number.width) // 8
    return 4 if isinstance(number, ir.FloatType) else 8


def _pieces(count: int) -> list[tuple[int, int]]:
    """`count` as (start, size) with sizes powers of two, the largest first."""
    pieces, start = [], 0
    while start < count:
        size = 1 << ((count - start).bit_length() - 1)
        pieces.append((start, size))
        start += size
    return pieces
