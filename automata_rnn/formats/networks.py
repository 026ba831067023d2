"""Networks of heads as a JSON record and tensors: weights, and nothing else.

Each matrix is a tensor named by its place, such as "layers.2.heads.0.query"; the record
says which there are, how each is stored, and of which kind the heads are.
"""

from typing import Any

from automata_rnn.formats.arrays import decode_array, encode_array
from automata_rnn.formats.errors import FormatError, check_keys, mismatch, require
from automata_rnn.formats.semirings import semiring_of, semiring_record
from automata_rnn.formats.values import decode_alphabet, encode_alphabet
from automata_rnn.rnns import Network
from automata_rnn.rnns.compiled import is_compiled
from automata_rnn.rnns.feedforward import FeedForward
from automata_rnn.rnns.network import HeadGroup, Layer
from automata_rnn.semiring import Array, Semiring

_HEAD = ("parameters", "query", "output")
_HIDDEN = ("inward", "outward")


def network_record(
    network: Network, version: int
) -> tuple[dict[str, Any], dict[str, Array]]:
    """The network as a record and tensors; FormatError where it has table lookups."""
    if not is_compiled(network):
        raise mismatch(
            "Network.layers",
            "rectified units; compile_network makes them of table lookups",
            "table lookups",
        )
    tensors: dict[str, Array] = {}
    fields: dict[str, Any] = {}
    for name, array in _arrays(network).items():
        fields[name], tensors[name] = encode_array(f"Network.{name}", array)
    record = {
        "type": "Network",
        "version": version,
        "alphabet": encode_alphabet(network.alphabet),
        **semiring_record(network.semiring),
        "fields": fields,
        "layers": [
            {
                "heads": [group.kind for group in layer.heads],
                "feedforward": len(layer.feedforward),
            }
            for layer in network.layers
        ],
    }
    return record, tensors


def _arrays(network: Network) -> dict[str, Array]:
    arrays = {"embedding": network.embedding, "readout": network.readout}
    for i, layer in enumerate(network.layers):
        for j, group in enumerate(layer.heads):
            for name in _HEAD:
                arrays[f"layers.{i}.heads.{j}.{name}"] = getattr(group, name)
        for j, part in enumerate(layer.feedforward):
            for name in _HIDDEN:
                arrays[f"layers.{i}.feedforward.{j}.{name}"] = getattr(part, name)
    return arrays


def network_from_record(record: dict[str, Any], tensors: dict[str, Array]) -> Network:
    """The network that `network_record` made these of; FormatError where it made none.

    The caller has checked the version.
    """
    names = ("type", "version", "alphabet", "semiring", "exact", "polynomial")
    check_keys("record", record, (*names, "fields", "layers"))
    fields = require("fields", record["fields"], dict)
    layers = [_shape(i, v) for i, v in enumerate(_list("layers", record["layers"]))]
    check_keys("tensors", tensors, tuple(fields))
    semiring = semiring_of(record)

    def array(name: str) -> Array:
        if name not in fields or name not in tensors:
            raise mismatch("fields", f"a tensor {name}", sorted(fields))
        description = require(f"fields.{name}", fields[name], dict)
        found = decode_array(f"fields.{name}", description, tensors[name])
        return _elements(semiring, name, found)

    used = {"embedding", "readout"}

    def arrays(place: str, names: tuple[str, ...]) -> list[Array]:
        used.update(f"{place}.{name}" for name in names)
        return [array(f"{place}.{name}") for name in names]

    try:
        built = tuple(
            Layer(
                tuple(
                    HeadGroup(kind, *arrays(f"layers.{i}.heads.{j}", _HEAD))
                    for j, kind in enumerate(kinds)
                ),
                tuple(
                    FeedForward(*arrays(f"layers.{i}.feedforward.{j}", _HIDDEN))
                    for j in range(count)
                ),
            )
            for i, (kinds, count) in enumerate(layers)
        )
        network = Network(
            semiring,
            decode_alphabet(record["alphabet"]),
            array("embedding"),
            built,
            array("readout"),
        )
    except ValueError as error:
        raise FormatError(str(error)) from error
    check_keys("fields", fields, tuple(used))
    return network


def _list(field: str, value: Any) -> list[Any]:
    result: list[Any] = require(field, value, list)
    return result


def _shape(i: int, entry: Any) -> tuple[list[str], int]:
    layer = require(f"layers[{i}]", entry, dict)
    check_keys(f"layers[{i}]", layer, ("heads", "feedforward"))
    kinds = [require("heads", kind, str) for kind in _list("heads", layer["heads"])]
    count = require(f"layers[{i}].feedforward", layer["feedforward"], int)
    if not 0 <= count <= len(_HEAD) * 64:
        raise mismatch(f"layers[{i}].feedforward", "a small number", count)
    return kinds, count


def _elements(semiring: Semiring, name: str, array: Array) -> Array:
    """Rationals whose text has no denominator are read as integers."""
    return semiring.array(array, name) if array.dtype == object else array
