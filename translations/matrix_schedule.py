"""When a stream of 3×3 matrices, entry by entry, is multiplied by 3-step overwrites.

Position u ≥ 1 reads entry (u - 1) mod 9 of matrix t = (u - 1) div 9, row by row or
column by column. In each of three rows [x | y] ∈ ℚ⁶, half t mod 2 holds the product of
the matrices before t. Columns c of a matrix A go to y_j ← x · c when they are complete:

    rows      during the nine positions of the next matrix (Theorem 10, and theory 3.5)
    columns   column by column, during the three positions of the next column (3.5b)

No vec(P) is needed, since rows of P are multiplied on their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple, TypeAlias

from flint import fmpq

from translations.overwrites import OVERWRITES, STEPS, Overwrite, Sparse
from translations.windows import NONE

Order: TypeAlias = Literal["rows", "columns"]
ENTRIES = (-1, 0, 1)


class Column(NamedTuple):
    """Column j of a matrix that is (to be) put from half `source` into the other one.

    Attributes:
        positions: of its entries in the word.
    """

    source: int
    j: int
    positions: tuple[int, int, int]


@dataclass(frozen=True)
class MatrixSchedule:
    """What happens at each position, for one kind of heads and one order of entries.

    Attributes:
        kind: "rwkv7" or "deltanet".
        order: "rows" or "columns".
    """

    kind: str
    order: Order

    @property
    def slots(self) -> int:
        """How many symbols are kept: the last 18 are needed, or the last 6."""
        return 24 if self.order == "rows" else 6

    @property
    def period(self) -> int:
        """Positions modulo this number say where in the schedule and the slots."""
        return 72 if self.order == "rows" else 18

    def column(self, t: int, j: int) -> Column:
        """Column j of matrix t."""
        first = 9 * t + 1
        steps = (3, 1) if self.order == "rows" else (1, 3)
        positions = [first + steps[0] * k + steps[1] * j for k in range(3)]
        return Column(t % 2, j, (positions[0], positions[1], positions[2]))

    def task(self, u: int) -> tuple[Column, int] | None:
        """The column that is overwritten at u, and the step of it; or None."""
        steps, (t, i) = STEPS[self.kind], divmod(u - 1, 9)
        if self.order == "rows":
            j, step = divmod(i, steps)
            return (self.column(t - 1, j), step) if j < 3 else None
        before = divmod(9 * t + i - i % 3 - 3, 9)
        step = i % 3
        return (self.column(before[0], before[1] // 3), step) if step < steps else None

    def remaining(self, u: int) -> list[tuple[Column, int]]:
        """The tasks after u that belong to matrices or columns before u's."""
        size = 9 if self.order == "rows" else 3
        last = u + (-u % size)
        tasks = [self.task(v) for v in range(u + 1, last + 1)]
        return [task for task in tasks if task is not None]

    def answer(self, u: int, j: int) -> Column | None:
        """At the end of a matrix: its column j if that is pending, None if it is done.

        Done columns are at coordinate j of the half 1 - t mod 2.
        """
        t = (u - 1) // 9
        if self.order == "columns" and j < 2:
            return None
        return self.column(t, j)


def vector(column: Column, tokens: tuple[int, ...]) -> Sparse:
    """c of a column with these tokens; the column of I where there are none."""
    if tokens[0] == NONE:
        return {column.j: fmpq(1)}
    return {k: fmpq(ENTRIES[a - 1]) for k, a in enumerate(tokens) if ENTRIES[a - 1]}


def step_of(kind: str, task: tuple[Column, int], tokens: tuple[int, ...]) -> Overwrite:
    """The step of a task whose column has these tokens."""
    column, step = task
    moved = {3 * column.source + k: v for k, v in vector(column, tokens).items()}
    return OVERWRITES[kind](3 * (1 - column.source) + column.j, moved)[step]


def token_columns(start: bool) -> Iterator[tuple[int, ...]]:
    """The tokens that a column may have; at the start there may be none."""
    yield from product((1, 2, 3), repeat=3)
    if start:
        yield (NONE,) * 3
