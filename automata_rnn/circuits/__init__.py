"""Circuits of machines: what can be computed in logarithmic depth, drawn."""

from automata_rnn.circuits.arithmetic import (
    arithmetic_circuit,
    arithmetic_depth,
    arithmetic_size,
)
from automata_rnn.circuits.barrington import (
    CYCLE,
    S5,
    PermutationProgram,
    barrington,
    barrington_length,
    permutation_codes,
    permutation_word,
)
from automata_rnn.circuits.ben_or_cleve import (
    RegisterProgram,
    ben_or_cleve,
    ben_or_cleve_length,
    matrix_word,
    register_matrices,
)
from automata_rnn.circuits.boolean import (
    boolean_circuit,
    boolean_depth,
    unrolled_circuit,
)
from automata_rnn.circuits.circuit import MINUS, NOT, PLUS, TIMES, Circuit
from automata_rnn.circuits.cost import ParallelCost, parallel_cost
from automata_rnn.circuits.cost_rows import CostRow
from automata_rnn.circuits.evaluate import (
    WordCircuit,
    circuit_outputs,
    evaluate_word,
    evaluate_words,
)
from automata_rnn.circuits.formula_text import (
    FormulaError,
    parse_arithmetic,
    parse_boolean,
)
from automata_rnn.circuits.formulas import (
    Constant,
    Formula,
    Operation,
    Variable,
    formula_circuit,
    formula_depth,
    formula_value,
    formula_variables,
)
from automata_rnn.circuits.positivity import positivity_circuit
from automata_rnn.circuits.simplify import simplify, simplify_circuit

__all__ = [
    "CYCLE",
    "MINUS",
    "NOT",
    "PLUS",
    "S5",
    "TIMES",
    "Circuit",
    "Constant",
    "CostRow",
    "Formula",
    "FormulaError",
    "Operation",
    "ParallelCost",
    "PermutationProgram",
    "RegisterProgram",
    "Variable",
    "WordCircuit",
    "arithmetic_circuit",
    "arithmetic_depth",
    "arithmetic_size",
    "barrington",
    "barrington_length",
    "ben_or_cleve",
    "ben_or_cleve_length",
    "boolean_circuit",
    "boolean_depth",
    "circuit_outputs",
    "evaluate_word",
    "evaluate_words",
    "formula_circuit",
    "formula_depth",
    "formula_value",
    "formula_variables",
    "matrix_word",
    "parallel_cost",
    "parse_arithmetic",
    "parse_boolean",
    "permutation_codes",
    "permutation_word",
    "positivity_circuit",
    "register_matrices",
    "simplify",
    "simplify_circuit",
    "unrolled_circuit",
]
