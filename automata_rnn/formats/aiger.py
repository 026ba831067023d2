"""AIGER files of Boolean circuits, ASCII (aag) and binary (aig), read and written.

Combinational circuits only: no latches. Inputs and outputs can have names, in the
symbol table. The format is that of A. Biere, The AIGER And-Inverter Graph Format,
version 20070427, which model checkers and synthesis tools (ABC, yosys) read.
"""

import re
from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np

from automata_rnn.circuits.and_inverter import (
    AndInverterGraph,
    and_inverter_graph,
    circuit_from_graph,
)
from automata_rnn.circuits.circuit import Circuit
from automata_rnn.formats.errors import FormatError, check_inputs, mismatch

_HEADER = re.compile(rb"(aag|aig) (\d{1,9}) (\d{1,9}) (\d{1,9}) (\d{1,9}) (\d{1,9})")


def to_aag(
    circuit: Circuit, *, inputs: Sequence[str] = (), outputs: Sequence[str] = ()
) -> bytes:
    """The ASCII form; `inputs` and `outputs` are names, all of them or none.

    >>> from automata_rnn.automata import dfa_from_regex
    >>> from automata_rnn.circuits import boolean_circuit, simplify
    >>> parity = simplify(boolean_circuit(dfa_from_regex("(b|ab*a)*"), 1)).circuit
    >>> to_aag(parity)
    b'aag 1 1 0 1 0\\n2\\n2\\n'
    """
    graph = _graph(circuit)
    lines = [_header("aag", graph)]
    lines += [str(2 * v) for v in range(1, graph.num_inputs + 1)]
    lines += [str(literal) for literal in graph.outputs]
    first = 2 * (graph.num_inputs + 1)
    for gate, (left, right) in enumerate(graph.operands.tolist()):
        lines.append(f"{first + 2 * gate} {left} {right}")
    text = "\n".join(lines) + "\n"
    return text.encode("ascii") + _symbols(graph, inputs, outputs)


def to_aig(
    circuit: Circuit, *, inputs: Sequence[str] = (), outputs: Sequence[str] = ()
) -> bytes:
    """The binary form: gates as differences of literals, seven bits to a byte."""
    graph = _graph(circuit)
    lines = [_header("aig", graph), *(str(literal) for literal in graph.outputs)]
    text = "\n".join(lines) + "\n"
    gates = bytearray()
    own = 2 * (graph.num_inputs + 1)
    for left, right in graph.operands.tolist():
        for difference in (own - left, left - right):
            while difference >= 0x80:
                gates.append(difference & 0x7F | 0x80)
                difference >>= 7
            gates.append(difference)
        own += 2
    return text.encode("ascii") + bytes(gates) + _symbols(graph, inputs, outputs)


def _graph(circuit: Circuit) -> AndInverterGraph:
    check_inputs(circuit.num_inputs)
    return and_inverter_graph(circuit)


def _header(kind: str, graph: AndInverterGraph) -> str:
    inputs, gates = graph.num_inputs, len(graph.operands)
    return f"{kind} {inputs + gates} {inputs} 0 {len(graph.outputs)} {gates}"


def _symbols(
    graph: AndInverterGraph, inputs: Sequence[str], outputs: Sequence[str]
) -> bytes:
    lines = []
    wanted = {"i": (inputs, graph.num_inputs), "o": (outputs, len(graph.outputs))}
    for letter, (names, count) in wanted.items():
        if names and len(names) != count:
            raise mismatch(f"names of {letter}", f"{count} of them", len(names))
        for position, name in enumerate(names):
            if "\n" in name or not name:
                raise mismatch("name", "one line of text", name)
            lines.append(f"{letter}{position} {name}\n")
    return "".join(lines).encode("utf-8")


def from_aiger(data: bytes) -> Circuit:
    """The circuit in the bytes of an AIGER file of either form; names are dropped.

    Raises FormatError for damaged files, latches, cycles, literals that are not
    defined, and more than `MAX_INPUTS` inputs.
    """
    match = _HEADER.match(data)
    if match is None or data[match.end() : match.end() + 1] != b"\n":
        raise mismatch("header", "aag or aig and the five numbers M I L O A", data[:60])
    most, inputs, latches, outputs, gates = (int(x) for x in match.groups()[1:])
    if latches:
        raise mismatch("L", "no latches", latches)
    if most < inputs + gates or (match[1] == b"aig" and most > inputs + gates):
        raise mismatch("M", f"I + A = {inputs + gates}", most)
    check_inputs(inputs)
    body = data[match.end() + 1 :]
    read = _ascii if match[1] == b"aag" else _binary
    try:
        return circuit_from_graph(read(body, inputs, outputs, gates))
    except FormatError:
        raise
    except (ValueError, IndexError) as error:
        raise FormatError(f"AIGER: {error}") from error


