"""Long exact runs of ReLU networks whose few large numbers do not steer them.

Between two ReLUs a network is affine. So a hidden state is held as a *mode*, an affine
form for each unit that is not zero, in a few *atoms*, exact rationals of any size:

    h_i = c_i + Σ_j a_ij X_j   with small c and a.

A step of a mode is worked out once: which pre-activations depend on atoms, and for
each pattern of their signs the next mode and the next atoms, affine in the old. Then a
step costs one evaluation of those forms in float64 with an error bound (exactly where
it does not decide), one look-up, and one pass over the digits of each atom. Large terms
that cancel, as in the step functions that read a stack's top, cancel in the forms.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from flint import fmpq, fmpz

from automata_rnn.rnns.relu import Layers
from automata_rnn.semiring import Array

Form: TypeAlias = tuple[fmpq, ...]  # the constant, then a coefficient for each atom
Mode: TypeAlias = tuple[tuple[int, Form], ...]  # units that are not zero, in order
Atom: TypeAlias = tuple[fmpz, fmpz]  # numerator and denominator, not always reduced

SMALL = 8  # larger constants and fractions become atoms, so that modes recur
MAX_MODES = 20_000  # a cache beyond this is emptied
ERROR = 2.0**-44


@dataclass(eq=False)
class _Node:
    """A layer of a step: what its signs depend on, and what follows from them.

    tests are the distinct forms of pre-activations that depend on atoms; `matrix` is
    their float64 image. `units` has for each unit its form, and the test of its sign.
    """

    depth: int
    tests: list[Form]
    matrix: Any
    units: list[tuple[int, Form, int]]
    children: dict[bytes, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Leaf:
    """The end of a step: the next mode, and its atoms as forms in the old ones.

    varying: the distinct forms of the mode that depend on atoms; `matrix` is their
    float64 image.
    """

    mode: Mode
    atoms: tuple[Form, ...]
    varying: list[Form]
    matrix: Any


class SymbolicRun:
    """A network's modes, found as they are met; `advance` does one step of a state."""

    def __init__(self, layers: Layers) -> None:
        self._rows = [_rows(matrix) for matrix, _ in layers]
        self._biases = [
            [_entries(row) for row in (bias if depth == 0 else bias[None])]
            for depth, (_, bias) in enumerate(layers)
        ]
        self._steps: dict[tuple[Mode, int], _Node] = {}

    def advance(
        self, mode: Mode, atoms: list[Atom], code: int
    ) -> tuple[Mode, list[Atom]]:
        """The state after a symbol."""
        node: Any = self._steps.get((mode, code))
        if node is None:
            if len(self._steps) >= MAX_MODES:
                self._steps.clear()
            node = self._node(mode, 0, code, 1 + len(atoms))
            self._steps[mode, code] = node
        point = np.array([1.0, *map(_approximate, atoms)])
        while isinstance(node, _Node):
            signs = _signs(node, point, atoms)
            key = signs.tobytes()
            if key not in node.children:
                node.children[key] = self._follow(node, signs)
            node = node.children[key]
        return _settle(node, [_move(form, atoms) for form in node.atoms])

    def _node(self, units: Mode, depth: int, code: int, width: int) -> _Node:
        """A layer on the active units, whose forms have `width` coefficients."""
        sums: dict[int, list[fmpq]] = {}
        for j, value in self._biases[depth][code]:
            sums.setdefault(j, [fmpq(0)] * width)[0] += value
        for i, form in units:
            for j, weight in self._rows[depth][i]:
                total = sums.setdefault(j, [fmpq(0)] * width)
                for p, part in enumerate(form):
                    if part:
                        total[p] += weight * part
        tests: dict[Form, int] = {}
        found = []
        for j, total in sorted(sums.items()):
            form = tuple(total)
            if any(form[1:]):
                found.append((j, form, tests.setdefault(_scaled(form), len(tests))))
            elif form[0] > 0:
                found.append((j, form, -1))
        return _Node(depth, [*tests], _in_floats([*tests], width), found)

    def _follow(self, node: _Node, signs: Any) -> _Node | _Leaf:
        kept = tuple((j, form) for j, form, t in node.units if t < 0 or signs[t])
        if node.depth + 1 < len(self._rows):
            return self._node(kept, node.depth + 1, 0, node.matrix.shape[1])
        return _rebase(kept)


def _rows(matrix: Any) -> list[list[tuple[int, fmpq]]]:
    rows: list[list[tuple[int, fmpq]]] = [[] for _ in range(matrix.shape[0])]
    for i, j, v in zip(matrix.rows, matrix.columns, matrix.values, strict=True):
        rows[i].append((int(j), fmpq(v)))
    return rows


def _entries(row: Array) -> list[tuple[int, fmpq]]:
    return [(int(j), fmpq(row[j])) for j in np.flatnonzero(row)]


def _scaled(form: Form) -> Form:
    """The form over the size of its first coefficient: the same sign everywhere."""
    size = abs(next(v for v in form[1:] if v))
    return tuple(v / size for v in form)


def _in_floats(forms: list[Form], width: int) -> Any:
    rows = [[int(v.p) / int(v.q) for v in form] for form in forms]
    return np.array(rows, float).reshape(-1, width)


def _approximate(atom: Atom) -> float:
    """N / D to about 60 bits, whatever their size."""
    top, bottom = atom
    down = max(0, top.bit_length() - 64), max(0, bottom.bit_length() - 64)
    ratio = int(top >> down[0]) / int(bottom >> down[1])
    return float(np.ldexp(ratio, down[0] - down[1]))


