"""Chains of products that advance side by side (`dense_registers`), in numba kernels.

One product waits for the one before it, so that one chain of products leaves the
arithmetic units idle. Several independent chains advance in turn, product by product:
a processor finds what can start at once only among instructions near each other.

A block that is written past the caches leaves the units time: all wait for memory.
`advance_both` uses it to multiply up the block that comes next.
"""

from typing import Any, NamedTuple

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types

from automata_rnn.scan.cpu import dense_registers, vector
from automata_rnn.scan.cpu.dense_registers import (
    Plan,
    hold,
    keep,
    multiply,
    read,
    registers_of,
    write,
)
from automata_rnn.scan.cpu.vector import LINE, at, digest, intrinsic, pointer

FORGET, KEEP, STREAM = 0, 1, 2
"""What becomes of the products on the way: only the last is kept; all are written; all
are written past the caches."""

NEAR, FAR = 8, 32
"""Cache lines: how far ahead chains whose products are forgotten call for elements,
which nobody has read before. By themselves they are as fast as memory and call into the
first cache; beside chains that are streamed they wait longer, and call into the second,
which has room."""

SOURCES = digest(vector.__name__, dense_registers.__name__, __name__)


class _Chain(NamedTuple):
    """One chain: where its first element is, and the product that it holds."""

    first: Any
    held: list[Any]
    mode: int


@intrinsic
def advance(
    typing: Any,
    plan: Any,
    mode: Any,
    elements: Any,
    out: Any,
    start: Any,
    stride: Any,
    length: Any,
    states: Any,
) -> Any:
    """Multiply `length` matrices onto each chain's state.

    Chain c, whose state is states[c] (n² numbers, replaced by its last product), reads
    elements[start + c·stride + t] for t = 0, …, length - 1 and, unless `mode` is
    FORGET, writes the products at the same places of `out`, which may be `elements`.
    `elements` and `out` are addresses or flat arrays, `states` a flat array; `length`
    is a multiple of the plan's steps.
    """
    arguments = (elements, out, start, stride, length, states)
    signature = types.void(plan, mode, *arguments)
    return signature, _build_advance


@intrinsic
def advance_both(
    typing: Any,
    plan: Any,
    elements: Any,
    out: Any,
    start: Any,
    stride: Any,
    states: Any,
    later: Any,
    products: Any,
) -> Any:
    """`advance` in mode STREAM from `start` and, at once, in mode FORGET from `later`.

    The states are `states` and `products`; all chains are `stride` elements long.
    """
    arguments = (elements, out, start, stride, states, later, products)
    return types.void(plan, *arguments), _build_advance_both


def _build_advance(context: Any, b: Any, signature: Any, values: Any) -> Any:
    kinds = signature.args
    plan, mode = Plan.parse(kinds[0].literal_value), kinds[1].literal_value
    _, _, _, _, start, stride, length, _ = values
    source, target, states = (
        pointer(context, b, _number(plan), kinds[i], values[i]) for i in (2, 3, 7)
    )
    chains = _chains(b, plan, mode, start, stride, states)
    _loop(b, plan, chains, source, target, length)
    _settle(b, plan, chains, states)
    return context.get_dummy_value()


def _build_advance_both(context: Any, b: Any, signature: Any, values: Any) -> Any:
    kinds = signature.args
    plan = Plan.parse(kinds[0].literal_value)
    _, _, _, start, stride, _, later, _ = values
    source, target, states, products = (
        pointer(context, b, _number(plan), kinds[i], values[i]) for i in (1, 2, 5, 7)
    )
    streamed = _chains(b, plan, STREAM, start, stride, states)
    forgotten = _chains(b, plan, FORGET, later, stride, products)
    pairs = zip(streamed, forgotten, strict=True)
    together = [chain for pair in pairs for chain in pair]
    _loop(b, plan, together, source, target, stride)
    _settle(b, plan, streamed, states)
    _settle(b, plan, forgotten, products)
    return context.get_dummy_value()


def _number(plan: Plan) -> Any:
    return ir.FloatType() if plan.bits == 32 else ir.DoubleType()


def _chains(
    b: Any, plan: Plan, mode: int, start: Any, stride: Any, states: Any
) -> list[_Chain]:
    """The plan's chains from `start` on, with their states."""
    found = []
    for c in range(plan.chains):
        first = b.add(start, b.mul(stride, ir.Constant(start.type, c)))
        product = read(b, plan, at(b, states, c * plan.entries))
        found.append(_Chain(first, hold(b, plan, product), mode))
    return found


def _loop(
    b: Any,
    plan: Plan,
    chains: list[_Chain],
    source: Any,
    target: Any,
    length: Any,
) -> None:
    """Advance all chains by `length`, the plan's steps at a time."""
    beside = any(chain.mode != FORGET for chain in chains)
    rounds = b.sdiv(length, ir.Constant(length.type, plan.steps))
    with cgutils.for_range(b, rounds) as loop:
        done = b.mul(loop.index, ir.Constant(length.type, plan.steps))
        entries = ir.Constant(length.type, plan.entries)
        times = [b.mul(b.add(chain.first, done), entries) for chain in chains]
        histories: list[list[Any]] = [[] for _ in chains]
        for step in range(plan.steps):
            for chain, time, history in zip(chains, times, histories, strict=True):
                matrix = at(b, at(b, source, time), step * plan.entries)
                product = multiply(b, plan, chain.held, matrix)
                keep(b, plan, chain.held, product)
                history += product
        for chain, time, history in zip(chains, times, histories, strict=True):
            if chain.mode == FORGET:
                _call_for(b, plan, at(b, source, time), beside=beside)
            else:
                streaming = chain.mode == STREAM
                write(b, plan, history, at(b, target, time), streaming=streaming)
    if any(chain.mode == STREAM for chain in chains):
        b.fence("seq_cst")  # streamed lines are seen by other threads from here on


def _call_for(b: Any, plan: Plan, place: Any, *, beside: bool) -> None:
    """Ask for as many lines as a plan's steps take, some lines after `place`."""
    numbers = 8 * LINE // plan.bits
    ahead, cache = (FAR, 2) if beside else (NEAR, 1)
    for start in range(0, plan.steps * plan.entries, numbers):
        vector.prefetch(b, at(b, place, start + ahead * numbers), cache)


def _settle(b: Any, plan: Plan, chains: list[_Chain], states: Any) -> None:
    """Write the products that chains hold to their states."""
    for c, chain in enumerate(chains):
        product = registers_of(b, plan, chain.held)
        write(b, plan, product, at(b, states, c * plan.entries))