def _ascii(body: bytes, inputs: int, outputs: int, gates: int) -> AndInverterGraph:
    """Inputs and gates have any even literals, and gates come in any order."""
    count = inputs + outputs + gates
    lines = body.split(b"\n", count)
    if len(lines) < count:
        raise mismatch("lines", f"{count} of them", len(lines))
    numbers = [_numbers(line) for line in lines[:count]]
    ands = numbers[inputs + outputs :]
    if any(len(line) != 1 for line in numbers[: inputs + outputs]):
        raise mismatch("inputs and outputs", "one literal in a line", numbers[:4])
    if any(len(line) != 3 for line in ands):
        raise mismatch("gates", "three literals in a line", ands[:4])
    named = [line[0] for line in numbers[:inputs] + ands]
    if any(literal % 2 or literal == 0 for literal in named):
        raise mismatch("inputs and gates", "even literals above 0", named[:4])
    if len(set(named)) < len(named):
        raise mismatch("inputs and gates", "distinct literals", named[:4])
    order = _in_order(named[:inputs], {line[0]: line[1:] for line in ands})
    moved = {0: 0} | {literal: 2 * (i + 1) for i, literal in enumerate(order)}
    operands = {line[0]: [_moved(moved, x) for x in line[1:]] for line in ands}
    pairs = [sorted(operands[literal], reverse=True) for literal in order[inputs:]]
    found = [_moved(moved, line[0]) for line in numbers[inputs : inputs + outputs]]
    return AndInverterGraph(
        inputs, np.array(pairs, np.int64).reshape(-1, 2), np.array(found, np.int64)
    )


def _moved(moved: dict[int, int], literal: int) -> int:
    if literal & ~1 not in moved:
        raise mismatch("literal", "that of an input or a gate", literal)
    return moved[literal & ~1] | literal & 1


def _in_order(inputs: list[int], gates: dict[int, list[int]]) -> list[int]:
    """The literals of inputs and gates, operands first; FormatError for a cycle.

    Gates that come after their operands keep their order.
    """
    place = {gate: i for i, gate in enumerate(gates)}
    used: dict[int, list[int]] = {gate: [] for gate in gates}
    missing = dict.fromkeys(gates, 0)
    for gate, pair in gates.items():
        for operand in {literal & ~1 for literal in pair} & gates.keys():
            used[operand].append(gate)
            missing[gate] += 1
    ready = [(place[gate], gate) for gate, count in missing.items() if count == 0]
    order = list(inputs)
    while ready:
        _, gate = heappop(ready)
        order.append(gate)
        for user in used[gate]:
            missing[user] -= 1
            if missing[user] == 0:
                heappush(ready, (place[user], user))
    if len(order) < len(inputs) + len(gates):
        raise mismatch("gates", "no cycle", min(gates.keys() - set(order)))
    return order


def _numbers(line: bytes) -> list[int]:
    words = line.split(b" ")
    if not all(re.fullmatch(rb"\d{1,10}", word) for word in words):
        raise mismatch("line", "numbers", line[:60])
    return [int(word) for word in words]


def _binary(body: bytes, inputs: int, outputs: int, gates: int) -> AndInverterGraph:
    *lines, rest = body.split(b"\n", outputs)
    if len(lines) < outputs:
        raise mismatch("outputs", f"{outputs} lines", len(lines))
    found = [_numbers(line) for line in lines]
    if any(len(line) != 1 for line in found):
        raise mismatch("outputs", "one literal in a line", found[:4])
    if 2 * gates > len(rest):
        raise mismatch("gates", f"at least two bytes for each of {gates}", len(rest))
    operands = np.empty((gates, 2), np.int64)
    position = 0
    for gate in range(gates):
        own = 2 * (inputs + 1 + gate)
        for column in (0, 1):
            difference, position = _difference(rest, position)
            own -= difference
            operands[gate, column] = own
    literals = np.array([line[0] for line in found], dtype=np.int64)
    return AndInverterGraph(inputs, operands, literals)


def _difference(data: bytes, position: int) -> tuple[int, int]:
    """One number of seven bits to a byte, and where the next one starts."""
    value = shift = 0
    while True:
        if position >= len(data) or shift > 35:
            raise mismatch("gates", "differences of literals", f"at byte {position}")
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
