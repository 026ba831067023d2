"""GRU acceptors in DyNet's text format, without DyNet.

Each parameter is a line `#Parameter# NAME {SHAPE} BYTES GRAD` and a line of its
numbers, columns first; an embedding is a `#LookupParameter#` of shape {m, symbols}.
Read here are acceptors of this order of parameters, as trained for the refinement-based
extraction of Weiss, Goldberg and Yahav (2018):

    readout (2, n), its bias (2,), for accept and reject;
    for each layer, for z, r and the candidate: W (n, m), U (n, n), b (n,);  then h₀

Their cells compute r and do not use it; h₀ is clipped to [-1, 1] before it is used. A
word is accepted where the first of the two outputs is the larger one.
"""

import re
from typing import NamedTuple

import numpy as np

from automata_rnn.alphabet import Alphabet
from automata_rnn.formats.atomic import FilePath, decode_text, naming, read_bytes
from automata_rnn.formats.errors import FormatError, mismatch
from automata_rnn.rnns.cells import Cell
from automata_rnn.rnns.stacked import Dense, StackedRNN
from automata_rnn.semiring import Array

_HEADER = re.compile(r"#(Lookup)?Parameter# (\S+) \{([0-9,]+)\} \d+ \S+")
_LAYER = 10  # parameters of a layer


class _Parameter(NamedTuple):
    name: str
    lookup: bool
    values: Array


def read_dynet_gru(path: FilePath, alphabet: Alphabet) -> StackedRNN:
    """The acceptor in a DyNet text file; its value is output(accept) - output(reject).

    Args:
        alphabet: the symbols in the order of the embedding's columns.

    Raises FormatError where the file holds something else.
    """
    with naming(path):
        parameters = _parse(decode_text(read_bytes(path)))
        return _acceptor(parameters, alphabet)


def _parse(text: str) -> list[_Parameter]:
    lines = text.splitlines()
    found = []
    for header, numbers in zip(lines[::2], lines[1::2], strict=False):
        match = _HEADER.fullmatch(header.strip())
        if match is None:
            raise mismatch("header", "#Parameter# NAME {SHAPE} BYTES GRAD", header)
        shape = tuple(int(size) for size in match[3].split(","))
        try:
            values = np.array(numbers.split(), dtype=float)
        except ValueError as error:
            raise FormatError(f"{match[2]}: wanted numbers, {error}") from error
        if values.size != np.prod(shape):
            raise mismatch(match[2], f"{np.prod(shape)} numbers", values.size)
        array = values.reshape(shape, order="F")
        found.append(_Parameter(match[2], match[1] is not None, array))
    if not found or len(lines) % 2:
        raise mismatch("lines", "pairs of a header and numbers", len(lines))
    return found


def _acceptor(parameters: list[_Parameter], alphabet: Alphabet) -> StackedRNN:
    tables = [p for p in parameters if p.lookup]
    weights = [p for p in parameters if not p.lookup]
    if len(tables) != 1 or len(weights) % _LAYER != 2:
        wanted = f"one embedding, and 2 + {_LAYER} parameters for each layer"
        raise mismatch("parameters", wanted, (len(tables), len(weights)))
    readout, bias = weights[0].values, weights[1].values
    layers = [weights[i : i + _LAYER] for i in range(2, len(weights), _LAYER)]
    try:
        network = StackedRNN(
            alphabet,
            tables[0].values.T,
            tuple(_cell([p.values for p in layer]) for layer in layers),
            (Dense(readout[:1] - readout[1:2], bias[:1] - bias[1:2]),),
            np.concatenate([np.clip(layer[-1].values, -1, 1) for layer in layers]),
        )
    except (ValueError, IndexError) as error:
        raise FormatError(str(error)) from error
    return network


def _cell(parts: list[Array]) -> Cell:
    """Of z, r and the candidate, each with W, U and b, the ones that are used."""
    used = (0, 6)
    return Cell(
        "gru-without-reset",
        np.concatenate([parts[i] for i in used]),
        np.concatenate([parts[i + 1] for i in used]),
        np.concatenate([parts[i + 2] for i in used]),
        np.zeros(2 * len(parts[2])),
    )
