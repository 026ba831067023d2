"""Kernels for dense float matrices equal one product after the other."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numba
import numpy as np
import pytest

from automata_rnn.scan import matrices, prefix_products
from automata_rnn.scan.cpu import (
    dense_blocks,
    dense_plain,
    dense_rows,
    dense_schedule,
    dense_threads,
    vector,
)
from automata_rnn.scan.cpu.dense import (
    has_kernel,
    prefix_dense,
    prefix_if_usual,
)
from automata_rnn.scan.cpu.dense_registers import Plan, plan_for
from automata_rnn.scan.cpu.dense_tiles import Tile, tile_for
from automata_rnn.scan.cpu.features import vector_width
from automata_rnn.semiring import REAL, semiring_named

SIMD = ["avx512", "avx2", "none"]
KINDS = [
    ("real", np.float32),
    ("real", np.float64),
    ("max-plus", np.float32),
    ("min-plus", np.float64),
]
SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 24, 32]


@pytest.fixture(params=SIMD)
def simd(request, use_simd):
    use_simd(request.param)
    return request.param


@pytest.fixture
def small_blocks(monkeypatch):
    """Short sequences are cut into many blocks, for many threads, and streamed."""
    monkeypatch.setattr(dense_schedule, "SMALLEST_BLOCK", 2048)
    monkeypatch.setattr(dense_schedule, "LARGEST_BLOCK", 2048)
    monkeypatch.setattr(dense_schedule, "LARGEST_PRODUCT", 4096)
    monkeypatch.setattr(dense_schedule, "STREAMED", 0)
    monkeypatch.setattr(dense_rows, "STREAMED", 0)
    for module in (dense_schedule, dense_rows, dense_plain):
        monkeypatch.setattr(module, "SHARE", 1)
    dense_schedule.layout.cache_clear()
    yield
    dense_schedule.layout.cache_clear()


def random_elements(shape, n, semiring="real", dtype=np.float32, seed=0):
    """Real: nearly signed permutations, with rows of absolute sum 1 at most, so that
    products neither grow nor vanish. Others: small integers, some zeros."""
    rng = np.random.default_rng(seed)
    if semiring == "real":
        noise = rng.uniform(-1, 1, (*shape, n, n))
        noise /= np.abs(noise).sum(axis=-1, keepdims=True)
        turns = np.eye(n)[rng.random((*shape, n)).argsort(axis=-1)]
        values = 0.999 * turns * rng.choice([-1, 1], (*shape, n, 1)) + 0.001 * noise
    else:
        values = rng.integers(-50, 50, (*shape, n, n)).astype(float)
        values[rng.random(values.shape) < 0.2] = semiring_named(semiring).zero
    return values.astype(dtype)


def sequential(elements, semiring, reduce=False):
    monoid = matrices(semiring_named(semiring))
    return prefix_products(elements, monoid, reduce=reduce, method="sequential")


def assert_equal(got, elements, semiring, reduce=False):
    """Exactly, or for reals within 2 T n ε |A_1| ⋯ |A_T|."""
    wanted = sequential(elements, semiring, reduce)
    assert got.shape == wanted.shape
    assert got.dtype == wanted.dtype
    if semiring != "real":
        np.testing.assert_array_equal(got, wanted)
        return
    size, length = sequential(np.abs(elements), semiring, reduce), elements.shape[-3]
    bound = 2 * length * elements.shape[-1] * np.finfo(elements.dtype).eps * size
    assert np.all(np.abs(got - wanted) <= bound)


def aligned(shape, dtype=np.float32, offset=0):
    """An array that starts `offset` bytes after a cache line."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.zeros(size + 128, np.uint8)
    start = -memory.ctypes.data % 64 + offset
    return memory[start : start + size].view(dtype).reshape(shape)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("semiring", "dtype"), KINDS)
