"""Counter and stack machines from rules: a small assembler.

A rule is a function of what the machine sees. States are any hashable values; those
that the rule reaches from the first one are numbered in the order of discovery, and
state REJECT, from which nothing leads out, is added where the rule gives None.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata import CounterMachine, StackMachine
from automata_rnn.automata.stack import NOOP, POP, PUSH

State: TypeAlias = Hashable
REJECT: State = "reject"
Tops: TypeAlias = tuple[Symbol | None, ...]
CounterRule: TypeAlias = Callable[
    [Any, Any, tuple[bool, ...]], tuple[State, Sequence[int]] | None
]
"""(state, symbol, which counters are nonzero) ↦ (state, increments)."""
StackRule: TypeAlias = Callable[[Any, Any, Any], tuple[State, Sequence[str]] | None]
"""(state, symbol, tops, None where empty) ↦ (state, actions), see `stack_machine`."""


def counter_machine(
    alphabet: Alphabet,
    num_counters: int,
    rule: CounterRule,
    initial: State,
    accepting: Callable[[Any, tuple[bool, ...]], bool],
    *,
    natural: bool = False,
) -> tuple[CounterMachine, list[State]]:
    """The machine of a rule, and its states by number.

    `accepting` is asked for each state, but REJECT, and each pattern of counters.
    """
    patterns = _masks(num_counters)
    still = (0,) * num_counters
    states, table = _tabulate(alphabet, patterns, rule, initial, still)
    final = _final(states, patterns, accepting)
    successors, increments = _arrays(table, np.int8)
    return (
        CounterMachine(alphabet, 0, successors, increments, final, natural=natural),
        states,
    )


def stack_machine(
    alphabet: Alphabet,
    stack_symbols: Sequence[str],
    num_stacks: int,
    rule: StackRule,
    initial: State,
    accepting: Callable[[Any, tuple[bool, ...]], bool],
) -> tuple[StackMachine, list[State]]:
    """The machine of a rule, and its states by number.

    `accepting` is asked for each state, but REJECT, and which stacks are not empty.
    An action is "" to leave a stack alone, "pop", or a stack symbol to push.
    """
    seen = (None, *stack_symbols)
    # The index of tops in the tables counts the first stack fastest.
    patterns = [tops[::-1] for tops in product(seen, repeat=num_stacks)]
    codes = {"": NOOP, "pop": POP}
    codes |= {symbol: PUSH + code for code, symbol in enumerate(stack_symbols)}

    def coded(state: Any, symbol: Any, tops: Any) -> tuple[State, list[int]] | None:
        found = rule(state, symbol, tops)
        return found and (found[0], [codes[action] for action in found[1]])

    still = (NOOP,) * num_stacks
    states, table = _tabulate(alphabet, patterns, coded, initial, still)
    final = _final(states, _masks(num_stacks), accepting)
    successors, actions = _arrays(table, np.intp)
    machine = StackMachine(
        alphabet, tuple(stack_symbols), 0, successors, actions, final
    )
    return machine, states


def _masks(size: int) -> list[tuple[bool, ...]]:
    """All patterns of `size` booleans, by number: bit i is the i-th one."""
    bits = range(size)
    return [tuple(bool(mask >> i & 1) for i in bits) for mask in range(1 << size)]


Row: TypeAlias = tuple[int, Sequence[int]]


def _tabulate(
    alphabet: Alphabet,
    patterns: Sequence[Any],
    rule: Callable[[Any, Any, Any], tuple[State, Sequence[int]] | None],
    initial: State,
    still: Sequence[int],
) -> tuple[list[State], list[list[list[Row]]]]:
    """States reached, and their rows (next state, actions) by symbol and pattern."""
    states, number = [initial], {initial: 0}
    table = []
    for state in states:  # which grows
        by_symbol = []
        for symbol in alphabet:
            row = []
            for pattern in patterns:
                found = None if state == REJECT else rule(state, symbol, pattern)
                target, actions = found or (REJECT, still)
                if target not in number:
                    number[target] = len(states)
                    states.append(target)
                row.append((number[target], actions))
            by_symbol.append(row)
        table.append(by_symbol)
    return states, table


def _arrays(table: list[list[list[Row]]], dtype: type) -> tuple[Any, Any]:
    """Next states and actions by code, state and pattern."""
    targets = [[[target for target, _ in row] for row in rows] for rows in table]
    actions = [[[actions for _, actions in row] for row in rows] for rows in table]
    return (
        np.array(targets, np.intp).swapaxes(0, 1),
        np.array(actions, dtype).swapaxes(0, 1),
    )


def _final(
    states: Iterable[State],
    patterns: Sequence[tuple[bool, ...]],
    accepting: Callable[[Any, tuple[bool, ...]], bool],
) -> Any:
    rows = [(state, state != REJECT) for state in states]
    return np.array([[ok and accepting(q, p) for p in patterns] for q, ok in rows])
