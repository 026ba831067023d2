"""Newton's method for networks of ReLU layers, whose Jacobians are exact.

A step z ↦ ReLU(z W_1 + v_σ) ↦ … ↦ ReLU(z W_L + b_L) is linear on each region of fixed
signs, with J = W_1 D_1 ⋯ W_L D_L, where D_l is diagonal and has 1 for the positive
units of layer l. At a kink this is one element of the subdifferential.
"""

from typing import Any

import numpy as np

from automata_rnn.alphabet import Word
from automata_rnn.newton.solver import Linearize, NewtonRun, newton_states
from automata_rnn.rnns import MLPRNN, LinearRNN, ReLURNN
from automata_rnn.scan import Method
from automata_rnn.semiring import INTEGER, RATIONAL, REAL, Array
from automata_rnn.system import start

RINGS = (REAL, INTEGER, RATIONAL)


def newton(machine: Any, word: Word, *, method: Method = "auto") -> NewtonRun:
    """All states of a run of `machine`, by Newton's iterations, and how many it took.

    `machine` is a ReLURNN or MLPRNN, whose states come out as by its steps, or a
    LinearRNN with one row of state over REAL, INTEGER or RATIONAL, which takes one
    iteration. TypeError for others, ValueError where floats round, see `newton_states`.
    """
    linearize, codes = linearization(machine), machine.alphabet.encode(word)
    first = start(machine)
    return newton_states(linearize, machine.semiring, first, codes, method=method)


def linearization(machine: Any) -> Linearize:
    """The steps of a network and their Jacobians, batched; TypeError if unknown."""
    if isinstance(machine, ReLURNN | MLPRNN):
        return _of_layers(machine)
    row = isinstance(machine, LinearRNN) and machine.initial.ndim == 1
    if row and machine.semiring in RINGS:
        return _of_table(machine)
    raise TypeError(
        "machine: wanted a ReLURNN, an MLPRNN or a LinearRNN with a row of state over "
        f"one of {RINGS}, got {type(machine).__name__}"
    )


def _of_layers(network: ReLURNN | MLPRNN) -> Linearize:
    ring = network.semiring
    layers = [(matrix.dense(ring), bias) for matrix, bias in network.layers]

    def linearize(states: Array, codes: Array) -> tuple[Array, Array]:
        values, jacobians = states, None
        for matrix, bias in layers:
            added = bias if jacobians is not None else bias[codes]
            sums = ring.matmul(values, matrix) + added
            active = (sums > 0).astype(bool)
            values = np.where(active, sums, ring.zero)
            before = matrix if jacobians is None else ring.matmul(jacobians, matrix)
            jacobians = np.where(active[:, None, :], before, ring.zero)
        return values, jacobians

    return linearize


def _of_table(machine: LinearRNN) -> Linearize:
    def linearize(states: Array, codes: Array) -> tuple[Array, Array]:
        elements = tuple(part[codes] for part in machine.table)
        return machine.monoid.act(states, elements), elements[0]

    return linearize
