"""Boolean formulas as words over S₅ (Barrington 1989).

A program is a sequence of instructions "if the variable is true multiply by g, else by
h", g and h permutations of five points. It σ-computes a formula if its product is σ
where the formula is true and 1 where it is false, for a 5-cycle σ:

    x          (x: σ, 1)
    ¬f         the program of f for σ⁻¹, its last instruction times σ
    f ∧ g      P_α(f) P_β(g) P_α⁻¹(f) P_β⁻¹(g), where α β α⁻¹ β⁻¹ = σ: the commutator is
               1 unless both are true, and of 5-cycles it can be a 5-cycle
    f ∨ g      ¬(¬f ∧ ¬g)
    f ⊕ g      with ρ² = σ and an involution τ that turns ρ into ρ⁻¹:
               τ^g (P_σ(f) ρ⁻¹) τ^g ρ, which is ρ^{±1} ρ; τ^g takes two programs of g

So a program has L(f ∧ g) = L(f ∨ g) = 2 L(f) + 2 L(g) instructions and
L(f ⊕ g) = L(f) + 4 L(g), g the shorter; at most 4^depth without ⊕, else 5^depth.
Products are in the order of the word, first p, then q: (p q)(i) = q(p(i)).

Reference: D. Barrington, Bounded-width polynomial-size branching programs recognize
exactly those languages in NC¹, J. Comput. Syst. Sci. 38, 1989.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import permutations
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from automata_rnn.checks import read_only
from automata_rnn.circuits.formulas import (
    Constant,
    Formula,
    Operation,
    Variable,
    check_assigned,
    check_table,
    formula_variables,
    is_boolean,
)

Permutation: TypeAlias = tuple[int, ...]
S5: tuple[Permutation, ...] = tuple(permutations(range(5)))
"""The permutations of 0, …, 4 in lexicographic order, the identity first."""

CYCLE: Permutation = (1, 2, 3, 4, 0)
"""σ, what a program's product is where its formula is true."""

_NUMBER = {p: i for i, p in enumerate(S5)}
_ELEMENTS = np.array(S5)
_INVERSE = np.array([_NUMBER[tuple(np.argsort(p).tolist())] for p in S5])


@lru_cache(maxsize=1)
def _products() -> npt.NDArray[np.uint8]:
    """The number of p q by those of p and q, (120, 120)."""
    digits = 5 ** np.arange(5)
    places = np.empty(5**5, np.uint8)
    places[_ELEMENTS @ digits] = np.arange(len(S5))
    composed = _ELEMENTS[:, _ELEMENTS]  # [q, p, i] = q(p(i))
    return np.ascontiguousarray(places[composed @ digits].T)


@dataclass(frozen=True, eq=False)
class PermutationProgram:
    """A word over S₅ whose symbols depend on one variable each.

    Attributes:
        variables: names.
        which: the variable of each instruction, -1 for none, shape (L,).
        if_true, if_false: positions in S5, shape (L,); equal where there is none.
    """

    variables: tuple[str, ...]
    which: npt.NDArray[np.int32]
    if_true: npt.NDArray[np.uint8]
    if_false: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        for name in ("which", "if_true", "if_false"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.which)


def barrington_length(formula: Formula) -> int:
    """The instructions of the formula's program, by the recursion above."""
    if not isinstance(formula, Operation):
        return 1
    lengths = sorted(barrington_length(part) for part in formula.operands)
    if formula.operator == "not":
        return lengths[0]
    if formula.operator == "xor":
        return lengths[1] + 4 * lengths[0]
    return 2 * sum(lengths)


def barrington(
    formula: Formula, *, cycle: Permutation = CYCLE, max_length: int = 2**20
) -> PermutationProgram:
    """The program of a Boolean formula: its product is `cycle` if it is true, else 1.

    ValueError for an arithmetic formula, a permutation that is no 5-cycle, and for a
    program of more than `max_length` instructions.
    """
    if _NUMBER.get(tuple(cycle)) not in _cycles():
        raise ValueError(f"cycle: wanted a 5-cycle of 0, …, 4, got {cycle}")
    if not is_boolean(formula):
        raise ValueError("formula: wanted a Boolean one, got an arithmetic operator")
    length = barrington_length(formula)
    if length > max_length:
        raise ValueError(
            f"max_length: wanted at least {length}, the length of the program, got "
            f"{max_length}"
        )
    names = formula_variables(formula)
    index = {name: i for i, name in enumerate(names)}
    which, if_true, if_false = _code(formula, _NUMBER[tuple(cycle)], index, {})
    return PermutationProgram(names, which.astype(np.int32), if_true, if_false)


def permutation_codes(
    program: PermutationProgram, values: npt.ArrayLike
) -> npt.NDArray[np.uint8]:
    """Positions in S5 of the words for many assignments at once.

    `values` are truth values (B, variables), in the order of `program.variables`; the
    result is (B, L). ValueError for another shape.
    """
    table = np.asarray(values, dtype=bool)
    check_table(program.variables, table)
    padded = np.concatenate([table, np.ones((len(table), 1), bool)], axis=1)
    return np.where(padded[:, program.which], program.if_true, program.if_false)


