"""Scans of NumPy and CuPy arrays, by one body."""

import warnings

import numpy as np
import pytest

from automata_rnn.scan import MAPS, matrices, prefix_products
from automata_rnn.scan.gpu import available
from automata_rnn.semiring import MAX_PLUS, REAL
from tests.scan_cases import CASES, MORE_CASES, assert_equal, bare, sequential

WORKS, REASON = available()
DEVICES = [
    "numpy",
    pytest.param(
        "cupy", marks=[pytest.mark.gpu, pytest.mark.skipif(not WORKS, reason=REASON)]
    ),
]
LENGTHS = [*range(10), 31, 32, 33, 63, 64, 65, 127, 128, 129]
LONG_LENGTHS = [1000, 4097]
LETTERS = 3


class NumPyArrays:
    """The library on arrays of NumPy, by kernels however small the arrays are."""

    def array(self, values):
        return np.asarray(values)

    def host(self, array):
        assert isinstance(array, np.ndarray)
        return array


class CuPyArrays:
    """The library on arrays of CuPy, which results must be, too."""

    def array(self, values):
        import cupy

        return cupy.asarray(values)

    def host(self, array):
        import cupy

        assert isinstance(array, cupy.ndarray)
        return cupy.asnumpy(array)


@pytest.fixture(params=DEVICES)
def device(request, monkeypatch):
    monkeypatch.setattr("automata_rnn.scan.prefix.SMALL", 0)
    return NumPyArrays() if request.param == "numpy" else CuPyArrays()


def check(device, case, elements, options, length):
    moved = {
        name: device.array(value) if name in ("codes", "initial") else value
        for name, value in options.items()
        if value is not None
    }
    parts = bare(tuple(device.array(part) for part in elements))
    got = prefix_products(parts, case.monoid, **moved)
    got = got if isinstance(got, tuple) else (got,)
    host = tuple(device.host(part) for part in got)
    assert_equal(case, host, elements, options, length)


@pytest.mark.parametrize("case", CASES + MORE_CASES, ids=repr)
def test_equals_sequential(device, case):
    rng = np.random.default_rng(case.n)
    table = case.elements(rng, (LETTERS,))
    exact = case.bound(table, {}, 1) == 0
    lengths = LENGTHS if case.n < 9 else LENGTHS[1::3]
    for length in lengths + (LONG_LENGTHS if exact and case.n < 9 else []):
        batch = [(), (2,), (3, 2)][length % 3] if length < 1000 else ()
        codes = rng.integers(0, LETTERS, (*batch, length)).astype(np.uint8)
        starts = [None, case.state(rng, batch if length % 2 else ())]
        words = [
            (table, {"codes": codes}),
            (case.elements(rng, (*batch, length)), {}),
        ]
        for elements, word in words:
            for initial in starts:
                options = {**word, "initial": initial, "reduce": bool(length % 2)}
                if batch:
                    options["lengths"] = rng.integers(0, length + 1, batch)
                check(device, case, elements, options, length)


@pytest.mark.parametrize("case", CASES + MORE_CASES, ids=repr)
def test_packed_sequences(device, case):
    """Long ones go one by one, short ones meet in one scan."""
    rng = np.random.default_rng(case.n)
    table = case.elements(rng, (LETTERS,))
    for offsets in ([0, 3, 3, 4, 9], [0, 40, 40, 120], [0], [0, 0]):
        length = offsets[-1]
        codes = rng.integers(0, LETTERS, length).astype(np.uint8)
        start = case.state(rng, (len(offsets) - 1,))
        words = [
            (table, {"codes": codes}),
            (case.elements(rng, (length,)), {"initial": start}),
            (table, {"codes": codes, "initial": start, "reduce": True}),
        ]
        for elements, word in words:
            check(device, case, elements, {"offsets": offsets, **word}, length)


