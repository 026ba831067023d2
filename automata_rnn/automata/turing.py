"""automata-lib's DTM and deterministic MNTM as stack machines, in lock step.

A tape is two stacks: the left one holds what is left of the head, its top next to the
head, and the right one what is right of it. The symbol under the head is held in the
control, so that every step of the Turing machine is one step of the stack machine:
moving right pushes what was written on the left stack and pops the right one. Blanks
are not pushed onto an empty stack, so equal tapes have equal stacks.

The machine reads a clock symbol for each step that it takes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from automata.tm.dtm import DTM
from automata.tm.mntm import MNTM

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.classical import sorted_symbols
from automata_rnn.automata.stack import NOOP, POP, PUSH, StackMachine, Stacks
from automata_rnn.automata.stack_rules import Tops, tabulate

CLOCK = "·"
Move: TypeAlias = tuple[Symbol, str]  # what to write, and L, R or N


class Tape(NamedTuple):
    """Without outer blanks: left of the head, under it, and right of it."""

    left: tuple[Symbol, ...]
    head: Symbol
    right: tuple[Symbol, ...]


class Tapes(NamedTuple):
    """A configuration of a Turing machine, up to the head's absolute position."""

    state: Any
    tapes: tuple[Tape, ...]


@dataclass(frozen=True, eq=False)
class TapeMachine:
    """A Turing machine as a stack machine.

    Attributes:
        machine: it reads `clock` symbols, after the input where it reads one.
        clock: the clock symbol.
        blank: the tapes' blank symbol.
        controls: for each state of `machine` its phase ("read" the input, "rewind" it,
            "run"), the Turing machine's state and the symbols under its heads.
        halting: whether each state of `machine` stays for ever, accepting or not.
    """

    machine: StackMachine
    clock: Symbol
    blank: Symbol
    controls: list[Any]
    halting: list[bool]


def read_tapes(tape_machine: TapeMachine, configuration: Stacks) -> Tapes | None:
    """The Turing machine's configuration; None while its input is read or rewound."""
    phase, state, heads = tape_machine.controls[configuration.state]
    stacks, symbols = configuration.stacks, tape_machine.machine.stack_symbols
    if phase != "run" and stacks[0]:
        return None
    sides = [tuple(symbols[code] for code in stack) for stack in stacks]
    tapes = [
        Tape(sides[2 * i], head, sides[2 * i + 1][::-1]) for i, head in enumerate(heads)
    ]
    return Tapes(state, tuple(tapes))


def halted(tape_machine: TapeMachine, configuration: Stacks) -> bool:
    """Whether the Turing machine has stopped: in a final state, or without a move."""
    at_start = read_tapes(tape_machine, configuration) is not None
    return at_start and tape_machine.halting[configuration.state]


def stack_machine_from_tm(
    tm: DTM | MNTM, tape: Any = None, *, clock: Symbol = CLOCK
) -> TapeMachine:
    """A Turing machine in lock step with its clock; |Q| |Γ|ᵗ states for t tapes.

    Args:
        tm: a DTM, or an MNTM whose table has one result for each entry.
        tape: the first tape's content from the head on. By default the machine reads
            its input as symbols first and the clock then rewinds it, in as many steps
            as the input is long.
        clock: a symbol outside the input's alphabet.

    The result's `machine` is what runs and is translated: it reads the input, then one
    clock symbol for each step, as in `accepts(found.machine, word + 100 * clock)`.

    Raises ValueError where an MNTM has a choice, or the clock is an input symbol.
    """
    program = _Program(
        _table(tm),
        frozenset(tm.final_states),
        tm.blank_symbol,
        sorted_symbols(tm.tape_symbols),
        clock,
    )
    count = int(getattr(tm, "n_tapes", 1))
    phase, head = "read", program.blank
    stacks: tuple[Tops, ...] = ((),) * (2 * count)
    alphabet = Alphabet((*sorted_symbols(tm.input_symbols), clock))
    if tape is not None:
        content = list(tape) or [program.blank]
        right = program.codes(reversed(_trimmed(content[1:], program.blank)))
        phase, head, stacks = "run", content[0], ((), right, *stacks[2:])
        alphabet = Alphabet((clock,))
    first = (phase, tm.initial_state, (head, *(program.blank,) * (count - 1)))
    rule, accepts = partial(_rule, program), partial(_accepts, program)
    made = tabulate(alphabet, program.symbols, first, rule, accepts, stacks)
    controls: list[Any] = made.controls
    halting = [_result(program, state, heads) is None for _, state, heads in controls]
    return TapeMachine(made.machine, clock, program.blank, controls, halting)


