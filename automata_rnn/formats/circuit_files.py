"""Circuits in files: the suffix of the name says which format."""

import os
from collections.abc import Callable
from typing import Any

from automata_rnn.circuits import Circuit, WordCircuit
from automata_rnn.formats.aiger import from_aiger, to_aag, to_aig
from automata_rnn.formats.atomic import (
    FilePath,
    naming,
    read_bytes,
    write_atomically,
)
from automata_rnn.formats.blif import from_blif, to_blif
from automata_rnn.formats.errors import mismatch
from automata_rnn.formats.netlist import from_netlist, to_dot, to_netlist
from automata_rnn.semiring import BOOLEAN

_WRITERS: dict[str, Callable[[Circuit], bytes]] = {
    ".aag": to_aag,
    ".aig": to_aig,
    ".blif": to_blif,
    ".netlist": to_netlist,
    ".dot": to_dot,
}
_BOOLEAN_ONLY = (to_aag, to_aig, to_blif)
_READERS: dict[str, Callable[[bytes], Circuit]] = {
    ".aag": from_aiger,
    ".aig": from_aiger,
    ".blif": from_blif,
    ".netlist": from_netlist,
}


def save_circuit(circuit: Circuit | WordCircuit, path: FilePath) -> None:
    """Write a circuit to a file, which takes its name when it is complete.

    .netlist holds any circuit exactly; .aag, .aig (AIGER) and .blif hold Boolean ones;
    .dot is for drawing. Outputs in several axes become a list in all but .netlist.
    Raises FormatError for other suffixes and circuits that a format cannot hold.
    """
    plain = circuit.circuit if isinstance(circuit, WordCircuit) else circuit
    with naming(path):
        writer = _by_suffix(path, _WRITERS)
        if writer in _BOOLEAN_ONLY and plain.semiring is not BOOLEAN:
            wanted = "a Boolean one (.netlist and .dot hold any)"
            raise mismatch("circuit", wanted, plain.semiring.name)
        write_atomically(path, writer(plain))


def load_circuit(path: FilePath) -> Circuit:
    """The circuit in a .netlist, .aag, .aig or .blif file.

    Raises FormatError naming the file where it is damaged or something else.
    """
    with naming(path):
        found: Circuit = _by_suffix(path, _READERS)(read_bytes(path))
        return found


def _by_suffix(path: FilePath, table: dict[str, Callable[..., Any]]) -> Any:
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    if suffix not in table:
        raise mismatch("suffix", f"one of {', '.join(table)}", suffix)
    return table[suffix]
