"""Circuits in files: AIGER, BLIF and netlists, there and back, and damaged ones."""

from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import BOOLEAN, INTEGER, RATIONAL, Semiring
from automata_rnn.automata import dfa_from_regex
from automata_rnn.circuits import (
    Circuit,
    arithmetic_circuit,
    boolean_circuit,
    circuit_outputs,
    simplify,
)
from automata_rnn.circuits.and_inverter import AndInverterGraph, and_inverter_graph
from automata_rnn.formats import FormatError
from automata_rnn.formats.aiger import from_aiger, to_aag, to_aig
from automata_rnn.formats.blif import from_blif, to_blif
from automata_rnn.formats.circuit_files import load_circuit, save_circuit
from automata_rnn.formats.netlist import from_netlist, to_dot, to_netlist
from tests.strategies import SEMIRINGS, dfas, wfas

HALF_ADDER = b"""aag 7 2 0 2 3
2
4
6
12
6 13 15
12 2 4
14 3 5
i0 x
i1 y
o0 s
o1 c
"""
"""From the definition of the format: a sum and a carry. Its gates are out of order."""

SORTED_HALF_ADDER = b"aag 5 2 0 2 3\n2\n4\n10\n6\n6 4 2\n8 5 3\n10 9 7\n"


def truth_table(circuit: Circuit) -> list[Any]:
    inputs = np.array(list(product([False, True], repeat=circuit.num_inputs)))
    shaped = inputs.reshape(2**circuit.num_inputs, circuit.num_inputs)
    found: list[Any] = circuit_outputs(circuit, shaped).tolist()
    return found


def test_the_half_adder_of_the_definition() -> None:
    circuit = from_aiger(SORTED_HALF_ADDER)
    wanted = [[x != y, x and y] for x, y in product([False, True], repeat=2)]
    assert truth_table(circuit) == wanted
    assert to_aag(circuit) == SORTED_HALF_ADDER
    binary = b"aig 5 2 0 2 3\n10\n6\n" + bytes([2, 2, 3, 2, 1, 2])
    assert to_aig(circuit) == binary
    assert truth_table(from_aiger(binary)) == wanted
    named = to_aag(circuit, inputs=["x", "y"], outputs=["s", "c"])
    assert named == SORTED_HALF_ADDER + b"i0 x\ni1 y\no0 s\no1 c\n"
    assert truth_table(from_aiger(named)) == wanted
    shuffled = HALF_ADDER.replace(b"6 13 15\n12 2 4\n14", b"12 2 4\n6 13 15\n14")
    for text in (HALF_ADDER, shuffled):
        assert truth_table(from_aiger(text)) == wanted


