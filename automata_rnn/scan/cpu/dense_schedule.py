"""How a scan by registers is shared out: groups or blocks, their size, the threads.

All of it follows from shapes, not from the number of threads or their speed, so that
results are reproducible to the bit on one kind of processor.
"""

from functools import lru_cache

import numpy as np

from automata_rnn.scan.cpu.dense_blocks import PADDING, constants, kernels
from automata_rnn.scan.cpu.dense_registers import Plan, streams
from automata_rnn.scan.cpu.dense_threads import run
from automata_rnn.scan.cpu.vector import LINE
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


def scan(plan: Plan, elements: Array, out: Array, threads: int) -> None:
    """All prefix products of (B, T, n, n) elements; `out` may be `elements`."""
    sequences, length = elements.shape[:2]
    threads = _useful(threads, elements)
    address, target = elements.ctypes.data, out.ctypes.data
    streaming = (
        elements.nbytes >= STREAMED
        and address != target
        and target % LINE == 0
        and streams(plan)
        and (sequences == 1 or length % plan.steps == 0)
    )
    groups = _groups(plan, sequences, length)
    if groups:
        kernel, counters = kernels(plan).scan_groups, np.zeros(1, np.int64)
        shares = (length, groups, _span(plan, length), counters)
        run(kernel, (address, target, *shares, streaming), threads)
    rest = sequences - groups * plan.chains
    if rest:
        skipped = (sequences - rest) * length * plan.entries * plan.bits // 8
        kernel, counters = kernels(plan).scan_blocks, _counters(rest)
        task = (
            length,
            _block(plan, length, LARGEST_BLOCK),
            rest,
            counters,
            _identities(plan, rest),
        )
        places = (address + skipped, target + skipped)
        run(kernel, (*places, *task, streaming), threads)


def reduce(plan: Plan, elements: Array, out: Array, threads: int) -> None:
    """The product of each sequence of (B, T, n, n) elements, in `out` (B, n, n)."""
    sequences, length = elements.shape[:2]
    threads = _useful(threads, elements)
    groups = _groups(plan, sequences, length)
    grouped = groups * plan.chains
    if groups:
        results = out[:grouped].reshape(-1)
        task = (length, groups, _span(plan, length), np.zeros(1, np.int64))
        kernel = kernels(plan).reduce_groups
        run(kernel, (elements.ctypes.data, results, *task), threads)
    rest = sequences - grouped
    if rest:
        block = _block(plan, length, LARGEST_PRODUCT)
        blocks = -(-length // block)
        partial = np.empty((rest, blocks, plan.size, plan.size), out.dtype)
        results = out[grouped:] if blocks == 1 else partial
        task = (length, block, rest, np.zeros(1, np.int64))
        arguments = (elements[grouped:].ctypes.data, results.reshape(-1), *task)
        run(kernels(plan).reduce_blocks, arguments, threads)
        if blocks > 1:
            reduce(plan, partial, out[grouped:], 1)


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


def _counters(sequences: int) -> Array:
    return np.zeros((sequences + 1) * PADDING, np.int64)


@lru_cache(maxsize=64)
def _identity(plan: Plan) -> Array:
    zero, one = constants(plan.semiring)
    identity = np.full((plan.size, plan.size), zero, np.dtype(f"f{plan.bits // 8}"))
    np.fill_diagonal(identity, one)
    return identity.reshape(-1)


def _identities(plan: Plan, count: int) -> Array:
    identity = _identity(plan)
    return identity.copy() if count == 1 else np.tile(identity, count)
