"""Machines in files: safetensors, JSON and the AT&T text of finite automata.

Circuits in files: AIGER, BLIF, DOT and netlists.
"""

from automata_rnn.formats.att import read_att, write_att
from automata_rnn.formats.att_weighted import read_att_wfa
from automata_rnn.formats.automata_json import from_json, to_json
from automata_rnn.formats.circuit_files import load_circuit, save_circuit
from automata_rnn.formats.errors import FormatError
from automata_rnn.formats.examples import read_examples
from automata_rnn.formats.files import load, save

__all__ = [
    "FormatError",
    "from_json",
    "load",
    "load_circuit",
    "read_att",
    "read_att_wfa",
    "read_examples",
    "save",
    "save_circuit",
    "to_json",
    "write_att",
]
