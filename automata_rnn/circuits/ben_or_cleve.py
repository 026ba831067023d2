"""Arithmetic formulas as words of 3×3 matrices over {-1, 0, 1} (Ben-Or, Cleve 1992).

Three registers are a row r; the matrix I + x E_ij does r_j += x r_i. "r_j += f r_i" is

    f = x        one matrix
    f = g + h    r_j += g r_i;  r_j += h r_i
    f = g · h    r_k += g r_i;  r_j += h r_k;  r_k -= g r_i;  r_j -= h r_k

with k the third register (for r_j -= f r_i, only the lines of h change sign). So
L(g + h) = L(g) + L(h) and L(g · h) = 2 L(g) + 2 L(h): at most 4^depth matrices where
leaves are variables or -1, 0, 1; an integer constant c is |c| matrices. The product is
I + f E_01, and one more matrix, which exchanges columns 0 and 1, moves f to entry
(0, 0): iterated products of 3×3 matrices are complete for GapNC¹ (Proposition 3).

Reference: M. Ben-Or, R. Cleve, Computing algebraic formulas using a constant number of
registers, SIAM J. Comput. 21, 1992.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.checks import read_only
from automata_rnn.circuits.formulas import (
    Constant,
    Formula,
    Variable,
    check_assigned,
    check_table,
    formula_variables,
    is_arithmetic,
)

VALUES = (-1, 0, 1)
"""What variables may be, since entries of matrices are symbols of a finite alphabet."""

EXCHANGE = (0, 1, 0, 1, 0, 0, 0, 0, 1)
"""The last matrix, which exchanges columns 0 and 1."""


@dataclass(frozen=True, eq=False)
class RegisterProgram:
    """Instructions r_j += ± x r_i on three registers.

    Attributes:
        variables: names.
        which: the variable x of each instruction, -1 for the constant 1, shape (L,).
        sign: 1 or -1, shape (L,).
        source, target: i and j, shape (L,).
    """

    variables: tuple[str, ...]
    which: npt.NDArray[np.int32]
    sign: npt.NDArray[np.int8]
    source: npt.NDArray[np.int8]
    target: npt.NDArray[np.int8]

    def __post_init__(self) -> None:
        for name in ("which", "sign", "source", "target"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.which)


def ben_or_cleve_length(formula: Formula) -> int:
    """The instructions of the formula's program, by the recursion above."""
    if isinstance(formula, Variable):
        return 1
    if isinstance(formula, Constant):
        return abs(formula.value)
    total = sum(ben_or_cleve_length(part) for part in formula.operands)
    return 2 * total if formula.operator == "*" else total


def ben_or_cleve(
    formula: Formula,
    *,
    source: int = 0,
    target: int = 1,
    sign: int = 1,
    max_length: int = 2**20,
) -> RegisterProgram:
    """The program that does r_target += sign · f r_source and leaves the others.

    ValueError for a Boolean formula, registers that are not two of 0, 1, 2, another
    sign than 1 and -1, and a program of more than `max_length` instructions.
    """
    if {source, target} not in ({0, 1}, {0, 2}, {1, 2}) or sign not in (1, -1):
        raise ValueError(
            "source, target, sign: wanted two of the registers 0, 1, 2, and 1 or -1, "
            f"got {source}, {target}, {sign}"
        )
    if not is_arithmetic(formula):
        raise ValueError("formula: wanted an arithmetic one, got a Boolean operator")
    length = ben_or_cleve_length(formula)
    if length > max_length:
        raise ValueError(
            f"max_length: wanted at least {length}, the length of the program, got "
            f"{max_length}"
        )
    names = formula_variables(formula)
    index = {name: i for i, name in enumerate(names)}
    code = _code(formula, source, target, sign, index)
    which, signs, sources, targets = code.T
    return RegisterProgram(
        names,
        which.astype(np.int32),
        signs.astype(np.int8),
        sources.astype(np.int8),
        targets.astype(np.int8),
    )


def _code(
    formula: Formula, i: int, j: int, sign: int, index: dict[str, int]
) -> npt.NDArray[np.int64]:
    """Rows (which, sign, source, target) that do r_j += sign · f r_i."""
    if isinstance(formula, Variable):
        return np.array([[index[formula.name], sign, i, j]])
    if isinstance(formula, Constant):
        whole = sign if formula.value > 0 else -sign
        return np.tile(np.array([[-1, whole, i, j]]), (abs(formula.value), 1))
    if formula.operator == "negative":
        return _code(formula.operands[0], i, j, -sign, index)
    first, second = formula.operands
    if formula.operator == "*":
        k = 3 - i - j
        turns = [(first, i, k, 1), (second, k, j, sign)]
        back = [(part, a, b, -by) for part, a, b, by in turns]
        parts = [_code(part, a, b, by, index) for part, a, b, by in turns + back]
        return np.concatenate(parts)
    later = -sign if formula.operator == "-" else sign
    parts = [_code(first, i, j, sign, index), _code(second, i, j, later, index)]
    return np.concatenate(parts)


def register_matrices(
    program: RegisterProgram, values: npt.ArrayLike
) -> npt.NDArray[np.int8]:
    """The matrices for many assignments at once, (B, variables) → (B, L, 3, 3).

    `values` are -1, 0 and 1, in the order of `program.variables`; ValueError for others
    and for another shape.
    """
    table = np.asarray(values)
    check_table(program.variables, table)
    if not np.isin(table, VALUES).all():
        raise ValueError(f"values: wanted -1, 0, 1, got {table}")
    batch, length = len(table), len(program)
    padded = np.concatenate([table, np.ones((batch, 1), int)], axis=1).astype(np.int8)
    matrices = np.zeros((batch, length, 3, 3), np.int8)
    matrices[:] = np.eye(3, dtype=np.int8)
    entries = padded[:, program.which] * program.sign
    matrices[:, np.arange(length), program.source, program.target] = entries
    return matrices


def matrix_word(
    program: RegisterProgram, assignment: Mapping[str, Any]
) -> tuple[int, ...]:
    """The entries of all matrices and EXCHANGE, row by row: 9 (L + 1) symbols.

    For a program that does r_1 += f r_0, entry (0, 0) of the product is f. ValueError
    where a variable has no value, or another one than -1, 0, 1.

    >>> from automata_rnn.circuits import parse_arithmetic
    >>> matrix_word(ben_or_cleve(parse_arithmetic("x")), {"x": -1})
    (1, -1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1)
    """
    check_assigned(program.variables, assignment)
    values = [assignment[name] for name in program.variables]
    for name, value in zip(program.variables, values, strict=True):
        if value not in VALUES:
            raise ValueError(f"assignment: wanted {name} in -1, 0, 1, got {value!r}")
    shaped = np.array(values, dtype=int).reshape(1, len(values))
    matrices = register_matrices(program, shaped).ravel().tolist()
    return (*matrices, *EXCHANGE)
