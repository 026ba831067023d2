"""Kernels for structured transitions equal one product after the other."""

from functools import partial

import numpy as np
import pytest

from automata_rnn.scan import (
    MAPS,
    affine,
    diagonal,
    matrices,
    one_hot_diagonal,
    prefix_products,
)
from automata_rnn.scan.cpu import rows, structured
from automata_rnn.scan.cpu.rows import prefix_rows
from automata_rnn.scan.cpu.structured import (
    prefix_diagonal,
    prefix_maps,
    prefix_one_hot,
)
from automata_rnn.semiring import COMPLEX, REAL, integers_mod, semiring_named

DTYPES = [np.float32, np.float64, np.complex64, np.complex128]
INDICES = [np.uint8, np.uint16, np.int32, np.int64]
MODULI = [2, 2**31 - 1, 2**31]
LENGTHS = (*range(10), 31, 64, 65)


@pytest.fixture
def many_threads(monkeypatch):
    """Short sequences are cut for many threads."""
    monkeypatch.setattr(structured, "SHARE", 1)
    monkeypatch.setattr(rows, "SHARE", 1)


def random_numbers(shape, dtype, seed=0):
    """Of absolute value at most 1, so that no product overflows."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(-1, 1, shape)
    if np.dtype(dtype).kind == "c":
        values = values * np.exp(2j * np.pi * rng.random(shape))
    return values.astype(dtype)


def random_index(shape, dtype=np.int64, seed=1):
    return np.random.default_rng(seed).integers(0, shape[-1], shape).astype(dtype)


def assert_same(got, wanted, error=0.0):
    """Components equal in shape, dtype and value, floats up to `error`."""
    got = got if isinstance(got, tuple) else (got,)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    for x, y in zip(got, wanted, strict=True):
        assert x.shape == y.shape
        assert x.dtype == y.dtype
        np.testing.assert_allclose(x, y, rtol=error, atol=error)


def check(kernel, elements, monoid, starts, error=0.0, **options):
    """Products, states and last ones against the definition."""
    bare = elements[0] if len(elements) == 1 else elements
    for initial in (None, *starts):
        for reduce in (False, True):
            scanned = {"initial": initial, "reduce": reduce}
            wanted = prefix_products(bare, monoid, method="sequential", **scanned)
            if initial is not None and wanted.dtype != elements[-1].dtype:
                wanted = wanted.astype(elements[-1].dtype)
            for threads in (1, 2, 3):
                got = kernel(*elements, threads=threads, **scanned, **options)
                assert_same(got, wanted, error)


def rounding(dtype):
    return 100 * float(np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [1, 3, 20])
@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.usefixtures("many_threads")
def test_diagonal(dtype, n, biased):
    semiring = COMPLEX if np.dtype(dtype).kind == "c" else REAL
    monoid = diagonal(semiring, bias=biased)
    for length in LENGTHS:
        elements = [random_numbers((length, n), dtype, s) for s in range(1 + biased)]
        start = random_numbers((n,), dtype, 5)
        check(prefix_diagonal, tuple(elements), monoid, [start], rounding(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [1, 3, 20])
@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.usefixtures("many_threads")
def test_one_hot(dtype, n, biased):
    semiring = COMPLEX if np.dtype(dtype).kind == "c" else REAL
    monoid = one_hot_diagonal(semiring, bias=biased)
    for length in LENGTHS:
        numbers = [random_numbers((length, n), dtype, s) for s in range(1 + biased)]
        start = random_numbers((n,), dtype, 5)
        kind = INDICES[length % 4] if dtype == np.float32 else np.int64
        elements = (random_index((length, n), kind), *numbers)
        check(prefix_one_hot, elements, monoid, [start], 10 * rounding(dtype))


@pytest.mark.parametrize("m", MODULI)
@pytest.mark.parametrize("n", [1, 20])
@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.usefixtures("many_threads")
def test_one_hot_modulo(m, n, biased):
    monoid = one_hot_diagonal(integers_mod(m), bias=biased)
    rng = np.random.default_rng(n)
    for length in LENGTHS[:12]:
        for low in (0, m - 1):  # with all entries m - 1, sums are largest
            numbers = rng.integers(low, m, (1 + biased, length, n))
            elements = (random_index((length, n)), *numbers)
            start = rng.integers(low, m, n)
            check(prefix_one_hot, elements, monoid, [start], modulus=m)


def test_products_just_below_a_multiple_of_the_modulus():
    """x y = k m - 1: a quotient that is rounded up would be one too large."""
    m = 2**31 - 1
    factors = np.random.default_rng(0).integers(2**30, m, 500)
    inverses = np.array([-pow(int(x), -1, m) % m for x in factors])
    scale = np.stack([factors, inverses])
    index = np.broadcast_to(np.arange(500), scale.shape)
    got = prefix_one_hot(index, scale, modulus=m, reduce=True)
    np.testing.assert_array_equal(got[1], np.full(500, m - 1))


@pytest.mark.parametrize("dtype", INDICES)
@pytest.mark.parametrize("n", [1, 3, 20])
@pytest.mark.usefixtures("many_threads")
def test_maps(dtype, n):
    for length in LENGTHS:
        maps = random_index((length, n), dtype)
        check(prefix_maps, (maps,), MAPS, [0, n - 1, np.int64(n // 2)])


def test_more_states_than_an_index_can_name():
    """Letters of a DFA may lead to few of its states."""
    maps = random_index((50, 200), np.uint8)
    wide = np.concatenate([maps, maps], axis=1)
    assert_same(prefix_maps(wide), prefix_products(wide, MAPS, method="sequential"))
    assert prefix_maps(wide, initial=399).dtype == np.uint8
    big = random_index((9, 3), ">i4")
    wanted = prefix_products(big, MAPS, method="sequential")
    assert_same(prefix_maps(big), wanted.astype(">i4"))


@pytest.mark.parametrize("batch", [(1,), (2,), (5,), (2, 3), (0,)])
@pytest.mark.usefixtures("many_threads")
def test_batches(batch):
    n, numbers = 4, random_numbers((2, *batch, 30, 4), np.float64)
    index = random_index((*batch, 30, n))
    starts = [random_numbers((n,), np.float64), random_numbers((*batch, n), np.float64)]
    error = rounding(np.float64)
    gates = tuple(numbers)
    check(prefix_diagonal, gates, diagonal(REAL, bias=True), starts, error)
    moves = (index, *numbers)
    check(prefix_one_hot, moves, one_hot_diagonal(REAL, bias=True), starts, error)
    check(prefix_maps, (index,), MAPS, [3, np.zeros(batch, int)])
    logs = random_numbers((*batch, 30, n, n), np.float64)
    check(
        partial(prefix_rows, "log"),
        (logs,),
        matrices(semiring_named("log")),
        starts,
        error,
    )


@pytest.mark.usefixtures("many_threads")
def test_elements_laid_out_in_other_ways():
    numbers, index = random_numbers((60, 5), np.float32), random_index((60, 5))
    frozen = numbers.copy()
    frozen.flags.writeable = False
    error = rounding(np.float32)
    for view in (np.s_[::2], np.s_[::-1], np.s_[5:50:3]):
        elements = (index[view], numbers[view])
        check(prefix_one_hot, elements, one_hot_diagonal(REAL), [], error)
        check(prefix_diagonal, (numbers[view],), diagonal(REAL), [], error)
        check(prefix_maps, (index[view],), MAPS, [2])
    for same in (frozen, np.asfortranarray(numbers), numbers.T.copy().T):
        check(prefix_diagonal, (same,), diagonal(REAL), [], error)


def test_one_thread_is_the_definition_to_the_bit():
    numbers, index = random_numbers((2, 300, 7), np.float32), random_index((300, 7))
    start = random_numbers((7,), np.float32, 3)
    for got, parts, monoid in (
        (prefix_diagonal, numbers, diagonal(REAL, bias=True)),
        (prefix_one_hot, (index, *numbers), one_hot_diagonal(REAL, bias=True)),
    ):
        for initial in (None, start):
            wanted = prefix_products(
                tuple(parts), monoid, initial=initial, method="sequential"
            )
            assert_same(got(*parts, initial=initial, threads=1), wanted)


def test_elements_are_left_alone():
    """Also the start, which kernels carry along in place."""
    numbers, start = random_numbers((40, 3), np.float64), np.ones(3)
    copy = numbers.copy()
    prefix_diagonal(numbers, initial=start, threads=2)
    np.testing.assert_array_equal(numbers, copy)
    np.testing.assert_array_equal(start, np.ones(3))


def test_large_dimension_and_default_threads():
    """Sizes at which work is shared out without being told to."""
    numbers, index = random_numbers((3000, 256), np.float32), random_index((3000, 256))
    error = rounding(np.float32)
    wanted = prefix_products((index, numbers), one_hot_diagonal(REAL), reduce=True)
    assert_same(prefix_one_hot(index, numbers, reduce=True), wanted, error)
    wanted = prefix_products(index, MAPS)
    assert_same(prefix_maps(index), wanted)


SEMIRINGS = [
    ("real", np.float32),
    ("real", np.complex128),
    ("max-plus", np.float32),
    ("min-plus", np.float64),
    ("log", np.float32),
    ("log", np.float64),
]


def random_matrices(semiring, shape, n, dtype):
    """Real rows have absolute sum 1; others are small integers, some of them zeros."""
    values = random_numbers((*shape, n, n), dtype)
    if semiring == "real":
        return values / np.abs(values).sum(axis=-1, keepdims=True)
    values = np.round(values * 9)
    values[random_numbers(values.shape, dtype, 8) < -0.4] = semiring_named(
        semiring
    ).zero
    return values


@pytest.mark.parametrize(("semiring", "dtype"), SEMIRINGS)
@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.usefixtures("many_threads")
def test_rows(semiring, dtype, n):
    kind = semiring_named("complex" if np.dtype(dtype).kind == "c" else semiring)
    error = 10 * rounding(dtype) if semiring in ("real", "log") else 0.0
    for length in LENGTHS:
        elements = random_matrices(semiring, (length,), n, dtype)
        bias = random_matrices(semiring, (length,), n, dtype)[:, 0]
        start = random_numbers((n,), dtype, 5).round(2)
        stack = random_numbers((2, n), dtype, 6)

        kernel = partial(prefix_rows, semiring)
        check(kernel, (elements,), matrices(kind), [start], error)
        check(kernel, (elements, bias), affine(kind), [start], error)
        biases = np.stack([bias, bias + 1], axis=-2)
        ranked = partial(kernel, state_rank=2)
        check(ranked, (elements,), matrices(kind, 2), [stack], error)
        check(ranked, (elements, biases), affine(kind, 2), [stack], error)


def test_logarithms_of_any_size():
    """exp(±10⁴) is 0 or infinite in every float; only differences count."""
    rng = np.random.default_rng(0)
    elements = rng.uniform(-1e4, 1e4, (60, 3, 3))
    elements[rng.random(elements.shape) < 0.5] = -np.inf
    monoid = matrices(semiring_named("log"))
    wanted = prefix_products(elements, monoid, method="sequential")
    got = prefix_rows("log", elements)
    assert np.isfinite(wanted).any()
    np.testing.assert_allclose(got, wanted, rtol=1e-13)
    half = np.full((40, 2, 2), np.log(0.5))
    np.testing.assert_allclose(prefix_rows("log", half), half, rtol=0, atol=1e-13)


def test_errors():
    ones, index = np.ones((4, 3)), np.zeros((4, 3), int)
    with pytest.raises(ValueError, match="threads: wanted"):
        prefix_diagonal(ones, threads=0)
    with pytest.raises(TypeError, match="wanted floats"):
        prefix_diagonal(index)
    with pytest.raises(TypeError, match="initial: wanted float64"):
        prefix_diagonal(ones, initial=np.ones(3, complex))
    with pytest.raises(ValueError, match="equal batch"):
        prefix_diagonal(ones, ones[:3])
    with pytest.raises(ValueError, match="initial: wanted"):
        prefix_diagonal(ones, initial=np.ones(2))
    for wrong in (-1, 3):
        index[2, 1] = wrong
        with pytest.raises(ValueError, match="wanted indices 0 to 2"):
            prefix_maps(index)
        with pytest.raises(ValueError, match="wanted indices 0 to 2"):
            prefix_one_hot(index, ones)
        with pytest.raises(ValueError, match="wanted states 0 to 2"):
            prefix_maps(np.zeros((4, 3), int), initial=wrong)
    index[2, 1] = 0
    with pytest.raises(TypeError, match="wanted integers"):
        prefix_maps(ones)
    with pytest.raises(TypeError, match="wanted integers"):
        prefix_maps(index, initial=0.5)
    with pytest.raises(ValueError, match="modulus: wanted"):
        prefix_one_hot(index, index, modulus=2**31 + 1)
    with pytest.raises(ValueError, match="among 0, …, 6"):
        prefix_one_hot(index, index + 7, modulus=7)
    with pytest.raises(TypeError, match="int64 modulo 7"):
        prefix_one_hot(index, ones, modulus=7)
    with pytest.raises(ValueError, match="semiring: wanted"):
        prefix_rows("boolean", np.ones((4, 2, 2)))
    with pytest.raises(TypeError, match="wanted floats"):
        prefix_rows("real", np.ones((4, 2, 2), int))
    with pytest.raises(TypeError, match="wanted float"):
        prefix_rows("log", np.ones((4, 2, 2), complex))
