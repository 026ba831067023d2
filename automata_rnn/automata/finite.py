"""Complete deterministic automata as tables, and the exploration that makes them.

Users' DFAs are automata-lib's objects; these tables are what the library computes with.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape
from automata_rnn.scan import MAPS, Element, Monoid
from automata_rnn.system import TransitionSystem, start


@dataclass(frozen=True, eq=False)
class DFATable:
    """A complete DFA; its states are 0, …, n - 1.

    Attributes:
        initial: the initial state.
        successors: δ(q, σ) by symbol code and state, shape (len(alphabet), n).
        accepting: whether each state accepts, shape (n,).
    """

    alphabet: Alphabet
    initial: int
    successors: npt.NDArray[np.intp]
    accepting: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.accepting.ndim != 1:
            got = self.accepting.shape
            raise ValueError(f"accepting: wanted shape (n,), got {got}")
        n, k = len(self.accepting), self.alphabet.num_codes
        check_shape("successors", self.successors, (k, n), f"{k} symbols, {n} states")
        if self.successors.size and not (
            0 <= self.successors.min() and self.successors.max() < n
        ):
            raise ValueError(f"successors: wanted states 0 to {n - 1}")
        if not 0 <= self.initial < n:
            raise ValueError(f"initial: wanted 0 to {n - 1}, got {self.initial}")

    @property
    def num_states(self) -> int:
        return len(self.accepting)

    def step(self, state: int, symbol: Symbol) -> int:
        return int(self.successors[self.alphabet.code(symbol), state])

    def output(self, state: int) -> bool:
        return bool(self.accepting[state])

    @property
    def monoid(self) -> Monoid:
        return MAPS

    @property
    def table(self) -> Element:
        """The letters' maps, in the smallest dtype that holds all states."""
        narrow = np.min_scalar_type(self.num_states - 1)
        return (self.successors.astype(narrow),)


def matching_states(table: DFATable, other: DFATable) -> list[int]:
    """The state of `other` after any word that leads to each state of `table`.

    For two DFAs of one language, all states of `table` reachable, `other` minimal.
    """
    found = {table.initial: other.initial}
    pending = [table.initial]
    for state in pending:  # grows while it is read
        for symbol in table.alphabet:
            target = table.step(state, symbol)
            if target not in found:
                found[target] = other.step(found[state], symbol)
                pending.append(target)
    return [found[state] for state in range(table.num_states)]


class TooManyStates(ValueError):
    """An exploration met more states than it may.

    Attributes:
        seen: how many distinct states were seen.
        longest: the length of the longest word tried.
        example: a word that leads to the last new state.
    """

    def __init__(self, seen: int, longest: int, example: tuple[Symbol, ...]) -> None:
        word = "".join(map(str, example[:40])) + "…" * (len(example) > 40)
        super().__init__(
            f"max_states: more than {seen} distinct states are reachable, all within "
            f"words of length {longest}; the word {word!r} leads to one more. The "
            "machine may have infinitely many; raise max_states to go on"
        )
        self.seen, self.longest, self.example = seen, longest, example


@dataclass(frozen=True, eq=False)
class Exploration:
    """Reachable states in breadth-first order, s₀ first.

    Attributes:
        states: one representative of each.
        index: position of each by its key.
        successors: positions by symbol code and state, shape (len(alphabet), n).
    """

    states: list[Any]
    index: dict[Hashable, int]
    successors: npt.NDArray[np.intp]


def explore(
    system: TransitionSystem,
    key: Callable[[Any], Hashable],
    max_states: int,
    represent: Callable[[Any], Any] = lambda state: state,
    tick: Callable[[], None] = lambda: None,
) -> Exploration:
    """All reachable states of `system`, equal when their keys are.

    `represent` picks the representative of a state's class; `step` must send equal
    classes to equal classes; `tick` is called for each state and may raise to end the
    search. Raises TooManyStates past `max_states`.
    """
    first = represent(start(system))
    states: list[Any] = [first]
    words: list[tuple[Symbol, ...]] = [()]
    index: dict[Hashable, int] = {key(first): 0}
    successors: list[list[int]] = []
    position = 0
    while position < len(states):
        tick()
        row = []
        for symbol in system.alphabet:
            state = represent(system.step(states[position], symbol))
            found = index.setdefault(key(state), len(states))
            if found == len(states):
                word = (*words[position], symbol)
                if found >= max_states:
                    raise TooManyStates(found, len(word), word)
                states.append(state)
                words.append(word)
            row.append(found)
        successors.append(row)
        position += 1
    table = np.array(successors, dtype=np.intp).reshape(len(states), -1).T
    return Exploration(states, index, table)


def array_key(state: Any) -> Hashable:
    """A hashable key of a state that is an array of exact elements."""
    return tuple(state.ravel().tolist())
