"""Products of n × n matrices that stay in vector registers, 2 ≤ n ≤ 8.

P ← P A, row by row in the registers, each row padded to d ≥ n lanes, d a power of two.
Vectors have W lanes, a multiple of d, so each holds W / d whole rows. With vector r and
lane l, let i = (r W + l) // d and j = l % d; then lane l of vector r holds P[i, j], and

    P'[i, j] = ⊕_k  P[i, k] ⊗ A[k, j].

The second factor, row k of A repeated, is the same for all r. The first is, up to
n = 4, a shuffle of vector r itself: lane l takes lane (l // d) d + k. Above, there is a
vector for each row and as many shuffles as multiplications, which would wait for them:
P is also stored, and P[i, k] loaded into all lanes of a vector, which keeps no
arithmetic unit busy. What padding holds is never used.
"""

from dataclasses import astuple, dataclass, replace
from typing import Any

from automata_rnn.scan.cpu import vector
from automata_rnn.scan.cpu.vector import LINE, at, shuffle, splat

CHAINS = {2: 8, 3: 4, 4: 4, 5: 2, 6: 2, 7: 2, 8: 2}
"""Chains side by side, for each size n that has such kernels."""

SHUFFLED = 4
"""Up to this size first factors are shuffles."""


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
    def stored(self) -> bool:
        """Whether first factors are loaded from memory."""
        return self.size > SHUFFLED

    @property
    def single(self) -> "Plan":
        """The plan for one chain, a product at a time: for what is left over."""
        return replace(self, chains=1, steps=1)

    def text(self, sources: int) -> str:
        """The plan as a constant that kernels can hold, with a digest of sources."""
        return "/".join(str(part) for part in (*astuple(self), sources))

    @staticmethod
    def parse(text: str) -> "Plan":
        """The plan with this text."""
        semiring, *numbers = text.split("/")
        return Plan(semiring, *(int(number) for number in numbers[:-1]))


def plan_for(semiring: str, size: int, bits: int, width: int) -> Plan:
    """The plan for vectors of `width` bytes; a row wider than that takes several."""
    padded = 1 << (size - 1).bit_length()
    rows = padded if size <= SHUFFLED else 1
    lanes = max(padded, min(padded * rows, 8 * width // bits))
    steps = max(1, 8 * LINE // (size**2 * bits)) if padded == size else 1
    return Plan(semiring, size, bits, padded, lanes, CHAINS[size], steps)


def streams(plan: Plan) -> bool:
    """Whether the products stored together are whole cache lines."""
    return plan.steps * plan.entries * plan.bits % (8 * LINE) == 0


def hold(b: Any, plan: Plan, product: list[Any]) -> list[Any]:
    """Places, one for each register, from which `multiply` takes the first factor."""
    if plan.stored:
        number = product[0].type.element
        memory = vector.scratch(b, number, plan.registers * plan.lanes)
        held = [at(b, memory, i * plan.lanes) for i in range(plan.registers)]
    else:
        held = [vector.scratch(b, register.type, 1) for register in product]
    keep(b, plan, held, product)
    return held


def keep(b: Any, plan: Plan, held: list[Any], product: list[Any]) -> None:
    """Hold another product from here on."""
    for place, register in zip(held, product, strict=True):
        if plan.stored:
            vector.store(b, register, place)
        else:
            b.store(register, place)
    if plan.stored:
        vector.read_again(b, held[0])


def registers_of(b: Any, plan: Plan, held: list[Any]) -> list[Any]:
    """The product that is held."""
    if plan.stored:
        return [vector.load(b, place, plan.lanes) for place in held]
    return [b.load(place) for place in held]


def multiply(b: Any, plan: Plan, held: list[Any], matrix: Any) -> list[Any]:
    """P A in registers, by the formula above; `matrix` points to A."""
    total: list[Any] = []
    for k in range(plan.size):
        row = _row(b, plan, at(b, matrix, k * plan.size))
        repeated = shuffle(b, row, [lane % plan.padded for lane in range(plan.lanes)])
        factors = _factors(b, plan, held, k)
        if k == 0:
            total = [vector.times(b, plan.semiring, x, repeated) for x in factors]
        else:
            pairs = zip(factors, total, strict=True)
            total = [
                vector.times_plus(b, plan.semiring, x, repeated, z) for x, z in pairs
            ]
    return total


def _factors(b: Any, plan: Plan, held: list[Any], k: int) -> list[Any]:
    """Column k of the product that is held, each number in all lanes of its row."""
    if plan.stored:
        numbers = (b.load(at(b, place, k)) for place in held)
        return [splat(b, number, plan.lanes) for number in numbers]
    column = [lane - lane % plan.padded + k for lane in range(plan.lanes)]
    return [shuffle(b, b.load(place), column) for place in held]


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


def write(
    b: Any, plan: Plan, registers: list[Any], target: Any, *, streaming: bool = False
) -> None:
    """Products one after the other in memory, by whole cache lines where possible."""
    if plan.padded > plan.size:
        _write_rows(b, plan, registers, target)
        return
    together = max(1, min(len(registers), 8 * LINE // (plan.lanes * plan.bits)))
    for i in range(0, len(registers), together):
        line = vector.concatenate(b, registers[i : i + together])
        place = at(b, target, i * plan.lanes)
        vector.store(b, line, place, streaming=streaming)


def _write_rows(b: Any, plan: Plan, registers: list[Any], target: Any) -> None:
    """One product, without the padding."""
    together = plan.lanes // plan.padded
    for i in range(plan.size):
        first = i % together * plan.padded
        row = shuffle(
            b, registers[i // together], list(range(first, first + plan.size))
        )
        vector.store_padded(b, row, at(b, target, i * plan.size), plan.size)