@pytest.mark.parametrize("case", CASES + MORE_CASES, ids=repr)
def test_results_in_given_arrays(device, case):
    rng = np.random.default_rng(case.n)
    table = case.elements(rng, (LETTERS,))
    codes = rng.integers(0, LETTERS, 50).astype(np.uint16)
    for options in ({}, {"initial": case.state(rng, ())}, {"reduce": True}):
        wanted = sequential(case, table, {"codes": codes, **options})
        out = tuple(device.array(np.empty_like(part)) for part in wanted)
        moved = {k: device.array(v) for k, v in options.items() if k == "initial"}
        got = prefix_products(
            bare(tuple(device.array(part) for part in table)),
            case.monoid,
            **{**options, **moved, "codes": device.array(codes)},
            out=bare(out),
            threads=1,
        )
        got = got if isinstance(got, tuple) else (got,)
        assert all(x is y for x, y in zip(got, out, strict=True))
        host = tuple(device.host(part) for part in out)
        assert_equal(case, host, table, {"codes": codes, **options}, 50)


@pytest.mark.parametrize("n", [2, 4, 5, 16, 20])
def test_products_in_place_and_of_strided_elements(device, n):
    rng = np.random.default_rng(n)
    steps = rng.integers(-9, 9, (3, 100, n, n)).astype(np.float32)
    wanted = prefix_products(steps, matrices(MAX_PLUS), method="sequential")
    for layout in (steps, np.asfortranarray(steps), np.repeat(steps, 2, 1)[:, ::2]):
        got = prefix_products(device.array(layout), matrices(MAX_PLUS))
        np.testing.assert_array_equal(device.host(got), wanted)
    same = device.array(steps.copy())
    assert prefix_products(same, matrices(MAX_PLUS), out=same) is same
    np.testing.assert_array_equal(device.host(same), wanted)


def test_many_sequences(device):
    rng = np.random.default_rng(0)
    steps = device.array(rng.integers(-9, 9, (5000, 40, 2, 2)).astype(np.float32))
    got = device.host(prefix_products(steps, matrices(MAX_PLUS)))
    wanted = prefix_products(device.host(steps), matrices(MAX_PLUS))
    np.testing.assert_array_equal(got, wanted)


def test_a_long_word(device):
    """A million letters of a permutation automaton: no letter may be lost."""
    rng = np.random.default_rng(0)
    letters = np.array([rng.permutation(11) for _ in range(4)]).astype(np.uint8)
    codes = rng.integers(0, 4, 1_000_000).astype(np.uint8)
    wanted, state = np.empty(len(codes), np.uint8), 3
    for t, code in enumerate(codes):
        wanted[t] = state = letters[code, state]
    options = {"codes": device.array(codes), "initial": 3}
    got = prefix_products(device.array(letters), MAPS, **options)
    np.testing.assert_array_equal(device.host(got).astype(np.uint8), wanted)


def test_codes_outside_the_table(device):
    codes = device.array(np.array([0, 1, 2, 0], np.uint8))
    with pytest.raises(ValueError, match="codes: wanted"):
        prefix_products(device.array(np.zeros((2, 3, 3))), matrices(REAL), codes=codes)


@pytest.mark.gpu
@pytest.mark.skipif(not WORKS, reason=REASON)
def test_short_of_memory():
    """A limit that the elements fit in, and not the result beside them."""
    import cupy

    device, pool = CuPyArrays(), cupy.get_default_memory_pool()
    steps = np.zeros((1 << 18, 4, 4), np.float32)
    steps[:, 0, 0] = 1
    moved = device.array(steps)
    pool.free_all_blocks()
    pool.set_limit(size=pool.used_bytes() + steps.nbytes // 2)
    try:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            got = prefix_products(moved, matrices(MAX_PLUS))
    finally:
        pool.set_limit(size=0)
    assert len(seen) == 1
    assert "the result is on the host" in str(seen[0].message)
    np.testing.assert_array_equal(got, prefix_products(steps, matrices(MAX_PLUS)))
