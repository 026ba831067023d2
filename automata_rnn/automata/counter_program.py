"""Register machines and Minsky programs, read from text into counter machines.

One instruction on a line, with an optional label; `#` starts a comment:

    loop: jz x done      go to `done` if x = 0
          dec x          x - 1; a register at 0 stays
          inc y 2        y + 2; the number may be left out
          goto loop
    done: accept         halt, accepting; or `reject`

    in:   read a more, b done    wait for a symbol, and go where it says

The machine reads a clock symbol for each instruction, and a move by m takes m steps.
`read` waits under the clock; an input symbol that nothing reads leads to a state that
rejects for ever, and running past the last line rejects.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.counter import CounterMachine

CLOCK = "·"


class Instruction(NamedTuple):
    """One line: its number in the text, the operation and its operands."""

    line: int
    operation: str
    operands: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class CounterProgram:
    """A program as a counter machine over ℕ.

    Attributes:
        machine: it has a state for each instruction and one that rejects.
        registers: the names of its counters, in the order of the text.
        instructions: what each state but the last does; moves by m are m of them.
        clock: the symbol that lets it take a step.
    """

    machine: CounterMachine
    registers: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    clock: Symbol


def counter_machine_from_program(
    text: str, *, symbols: Iterable[Symbol] = (), clock: Symbol = CLOCK
) -> CounterProgram:
    """The machine of a program; it accepts where it has reached `accept`.

    Args:
        symbols: the input alphabet, characters that `read` names.

    Raises ValueError naming the line that is wrong.
    """
    instructions, labels = _parse(text)
    registers = tuple(
        dict.fromkeys(
            i.operands[0] for i in instructions if i.operation in _ON_REGISTER
        )
    )
    alphabet = Alphabet((*symbols, clock))
    n, k = len(instructions) + 1, len(registers)
    successors = np.full((len(alphabet), n, 1 << k), n - 1)
    increments = np.zeros((len(alphabet), n, 1 << k, k), int)
    accepting = np.zeros((n, 1 << k), bool)
    ticks = alphabet.code(clock)
    for q, instruction in enumerate(instructions):
        for code, label in _branches(alphabet, instruction):
            successors[code, q] = _target(labels, instruction, label)
        if instruction.operation in ("accept", "reject"):
            successors[:, q] = q
            accepting[q] = instruction.operation == "accept"
            continue
        successors[ticks, q] = _next(labels, instruction, q)
        if instruction.operation in _ON_REGISTER:
            i = registers.index(instruction.operands[0])
            zero = np.arange(1 << k) >> i & 1 == 0
            if instruction.operation == "jz":
                label = instruction.operands[1]
                successors[ticks, q, zero] = _target(labels, instruction, label)
            elif instruction.operation == "inc":
                increments[ticks, q, :, i] = 1
            else:
                increments[ticks, q, ~zero, i] = -1
    machine = CounterMachine(alphabet, 0, successors, increments, accepting, True)
    return CounterProgram(machine, registers, tuple(instructions), clock)


_ON_REGISTER = ("inc", "dec", "jz")
_OPERANDS = {"inc": (1, 2), "dec": (1, 2), "jz": (2,), "goto": (1,)}
_OPERANDS |= {"accept": (0,), "reject": (0,)}


def _parse(text: str) -> tuple[list[Instruction], dict[str, int]]:
    """The instructions, moves by m repeated, and the position of each label."""
    instructions: list[Instruction] = []
    labels: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        rest = line.partition("#")[0].strip()
        while match := re.match(r"(\w+):\s*", rest):
            if match[1] in labels:
                raise ValueError(
                    f"text: line {number}: {match[1]!r} is a label already"
                )
            labels[match[1]] = len(instructions)
            rest = rest[match.end() :]
        if rest:
            instructions += _instructions(number, rest)
    return instructions, labels


def _instructions(number: int, text: str) -> list[Instruction]:
    operation, _, rest = text.partition(" ")
    if operation == "read":
        branches = tuple(part.strip() for part in rest.split(","))
        return [Instruction(number, operation, branches)]
    operands = tuple(rest.split())
    if len(operands) not in _OPERANDS.get(operation, ()):
        raise ValueError(
            f"text: line {number}: wanted inc R [m], dec R [m], jz R label, goto "
            f"label, read a label, …, accept or reject, got {text!r}"
        )
    times = 1
    if operation in ("inc", "dec") and len(operands) == 2:
        if not re.fullmatch(r"[1-9][0-9]{0,3}", operands[1]):
            raise ValueError(
                f"text: line {number}: wanted 1 to 9999, got {operands[1]!r}"
            )
        times, operands = int(operands[1]), operands[:1]
    return [Instruction(number, operation, operands)] * times


def _next(labels: dict[str, int], instruction: Instruction, q: int) -> int:
    """Where the clock leads from an instruction that does not jump on a register."""
    if instruction.operation == "goto":
        return _target(labels, instruction, instruction.operands[0])
    return q if instruction.operation == "read" else q + 1


def _branches(alphabet: Alphabet, instruction: Instruction) -> list[tuple[int, str]]:
    """Codes and labels of a `read`."""
    if instruction.operation != "read":
        return []
    found = []
    for branch in instruction.operands:
        words = branch.split()
        if len(words) != 2 or words[0] not in alphabet:
            raise ValueError(
                f"text: line {instruction.line}: wanted 'symbol label' with one of "
                f"{alphabet.symbols}, got {branch!r}"
            )
        found.append((alphabet.code(words[0]), words[1]))
    return found


def _target(labels: dict[str, int], instruction: Instruction, label: str) -> int:
    if label not in labels:
        known = ", ".join(sorted(labels)) or "none"
        raise ValueError(
            f"text: line {instruction.line}: wanted one of the labels {known}, "
            f"got {label!r}"
        )
    return labels[label]
