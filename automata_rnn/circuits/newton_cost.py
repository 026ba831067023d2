"""Rows of the cost table for nonlinear machines: steps, and Newton's method on them.

Newton's method is that of `automata_rnn.newton`: each iteration makes all steps linear
where they are, and solves the linear recurrence by an affine scan.
"""

from dataclasses import dataclass

import numpy as np

from automata_rnn.circuits.cost_rows import CostRow, batched_rounds
from automata_rnn.circuits.operation_counts import (
    dot_depth,
    dot_gates,
    prefix_products_count,
    prefix_rounds,
)
from automata_rnn.rnns import MLPRNN, ReLURNN


@dataclass(frozen=True)
class StepCosts:
    """What a nonlinear step on n numbers costs.

    Attributes:
        size: n.
        work, depth: of one step.
        linear_work, linear_depth: of one step with its Jacobian, by dense matrices.
    """

    size: int
    work: int
    depth: int
    linear_work: int
    linear_depth: int


def vector_step(n: int) -> StepCosts:
    """Where nothing else is known: a product with an n × n matrix, and n² entries."""
    work, depth = n * dot_gates(n), dot_depth(n)
    return StepCosts(n, work, depth, work + n * n, depth)


def layered_step(network: ReLURNN | MLPRNN) -> StepCosts:
    """ReLU layers of m units: steps by nonzero weights, Jacobians J W D by dense ones.

    A weight is a product and an addition, as there is a bias; a unit is a ReLU.
    """
    n = network.hidden_size
    work = depth = linear_work = linear_depth = 0
    for place, (matrix, _) in enumerate(network.layers):
        before, units = matrix.shape
        fan_in = int(np.bincount(matrix.columns, minlength=1).max())
        work += 2 * len(matrix.values) + units
        depth += dot_depth(fan_in) + 2
        dense = units * dot_gates(before)
        linear_work += dense + 2 * units + n * units + (n * dense if place else 0)
        linear_depth += dot_depth(before) + 2
    return StepCosts(n, work, depth, linear_work, linear_depth)


def newton_rows(step: StepCosts, length: int, measured: int | None) -> list[CostRow]:
    """Newton's method at best, as measured, and at worst.

    An iteration is f and its Jacobian J at all states g, b = f - g J, which is a
    product and n differences, and the states by an affine scan.
    """
    n = step.size
    product = n * n * dot_gates(n) + 2 * n * n
    scan = prefix_products_count(length) * product + length * 2 * n * n
    work = scan + length * (step.linear_work + n * dot_gates(n) + n)
    depth = (prefix_rounds(length) + 1) * (dot_depth(n) + 1)
    depth += step.linear_depth + dot_depth(n) + 1
    rounds = batched_rounds(length) + 3
    rows = [
        CostRow("sequential", length, length * step.work, length * step.depth, length)
    ]
    tried = {"at best": 1, "measured": measured, "at worst": length}
    for name, times in tried.items():
        if times is not None:
            costs = (times * work, times * depth, times * rounds)
            rows.append(CostRow(f"Newton, {name} ({times:,})", length, *costs))
    return rows
