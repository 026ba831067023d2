"""Kernels for integers, modulo m and of any length, equal the definition exactly."""

import numpy as np
import pytest
from flint import fmpz_mat

from automata_rnn.scan import matrices, prefix_products
from automata_rnn.scan.cpu import integers, modular, modular_lanes
from automata_rnn.scan.cpu.integers import leaf_products
from automata_rnn.scan.cpu.modular import has_kernel, prefix_modular
from automata_rnn.scan.exact import exact_product
from automata_rnn.semiring import INTEGER, integers_mod

MODULI = [2, 3, 4, 101, 65537, 2**30, 2**31 - 1, 2**31]
SIZES = [1, 2, 3, 4, 5, 8, 9, 12, 16, 24]


@pytest.fixture
def many_threads(monkeypatch):
    monkeypatch.setattr(modular, "SHARE", 1)
    monkeypatch.setattr(integers, "SHARE", 1)


def assert_equal(elements, m, reduce=False, **options):
    monoid = matrices(integers_mod(m))
    wanted = prefix_products(elements, monoid, reduce=reduce, method="sequential")
    got = prefix_modular(elements, m, reduce=reduce, **options)
    assert got.dtype == np.int64
    np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("m", MODULI)
@pytest.mark.parametrize("simd", ["avx512", "none"])
@pytest.mark.usefixtures("many_threads")
def test_every_length(m, n, simd, use_simd):
    use_simd(simd)
    rng = np.random.default_rng(n)
    short = modular_lanes.SHORTEST
    around = [k * short + d for k in (1, 2, 8) for d in (-1, 0, 1)]
    for length in (*range(10), *around, 300):
        elements = rng.integers(0, m, (length, n, n))
        for reduce in (False, True):
            assert_equal(elements, m, reduce, threads=3)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("m", [2, 2**31 - 1, 2**31])
@pytest.mark.parametrize("simd", ["avx512", "avx2", "none"])
def test_largest_entries(m, n, simd, use_simd):
    """Every sum of products is as large as it can be."""
    use_simd(simd)
    elements = np.full((40, n, n), m - 1)
    for reduce in (False, True):
        assert_equal(elements, m, reduce)


@pytest.mark.parametrize("n", [2, 3, 8, 9])
@pytest.mark.parametrize("m", [7, 2**31 - 1])
@pytest.mark.usefixtures("many_threads")
def test_batches(m, n):
    rng = np.random.default_rng(0)
    shapes = [(1, 70), (2, 33), (3, 1), (17, 5), (130, 4), (300, 2), (0, 5), (4, 0)]
    for shape in [*shapes, (2, 3, 40)]:
        elements = rng.integers(0, m, (*shape, n, n))
        for reduce in (False, True):
            assert_equal(elements, m, reduce)


def test_around_two_to_the_chains():
    for length in (2047, 2048, 2049, 4097):
        elements = np.random.default_rng(0).integers(0, 101, (length, 3, 3))
        for reduce in (False, True):
            assert_equal(elements, 101, reduce)


@pytest.mark.parametrize("n", [3, 16])
@pytest.mark.parametrize("simd", ["avx512", "avx2", "none"])
def test_elements_laid_out_in_other_ways(n, simd, use_simd):
    use_simd(simd)
    elements = np.random.default_rng(0).integers(0, 97, (60, n, n))
    frozen = elements.copy()
    frozen.flags.writeable = False
    for same in (frozen, elements[::2], elements[::-1], elements.transpose(0, 2, 1)):
        assert_equal(same, 97)
        assert_equal(same, 97, reduce=True)


def test_elements_outside_the_ring_are_refused():
    for wrong in (-1, 7):
        elements = np.ones((5, 2, 2), np.int64)
        elements[3, 1, 0] = wrong
        with pytest.raises(ValueError, match="among 0, …, 6"):
            prefix_modular(elements, 7)
    with pytest.raises(ValueError, match="wanted shape"):
        prefix_modular(np.ones((5, 2, 3), np.int64), 7)
    with pytest.raises(ValueError, match="threads: wanted"):
        prefix_modular(np.ones((5, 2, 2), np.int64), 7, threads=0)


def test_which_matrices_have_kernels():
    assert has_kernel(2**31, np.int64, 3)
    for other in ((2**31 + 1, np.int64, 3), (1, np.int64, 3), (7, np.int32, 3)):
        assert not has_kernel(*other)
    assert not has_kernel(7, np.int64, 0)
    assert prefix_modular(np.ones((5, 2, 2)), 7) is None


def flint_product(elements):
    size = elements.shape[1]
    product = fmpz_mat(size, size, np.eye(size, dtype=int).ravel().tolist())
    for element in elements:
        product = product * fmpz_mat(size, size, element.ravel().tolist())
    return [int(entry) for entry in product.entries()]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8])
@pytest.mark.usefixtures("many_threads")
def test_integer_products(n, dtype, monkeypatch):
    monkeypatch.setattr(integers, "SMALLEST_SEGMENT", 50)
    rng = np.random.default_rng(n)
    smallest = max(-3, int(np.iinfo(dtype).min))
    for length in (*range(10), 49, 50, 51, 99, 100, 101, 400):
        elements = rng.integers(smallest, 4, (length, n, n)).astype(dtype)
        got = exact_product(elements, threads=2)
        assert got.shape == (n, n)
        assert all(type(entry) is int for entry in got.ravel())
        assert list(got.ravel()) == flint_product(elements)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint32])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_extreme_entries_never_wrap(dtype, n):
    limits = np.iinfo(dtype)
    for extreme in (limits.min, limits.max):
        elements = np.full((30, n, n), extreme, dtype)
        assert list(exact_product(elements).ravel()) == flint_product(elements)
    mixed = np.random.default_rng(0).choice([limits.min, 0, 1, limits.max], (60, n, n))
    mixed = mixed.astype(dtype)
    assert list(exact_product(mixed).ravel()) == flint_product(mixed)


def test_bound_is_used_up_to_the_limit():
    """2⁶² is a leaf of 62 steps; a norm of 2⁶³ would not fit."""
    doubling = np.full((200, 1, 1), 2)
    leaves = leaf_products(doubling, 1)
    assert leaves.ravel().tolist() == [2**62, 2**62, 2**62, 2**14]
    assert exact_product(doubling)[0, 0] == 2**200


def test_integer_products_equal_the_definition():
    elements = np.random.default_rng(0).integers(-1, 2, (100, 3, 3))
    exact = elements.astype(object)
    wanted = prefix_products(exact, matrices(INTEGER), reduce=True, method="sequential")
    np.testing.assert_array_equal(exact_product(elements), wanted)


def test_integer_elements_laid_out_in_other_ways():
    elements = np.random.default_rng(0).integers(-2, 3, (60, 3, 3))
    frozen = elements.copy()
    frozen.flags.writeable = False
    signs = elements > 0
    for same in (
        frozen,
        elements[::2],
        elements.transpose(0, 2, 1),
        elements.astype(">i4"),
        signs,
    ):
        wanted = flint_product(same.astype(np.int64))
        assert list(exact_product(same).ravel()) == wanted


def test_integer_elements_that_are_refused():
    with pytest.raises(ValueError, match="wanted shape"):
        exact_product(np.ones((2, 5, 2, 2), int))
    with pytest.raises(TypeError, match="not a rational number"):
        exact_product(np.ones((5, 2, 2), complex))
