"""A two-stack machine that decides circuit value, one symbol per step (Theorem 1).

Stack 0 has the values of all gates but the latest, whose value is in the state; stack 1
is empty between operands. The first symbol of a gate pushes the value before it, so
that the top of stack 0 is at distance 1. Then

    1^a   moves the tops of a values to stack 1: the a-th one ends up as its top,
    #^a   reads it at the first # and moves all of them back.

What a first operand leaves to do with the second is a function of it: AND of 0 is the
constant 0, AND of 1 the identity; NOT is such a function from the start. That there are
a values, and as many # as 1, is known from stacks that are empty or not, so the machine
decides the language on all words, well-formed or not. Its configuration holds as many
bits as there were gates: O(T) after T symbols. With O(log T) bits, P would be in L.
"""

from functools import cache
from typing import Any

from automata_rnn.automata import StackMachine
from automata_rnn.problems.assemble import stack_machine
from automata_rnn.problems.circuits import CIRCUIT_ALPHABET

Bits = tuple[str, str]
IDENTITY: Bits = ("0", "1")
NOT: Bits = ("1", "0")
LEFT_TO_DO: dict[str, dict[str, Bits]] = {
    "&": {"0": ("0", "0"), "1": IDENTITY},
    "+": {"0": IDENTITY, "1": ("1", "1")},
}
"""By operation and first operand: the result for a second operand 0 and 1."""


@cache
def circuit_machine() -> StackMachine:
    """With stacks of symbols 0 and 1, and 13 states; accepts exactly CVP.

    States: start; ("value", v) after a gate; ("first", op) and ("second", f) while an
    operand's 1s are read; ("between", f) from a first operand's # to the second's 1s.
    """
    return stack_machine(CIRCUIT_ALPHABET, "01", 2, _rule, ("start",), _accepts)[0]


def _accepts(state: tuple[Any, ...], nonempty: tuple[bool, ...]) -> bool:
    return state == ("value", "1") and not nonempty[1]


Found = tuple[Any, tuple[str, str]] | None


def _rule(state: tuple[Any, ...], symbol: str, tops: Any) -> Found:
    kind = state[0]
    if symbol == "#":
        return _pad(state, tops)
    if symbol == "1":
        return _fetch(state, tops)
    if kind == "start":
        return _begin(symbol), ("", "")
    if kind == "value" and tops[1] is None:
        return _begin(symbol), (state[1], "")
    return None


def _begin(symbol: str) -> tuple[Any, ...]:
    """The state after a gate's first symbol."""
    if symbol in "FT":
        return ("value", "1" if symbol == "T" else "0")
    return ("second", NOT) if symbol == "~" else ("first", symbol)


def _fetch(state: tuple[Any, ...], tops: Any) -> Found:
    """A 1: a value goes to the side."""
    kind = state[0]
    if kind == "between" and tops[1] is None:
        kind = "second"
    if kind not in ("first", "second") or tops[0] is None:
        return None
    return (kind, state[1]), ("pop", tops[0])


def _pad(state: tuple[Any, ...], tops: Any) -> Found:
    """A #: a value comes back; the first one is the operand."""
    kind, value = state[0], tops[1]
    if kind == "start" or value is None:
        return None
    if kind == "first":
        state = ("between", LEFT_TO_DO[state[1]][value])
    elif kind == "second":
        state = ("value", state[1][int(value)])
    return state, (value, "pop")
