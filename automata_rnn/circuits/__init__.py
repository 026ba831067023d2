"""Circuits of machines: what can be computed in logarithmic depth, drawn."""

from automata_rnn.circuits.arithmetic import (
    arithmetic_circuit,
    arithmetic_depth,
    arithmetic_size,
)
from automata_rnn.circuits.boolean import (
    boolean_circuit,
    boolean_depth,
    unrolled_circuit,
)
from automata_rnn.circuits.circuit import MINUS, NOT, PLUS, TIMES, Circuit
from automata_rnn.circuits.evaluate import (
    WordCircuit,
    circuit_outputs,
    evaluate_word,
    evaluate_words,
)
from automata_rnn.circuits.simplify import simplify, simplify_circuit
