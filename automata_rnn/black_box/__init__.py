"""Any network as a machine that is only asked: states in batches, values of words."""

from automata_rnn.black_box.box import (
    BlackBox,
    accepted,
    decide,
    first_state,
    next_symbol_distributions,
    values,
    vectors,
)
from automata_rnn.black_box.make import black_box
from automata_rnn.black_box.oracle import MembershipOracle, ask, forget

__all__ = [
    "BlackBox",
    "MembershipOracle",
    "accepted",
    "ask",
    "black_box",
    "decide",
    "first_state",
    "forget",
    "next_symbol_distributions",
    "values",
    "vectors",
]
