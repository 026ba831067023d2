"""Drawing a circuit: gates are added to a draft, which then becomes a `Circuit`.

`wires(draft)` is a semiring whose elements are wires: adding two of them adds a gate.
The library's own scans, run over that semiring, draw their circuits.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.circuits.circuit import NOT, PLUS, TIMES, Circuit
from automata_rnn.semiring import BOOLEAN, Array, Semiring

Wires = npt.NDArray[np.int64]


class Draft:
    """Gates so far. Inputs are wires 0, …, num_inputs - 1; constants are negative.

    It lives inside the function that draws a circuit; `finish` makes the circuit.
    """

    def __init__(self, semiring: Semiring, num_inputs: int) -> None:
        self.semiring, self.num_inputs = semiring, num_inputs
        self.constants: dict[Any, int] = {}
        self.gates: list[tuple[npt.NDArray[np.uint8], Wires, Wires]] = []
        self.levels = np.zeros(max(16, num_inputs), np.int32)
        self.num_wires = num_inputs

    def inputs(self) -> Wires:
        """All inputs, shape (num_inputs,)."""
        return np.arange(self.num_inputs, dtype=np.int64)

    def constant(self, values: Any) -> Wires:
        """Wires that carry these elements; equal elements share one."""
        array = np.asarray(values)
        found = np.empty(array.shape, np.int64)
        for place, value in enumerate(array.ravel().tolist()):
            fresh = -1 - len(self.constants)
            found.ravel()[place] = self.constants.setdefault(value, fresh)
        return found

    def gate(self, operation: int, left: Any, right: Any) -> Wires:
        """One gate for each pair of operands, which broadcast."""
        lefts, rights = np.broadcast_arrays(left, right)
        first, count = self.num_wires, lefts.size
        self.num_wires += count
        if self.num_wires > len(self.levels):
            grown = np.zeros(2 * self.num_wires, np.int32)
            grown[:first] = self.levels[:first]
            self.levels = grown
        a, b = lefts.ravel().astype(np.int64), rights.ravel().astype(np.int64)
        above = 1 + np.maximum(self._level(a), self._level(b))
        self.levels[first : self.num_wires] = above
        self.gates.append((np.full(count, operation, np.uint8), a, b))
        return np.arange(first, self.num_wires).reshape(lefts.shape)

    def negate(self, operand: Any) -> Wires:
        """NOT of each wire."""
        return self.gate(NOT, operand, operand)

    def fold(self, operation: int, operands: Any, axis: int, empty: Any) -> Wires:
        """A balanced tree over one axis, ⌈log₂ m⌉ deep; `empty` where m = 0."""
        rest = np.moveaxis(np.asarray(operands, dtype=np.int64), axis, 0)
        if len(rest) == 0:
            return np.broadcast_to(self.constant(empty), rest.shape[1:]).copy()
        while len(rest) > 1:
            even = len(rest) - len(rest) % 2
            pairs = self.gate(operation, rest[0:even:2], rest[1:even:2])
            rest = np.concatenate([pairs, rest[even:]])
        top: Wires = rest[0]
        return top

    def _level(self, operands: Wires) -> npt.NDArray[np.int32]:
        found: npt.NDArray[np.int32] = self.levels[np.maximum(operands, 0)]
        return np.where(operands < 0, np.int32(0), found)

    def finish(self, outputs: Any) -> Circuit:
        """The circuit with these outputs; all gates stay, also unused ones."""
        empty = (np.zeros(0, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.int64))
        columns = zip(*self.gates, strict=True) if self.gates else ((x,) for x in empty)
        operation, left, right = (np.concatenate(column) for column in columns)
        level = self.levels[self.num_inputs : self.num_wires]
        order = np.lexsort((operation, level))
        sources = self.num_inputs + len(self.constants)
        position = np.empty(self.num_wires, np.int32)
        position[: self.num_inputs] = np.arange(self.num_inputs)
        position[self.num_inputs + order] = np.arange(sources, sources + len(order))

        def renumber(wires: Any) -> npt.NDArray[np.int32]:
            ids = np.asarray(wires, dtype=np.int64)
            named = self.num_inputs - 1 - ids
            if self.num_wires == 0:
                return named.astype(np.int32)
            moved = position[np.maximum(ids, 0)]
            return np.where(ids < 0, named, moved).astype(np.int32)

        values = np.empty(len(self.constants), dtype=object)
        values[:] = list(self.constants)
        return Circuit(
            self.semiring,
            self.num_inputs,
            values,
            operation[order],
            renumber(left)[order],
            renumber(right)[order],
            level[order],
            renumber(outputs),
        )


def wires(draft: Draft) -> Semiring:
    """The semiring of wires: ⊕ and ⊗ add gates, sums are balanced trees."""
    zero, one = draft.semiring.zero, draft.semiring.one

    def plus(a: Array, b: Array) -> Array:
        return draft.gate(PLUS, a, b)

    def times(a: Array, b: Array) -> Array:
        return draft.gate(TIMES, a, b)

    def total(x: Array, axis: int) -> Array:
        return draft.fold(PLUS, x, axis, zero)

    return Semiring(
        f"wires over {draft.semiring.name}",
        int(draft.constant(zero)),
        int(draft.constant(one)),
        plus,
        times,
        total,
        lambda x: x.astype(np.int64),
        draft.semiring is BOOLEAN,
    )
