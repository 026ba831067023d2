"""The semiring laws by name, for every semiring."""

import copy
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from automata_rnn import (
    BOOLEAN,
    COMPLEX,
    INTEGER,
    LOG,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Semiring,
    galois_field,
    integers_mod,
    semiring_named,
)
from automata_rnn.semiring import to_rational
from tests.strategies import SEMIRINGS, arrays, elements
from translations.contract import agree

every_semiring = pytest.mark.parametrize("semiring", SEMIRINGS, ids=str)
Law = Callable[[Semiring, Any, Any, Any], tuple[Any, Any]]

LAWS: dict[str, Law] = {
    "plus is associative": lambda s, a, b, c: (
        s.plus(s.plus(a, b), c),
        s.plus(a, s.plus(b, c)),
    ),
    "plus is commutative": lambda s, a, b, c: (s.plus(a, b), s.plus(b, a)),
    "zero is neutral for plus": lambda s, a, b, c: (s.plus(a, one_of(s, s.zero)), a),
    "times is associative": lambda s, a, b, c: (
        s.times(s.times(a, b), c),
        s.times(a, s.times(b, c)),
    ),
    "one is neutral on the left": lambda s, a, b, c: (s.times(one_of(s, s.one), a), a),
    "one is neutral on the right": lambda s, a, b, c: (s.times(a, one_of(s, s.one)), a),
    "zero annihilates": lambda s, a, b, c: (
        s.times(a, one_of(s, s.zero)),
        one_of(s, s.zero),
    ),
    "times distributes on the left": lambda s, a, b, c: (
        s.times(a, s.plus(b, c)),
        s.plus(s.times(a, b), s.times(a, c)),
    ),
    "times distributes on the right": lambda s, a, b, c: (
        s.times(s.plus(a, b), c),
        s.plus(s.times(a, c), s.times(b, c)),
    ),
}


def one_of(semiring: Semiring, value: Any) -> Any:
    return semiring.array([value])


def tolerance(semiring: Semiring) -> float:
    return 0.0 if semiring.exact or semiring is MAX_PLUS else 1e-12


@every_semiring
@pytest.mark.parametrize("law", LAWS, ids=str)
@given(data=st.data())
def test_law(semiring: Semiring, law: str, data: st.DataObject) -> None:
    a, b, c = (data.draw(arrays(semiring, (1,))) for _ in range(3))
    left, right = LAWS[law](semiring, a, b, c)
    assert agree(left, right, tolerance(semiring))


@every_semiring
@given(data=st.data())
def test_sum_folds_plus(semiring: Semiring, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 5))
    array = data.draw(arrays(semiring, (2, n)))
    folded = semiring.array([semiring.zero, semiring.zero])
    for column in range(n):
        folded = semiring.plus(folded, array[:, column])
    assert agree(semiring.sum(array, -1), folded, tolerance(semiring))
    assert agree(semiring.sum(array.T, 0), folded, tolerance(semiring))


@every_semiring
@given(data=st.data())
def test_matmul_is_the_sum_of_products(semiring: Semiring, data: st.DataObject) -> None:
    i, j, k = (data.draw(st.integers(0, 3)) for _ in range(3))
    a = data.draw(arrays(semiring, (2, i, j)))
    b = data.draw(arrays(semiring, (2, j, k)))
    product = semiring.matmul(a, b)
    assert product.shape == (2, i, k)
    assert product.dtype == a.dtype
    for batch in range(2):
        for row in range(i):
            for column in range(k):
                total = one_of(semiring, semiring.zero)
                for inner in range(j):
                    term = semiring.times(
                        a[batch, row, inner : inner + 1],
                        b[batch, inner, column : column + 1],
                    )
                    total = semiring.plus(total, term)
                found = product[batch, row, column]
                assert agree(found, total[0], tolerance(semiring))


@every_semiring
def test_eye_is_neutral_and_zeros_are_zero(semiring: Semiring) -> None:
    like = semiring.array([[semiring.one, semiring.zero]])
    assert agree(semiring.matmul(like, semiring.eye(2, like)), like)
    assert np.all(semiring.is_zero(semiring.zeros((2, 3), like)))
    assert not np.any(semiring.is_zero(semiring.array([semiring.one])))


@every_semiring
def test_a_semiring_is_found_by_name_and_stays_one_object(semiring: Semiring) -> None:
    assert semiring_named(semiring.name) is semiring
    assert pickle.loads(pickle.dumps(semiring)) is semiring
    assert copy.deepcopy(semiring) is semiring


@every_semiring
@given(data=st.data())
def test_arrays_are_read_only_copies(semiring: Semiring, data: st.DataObject) -> None:
    source = np.array([data.draw(elements(semiring))], dtype=object)
    array = semiring.array(source)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = semiring.zero


@pytest.mark.parametrize(
    ("semiring", "value", "message"),
    [
        (REAL, [np.nan], "not finite"),
        (REAL, [1j], "complex"),
        (REAL, [2**53 + 1], "float64 does not hold"),
        (COMPLEX, [np.inf], "not finite"),
        (BOOLEAN, [2], "other than 0, 1"),
        (MAX_PLUS, [np.inf], "only infinity is -inf"),
        (LOG, [np.nan], "nan"),
        (RATIONAL, [np.inf], "not a rational"),
        (RATIONAL, [1j], "not a rational"),
        (INTEGER, [0.5], "not an integer"),
        (integers_mod(7), [7], "not among 0, …, 6"),
        (integers_mod(7), [-1], "not among 0, …, 6"),
        (galois_field(8), [8], "not among 0, …, 7"),
    ],
)
def test_what_is_not_an_element_is_refused(
    semiring: Semiring, value: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        semiring.array(value, "weights")
    assert str(caught.value).startswith("weights: wanted elements of the")


@pytest.mark.parametrize("make", [integers_mod, galois_field])
@pytest.mark.parametrize("size", [-3, 0, 1])
def test_too_small_rings_are_refused(make: Any, size: int) -> None:
    with pytest.raises(ValueError, match="wanted"):
        make(size)


@pytest.mark.parametrize("order", [6, 12, 2**31 + 11])
def test_fields_have_prime_power_order(order: int) -> None:
    with pytest.raises(ValueError, match="prime power"):
        galois_field(order)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="integers-mod-M"):
        semiring_named("no such")


@given(
    st.integers(2, 2**62),
    st.lists(st.integers(0), min_size=8, max_size=8),
)
def test_modular_products_never_wrap(m: int, values: list[int]) -> None:
    """Against Python's integers, for moduli on each side of every dtype's limit."""
    ring = integers_mod(m)
    a, b = (
        np.array(v, dtype=object).reshape(2, 2) % m for v in (values[:4], values[4:])
    )
    product = ring.matmul(ring.array(a), ring.array(b))
    assert product.tolist() == ((a @ b) % m).tolist()


@pytest.mark.parametrize("m", [2**26, 2**26 + 1, 2**31, 2**31 + 1, 2**32, 2**61 - 1])
def test_largest_elements_never_wrap(m: int) -> None:
    ring = integers_mod(m)
    matrix = ring.array(np.full((5, 5), m - 1, dtype=object))
    assert ring.matmul(matrix, matrix).tolist() == [[5 % m] * 5] * 5
    assert ring.times(matrix, matrix)[0, 0] == 1
    assert ring.plus(matrix, matrix)[0, 0] == m - 2


@given(
    st.fractions() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
def test_to_rational_is_the_same_number(value: Any) -> None:
    rational = to_rational(value)
    assert isinstance(rational, fmpq)
    assert Fraction(int(rational.p), int(rational.q)) == Fraction(value)
