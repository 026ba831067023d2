"""Any rational matrix, one column after the other, by the updates of coordinates.

r ↦ r M puts y_j = r·(column j) into every slot j. A column can be written in place when
no other column needs the old r_j any more. Where every column is needed, one goes to a
scratch slot first (3 factors), and is swapped home at the end (1 factor). After that,
y_i = … + p r_j with p ≠ 0 replaces r_j in the other columns, so that slot j is free for
y_j: a matrix without zeros takes 3n + 1 factors if no elimination meets a zero, and
every matrix takes at most 4n.
"""

from collections.abc import Iterable

import numpy as np

from automata_rnn.exact.updates import (
    Factor,
    overwrite,
    scale,
    swap,
    transvection,
    unit,
)
from automata_rnn.semiring import RATIONAL, Array


def column_schedule(matrix: Array) -> tuple[list[Factor], int]:
    """Factors on rows (n + scratch,), and scratch, such that (r, s) ↦ (r M, anything).

    The slots of s hold whatever was written last; what they held before never counts.
    """
    n = len(matrix)
    size = 2 * n  # more slots than can be needed, cut below
    columns = _changed_columns(matrix, size)
    factors: list[Factor] = []
    homes: list[int] = []  # of the columns in slots n, n + 1, …
    written: tuple[int, Array] | None = None
    while columns:
        j = _free_slot(columns)
        stuck = (
            columns if j is None else [j] if len(in_place(j, columns[j])) > 3 else []
        )
        if written is not None and _eliminate(columns, stuck, *written):
            written = None
        elif j is not None:
            c = columns.pop(j)
            factors += in_place(j, c)
            written = (j, c) if c[j] == 0 else None
        else:
            i, slot = min(columns), n + len(homes)
            c = columns.pop(i)
            factors += overwrite(slot, c)
            homes.append(i)
            written = (slot, c)
    factors += [swap(home, n + i, size) for i, home in enumerate(homes)]
    return [(beta, key[: n + len(homes)]) for beta, key in factors], len(homes)


def in_place(j: int, c: Array) -> list[Factor]:
    """r_j ← r·c: 3 factors if c_j is 0 or 1, 1 if c is a multiple of e_j, else 4."""
    n = len(c)
    others = c - c[j] * unit(j, n)
    if c[j] == 0:
        return overwrite(j, others)
    scaled = [] if c[j] == 1 else [scale(j, c[j], n)]
    return scaled + transvection(j, others)


def _changed_columns(matrix: Array, size: int) -> dict[int, Array]:
    columns = {}
    for j, column in enumerate(matrix.T):
        wide = RATIONAL.array(np.zeros(size, dtype=int)).copy()
        wide[: len(column)] = column
        if np.any(wide != unit(j, size)):
            columns[j] = wide
    return columns


def _free_slot(columns: dict[int, Array]) -> int | None:
    """The cheapest column whose slot no other one reads."""
    free = [
        (len(in_place(j, c)), j)
        for j, c in columns.items()
        if all(other[j] == 0 for i, other in columns.items() if i != j)
    ]
    return min(free)[1] if free else None


def _eliminate(
    columns: dict[int, Array], stuck: Iterable[int], slot: int, c: Array
) -> bool:
    """Read y = r·c from `slot` instead of r_j for a stuck j; False where y has none."""
    pivots = [j for j in stuck if c[j] != 0]
    if not pivots:
        return False
    j = pivots[0]
    for i, column in columns.items():
        ratio = column[j] / c[j]
        columns[i] = column - ratio * c + ratio * unit(slot, len(c))
    return True
