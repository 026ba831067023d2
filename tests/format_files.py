"""Machines of every type that has a file, and equality to the bit."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn import (
    COMPLEX,
    INTEGER,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    galois_field,
    integers_mod,
)
from automata_rnn.automata import WFA, CounterMachine, DFATable, StackMachine
from automata_rnn.formats import from_json, load, save, to_json
from automata_rnn.formats.machines import from_record, to_record
from automata_rnn.formats.tensors import pack, unpack
from automata_rnn.rnns import MLPRNN, PDRNN, DiagonalRNN, LinearRNN, ReLURNN

every_suffix = pytest.mark.parametrize("suffix", [".safetensors", ".json"])
AB = Alphabet("ab")


def typed(value: Any) -> Any:
    """A value that is equal only for values of equal types, inside too."""
    if isinstance(value, tuple):
        return tuple, [typed(item) for item in value]
    if isinstance(value, frozenset):
        return frozenset, {(type(item), item) for item in value}
    return type(value), value


def content(value: Any) -> Any:
    """All that a machine holds, such that equal means the same bits and types."""
    if isinstance(value, tuple):
        return tuple, [content(item) for item in value]
    if isinstance(value, np.ndarray):
        data = (
            list(map(typed, value.flat)) if value.dtype == object else value.tobytes()
        )
        return value.dtype, value.shape, data
    if isinstance(value, Alphabet):
        return typed(value.symbols), typed(value.bos)
    if isinstance(value, DFA | NFA):
        return type(value), {k: typed(v) for k, v in value.input_parameters.items()}
    if is_dataclass(value) and not isinstance(value, Semiring):
        return type(value), [content(getattr(value, f.name)) for f in fields(value)]
    return value


def there_and_back(machine: Any, path: Path) -> Any:
    save(machine, path)
    return load(path)


def through_bytes(machine: Any, suffix: str) -> Any:
    """The same without a disk, for many machines."""
    if suffix == ".json":
        return from_json(to_json(machine))
    return from_record(*unpack(pack(*to_record(machine))))


MACHINES: dict[str, Any] = {
    "wfa.safetensors": WFA(
        RATIONAL, AB, [1, 0], [[["1/3", 1], [2, 0]], [[0, 0], [1, "-7/5"]]], [0, 1]
    ),
    "linear.safetensors": LinearRNN(
        COMPLEX, Alphabet("a", bos="<s>"), [1j], [[[2]], [[0.5j]]], [1], [[0], [1]]
    ),
    "diagonal.safetensors": DiagonalRNN(
        MAX_PLUS, Alphabet([("x", 1), None]), [0.5], [[1], [2]], [-np.inf]
    ),
    "pd.safetensors": PDRNN(
        integers_mod(12),
        AB,
        [1, 5],
        np.array([[1, 0], [0, 0]]),
        [[7, 1], [2, 3]],
        [1, 0],
    ),
    "table.safetensors": DFATable(
        AB, 1, np.array([[1, 0], [1, 1]]), np.array([True, False])
    ),
    "counter.safetensors": CounterMachine(
        AB,
        0,
        np.array([[[0, 0]], [[0, 0]]]),
        np.array([[[[1], [1]]], [[[0], [-1]]]]),
        np.array([[True, False]]),
        True,
    ),
    "stack.safetensors": StackMachine(
        Alphabet("a"),
        ("x", ("y", 1)),
        0,
        np.zeros((1, 1, 3), int),
        np.array([[[[2], [1], [3]]]]),
        np.array([[True, False]]),
        ((0, 1),),
    ),
    "relu.safetensors": ReLURNN(
        RATIONAL, AB, [1, 0], [["1/3", 0], [0, -2]], [[0, 1], [2, 0]], [1, 1]
    ),
    "head.safetensors": ReLURNN(
        REAL, AB, [1.0], [[0.5]], [[0], [1]], [1, 2], [[1, 0]], [0.5, 1]
    ),
    "mlp.safetensors": MLPRNN(
        INTEGER, AB, [7], ([[1, 0]], [[2], [3]]), [[0, 1], [2**70, 0]], ([5],), [1]
    ),
    "wfa.json": WFA(
        REAL, Alphabet("a", bos=1), [1, 0.1], [np.eye(2), [[0, 2], [-0.0, 0]]], [0, 1]
    ),
    "field.json": WFA(galois_field(8), AB, [1], [[[3]], [[7]]], [5]),
    "dfa.json": DFA(
        states={"even", ("odd", 1)},
        input_symbols={"a", "b"},
        transitions={"even": {"a": ("odd", 1), "b": "even"}, ("odd", 1): {"a": "even"}},
        initial_state="even",
        final_states={("odd", 1)},
        allow_partial=True,
    ),
    "nfa.json": NFA(
        states={0, 1, "2"},
        input_symbols={"a"},
        transitions={0: {"a": {0, 1}, "": {"2"}}, "2": {"a": {1}}},
        initial_state=0,
        final_states={1},
    ),
}
every_machine = pytest.mark.parametrize("name", MACHINES)
