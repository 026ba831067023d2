"""Scans of NumPy and CuPy arrays, by one body."""

import warnings

import numpy as np
import pytest

from automata_rnn.scan import MAPS, matrices, prefix_products
from automata_rnn.scan.gpu import available
from automata_rnn.semiring import MAX_PLUS, REAL
from tests.gpu_cases import CASES, assert_equal, bare

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


class NumPyScan:
    """The library on arrays of NumPy."""

    def array(self, values):
        return np.asarray(values)

    def host(self, array):
        return array

    def scan(self, elements, monoid, **options):
        return prefix_products(elements, monoid, **options)


class CuPyScan:
    """The kernels on arrays of CuPy, which results must be, too."""

    def array(self, values):
        import cupy

        return cupy.asarray(values)

    def host(self, array):
        import cupy

        assert isinstance(array, cupy.ndarray)
        return cupy.asnumpy(array)

    def scan(self, elements, monoid, **options):

        return prefix_products(elements, monoid, **options)


@pytest.fixture(params=DEVICES)
def device(request):
    return NumPyScan() if request.param == "numpy" else CuPyScan()


def check(device, case, elements, options, length):
    moved = {
        name: device.array(value) if isinstance(value, np.ndarray) else value
        for name, value in options.items()
    }
    parts = bare(tuple(device.array(part) for part in elements))
    got = device.scan(parts, case.monoid, **moved)
    got = got if isinstance(got, tuple) else (got,)
    host = tuple(device.host(part) for part in got)
    assert_equal(case, host, elements, options, length)


@pytest.mark.parametrize("case", CASES, ids=repr)
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
            for initial in starts[: 1 + case.has_states]:
                options = {**word, "initial": initial, "reduce": bool(length % 2)}
                if batch:
                    options["lengths"] = rng.integers(0, length + 1, batch)
                check(device, case, elements, options, length)


def test_many_sequences(device):
    rng = np.random.default_rng(0)
    steps = device.array(rng.integers(-9, 9, (5000, 40, 2, 2)).astype(np.float32))
    got = device.host(device.scan(steps, matrices(MAX_PLUS)))
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
    got = device.scan(device.array(letters), MAPS, **options)
    np.testing.assert_array_equal(device.host(got).astype(np.uint8), wanted)


def test_codes_outside_the_table(device):
    codes = device.array(np.array([0, 1, 2, 0], np.uint8))
    with pytest.raises(ValueError, match="codes: wanted"):
        device.scan(device.array(np.zeros((2, 3, 3))), matrices(REAL), codes=codes)


@pytest.mark.gpu
@pytest.mark.skipif(not WORKS, reason=REASON)
def test_short_of_memory():
    """A limit that the elements fit in, and not the result beside them."""
    import cupy

    device, pool = CuPyScan(), cupy.get_default_memory_pool()
    steps = np.zeros((1 << 18, 4, 4), np.float32)
    steps[:, 0, 0] = 1
    moved = device.array(steps)
    pool.free_all_blocks()
    pool.set_limit(size=pool.used_bytes() + steps.nbytes // 2)
    try:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            got = device.scan(moved, matrices(MAX_PLUS))
    finally:
        pool.set_limit(size=0)
    assert len(seen) == 1
    assert "the result is on the host" in str(seen[0].message)
    np.testing.assert_array_equal(got, prefix_products(steps, matrices(MAX_PLUS)))
