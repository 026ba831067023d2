"""Busy beavers: Turing machines that halt late, as machines that read clock symbols.

A machine in the standard text form, 1RB1LB_1LA1RZ: for each state, separated by _, what
to do on 0 and on 1: the symbol to write, the move, and the next state, A first and Z to
halt; --- halts at once. The tape is two stacks, a blank is 0, the symbol under the head
is in the state, so that one step of the Turing machine is one of the `StackMachine`:
writing b and moving right pushes b on the left stack and pops the right one.

As a problem: { #^t : the machine has halted after t steps }.
"""

from functools import cache
from typing import Any

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import StackMachine
from automata_rnn.problems.assemble import stack_machine

CLOCK = Alphabet("#")
HALT = "Z"
CHAMPIONS = {
    2: ("1RB1LB_1LA1RZ", 6, 4),
    3: ("1RB1RZ_1LB0RC_1LC1LA", 21, 5),
    4: ("1RB1LB_1LA0LC_1RZ1LD_1RD0RA", 107, 13),
}
"""By number of states: the machine, how many steps it makes, how many 1s it leaves.

No halting machine of so many states makes more steps, and none leaves more 1s, but for
six 1s by three states (Radó 1962, Lin and Radó 1965, Brady 1983)."""


def parse(text: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """(state, symbol) ↦ (symbol to write, L or R, next state); ValueError if none.

    >>> parse("1RB1LB_1LA1RZ")["B", "1"]
    ('1', 'R', 'Z')
    """
    rows = text.split("_")
    names = [chr(ord("A") + i) for i in range(len(rows))]
    table = {}
    for name, row in zip(names, rows, strict=True):
        parts = [row[i : i + 3] for i in range(0, len(row), 3)]
        for symbol, part in enumerate(parts):
            if part == "---":
                part = f"{symbol}R{HALT}"
            wanted = len(part) == 3 and part[0].isdigit() and part[1] in "LR"
            if not wanted or part[2] not in (*names, HALT):
                raise ValueError(f"text: wanted rows such as 1RB1LA, got {row!r}")
            table[name, str(symbol)] = (part[0], part[1], part[2])
    symbols = {symbol for _, symbol in table}
    written = {write for write, _, _ in table.values()}
    full = len(table) == len(names) * len(symbols)
    if not table or not full or not written <= symbols:
        raise ValueError(
            f"text: wanted rows of one length, symbols by them, got {text!r}"
        )
    return table


@cache
def beaver_machine(text: str) -> StackMachine:
    """The machine of a text, on two stacks, left and right of the head.

    It accepts when it has halted. Its state tells the symbol under the head too.
    """
    table = parse(text)
    symbols = sorted({symbol for _, symbol in table})

    def rule(state: tuple[str, str], _: str, tops: Any) -> Any:
        if state[0] == HALT:
            return state, ("", "")
        write, move, following = table[state]
        left = move == "L"
        head = tops[0 if left else 1]
        pop = "" if head is None else "pop"
        return (following, head or "0"), ((pop, write) if left else (write, pop))

    def accepts(state: tuple[str, str], _: tuple[bool, ...]) -> bool:
        return state[0] == HALT

    return stack_machine(CLOCK, symbols, 2, rule, ("A", "0"), accepts)[0]


def run_beaver(text: str, limit: int) -> tuple[int, int] | None:
    """(steps, symbols that are not 0) when it halts, or None if not within `limit`.

    Simulated on a tape, without stacks.
    """
    table = parse(text)
    tape: dict[int, str] = {}
    state, head = "A", 0
    for step in range(1, limit + 1):
        write, move, state = table[state, tape.get(head, "0")]
        tape[head] = write
        head += 1 if move == "R" else -1
        if state == HALT:
            return step, sum(symbol != "0" for symbol in tape.values())
    return None
