"""A call of `prefix_products`, checked before any work is done."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from automata_rnn.checks import check_count
from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.scan.numbers import check_numbers, native
from automata_rnn.scan.validate import (
    check_codes,
    check_elements,
    check_lengths,
    check_offsets,
    check_state,
    on_device,
)
from automata_rnn.semiring import Array


class Task(NamedTuple):
    """What is to be computed, see `prefix_products`.

    Attributes:
        parts: components of the elements (*batch, T, *element), or of a table
            (num_codes, *element).
        codes: (*batch, T) into the table, or None; not yet known to be in range.
        initial: of the dtype of states, or None.
        shape: (*batch, T).
        lengths, offsets: in the processor's memory, or None.
        out: arrays that the results fit, or None.
    """

    parts: Element
    monoid: Monoid
    shape: tuple[int, ...]
    codes: Any = None
    initial: Any = None
    lengths: Any = None
    offsets: Any = None
    reduce: bool = False
    out: Element | None = None
    threads: int | None = None

    @property
    def n(self) -> int:
        """The size of a state, or the number of states."""
        return int(self.parts[0].shape[-1])

    @property
    def ranks(self) -> tuple[int, ...]:
        """Trailing axes of each result."""
        state = self.initial is not None
        return (self.monoid.state_rank,) if state else self.monoid.ranks

    @property
    def size(self) -> int:
        """Numbers in the first component of all elements."""
        rank = self.monoid.ranks[0]
        return int(prod(self.shape) * self.n**rank)


def check_task(
    parts: Element,
    monoid: Monoid,
    *,
    codes: Any,
    initial: Any,
    lengths: Any,
    offsets: Any,
    reduce: bool,
    out: Any,
    threads: int | None,
) -> Task:
    """The checked call; ValueError or TypeError as `prefix_products` says."""
    if not isinstance(monoid, Monoid):
        raise TypeError(f"monoid: wanted one such as matrices(REAL), got {monoid!r}")
    if threads is not None:
        check_count("threads", threads, least=1)
    _check_arrays("elements", parts)
    if any([on_device(x) for x in (*parts, codes, initial) if x is not None]):
        parts, codes, initial = _to_device(parts, codes, initial)
    shape = check_elements(parts, monoid)
    if monoid.indexed:
        parts = (native(parts[0]), *parts[1:])
    if monoid.semiring is not None:
        numbers = [check_numbers(x, monoid.semiring) for x in parts[monoid.indexed :]]
        parts = (*parts[: monoid.indexed], *numbers)
    if codes is not None:
        if len(shape) != 1:
            raise ValueError(f"elements: wanted a table of codes, got axes {shape}")
        codes = check_codes(codes)
        shape = codes.shape
    if offsets is not None:
        if lengths is not None:
            raise ValueError("lengths: wanted none beside offsets")
        offsets = check_offsets(offsets, shape)
    if lengths is not None:
        lengths = check_lengths(lengths, shape[:-1], shape[-1])
    sequences = shape[:-1] if offsets is None else (len(offsets) - 1,)
    if initial is not None:
        initial = check_state(initial, parts, monoid, sequences)
        parts = _as_states(parts, monoid, initial)
    leading = sequences if reduce else shape
    if out is not None:
        out = _check_out(out, parts, monoid, initial, leading)
    return Task(
        parts, monoid, shape, codes, initial, lengths, offsets, reduce, out, threads
    )


def _as_states(parts: Element, monoid: Monoid, initial: Array) -> Element:
    """Floats in the dtype of states, so that all is computed in that."""
    if initial.dtype.kind not in "fc":
        return parts
    numbers = parts[monoid.indexed :]
    cast = (part.astype(initial.dtype, copy=False) for part in numbers)
    return (*parts[: monoid.indexed], *cast)


def _check_arrays(field: str, arrays: Element) -> None:
    for array in arrays:
        if not hasattr(array, "__array_function__"):
            got = type(array).__name__
            raise TypeError(f"{field}: wanted NumPy or CuPy arrays, got {got}")


def _to_device(parts: Element, codes: Any, initial: Any) -> tuple[Element, Any, Any]:
    """All arrays where one of them is: on the GPU."""
    like = next(x for x in (*parts, codes, initial) if on_device(x))
    moved = tuple(np.asarray(part, like=like) for part in parts)
    codes, initial = (
        x if x is None else np.asarray(x, like=like) for x in (codes, initial)
    )
    return moved, codes, initial


def _check_out(
    out: Any,
    parts: Element,
    monoid: Monoid,
    initial: Array | None,
    leading: tuple[int, ...],
) -> Element:
    """`out` as one array for each result, of its shape and dtype."""
    if initial is None:
        likes, ranks = parts, monoid.ranks
    else:
        likes, ranks = (initial,), (monoid.state_rank,)
    given: Element = out if isinstance(out, tuple) else (out,)
    _check_arrays("out", given)
    exact = monoid.semiring is not None and monoid.semiring.field == "Q"
    indices = monoid.indexed and initial is None  # what the first component holds
    if len(given) != len(likes):
        raise ValueError(f"out: wanted {len(likes)} arrays, got {len(given)}")
    for i, (array, like, rank) in enumerate(zip(given, likes, ranks, strict=True)):
        shape = (*leading, *like.shape[like.ndim - rank :])
        dtype = np.dtype(object) if exact and i >= indices else like.dtype
        if array.shape != shape or array.dtype != dtype:
            got = f"{array.shape} {array.dtype}"
            raise ValueError(f"out: wanted {shape} {dtype}, got {got}")
        if not (on_device(array) or array.flags.writeable):
            raise ValueError("out: wanted an array that can be written")
    return given
