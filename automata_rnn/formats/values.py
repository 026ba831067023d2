"""Symbols and names of states as JSON values, so that unequal types stay apart.

    None, True, "1"         null, true, "1"
    1, 2**70                1, {"int": "1180591620717411303424"}
    1.0, b"1"               {"float": "1.0"}, {"bytes": "31"}
    (1, "a")                {"tuple": [1, "a"]}
    frozenset({2, 1})       {"frozenset": [1, 2]}

Equal text means equal values of equal types: sets are sorted, keys too.
"""

import json
import re
import reprlib
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from flint import fmpz

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.formats.errors import FormatError, check_keys, mismatch, require

MAX_DEPTH = 32  # of tuples and frozensets in one another
LARGEST_PLAIN_INT = 2**53  # other readers of JSON keep integers up to here
_KINDS = (
    "None, bool, int, float, str, bytes, or a tuple or frozenset of these "
    f"at most {MAX_DEPTH} deep"
)


def dumps(data: Any) -> str:
    """JSON in one line of ASCII, with sorted keys."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def loads(text: str) -> Any:
    """The JSON value, in which numbers are integers and keys are distinct."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_distinct,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except (ValueError, RecursionError) as error:
        raise FormatError(f"wanted JSON, got {error}") from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise mismatch("JSON object", "distinct keys", [key for key, _ in pairs])
    return record


def _no_float(text: str) -> NoReturn:
    raise mismatch("JSON number", "an integer, or other numbers as text", text)


def encode(field: str, value: Any, depth: int = 0) -> Any:
    """The JSON value of a symbol; FormatError naming `field` for other types.

    Subclasses are other types: what they add would be lost.
    """
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        small = abs(value) < LARGEST_PLAIN_INT
        return value if small else {"int": str(fmpz(value))}
    if kind is float:
        return {"float": repr(value)}
    if kind is bytes:
        return {"bytes": value.hex()}
    if kind in (tuple, frozenset) and depth < MAX_DEPTH:
        items = [encode(field, item, depth + 1) for item in value]
        return {kind.__name__: items if kind is tuple else sorted(items, key=order)}
    got = f"{kind.__name__} {reprlib.repr(value)}"
    raise FormatError(f"{field}: wanted {_KINDS}, got {got}")


def order(encoded: Any) -> tuple[str, int, str]:
    """A key to sort encoded values by: type, then number or text."""
    kind = type(encoded)
    return kind.__name__, encoded if kind is int else 0, dumps(encoded)


def decode(field: str, data: Any, depth: int = 0) -> Symbol:
    """The symbol that `encode` made this of; FormatError where it made none."""
    if data is None or isinstance(data, bool | str | int):
        return data
    if isinstance(data, dict) and len(data) == 1 and depth < MAX_DEPTH:
        [(tag, content)] = data.items()
        if tag in _ATOMS:
            return _atom(field, tag, require(field, content, str))
        if tag in ("tuple", "frozenset"):
            encoded = require(field, content, list)
            items = tuple(decode(field, item, depth + 1) for item in encoded)
            return items if tag == "tuple" else frozenset(distinct(field, items))
    raise mismatch(field, "an encoded symbol", data)


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    return int(fmpz(text))  # int() itself stops at 4300 digits


_ATOMS: dict[str, Callable[[str], Symbol]] = {
    "int": _integer,
    "float": float,
    "bytes": bytes.fromhex,
}


def _atom(field: str, tag: str, text: str) -> Symbol:
    try:
        return _ATOMS[tag](text)
    except ValueError:
        raise mismatch(field, f"{tag} as text", text) from None


def distinct(field: str, values: Iterable[Symbol]) -> set[Symbol]:
    """The values as a set; FormatError where two are equal, as True and 1 are."""
    found: set[Symbol] = set()
    for value in values:
        if value in found:
            raise mismatch(field, "distinct values", value)
        found.add(value)
    return found


def encode_alphabet(alphabet: Alphabet) -> dict[str, Any]:
    """The JSON value of an alphabet; null stands for no `bos`."""
    return {
        "symbols": [encode("alphabet.symbols", s) for s in alphabet],
        "bos": encode("alphabet.bos", alphabet.bos),
    }


def decode_alphabet(data: Any) -> Alphabet:
    """The alphabet that `encode_alphabet` made this of."""
    record = require("alphabet", data, dict)
    check_keys("alphabet", record, ("symbols", "bos"))
    encoded = require("alphabet.symbols", record["symbols"], list)
    symbols = [decode("alphabet.symbols", item) for item in encoded]
    bos = decode("alphabet.bos", record["bos"])
    distinct("alphabet", symbols if bos is None else [*symbols, bos])
    return Alphabet(symbols, bos)
