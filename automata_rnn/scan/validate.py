"""Checks of what users hand to a scan, before any work is done."""

from typing import Any

import numpy as np

from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.semiring import Array


def look_up(table: Element, monoid: Monoid, codes: Any) -> Element:
    """The table's elements at integer codes (*batch, T)."""
    codes = codes if hasattr(codes, "__array_function__") else np.array(codes)
    if codes.dtype.kind not in "iu":
        raise TypeError(f"codes: wanted integers, got dtype {codes.dtype}")
    size = len(table[0])
    if codes.size and not (0 <= int(codes.min()) and int(codes.max()) < size):
        raise ValueError(
            f"codes: wanted 0 to {size - 1}, the rows of the table, "
            f"got {int(codes.min())} to {int(codes.max())}"
        )
    return tuple(component[codes] for component in table)


def check_elements(parts: Element, monoid: Monoid) -> tuple[int, ...]:
    """(*batch, T), which all components share; ValueError where they do not fit."""
    ranks, shapes = monoid.ranks, [part.shape for part in parts]
    if len(parts) != len(ranks):
        raise ValueError(
            f"elements: wanted the {len(ranks)} components of {monoid.name}, "
            f"got {len(parts)} arrays"
        )
    if any(len(shape) <= rank for shape, rank in zip(shapes, ranks, strict=True)):
        raise ValueError(
            f"elements: wanted a time axis before the last {ranks} axes of the "
            f"components of {monoid.name}, got shapes {shapes}"
        )
    n = shapes[0][-1]
    leading = {s[: len(s) - r] for s, r in zip(shapes, ranks, strict=True)}
    square = ranks[0] != 2 or shapes[0][-2] == n
    if len(leading) > 1 or not square or any(s[-1] != n for s in shapes if s):
        raise ValueError(
            f"elements: wanted components of {monoid.name} with equal batch, time and "
            f"size, and square matrices, got shapes {shapes}"
        )
    if monoid.indexed and parts[0].size:
        low, high = int(parts[0].min()), int(parts[0].max())
        if low < 0 or high >= n:
            raise ValueError(
                f"elements: wanted indices 0 to {n - 1}, got {low}, {high}"
            )
    shape: tuple[int, ...] = leading.pop()
    return shape


def check_state(state: Any, parts: Element, monoid: Monoid, batch: Any) -> Array:
    """`initial` as an array (*batch, *state) or (*state)."""
    array = state if hasattr(state, "__array_function__") else np.array(state)
    rank = monoid.state_rank
    core = array.shape[array.ndim - rank :] if array.ndim >= rank else None
    if core is None or (rank and core[-1] != parts[0].shape[-1]):
        raise ValueError(
            f"initial: wanted a state of rank {rank} and size {parts[0].shape[-1]}, "
            f"got shape {array.shape}"
        )
    if array.shape[: array.ndim - rank] not in ((), batch):
        raise ValueError(
            f"initial: wanted one state, or one for each of {batch} sequences, "
            f"got shape {array.shape}"
        )
    return array


def check_lengths(lengths: Any, batch: tuple[int, ...], longest: int) -> Array:
    """(*batch,) integers in 0, …, T."""
    array = np.asarray(lengths)
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
    array = np.asarray(offsets)
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
