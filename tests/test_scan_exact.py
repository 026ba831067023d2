"""Exact products, and signs by certified floats, equal those of fractions."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from automata_rnn.scan import exact, matrices, prefix_products
from automata_rnn.scan.exact import exact_product, exact_signs
from automata_rnn.scan.exact_integers import balanced, product_of_powers, to_integers
from automata_rnn.scan.exact_rows import KEPT, float_matrices, float_row
from automata_rnn.semiring import INTEGER, RATIONAL, to_rational

LENGTHS = (*range(10), 31, 32, 33, 100)


def objects(values, shape):
    result = np.empty(shape, object)
    result.ravel()[:] = values
    return result


def random_fractions(shape, seed=0):
    rng = np.random.default_rng(seed)
    tops, bottoms = rng.integers(-5, 6, shape), rng.integers(1, 7, shape)
    pairs = zip(tops.ravel().tolist(), bottoms.ravel().tolist(), strict=True)
    return objects([Fraction(p, q) for p, q in pairs], shape)


def slow_signs(initial, elements, final):
    """By one row of Fractions after the other."""
    row, weights = (
        [Fraction(x) for x in np.asarray(v).tolist()] for v in (initial, final)
    )
    signs = []
    for t in range(len(elements) + 1):
        value = sum((x * y for x, y in zip(row, weights, strict=True)), Fraction(0))
        signs.append((value > 0) - (value < 0))
        if t < len(elements):
            columns = zip(*elements[t].tolist(), strict=True)
            row = [
                sum((x * Fraction(y) for x, y in zip(row, c, strict=True)), Fraction(0))
                for c in columns
            ]
    return signs


def check_signs(initial, elements, final, codes=None):
    steps = elements if codes is None else elements[codes]
    got = exact_signs(initial, elements, final, codes=codes)
    assert got.signs.dtype == np.int8
    assert got.signs.tolist() == slow_signs(initial, steps, final)
    return got.fell_back


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_products_of_integers(n):
    rng = np.random.default_rng(n)
    for length in LENGTHS:
        for dtype, low in ((np.int8, -1), (np.int64, -3), (bool, 0), (object, -2)):
            elements = rng.integers(low, 2, (length, n, n)).astype(dtype)
            ints = elements.astype(int).astype(object)
            wanted = prefix_products(
                ints, matrices(INTEGER), reduce=True, method="sequential"
            )
            got = exact_product(elements)
            assert got.dtype == object
            assert all(type(x) is int for x in got.ravel())
            np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_products_of_rationals(n):
    for length in LENGTHS:
        fractions = random_fractions((length, n, n))
        rationals = RATIONAL.array(fractions)
        wanted = prefix_products(
            rationals, matrices(RATIONAL), reduce=True, method="sequential"
        )
        for elements in (fractions, rationals):
            got = exact_product(elements)
            np.testing.assert_array_equal(got, wanted)
            if length:
                assert all(isinstance(x, fmpq) for x in got.ravel())


def test_products_of_letters():
    table = random_fractions((3, 2, 2))
    for length in LENGTHS:
        codes = np.random.default_rng(length).integers(0, 3, length, np.uint8)
        wanted = exact_product(table[codes])
        np.testing.assert_array_equal(exact_product(table, codes=codes), wanted)


def test_entries_of_every_kind():
    """Small, beyond int64, floats with tiny exponents, integral fractions."""
    huge = objects([2**70, -1, 0, 3], (1, 2, 2))
    np.testing.assert_array_equal(
        exact_product(huge.repeat(3, 0)), huge[0] @ huge[0] @ huge[0]
    )
    limits = np.full((40, 1, 1), np.iinfo(np.int64).min)
    assert exact_product(limits)[0, 0] == (-(2**63)) ** 40
    unsigned = np.full((3, 1, 1), 2**64 - 1, np.uint64)
    assert exact_product(unsigned)[0, 0] == (2**64 - 1) ** 3
    tenth = np.full((5, 1, 1), 0.1)
    got = exact_product(tenth)[0, 0]
    assert (got.p, got.q) == (Fraction(0.1) ** 5).as_integer_ratio()
    whole = exact_product(objects([Fraction(4, 2)], (1, 1, 1)))
    assert isinstance(whole[0, 0], fmpq)
    assert whole[0, 0] == 2


def test_lists_of_large_integers():
    """NumPy alone would make floats of these lists."""
    big = [2**63 + 1, -1]
    assert exact_product([[[2**63 + 1]], [[-1]]])[0, 0] == -(2**63) - 1
    identity = np.eye(2, dtype=int)[None]
    assert exact_signs(big, identity, [1, 2**63]).signs.tolist() == [1, 1]


def test_elements_laid_out_in_other_ways():
    elements = np.random.default_rng(0).integers(-2, 3, (40, 3, 3))
    frozen = elements.copy()
    frozen.flags.writeable = False
    vector = np.arange(-2, 4)[::2]
    for same in (frozen, elements[::2], elements[::-1], elements.transpose(0, 2, 1)):
        exactly = same.astype(object)
        wanted = prefix_products(
            exactly, matrices(INTEGER), reduce=True, method="sequential"
        )
        np.testing.assert_array_equal(exact_product(same), wanted)
        check_signs(vector, same, vector)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_signs_of_random_words(n):
    rng = np.random.default_rng(n)
    for length in (*LENGTHS, 300):
        elements = rng.integers(-1, 2, (length, n, n))
        initial, final = rng.integers(-3, 4, (2, n))
        check_signs(initial, elements, final)
    table = random_fractions((4, n, n))
    for length in LENGTHS:
        codes = rng.integers(0, 4, length)
        check_signs(random_fractions((n,), 1), table, random_fractions((n,), 2), codes)


SMALL = st.fractions(-3, 3, max_denominator=5)
EXTREME = st.one_of(
    SMALL,
    st.integers(-3, 3),
    st.sampled_from([2**53, 2**53 + 1, -(2**63), 2**64 + 1, 10**40, -(10**400)]),
    st.sampled_from([Fraction(1, 10**40), Fraction(-1, 10**400), Fraction(1, 3**700)]),
)


@st.composite
def words(draw, entries):
    n, letters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    vector = arrays(object, (n,), elements=entries)
    table = draw(arrays(object, (letters, n, n), elements=entries))
    codes = draw(st.lists(st.integers(0, letters - 1), max_size=60))
    return draw(vector), table, draw(vector), np.array(codes, int)


@settings(max_examples=150, deadline=None)
@given(words(st.integers(-2, 2)))
def test_signs_equal_those_of_integers(word):
    check_signs(*word)


@settings(max_examples=150, deadline=None)
@given(words(EXTREME))
def test_signs_equal_those_of_fractions(word):
    check_signs(*word)


@st.composite
def near_zeros(draw):
    """A word, its inverse, and a last column that makes the end 0 or ±ε."""
    n = draw(st.integers(2, 3))
    steps = []
    for _ in range(draw(st.integers(1, 60))):  # elementary matrices
        i, j = draw(st.permutations(range(n)))[:2]
        step = np.eye(n, dtype=object).astype(int).astype(object)
        step[i, j] = draw(st.sampled_from([-7, -2, -1, 1, 3, 2**40, 2**70]))
        steps.append(step)
    inverse = [2 * np.eye(n, dtype=int).astype(object) - s for s in reversed(steps)]
    initial = objects(draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n)), (n,))
    final = objects([initial[1], -initial[0], 0][:n], (n,))
    final[0] += draw(st.sampled_from([0, 0, Fraction(1, 10**50), Fraction(-1, 2**99)]))
    return initial, np.array([*steps, *inverse]), final


@settings(max_examples=100, deadline=None)
@given(near_zeros())
def test_signs_of_values_that_are_almost_zero(word):
    """States grow to 2⁷⁰ and far beyond, and come back to where they started."""
    check_signs(*word)


def test_one_unit_beyond_what_floats_hold():
    """2⁵³ + 1 rounds to 2⁵³: floats alone would call these values 0."""
    for size in (52, 53, 54, 63, 64, 200, 400, 1100):
        for offset in (-1, 0, 1):
            initial = [2**size + offset, 1]
            final = objects([1, -(2**size)], (2,))
            identity = np.eye(2, dtype=int)[None].repeat(3, 0)
            signs = exact_signs(objects(initial, (2,)), identity, final).signs
            assert signs.tolist() == [offset] * 4


def test_rounding_on_the_way_to_a_value_of_one():
    """In floats each of these values is 0: of the matrix, of the last vector, and of
    their product, some entry or sum does not fit."""
    wide = np.array([[[2**53 + 1, 0], [2**53, 1]]])
    assert exact_signs([1, -1], wide, [1, 0]).signs.tolist() == [1, 1]
    final = [2**53 + 1, -(2**53)]
    identity = np.eye(3, dtype=int)[None]
    assert exact_signs([1, 1], identity[:, :2, :2], final).signs.tolist() == [1, 1]
    row, column = [2**53 - 1, 2**52, 1], [3, -6, 4]
    assert exact_signs(row, identity, column).signs.tolist() == [1, 1]


def test_range_far_beyond_that_of_floats():
    """Values from 10⁻⁴⁰⁰⁰ to 10⁴⁰⁰⁰, without long integers: scaling suffices."""
    steps = objects([10, 0, 0, 11], (1, 2, 2))
    small = objects([Fraction(1, 10), 0, 0, Fraction(1, 11)], (1, 2, 2))
    codes = np.repeat([0, 1, 1, 0], 4000)
    table = np.concatenate([steps, small])
    got = exact_signs([1, 1], table, [-1, 2], codes=codes)
    powers = np.concatenate([[0], np.cumsum(1 - 2 * codes)])
    assert got.fell_back == 0
    np.testing.assert_array_equal(got.signs, np.where(powers > -7.5, 1, -1))


def test_counting_never_falls_back():
    """While numbers are integers below 2⁵³ even zeros are settled."""
    count = np.array([[[1, 1], [0, 1]], [[1, -1], [0, 1]]])
    codes = np.tile(np.repeat([0, 1], 50), 20)
    assert check_signs([1, 0], count, [0, 1], codes) == 0


def test_growth_falls_back_only_now_and_then():
    """Random signs cancel, so bounds double with each step or so, values less often."""
    elements = np.random.default_rng(0).integers(-1, 2, (4000, 3, 3))
    elements = elements[np.linalg.det(elements).round() != 0]
    fell_back = check_signs([1, 2, 3], elements, [1, 1, -1])
    assert 0 < fell_back < len(elements) // 10


def test_positive_words_never_fall_back():
    elements = np.random.default_rng(0).integers(1, 9, (3000, 3, 3))
    assert exact_signs([1, 1, 1], elements, [1, 1, 1]).fell_back == 0


def test_zeros_of_long_integers_always_fall_back():
    """All but the first two, which are still sums of integers below 2⁵³."""
    elements = np.full((50, 2, 2), 3**30)
    assert check_signs([1, 1], elements, [1, -1]) == 49


def nearest_power(ratio):
    """The power of two, at least 1, that is within a fourth of a ratio."""
    return 2 ** (round(ratio * 5 / 4).bit_length() - 1)


def test_radii_hold_the_rows():
    """Rows of every length, against rationals."""
    rng = np.random.default_rng(0)
    for bits in (1, 52, 53, 54, KEPT - 1, KEPT, KEPT + 1, 5000):
        values = [int(rng.integers(-9, 9)) * 3 ** (k * 5 // 8) for k in (1, 20, bits)]
        values += [2**bits, -(2**bits) + 1, 1, 0]
        row = exact.to_flint(objects(values, (1, len(values))))
        floats, radii, whole = float_row(row)
        biggest = max(range(len(values)), key=lambda k: abs(values[k]))
        ratio = Fraction(values[biggest]) / Fraction(floats[biggest])
        power = nearest_power(ratio)
        for x, h, r in zip(values, floats, radii, strict=True):
            assert abs(Fraction(h) - Fraction(x, power)) <= Fraction(r)
            assert abs(h) <= 2.0**53
            assert not whole or (r == 0 and h == x)


def test_floats_of_matrices():
    for value in (5, 2**52 + 1, 2**60 + 1, -(2**63), 2**64 + 1, 3**2000):
        numerators = to_integers(objects([value, 1], (1, 1, 2))).numerators
        floats, whole = float_matrices(numerators)
        shift = Fraction(value) / Fraction(floats[0, 0, 0])
        power = nearest_power(shift)
        error = abs(Fraction(floats[0, 0, 0]) - Fraction(value, power))
        assert error <= abs(Fraction(floats[0, 0, 0])) / 2**53
        assert abs(floats).max() <= 2.0**53
        assert whole == (abs(value) < 2**53)


def test_helpers():
    assert product_of_powers([6, 1, 6, 35]) == 36 * 35
    assert product_of_powers([]) == 1
    assert balanced(["a", "b", "c"][:1]) == "a"
    rationals = to_integers(objects([Fraction(1, 6), Fraction(3, 4)], (1, 2)))
    assert rationals.numerators.tolist() == [[2, 9]]
    assert rationals.numerators.dtype == np.int8
    assert rationals.denominators == [12]
    assert to_integers(objects([to_rational(3)], (1, 1))).rational


def test_errors():
    ones = np.ones((4, 2, 2), int)
    for wrong in (ones[0], ones[:, :1], np.ones((3, 0, 0), int)):
        with pytest.raises(ValueError, match="elements: wanted shape"):
            exact_product(wrong)
    for wrong in ([0, 4], [-1]):
        with pytest.raises(ValueError, match="codes: wanted 0 to 3"):
            exact_product(ones, codes=wrong)
    with pytest.raises(TypeError, match="codes: wanted integers"):
        exact_signs([1, 1], ones, [1, 1], codes=[0.0])
    with pytest.raises(ValueError, match="codes: wanted shape"):
        exact_product(ones, codes=[[0]])
    for name, initial, final in (("initial", [1], [1, 1]), ("final", [1, 1], [[1, 1]])):
        with pytest.raises(ValueError, match=f"{name}: wanted shape"):
            exact_signs(initial, ones, final)
    with pytest.raises(ValueError, match="not a rational number"):
        exact_product(np.full((1, 1, 1), np.nan))
    with pytest.raises(TypeError, match="not a rational number"):
        exact_product(np.full((1, 1, 1), 1j))
