"""Cascades of small automata: what a wreath product is, written as tables.

Level i is an automaton that reads contexts. The first context is the letter; each level
turns its context c and its state x, before the step, into the context of the next one,
and then moves by c:

    c₁ = letter,   c_{i+1} = emits_i[c_i, x_i],   x_i ← x_i moved by c_i.

So what a level does depends on the letter and on the states of the levels above it,
and on nothing else. Levels are of two kinds: a reset level stays, or goes to one state
from all of them; a cyclic level turns by a number of steps, as ℤ/m does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.finite import DFATable, explore
from automata_rnn.checks import check_shape

Kind: TypeAlias = Literal["reset", "cyclic"]
KEEP = -1
"""The move of a reset level that changes nothing."""


@dataclass(frozen=True, eq=False)
class Level:
    """One automaton of a cascade.

    Attributes:
        kind: "reset" or "cyclic".
        size: m, the number of states.
        moves: by context: the state to go to, or KEEP; or the number of steps to turn,
            0 to m - 1. Shape (contexts,).
        emits: the next level's context by context and state, shape (contexts, m).
        reads: what `Cascade.decode` has read after this level, by what it had before
            and state, shape (·, m).

    Raises ValueError where shapes differ or numbers are out of range.
    """

    kind: Kind
    size: int
    moves: npt.NDArray[np.intp]
    emits: npt.NDArray[np.intp]
    reads: npt.NDArray[np.intp]

    def __post_init__(self) -> None:
        if self.kind not in ("reset", "cyclic"):
            raise ValueError(f"Level.kind: wanted 'reset' or 'cyclic', got {self.kind}")
        contexts = len(self.moves)
        why = f"{contexts} contexts, {self.size} states"
        check_shape("Level.emits", self.emits, (contexts, self.size), why)
        check_shape("Level.reads", self.reads, (len(self.reads), self.size), why)
        least = KEEP if self.kind == "reset" else 0
        if not np.all((self.moves >= least) & (self.moves < self.size)):
            raise ValueError(
                f"Level.moves: wanted numbers from {least} to {self.size - 1}"
            )

    def __str__(self) -> str:
        return f"{'Z' if self.kind == 'cyclic' else 'U'}{self.size}"

    def moved(self, state: int, context: int) -> int:
        """The state after a context."""
        move = int(self.moves[context])
        if self.kind == "cyclic":
            return (state + move) % self.size
        return state if move == KEEP else move


@dataclass(frozen=True, eq=False)
class Cascade:
    """A cascade of levels over an automaton, which it covers.

    Attributes:
        table: the automaton that is covered.
        levels: from the top.
        initial: the initial state of each level.
        accepts: whether the last context means that the word read is accepted.

    `decode` sends each state of the cascade to one of the automaton and commutes with
    every letter; `uncovered` proves it.
    """

    table: DFATable
    levels: tuple[Level, ...]
    initial: tuple[int, ...]
    accepts: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if len(self.initial) != len(self.levels):
            raise ValueError(
                f"Cascade.initial: wanted {len(self.levels)} states, one for each "
                f"level, got {len(self.initial)}"
            )
        contexts = [len(level.moves) for level in self.levels]
        reads = [len(level.reads) for level in self.levels]
        contexts.append(len(self.accepts))
        reads.append(self.table.num_states)
        if contexts[0] != len(self.alphabet) or (self.levels and reads[0] != 1):
            raise ValueError(
                f"Cascade.levels: wanted {len(self.alphabet)} contexts and one row of "
                f"reads first, got {contexts[0]} and {reads[0]}"
            )
        for i, level in enumerate(self.levels):
            _check_below(f"Cascade.levels[{i}].emits", level.emits, contexts[i + 1])
            _check_below(f"Cascade.levels[{i}].reads", level.reads, reads[i + 1])

    @property
    def alphabet(self) -> Alphabet:
        return self.table.alphabet

    @property
    def num_states(self) -> int:
        """The product of the sizes of the levels."""
        return int(np.prod([level.size for level in self.levels], dtype=object))

    @property
    def rows(self) -> int:
        """Contexts times states, summed over the levels: the size of all lookups."""
        return sum(level.emits.size for level in self.levels)

    @property
    def orders(self) -> tuple[int, ...]:
        """The orders of the cyclic groups, from the top."""
        return tuple(v.size for v in self.levels if v.kind == "cyclic")

    def step(self, state: tuple[int, ...], symbol: Symbol) -> tuple[int, ...]:
        contexts = context_path(self, state, self.alphabet.code(symbol))
        moved = zip(self.levels, state, contexts, strict=False)
        return tuple(level.moved(x, c) for level, x, c in moved)

    def output(self, state: tuple[int, ...]) -> bool:
        return self.table.output(self.decode(state))

    def decode(self, state: tuple[int, ...]) -> int:
        """The state of the automaton that a state of the cascade stands for."""
        seen = 0
        for level, x in zip(self.levels, state, strict=True):
            seen = int(level.reads[seen, x])
        return seen

    def __str__(self) -> str:
        names = [
            f"Z{v.size}" if v.kind == "cyclic" else f"U{v.size}" for v in self.levels
        ]
        return " ≀ ".join(names) or "trivial"


def _check_below(field: str, numbers: npt.NDArray[np.intp], bound: int) -> None:
    if numbers.size and not (0 <= numbers.min() and numbers.max() < bound):
        raise ValueError(f"{field}: wanted numbers from 0 to {bound - 1}")


def context_path(cascade: Cascade, state: tuple[int, ...], code: int) -> Iterator[int]:
    """The contexts c₁, …, c_{L+1} of one step from `state`, before it is taken."""
    context = code
    yield context
    for level, x in zip(cascade.levels, state, strict=True):
        context = int(level.emits[context, x])
        yield context


def uncovered(
    cascade: Cascade, *, max_states: int = 1_000_000
) -> tuple[Symbol, ...] | None:
    """A shortest word after which cascade and automaton part, or None: a proof.

    All reachable states of the cascade are explored, and for each of them and each
    letter it is checked that `decode` commutes with the step, and that the last context
    says whether the word is accepted. Raises TooManyStates past `max_states`.
    """
    table = cascade.table
    found = explore(cascade, lambda state: state, max_states)
    words: list[tuple[Symbol, ...]] = [()] * len(found.states)
    for position, state in enumerate(found.states):
        here = cascade.decode(state)
        if position == 0 and here != table.initial:
            return ()
        for code, symbol in enumerate(cascade.alphabet):
            after = int(found.successors[code, position])
            word = (*words[position], symbol)
            if after and not words[after]:
                words[after] = word
            target = int(table.successors[code, here])
            *_, last = context_path(cascade, state, code)
            says = bool(cascade.accepts[last])
            if cascade.decode(found.states[after]) != target or says != bool(
                table.accepting[target]
            ):
                return word
    return None


def as_table(numbers: list[Any], columns: int) -> npt.NDArray[np.intp]:
    """Rows of integers as an array (len(numbers), columns)."""
    return np.array(numbers, dtype=np.intp).reshape(len(numbers), columns)
