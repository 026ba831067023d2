"""Formulas decided and computed by networks, by two classical reductions.

A Boolean formula becomes a word over S₅ (Barrington), which one PD network of five
units decides: the word problem of S₅ is NC¹-complete, and PD networks solve it
(Theorem 7). An arithmetic formula becomes a word of 3×3 matrices over {-1, 0, 1}
(Ben-Or and Cleve), which four layers of RWKV-7 or DeltaNet heads multiply (Theorem 5;
GapNC¹-complete by Proposition 3). The networks are the same for all formulas; only the
words depend on them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.circuits import (
    CYCLE,
    S5,
    Formula,
    PermutationProgram,
    RegisterProgram,
    barrington,
    ben_or_cleve,
    formula_variables,
    matrix_word,
    parse_arithmetic,
    parse_boolean,
    permutation_word,
)
from automata_rnn.rnns import PDRNN, Network, run
from automata_rnn.semiring import RATIONAL, Semiring
from automata_rnn.system import evaluate
from translations.matrix_network import matrix_product_to_network
from translations.matrix_product import MatrixProduct


@dataclass(frozen=True, eq=False)
class FormulaReduction:
    """A formula, its program, and the machine that runs the program's words.

    Attributes:
        formula: the tree.
        program: a word whose symbols depend on the assignment.
        machine: a PDRNN or Network: its output after the word is the formula's value,
            1 and 0 for true and false.
    """

    formula: Formula
    program: PermutationProgram | RegisterProgram
    machine: PDRNN | Network

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that an assignment needs."""
        return formula_variables(self.formula)


def reduction_word(reduction: FormulaReduction, assignment: Mapping[str, Any]) -> Word:
    """The word that the machine reads for an assignment; ValueError for a bad one."""
    if isinstance(reduction.program, PermutationProgram):
        return permutation_word(reduction.program, assignment)
    return matrix_word(reduction.program, assignment)


def reduction_value(
    reduction: FormulaReduction, assignment: Mapping[str, Any]
) -> bool | int:
    """The formula's value, computed by the machine from the word."""
    word = reduction_word(reduction, assignment)
    if isinstance(reduction.machine, PDRNN):
        return bool(evaluate(reduction.machine, word) > 0)
    return int(run(reduction.machine, word)[-1].p)


def boolean_reduction(
    formula: Formula | str, *, max_length: int = 2**20
) -> FormulaReduction:
    """A Boolean formula, or its text, as words for the PD network of S₅.

    >>> reduction = boolean_reduction("x and not (y or z)")
    >>> len(reduction.program), reduction.machine.hidden_size
    (10, 5)
    >>> reduction_value(reduction, {"x": True, "y": False, "z": False})
    True
    """
    tree = parse_boolean(formula) if isinstance(formula, str) else formula
    program = barrington(tree, max_length=max_length)
    return FormulaReduction(tree, program, permutation_network())


def arithmetic_reduction(
    formula: Formula | str, *, heads: str = "rwkv7", max_length: int = 2**20
) -> FormulaReduction:
    """An arithmetic formula, or its text, as words for a four-layer network.

    Args:
        formula: variables stand for -1, 0 or 1.
        heads: "rwkv7" or "deltanet".
        max_length: of the program.
    """
    tree = parse_arithmetic(formula) if isinstance(formula, str) else formula
    program = ben_or_cleve(tree, max_length=max_length)
    return FormulaReduction(tree, program, matrix_product_network(heads))


@lru_cache(maxsize=4)
def permutation_network(semiring: Semiring = RATIONAL) -> PDRNN:
    """Follows point 0 through a word over S₅: five units, P permutations, D = I.

    The output is 1 where the product sends 0 to 1, as CYCLE does and the identity does
    not, else 0.
    """
    units = np.eye(5, dtype=int)
    return PDRNN(
        semiring,
        Alphabet(S5),
        initial=units[0],
        index=np.array(S5),
        scale=np.ones((len(S5), 5), dtype=int),
        readout=units[CYCLE[0]],
    )


@lru_cache(maxsize=2)
def matrix_product_network(heads: str) -> Network:
    """The four layers that multiply 3×3 matrices; the output is entry (0, 0)."""
    network = matrix_product_to_network(MatrixProduct(entry=(0, 0)), heads=heads).rnn
    if not isinstance(network, Network):
        raise TypeError(f"network: wanted a Network, got {type(network).__name__}")
    return network
