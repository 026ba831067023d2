"""Values of circuits, level by level, for batches of inputs at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.checks import check_shape, check_type
from automata_rnn.circuits.circuit import (
    MINUS,
    NOT,
    PLUS,
    TIMES,
    Circuit,
    minus_one,
    runs,
)
from automata_rnn.scan.validate import check_range, on_device
from automata_rnn.semiring import BOOLEAN, Array


def circuit_outputs(circuit: Circuit, inputs: Array) -> Array:
    """The outputs for given inputs, (*batch, num_inputs) → (*batch, *outputs.shape).

    Work is one array operation for each level and operation, on NumPy or CuPy arrays.
    Exact over exact semirings; floats are rounded gate by gate. Raises ValueError where
    inputs are not elements of the semiring or not so many.
    """
    if not on_device(inputs):
        inputs = circuit.semiring.array(inputs, "inputs")
    if inputs.ndim < 1 or inputs.shape[-1] != circuit.num_inputs:
        raise ValueError(
            f"inputs: wanted shape (*batch, {circuit.num_inputs}), got {inputs.shape}"
        )
    batch = inputs.shape[:-1]
    flat = inputs.reshape(int(np.prod(batch)), circuit.num_inputs)
    values = _values(circuit, flat.T)
    found = values[_like(circuit.outputs.ravel(), inputs)]
    return np.moveaxis(found, 0, -1).reshape((*batch, *circuit.outputs.shape))


def _like(array: Any, like: Array) -> Array:
    """`array` on the device where `like` is."""
    return np.asarray(array, like=like) if on_device(like) else array


def _values(circuit: Circuit, inputs: Array) -> Array:
    """What every wire carries, (wires, batch)."""
    constants = _like(circuit.constants, inputs)
    dtype = np.result_type(inputs.dtype, constants.dtype)
    shape = (circuit.num_sources + circuit.size, inputs.shape[1])
    values = np.empty_like(inputs, dtype, order="C", shape=shape)
    values[: circuit.num_inputs] = inputs
    values[circuit.num_inputs : circuit.num_sources] = constants[:, None]
    apply = operations(circuit)
    left, right = (_like(part, inputs) for part in (circuit.left, circuit.right))
    for gates in runs(circuit.level, circuit.operation):
        function = apply[int(circuit.operation[gates.start])]
        at = slice(circuit.num_sources + gates.start, circuit.num_sources + gates.stop)
        values[at] = function(values[left[gates]], values[right[gates]])
    return values


def operations(circuit: Circuit) -> dict[int, Any]:
    """What each kind of gate does to arrays of values."""
    ring = circuit.semiring
    known: dict[int, Any] = {PLUS: ring.plus, TIMES: ring.times}
    if ring is BOOLEAN:
        known[NOT] = lambda x, _: np.logical_not(x)
    elif np.any(circuit.operation == MINUS):
        negative = minus_one(ring)

        def subtract(x: Array, y: Array) -> Array:
            return ring.plus(x, ring.times(y, np.full_like(y, negative)))

        known[MINUS] = subtract
    return known


@dataclass(frozen=True, eq=False)
class WordCircuit:
    """A circuit that reads words of one length.

    Attributes:
        circuit: its inputs are those of the first symbol, then of the second, and so
            on; one output, or length + 1 outputs, the values of all prefixes.
        alphabet: Σ.
        length: T.
        table: what each symbol puts on its inputs, elements of the circuit's semiring,
            shape (len(alphabet), inputs of one symbol).
    """

    circuit: Circuit
    alphabet: Alphabet
    length: int
    table: Array

    def __post_init__(self) -> None:
        check_type("WordCircuit.circuit", self.circuit, Circuit)
        check_type("WordCircuit.alphabet", self.alphabet, Alphabet)
        table = self.circuit.semiring.array(self.table, "WordCircuit.table")
        object.__setattr__(self, "table", table)
        per_symbol = self.circuit.num_inputs // self.length if self.length else 0
        if self.length == 0 and table.ndim == 2:
            per_symbol = table.shape[1]
        wanted = (len(self.alphabet), per_symbol)
        check_shape("WordCircuit.table", table, wanted, "symbols × inputs of each")
        if self.length * per_symbol != self.circuit.num_inputs:
            raise ValueError(
                f"WordCircuit.circuit: wanted {self.length} × {per_symbol} inputs, got "
                f"{self.circuit.num_inputs}"
            )

    @property
    def size(self) -> int:
        """Gates."""
        return self.circuit.size

    @property
    def depth(self) -> int:
        """Gates on the longest path."""
        return self.circuit.depth


def evaluate_words(machine: WordCircuit, words: Sequence[Word] | Array) -> Array:
    """The outputs for words of the circuit's length, (B,) or (B, T + 1) for prefixes.

    `words` is a sequence of words, or an array of codes (B, T) of unsigned integers;
    where that is a CuPy array, so is the result. ValueError for words of another length
    and for codes or symbols outside the alphabet.
    """
    coded = getattr(getattr(words, "dtype", None), "kind", "") == "u"
    codes: Any = words if coded else _encode(machine, words)
    if codes.ndim != 2 or codes.shape[1] != machine.length:
        raise ValueError(
            f"words: wanted words of length {machine.length}, got an array of shape "
            f"{codes.shape}"
        )
    check_range(codes, len(machine.table))
    table = _like(machine.table, codes)
    inputs = table[codes].reshape(len(codes), machine.circuit.num_inputs)
    return circuit_outputs(machine.circuit, inputs)


def evaluate_word(machine: WordCircuit, word: Word) -> Any:
    """The value of one word, or the values of its prefixes, shape (T + 1,)."""
    return evaluate_words(machine, [word])[0]


def _encode(machine: WordCircuit, words: Sequence[Word]) -> Array:
    for word in words:
        if len(word) != machine.length:
            raise ValueError(
                f"words: wanted length {machine.length}, got {len(word)}: {word!r}"
            )
    codes = [machine.alphabet.encode(word) for word in words]
    shape = (len(words), machine.length)
    return np.array(codes, dtype=np.uint32).reshape(shape)
