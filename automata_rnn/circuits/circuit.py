"""Circuits over a semiring, as arrays of gates sorted by level.

Wires are numbered: first the inputs, then the constants, then the gates. A gate has
fan-in two (a NOT has one) and stands one level above the higher of its operands, so
that all gates of a level can be evaluated at once. Over BOOLEAN, "plus" is OR and
"times" is AND, so that a Boolean circuit is a circuit over that semiring with NOT.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpz

from automata_rnn.checks import check_shape, check_type, read_only
from automata_rnn.semiring import (
    BOOLEAN,
    COMPLEX,
    INTEGER,
    RATIONAL,
    REAL,
    Array,
    Semiring,
)

PLUS, TIMES, MINUS, NOT = range(4)
OPERATIONS = ("plus", "times", "minus", "not")


@dataclass(frozen=True, eq=False, repr=False)
class Circuit:
    """A circuit of fan-in two over a semiring.

    Attributes:
        semiring: what wires carry.
        num_inputs: the first wires are inputs.
        constants: the wires after those, elements of the semiring, shape (c,).
        operation: PLUS, TIMES, MINUS (rings only) or NOT (BOOLEAN only) of each gate,
            shape (g,), uint8.
        left, right: the operands' wires, shape (g,), int32; equal for NOT.
        level: 1 + the larger of the operands' levels, where inputs and constants have
            level 0, shape (g,), int32. Gates are sorted by level, then operation.
        outputs: wires, of any shape.

    Raises ValueError naming the field where gates are not of this form.
    """

    semiring: Semiring
    num_inputs: int
    constants: Array
    operation: npt.NDArray[np.uint8]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    level: npt.NDArray[np.int32]
    outputs: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        check_type("Circuit.semiring", self.semiring, Semiring)
        check_type("Circuit.num_inputs", self.num_inputs, int)
        if self.num_inputs < 0:
            raise ValueError(f"Circuit.num_inputs: wanted ≥ 0, got {self.num_inputs}")
        constants = self.semiring.array(self.constants, "Circuit.constants")
        object.__setattr__(self, "constants", constants)
        if constants.ndim != 1:
            raise ValueError(f"Circuit.constants: wanted (c,), got {constants.shape}")
        for name, dtype in _DTYPES.items():
            array = _integers(f"Circuit.{name}", getattr(self, name), dtype)
            object.__setattr__(self, name, array)
        check_gates(self)

    def __repr__(self) -> str:
        """Sizes; the wires of a circuit would fill screens."""
        return (
            f"Circuit({self.semiring.name}, {self.num_inputs} inputs, "
            f"{self.size} gates, depth {self.depth}, "
            f"{self.outputs.size} outputs)"
        )

    @property
    def num_sources(self) -> int:
        """Inputs and constants."""
        return self.num_inputs + len(self.constants)

    @property
    def size(self) -> int:
        """How many gates there are."""
        return len(self.operation)

    @property
    def depth(self) -> int:
        """The gates on the longest path to an output."""
        levels = wire_levels(self)[self.outputs]
        return int(levels.max()) if levels.size else 0


_DTYPES: dict[str, Any] = {
    "operation": np.uint8,
    "left": np.int32,
    "right": np.int32,
    "level": np.int32,
    "outputs": np.int32,
}


def _integers(field: str, data: Any, dtype: Any) -> Any:
    array = np.asarray(data)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"{field}: wanted integers, got dtype {array.dtype}")
    converted = array.astype(dtype)
    if array.size and not np.array_equal(converted, array):
        raise ValueError(f"{field}: wanted numbers that {np.dtype(dtype)} holds")
    return read_only(converted)


def wire_levels(circuit: Circuit) -> npt.NDArray[np.int32]:
    """The level of every wire, shape (wires,)."""
    sources = np.zeros(circuit.num_sources, np.int32)
    return np.concatenate([sources, circuit.level])


def runs(level: Any, operation: Any) -> list[slice]:
    """Slices of gates, sorted, that have one level and one operation."""
    order = level.astype(np.int64) * len(OPERATIONS) + operation
    starts = np.flatnonzero(np.diff(order, prepend=-1)).tolist()
    stops = [*starts[1:], len(order)]
    return [slice(a, b) for a, b in zip(starts, stops, strict=False)]


def check_gates(circuit: Circuit) -> None:
    """Raise ValueError unless gates are as `Circuit` says."""
    gates = circuit.operation.shape
    if len(gates) != 1:
        raise ValueError(f"Circuit.operation: wanted shape (g,), got {gates}")
    for name in ("left", "right", "level"):
        check_shape(f"Circuit.{name}", getattr(circuit, name), gates, "one per gate")
    wires = circuit.num_sources + circuit.size
    for name in ("left", "right", "outputs"):
        array = getattr(circuit, name)
        if array.size and not (0 <= array.min() and array.max() < wires):
            raise ValueError(f"Circuit.{name}: wanted wires 0 to {wires - 1}")
    levels = wire_levels(circuit)
    above = 1 + np.maximum(levels[circuit.left], levels[circuit.right])
    if not np.array_equal(circuit.level, above):
        gate = int(np.flatnonzero(circuit.level != above)[0])
        raise ValueError(
            f"Circuit.level: wanted {above[gate]}, one above the operands of gate "
            f"{gate}, got {circuit.level[gate]}"
        )
    order = circuit.level.astype(np.int64) * 4 + circuit.operation
    if np.any(order[1:] < order[:-1]) or np.any(circuit.level < 1):
        raise ValueError("Circuit.level: wanted gates by level, then operation")
    check_operations(circuit)


def check_operations(circuit: Circuit) -> None:
    """Raise ValueError for an operation that the semiring does not have."""
    operation, ring = circuit.operation, circuit.semiring
    if operation.size and operation.max() > NOT:
        raise ValueError(f"Circuit.operation: wanted 0 to 3, got {operation.max()}")
    negations = operation == NOT
    if np.any(negations) and ring is not BOOLEAN:
        raise ValueError(f"Circuit.operation: NOT is for BOOLEAN, got {ring.name}")
    if not np.array_equal(circuit.left[negations], circuit.right[negations]):
        raise ValueError("Circuit.right: wanted the left operand again for a NOT")
    if np.any(operation == MINUS):
        minus_one(ring)


def minus_one(ring: Semiring) -> Any:
    """-1, the element with 1 ⊕ (-1) = 0; ValueError where the semiring is no ring."""
    if ring in (REAL, COMPLEX, INTEGER, RATIONAL):
        return -ring.one
    if ring.name.startswith("integers-mod-"):
        return int(ring.name.removeprefix("integers-mod-")) - 1
    if isinstance(ring.field, int):
        prime = int(fmpz(ring.field).factor()[0][0])
        return prime - 1
    raise ValueError(f"semiring: wanted a ring, to subtract, got {ring.name}")
