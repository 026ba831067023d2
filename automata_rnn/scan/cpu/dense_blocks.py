"""Scans by kernels that hold the product in registers (`dense_registers`).

A long sequence is cut into blocks that fit the second-level cache. Whoever takes a
block (1) multiplies it up, which brings it into the cache, (2) waits for the product of
all that comes before, which whoever has the block before it hands on, and hands on the
product of that with its own, (3) goes over the block again and writes the products. So
memory is read once and written once, by any number of threads: the decoupled look-back
of Merrill and Garland, NVR-2016-002. Where products are written past the caches, it
does (3) for one block and (1) for its next one at once: memory is written to without
pause, and the units work while they wait for it. Blocks are cut alike whatever the
number of threads, so results are reproducible to the bit.

Within a block each chain has a stretch of its own. In a batch, each chain has a whole
sequence of its own, and nothing is multiplied twice.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.dense_advance import (
    FORGET,
    KEEP,
    SOURCES,
    STREAM,
    advance,
    advance_both,
)
from automata_rnn.scan.cpu.dense_registers import Plan
from automata_rnn.scan.cpu.dense_threads import (
    SPINS,
    fetch_add,
    give_way,
    load_acquire,
    store_release,
)
from automata_rnn.scan.cpu.vector import LINE, address

TICKET = 0
PADDING = 8
"""Counters of different sequences are a cache line, eight int64, apart."""


class Kernels(NamedTuple):
    """The four kernels of one plan, for flat arrays of elements and results.

    Where `streaming` is wanted, products are written past the caches if `out` is not
    `elements` and starts at a cache line.

    Attributes:
        scan_blocks: (elements, out, length, block, sequences, counters, carries,
            streaming); `counters` is zero, (sequences + 1)·PADDING; `carries` has room
            for a matrix for each sequence.
        scan_groups: (elements, out, length, groups, span, counters, streaming), where
            group g is sequences g·chains, …, (g + 1)·chains - 1 and `span` groups are
            taken at a time.
        reduce_blocks: (elements, results, length, block, sequences, counters), with a
            result for every block.
        reduce_groups: (elements, results, length, groups, span, counters).
    """

    scan_blocks: Callable[..., None]
    scan_groups: Callable[..., None]
    reduce_blocks: Callable[..., None]
    reduce_groups: Callable[..., None]


@lru_cache(maxsize=64)
def kernels(plan: Plan) -> Kernels:
    """The kernels of a plan; each is compiled when it is first called."""
    return Kernels(
        _scan_blocks(plan),
        _scan_groups(plan),
        _reduce_blocks(plan),
        _reduce_groups(plan),
    )


@compiled
def can_stream(elements: Any, out: Any) -> Any:
    """Whether `out` is whole cache lines, and not `elements`."""
    return address(out) % LINE == 0 and address(out) != address(elements)


@compiled
def fill_identity(states: Any, size: int, zero: float, one: float) -> None:
    """Identity matrices, one after the other."""
    entries = size * size
    for i in range(len(states)):
        place = i % entries
        states[i] = one if place // size == place % size else zero


def _scan_blocks(plan: Plan) -> Callable[..., None]:
    several, single = plan.text(SOURCES), plan.single.text(SOURCES)
    size, entries, chains, steps = plan.size, plan.entries, plan.chains, plan.steps
    number, (zero, one) = _number(plan), constants(plan.semiring)

    @compiled
    def scan_blocks(
        elements: Any,
        out: Any,
        length: int,
        block: int,
        sequences: int,
        counters: Any,
        carries: Any,
        streaming: bool,
    ) -> None:
        streaming &= can_stream(elements, out)
        blocks = (length + block - 1) // block
        products = np.empty(chains * entries, number)
        states = np.empty((chains + 1) * entries, number)
        carry = np.empty(entries, number)
        ticket, multiplied = fetch_add(counters, TICKET, 1), False
        while ticket < sequences * blocks:
            sequence, index = ticket // blocks, ticket % blocks
            start = sequence * length + index * block
            taken = min(block, length - index * block)
            stretch = taken // (chains * steps) * steps
            if not multiplied:
                fill_identity(products, size, zero, one)
                advance(
                    several, FORGET, elements, out, start, stretch, stretch, products
                )

            flag, looks = (sequence + 1) * PADDING, 0
            while load_acquire(counters, flag) < index:
                looks += 1
                if looks % SPINS == 0:
                    give_way()
            handed = carries[sequence * entries : (sequence + 1) * entries]
            if index == 0:
                fill_identity(handed, size, zero, one)
            carry[:] = handed
            states[:entries] = handed
            advance(single, KEEP, products, states[entries:], 0, 0, chains, carry)
            handed[:] = carry
            store_release(counters, flag, index + 1)

            ticket = fetch_add(counters, TICKET, 1)
            index = ticket % blocks
            whole = block <= length - index * block and taken == block
            multiplied = streaming and ticket < sequences * blocks and whole
            if multiplied:
                later = ticket // blocks * length + index * block
                fill_identity(products, size, zero, one)
                advance_both(
                    several, elements, out, start, stretch, states, later, products
                )
            elif streaming:
                advance(several, STREAM, elements, out, start, stretch, stretch, states)
            else:
                advance(several, KEEP, elements, out, start, stretch, stretch, states)
            rest = start + chains * stretch  # only of a last block: none waits for it
            left = taken - chains * stretch
            advance(single, KEEP, elements, out, rest, 0, left, carry)

    return scan_blocks


def _scan_groups(plan: Plan) -> Callable[..., None]:
    several, single = plan.text(SOURCES), plan.single.text(SOURCES)
    size, entries, chains, steps = plan.size, plan.entries, plan.chains, plan.steps
    number, (zero, one) = _number(plan), constants(plan.semiring)

    @compiled
    def scan_groups(
        elements: Any,
        out: Any,
        length: int,
        groups: int,
        span: int,
        counters: Any,
        streaming: bool,
    ) -> None:
        streaming &= can_stream(elements, out)
        states = np.empty(chains * entries, number)
        even = length // steps * steps
        while True:
            first = span * fetch_add(counters, TICKET, 1)
            if first >= groups:
                return
            for group in range(first, min(first + span, groups)):
                start = group * chains * length
                fill_identity(states, size, zero, one)
                if streaming:
                    advance(several, STREAM, elements, out, start, length, even, states)
                else:
                    advance(several, KEEP, elements, out, start, length, even, states)
                for c in range(chains if even < length else 0):
                    rest = start + c * length + even
                    state = states[c * entries : (c + 1) * entries]
                    advance(single, KEEP, elements, out, rest, 0, length - even, state)

    return scan_groups


def _reduce_blocks(plan: Plan) -> Callable[..., None]:
    several, single = plan.text(SOURCES), plan.single.text(SOURCES)
    size, entries, chains, steps = plan.size, plan.entries, plan.chains, plan.steps
    number, (zero, one) = _number(plan), constants(plan.semiring)

    @compiled
    def reduce_blocks(
        elements: Any,
        results: Any,
        length: int,
        block: int,
        sequences: int,
        counters: Any,
    ) -> None:
        blocks = (length + block - 1) // block
        products = np.empty(chains * entries, number)
        while True:
            ticket = fetch_add(counters, TICKET, 1)
            if ticket >= sequences * blocks:
                return
            sequence, index = ticket // blocks, ticket % blocks
            start = sequence * length + index * block
            taken = min(block, length - index * block)
            stretch = taken // (chains * steps) * steps
            fill_identity(products, size, zero, one)
            advance(several, FORGET, elements, 0, start, stretch, stretch, products)
            result = results[ticket * entries : (ticket + 1) * entries]
            fill_identity(result, size, zero, one)
            advance(single, FORGET, products, 0, 0, 0, chains, result)
            rest, left = start + chains * stretch, taken - chains * stretch
            advance(single, FORGET, elements, 0, rest, 0, left, result)

    return reduce_blocks


def _reduce_groups(plan: Plan) -> Callable[..., None]:
    several, single = plan.text(SOURCES), plan.single.text(SOURCES)
    size, entries, chains, steps = plan.size, plan.entries, plan.chains, plan.steps
    zero, one = constants(plan.semiring)

    @compiled
    def reduce_groups(
        elements: Any, results: Any, length: int, groups: int, span: int, counters: Any
    ) -> None:
        even = length // steps * steps
        while True:
            first = span * fetch_add(counters, TICKET, 1)
            if first >= groups:
                return
            for group in range(first, min(first + span, groups)):
                start = group * chains * length
                states = results[
                    group * chains * entries : (group + 1) * chains * entries
                ]
                fill_identity(states, size, zero, one)
                advance(several, FORGET, elements, 0, start, length, even, states)
                for c in range(chains if even < length else 0):
                    rest = start + c * length + even
                    state = states[c * entries : (c + 1) * entries]
                    advance(single, FORGET, elements, 0, rest, 0, length - even, state)

    return reduce_groups


def _number(plan: Plan) -> Any:
    return np.float32 if plan.bits == 32 else np.float64


def constants(semiring: str) -> tuple[float, float]:
    """Zero and one of a semiring."""
    return {
        "real": (0.0, 1.0),
        "max-plus": (-np.inf, 0.0),
        "min-plus": (np.inf, 0.0),
    }[semiring]
