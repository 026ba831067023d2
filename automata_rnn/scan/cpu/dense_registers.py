"""Products of n × n matrices that stay in vector registers, 2 ≤ n ≤ 8.

P ← P A, row by row in the registers, each row padded to d ≥ n lanes, d a power of two.
Vectors have W lanes, a multiple of d, so each holds W / d whole rows. With vector r and
lane l, let i = (r W + l) // d and j = l % d; then lane l of vector r holds P[i, j], and

    P'[i, j] = ⊕_k  P[i, k] ⊗ A[k, j].

The first factor is a shuffle of vector r itself: lane l takes lane (l // d) d + k. The
second, row k of A repeated, is the same for all r. What padding holds is never used.

One product waits for the one before it, so that one chain of products leaves the
arithmetic units idle. A kernel therefore advances several independent chains, in turn.
"""

from dataclasses import astuple, dataclass, replace
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types

from automata_rnn.scan.cpu import vector
from automata_rnn.scan.cpu.vector import (
    LINE,
    at,
    digest,
    intrinsic,
    pointer,
    shuffle,
    variable,
)

CHAINS = {2: 8, 3: 4, 4: 4, 5: 2, 6: 2, 7: 2, 8: 2}
"""Chains side by side, for each size n that has such kernels."""

FORGET, KEEP, STREAM = 0, 1, 2
"""What becomes of the products on the way: only the last is kept; all are written; all
are written past the caches."""

SOURCES = digest(vector.__name__, __name__)


