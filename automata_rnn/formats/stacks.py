"""Stacks of diagonal layers as a JSON record and tensors.

Each array is a tensor named by its place, such as "layers.2.gates"; the record says how
each is stored, and which semiring each layer is over.
"""

from typing import Any

from automata_rnn.formats.arrays import decode_array, encode_array
from automata_rnn.formats.errors import FormatError, check_keys, mismatch, require
from automata_rnn.formats.semirings import semiring_of, semiring_record
from automata_rnn.formats.values import decode_alphabet, encode_alphabet
from automata_rnn.rnns import DiagonalLayer, DiagonalNetwork
from automata_rnn.semiring import Array

_WEIGHTS = ("initial", "gates", "bias", "codewords")
_ARRAYS = (*_WEIGHTS, "emits")


def stack_record(
    network: DiagonalNetwork, version: int
) -> tuple[dict[str, Any], dict[str, Array]]:
    """The stack as a record and tensors; FormatError for semirings without a name."""
    arrays = {"readout": network.readout}
    for i, layer in enumerate(network.layers):
        arrays |= {f"layers.{i}.{name}": getattr(layer, name) for name in _ARRAYS}
    encoded = {
        name: encode_array(f"DiagonalNetwork.{name}", array)
        for name, array in arrays.items()
    }
    record = {
        "type": "DiagonalNetwork",
        "version": version,
        "alphabet": encode_alphabet(network.alphabet),
        "fields": {name: description for name, (description, _) in encoded.items()},
        "layers": [semiring_record(layer.semiring) for layer in network.layers],
    }
    return record, {name: tensor for name, (_, tensor) in encoded.items()}


def stack_from_record(
    record: dict[str, Any], tensors: dict[str, Array]
) -> DiagonalNetwork:
    """The stack that `stack_record` made these of; FormatError where it made none.

    The caller has checked the version.
    """
    check_keys("record", record, ("type", "version", "alphabet", "fields", "layers"))
    fields = require("fields", record["fields"], dict)
    layers = require("layers", record["layers"], list)
    places = [f"layers.{i}.{name}" for i in range(len(layers)) for name in _ARRAYS]
    check_keys("fields", fields, ("readout", *places))
    check_keys("tensors", tensors, tuple(fields))
    arrays = {
        name: decode_array(
            f"fields.{name}", require(f"fields.{name}", entry, dict), tensors[name]
        )
        for name, entry in fields.items()
    }
    for name, array in arrays.items():
        if name.endswith(".emits") and array.dtype.kind != "i":
            raise mismatch(f"fields.{name}", "integers", array.dtype)
    try:
        built = tuple(
            _layer(i, require(f"layers[{i}]", entry, dict), arrays)
            for i, entry in enumerate(layers)
        )
        alphabet = decode_alphabet(record["alphabet"])
        return DiagonalNetwork(alphabet, built, arrays["readout"])
    except ValueError as error:
        raise FormatError(str(error)) from error


def _layer(i: int, entry: dict[str, Any], arrays: dict[str, Array]) -> DiagonalLayer:
    check_keys(f"layers[{i}]", entry, ("semiring", "exact", "polynomial"))
    parts = {name: arrays[f"layers.{i}.{name}"] for name in _ARRAYS}
    for name, rank in (("gates", 2), ("codewords", 2)):
        if parts[name].ndim != rank:
            shape = parts[name].shape
            raise mismatch(f"fields.layers.{i}.{name}", "a matrix", shape)
    return DiagonalLayer(semiring_of(entry), **parts)
