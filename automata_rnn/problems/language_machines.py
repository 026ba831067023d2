"""Machines of the counting and nesting languages, all in real time.

Counting takes counters, nesting takes stacks. Each rule is the whole machine; see
`assemble` for what it says.
"""

from functools import cache
from typing import Any

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import CounterMachine, StackMachine
from automata_rnn.problems.assemble import counter_machine, stack_machine
from automata_rnn.problems.languages import ABC, BRACKETS, dyck_alphabet


@cache
def abc_machine() -> CounterMachine:
    """aⁿbⁿcⁿ: counters #a - #b and #b - #c, and the block in the state."""

    def rule(state: str, symbol: str, nonzero: Any) -> Any:
        if symbol < state:
            return None
        return symbol, {"a": (1, 0), "b": (-1, 1), "c": (0, -1)}[symbol]

    def accepts(state: str, nonzero: tuple[bool, ...]) -> bool:
        return not any(nonzero)

    return counter_machine(ABC, 2, rule, "a", accepts)[0]


@cache
def majority_machine() -> CounterMachine:
    """More a's than b's: a counter |#a - #b|, with the sign in the state.

    At 0 the sign is that of the next letter; ties are not accepted.
    """

    def rule(state: str, symbol: str, nonzero: tuple[bool, ...]) -> Any:
        leader = state if nonzero[0] else symbol
        return leader, (1 if symbol == leader else -1,)

    def accepts(state: str, nonzero: tuple[bool, ...]) -> bool:
        return state == "a" and nonzero[0]

    return counter_machine(Alphabet("ab"), 1, rule, "a", accepts, natural=True)[0]


@cache
def dyck1_machine() -> CounterMachine:
    """One kind of brackets: how many are open."""

    def rule(state: str, symbol: str, nonzero: tuple[bool, ...]) -> Any:
        if symbol == "(":
            return state, (1,)
        return (state, (-1,)) if nonzero[0] else None

    def accepts(state: str, nonzero: tuple[bool, ...]) -> bool:
        return not nonzero[0]

    return counter_machine(dyck_alphabet(1), 1, rule, "in", accepts, natural=True)[0]


@cache
def dyck_machine(kinds: int) -> StackMachine:
    """k kinds of brackets: a stack of the open ones."""
    closes = {pair[1]: pair[0] for pair in BRACKETS[:kinds]}

    def rule(state: str, symbol: str, tops: tuple[str | None, ...]) -> Any:
        if symbol not in closes:
            return state, (symbol,)
        return (state, ("pop",)) if tops[0] == closes[symbol] else None

    def accepts(state: str, nonempty: tuple[bool, ...]) -> bool:
        return not nonempty[0]

    symbols = list(closes.values())
    return stack_machine(dyck_alphabet(kinds), symbols, 1, rule, "in", accepts)[0]


@cache
def reverse_machine() -> StackMachine:
    """v # vᴿ: push v, then pop it."""

    def rule(state: str, symbol: str, tops: tuple[str | None, ...]) -> Any:
        if state == "push":
            return ("pop", ("",)) if symbol == "#" else (state, (symbol,))
        return (state, ("pop",)) if symbol == tops[0] else None

    def accepts(state: str, nonempty: tuple[bool, ...]) -> bool:
        return state == "pop" and not nonempty[0]

    return stack_machine(Alphabet("ab#"), "ab", 1, rule, "push", accepts)[0]


@cache
def copy_machine() -> StackMachine:
    """v # _^|v| v: push v, turn it over into the second stack, then pop that."""

    def rule(state: str, symbol: str, tops: tuple[str | None, ...]) -> Any:
        if state == "push" and symbol in "ab":
            return state, (symbol, "")
        if state == "push":
            return ("turn", ("", "")) if symbol == "#" else None
        if state == "turn" and symbol == "_":
            return (state, ("pop", tops[0])) if tops[0] else None
        matches = tops[0] is None and symbol == tops[1]
        return ("pop", ("", "pop")) if matches else None

    def accepts(state: str, nonempty: tuple[bool, ...]) -> bool:
        return state != "push" and not any(nonempty)

    return stack_machine(Alphabet("ab#_"), "ab", 2, rule, "push", accepts)[0]


@cache
def increment_machine() -> StackMachine:
    """x # y with y = x + 1: push x, then compare y with it, adding the carry.

    The states of the second half are the carry, 1 or 0, and "over" once it went past x.
    """

    def rule(state: str, symbol: str, tops: tuple[str | None, ...]) -> Any:
        if state == "push":
            return ("1", ("",)) if symbol == "#" else (state, (symbol,))
        if symbol == "#" or state == "over":
            return None
        if tops[0] is None:
            return ("over", ("",)) if (state, symbol) == ("1", "1") else None
        total = int(tops[0]) + int(state)
        return (str(total // 2), ("pop",)) if int(symbol) == total % 2 else None

    def accepts(state: str, nonempty: tuple[bool, ...]) -> bool:
        return state in ("0", "over") and not nonempty[0]

    return stack_machine(Alphabet("01#"), "01", 1, rule, "push", accepts)[0]
