"""All formulas up to a depth, each leaf with its own variable.

A program is the same under any other names of the variables: a formula over three
variables, or any number, is one of these with some variables made equal, and its values
are among theirs at all assignments.
"""

from collections.abc import Iterator
from typing import TypeAlias

from automata_rnn.circuits import Formula, Operation, Variable

Shape: TypeAlias = "tuple[str, Shape, Shape] | None"


def shapes(depth: int, operators: tuple[str, ...]) -> list[Shape]:
    """None for a leaf, or an operator and two shapes: 1, 1 + k, 1 + k (1 + k)², …

    An operator "not …" is a negation of the operation.
    """
    if depth == 0:
        return [None]
    below = shapes(depth - 1, operators)
    return [None, *((o, f, g) for o in operators for f in below for g in below)]


def formula_of(shape: Shape) -> Formula:
    """The formula, with variables x00, x01, … from left to right."""
    names = (f"x{i:02}" for i in range(100))

    def build(part: Shape) -> Formula:
        if part is None:
            return Variable(next(names))
        operator, left, right = part
        made = Operation(operator.removeprefix("not "), (build(left), build(right)))
        return Operation("not", (made,)) if operator.startswith("not ") else made

    return build(shape)


def formulas(depth: int, operators: tuple[str, ...]) -> Iterator[Formula]:
    """The formulas of all shapes."""
    return (formula_of(shape) for shape in shapes(depth, operators))


def named(formula: Formula, names: dict[str, Formula]) -> Formula:
    """The formula with other formulas for its variables."""
    if isinstance(formula, Variable):
        return names[formula.name]
    if isinstance(formula, Operation):
        operands = tuple(named(part, names) for part in formula.operands)
        return Operation(formula.operator, operands)
    return formula