@pytest.mark.usefixtures("simd", "small_blocks")
def test_every_length(semiring, dtype, n):
    block = max(1, 2048 // (n * n * np.dtype(dtype).itemsize))
    around = {max(0, k * block + d) for k in (1, 2, 5) for d in (-1, 0, 1)}
    for length in sorted({*range(10), 31, 32, 33, *around}):
        elements = random_elements((length,), n, semiring, dtype, seed=length)
        for reduce in (False, True):
            got = prefix_dense(elements, semiring, reduce=reduce, threads=3)
            assert_equal(got, elements, semiring, reduce)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8, 9, 16, 20])
@pytest.mark.parametrize(("semiring", "dtype"), KINDS)
@pytest.mark.usefixtures("simd", "small_blocks")
def test_batches(semiring, dtype, n):
    shapes = [
        (1, 7),
        (2, 40),
        (3, 1),
        (8, 3),
        (17, 5),
        (70, 4),
        (9, 33),
        (0, 5),
        (4, 0),
    ]
    for shape in [*shapes, (2, 3, 9), (2, 0, 9)]:
        elements = random_elements(shape, n, semiring, dtype)
        for reduce in (False, True):
            got = prefix_dense(elements, semiring, reduce=reduce, threads=2)
            assert_equal(got, elements, semiring, reduce)


@pytest.mark.parametrize("n", [65, 68])
@pytest.mark.parametrize("shape", [(1,), (2,), (9,), (3, 4)])
@pytest.mark.usefixtures("simd")
def test_large_matrices(n, shape):
    elements = random_elements(shape, n)
    for reduce in (False, True):
        got = prefix_dense(elements, "real", reduce=reduce)
        assert_equal(got, elements, "real", reduce)


@pytest.mark.parametrize("n", [2, 4, 8])
def test_around_blocks_as_they_are(n):
    plan = plan_for("real", n, 32, vector_width() or 64)
    block = dense_schedule._block(plan, 1, dense_schedule.LARGEST_BLOCK)
    for length in (block - 1, block, block + 1, 2 * block + 3):
        elements = random_elements((length,), n)
        for reduce in (False, True):
            got = prefix_dense(elements, "real", reduce=reduce)
            assert_equal(got, elements, "real", reduce)


@pytest.mark.parametrize("n", [2, 3, 4, 8, 16])
def test_long_sequences_are_streamed_and_reproducible(n):
    """Any number of threads, out= or not, in place or not: the same bits."""
    length = 3 * dense_schedule.STREAMED // (2 * n * n * 4) + 5
    elements = random_elements((length,), n)
    wanted = prefix_dense(elements, "real", threads=1)
    checked = np.arange(0, length, 997)
    exact = prefix_products(elements.astype(float), matrices(REAL))[checked]
    assert np.max(np.abs(wanted[checked] - exact)) < 1e-4
    last = prefix_dense(elements, "real", reduce=True, threads=1)
    for threads in (2, 3, 7):
        for offset in (0, 16):
            out = aligned(elements.shape, offset=offset)
            assert prefix_dense(elements, "real", out=out, threads=threads) is out
            np.testing.assert_array_equal(out, wanted)
        again = prefix_dense(elements, "real", reduce=True, threads=threads)
        np.testing.assert_array_equal(again, last)
    assert prefix_dense(elements, "real", out=elements) is elements
    np.testing.assert_array_equal(elements, wanted)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8, 16])
@pytest.mark.parametrize("shape", [(70,), (9, 12)])
@pytest.mark.usefixtures("simd", "small_blocks")
def test_out_and_in_place(n, shape):
    elements = random_elements(shape, n)
    wanted = prefix_dense(elements, "real")
    for offset in (0, 4, 16):
        out = aligned(elements.shape, offset=offset)
        assert prefix_dense(elements, "real", out=out) is out
        np.testing.assert_array_equal(out, wanted)
    place = elements.copy()
    assert prefix_dense(place, "real", out=place) is place
    np.testing.assert_array_equal(place, wanted)
    last = np.empty((*shape[:-1], n, n), np.float32)
    prefix_dense(elements, "real", out=last, reduce=True)
    np.testing.assert_array_equal(last, prefix_dense(elements, "real", reduce=True))


