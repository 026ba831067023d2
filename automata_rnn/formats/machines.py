"""Machines as a JSON record and tensors. Types come from a fixed table only.

To add a machine type, add a line to `_FIELDS`: what each field of it holds.
"""

import operator
from typing import Any

from automata_rnn.automata import WFA, CounterMachine, DFATable, StackMachine
from automata_rnn.formats.arrays import decode_array, encode_array
from automata_rnn.formats.composite import (
    MATRICES,
    MATRIX,
    OPTIONAL_MATRIX,
    VECTORS,
    flat_names,
    is_composite,
    join,
    split,
)
from automata_rnn.formats.errors import FormatError, check_keys, mismatch, require
from automata_rnn.formats.networks import network_from_record, network_record
from automata_rnn.formats.semirings import KEYS, semiring_of, semiring_record
from automata_rnn.formats.stacks import stack_from_record, stack_record
from automata_rnn.formats.values import (
    decode,
    decode_alphabet,
    encode,
    encode_alphabet,
)
from automata_rnn.rnns import (
    MLPRNN,
    PDRNN,
    RWKV7,
    DeltaNet,
    DeltaProduct,
    DiagonalNetwork,
    DiagonalRNN,
    GatedDeltaNet,
    LinearRNN,
    Network,
    ReLURNN,
)
from automata_rnn.semiring import Array

VERSION = 1

_ELEMENTS = "array of elements"
_OPTIONAL = "array of elements, or null"
_INDICES = "array of integers"
_FLAGS = "vector of booleans"
_TABLE = "array of booleans"
_NUMBER = "integer"
_SWITCH = "boolean"
_TEXT = "string"
_VALUE = "value"
_PLAIN: dict[str, type] = {_NUMBER: int, _SWITCH: bool, _TEXT: str}
_DTYPE_KINDS = {
    _ELEMENTS: "biufcO",
    _OPTIONAL: "biufcO",
    _INDICES: "iu",
    _FLAGS: "b",
    _TABLE: "b",
}

_NETWORK = {"initial": _ELEMENTS, "readout": _ELEMENTS, "bias": _OPTIONAL}
_DELTA = {
    **dict.fromkeys(("initial", "keys", "beta", "query", "readout"), _ELEMENTS),
    "values": _OPTIONAL,
    "parametrization": _TEXT,
    "allow_neg_eigval": _SWITCH,
}
_RWKV7 = {
    **dict.fromkeys(("initial", "decay", "removal", "rate"), _ELEMENTS),
    **dict.fromkeys(("query", "readout"), _ELEMENTS),
    **dict.fromkeys(("strength", "keys", "values"), _OPTIONAL),
    "parametrization": _TEXT,
}
_RELU = {
    **dict.fromkeys(("initial", "bias", "readout"), _ELEMENTS),
    "head": OPTIONAL_MATRIX,
    "head_bias": _OPTIONAL,
}
_MACHINE = {"initial_state": _NUMBER, "successors": _INDICES, "accepting": _TABLE}
_FIELDS: dict[type, dict[str, str]] = {
    WFA: {"initial": _ELEMENTS, "weights": _ELEMENTS, "final": _ELEMENTS},
    LinearRNN: {**_NETWORK, "recurrent": _ELEMENTS},
    DiagonalRNN: {**_NETWORK, "gates": _ELEMENTS},
    PDRNN: {**_NETWORK, "index": _INDICES, "scale": _ELEMENTS},
    DeltaNet: _DELTA,
    GatedDeltaNet: {**_DELTA, "gate": _ELEMENTS},
    DeltaProduct: {**_DELTA, "gate": _OPTIONAL},
    RWKV7: _RWKV7,
    ReLURNN: {"recurrent": MATRIX, **_RELU},
    MLPRNN: {"weights": MATRICES, "biases": VECTORS, **_RELU},
    DFATable: {"initial": _NUMBER, "successors": _INDICES, "accepting": _FLAGS},
    CounterMachine: {**_MACHINE, "increments": _INDICES, "natural": _SWITCH},
    StackMachine: {
        **_MACHINE,
        "actions": _INDICES,
        **dict.fromkeys(("stack_symbols", "initial_stacks"), _VALUE),
    },
}
_ACCEPTORS = (DFATable, CounterMachine, StackMachine)
_KINDS = {kind.__name__: kind for kind in _FIELDS}
_NO_SEMIRING = {"semiring": None, "exact": True, "polynomial": None}
_RECORD = ("type", "version", "alphabet", *KEYS, "fields")


