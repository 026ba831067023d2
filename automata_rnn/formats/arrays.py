"""Arrays as tensors of a safetensors file, with what it takes to get them back.

How an array is stored depends on its dtype:

    "plain"    booleans, integers and floats as they are
    "complex"  floats, with one more axis of length 2: real and imaginary part
    "text"     rationals and integers of any size: bytes of text, a number a line
"""

from math import prod
from typing import Any

import numpy as np

from automata_rnn.formats.errors import check_keys, mismatch, require
from automata_rnn.formats.numbers import DTYPES, array_of, dtype_of, texts_of
from automata_rnn.semiring import Array

_STORED = {"c": "complex", "O": "text"}  # by kind of dtype; others "plain"


def encode_array(field: str, array: Array) -> tuple[dict[str, Any], Array]:
    """The description of `array` for the metadata, and the tensor to store.

    Raises FormatError for a dtype that files do not hold.
    """
    host = _on_host(array)
    if host.dtype.name not in DTYPES:
        raise mismatch(field, f"a dtype among {', '.join(DTYPES)}", host.dtype)
    stored = _STORED.get(host.dtype.kind, "plain")
    description = {
        "dtype": host.dtype.name,
        "shape": list(host.shape),
        "stored": stored,
    }
    return description, _tensor(host, stored)


def _on_host(array: Array) -> Array:
    """A NumPy array, of one on a CUDA device too."""
    on_device = type(array).__module__.partition(".")[0] == "cupy"
    return array.get() if on_device else array


def _tensor(array: Array, stored: str) -> Array:
    if stored == "complex":
        return np.stack([array.real, array.imag], axis=-1)
    if stored == "text":
        text = "\n".join(texts_of(array))
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return array


def decode_array(field: str, description: dict[str, Any], tensor: Array) -> Array:
    """The array that `encode_array` made these of; FormatError where it made none."""
    check_keys(field, description, ("dtype", "shape", "stored"))
    dtype = dtype_of(f"{field}.dtype", description["dtype"])
    shape = _shape(f"{field}.shape", description["shape"])
    stored = _STORED.get(dtype.kind, "plain")
    if description["stored"] != stored:
        raise mismatch(f"{field}.stored", stored, description["stored"])
    if stored == "text":
        return _from_text(field, tensor, shape)
    pair = (2,) if stored == "complex" else ()
    part = np.empty(0, dtype).real.dtype
    if tensor.dtype != part or tensor.shape != (*shape, *pair):
        got = f"{tensor.dtype} {tensor.shape}"
        raise mismatch(f"{field}.tensor", f"{part} {(*shape, *pair)}", got)
    if stored == "plain":
        return tensor.copy()
    array = np.empty(shape, dtype)
    array.real, array.imag = tensor[..., 0], tensor[..., 1]
    return array


def _shape(field: str, data: Any) -> tuple[int, ...]:
    sizes = tuple(require(field, size, int) for size in require(field, data, list))
    if any(size < 0 for size in sizes):
        raise mismatch(field, "sizes of at least 0", sizes)
    return sizes


def _from_text(field: str, tensor: Array, shape: tuple[int, ...]) -> Array:
    if tensor.dtype != np.uint8 or tensor.ndim != 1:
        got = f"{tensor.dtype} {tensor.shape}"
        raise mismatch(f"{field}.tensor", "a vector of uint8", got)
    lines = tensor.tobytes().decode("ascii", "replace").split("\n")
    texts = lines if tensor.size else []
    if len(texts) != prod(shape):
        raise mismatch(f"{field}.tensor", f"{prod(shape)} lines", len(texts))
    numbers = array_of(field, texts, np.dtype(object))
    try:
        return numbers.reshape(shape)
    except ValueError as error:  # more axes, or longer ones, than NumPy has
        raise mismatch(f"{field}.shape", "a shape that NumPy has", shape) from error
