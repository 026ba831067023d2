"""Machines in files: the suffix of the name says which format."""

import os
from collections.abc import Callable
from typing import Any

from automata_rnn.formats.atomic import (
    FilePath,
    decode_text,
    naming,
    read_bytes,
    write_atomically,
)
from automata_rnn.formats.att import from_att
from automata_rnn.formats.automata_json import from_json, to_json
from automata_rnn.formats.errors import FormatError
from automata_rnn.formats.machines import from_record, to_record
from automata_rnn.formats.tensors import pack, unpack


def save(machine: Any, path: FilePath) -> None:
    """Write a machine to a file, which takes its name when it is complete.

    .safetensors holds a WFA, a DFATable or a network of `automata_rnn.rnns`, .json an
    automata-lib DFA or NFA or a WFA; the same machine makes the same bytes. Raises
    FormatError for other suffixes and machines, and for symbols of other types than
    `load` knows.
    """
    with naming(path):
        write_atomically(path, _by_suffix(path, _WRITERS)(machine))


def load(path: FilePath) -> Any:
    """The machine in a file that `save` wrote, or an AT&T text (.att, .fst.txt).

    Arrays are equal bit by bit and of the same dtype, as NumPy arrays in the byte order
    of this computer. Raises FormatError naming the file and the field where it is
    damaged or something else; nothing in a file is run.
    """
    with naming(path):
        return _by_suffix(path, _READERS)(read_bytes(path))


def _by_suffix(path: FilePath, table: dict[str, Callable[..., Any]]) -> Any:
    name = os.path.basename(os.fspath(path)).lower()
    for suffix, function in table.items():
        if name.endswith(suffix):
            return function
    hint = "; write_att writes .att" if name.endswith(_ATT) else ""
    raise FormatError(f"suffix: wanted one of {', '.join(table)}{hint}, got {name!r}")


def _tensors_of(machine: Any) -> bytes:
    return pack(*to_record(machine))


def _json_of(machine: Any) -> bytes:
    return to_json(machine).encode("ascii")


def _from_tensors(data: bytes) -> Any:
    return from_record(*unpack(data))


def _from_json(data: bytes) -> Any:
    return from_json(decode_text(data))


def _from_att(data: bytes) -> Any:
    return from_att(decode_text(data))


_ATT = (".att", ".fst.txt")
_WRITERS: dict[str, Callable[[Any], bytes]] = {
    ".safetensors": _tensors_of,
    ".json": _json_of,
}
_READERS: dict[str, Callable[[bytes], Any]] = {
    ".safetensors": _from_tensors,
    ".json": _from_json,
    **dict.fromkeys(_ATT, _from_att),
}
