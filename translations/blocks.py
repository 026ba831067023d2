"""Blocks of m symbols: while one is read, the product of the one before is applied.

Position u ≥ 1 is in block l = (u - 1) div m, at its place τ = (u - 1) mod m + 1. The
state is a row [x | y]; in block l half l mod 2 holds α P_0 ⋯ P_{l-2} and the other half
is overwritten, step by step, with α P_0 ⋯ P_{l-1} (theory 3.4, with the halves taking
turns: m = n steps where Theorem 9 copies back and takes 2n). Block -1 has no symbols
and P_{-1} = I. A key (u mod 2m, symbols of both blocks) says all there is to know.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from flint import fmpq, fmpq_mat

from automata_rnn.semiring import Array
from translations.overwrites import Overwrite, Sparse, completion, program
from translations.windows import NONE, Products


@dataclass(frozen=True)
class Schedule:
    """Where in its block a position u mod 2m is; slots are numbered by u mod 2m.

    Attributes:
        block: m.
    """

    block: int

    @property
    def period(self) -> int:
        return 2 * self.block

    def place(self, p: int) -> int:
        """τ, from 1 to m."""
        return (p - 1) % self.block + 1

    def source(self, p: int) -> int:
        """The half that is read in this block."""
        return (p - 1) % self.period // self.block

    def previous(self, p: int) -> list[int]:
        """The slots of the block before."""
        first = p - self.place(p) - self.block + 1
        return [(first + i) % self.period for i in range(self.block)]

    def current(self, p: int) -> list[int]:
        """The slots of this block, up to now."""
        first = p - self.place(p) + 1
        return [(first + i) % self.period for i in range(self.place(p))]


def full_windows(schedule: Schedule, letters: int, p: int) -> Iterator[tuple[int, ...]]:
    """Blocks that may lie before position p: all symbols, or none at the beginning."""
    yield from product(range(1, letters + 1), repeat=schedule.block)
    if schedule.source(p) == 0 or p == 0:
        yield (NONE,) * schedule.block


def padded_windows(
    schedule: Schedule, letters: int, p: int
) -> Iterator[tuple[int, ...]]:
    """Blocks whose last symbols may be missing."""
    for length in range(schedule.block + 1):
        rest = (NONE,) * (schedule.block - length)
        for symbols in product(range(1, letters + 1), repeat=length):
            yield (*symbols, *rest)


class Blocks:
    """The steps of each block's product, and what completes them, each found once."""

    def __init__(self, kind: str, weights: Array, schedule: Schedule) -> None:
        self.kind, self.schedule = kind, schedule
        self.products = Products(weights)
        self.size = weights.shape[-1]
        self.steps: Callable[[int, int], list[Overwrite]] = lru_cache(2**12)(
            self._steps
        )

    def _steps(self, number: int, source: int) -> list[Overwrite]:
        columns = self.products.columns(number)
        return program(self.kind, columns, source, self.schedule.block)

    def step(self, p: int, previous: Sequence[int]) -> Overwrite:
        """The step at position p after this block."""
        number = self.products.number(previous)
        steps = self.steps(number, self.schedule.source(p))
        return steps[self.schedule.place(p) - 1]

    def complete(self, p: int, previous: Sequence[int], column: Sparse) -> Sparse:
        """What the state after position p must meet to give α P_0 ⋯ P_{l-1} column."""
        source = self.schedule.source(p)
        steps = self.steps(self.products.number(previous), source)
        target = {(1 - source) * self.size + i: v for i, v in column.items()}
        return completion(steps[self.schedule.place(p) :], target)

    def forward(
        self, p: int, previous: Sequence[int], current: Sequence[int], row: Array
    ) -> list[Any]:
        """α M_{w_1} ⋯ M_{w_t}, of the state after position p: the pending work done."""
        columns = self.products.columns(self.products.number(current))
        queries = [self.complete(p, previous, column) for column in columns]
        return [
            sum((row[i] * v for i, v in query.items()), start=fmpq(0))
            for query in queries
        ]

    def value_query(
        self, p: int, previous: Sequence[int], current: Sequence[int], final: fmpq_mat
    ) -> Sparse:
        """The query that gives α M_{w_1} ⋯ M_{w_t} ω."""
        product = self.products.matrices[self.products.number(current)] * final
        column = {i: product[i, 0] for i in range(self.size) if product[i, 0]}
        return self.complete(p, previous, column)
