"""Formulas over truth values and over integers: trees, their values and their depth.

`parse_boolean` and `parse_arithmetic` (in `formula_text`) read them from text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from automata_rnn.checks import check_type
from automata_rnn.circuits.circuit import MINUS, NOT, PLUS, TIMES, Circuit
from automata_rnn.circuits.draft import Draft
from automata_rnn.semiring import BOOLEAN, Array, Semiring

BOOLEAN_OPERATORS = ("not", "and", "or", "xor")
ARITHMETIC_OPERATORS = ("negative", "+", "-", "*")
UNARY = ("not", "negative")


@dataclass(frozen=True)
class Variable:
    """A variable, by its name."""

    name: str

    def __post_init__(self) -> None:
        check_type("Variable.name", self.name, str)


@dataclass(frozen=True)
class Constant:
    """A truth value (a bool) or an integer."""

    value: int

    def __post_init__(self) -> None:
        check_type("Constant.value", self.value, int)


@dataclass(frozen=True)
class Operation:
    """An operator on formulas.

    Attributes:
        operator: "not", "and", "or", "xor", or "negative", "+", "-", "*".
        operands: one formula for "not" and "negative", else two.
    """

    operator: str
    operands: "tuple[Formula, ...]"

    def __post_init__(self) -> None:
        known = BOOLEAN_OPERATORS + ARITHMETIC_OPERATORS
        if self.operator not in known:
            raise ValueError(
                f"Operation.operator: wanted one of {known}, got {self.operator!r}"
            )
        wanted = 1 if self.operator in UNARY else 2
        if len(self.operands) != wanted:
            raise ValueError(
                f"Operation.operands: wanted {wanted} for {self.operator!r}, got "
                f"{len(self.operands)}"
            )
        for operand in self.operands:
            check_formula(operand)


Formula: TypeAlias = Variable | Constant | Operation


def check_formula(formula: Any) -> None:
    """TypeError for anything but a tree, such as the text of one."""
    if not isinstance(formula, Variable | Constant | Operation):
        raise TypeError(
            "formula: wanted a tree (parse_boolean and parse_arithmetic read text), "
            f"got {type(formula).__name__} {formula!r}"
        )


def is_boolean(formula: Formula) -> bool:
    """Whether there are truth values and their operators only (or variables only)."""
    check_formula(formula)
    if isinstance(formula, Operation):
        inside = formula.operator in BOOLEAN_OPERATORS
        return inside and all(is_boolean(part) for part in formula.operands)
    return isinstance(formula, Variable) or isinstance(formula.value, bool)


def is_arithmetic(formula: Formula) -> bool:
    """Whether there are integers and their operators only (or variables only)."""
    check_formula(formula)
    if isinstance(formula, Operation):
        inside = formula.operator in ARITHMETIC_OPERATORS
        return inside and all(is_arithmetic(part) for part in formula.operands)
    return isinstance(formula, Variable) or not isinstance(formula.value, bool)


def formula_depth(formula: Formula) -> int:
    """Binary operators on the longest path; negations count nothing."""
    check_formula(formula)
    if not isinstance(formula, Operation):
        return 0
    deepest = max(formula_depth(part) for part in formula.operands)
    return deepest + (formula.operator not in UNARY)


def formula_variables(formula: Formula) -> tuple[str, ...]:
    """The names of the variables, sorted."""
    check_formula(formula)
    found: set[str] = set()
    pending = [formula]
    while pending:
        part = pending.pop()
        if isinstance(part, Variable):
            found.add(part.name)
        elif isinstance(part, Operation):
            pending.extend(part.operands)
    return tuple(sorted(found))


_MEANING: dict[str, Callable[..., Any]] = {
    "not": lambda x: not x,
    "and": lambda x, y: bool(x and y),
    "or": lambda x, y: bool(x or y),
    "xor": lambda x, y: bool(x) != bool(y),
    "negative": lambda x: -x,
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
}


def formula_value(formula: Formula, assignment: Mapping[str, Any]) -> Any:
    """The value: a bool of a Boolean formula, a number of an arithmetic one.

    ValueError where a variable has no value.
    """
    check_assigned(formula_variables(formula), assignment)

    def value(part: Formula) -> Any:
        if isinstance(part, Variable):
            return assignment[part.name]
        if isinstance(part, Constant):
            return part.value
        return _MEANING[part.operator](*(value(x) for x in part.operands))

    return value(formula)


def check_assigned(names: tuple[str, ...], assignment: Mapping[str, Any]) -> None:
    """ValueError unless every variable has a value."""
    missing = [name for name in names if name not in assignment]
    if missing:
        raise ValueError(
            f"assignment: wanted values for {', '.join(names)}, none for {missing[0]}"
        )


def check_table(names: tuple[str, ...], values: Array) -> None:
    """ValueError unless `values` has a column for each variable, (B, variables)."""
    if values.ndim != 2 or values.shape[1] != len(names):
        raise ValueError(
            f"values: wanted shape (B, {len(names)}), a column for each of "
            f"{', '.join(names)}, got {values.shape}"
        )


def formula_circuit(formula: Formula, semiring: Semiring = BOOLEAN) -> Circuit:
    """The circuit of a formula; its inputs are the variables in the order of names.

    Over BOOLEAN a Boolean formula, over any other semiring an arithmetic one, where
    integers n are n · 1̄ and "-" needs a ring. ValueError for operators of the other
    kind, and for a subtraction or negative integer where there is none.

    >>> from automata_rnn.circuits import circuit_outputs, parse_arithmetic
    >>> from automata_rnn.semiring import INTEGER
    >>> circuit = formula_circuit(parse_arithmetic("(x + y) * (x - 3)"), INTEGER)
    >>> circuit_outputs(circuit, [5, 4])
    array(18, dtype=object)
    """
    wanted = is_boolean if semiring is BOOLEAN else is_arithmetic
    if not wanted(formula):
        kind = "a Boolean" if semiring is BOOLEAN else "an arithmetic"
        raise ValueError(f"formula: wanted {kind} one for {semiring.name} circuits")
    names = formula_variables(formula)
    draft = Draft(semiring, len(names))
    wires = dict(zip(names, draft.inputs(), strict=True))

    def drawn(part: Formula) -> Any:
        if isinstance(part, Variable):
            return wires[part.name]
        if isinstance(part, Constant):
            return _integer(draft, part.value)
        operands = [drawn(x) for x in part.operands]
        if part.operator == "not":
            return draft.negate(operands[0])
        if part.operator == "negative":
            return draft.gate(MINUS, draft.constant(semiring.zero), operands[0])
        if part.operator == "xor":
            either, both = (draft.gate(x, *operands) for x in (PLUS, TIMES))
            return draft.gate(TIMES, either, draft.gate(NOT, both, both))
        return draft.gate(_GATES[part.operator], *operands)

    return draft.finish(drawn(formula))


_GATES = {"and": TIMES, "or": PLUS, "+": PLUS, "-": MINUS, "*": TIMES}


def _integer(draft: Draft, value: int) -> Any:
    """n · 1̄, by doubling; a subtraction from 0̄ where n is negative."""
    ring = draft.semiring
    size, bit = abs(value), ring.array([ring.one])
    total: Array = ring.array([ring.zero])
    while size:
        if size % 2:
            total = ring.plus(total, bit)
        bit, size = ring.plus(bit, bit), size // 2
    wire = draft.constant(total[0])
    if value >= 0:
        return wire
    return draft.gate(MINUS, draft.constant(ring.zero), wire)
