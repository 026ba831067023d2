"""Numbers as text from which exactly the same numbers come back.

    rationals and integers   "-2/3", "5"
    floats, complex          "0.1", "inf", "1.0-0.0j"
    booleans                 "1", "0"

Of a float it is the shortest text that does.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flint import fmpq, fmpz

from automata_rnn.formats.errors import mismatch, require
from automata_rnn.semiring import Array

DTYPES = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128", "object"),
    )
}
"""The dtypes that files hold, by name; objects are rationals and integers."""

_RATIONAL = re.compile(r"(-?[0-9]+)(?:/([1-9][0-9]*))?")


def dtype_of(field: str, name: Any) -> np.dtype[Any]:
    """The dtype with this name; FormatError where files do not hold it."""
    if type(name) is not str or name not in DTYPES:
        raise mismatch(field, f"a dtype among {', '.join(DTYPES)}", name)
    return DTYPES[name]


def texts_of(array: Array) -> list[str]:
    """The entries as text, in row-major order."""
    write = _WRITERS[array.dtype.kind]
    return [write(value) for value in array.ravel().tolist()]


def array_of(field: str, texts: Sequence[Any], dtype: np.dtype[Any]) -> Array:
    """A vector of the numbers that these texts are; FormatError where one is not.

    Objects are ints, and fmpq where there is a denominator.
    """
    read = _READERS[dtype.kind]
    array = np.empty(len(texts), dtype)
    with np.errstate(over="ignore"):  # what does not fit is refused
        for i, text in enumerate(texts):
            require(field, text, str)
            try:
                value = read(text)
                array[i] = value
            except (ValueError, OverflowError):
                raise mismatch(field, f"{dtype} as text", text) from None
            if dtype.kind != "O" and array[i].item() != value:
                raise mismatch(field, f"a number that {dtype} holds", text)
    return array


def _write_exact(value: Any) -> str:
    # str() of an int stops at 4300 digits, FLINT's does not
    return str(value if isinstance(value, fmpq) else fmpz(value))


def _read_exact(text: str) -> Any:
    match = _RATIONAL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    numerator = fmpz(match[1])
    return fmpq(numerator, fmpz(match[2])) if match[2] else int(numerator)


def _write_complex(value: complex) -> str:
    imaginary = repr(value.imag)
    sign = "" if imaginary.startswith("-") else "+"
    return f"{value.real!r}{sign}{imaginary}j"


def _read_boolean(text: str) -> bool:
    return ("0", "1").index(text) == 1


_WRITERS: dict[str, Callable[[Any], str]] = {
    "b": lambda value: str(int(value)),
    "i": str,
    "u": str,
    "f": repr,
    "c": _write_complex,
    "O": _write_exact,
}
_READERS: dict[str, Callable[[str], Any]] = {
    "b": _read_boolean,
    "i": int,
    "u": int,
    "f": float,
    "c": complex,
    "O": _read_exact,
}