@pytest.mark.parametrize("n", [2, 3, 4, 16])
@pytest.mark.parametrize("reduce", [False, True])
def test_out_may_overlap_the_elements(n, reduce):
    memory = random_elements((60,), n)
    elements, late = memory[:50], memory[7:8] if reduce else memory[7:57]
    wanted = prefix_dense(elements.copy(), "real", reduce=reduce)
    out = late[0] if reduce else late
    prefix_dense(elements, "real", reduce=reduce, out=out)
    np.testing.assert_array_equal(out, wanted)


@pytest.mark.parametrize("n", [2, 5, 16])
def test_elements_laid_out_in_other_ways(n):
    elements = random_elements((40,), n)
    wanted = prefix_dense(elements, "real")
    frozen = elements.copy()
    frozen.flags.writeable = False
    odd = np.frombuffer(b"x" + elements.tobytes(), np.uint8)[1:].view(np.float32)
    spaced = np.zeros((80, n, n), np.float32)
    spaced[::2] = elements
    for same in (
        frozen,
        odd.reshape(elements.shape),
        spaced[::2],
        np.asfortranarray(elements),
        elements.transpose(0, 2, 1).copy().transpose(0, 2, 1),
    ):
        np.testing.assert_array_equal(prefix_dense(same, "real"), wanted)


@pytest.mark.parametrize("n", [2, 4, 16, 5])
def test_many_callers_at_once(n):
    elements = random_elements((20_000,), n)
    wanted = prefix_dense(elements, "real", threads=1)
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(prefix_dense, elements, "real") for _ in range(12)]
        for call in calls:
            np.testing.assert_array_equal(call.result(), wanted)


def test_which_matrices_have_kernels():
    assert has_kernel("real", np.float32, 7)
    assert has_kernel("max-plus", "float64", 4)
    for other in (("log", "f4", 4), ("real", "c8", 4), ("real", ">f4", 4)):
        assert not has_kernel(*other)
    assert not has_kernel("real", np.float32, 0)


def test_families_follow_the_processor():
    assert tile_for(32, 32, 64) == Tile(32, 16, 8, 2)
    assert tile_for(24, 32, 64) == Tile(32, 8, 8, 3)
    assert tile_for(20, 64, 32) == Tile(64, 4, 4, 1)
    assert tile_for(22, 32, 64) is None
    assert tile_for(32, 32, 0) is None
    plan = plan_for("min-plus", 2, 32, 64)
    assert plan == Plan("min-plus", 2, 32, 2, 4, 8, 4)
    assert plan_for("real", 4, 32, 64).registers == 1
    assert plan_for("real", 3, 32, 32).registers == 2
    assert plan_for("real", 5, 32, 64).registers == 5
    assert Plan.parse(plan.text(7)) == plan
    assert plan.single == replace(plan, chains=1, steps=1)


def test_width_is_lowered_never_raised(use_simd):
    native = vector_width("avx512")
    assert vector_width("none") == 0
    assert vector_width("avx2") == min(32, native)
    use_simd("none")
    assert vector_width() == 0
    assert vector_width("avx512") == native
    use_simd("sse9")
    with pytest.raises(ValueError, match="wanted one of"):
        vector_width()


def test_out_must_fit():
    elements = random_elements((6,), 2)
    frozen = np.empty_like(elements)
    frozen.flags.writeable = False
    for out in (
        np.empty((5, 2, 2), np.float32),
        np.empty((6, 2, 2)),
        frozen,
    ):
        with pytest.raises(ValueError, match="out: wanted"):
            prefix_products(elements, matrices(REAL), out=out)
    with pytest.raises(ValueError, match="threads: wanted"):
        prefix_products(elements, matrices(REAL), threads=0)


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="this system does not pin threads"
)
def test_helpers_keep_off_the_processor_of_the_caller():
    dense_threads.run(lambda: None, (), 3)
    helpers = dense_threads._started()
    others = os.sched_getaffinity(0) - {helpers.avoided}
    assert len(helpers.threads) >= 2
    for thread in helpers.threads if others else []:
        assert os.sched_getaffinity(thread.native_id) == others