def _signs(node: _Node, point: Any, atoms: list[Atom]) -> Any:
    """Which tests are positive."""
    values = node.matrix @ point
    margins = np.abs(node.matrix) @ np.abs(point) * ERROR
    positive = values > 0
    for t in np.flatnonzero(~(np.abs(values) > margins)):
        positive[t] = value_of(node.tests[t], atoms) > 0
    return positive


def value_of(form: Form, atoms: list[Atom]) -> fmpq:
    """The exact value of a form."""
    terms = (a * fmpq(*x) for a, x in zip(form[1:], atoms, strict=True) if a)
    return sum(terms, form[0])


def _move(form: Form, atoms: list[Atom]) -> Atom:
    """The atom that a form of the old ones makes; one pass where it is of one atom."""
    used = [j for j, a in enumerate(form[1:]) if a]
    if len(used) != 1:
        value = value_of(form, atoms)
        return value.p, value.q
    (j,) = used
    factor, constant = form[1 + j], form[0]
    top, bottom = atoms[j]
    common = factor.p.gcd(bottom)
    top, bottom = top * (factor.p // common), (bottom // common) * factor.q
    if constant:
        scale, rest = divmod(bottom, constant.q)
        if rest:
            scale, top, bottom = bottom, top * constant.q, bottom * constant.q
        top += constant.p * scale
    return top, bottom


def _rebase(units: Mode) -> _Leaf:
    """New atoms, each the value of a unit, chosen so that coefficients stay small."""
    forms = [list(form) for _, form in units]
    width = len(forms[0]) if forms else 1
    old = {i: tuple(form) for i, form in enumerate(forms)}
    pivots: list[tuple[int, int]] = []  # column, row
    for _ in range(1, width):
        taken = {column for column, _ in pivots}
        options = [
            (sum(map(bool, f[1:])), abs(f[c]), i, c)
            for i, f in enumerate(forms)
            for c in range(1, width)
            if c not in taken and f[c] and i not in (r for _, r in pivots)
        ]
        if not options:
            break
        _, _, i, c = min(options)
        _eliminate(forms, i, c)
        pivots.append((c, i))
    columns = [c for c, _ in pivots]
    mode = [
        (unit, (form[0], *(form[c] for c in columns)))
        for (unit, _), form in zip(units, forms, strict=True)
    ]
    atoms = [old[i] for _, i in pivots]
    settled, made = _large_constants(mode, atoms, width)
    varying = list(dict.fromkeys(form for _, form in settled if any(form[1:])))
    return _Leaf(settled, made, varying, _in_floats(varying, 1 + len(made)))


def _eliminate(forms: list[list[fmpq]], i: int, c: int) -> None:
    """Change basis so that column c stands for the value of row i."""
    pivot = forms[i][:]
    for form in forms:
        share = form[c] / pivot[c]
        if share:
            for p, part in enumerate(pivot):
                form[p] = share if p == c else form[p] - share * part


def _large_constants(
    mode: Iterable[tuple[int, Form]], atoms: list[Form], width: int
) -> tuple[Mode, tuple[Form, ...]]:
    """Constants that are not small integers become atoms of their own."""
    listed = list(mode)
    large = [u for u, f in listed if not any(f[1:]) and not _is_small(f[0])]
    units = []
    for unit, form in listed:
        extra = [fmpq(int(unit == other)) for other in large]
        constant = fmpq(0) if unit in large else form[0]
        units.append((unit, (constant, *form[1:], *extra)))
    zeros = (fmpq(0),) * (width - 1)
    made = [(form[0], *zeros) for unit, form in listed if unit in large]
    return tuple(units), (*atoms, *made)


def _is_small(value: fmpq) -> bool:
    return bool(value.q == 1 and abs(value.p) <= SMALL)


def _settle(leaf: _Leaf, atoms: list[Atom]) -> tuple[Mode, list[Atom]]:
    """The mode and its atoms; forms that are small integers now become constants.

    Such are the units that a step function of a code set to 0 or 1: held by an atom
    they would make a new mode of every code.
    """
    point = np.array([1.0, *map(_approximate, atoms)])
    values = leaf.matrix @ point
    whole = np.rint(values)
    near = np.abs(values - whole) <= np.abs(leaf.matrix) @ np.abs(point) * ERROR
    constants = {
        leaf.varying[i]: fmpq(int(whole[i]))
        for i in np.flatnonzero(near & (np.abs(whole) <= SMALL))
        if _equals(leaf.varying[i], atoms, int(whole[i]))
    }
    if not constants:
        return leaf.mode, atoms
    zeros = (fmpq(0),) * len(atoms)
    units = (
        (unit, (constants[form], *zeros) if form in constants else form)
        for unit, form in leaf.mode
    )
    fewer = _rebase(tuple((unit, form) for unit, form in units if any(form)))
    return fewer.mode, [_move(form, atoms) for form in fewer.atoms]


def _equals(form: Form, atoms: list[Atom], value: int) -> bool:
    """Whether a form that depends on atoms has this value; reduces no fraction."""
    used = [(a, atom) for a, atom in zip(form[1:], atoms, strict=True) if a]
    if len(used) > 1:
        return bool(value_of(form, atoms) == value)
    ((factor, (top, bottom)),) = used
    wanted = (value - form[0]) / factor
    return bool(top * wanted.q == bottom * wanted.p)


def start(state: Array) -> tuple[Mode, list[Atom]]:
    """A hidden state as a mode and atoms."""
    units = tuple((int(i), (fmpq(state[i]),)) for i in np.flatnonzero(state))
    leaf = _rebase(units)
    return leaf.mode, [_move(form, []) for form in leaf.atoms]