def to_record(machine: Any) -> tuple[dict[str, Any], dict[str, Array]]:
    """The machine as a JSON record and tensors by name; FormatError for other types."""
    kind = type(machine)
    if kind is Network:
        return network_record(machine, VERSION)
    if kind is DiagonalNetwork:
        return stack_record(machine, VERSION)
    if kind not in _FIELDS:
        known = f"{', '.join(_KINDS)}, Network, DiagonalNetwork"
        wanted = f"one of {known} (a DFA or NFA goes into .json)"
        raise mismatch("machine", wanted, machine)
    fields: dict[str, Any] = {}
    tensors: dict[str, Array] = {}
    for name, (holds, value) in _flat(machine).items():
        where = f"{kind.__name__}.{name}"
        if holds in _PLAIN:
            fields[name] = operator.index(value) if holds == _NUMBER else value
        elif holds == _VALUE:
            fields[name] = encode(where, value)
        elif value is None:
            fields[name] = None
        else:
            fields[name], tensors[name] = encode_array(where, value)
            _check_kind(where, holds, value)
    semiring = _NO_SEMIRING
    if kind not in _ACCEPTORS:
        semiring = semiring_record(machine.semiring)
    record = {
        "type": kind.__name__,
        "version": VERSION,
        "alphabet": encode_alphabet(machine.alphabet),
        **semiring,
        "fields": fields,
    }
    return record, tensors


def from_record(record: dict[str, Any], tensors: dict[str, Array]) -> Any:
    """The machine that `to_record` made these of; FormatError where it made none."""
    check_version(record)
    if record.get("type") == Network.__name__:
        return network_from_record(record, tensors)
    if record.get("type") == DiagonalNetwork.__name__:
        return stack_from_record(record, tensors)
    check_keys("record", record, _RECORD)
    kind = _KINDS.get(require("type", record["type"], str))
    if kind is None:
        raise mismatch("type", f"one of {', '.join(_KINDS)}", record["type"])
    fields = require("fields", record["fields"], dict)
    flat = {
        n: h for name, holds in _FIELDS[kind].items() for n, h in _names(name, holds)
    }
    check_keys("fields", fields, tuple(flat))
    decoded = {
        name: _decode_field(f"fields.{name}", holds, fields[name], tensors.get(name))
        for name, holds in flat.items()
    }
    arguments = {
        name: join(name, holds, decoded) if is_composite(holds) else decoded[name]
        for name, holds in _FIELDS[kind].items()
    }
    check_keys("tensors", tensors, tuple(k for k, v in fields.items() if _is_array(v)))
    if kind not in _ACCEPTORS:
        arguments["semiring"] = semiring_of(record)
    elif any(record[key] is not value for key, value in _NO_SEMIRING.items()):
        raise mismatch("semiring", f"null, true and null for a {kind.__name__}", record)
    arguments["alphabet"] = decode_alphabet(record["alphabet"])
    return build(kind, arguments)


def _names(name: str, holds: str) -> list[tuple[str, str]]:
    """The flat fields of a field, and what each holds."""
    if not is_composite(holds):
        return [(name, holds)]
    kinds = {"index": _INDICES, "elements": _ELEMENTS}
    return [(flat, kinds[kind]) for flat, kind in flat_names(name, holds).items()]


def _flat(machine: Any) -> dict[str, tuple[str, Any]]:
    """Every flat field of a machine: what it holds, and its value."""
    found = {}
    for name, holds in _FIELDS[type(machine)].items():
        value = getattr(machine, name)
        parts = split(name, holds, value) if is_composite(holds) else {name: value}
        for flat, kind in _names(name, holds):
            found[flat] = kind, parts[flat]
    return found


def build(kind: type, arguments: dict[str, Any]) -> Any:
    """The machine of these arguments, its dtypes unchanged; FormatError where not."""
    try:
        machine = kind(**arguments)
    except ValueError as error:
        raise FormatError(str(error)) from error
    for name, value in arguments.items():
        dtype = getattr(value, "dtype", None)
        if dtype is not None and getattr(machine, name).dtype != dtype:
            wanted = f"dtype {getattr(machine, name).dtype}"
            raise mismatch(f"{kind.__name__}.{name}", wanted, dtype)
    return machine


def check_version(record: dict[str, Any]) -> None:
    """Raise FormatError for a record of another version of this format."""
    if type(version := record.get("version")) is not int or version != VERSION:
        raise mismatch("version", f"{VERSION}, what this release reads", version)


def _is_array(entry: Any) -> bool:
    return isinstance(entry, dict) and "tuple" not in entry


def _decode_field(field: str, holds: str, entry: Any, tensor: Array | None) -> Any:
    if holds in _PLAIN:
        return require(field, entry, _PLAIN[holds])
    if holds == _VALUE:
        return decode(field, entry)
    if entry is None and holds == _OPTIONAL:
        return None
    description = require(field, entry, dict)
    if tensor is None:
        raise mismatch(field, "a tensor of this name", tensor)
    array = decode_array(field, description, tensor)
    _check_kind(field, holds, array)
    return array


def _check_kind(field: str, holds: str, array: Array) -> None:
    if array.dtype.kind not in _DTYPE_KINDS[holds]:
        raise mismatch(field, holds, array.dtype)
    if holds == _FLAGS and len(array.shape) != 1:
        raise mismatch(field, holds, array.shape)
