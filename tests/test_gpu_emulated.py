"""The CUDA kernels, run on a CPU, equal one product after the other."""

import warnings

import numpy as np
import pytest

from automata_rnn.scan import MAPS, matrices, prefix_products
from automata_rnn.scan.cpu.boolean import pack_boolean
from automata_rnn.scan.gpu import memory, programs, scan_on, schedule, walk
from automata_rnn.scan.gpu.families import bits_family, family_for
from automata_rnn.scan.gpu.launch import prefix_on
from automata_rnn.scan.task import check_task
from automata_rnn.semiring import BOOLEAN, MAX_PLUS, REAL, integers_mod
from tests.cuda_on_cpu import COMPILER, EmulatedDevice
from tests.scan_cases import CASES, assert_equal, bare, sequential

pytestmark = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
LENGTHS = [*range(10), 13, 36, 37]
FEW_LENGTHS = [0, 1, 5, 6, 7, 13, 37]
"""For matrices that are slow to multiply on a CPU."""
LETTERS = 3
OFTEN = (
    "real-matrices-float32-4",
    "real-matrices-float32-17",
    "real-matrices-float64-5",
    "real-matrices-float32-3-rows-2",
    "complex-matrices-complex64-3",
    "max-plus-matrices-float32-4",
    "log-matrices-float32-3",
    "integers-mod-2147483647-matrices-int64-3",
    "boolean-matrices-bool-3",
    "maps-of-a-finite-set-uint8-3",
    "real-affine-maps-float32-float32-3",
    "real-diagonal-maps-float32-5",
    "real-diagonal-affine-maps-float64-float64-3",
    "real-one-hot-times-diagonal-maps-int64-float32-7",
)
"""One case or two of each family: g++ takes 10 seconds for each; -m slow runs all."""
SOME = [
    pytest.param(c, marks=() if repr(c) in OFTEN else pytest.mark.slow) for c in CASES
]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Blocks of few threads, chains of 6 elements in stages of about 64 bytes."""
    monkeypatch.setattr(programs, "THREADS", 8)
    monkeypatch.setattr(programs, "WARP", 1)
    monkeypatch.setattr(programs, "TILE_THREADS", 10)
    monkeypatch.setattr(programs, "FEWEST_THREADS", 7)
    monkeypatch.setattr(programs, "PIECE", 64)
    monkeypatch.setattr(programs, "LONGEST_STAGE", 4)
    monkeypatch.setattr(schedule, "SHORT", 2)
    monkeypatch.setattr(schedule, "CHUNK", 6)
    monkeypatch.setattr(schedule, "ALIGNED", 2)
    programs.choose.cache_clear()
    yield
    programs.choose.cache_clear()


@pytest.fixture(scope="session")
def device(tmp_path_factory):
    return EmulatedDevice(tmp_path_factory.mktemp("kernels"))


def acts(case):
    """Whether there are kernels of states; those of one-hot maps come from products."""
    return not (case.monoid.indexed and len(case.dtypes) > 1)


def build(device, case, elements, word=1):
    """All programs of a case in one go, since starting the compiler takes long."""
    family = family_for(case.monoid, elements, max(1, case.rows))
    table = LETTERS + (LETTERS**word if word > 1 else 0)
    device.build(
        programs.choose(family, code, states, every, *sizes)
        for code in ("", "uint8")
        for states in (False, True)[: 1 + acts(case)]
        for every in (False, True)
        for sizes in [(0,) if not code else (LETTERS,) if every else (table, word)]
    )


@pytest.mark.parametrize("case", SOME, ids=repr)
def test_equals_sequential(device, case):
    rng = np.random.default_rng(case.n)
    table = case.elements(rng, (LETTERS,))
    build(device, case, table)
    for length in LENGTHS if case.n < 9 else FEW_LENGTHS:
        batch = [(), (2,), (3,)][length % 3]
        codes = rng.integers(0, LETTERS, (*batch, length)).astype(np.uint8)
        words = [
            (case.elements(rng, (*batch, length)), {}),
            (table, {"codes": codes}),
        ]
        starts = [None, case.state(rng, batch if length % 2 else ())]
        for elements, word in words:
            for initial in starts[: 1 + acts(case)]:
                for reduce in (False, True):
                    options = {**word, "initial": initial, "reduce": reduce}
                    if batch and reduce == bool(length % 2):
                        options["lengths"] = rng.integers(0, length + 1, batch)
                    got = prefix_on(device, bare(elements), case.monoid, **options)
                    assert_equal(case, got, elements, options, length)


WORD_CASES = {
    (case.monoid.name.split(" ", 1)[1], case.rows): case
    for case in CASES
    if case.n in (2, 3, 40)
}.values()
"""One of each kind of monoid."""


@pytest.mark.parametrize("case", WORD_CASES, ids=repr)
def test_words_of_letters(device, monkeypatch, case):
    """Products of two letters at once, and of the letter that may be left."""
    monkeypatch.setattr(walk, "WORTH", 0)
    monkeypatch.setattr(walk, "WORDS", (2,))
    rng = np.random.default_rng(case.n)
    table = case.elements(rng, (LETTERS,))
    assert walk.word_length(LETTERS, 1, 0) == 2
    build(device, case, table, word=2)
    for length in (0, 1, 2, 3, 5, 6, 7, 12, 13, 36, 37):
        codes = rng.integers(0, LETTERS, (2, length)).astype(np.uint8)
        for initial in (None, case.state(rng, (2,)))[: 1 + acts(case)]:
            for lengths in (None, rng.integers(0, length + 1, 2)):
                options = {
                    "codes": codes,
                    "initial": initial,
                    "lengths": lengths,
                    "reduce": bool(length % 2),
                }
                got = prefix_on(device, bare(table), case.monoid, **options)
                assert_equal(case, got, table, options, length)


@pytest.mark.parametrize("reduce", [False, True])
@pytest.mark.parametrize("batch", [(), (2,)])
def test_states_without_kernels(device, batch, reduce):
    case = next(case for case in CASES if case.monoid.kind.startswith("one-hot"))
    rng = np.random.default_rng(0)
    elements, options = case.elements(rng, (2, 13)), {"reduce": reduce}
    build(device, case, elements)
    options["initial"] = case.state(rng, batch)
    unset = dict.fromkeys(("codes", "lengths", "offsets", "out", "threads"))
    task = check_task(elements, case.monoid, **unset, **options)
    assert_equal(case, scan_on(device, task), elements, options, 13)


@pytest.mark.parametrize("n", [1, 3, 10, 64])
def test_packed_boolean_matrices(device, n):
    rng, family = np.random.default_rng(n), bits_family(n)
    for length in (0, 1, 5, 13, 40):
        steps = rng.random((2, length, n, n)) < 1.5 / n
        packed = pack_boolean(steps)
        sequences = walk.Sequences((packed,), 2, length)
        for every in (True, False):
            (got,) = schedule.run(
                device, family, sequences, None, states=False, every=every
            )
            wanted = prefix_products(
                steps, matrices(BOOLEAN), reduce=not every, method="sequential"
            )
            np.testing.assert_array_equal(got, pack_boolean(wanted))


def real_steps(length, n=3, batch=()):
    rng = np.random.default_rng(length)
    return rng.integers(-9, 9, (*batch, length, n, n)).astype(np.float64)


def test_many_sequences_are_one_chain_each(device, monkeypatch):
    monkeypatch.setattr(schedule, "CHAINS", 64)
    steps, before = real_steps(20, batch=(5,)), device.launches
    got = prefix_on(device, steps, matrices(MAX_PLUS))
    assert device.launches == before + 1
    np.testing.assert_array_equal(
        got, prefix_products(steps, matrices(MAX_PLUS), method="sequential")
    )


def test_runs_repeat_bit_for_bit(device):
    steps = np.random.default_rng(0).uniform(-1, 1, (50, 3, 3))
    results = [prefix_on(device, steps, matrices(REAL)) for _ in range(3)]
    assert results[0].tobytes() == results[1].tobytes() == results[2].tobytes()


def test_arrays_that_are_not_contiguous(device):
    steps = real_steps(40, batch=(2,))[:, ::-2].swapaxes(-1, -2)
    np.testing.assert_array_equal(
        prefix_on(device, steps, matrices(MAX_PLUS)),
        prefix_products(steps, matrices(MAX_PLUS), method="sequential"),
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.int64])
def test_dtypes_of_codes(device, dtype):
    table = real_steps(300)
    codes = np.random.default_rng(0).integers(0, 256, 30).astype(dtype)
    for reduce in (True, False):
        options = {"codes": codes, "initial": np.zeros(3), "reduce": reduce}
        np.testing.assert_array_equal(
            prefix_on(device, table, matrices(MAX_PLUS), **options),
            prefix_products(table, matrices(MAX_PLUS), method="sequential", **options),
        )


def test_tables_too_large_for_shared_memory(device, monkeypatch):
    monkeypatch.setattr(programs, "SHARED", 4096)
    table = real_steps(256)
    codes = np.random.default_rng(0).integers(0, 256, 30).astype(np.uint8)
    family = family_for(matrices(MAX_PLUS), (table,))
    assert not programs.choose(family, "uint8", False, True, 256).shared_table
    np.testing.assert_array_equal(
        prefix_on(device, table, matrices(MAX_PLUS), codes=codes),
        prefix_products(table, matrices(MAX_PLUS), codes=codes, method="sequential"),
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_codes_outside_the_table(device, dtype):
    codes = np.array([0, 1, 2, 3, 0], dtype)
    with pytest.raises(ValueError, match="codes: wanted"):
        prefix_on(device, real_steps(3), matrices(MAX_PLUS), codes=codes)


def test_values_outside(device):
    ring = matrices(integers_mod(5))
    for value in (5, -1):
        with pytest.raises(ValueError, match="elements: wanted elements"):
            prefix_on(device, np.full((9, 3, 3), value), ring)
    with pytest.raises(ValueError, match="wanted indices"):
        prefix_on(device, np.array([[0, 1], [2, 0]], np.uint8), MAPS)
    for initial in (2, -1):
        with pytest.raises(ValueError, match="initial: wanted states 0 to 1"):
            prefix_on(device, np.array([[0, 1]], np.uint8), MAPS, initial=initial)
    with pytest.raises(ValueError, match="initial: wanted 0 to 4"):
        prefix_on(device, np.ones((1, 1, 1), int), ring, initial=np.array([5]))


@pytest.mark.parametrize("reduce", [True, False])
@pytest.mark.parametrize("coded", [True, False])
@pytest.mark.parametrize("ragged", [True, False])
def test_short_of_memory(device, monkeypatch, reduce, coded, ragged):
    """In pieces on the device, then with results on the host, then on the host."""
    monkeypatch.setattr(device, "capacity", None)
    steps = real_steps(60, batch=(2,))
    options = {"reduce": reduce}
    if coded:
        steps, options["codes"] = real_steps(3), np.arange(120).reshape(2, 60) % 3
    if ragged:
        options["lengths"] = np.array([60, 31])
    wanted = prefix_products(steps, matrices(MAX_PLUS), method="sequential", **options)
    for capacity, warned in (
        (None, 0),
        (4000, None),
        (1000, None),
        (500, None),
        (8, 1),
    ):
        device.capacity = capacity
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            got = prefix_on(device, steps, matrices(MAX_PLUS), **options)
        np.testing.assert_array_equal(got, wanted)
        assert len(seen) <= 1 if warned is None else len(seen) == warned
        assert all("out of device memory" in str(w.message) for w in seen)


def test_pieces_start_where_others_end(device, monkeypatch):
    """Only temporary arrays shrink with the pieces, so one bound suffices to see it."""
    steps = real_steps(61, batch=(2,))
    wanted = prefix_products(steps, matrices(MAX_PLUS), method="sequential")
    family = family_for(matrices(MAX_PLUS), (steps,))
    for length in (1, 7, 60, 61, 100):
        (got,) = memory._in_pieces(
            device,
            family,
            walk.Sequences((steps,), 2, 61),
            None,
            False,
            True,
            length,
        )
        np.testing.assert_array_equal(got, wanted)


def test_no_kernel(device):
    steps = real_steps(3)
    narrow, start = steps.astype("f4"), np.zeros(3)
    assert prefix_on(device, narrow, matrices(REAL), initial=start) is None
    assert prefix_on(device, steps.astype("f2"), matrices(REAL)) is None
    assert family_for(matrices(REAL), (np.zeros((1, 1200, 1200)),)) is None


def test_cases_that_run_often_exist():
    assert set(OFTEN) <= {repr(case) for case in CASES}


def test_cases_differ_from_the_identity():
    """A kernel that did nothing would fail on every case."""
    for case in CASES:
        elements = case.elements(np.random.default_rng(0), (4,))
        units = case.monoid.identity(elements)
        product = sequential(case, elements, {"reduce": True})
        same = [np.array_equal(p, e) for p, e in zip(product, units, strict=True)]
        assert not all(same) or case.n == 1, case
