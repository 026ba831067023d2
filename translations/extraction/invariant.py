"""A proof that a trained network recognises a language: an inductive invariant.

For each state q of a DFA a box B_q of hidden states such that

    h₀ ∈ B_initial,     step(B_q, σ) ⊆ B_{δ(q, σ)} for all q and σ,
    outputs of B_q are above the threshold where q accepts, and not where it does not.

Then every word leads the network into the box of the DFA's state, by induction, and is
decided as the DFA decides it: a proof for all words, also of the rounding errors, see
`automata_rnn.rnns.intervals`. Boxes are grown from h₀ until nothing leaves them. Where
they grow too large, each state is split by the last k steps that led to it: a box then
holds less, and rectangles describe it better. Networks whose units saturate have such
boxes; where none are found, nothing is said.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata import DFATable
from automata_rnn.automata.finite import explore
from automata_rnn.black_box import BlackBox, black_box, first_state
from automata_rnn.rnns.intervals import Box, hull, inside, output_box, step_box
from automata_rnn.rnns.stacked import StackedRNN
from automata_rnn.semiring import Array

WIDENING = 0.05
"""How much a box that grows is widened beyond what it must hold."""


@dataclass(frozen=True, eq=False)
class Invariant:
    """Boxes that prove a network's language.

    Attributes:
        table: the DFA with its states split by the last `history` steps.
        boxes: one for each state of `table`, (n, state_size) each.
        history: k.
    """

    table: DFATable
    boxes: Box
    history: int


Remembered = tuple[int, tuple[tuple[int, Symbol], ...]]


@dataclass(frozen=True, eq=False)
class _Remembering:
    """A DFA whose states are pairs: its own, and the last k (state, symbol)."""

    table: DFATable
    history: int

    @property
    def alphabet(self) -> Alphabet:
        return self.table.alphabet

    @property
    def initial(self) -> Remembered:
        return self.table.initial, ()

    def step(self, state: Remembered, symbol: Symbol) -> Remembered:
        place, past = state
        recent = (*past, (place, symbol))[-self.history :] if self.history else ()
        return self.table.step(place, symbol), recent

    def output(self, state: Remembered) -> bool:
        return self.table.output(state[0])


def with_history(table: DFATable, history: int, max_states: int = 4096) -> DFATable:
    """The DFA of the same language whose states also know the last steps.

    Raises TooManyStates past `max_states`.
    """
    system = _Remembering(table, history)
    found = explore(system, lambda state: state, max_states)
    accepting = np.array([bool(system.output(state)) for state in found.states])
    return DFATable(table.alphabet, 0, found.successors, accepting)


def find_invariant(
    network: StackedRNN,
    table: DFATable,
    *,
    threshold: float = 0.0,
    histories: tuple[int, ...] = (0, 1, 2, 4),
    max_states: int = 2000,
    max_rounds: int = 100,
    tick: Callable[[], None] = lambda: None,
) -> Invariant | None:
    """Boxes that prove that `network` accepts the language of `table`, or None.

    Args:
        threshold: a word is accepted where the output is above it.
        histories: numbers of last steps to split states by, tried in turn.
        max_states: of the split DFA, past which the search ends.
        max_rounds: of growing the boxes.
        tick: called in each round; may raise to end the search.

    Raises TypeError for other networks, ValueError where there are several outputs.
    """
    if not isinstance(network, StackedRNN):
        got = type(network).__name__
        raise TypeError(f"network: wanted a StackedRNN, got {got}")
    if len(network.head[-1].weights) != 1:
        got = str(len(network.head[-1].weights))
        raise ValueError(f"network: wanted one output, got {got}")
    box = black_box(network)
    for history in histories:
        if table.num_states * len(table.alphabet) ** history > max_states:
            return None
        split = with_history(table, history)
        boxes = _grow(network, box, split, threshold, max_rounds, tick)
        if boxes is not None:
            return Invariant(split, boxes, history)
    return None


def is_invariant(
    network: StackedRNN, invariant: Invariant, *, threshold: float = 0.0
) -> bool:
    """Whether the three conditions hold: what the proof rests on."""
    table, boxes = invariant.table, invariant.boxes
    start = first_state(black_box(network)).astype(float)
    first = Box(boxes.low[table.initial][None], boxes.high[table.initial][None])
    if not inside(Box(start, start), first).all():
        return False
    for code in range(len(table.alphabet)):
        target = table.successors[code]
        wanted = Box(boxes.low[target], boxes.high[target])
        if not inside(step_box(network, boxes, code), wanted).all():
            return False
    return _decides(network, table.accepting, boxes, threshold)


def _decides(
    network: StackedRNN, accepting: Array, boxes: Box, threshold: float
) -> bool:
    """Whether all outputs of each box are above the threshold, or none is."""
    low, high = (part[:, 0] for part in output_box(network, boxes))
    return bool(np.where(accepting, low > threshold, high <= threshold).all())


def _grow(
    network: StackedRNN,
    box: BlackBox,
    table: DFATable,
    threshold: float,
    max_rounds: int,
    tick: Callable[[], None],
) -> Box | None:
    """Boxes that nothing leaves, or None where they still grow after `max_rounds`.

    Boxes only grow, so that one whose outputs are undecided ends the search.
    """
    start = first_state(box).astype(float)
    low = np.full((table.num_states, start.shape[1]), np.inf)
    high = -low
    low[table.initial], high[table.initial] = start[0], start[0]
    boxes = Box(low, high)
    for _ in range(max_rounds):
        tick()
        reached = boxes.low[:, 0] < np.inf
        known = Box(boxes.low[reached], boxes.high[reached])
        if not _decides(network, table.accepting[reached], known, threshold):
            return None
        grown = Box(boxes.low.copy(), boxes.high.copy())
        for code in range(len(table.alphabet)):
            image = step_box(network, known, code)
            target = table.successors[code][reached]
            np.minimum.at(grown.low, target, image.low)
            np.maximum.at(grown.high, target, image.high)
        if all(np.array_equal(x, y) for x, y in zip(grown, boxes, strict=True)):
            return boxes
        boxes = _widen(boxes, grown)
    return None


def _widen(before: Box, after: Box) -> Box:
    """Where a box had to grow, let it grow a little more, so that growing ends."""
    with np.errstate(invalid="ignore"):
        radius = np.nan_to_num(after.high - after.low, nan=0.0, posinf=0, neginf=0)
    more = WIDENING * radius + 1e-9
    low = np.where(after.low < before.low, after.low - more, after.low)
    high = np.where(after.high > before.high, after.high + more, after.high)
    return hull(Box(low, high), after)
