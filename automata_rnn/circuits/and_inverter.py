"""Boolean circuits as and-inverter graphs, the form of AIGER files, and back.

Literals are numbers: 0 is false, 1 is true, 2v is variable v, and an odd literal is the
negation of the even one below it. x ∨ y is ¬(¬x ∧ ¬y), and a NOT is no gate at all.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.checks import check_shape, read_only
from automata_rnn.circuits.circuit import NOT, PLUS, TIMES, Circuit, runs
from automata_rnn.circuits.draft import Draft
from automata_rnn.semiring import BOOLEAN

Literals = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class AndInverterGraph:
    """Variables 1, …, num_inputs are inputs, the next ones AND gates, in order.

    Attributes:
        num_inputs: I.
        operands: the two literals of each gate, shape (A, 2), the larger first; both
            below the gate's own literal.
        outputs: literals, shape (O,).
    """

    num_inputs: int
    operands: Literals
    outputs: Literals

    def __post_init__(self) -> None:
        for name in ("operands", "outputs"):
            array = np.asarray(getattr(self, name)).astype(np.int64)
            object.__setattr__(self, name, read_only(array))
        gates = len(self.operands)
        check_shape("AndInverterGraph.operands", self.operands, (gates, 2), "pairs")
        own = 2 * (self.num_inputs + 1 + np.arange(gates))
        if np.any(self.operands >= own[:, None]) or np.any(self.operands < 0):
            raise ValueError(
                "AndInverterGraph.operands: wanted literals below the gate's own"
            )
        if np.any(self.operands[:, 0] < self.operands[:, 1]):
            raise ValueError("AndInverterGraph.operands: wanted the larger one first")
        if self.outputs.ndim != 1:
            got = self.outputs.shape
            raise ValueError(f"AndInverterGraph.outputs: wanted (O,), got {got}")
        last = 2 * (self.num_inputs + gates) + 1
        if self.outputs.size and not (
            0 <= self.outputs.min() and self.outputs.max() <= last
        ):
            raise ValueError(f"AndInverterGraph.outputs: wanted literals 0 to {last}")


def and_inverter_graph(circuit: Circuit) -> AndInverterGraph:
    """The graph of a Boolean circuit: a gate for each AND and OR, none for a NOT.

    ValueError for a circuit over another semiring.
    """
    if circuit.semiring is not BOOLEAN:
        raise ValueError(f"circuit: wanted a Boolean one, got {circuit.semiring.name}")
    inputs, sources = circuit.num_inputs, circuit.num_sources
    literals = np.empty(sources + circuit.size, np.int64)
    literals[:inputs] = 2 * np.arange(1, inputs + 1)
    literals[inputs:sources] = circuit.constants
    operands = [np.empty((0, 2), np.int64)]
    variable = inputs + 1
    for gates in runs(circuit.level, circuit.operation):
        left, right = literals[circuit.left[gates]], literals[circuit.right[gates]]
        operation = int(circuit.operation[gates.start])
        at = slice(sources + gates.start, sources + gates.stop)
        if operation == NOT:
            literals[at] = left ^ 1
            continue
        flip = int(operation == PLUS)
        pair = np.sort(np.stack([left, right], axis=1) ^ flip, axis=1)[:, ::-1]
        operands.append(pair)
        literals[at] = 2 * (variable + np.arange(len(pair))) ^ flip
        variable += len(pair)
    outputs = literals[circuit.outputs.ravel()]
    return AndInverterGraph(inputs, np.concatenate(operands), outputs)


def circuit_from_graph(graph: AndInverterGraph) -> Circuit:
    """The circuit of AND gates, with one NOT for each negated variable that is used."""
    draft = Draft(BOOLEAN, graph.num_inputs)
    wires = np.empty(2 * (graph.num_inputs + len(graph.operands) + 1), np.int64)
    wires[:2] = draft.constant([False, True])
    used = np.zeros(len(wires), bool)
    used[graph.operands.ravel()] = used[graph.outputs] = True

    def define(variables: Literals, values: Any) -> None:
        wires[2 * variables] = values
        negated = variables[used[2 * variables + 1]]
        wires[2 * negated + 1] = draft.negate(wires[2 * negated])

    define(np.arange(1, graph.num_inputs + 1), draft.inputs())
    first = graph.num_inputs + 1
    for level in _levels(graph):
        left, right = wires[graph.operands[level]].T
        define(first + level, draft.gate(TIMES, left, right))
    return draft.finish(wires[graph.outputs])


def _levels(graph: AndInverterGraph) -> list[Literals]:
    """Gates by their depth, so that operands come in earlier lists."""
    depth = [0] * (graph.num_inputs + 1)
    for left, right in (graph.operands >> 1).tolist():
        depth.append(1 + max(depth[left], depth[right]))
    of_gates = np.array(depth[graph.num_inputs + 1 :], dtype=np.int64)
    order = np.argsort(of_gates, kind="stable")
    if not len(of_gates):
        return []
    counts = np.bincount(of_gates)[1:]
    return np.split(order, np.cumsum(counts)[:-1])