@dataclass(frozen=True)
class Plan:
    """How one kernel lays out its products.

    Attributes:
        semiring: "real", "max-plus" or "min-plus".
        size: n.
        bits: 32 or 64, of a number.
        padded: d, the lanes of one row.
        lanes: W, of one vector.
        chains: products that advance side by side.
        steps: products of one chain that are stored together, to fill a cache line.
    """

    semiring: str
    size: int
    bits: int
    padded: int
    lanes: int
    chains: int
    steps: int

    @property
    def entries(self) -> int:
        """n², the numbers of one matrix."""
        return self.size**2

    @property
    def registers(self) -> int:
        """Vectors that hold one product."""
        return -(-self.size * self.padded // self.lanes)

    @property
    def single(self) -> "Plan":
        """The plan for one chain, a product at a time: for what is left over."""
        return replace(self, chains=1, steps=1)

    @property
    def text(self) -> str:
        """The plan as a constant that kernels can hold."""
        return "/".join(str(part) for part in (*astuple(self), SOURCES))

    @staticmethod
    def parse(text: str) -> "Plan":
        """The plan with this text."""
        semiring, *numbers = text.split("/")
        return Plan(semiring, *(int(number) for number in numbers[:-1]))


def plan_for(semiring: str, size: int, bits: int, width: int) -> Plan:
    """The plan for vectors of `width` bytes; a row wider than that takes several."""
    padded = 1 << (size - 1).bit_length()
    lanes = max(padded, min(padded**2, 8 * width // bits))
    steps = max(1, 8 * LINE // (size**2 * bits)) if padded == size else 1
    return Plan(semiring, size, bits, padded, lanes, CHAINS[size], steps)


def streams(plan: Plan) -> bool:
    """Whether the products stored together are whole cache lines."""
    return plan.steps * plan.entries * plan.bits % (8 * LINE) == 0


def multiply(b: Any, plan: Plan, product: list[Any], matrix: Any) -> list[Any]:
    """P A in registers, by the formula above; `matrix` points to A."""
    total: list[Any] = []
    for k in range(plan.size):
        row = _row(b, plan, at(b, matrix, k * plan.size))
        repeated = shuffle(b, row, [lane % plan.padded for lane in range(plan.lanes)])
        column = [lane - lane % plan.padded + k for lane in range(plan.lanes)]
        factors = [shuffle(b, register, column) for register in product]
        if k == 0:
            total = [vector.times(b, plan.semiring, x, repeated) for x in factors]
        else:
            pairs = zip(factors, total, strict=True)
            total = [
                vector.times_plus(b, plan.semiring, x, repeated, z) for x, z in pairs
            ]
    return total


def read(b: Any, plan: Plan, source: Any) -> list[Any]:
    """The registers of the matrix that `source` points to."""
    together = plan.lanes // plan.padded
    rows = [_row(b, plan, at(b, source, i * plan.size)) for i in range(plan.size)]
    rows += rows[-1:] * (plan.registers * together - plan.size)
    starts = range(0, len(rows), together)
    return [vector.concatenate(b, rows[i : i + together]) for i in starts]


def _row(b: Any, plan: Plan, source: Any) -> Any:
    """The padded row that `source` points to."""
    return vector.load_padded(b, source, plan.size, plan.padded)


def write(b: Any, plan: Plan, registers: list[Any], target: Any, mode: int) -> None:
    """Products one after the other in memory, by whole cache lines where possible."""
    if plan.padded > plan.size:
        _write_rows(b, plan, registers, target)
        return
    together = max(1, min(len(registers), 8 * LINE // (plan.lanes * plan.bits)))
    for i in range(0, len(registers), together):
        line = vector.concatenate(b, registers[i : i + together])
        place = at(b, target, i * plan.lanes)
        vector.store(b, line, place, streaming=mode == STREAM)


def _write_rows(b: Any, plan: Plan, registers: list[Any], target: Any) -> None:
    """One product, without the padding."""
    together = plan.lanes // plan.padded
    for i in range(plan.size):
        first = i % together * plan.padded
        row = shuffle(
            b, registers[i // together], list(range(first, first + plan.size))
        )
        vector.store_padded(b, row, at(b, target, i * plan.size), plan.size)


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
    ahead: Any,
) -> Any:
    """Multiply `length` matrices onto each chain's state.

    Chain c, whose state is states[c] (n² numbers, replaced by its last product), reads
    elements[start + c·stride + t] for t = 0, …, length - 1 and, unless `mode` is
    FORGET, writes the products at the same places of `out`, which may be `elements`.
    `elements` and `out` are addresses or flat arrays, `states` a flat array; `length`
    is a multiple of the plan's steps. In mode STREAM each matrix read calls for the one
    `ahead` elements later, which the caller will want next.
    """
    arguments = (elements, out, start, stride, length, states, ahead)
    signature = types.void(plan, mode, *arguments)
    return signature, _build_advance


def _build_advance(context: Any, b: Any, signature: Any, values: Any) -> Any:
    kinds = signature.args
    plan, mode = Plan.parse(kinds[0].literal_value), kinds[1].literal_value
    number = ir.FloatType() if plan.bits == 32 else ir.DoubleType()
    _, _, _, _, start, stride, length, _, ahead = values
    source, target, states = (
        pointer(context, b, number, kinds[i], values[i]) for i in (2, 3, 7)
    )
    chains = range(plan.chains)
    firsts = [b.add(start, b.mul(stride, ir.Constant(start.type, c))) for c in chains]
    places = [at(b, states, c * plan.entries) for c in chains]
    held = [[variable(b, x) for x in read(b, plan, place)] for place in places]
    rounds = b.sdiv(length, ir.Constant(length.type, plan.steps))
    with cgutils.for_range(b, rounds) as loop:
        done = b.mul(loop.index, ir.Constant(length.type, plan.steps))
        for first, slots in zip(firsts, held, strict=True):
            time = b.mul(b.add(first, done), ir.Constant(start.type, plan.entries))
            products = _several(b, plan, slots, at(b, source, time))
            if mode == STREAM:
                later = b.mul(ahead, ir.Constant(ahead.type, plan.entries))
                _call_for(b, plan, at(b, source, b.add(time, later)))
            if mode != FORGET:
                write(b, plan, products, at(b, target, time), mode)
    for place, slots in zip(places, held, strict=True):
        write(b, plan, [b.load(slot) for slot in slots], place, KEEP)
    if mode == STREAM:
        b.fence("seq_cst")  # streamed lines are seen by other threads from here on
    return context.get_dummy_value()


def _call_for(b: Any, plan: Plan, place: Any) -> None:
    """Ask for the lines of a plan's steps, to be in the second-level cache soon."""
    size = plan.steps * plan.entries
    for start in range(0, size, 8 * LINE // plan.bits):
        vector.prefetch(b, at(b, place, start))


def _several(b: Any, plan: Plan, slots: list[Any], matrices: Any) -> list[Any]:
    """Advance one chain by the plan's steps; the registers of all its products."""
    product = [b.load(slot) for slot in slots]
    history: list[Any] = []
    for step in range(plan.steps):
        product = multiply(b, plan, product, at(b, matrices, step * plan.entries))
        history += product
    for slot, register in zip(slots, product, strict=True):
        b.store(register, slot)
    return history