def permutation_word(
    program: PermutationProgram, assignment: Mapping[str, Any]
) -> tuple[Permutation, ...]:
    """The word over S₅ for an assignment; ValueError unless all variables are 0 or 1.

    >>> from automata_rnn.circuits import parse_boolean
    >>> permutation_word(barrington(parse_boolean("x")), {"x": True})
    ((1, 2, 3, 4, 0),)
    """
    check_assigned(program.variables, assignment)
    for name in program.variables:
        if assignment[name] not in (False, True):
            got = assignment[name]
            raise ValueError(f"assignment: wanted {name} in False, True, got {got!r}")
    values = [[bool(assignment[name]) for name in program.variables]]
    shaped = np.array(values, dtype=bool).reshape(1, len(program.variables))
    return tuple(S5[code] for code in permutation_codes(program, shaped)[0])


Code: TypeAlias = "tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]"
Known: TypeAlias = dict[tuple[int, int], Code]


def _code(formula: Formula, cycle: int, index: dict[str, int], known: Known) -> Code:
    """The program that computes `formula` for a 5-cycle; `known` by formula."""
    key = (id(formula), cycle)
    if key not in known:
        known[key] = _fresh_code(formula, cycle, index, known)
    return known[key]


def _fresh_code(
    formula: Formula, cycle: int, index: dict[str, int], known: Known
) -> Code:
    if isinstance(formula, Variable):
        return _instruction(index[formula.name], cycle, 0)
    if isinstance(formula, Constant):
        always = cycle if formula.value else 0
        return _instruction(-1, always, always)
    operands = formula.operands

    def straight(place: int, sigma: int) -> Code:
        return _code(operands[place], sigma, index, known)

    def negated(place: int, sigma: int) -> Code:
        return _then(straight(place, int(_INVERSE[sigma])), sigma)

    if formula.operator == "not":
        return negated(0, cycle)
    if formula.operator == "and":
        return _commutator(straight, cycle)
    if formula.operator == "or":
        return _then(_commutator(negated, int(_INVERSE[cycle])), cycle)
    shorter = int(barrington_length(operands[0]) > barrington_length(operands[1]))
    return _exclusive(straight, 1 - shorter, cycle)


def _instruction(which: int, if_true: int, if_false: int) -> Code:
    true, false = (np.array([x], np.uint8) for x in (if_true, if_false))
    return np.array([which]), true, false


def _then(code: Code, permutation: int) -> Code:
    """The same program times one permutation."""
    which, *choices = (part.copy() for part in code)
    for part in choices:
        part[-1] = _products()[part[-1], permutation]
    return which, choices[0], choices[1]


def _joined(codes: list[Code]) -> Code:
    which, if_true, if_false = (np.concatenate(x) for x in zip(*codes, strict=True))
    return which, if_true, if_false


def _commutator(part: Callable[[int, int], Code], cycle: int) -> Code:
    """P_α(f) P_β(g) P_α⁻¹(f) P_β⁻¹(g) of two operands."""
    alpha, beta = _commutator_of(cycle)
    back = (int(_INVERSE[alpha]), int(_INVERSE[beta]))
    turns = [(0, alpha), (1, beta), (0, back[0]), (1, back[1])]
    return _joined([part(place, sigma) for place, sigma in turns])


def _exclusive(part: Callable[[int, int], Code], longer: int, cycle: int) -> Code:
    """τ^g (P_σ(f) ρ⁻¹) τ^g ρ, with f the longer operand."""
    product = _products()
    root = int(product[product[cycle, cycle], cycle])  # σ³, whose square is σ⁶ = σ
    kappa, turn = _involution_of(root)
    flips = _joined([part(1 - longer, kappa), part(1 - longer, turn)])
    middle = _then(part(longer, cycle), int(_INVERSE[root]))
    return _then(_joined([flips, middle, flips]), root)


@lru_cache(maxsize=1)
def _cycles() -> tuple[int, ...]:
    """The 24 5-cycles."""
    product, found = _products(), []
    for p in range(1, len(S5)):
        square = product[p, p]
        fifth = product[product[square, square], p]
        if fifth == 0:
            found.append(p)
    return tuple(found)


@cache
def _commutator_of(cycle: int) -> tuple[int, int]:
    """5-cycles α, β with α β α⁻¹ β⁻¹ = σ."""
    product = _products()
    for alpha in _cycles():
        for beta in _cycles():
            back = product[_INVERSE[alpha], _INVERSE[beta]]
            if product[product[alpha, beta], back] == cycle:
                return alpha, beta
    raise ValueError(f"cycle: wanted a 5-cycle, got {S5[cycle]}")


@cache
def _involution_of(root: int) -> tuple[int, int]:
    """5-cycles κ, λ whose product τ is an involution with τ ρ τ = ρ⁻¹."""
    product = _products()
    for kappa in _cycles():
        for other in _cycles():
            tau = product[kappa, other]
            involution = tau != 0 and product[tau, tau] == 0
            if involution and product[product[tau, root], tau] == _INVERSE[root]:
                return kappa, other
    raise ValueError(f"root: wanted a 5-cycle, got {S5[root]}")
