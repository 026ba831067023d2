"""Sets of hidden vectors that are affine in what lies deep in each stack.

A state knows the first symbols of each stack, its *word*, and nothing of the *rest*
below, with the code Z_j, but that the hidden vector is affine in it:

    h = base + Σ_j slope_j Z_j.

Where only one rest was ever seen there is no slope yet: the rest is fixed. States with
the same key that differ in their rests are joined into one that is affine in them. That
is a guess, which the search confirms or takes back.
"""

from dataclasses import dataclass
from typing import NamedTuple

from flint import fmpq

from translations.regions.forms import ZERO, Vector
from translations.stacks.codes import Code, NotStacks, Word


class Key(NamedTuple):
    """What a hidden vector shows without looking at rests.

    Attributes:
        control: the nonzero values of the units of the finite control.
        support: the other units that are not 0.
        words: the first symbols of each stack; all, if fewer than the look-ahead.
    """

    control: tuple[tuple[int, fmpq], ...]
    support: tuple[int, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, eq=False)
class State:
    """base + Σ_j slope_j Z_j.

    Attributes:
        slopes: by stack; None where the rest is fixed.
        rests: by stack, the rest where it is fixed, else None.
    """

    key: Key
    base: Vector
    slopes: tuple[Vector | None, ...]
    rests: tuple[Word | None, ...]


class Deeper(Exception):
    """The look-ahead is too short, or no stacks describe the network."""

    def __init__(self, error: NotStacks) -> None:
        super().__init__(str(error))
        self.error = error


def combine(base: Vector, *terms: tuple[fmpq, Vector]) -> Vector:
    """base + Σ factor · vector."""
    result = dict(base)
    for factor, vector in terms:
        if factor:
            for unit, value in vector.items():
                result[unit] = result.get(unit, ZERO) + factor * value
    return {unit: value for unit, value in result.items() if value}


def covers(codes: tuple[Code, ...], general: State, state: State) -> bool:
    """Whether the vectors of `state` are those of `general` at the same stacks."""
    terms = []
    for j, code in enumerate(codes):
        slope, other = general.slopes[j], state.slopes[j]
        if slope is None:
            if general.rests[j] != state.rests[j]:
                return False
        elif other is None:
            terms.append((code.put(state.rests[j] or (), code.bottom), slope))
        elif slope != other:
            return False
    return combine(general.base, *terms) == state.base


def join(
    codes: tuple[Code, ...], owners: dict[int, int], members: list[State]
) -> State | None:
    """The state that covers members of one key; None while they do not determine it.

    A unit with an owner depends on this stack only. Raises Deeper where no affine
    function has all their values.
    """
    slopes = [
        next((m.slopes[j] for m in members if m.slopes[j] is not None), None)
        for j in range(len(codes))
    ]
    unknown = [
        j
        for j, slope in enumerate(slopes)
        if slope is None and len({m.rests[j] for m in members}) > 1
    ]
    rows, values = [], []
    for member in members:
        pairs = zip(codes, member.rests, strict=True)
        z = [code.put(rest or (), code.bottom) for code, rest in pairs]
        extra = [
            (-z[j], slope)
            for j, slope in enumerate(slopes)
            if slope is not None and member.slopes[j] is None
        ]
        rows.append([fmpq(1), *(z[j] for j in unknown)])
        values.append(combine(member.base, *extra))
    solution = _fit(rows, values, [owners, {j: i for i, j in enumerate(unknown, 1)}])
    if solution is None:
        return None
    base, *found = solution
    for j, slope in zip(unknown, found, strict=True):
        slopes[j] = slope
    first = members[0]
    rests = tuple(
        rest if slope is None else None
        for rest, slope in zip(first.rests, slopes, strict=True)
    )
    joined = State(first.key, base, tuple(slopes), rests)
    for member in members:
        if not covers(codes, joined, member):
            raise Deeper(_not_affine(codes, joined, member))
    return joined


def _fit(
    rows: list[list[fmpq]],
    values: list[Vector],
    owners: list[dict[int, int]],
) -> list[Vector] | None:
    """Vectors x with Σ_i row_i · x_i = value, by unit; None if they are not unique."""
    owner, column = owners
    parts: dict[int | None, set[int]] = {}
    for unit in {unit for value in values for unit in value}:
        stack = owner.get(unit)
        parts.setdefault(column.get(stack) if stack is not None else None, set()).add(
            unit
        )
    result: list[Vector] = [{} for _ in rows[0]]
    for place, units in parts.items():
        columns = [0, place] if place else [0] if place is None else []
        kept = [{u: x for u, x in value.items() if u in units} for value in values]
        if place is None:
            constant = all(value == kept[0] for value in kept)
            columns = [0] if constant else list(range(len(rows[0])))
        solution = _solve([[row[i] for i in columns] for row in rows], kept)
        if solution is None:
            return None
        for i, vector in zip(columns, solution, strict=True):
            result[i].update(vector)
    return result


def _solve(rows: list[list[fmpq]], values: list[Vector]) -> list[Vector] | None:
    """The solution of independent rows; None if they are too few."""
    width = len(rows[0])
    pivots: list[tuple[int, list[fmpq], Vector]] = []
    for row, value in zip(rows, values, strict=True):
        row, value = list(row), dict(value)
        for column, other, known in pivots:
            factor = row[column]
            row = [x - factor * y for x, y in zip(row, other, strict=True)]
            value = combine(value, (-factor, known))
        column = next((i for i, x in enumerate(row) if x), width)
        if column < width:
            scale = 1 / row[column]
            row = [x * scale for x in row]
            value = {unit: v * scale for unit, v in value.items()}
            pivots.append((column, row, value))
    if len(pivots) < width:
        return None
    solution: list[Vector] = [{} for _ in range(width)]
    for column, row, value in reversed(pivots):
        others = ((-row[i], solution[i]) for i in range(width) if i != column)
        solution[column] = combine(value, *others)
    return solution


def _not_affine(codes: tuple[Code, ...], joined: State, member: State) -> NotStacks:
    for j in range(len(codes)):
        a, b = joined.slopes[j], member.slopes[j]
        if a is not None and b is not None and a != b:
            unit = min(u for u, _ in set(a.items()) ^ set(b.items()))
            return NotStacks(unit, "is no affine function of a stack's rest")
    units = set(joined.base) | set(member.base)
    return NotStacks(min(units), "is no affine function of the stacks' rests")
