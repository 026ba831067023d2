"""Automata of grid cells and of clusters of hidden vectors."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automata_rnn.black_box import BlackBox, first_state, vectors
from automata_rnn.semiring import Array
from translations.extraction.budget import Budget, BudgetSpent
from translations.extraction.clusters import spread

ROUND_SCALES = tuple(2.0**-i for i in range(8))
"""Widths of the grid's cells, in turn; with the first one signs decide for tanh."""


@dataclass(frozen=True, eq=False)
class Quantised:
    """States that stand for hidden vectors.

    Attributes:
        successors: by symbol code and state, shape (|Σ|, n); state 0 is initial.
        outputs: of the representatives, shape (n,).
    """

    successors: npt.NDArray[np.intp]
    outputs: Array


def rounded(
    box: BlackBox,
    read: Callable[[Array], Array],
    scale: float,
    budget: Budget,
    tick: Callable[[], None],
) -> Quantised:
    """The automaton of the grid's cells that representatives reach, level by level."""
    k = len(box.alphabet)
    level = first_state(box)
    index: dict[bytes, int] = {_cell(box, level, scale)[0]: 0}
    found, rows = [level], []
    while len(level):
        tick()
        letters = np.tile(np.arange(k), len(level))
        after = box.advance(np.repeat(level, k, axis=0), letters)
        targets, fresh = [], []
        for i, key in enumerate(_cell(box, after, scale)):
            if key not in index:
                index[key] = len(index)
                fresh.append(i)
            targets.append(index[key])
        if len(index) > budget.max_states:
            raise BudgetSpent(f"the limit of {budget.max_states} states was reached")
        rows += targets
        level = after[fresh]
        found.append(level)
    successors = np.array(rows, dtype=np.intp).reshape(len(index), k).T
    return Quantised(successors, read(np.concatenate(found)))


def _cell(box: BlackBox, states: Array, scale: float) -> list[bytes]:
    hidden = vectors(box, states)
    cells = np.floor(np.asarray(hidden, dtype=float) / scale).astype(np.int64)
    return [row.tobytes() for row in cells]


def clusterings(
    box: BlackBox,
    read: Callable[[Array], Array],
    length: int,
    budget: Budget,
    tick: Callable[[], None],
) -> Iterator[Quantised]:
    """Twice as many clusters each time, of the vectors of words up to `length`."""
    k = len(box.alphabet)
    states = [first_state(box)]
    while sum(map(len, states)) * k <= 4096 and len(states) <= length:
        letters = np.tile(np.arange(k), len(states[-1]))
        states.append(box.advance(np.repeat(states[-1], k, axis=0), letters))
        tick()
    batch = np.concatenate(states)
    points = np.asarray(vectors(box, batch), dtype=float)
    for round_number in range(1, budget.max_rounds + 1):
        count = 2**round_number
        if count > budget.max_states:
            raise BudgetSpent(f"the limit of {budget.max_states} states was reached")
        chosen = spread(points, count)
        yield _clustered(box, read, batch[chosen], points[chosen])
        tick()
        if len(chosen) < count:
            return


def _clustered(
    box: BlackBox, read: Callable[[Array], Array], states: Array, centres: Array
) -> Quantised:
    """Each centre goes where its successor's nearest centre is."""
    successors = []
    for code in range(len(box.alphabet)):
        after = box.advance(states, np.full(len(states), code))
        hidden = np.asarray(vectors(box, after), dtype=float)
        gaps = np.abs(hidden[:, None] - centres[None]).max(axis=2)
        successors.append(gaps.argmin(axis=1))
    return Quantised(np.array(successors, dtype=np.intp), read(states))


def single_state(box: BlackBox, read: Callable[[Array], Array]) -> Quantised:
    """One state for all hidden vectors: that of the empty word."""
    loops = np.zeros((len(box.alphabet), 1), dtype=np.intp)
    return Quantised(loops, read(first_state(box)))
