"""Checks of what users hand to a scan, before any work is done."""

from typing import Any

import numpy as np

from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.scan.numbers import check_numbers, check_residues, native
from automata_rnn.semiring import Array


def host(array: Any) -> Array:
    """The array itself, or its copy in the processor's memory."""
    return array.get() if on_device(array) else np.asarray(array)


def on_device(array: Any) -> bool:
    """Whether this is an array of CuPy."""
    if isinstance(array, np.ndarray):
        return False
    return type(array).__module__.partition(".")[0] == "cupy"


def check_codes(codes: Any) -> Array:
    """Integers (*batch, T)."""
    array = codes if hasattr(codes, "__array_function__") else np.array(codes)
    if array.size == 0 and not hasattr(codes, "__array_function__"):
        array = array.astype(np.uint8)  # an empty list
    if array.dtype.kind not in "iu":
        raise TypeError(f"codes: wanted integers, got dtype {array.dtype}")
    if array.ndim == 0:
        raise ValueError("codes: wanted shape (*batch, T), got one code")
    return native(array)


def check_range(codes: Array, size: int) -> None:
    """ValueError where codes are not rows of a table of this length."""
    if codes.size and not (0 <= int(codes.min()) and int(codes.max()) < size):
        raise ValueError(
            f"codes: wanted 0 to {size - 1}, the rows of the table, "
            f"got {int(codes.min())} to {int(codes.max())}"
        )


def check_elements(parts: Element, monoid: Monoid) -> tuple[int, ...]:
    """(*batch, T), which all components share; ValueError where they do not fit.

    Part of every call, however short, and so without collections of what it compares.
    """
    ranks, shapes = monoid.ranks, [part.shape for part in parts]
    if len(parts) != len(ranks):
        raise ValueError(
            f"elements: wanted the {len(ranks)} components of {monoid.name}, "
            f"got {len(parts)} arrays"
        )
    first, rank = shapes[0], ranks[0]
    leading: tuple[int, ...] = first[: len(first) - rank]
    n = first[-1] if first else 0
    fits = len(first) > rank and (rank != 2 or first[-2] == n)
    for shape, rank in zip(shapes[1:], ranks[1:], strict=True):  # most have one
        fits = fits and len(shape) == len(leading) + rank
        fits = fits and shape[: len(leading)] == leading and shape[-1] == n
    if not fits:
        raise _unlike(shapes, monoid)
    if monoid.indexed and parts[0].dtype.kind not in "iu":
        got = parts[0].dtype
        raise TypeError(f"elements: wanted integers as indices, got {got}")
    if monoid.indexed and parts[0].size:
        low, high = int(parts[0].min()), int(parts[0].max())
        if low < 0 or high >= n:
            raise ValueError(
                f"elements: wanted indices 0 to {n - 1}, got {low}, {high}"
            )
    return leading


def _unlike(shapes: list[tuple[int, ...]], monoid: Monoid) -> ValueError:
    """What is wrong with the shapes of components."""
    if any(len(s) <= rank for s, rank in zip(shapes, monoid.ranks, strict=True)):
        return ValueError(
            f"elements: wanted a time axis before the last {monoid.ranks} axes of the "
            f"components of {monoid.name}, got shapes {shapes}"
        )
    return ValueError(
        f"elements: wanted components of {monoid.name} with equal batch, time and "
        f"size, and square matrices, got shapes {shapes}"
    )


def check_state(state: Any, parts: Element, monoid: Monoid, batch: Any) -> Array:
    """`initial` as an array (*batch, *state) or (*state), of the dtype of states."""
    array = state if hasattr(state, "__array_function__") else np.array(state)
    check_state_shape(array, parts[0].shape[-1], monoid, batch)
    return _cast_state(array, parts, monoid)


def check_state_shape(array: Array, n: int, monoid: Monoid, batch: Any) -> None:
    """ValueError where this is not one state, nor one for each sequence."""
    rank = monoid.state_rank
    core = array.shape[array.ndim - rank :] if array.ndim >= rank else None
    if core is None or (rank and core[-1] != n):
        raise ValueError(
            f"initial: wanted a state of rank {rank} and size {n}, "
            f"got shape {array.shape}"
        )
    if array.shape[: array.ndim - rank] not in ((), batch):
        raise ValueError(
            f"initial: wanted one state, or one for each of {batch} sequences, "
            f"got shape {array.shape}"
        )


def _cast_state(state: Array, parts: Element, monoid: Monoid) -> Array:
    numbers = parts[monoid.indexed :]
    if monoid.state_rank == 0:
        kind = parts[0].dtype
        if state.dtype.kind not in "iu":
            raise TypeError(f"initial: wanted integers, got {state.dtype}")
        n = parts[0].shape[-1]
        if state.size and not (0 <= int(state.min()) and int(state.max()) < n):
            raise ValueError(
                f"initial: wanted states 0 to {n - 1}, "
                f"got {int(state.min())} to {int(state.max())}"
            )
        if state.size and int(state.max()) > np.iinfo(kind).max:
            raise ValueError(
                f"initial: wanted states that {kind}, the dtype of the maps, holds, "
                f"got {int(state.max())}"
            )
        return state.astype(kind, copy=False)
    if monoid.semiring is not None:
        state = check_numbers(state, monoid.semiring, "initial")
        state = check_residues(state, monoid.semiring, "initial")
    return state.astype(np.result_type(state, *numbers), copy=False)


def check_lengths(lengths: Any, batch: tuple[int, ...], longest: int) -> Array:
    """(*batch,) integers in 0, …, T."""
    array = host(lengths)
    if array.dtype.kind not in "iu" or array.shape != batch:
        raise ValueError(
            f"lengths: wanted integers of shape {batch}, got {array.dtype} of shape "
            f"{array.shape}"
        )
    if array.size and not (0 <= array.min() and array.max() <= longest):
        raise ValueError(
            f"lengths: wanted 0 to {longest}, got {array.min()} to {array.max()}"
        )
    return array


def check_offsets(offsets: Any, leading: tuple[int, ...]) -> Array:
    """(B + 1,) integers from 0 to T that never fall."""
    array = host(offsets)
    if len(leading) != 1:
        raise ValueError(f"offsets: wanted elements on one packed axis, got {leading}")
    if array.dtype.kind not in "iu" or array.ndim != 1 or len(array) == 0:
        raise ValueError(
            f"offsets: wanted integers of shape (B + 1,), got {array.dtype} of shape "
            f"{array.shape}"
        )
    if array[0] != 0 or array[-1] != leading[0] or np.any(array[1:] < array[:-1]):
        raise ValueError(f"offsets: wanted 0 ≤ … ≤ {leading[0]}, got {array.tolist()}")
    return array
