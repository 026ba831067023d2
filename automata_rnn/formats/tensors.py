"""A JSON record and tensors as the bytes of a safetensors file, and back.

    8 bytes   n, little-endian
    n bytes   {"__metadata__": {"automata_rnn": record as JSON text, "format": "pt"},
               name: {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}, ...}
    the rest  the tensors, one after the other, row-major and little-endian

The header is written here, since the safetensors package varies its order from run to
run and takes arrays that are not contiguous for contiguous ones; it is read by that
package, which checks it. The record holds a SHA-256 of itself and the tensors.
"""

import hashlib
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors

from automata_rnn.formats.atomic import decode_text
from automata_rnn.formats.errors import FormatError, mismatch, require
from automata_rnn.formats.values import dumps, loads
from automata_rnn.semiring import Array

KEY = "automata_rnn"
MAX_HEADER = 2**25  # bytes; the safetensors package stops at 10⁸
MAX_TENSORS = 64  # a file of very many tiny tensors costs time out of proportion
_ALIGNMENT = 8

_NAMES: dict[str, str] = {
    "bool": "BOOL",
    **{f"int{bits}": f"I{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"U{bits}" for bits in (8, 16, 32, 64)},
    **{f"float{bits}": f"F{bits}" for bits in (16, 32, 64)},
}
"""Of each dtype that a file holds, the name in its header."""


def pack(record: dict[str, Any], tensors: dict[str, Array]) -> bytes:
    """The file as bytes: the same for the same record and tensors.

    FormatError where the header is longer than `unpack` takes.
    """
    content = {name: _little_endian(tensor) for name, tensor in tensors.items()}
    signed = {**record, "sha256": digest(record, content)}
    header: dict[str, Any] = {"__metadata__": {KEY: dumps(signed), "format": "pt"}}
    body: list[bytes] = []
    end = 0
    # wide entries first, so that each tensor begins at a multiple of its entries
    by_width = sorted(content, key=lambda name: (-content[name].itemsize, name))
    for name in by_width:
        tensor = content[name]
        start, end = end, end + tensor.nbytes
        header[name] = {
            "dtype": _NAMES[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
        body.append(tensor.tobytes())
    text = dumps(header).encode("ascii")
    text += b" " * (-len(text) % _ALIGNMENT)
    _check_header_size(len(text))
    return b"".join([len(text).to_bytes(8, "little"), text, *body])


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """The record and the tensors of a file; FormatError where `pack` made none such."""
    record = _record(_header(data))
    try:
        tensors = load_tensors(data)
    except (SafetensorError, ValueError) as error:  # NumPy refuses some shapes
        raise FormatError(f"wanted a safetensors file, got {error}") from error
    signature = record.pop("sha256", None)
    if signature != digest(record, tensors):
        raise mismatch("sha256", "that of the content; it has changed", signature)
    return record, tensors


def digest(record: dict[str, Any], tensors: dict[str, Array]) -> str:
    """SHA-256 of the record and the tensors in order of name, in hexadecimal."""
    total = hashlib.sha256(dumps(record).encode("ascii"))
    for name in sorted(tensors):
        tensor = _little_endian(tensors[name])
        total.update(dumps([name, tensor.dtype.str, *tensor.shape]).encode("ascii"))
        total.update(tensor.tobytes())
    return total.hexdigest()


def _little_endian(tensor: Array) -> Array:
    return tensor.astype(tensor.dtype.newbyteorder("<"), copy=False)


def _header(data: bytes) -> dict[str, Any]:
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise FormatError(
            f"wanted a safetensors file, got {len(data)} bytes, which end before "
            f"the header does"
        )
    _check_header_size(length)
    header = require("header", loads(decode_text(data[8 : 8 + length])), dict)
    entries = [entry for name, entry in header.items() if name != "__metadata__"]
    if len(entries) > MAX_TENSORS:
        raise mismatch("header", f"at most {MAX_TENSORS} tensors", len(entries))
    for entry in entries:
        dtype = require("header", entry, dict).get("dtype")
        if dtype not in list(_NAMES.values()):
            raise mismatch("dtype", f"one of {', '.join(_NAMES.values())}", dtype)
    return header


def _record(header: dict[str, Any]) -> dict[str, Any]:
    metadata = require("__metadata__", header.get("__metadata__", {}), dict)
    if KEY not in metadata:
        wanted = (
            f"the key {KEY}, as in every file that this library writes (checkpoints of "
            "PyTorch: read_torch_checkpoint, or automata-rnn extract --alphabet)"
        )
        raise mismatch("__metadata__", wanted, sorted(metadata))
    text = require(f"__metadata__.{KEY}", metadata[KEY], str)
    return require(f"__metadata__.{KEY}", loads(text), dict)


def _check_header_size(length: int) -> None:
    if length > MAX_HEADER:
        raise mismatch("header", f"at most {MAX_HEADER} bytes", length)
