"""Smaller circuits for the same function: constants, doubles and unused gates go."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from automata_rnn.circuits.circuit import NOT, PLUS, TIMES, Circuit, runs
from automata_rnn.circuits.draft import Draft
from automata_rnn.circuits.evaluate import WordCircuit
from automata_rnn.semiring import BOOLEAN

Ids = npt.NDArray[np.int64]
ZERO, ONE = -1, -2


def simplify(machine: WordCircuit) -> WordCircuit:
    """The same function of words, by a circuit that is neither deeper nor larger."""
    circuit = simplify_circuit(machine.circuit)
    return WordCircuit(circuit, machine.alphabet, machine.length, machine.table)


def simplify_circuit(circuit: Circuit) -> Circuit:
    """An equal circuit after these laws, used level by level from the inputs on:

        x ⊕ 0 = x,   x ⊗ 1 = x,   x ⊗ 0 = 0,   and over BOOLEAN
        x ∨ 1 = 1,   x ∨ x = x ∧ x = x,   ¬0 = 1,   ¬1 = 0;

    gates with the same operands become one, and gates that no output needs go. Inputs
    all stay.
    """
    names, constants = _named_constants(circuit)
    first = circuit.num_sources
    alias = np.concatenate([names, np.arange(first, first + circuit.size)])
    bounds = np.searchsorted(
        circuit.level, np.arange(1, circuit.level.max(initial=0) + 2)
    )
    for start, stop in pairwise(bounds.tolist()):
        gates = slice(start, stop)
        left, right = alias[circuit.left[gates]], alias[circuit.right[gates]]
        operation = circuit.operation[gates]
        own = np.arange(first + start, first + stop)
        folded = _folded(circuit, operation, left, right, own)
        alias[first + start : first + stop] = _shared(
            operation, left, right, folded, own
        )
    return _redrawn(circuit, alias, constants)


def _named_constants(circuit: Circuit) -> tuple[Ids, list[object]]:
    """Ids of the sources, and the constants that -1, -2, … stand for: 0, 1, others."""
    ring = circuit.semiring
    names = np.arange(circuit.num_sources, dtype=np.int64)
    known: dict[object, int] = {ring.zero: ZERO, ring.one: ONE}
    for place, value in enumerate(circuit.constants.tolist()):
        fresh = -1 - len(known)
        names[circuit.num_inputs + place] = known.setdefault(value, fresh)
    return names, list(known)


def _folded(
    circuit: Circuit,
    operation: npt.NDArray[np.uint8],
    left: Ids,
    right: Ids,
    own: Ids,
) -> Ids:
    """For each gate the wire that it equals by the laws, or itself."""
    result, zero, one = own.copy(), ZERO, ONE
    plus, times = operation == PLUS, operation == TIMES
    if circuit.semiring is BOOLEAN:
        same = (plus | times) & (left == right)
        result[same] = left[same]
        result[plus & ((left == one) | (right == one))] = one
        negation = operation == NOT
        result[negation & (left == zero)] = one
        result[negation & (left == one)] = zero
    for identity, kind in ((zero, plus), (one, times)):
        chosen = kind & (left == identity)
        result[chosen] = right[chosen]
        chosen = kind & (right == identity)
        result[chosen] = left[chosen]
    result[times & ((left == zero) | (right == zero))] = zero
    return result


def _shared(
    operation: npt.NDArray[np.uint8], left: Ids, right: Ids, folded: Ids, own: Ids
) -> Ids:
    """Gates of one level with the same operation and operands become the first."""
    result = folded.copy()
    open_gates = np.flatnonzero(folded == own)
    if not len(open_gates):
        return result
    low, high = np.minimum(left, right), np.maximum(left, right)
    symmetric = operation <= TIMES
    rows = np.stack(
        [operation, np.where(symmetric, low, left), np.where(symmetric, high, right)],
        axis=1,
    )[open_gates]
    _, index, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    result[open_gates] = own[open_gates][index[inverse.reshape(-1)]]
    return result


def _redrawn(circuit: Circuit, alias: Ids, constants: list[object]) -> Circuit:
    """The circuit of the gates that outputs need, by their aliases."""
    first = circuit.num_sources
    left, right = alias[circuit.left], alias[circuit.right]
    outputs = alias[circuit.outputs]
    kept = _needed(circuit, left, right, outputs)
    ids = np.concatenate([left[kept], right[kept], outputs.ravel()])
    draft = Draft(circuit.semiring, circuit.num_inputs)
    moved = np.arange(first + circuit.size, dtype=np.int64)
    drawn_constants = np.zeros(len(constants) + 1, np.int64)
    for place in np.unique(-1 - ids[ids < 0]):
        drawn_constants[place] = draft.constant(_scalar(constants[place]))

    def renamed(ids: Ids) -> Ids:
        place = np.maximum(-1 - ids, 0)
        return np.where(ids < 0, drawn_constants[place], moved[np.maximum(ids, 0)])

    for run in runs(circuit.level[kept], circuit.operation[kept]):
        gates = kept[run]
        operation = int(circuit.operation[gates[0]])
        drawn = draft.gate(operation, renamed(left[gates]), renamed(right[gates]))
        moved[first + gates] = drawn
    return draft.finish(renamed(outputs))


def _needed(circuit: Circuit, left: Ids, right: Ids, outputs: Ids) -> Ids:
    """The gates from which an output can be reached, in order."""
    first = circuit.num_sources
    needed = np.zeros(first + circuit.size + 1, bool)  # the last one is for constants
    needed[np.maximum(outputs, -1)] = True
    levels = np.arange(1, circuit.level.max(initial=0) + 2)
    bounds = np.searchsorted(circuit.level, levels)
    for start, stop in zip(bounds[-2::-1], bounds[:0:-1], strict=True):
        gates = start + np.flatnonzero(needed[first + start : first + stop])
        needed[np.maximum(left[gates], -1)] = True
        needed[np.maximum(right[gates], -1)] = True
    return np.flatnonzero(needed[first : first + circuit.size])


def _scalar(value: object) -> npt.NDArray[np.object_]:
    array = np.empty((), dtype=object)
    array[()] = value
    return array
