"""Nonlinear networks evaluated by prefix products: Newton's method over a word."""

from automata_rnn.newton.layers import linearization, newton
from automata_rnn.newton.solver import (
    Linearize,
    NewtonRun,
    correct_steps,
    newton_states,
)

__all__ = [
    "Linearize",
    "NewtonRun",
    "correct_steps",
    "linearization",
    "newton",
    "newton_states",
]