BAD_AIGER = [
    (b"aag 7 2 0 2 3", b"aag 4 2 0 2 3", "M: wanted"),
    (b"aag 7 2 0 2 3", b"aag 7 1 1 2 3", "L: wanted no latches"),
    (b"aag 7 2 0 2 3", b"aag 7 2 0 2", "header"),
    (b"12 2 4", b"12 2", "three literals"),
    (b"12 2 4", b"12 6 4", "no cycle"),
    (b"12 2 4", b"12 2 8", "literal: wanted that of an input or a gate"),
    (b"12 2 4", b"13 2 4", "even literals"),
    (b"12 2 4", b"14 2 4", "distinct literals"),
    (b"12 2 4", b"12 2 x", "line: wanted numbers"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD_AIGER)
def test_damaged_aiger_is_refused(old: bytes, new: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        from_aiger(HALF_ADDER.replace(old, new, 1))


@settings(max_examples=25)
@given(dfas(letters="abc", max_states=3), st.integers(0, 4), st.booleans())
def test_boolean_circuits_come_back(dfa: Any, length: int, small: bool) -> None:
    """The same truth tables; the same bytes again; as many gates in aag and aig."""
    machine = boolean_circuit(dfa, length, prefixes=True)
    circuit = (simplify(machine) if small else machine).circuit
    wanted = truth_table(circuit)
    for write, read in ((to_aag, from_aiger), (to_aig, from_aiger)):
        back = read(write(circuit))
        assert truth_table(back) == wanted
        gates = len(and_inverter_graph(circuit).operands)
        assert len(and_inverter_graph(back).operands) == gates
    assert truth_table(from_blif(to_blif(circuit))) == wanted
    assert to_aig(from_aiger(to_aig(circuit))) == to_aig(from_aiger(to_aag(circuit)))


@pytest.mark.parametrize("semiring", SEMIRINGS, ids=lambda s: s.name)
@settings(max_examples=4)
@given(data=st.data())
def test_netlists_come_back_exactly(semiring: Semiring, data: st.DataObject) -> None:
    machine = data.draw(wfas(semiring, max_states=2))
    prefixes = data.draw(st.booleans())
    circuit = arithmetic_circuit(machine, 3, prefixes=prefixes).circuit
    text = to_netlist(circuit)
    back = from_netlist(text)
    for name in ("operation", "left", "right", "level", "outputs", "constants"):
        assert np.array_equal(getattr(back, name), getattr(circuit, name)), name
    assert to_netlist(back) == text


def test_a_netlist_as_it_is_documented() -> None:
    text = (
        b"netlist 1\n"
        b'semiring {"exact":true,"polynomial":null,"semiring":"rational"}\n'
        b"dtype object\ninputs 2\nconstant 2/3\n"
        b"plus 0 1\ntimes 3 2\nminus 4 0\noutputs [2] 4 5\n"
    )
    circuit = from_netlist(text)
    assert circuit.semiring is RATIONAL
    found = circuit_outputs(circuit, RATIONAL.array([1, 2]))
    assert [str(x) for x in found] == ["2", "1"]
    assert to_netlist(circuit) == text


BAD_NETLISTS = [
    (b"plus 0 1", b"plus 0 5", "wire: wanted one of an earlier line"),
    (b"plus 0 1", b"power 0 1", "line: wanted one of plus"),
    (b"plus 0 1", b"plus 0", "wanted one operand"),
    (b"inputs 2", b"inputs -2", "wanted a natural number"),
    (b"constant 2/3", b"constant x", "object as text"),
    (b'"rational"', b'"octonion"', "octonion"),
    (b"netlist 1", b"netlist 2", "netlist"),
    (b"[2] 4 5", b"[3] 4 5", "netlist: cannot reshape"),
    (b"minus 4 0", b"not 4", "NOT is for BOOLEAN"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD_NETLISTS)
def test_damaged_netlists_are_refused(old: bytes, new: bytes, message: str) -> None:
    text = (
        b"netlist 1\n"
        b'semiring {"exact":true,"polynomial":null,"semiring":"rational"}\n'
        b"dtype object\ninputs 2\nconstant 2/3\n"
        b"plus 0 1\ntimes 3 2\nminus 4 0\noutputs [2] 4 5\n"
    )
    from_netlist(text)
    with pytest.raises(FormatError, match=message):
        from_netlist(text.replace(old, new))


READERS = {
    "aag": (to_aag, from_aiger),
    "aig": (to_aig, from_aiger),
    "blif": (to_blif, from_blif),
    "netlist": (to_netlist, from_netlist),
}


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=60)
@given(data=st.data())
def test_damaged_bytes_are_refused_or_read(kind: str, data: st.DataObject) -> None:
    """Nothing but a FormatError, whatever byte is changed, cut or added."""
    write, read = READERS[kind]
    machine = simplify(boolean_circuit(dfa_from_regex("(ab|b)*"), 3, prefixes=True))
    content = bytearray(write(machine.circuit))
    place = data.draw(st.integers(0, len(content) - 1))
    change = data.draw(st.sampled_from(["set", "cut", "add"]))
    if change == "set":
        content[place] = data.draw(st.integers(0, 255))
    elif change == "cut":
        del content[place:]
    else:
        content.insert(place, data.draw(st.integers(0, 255)))
    with suppress(FormatError):
        assert isinstance(read(bytes(content)), Circuit)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b".model m\n.inputs a\n.latch a b\n", "command: wanted"),
        (b".inputs a a\n.outputs a\n", "distinct names"),
        (b".inputs a\n.outputs y\n.names b y\n1 1\n", "operands from earlier lines"),
        (b".inputs a b\n.outputs y\n.names a b y\n00 1\n", "table: wanted AND"),
        (b".inputs a\n.outputs z\n", "names of wires"),
        (b"11 1\n", "a table first"),
        (b"\xff", "UTF-8"),
    ],
)
def test_other_blif_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        from_blif(text)


