"""Networks by named units: a layer says what each unit is of named quantities.

A form is a linear combination of names, with `ONE` for the constant and `Reads(σ)` for
1 where the symbol with code σ is read. Quantities ("the state is q", "counter i") are
forms over units, units are ReLU of forms over quantities, and `layer` multiplies the
two into weights. No construction computes an index.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from automata_rnn.rnns import SparseMatrix
from automata_rnn.semiring import REAL, Array, Semiring

Form: TypeAlias = Mapping[Hashable, int | Fraction]
Forms: TypeAlias = Mapping[Hashable, Form]


@dataclass(frozen=True)
class Reads:
    """The quantity that is 1 where the symbol with this code is read, else 0."""

    code: int


ONE = "one"


def combine(*terms: tuple[int | Fraction, Form]) -> Form:
    """Σ scale · form."""
    total: dict[Hashable, int | Fraction] = {}
    for scale, form in terms:
        for name, weight in form.items():
            total[name] = total.get(name, 0) + scale * weight
    return {name: weight for name, weight in total.items() if weight}


@dataclass(frozen=True, eq=False)
class _Scaled:
    """Forms as the columns of an integer matrix over one denominator."""

    matrix: npt.NDArray[np.int64]
    denominator: int


def _columns(forms: Forms, names: Sequence[Hashable]) -> _Scaled:
    position = {name: i for i, name in enumerate(names)}
    entries = [
        (position[name], column, Fraction(weight))
        for column, form in enumerate(forms.values())
        for name, weight in form.items()
    ]
    denominator = lcm(*(weight.denominator for _, _, weight in entries))
    matrix = np.zeros((len(names), len(forms)), np.int64)
    for row, column, weight in entries:
        matrix[row, column] = int(weight * denominator)
    return _Scaled(matrix, denominator)


class Weights(NamedTuple):
    """A layer's matrix, and its bias by symbol code, (num_codes, units)."""

    matrix: SparseMatrix
    bias: Array


def layer(
    semiring: Semiring,
    inputs: Sequence[Hashable],
    quantities: Forms,
    units: Forms,
    num_codes: int,
) -> Weights:
    """The weights of the layer whose unit u is ReLU(units[u]).

    Args:
        inputs: names of the units before, in order.
        quantities: forms over inputs and ONE.
        units: forms over inputs, quantities, ONE and Reads(code).

    Raises ValueError where a weight is not an element of the semiring.
    """
    own = [*inputs, ONE]
    below = _columns(quantities, own)
    symbols = [Reads(code) for code in range(num_codes)]
    above = _columns(units, [*own, *quantities, *symbols])
    direct, through, symbol_rows = np.split(
        above.matrix, np.cumsum([len(own), len(quantities)])
    )
    product = below.denominator * direct + _times(below.matrix, through)
    bias = product[-1] + below.denominator * symbol_rows
    denominator = below.denominator * above.denominator
    places = np.nonzero(product[:-1])
    values = _elements(semiring, product[:-1][places], denominator)
    shape = (len(inputs), len(units))
    matrix = SparseMatrix(shape, places[0], places[1], values)
    return Weights(matrix, _elements(semiring, bias, denominator))


def _times(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The integer product, by float64 where that is exact, which is far faster."""
    largest = int(np.abs(a).max(initial=0)) * int(np.abs(b).max(initial=0))
    if largest * max(1, a.shape[1]) < 2**53:
        exact: npt.NDArray[np.int64] = (a.astype(float) @ b.astype(float)).astype(int)
        return exact
    return a @ b


def _elements(
    semiring: Semiring, numerators: npt.NDArray[np.int64], denominator: int
) -> Array:
    distinct, inverse = np.unique(numerators, return_inverse=True)
    exact = [Fraction(int(n), denominator) for n in distinct]
    if semiring is REAL:
        floats = np.array([float(x) for x in exact])
        wrong = [x for x, f in zip(exact, floats, strict=True) if Fraction(f) != x]
        if wrong:
            raise ValueError(
                f"semiring: wanted one that holds the weight {wrong[0]}, such as "
                "RATIONAL, got REAL"
            )
        return floats[inverse].reshape(numerators.shape)
    elements = semiring.array(np.array(exact, dtype=object), "semiring")
    return elements[inverse].reshape(numerators.shape)


def vector(semiring: Semiring, names: Sequence[Hashable], form: Form) -> Array:
    """The values of `form` in the order of the names, zero where it has none."""
    unknown = set(form) - set(names)
    if unknown:
        raise ValueError(f"form: wanted names of units, got {unknown}")
    values = np.array([Fraction(form.get(name, 0)) for name in names], dtype=object)
    return semiring.array(values)


def reader(names: Sequence[Hashable], quantities: Forms) -> Callable[[Array], Any]:
    """What reads quantities off a hidden vector: h ↦ {quantity: value}, exactly.

    Only units that are not zero cost time; a quantity that is 0 may be absent.
    """
    by_unit: list[list[tuple[Hashable, int | Fraction]]] = [[] for _ in names]
    position = {name: i for i, name in enumerate(names)}
    for quantity, form in quantities.items():
        for name, weight in form.items():
            by_unit[position[name]].append((quantity, weight))

    def read(hidden: Array) -> dict[Hashable, Fraction]:
        total: dict[Hashable, Fraction] = {}
        for i in np.flatnonzero(hidden):
            value = to_fraction(hidden[i])
            for quantity, weight in by_unit[i]:
                total[quantity] = total.get(quantity, Fraction(0)) + value * weight
        return total

    return read


def to_fraction(value: Any) -> Fraction:
    """An element of RATIONAL, INTEGER or REAL as the rational number that it is."""
    if hasattr(value, "q"):
        return Fraction(int(value.p), int(value.q))
    return Fraction(value)