class _Program(NamedTuple):
    """A Turing machine's table and symbols, and the clock."""

    table: dict[tuple[Any, tuple[Symbol, ...]], tuple[Any, list[Move]]]
    finals: frozenset[Any]
    blank: Symbol
    symbols: tuple[Symbol, ...]
    clock: Symbol

    def codes(self, symbols: Iterable[Symbol]) -> tuple[int, ...]:
        return tuple(map(self.symbols.index, symbols))

    def push(self, symbol: Symbol, empty: bool) -> int:
        """The push of a symbol; nothing for a blank on an empty stack."""
        skip = empty and symbol == self.blank
        return NOOP if skip else PUSH + self.symbols.index(symbol)


def _result(program: _Program, state: Any, heads: tuple[Symbol, ...]) -> Any:
    return None if state in program.finals else program.table.get((state, heads))


def _accepts(program: _Program, control: Any, mask: int) -> bool:
    phase, state, _ = control
    return state in program.finals and (phase == "run" or not mask & 1)


def _rule(
    program: _Program, control: Any, symbol: Symbol, tops: Tops
) -> tuple[Any, tuple[int, ...]]:
    phase, state, heads = control
    kept = (NOOP,) * len(tops)
    if symbol != program.clock:
        reads = phase == "read"
        pushed = PUSH + program.symbols.index(symbol) if reads else NOOP
        return control, (pushed, *kept[1:])
    if phase != "run" and tops[0]:
        head = program.symbols[tops[0] - 1]
        right = NOOP if phase == "read" else program.push(heads[0], not tops[1])
        return ("rewind", state, (head, *heads[1:])), (POP, right, *kept[2:])
    result = _result(program, state, heads)
    if result is None:
        return control, kept
    target, moves = result
    sides = [
        _move(program, move, tops[2 * i : 2 * i + 2]) for i, move in enumerate(moves)
    ]
    after = ("run", target, tuple(head for head, _ in sides))
    return after, tuple(action for _, pair in sides for action in pair)


def _move(program: _Program, move: Move, tops: Tops) -> tuple[Symbol, tuple[int, int]]:
    """The symbol under the head, and the actions on the left and right stacks."""
    written, direction = move
    if direction == "N":
        return written, (NOOP, NOOP)
    onto, off = tops if direction == "R" else tops[::-1]
    pushed = program.push(written, not onto)
    head, popped = (program.symbols[off - 1], POP) if off else (program.blank, NOOP)
    return head, (pushed, popped) if direction == "R" else (popped, pushed)


def _trimmed(content: list[Symbol], blank: Symbol) -> list[Symbol]:
    while content and content[-1] == blank:
        content = content[:-1]
    return content


def _table(tm: Any) -> dict[tuple[Any, tuple[Symbol, ...]], tuple[Any, list[Move]]]:
    """(state, symbols under the heads) ↦ (next state, a move for each tape)."""
    table: dict[tuple[Any, tuple[Symbol, ...]], tuple[Any, list[Move]]] = {}
    for state, row in tm.transitions.items():
        for read, result in row.items():
            if isinstance(tm, DTM):
                target, written, direction = result
                table[state, (read,)] = target, [(written, direction)]
                continue
            if len(result) != 1:
                raise ValueError(
                    f"tm: wanted one result for each entry, got {len(result)} in state "
                    f"{state!r} on {read}"
                )
            target, moves = result[0]
            table[state, tuple(read)] = target, [(w, d) for w, d in moves]
    return table
