"""How a scan by registers is shared out: groups or blocks, their size, the threads.

All of it follows from shapes, not from the number of threads or their speed, so that
results are reproducible to the bit on one kind of processor.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from automata_rnn.scan.cpu.dense_blocks import PADDING, Kernels, kernels
from automata_rnn.scan.cpu.dense_registers import Plan, streams
from automata_rnn.scan.cpu.dense_threads import run
from automata_rnn.semiring import Array

LARGEST_BLOCK = 256 * 1024
SMALLEST_BLOCK = 64 * 1024
"""Bytes of a block: its elements and products lie in the second-level cache together,
and the time to take and hand on a block is small beside the time for its products."""

LARGEST_PRODUCT = 1024 * 1024
"""Bytes of a block of which only the product is kept: it is read once."""

SHARE = 2 * 1024 * 1024
"""Bytes of elements that are worth waking one more thread."""

STREAMED = 4 * 1024 * 1024
"""Bytes of products from which they are written past the caches."""

MANY_GROUPS = 64


class Layout(NamedTuple):
    """How sequences of one shape are shared out.

    Attributes:
        groups: of as many sequences as there are chains, whole; the rest is cut up.
        span: groups taken at a time.
        block: steps of a block of which all products are kept.
        product: steps of a block of which only the last is kept.
        streaming: whether all products may be written past the caches.
    """

    kernels: Kernels
    groups: int
    span: int
    block: int
    product: int
    streaming: bool


@lru_cache(maxsize=256)
def layout(plan: Plan, sequences: int, length: int) -> Layout:
    """The layout of (B, T, n, n) elements; remembered, for short calls."""
    size = sequences * length * plan.entries * plan.bits // 8
    whole = sequences == 1 or length % plan.steps == 0
    return Layout(
        kernels(plan),
        _groups(plan, sequences, length),
        _span(plan, length),
        _block(plan, length, LARGEST_BLOCK),
        _block(plan, length, LARGEST_PRODUCT),
        size >= STREAMED and whole and streams(plan),
    )


def scan(
    plan: Plan, elements: Array, out: Array, sequences: int, length: int, threads: int
) -> None:
    """All prefix products of (B, T, n, n) elements; both arrays are flat, and may be
    the same."""
    lay = layout(plan, sequences, length)
    threads = _useful(threads, elements)
    rest = sequences - lay.groups * plan.chains
    if lay.groups:
        counters = np.zeros(1, np.int64)
        task = (length, lay.groups, lay.span, counters, lay.streaming)
        run(lay.kernels.scan_groups, (elements, out, *task), threads)
        skipped = (sequences - rest) * length * plan.entries
        elements, out = elements[skipped:], out[skipped:]
    if rest:
        counters = np.zeros((rest + 1) * PADDING, np.int64)
        carries = np.empty(rest * plan.entries, out.dtype)
        kernel = lay.kernels.scan_blocks
        shares = (length, lay.block, rest, counters, carries, lay.streaming)
        run(kernel, (elements, out, *shares), threads)


def reduce(
    plan: Plan, elements: Array, out: Array, sequences: int, length: int, threads: int
) -> None:
    """The product of each sequence of (B, T, n, n) elements, in `out` (B, n, n), both
    flat."""
    lay = layout(plan, sequences, length)
    threads = _useful(threads, elements)
    rest = sequences - lay.groups * plan.chains
    if lay.groups:
        task = (length, lay.groups, lay.span, np.zeros(1, np.int64))
        run(lay.kernels.reduce_groups, (elements, out, *task), threads)
        done = (sequences - rest) * plan.entries
        elements, out = elements[done * length :], out[done:]
    if rest:
        blocks = -(-length // lay.product)
        partial = out if blocks == 1 else np.empty(blocks * out.size, out.dtype)
        task = (length, lay.product, rest, np.zeros(1, np.int64))
        run(lay.kernels.reduce_blocks, (elements, partial, *task), threads)
        if blocks > 1:
            reduce(plan, partial, out, rest, blocks, 1)


def _useful(threads: int, elements: Array) -> int:
    return min(threads, 1 + int(elements.nbytes) // SHARE)


def _groups(plan: Plan, sequences: int, length: int) -> int:
    """Groups of sequences that advance side by side, whole; 0 to cut sequences up.

    Long sequences are cut up unless there are enough groups for every thread.
    """
    groups = sequences // plan.chains
    short = length * plan.entries * plan.bits // 8 <= 4 * LARGEST_BLOCK
    return groups if short or groups >= MANY_GROUPS else 0


def _span(plan: Plan, length: int) -> int:
    """Groups taken at a time."""
    group = plan.chains * length * plan.entries * plan.bits // 8
    return max(1, SMALLEST_BLOCK // group)


def _block(plan: Plan, length: int, most: int) -> int:
    """Steps of one block: a sixteenth of the sequence, from SMALLEST_BLOCK to `most`.

    The chains of a block start an odd number of cache lines or matrices apart. Were it
    a power of two, all of them would compete for the same few places of the cache,
    which takes up to twice as long.
    """
    size = plan.entries * plan.bits // 8
    largest, smallest = most // size, SMALLEST_BLOCK // size
    unit = plan.chains * plan.steps
    units = max(1, min(largest, max(smallest, length // 16)) // unit)
    return unit * (units - 1 + units % 2)
