"""Boolean circuits in BLIF, the Berkeley Logic Interchange Format.

A gate is a table of one or two inputs: AND "11 1", OR "1- 1" and "-1 1", NOT "0 1".
Wires are named x0, … (inputs), c0, … (constants), g0, … (gates), y0, … (outputs).
"""

import re

from automata_rnn.circuits.circuit import NOT, PLUS, TIMES, Circuit
from automata_rnn.circuits.draft import Draft
from automata_rnn.formats.errors import FormatError, mismatch
from automata_rnn.semiring import BOOLEAN

_COVERS = {PLUS: "1- 1\n-1 1", TIMES: "11 1", NOT: "0 1"}
_OPERATIONS = {
    ("-1 1", "1- 1"): PLUS,
    ("11 1",): TIMES,
    ("0 1",): NOT,
    ("1 1",): None,  # a wire with a second name
}


def to_blif(circuit: Circuit, *, model: str = "circuit") -> bytes:
    """The circuit as a BLIF model; FormatError unless it is Boolean."""
    if circuit.semiring is not BOOLEAN:
        raise mismatch("circuit", "a Boolean one", circuit.semiring.name)
    if not re.fullmatch(r"\S+", model):
        raise mismatch("model", "a name without blanks", model)
    names = [f"x{i}" for i in range(circuit.num_inputs)]
    names += [f"c{i}" for i in range(len(circuit.constants))]
    names += [f"g{i}" for i in range(circuit.size)]
    outputs = [names[wire] for wire in circuit.outputs.ravel()]
    lines = [f".model {model}"]
    lines.append(" ".join([".inputs", *names[: circuit.num_inputs]]))
    lines.append(" ".join([".outputs", *(f"y{i}" for i in range(len(outputs)))]))
    for place, value in enumerate(circuit.constants.tolist()):
        lines.append(f".names c{place}" + ("\n1" if value else ""))
    gates = zip(circuit.operation, circuit.left, circuit.right, strict=True)
    for place, (operation, left, right) in enumerate(gates):
        operands = names[left] if operation == NOT else f"{names[left]} {names[right]}"
        lines.append(f".names {operands} g{place}\n{_COVERS[int(operation)]}")
    lines += [f".names {wire} y{i}\n1 1" for i, wire in enumerate(outputs)]
    return ("\n".join(lines) + "\n.end\n").encode("ascii")


def from_blif(data: bytes) -> Circuit:
    """The circuit in a BLIF model of the tables that `to_blif` writes, in order.

    Any names will do, and lines may be continued with a backslash. Raises FormatError
    for other tables, latches and subcircuits, and operands that come later.
    """
    try:
        text = re.sub(r"\\\n", " ", data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FormatError(f"wanted text in UTF-8, got {error}") from error
    text = re.sub(r"#.*", "", text)
    inputs: list[str] = []
    outputs: list[str] = []
    tables: list[tuple[list[str], list[str]]] = []
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        word, *names = line.split()
        if word == ".inputs":
            inputs += names
        elif word == ".outputs":
            outputs += names
        elif word == ".names":
            tables.append((names, []))
        elif not word.startswith("."):
            if not tables:
                raise mismatch("line", "a table first", line)
            tables[-1][1].append(" ".join([word, *names]))
        elif word not in (".model", ".end"):
            raise mismatch("command", ".model, .inputs, .outputs, .names, .end", word)
    return _drawn(inputs, outputs, tables)


def _drawn(
    inputs: list[str], outputs: list[str], tables: list[tuple[list[str], list[str]]]
) -> Circuit:
    draft = Draft(BOOLEAN, len(inputs))
    wires = dict(zip(inputs, draft.inputs().tolist(), strict=True))
    if len(wires) < len(inputs):
        raise mismatch("inputs", "distinct names", inputs)
    for names, cover in tables:
        if not names or names[-1] in wires:
            raise mismatch("names", "a new name for each table", names)
        unknown = [name for name in names[:-1] if name not in wires]
        if unknown:
            raise mismatch("names", "operands from earlier lines", unknown[0])
        wires[names[-1]] = _gate(draft, [wires[name] for name in names[:-1]], cover)
    missing = [name for name in outputs if name not in wires]
    if missing:
        raise mismatch("outputs", "names of wires", missing[0])
    return draft.finish([wires[name] for name in outputs])


def _gate(draft: Draft, operands: list[int], cover: list[str]) -> int:
    if not operands and cover in ([], ["1"]):
        return int(draft.constant(bool(cover)))
    key = tuple(sorted(cover))
    arity = 2 if key in (("-1 1", "1- 1"), ("11 1",)) else 1
    if key not in _OPERATIONS or len(operands) != arity:
        raise mismatch("table", "AND, OR, NOT, a constant or a copy", cover)
    operation = _OPERATIONS[key]
    if operation is None:
        return operands[0]
    return int(draft.gate(operation, operands[0], operands[-1]))
