"""Which product, and which entries of the next matrix, a state of the network holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from automata_rnn.rnns.coordinates import Coordinates, read_one_hot
from automata_rnn.rnns.network import NetworkState
from automata_rnn.semiring import RATIONAL, Array
from translations.matrix_product import pack
from translations.matrix_schedule import ENTRIES, MatrixSchedule, step_of
from translations.matrix_units import column_slots, control, controls, query
from translations.overwrites import Sparse, completion


@dataclass(frozen=True)
class MatrixView:
    """A state of the network with what is needed to read it."""

    schedule: MatrixSchedule
    coordinates: Coordinates
    state: NetworkState

    def tokens(self, positions: Sequence[int]) -> tuple[int, ...]:
        """The tokens in the slots of these positions."""
        groups = column_slots(self.schedule, positions)
        stream = self.state.stream
        return tuple(read_one_hot(self.coordinates, stream, units) for units in groups)

    def position(self) -> int:
        """u modulo the period of the schedule."""
        groups, stream = controls(self.schedule), self.state.stream
        seen = tuple(read_one_hot(self.coordinates, stream, units) for units in groups)
        period = range(self.schedule.period)
        return next(u for u in period if control(self.schedule, u) == seen)


def machine_state(view: MatrixView) -> Array:
    """The state of `MatrixProduct`, from nine heads, three for each row."""
    rows = view.state.memories[-1][::3, 0]
    return pack(*_parts(view, rows))


def wfa_state(view: MatrixView) -> Array:
    """The forward vector of `matrix_product_wfa`, from the head of one entry."""
    rows = view.state.memories[-1][:, 0]
    product, done, pending = _parts(view, rows)
    count = 3 * len(done) + len(pending)
    x, y = product[0], np.full(3, RATIONAL.zero, dtype=object)
    for j, column in enumerate(done):
        y[j] = column[0]
    for i, value in enumerate(pending, start=3 * len(done)):
        k, j = divmod(i, 3) if view.schedule.order == "rows" else divmod(i, 3)[::-1]
        y[j] += x[k] * value
    vector = np.full((9, 6), RATIONAL.zero, dtype=object)
    vector[count] = [*x, *y]
    return vector.ravel()


def _parts(view: MatrixView, rows: Array) -> tuple[Array, list[Array], list[Any]]:
    """P, the columns of P A known so far, and the entries of A not yet used."""
    schedule, u = view.schedule, view.position()
    t, i = divmod(u - 1, 9)
    if i == 8:
        answers = [schedule.answer(u, j) for j in range(3)]
        tokens = [view.tokens(c.positions) if c else () for c in answers]
        queries = [query(j, t, answers[j], tokens[j]) for j in range(3)]
        return np.stack([_meet(rows, q) for q in queries], axis=1), [], []
    steps = [
        step_of(schedule.kind, task, view.tokens(task[0].positions))
        for task in schedule.remaining(u)
    ]

    def coordinate(half: int, j: int) -> Array:
        return _meet(rows, completion(steps, {3 * half + j: fmpq(1)}))

    product = np.stack([coordinate(t % 2, k) for k in range(3)], axis=1)
    known = (i + 1) // 3 if schedule.order == "columns" else 0
    done = [coordinate(1 - t % 2, j) for j in range(known)]
    if known and (i + 1) % 3 == 0:  # the last one is only complete now
        last = schedule.column(t, known - 1)
        asked = query(known - 1, t, last, view.tokens(last.positions))
        done[-1] = _meet(rows, completion(steps, asked))
    left = range(u - (i + 1 - 3 * known) + 1, u + 1)
    return product, done, [ENTRIES[a - 1] for a in view.tokens(left)]


def _meet(rows: Array, query: Sparse) -> Array:
    zero = np.full(len(rows), RATIONAL.zero, dtype=object)
    return sum((rows[:, i] * v for i, v in query.items()), start=zero)
