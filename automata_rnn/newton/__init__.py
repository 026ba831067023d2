"""Nonlinear networks evaluated by prefix products: Newton's method over a word."""

from automata_rnn.newton.depth import SequentialDepth, sequential_depth
from automata_rnn.newton.layers import linearization, newton
from automata_rnn.newton.solver import (
    Linearize,
    NewtonRun,
    correct_steps,
    newton_states,
    scan_rounds,
)

__all__ = [
    "Linearize",
    "NewtonRun",
    "SequentialDepth",
    "correct_steps",
    "linearization",
    "newton",
    "newton_states",
    "scan_rounds",
    "sequential_depth",
]