def test_files_by_suffix(tmp_path: Path) -> None:
    machine = boolean_circuit(dfa_from_regex("(ab|b)*"), 3)
    wanted = truth_table(machine.circuit)
    for suffix in READERS:
        path = tmp_path / f"c.{suffix}"
        save_circuit(machine, path)
        assert np.array_equal(np.ravel(truth_table(load_circuit(path))), wanted)
    save_circuit(machine, tmp_path / "c.dot")
    drawn = (tmp_path / "c.dot").read_text(encoding="utf-8")
    assert drawn.startswith("digraph circuit {")
    gates = machine.size
    nots = int((machine.circuit.operation == 3).sum())
    assert drawn.count(" -> ") == 2 * (gates - nots) + nots + 1
    with pytest.raises(FormatError, match=r"c\.txt: suffix: wanted one of"):
        save_circuit(machine, tmp_path / "c.txt")
    with pytest.raises(FormatError, match="suffix"):
        load_circuit(tmp_path / "c.dot")
    with pytest.raises(FormatError, match="max_gates = 5"):
        to_dot(machine.circuit, max_gates=5)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        ["c.dot", *(f"c.{suffix}" for suffix in READERS)]
    )


def test_only_boolean_circuits_are_graphs() -> None:
    circuit = Circuit(INTEGER, 1, [], [], [], [], [], [0])
    for write in (to_aag, to_aig, to_blif):
        with pytest.raises(ValueError, match="wanted a Boolean one, got"):
            write(circuit)
    with pytest.raises(ValueError, match="literals below the gate's own"):
        AndInverterGraph(1, np.array([[4, 2]]), np.array([4]))
    with pytest.raises(ValueError, match="literals 0 to 3"):
        AndInverterGraph(1, np.empty((0, 2), int), np.array([4]))


def test_files_that_announce_more_than_they_hold_are_refused_at_once() -> None:
    header = (
        b'netlist 1\nsemiring {"exact":true,"polynomial":null,"semiring":"boolean"}'
    )
    short = header + b"\ndtype bool\ninputs 900000000\nplus 0 1\noutputs [1] 0\n"
    for read, data, message in (
        (from_aiger, b"aig 900000000 900000000 0 0 0\n", "inputs: wanted at most"),
        (from_aiger, b"aig 900000000 0 0 0 900000000\n", "two bytes for each"),
        (from_netlist, short, "inputs: wanted at most"),
    ):
        with pytest.raises(FormatError, match=message):
            read(data)
    many = Circuit(BOOLEAN, 2**24 + 1, [], [], [], [], [], [0])
    for write in (to_aag, to_aig, to_netlist):
        with pytest.raises(FormatError, match="inputs: wanted at most"):
            write(many)


def test_a_format_that_cannot_hold_a_circuit_names_those_that_can(
    tmp_path: Path,
) -> None:
    circuit = Circuit(INTEGER, 1, [], [], [], [], [], [0])
    for suffix in ("aag", "aig", "blif"):
        with pytest.raises(FormatError, match=rf"c\.{suffix}: .*\.netlist and \.dot"):
            save_circuit(circuit, tmp_path / f"c.{suffix}")
    save_circuit(circuit, tmp_path / "c.netlist")
    assert load_circuit(tmp_path / "c.netlist").semiring is INTEGER


def test_constant_outputs() -> None:
    """An acceptor of nothing and one of everything, without a gate."""
    for value in (False, True):
        circuit = Circuit(BOOLEAN, 1, [value], [], [], [], [], [1])
        assert to_aag(circuit).split(b"\n")[2] == (b"1" if value else b"0")
        for write, read in READERS.values():
            assert truth_table(read(write(circuit))) == [[value], [value]]
