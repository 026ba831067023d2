"""Words of codes into a table, and sequences of different lengths, by kernels.

Some kernels read codes and look elements up themselves (`by_words`). For the others
elements are looked up block by block, and what a block did is carried over, so that
nothing of the size of all elements is made.
"""

from itertools import pairwise
from math import prod

import numpy as np

from automata_rnn.scan import generic
from automata_rnn.scan.cpu.by_words import by_words
from automata_rnn.scan.cpu.choose import scan_elements
from automata_rnn.scan.monoid import Element
from automata_rnn.scan.ragged import codes_with_identity, pad_with_identity
from automata_rnn.scan.task import Task
from automata_rnn.scan.validate import check_range
from automata_rnn.semiring import Array

BLOCK = 1 << 22
"""Bytes of elements that are looked up at a time."""
LONG = 32
"""Packed sequences shorter than this meet in one generic scan."""


def scan(task: Task) -> Element | None:
    """The results, or None where there is no kernel."""
    if task.offsets is not None:
        return _packed(task)
    if task.lengths is not None:
        task = _padded(task)
    if task.codes is None:
        return scan_elements(task)
    task = task._replace(codes=_small_codes(task.codes, len(task.parts[0])))
    result = by_words(task)
    return _in_blocks(task) if result is None else (result,)


def _small_codes(codes: Array, size: int) -> Array:
    """Codes of a dtype that kernels read; those check the range of others."""
    if codes.dtype.name in ("uint8", "uint16", "uint32"):
        return codes
    check_range(codes, size)
    return codes.astype(np.min_scalar_type(max(size - 1, 0)))


def _padded(task: Task) -> Task:
    """The same with identities past the end of each sequence."""
    lengths, parts, monoid = task.lengths, task.parts, task.monoid
    if task.codes is None:
        parts = pad_with_identity(parts, monoid, lengths)
        return task._replace(parts=parts, lengths=None)
    check_range(task.codes, len(parts[0]))
    parts, codes = codes_with_identity(parts, monoid, task.codes, lengths)
    return task._replace(parts=parts, codes=codes, lengths=None)


def _packed(task: Task) -> Element | None:
    """Sequence by sequence, where they are long."""
    offsets, rank = task.offsets, task.monoid.state_rank
    count, length = len(offsets) - 1, task.shape[-1]
    if count == 0 or length < LONG * count:
        return None
    results: list[Element] = []
    for i, (start, end) in enumerate(pairwise(offsets.tolist())):
        here = slice(start, end)
        one = task.initial is None or task.initial.ndim == rank
        piece = task._replace(
            parts=task.parts if task.codes is not None else _at(task.parts, here),
            codes=None if task.codes is None else task.codes[here],
            initial=task.initial if one else task.initial[i],
            shape=(here.stop - here.start,),
            offsets=None,
            out=None,
        )
        result = scan(piece) if piece.size else _empty(piece)
        if result is None:
            return None
        results.append(result)
    join = np.stack if task.reduce else np.concatenate
    return tuple(join(parts) for parts in zip(*results, strict=True))


def _at(parts: Element, where: slice) -> Element:
    return tuple(part[where] for part in parts)


def _empty(task: Task) -> Element:
    parts = _at(task.parts, slice(0, 0))
    return generic.scan(parts, task.monoid, initial=task.initial, reduce=task.reduce)


def _in_blocks(task: Task) -> Element | None:
    """Elements looked up block by block; what each block did is carried to the next."""
    check_range(task.codes, len(task.parts[0]))
    length, monoid = task.shape[-1], task.monoid
    whole = task.initial is None and not task.reduce  # the result is as large as they
    row = sum(part[0].nbytes for part in task.parts) * prod(task.shape[:-1])
    block = length if whole else max(1, BLOCK // max(1, row))
    results, axis = task.out, len(task.shape) - 1
    state, product = task.initial, None
    for start in range(0, length, block):
        codes = task.codes[..., start : start + block]
        parts = tuple(part[codes] for part in task.parts)
        piece = task._replace(parts=parts, codes=None, shape=codes.shape, out=None)
        result = scan_elements(piece._replace(initial=state))
        if result is None:
            return None
        if task.initial is not None:
            state = result[0] if task.reduce else result[0].take(-1, axis)
        elif task.reduce:
            product = result if product is None else monoid.combine(product, result)
        if block >= length and not task.reduce:
            return result
        if not task.reduce:
            results = results or _room(result, length, axis)
            for target, part in zip(results, result, strict=True):
                target[(slice(None),) * axis + (slice(start, start + block),)] = part
    return (product or (state,)) if task.reduce else results


def _room(pieces: Element, length: int, axis: int) -> Element:
    """Arrays like these, with another length of time."""
    shapes = ((*p.shape[:axis], length, *p.shape[axis + 1 :]) for p in pieces)
    pairs = zip(shapes, pieces, strict=True)
    return tuple(np.empty(shape, piece.dtype) for shape, piece in pairs)
