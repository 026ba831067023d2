"""Counter machines that decide sorted connectivity (Lemma 2, repaired).

Counter S holds the current vertex, the last one found on the path from s. While the
block of i is read, S goes down and I goes up, so that S = 0 at its end exactly if the
edge starts at the current vertex. Then, while the block of j is read,

    if it does  (state j1):   S goes up, to j;        I goes down to 0 and stays there,
    if not      (state j0):   S goes up while I > 0, back to where it was; I goes to 0.

As j > i, I is 0 at the end of the block. The published machine resets I there, which no
fixed ReLU network can do (repair). With the target last, its block is read as that of
an i, and S = 0 at its end means that the path from s ends at t.

With the target first, a third counter D = S - t moves with S, and whether it was 0 at
the end of a block, with S at a vertex of the path, stays in the state: exact for all
targets, not only for sinks (repair of Theorem 2). S is in ℤ: it is negative inside a
block. |S|, I, |D| are at most the longest block, so O(log n) bits hold them.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata import CounterMachine
from automata_rnn.problems.assemble import counter_machine
from automata_rnn.problems.graphs import GRAPH_ALPHABET


def sink_machine() -> CounterMachine:
    """With counters (S, I), for words with the target last: `ends_at_target`.

    Six states. Right on every word that encodes an instance (`decode_graph`); what it
    says on others is not specified.
    """
    return _assembled_sink_machine()[0]


def sink_states() -> tuple[str, ...]:
    """What the states 0, 1, … of `sink_machine` are called above.

    >>> sink_states()
    ('s', 'i', 'reject', 'j1', 'j0', 'accept')
    """
    return tuple(map(str, _assembled_sink_machine()[1]))


@cache
def _assembled_sink_machine() -> tuple[CounterMachine, list[Any]]:
    return counter_machine(
        GRAPH_ALPHABET, 2, _sink_rule, "s", lambda q, _: q == "accept"
    )


@cache
def target_first_machine() -> CounterMachine:
    """With counters (S, I, D), for words with the target first: `reachable`.

    Ten states. Right on every word that encodes an instance, as `sink_machine`.
    """
    return counter_machine(
        GRAPH_ALPHABET, 3, _first_rule, ("t", False), lambda q, _: q == "accept"
    )[0]


Found = tuple[Any, tuple[int, ...]] | None


def _sink_rule(state: str, symbol: str, nonzero: tuple[bool, ...]) -> Found:
    moves = (0, 0)
    if symbol == "0":
        change = _digit(state, nonzero[1])
        return None if change is None else (state, change)
    if symbol == "$":
        reached = state == "i" and not nonzero[0]
        return ("accept", moves) if reached else None
    following = _after_block(state, nonzero[0])
    return (following, moves) if following else None


def _first_rule(
    state: tuple[str, bool] | str, symbol: str, nonzero: tuple[bool, ...]
) -> Found:
    if isinstance(state, str):  # accepted, and the word goes on
        return None
    block, met = state
    moves = (0, 0, 0)
    if symbol == "0":
        if block == "t":
            return state, (0, 0, -1)
        change = _digit(block, nonzero[1])
        return None if change is None else (state, (*change, change[0]))
    if block in ("s", "j0", "j1"):  # S is at a vertex of the path
        met = met or not nonzero[2]
    if symbol == "$":
        ended = block in ("s", "j0", "j1")
        return ("accept", moves) if ended and met else None
    following = "s" if block == "t" else _after_block(block, nonzero[0])
    return ((following, met), moves) if following else None


def _digit(block: str, behind: bool) -> tuple[int, int] | None:
    """The moves of S and I by a 0 in a block; `behind` says that I is not 0."""
    if block == "j0":
        return (1, -1) if behind else (0, 0)
    known = {"s": (1, 0), "i": (-1, 1), "j1": (1, -1 if behind else 0)}
    return known.get(block)


def _after_block(block: str, elsewhere: bool) -> str | None:
    """The block after `block`; `elsewhere` says that S is not 0."""
    if block == "i":
        return "j0" if elsewhere else "j1"
    return "i" if block in ("s", "j0", "j1") else None


class Published(NamedTuple):
    """A configuration of the machine as printed: its block, and S and I."""

    block: str
    current: int
    passed: int


@dataclass(frozen=True, eq=False)
class PublishedMachine:
    """The machine of Lemma 2 as printed, with its reset of I (paper).

    It is a control. It decides "the path from s ends at t", not reachability, so it is
    wrong where t has an edge out. It is no `CounterMachine`, which has no resets.
    """

    @property
    def alphabet(self) -> Alphabet:
        return GRAPH_ALPHABET

    @property
    def initial(self) -> Published:
        return Published("s", 0, 0)

    def step(self, state: Published, symbol: Symbol) -> Published:
        block, current, passed = state
        GRAPH_ALPHABET.code(symbol)
        if symbol == "0":
            if block == "j1":
                return Published(block, current + 1, passed)
            change = _digit(block, passed != 0)
            if change is None:
                return Published("reject", current, passed)
            return Published(block, current + change[0], passed + change[1])
        if symbol == "$":
            reached = block == "i" and current == 0
            return Published("accept" if reached else "reject", current, passed)
        following = _after_block(block, current != 0) or "reject"
        return Published(following, current, 0 if block == "j1" else passed)

    def output(self, state: Published) -> bool:
        return state.block == "accept"
