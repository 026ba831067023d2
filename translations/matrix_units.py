"""The named units of the matrix product networks, and what queries read."""

from collections.abc import Sequence

from flint import fmpq

from automata_rnn.rnns.coordinates import Unit
from translations.matrix_schedule import ENTRIES, Column, MatrixSchedule, vector
from translations.overwrites import Sparse
from translations.positions import residues
from translations.router import cycle_table, cycle_units
from translations.windows import slot

TOKENS = len(ENTRIES) + 1


def query_unit(j: int, i: int) -> Unit:
    """The unit that holds coordinate i of the query for column j."""
    return ("top", "query", j, i)


def entry_unit(i: int, j: int) -> Unit:
    """The unit that holds entry (i, j) of the product."""
    return ("entry", i, j)


def controls(schedule: MatrixSchedule) -> list[list[Unit]]:
    """The one-hot units that say where in the schedule a position is."""
    return [residues(schedule.slots), cycle_units(3, 6)]


def control(schedule: MatrixSchedule, u: int) -> tuple[int, int]:
    """What they say at position u."""
    units = {position: key[1] for key, position in cycle_table(3, 6).items()}
    return u % schedule.slots, units[u % 18]


def column_slots(
    schedule: MatrixSchedule, positions: Sequence[int]
) -> list[list[Unit]]:
    """The slots of the symbols at these positions."""
    length = schedule.slots
    return [slot(length, v % length, TOKENS) for v in positions]


def query(j: int, t: int, column: Column | None, tokens: tuple[int, ...]) -> Sparse:
    """The query for column j of the product after matrix t; None: it is done."""
    if column is None:
        return {3 * (1 - t % 2) + j: fmpq(1)}
    return {3 * column.source + k: v for k, v in vector(column, tokens).items()}