def test_only_usual_calls_go_the_short_way():
    elements = random_elements((5,), 2)
    real, frozen = matrices(REAL), np.empty((5, 2, 2), np.float32)
    frozen.flags.writeable = False

    def short(elements, monoid=real, reduce=False, out=None, threads=None):
        options = {"reduce": reduce, "out": out, "threads": threads}
        return prefix_if_usual(elements, monoid, **options)

    wanted = prefix_dense(elements, "real")
    np.testing.assert_array_equal(short(elements), wanted)
    np.testing.assert_array_equal(short(elements, reduce=True), wanted[-1])
    for out in (np.empty_like(elements), elements.copy()):
        assert short(elements, out=out, threads=1) is out
        np.testing.assert_array_equal(out, wanted)
    unusual = [
        *({"elements": x} for x in (elements[0], elements[:, :1], elements[:, 0])),
        *({"elements": elements.astype(t)} for t in (int, np.float16, ">f4", object)),
        *({"monoid": matrices(semiring_named(s))} for s in ("log", "rational")),
        *({"threads": threads} for threads in (0, -1, 1.5, True, "2")),
        *({"out": out} for out in (wanted[:4], wanted.astype(float), frozen, [0])),
        {"out": wanted, "reduce": True},
        {"out": np.empty((10, 2, 2), np.float32)[::2]},
    ]
    for changes in unusual:
        assert short(**{"elements": elements, **changes}) is None, changes


def test_vectors_on_the_stack_do_not_cross_lines():
    """Where one lies across a page, a kernel takes several times as long."""

    @numba.njit
    def kernel(array):
        return vector.address(array)

    assert kernel(np.zeros(3)) > 0
    (code,) = kernel.inspect_llvm().values()
    aligned = [line for line in code.splitlines() if "alignstack(64)" in line]
    assert aligned


def test_read_only_elements_need_no_kernels_of_their_own():
    elements = random_elements((3000,), 4)
    wanted = prefix_dense(elements, "real")
    plan = plan_for("real", 4, 32, vector_width() or 64)
    kernel = dense_blocks.kernels(plan).scan_blocks
    before = len(kernel.signatures)
    elements.flags.writeable = False
    np.testing.assert_array_equal(prefix_dense(elements, "real"), wanted)
    assert not elements.flags.writeable
    assert len(kernel.signatures) == before


SCRIPT = """
import os
import numba
import numpy as np
from automata_rnn.scan.cpu.dense import prefix_dense
from automata_rnn.scan.cpu.dense_blocks import kernels
from automata_rnn.scan.cpu.dense_registers import plan_for
from automata_rnn.scan.cpu.features import vector_width

ones = np.ones((60_000, 4, 4), np.float32) / 4
assert prefix_dense(ones, "real", threads=2)[-1, 0, 0] == 0.25
if vector_width():
    stats = kernels(plan_for("real", 4, 32, vector_width())).scan_blocks.stats
    print("hits", sum(stats.cache_hits.values()))
child = os.fork()
if child == 0:
    os._exit(0 if prefix_dense(ones, "real", threads=2)[-1, 0, 0] == 0.25 else 1)
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_kernels_are_kept_for_the_next_process_and_survive_a_fork(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT]
    for hits in ("hits 0", "hits 1"):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        )
        assert hits in done.stdout or not vector_width()


def test_users_are_told_what_they_wait_for(monkeypatch, caplog):
    """Of our kernels only, and only while they are compiled."""
    from automata_rnn.scan.cpu import compiled

    monkeypatch.setattr(compiled, "PATIENCE", 0.0)

    def ours(x):
        return np.sqrt(x) + 1

    def theirs(x):
        return np.sqrt(x) + 2

    ours.__module__, theirs.__module__ = "automata_rnn.scan.cpu.example", "elsewhere"
    for function in (ours, theirs):
        kernel = numba.njit(function)
        kernel(1.0)
        kernel(2.0)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert "compiling ours for this processor" in told[0]
