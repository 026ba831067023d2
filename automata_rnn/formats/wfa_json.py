"""Weighted automata as JSON records, with weights as exact text.

    {"type": "WFA", "version": 1, "semiring": "rational", "exact": true, ...,
     "alphabet": {"symbols": ["a"], "bos": null}, "dtypes": {...},
     "initial": ["1", "0"], "final": ["0", "1"],
     "weights": [[0, "a", 1, "-2/3"]]}

An item of "weights" is source, symbol, target and weight; weights left out are zero.
"""

from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata import WFA
from automata_rnn.formats.errors import check_entries, check_keys, mismatch, require
from automata_rnn.formats.machines import VERSION, build, check_version
from automata_rnn.formats.numbers import array_of, dtype_of, texts_of
from automata_rnn.formats.semirings import KEYS, semiring_of, semiring_record
from automata_rnn.formats.values import (
    decode,
    decode_alphabet,
    dumps,
    encode,
    encode_alphabet,
)
from automata_rnn.semiring import Array, Semiring

_ARRAYS = ("initial", "weights", "final")
_KEYS = ("type", "version", "alphabet", *KEYS, "dtypes", *_ARRAYS)


def wfa_record(wfa: WFA) -> dict[str, Any]:
    """The automaton as a JSON value; FormatError where a file cannot hold it."""
    check_entries("weights", wfa.weights.shape)
    dtypes = {name: getattr(wfa, name).dtype.name for name in _ARRAYS}
    for name, dtype in dtypes.items():
        dtype_of(f"WFA.{name}", dtype)
    alphabet = encode_alphabet(wfa.alphabet)
    return {
        "type": "WFA",
        "version": VERSION,
        "alphabet": alphabet,
        **semiring_record(wfa.semiring),
        "dtypes": dtypes,
        "initial": texts_of(wfa.initial),
        "weights": _arcs(wfa, [*alphabet["symbols"], alphabet["bos"]]),
        "final": texts_of(wfa.final),
    }


def _arcs(wfa: WFA, symbols: list[Any]) -> list[Any]:
    """Source, symbol, target and weight where it is not zero, in this order."""
    by_source = wfa.weights.transpose(1, 0, 2)
    kept = ~_is_plain_zero(wfa.semiring, by_source)
    places = np.argwhere(kept).tolist()
    return [
        [source, symbols[code], target, text]
        for (source, code, target), text in zip(
            places, texts_of(by_source[kept]), strict=True
        )
    ]


def _is_plain_zero(semiring: Semiring, array: Array) -> Array:
    """Where entries are the semiring's zero, and not -0.0 in its place."""
    plain = semiring.is_zero(array)
    if array.dtype.kind in "fc" and semiring.zero == 0:
        plain &= ~(np.signbit(array.real) | np.signbit(array.imag))
    return plain


def wfa_from_record(record: dict[str, Any]) -> WFA:
    """The automaton that `wfa_record` made this of; FormatError where it made none."""
    if record["type"] != "WFA":
        raise mismatch("type", "WFA", record["type"])
    check_version(record)
    check_keys("WFA", record, _KEYS)
    encoded = require("dtypes", record["dtypes"], dict)
    check_keys("dtypes", encoded, _ARRAYS)
    dtypes = {name: dtype_of(f"dtypes.{name}", encoded[name]) for name in _ARRAYS}
    semiring = semiring_of(record)
    alphabet = decode_alphabet(record["alphabet"])
    arrays = {
        name: array_of(name, require(name, record[name], list), dtypes[name])
        for name in ("initial", "final")
    }
    n = len(arrays["initial"])
    weights = _zeros(semiring, (alphabet.num_codes, n, n), dtypes["weights"])
    _fill(weights, record["weights"], alphabet)
    arguments = {"semiring": semiring, "alphabet": alphabet, "weights": weights}
    automaton: WFA = build(WFA, {**arguments, **arrays})
    return automaton


def _zeros(
    semiring: Semiring, shape: tuple[int, int, int], dtype: np.dtype[Any]
) -> Array:
    check_entries("weights", shape)
    try:
        return np.full(shape, semiring.zero, dtype)
    except (TypeError, ValueError, OverflowError):  # as of -inf in an array of ints
        raise mismatch("dtypes.weights", f"one for {semiring}", dtype) from None


def _fill(weights: Array, data: Any, alphabet: Alphabet) -> None:
    """Write the listed weights into the array."""
    symbols = [*alphabet, *(() if alphabet.bos is None else (alphabet.bos,))]
    codes = {_key(symbol): code for code, symbol in enumerate(symbols)}
    places: dict[tuple[int, int, int], Any] = {}
    for item in require("weights", data, list):
        if len(require("weights", item, list)) != 4:
            raise mismatch("weights", "source, symbol, target and weight", item)
        source, symbol, target, text = item
        code = codes.get(_key(decode("weights", symbol)))
        if code is None:
            raise mismatch("weights", "a symbol of the alphabet", symbol)
        place = (code, _state(source, weights), _state(target, weights))
        if place in places:
            raise mismatch("weights", "one weight for each place", item)
        places[place] = text
    values = array_of("weights", list(places.values()), weights.dtype)
    if places:
        weights[tuple(np.array(list(places)).T)] = values


def _key(symbol: Symbol) -> str:
    """A text that tells apart 1 and True, which are equal."""
    return dumps(encode("weights", symbol))


def _state(data: Any, weights: Array) -> int:
    n = weights.shape[1]
    if not 0 <= (state := require("weights", data, int)) < n:
        raise mismatch("weights", f"states 0 to {n - 1}", state)
    return state
