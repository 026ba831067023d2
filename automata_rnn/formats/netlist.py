"""Circuits over any semiring as plain text, one gate a line, and as DOT.

    netlist 1                    the format and its version
    semiring {…}                 JSON: "semiring": the name, and what it leaves open
    dtype object                 of the constants
    inputs 4                     wires 0, 1, 2, 3
    constant 2/3                 wire 4; one line for each constant
    plus 0 1                     wire 5; or times, minus, not; operands come earlier
    times 5 4                    wire 6
    outputs [] 6                 the shape of the outputs as JSON, and their wires

Numbers are written so that exactly the same come back.
"""

import re

import numpy as np

from automata_rnn.circuits.circuit import NOT, OPERATIONS, Circuit
from automata_rnn.circuits.draft import Draft
from automata_rnn.formats.errors import FormatError, check_inputs, mismatch, require
from automata_rnn.formats.numbers import array_of, texts_of
from automata_rnn.formats.semirings import KEYS, semiring_of, semiring_record
from automata_rnn.formats.values import dumps, loads

DOT_GATES = 5000
"""Layout programs do not draw more."""


def to_netlist(circuit: Circuit) -> bytes:
    """The text; FormatError for a semiring that has no name."""
    lines = ["netlist 1", f"semiring {dumps(semiring_record(circuit.semiring))}"]
    lines += [
        f"dtype {circuit.constants.dtype}",
        f"inputs {check_inputs(circuit.num_inputs)}",
    ]
    lines += [f"constant {text}" for text in texts_of(circuit.constants)]
    gates = zip(circuit.operation, circuit.left, circuit.right, strict=True)
    for operation, left, right in gates:
        operands = f"{left}" if operation == NOT else f"{left} {right}"
        lines.append(f"{OPERATIONS[operation]} {operands}")
    shape = dumps(list(circuit.outputs.shape))
    wires = " ".join(str(wire) for wire in circuit.outputs.ravel())
    return ("\n".join([*lines, f"outputs {shape} {wires}".rstrip()]) + "\n").encode()


def from_netlist(data: bytes) -> Circuit:
    """The circuit that a netlist describes; FormatError naming the line if damaged."""
    try:
        lines = data.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError(f"wanted ASCII text, got {error}") from error
    if lines[-1:] != [""] or len(lines) < 6 or lines[0] != "netlist 1":
        raise mismatch("netlist", "the line 'netlist 1' and complete lines", lines[0])
    record = require("semiring", loads(_after("semiring", lines[1])), dict)
    if set(record) != set(KEYS):
        raise mismatch("semiring", f"the keys {KEYS}", record)
    ring = semiring_of(record)
    dtype = _after("dtype", lines[2])
    inputs = check_inputs(_natural(_after("inputs", lines[3])))
    body, last = lines[4:-2], lines[-2]
    constants = [line for line in body if line.startswith("constant ")]
    texts = [_after("constant", line) for line in body[: len(constants)]]
    try:
        values = array_of("constant", texts, np.dtype(dtype))
        draft = Draft(ring, inputs)
        wires = [*draft.inputs().tolist()]
        wires += [int(draft.constant(ring.scalar(v, "constant"))) for v in values]
        for line in body[len(constants) :]:
            wires.append(_gate(draft, wires, line))
        return _finish(draft, wires, _after("outputs", last))
    except FormatError:
        raise
    except (TypeError, ValueError, KeyError) as error:
        raise FormatError(f"netlist: {error}") from error


def _finish(draft: Draft, wires: list[int], text: str) -> Circuit:
    head, _, tail = text.partition("] ") if "] " in text else (text[:-1], "", "")
    shape = require("outputs", loads(head + "]"), list)
    found = [wires[_below(word, len(wires))] for word in tail.split()]
    return draft.finish(np.array(found, dtype=np.int64).reshape(shape))


def _gate(draft: Draft, wires: list[int], line: str) -> int:
    word, *operands = line.split(" ")
    if word not in OPERATIONS:
        raise mismatch("line", f"one of {', '.join(OPERATIONS)}", line)
    operation = OPERATIONS.index(word)
    if len(operands) != (1 if operation == NOT else 2):
        raise mismatch("line", "one operand for not, two for others", line)
    ids = [wires[_below(text, len(wires))] for text in operands]
    return int(draft.gate(operation, ids[0], ids[-1]))


def _after(word: str, line: str) -> str:
    if not line.startswith(f"{word} "):
        raise mismatch("line", f"{word} …", line)
    return line[len(word) + 1 :]


def _natural(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise mismatch("number", "a natural number below 10**9", text)
    return int(text)


def _below(text: str, bound: int) -> int:
    wire = _natural(text)
    if wire >= bound:
        raise mismatch("wire", f"one of an earlier line, below {bound}", wire)
    return wire


def to_dot(circuit: Circuit, *, max_gates: int = DOT_GATES) -> bytes:
    """The circuit as a DOT graph, level above level, for Graphviz.

    FormatError where it has more than `max_gates` gates.
    """
    if circuit.size > max_gates:
        raise mismatch("circuit", f"at most max_gates = {max_gates}", circuit.size)
    signs = ("∨", "∧", "", "¬") if circuit.semiring.name == "boolean" else _SIGNS
    labels = [f"x{i}" for i in range(circuit.num_inputs)]
    labels += texts_of(circuit.constants)
    labels += [signs[operation] for operation in circuit.operation]
    lines = ["digraph circuit {", "  rankdir=BT;"]
    lines += [f'  {wire} [label="{label}"];' for wire, label in enumerate(labels)]
    gates = zip(circuit.operation, circuit.left, circuit.right, strict=True)
    for gate, (operation, left, right) in enumerate(gates):
        wire = circuit.num_sources + gate
        lines.append(f"  {left} -> {wire};")
        if operation != NOT:
            lines.append(f"  {right} -> {wire};")
    for place, wire in enumerate(circuit.outputs.ravel().tolist()):
        lines.append(f'  y{place} [shape=plaintext, label="y{place}"];')
        lines.append(f"  {wire} -> y{place};")
    for level in np.unique(circuit.level):
        same = circuit.num_sources + np.flatnonzero(circuit.level == level)
        lines.append("  {rank=same; " + "; ".join(map(str, same)) + ";}")
    return ("\n".join([*lines, "}"]) + "\n").encode("utf-8")


_SIGNS = ("+", "×", "−", "")
