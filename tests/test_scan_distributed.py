"""Scans on Dask against the local definition, and against the loss of a worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import numpy as np
import pytest
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import REAL, integers_mod
from automata_rnn.scan import MAPS, Monoid, affine, diagonal, matrices
from automata_rnn.scan import prefix_products as local
from automata_rnn.scan.distributed import open_codes, prefix_products
from automata_rnn.semiring import Semiring
from tests.test_scan import draw_elements, draw_state, every_monoid, same

SWAP_AND_CYCLE = np.array([[1, 0, 2], [1, 2, 0], [0, 1, 2]], dtype=np.uint8)
chunk_sizes = st.lists(st.integers(0, 4), min_size=1, max_size=9)


@pytest.fixture(autouse=True)
def in_this_thread() -> Any:
    """Small graphs cost least without threads."""
    with dask.config.set(scheduler="synchronous"):
        yield


def as_tuple(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)


def assert_same(lazy: Any, wanted: Any, ring: Semiring) -> None:
    """Equal values, and the shapes and dtypes that were announced."""
    announced, wanted = as_tuple(lazy), as_tuple(wanted)
    results = dask.compute(*announced)
    assert [r.shape for r in results] == [w.shape for w in wanted]
    assert [r.shape for r in results] == [a.shape for a in announced]
    assert [r.dtype for r in results] == [a.dtype for a in announced]
    assert same(results, wanted, ring)


@every_monoid
@settings(max_examples=3)
@given(data=st.data())
def test_chunks_of_codes_do_not_matter(
    monoid: Monoid, ring: Semiring, data: st.DataObject
) -> None:
    sizes = data.draw(chunk_sizes)
    table = draw_elements(data.draw, monoid, ring, (3,), 2)
    length = sum(sizes)
    word = data.draw(st.lists(st.integers(0, 2), min_size=length, max_size=length))
    codes = np.array(word, dtype=np.uint8)
    lazy = da.from_array(codes, chunks=(tuple(sizes),))
    for initial in (None, draw_state(data.draw, monoid, ring, 2)):
        for reduce in (False, True):
            options = {"initial": initial, "reduce": reduce}
            wanted = local(table, monoid, codes=codes, method="sequential", **options)
            got = prefix_products(table, monoid, codes=lazy, **options)
            assert_same(got, wanted, ring)
            if not reduce:
                assert all(a.chunks[0] == tuple(sizes) for a in as_tuple(got))


@every_monoid
@settings(max_examples=2)
@given(data=st.data())
def test_chunks_of_elements_do_not_matter(
    monoid: Monoid, ring: Semiring, data: st.DataObject
) -> None:
    """Components that come in other chunks, also of other axes, are brought in line."""
    length = data.draw(st.integers(0, 7))
    elements = draw_elements(data.draw, monoid, ring, (length,), 2)
    lazy = tuple(
        da.from_array(part, chunks=(3 - i, *[1] * (part.ndim - 1)))
        for i, part in enumerate(elements)
    )
    for initial in (None, draw_state(data.draw, monoid, ring, 2)):
        for reduce in (False, True):
            options = {"initial": initial, "reduce": reduce}
            wanted = local(elements, monoid, method="sequential", **options)
            assert_same(prefix_products(lazy, monoid, **options), wanted, ring)


@pytest.mark.parametrize("count", range(1, 34))
def test_every_number_of_chunks_keeps_the_order(count: int) -> None:
    """Maps that do not commute, each its own chunk."""
    codes = np.random.default_rng(count).integers(0, 2, count)
    lazy = da.from_array(codes, chunks=1)
    got = prefix_products(SWAP_AND_CYCLE, MAPS, codes=lazy)
    assert np.array_equal(got.compute(), local(SWAP_AND_CYCLE, MAPS, codes=codes))


def test_chunks_of_unknown_size() -> None:
    codes = np.arange(20) % 3
    lazy = da.from_array(codes, chunks=6)
    got = prefix_products(SWAP_AND_CYCLE, MAPS, codes=lazy[lazy > 0], initial=0)
    wanted = local(SWAP_AND_CYCLE, MAPS, codes=codes[codes > 0], initial=0)
    assert np.array_equal(got.compute(), wanted)


def test_a_dtype_that_products_widen() -> None:
    """Results have the dtype that was announced, which is that of products."""
    table = np.ones((1, 2, 2), dtype=np.int8)
    lazy = da.zeros(5, dtype=np.uint8, chunks=2)
    got = prefix_products(table, matrices(integers_mod(5)), codes=lazy)
    assert got.dtype == got.compute().dtype == np.int64
    start = np.array([1, 0])
    steps = np.full((1, 2), 0.5)
    states = prefix_products(steps, diagonal(REAL), codes=lazy, initial=start)
    assert states.compute().tolist() == [[0.5**t, 0.0] for t in range(1, 6)]


def test_a_chunk_is_read_once_for_its_product_and_again_for_its_states() -> None:
    reads: list[int] = []

    def note(codes: Any) -> Any:
        reads.extend(codes.tolist())
        return codes

    numbers = da.from_array(np.arange(3), chunks=1)
    codes = numbers.map_blocks(note, meta=np.empty(0, int))
    prefix_products(SWAP_AND_CYCLE, MAPS, codes=codes, reduce=True).compute()
    assert sorted(reads) == [0, 1, 2]
    reads.clear()
    prefix_products(SWAP_AND_CYCLE, MAPS, codes=codes, initial=0).compute()
    assert sorted(reads) == [0, 0, 1, 1, 2]  # no one needs the last product
    reads.clear()
    lazy = prefix_products(SWAP_AND_CYCLE, MAPS, codes=codes)
    assert reads == []
    lazy[:1].compute()
    assert reads == [0]


def test_zarr(tmp_path: Path) -> None:
    codes = np.arange(50, dtype=np.uint16) % 3
    da.from_array(codes, chunks=8).to_zarr(tmp_path / "codes.zarr")
    lazy = da.from_zarr(tmp_path / "codes.zarr")
    states = prefix_products(SWAP_AND_CYCLE, MAPS, codes=lazy, initial=1)
    wanted = local(SWAP_AND_CYCLE, MAPS, codes=codes, initial=1)
    states.to_zarr(tmp_path / "states.zarr")
    assert np.array_equal(da.from_zarr(tmp_path / "states.zarr").compute(), wanted)


@given(
    length=st.integers(0, 40),
    chunk=st.integers(1, 50),
    dtype=st.sampled_from(["u1", "<u2", ">u2", "<i8", ">u4"]),
)
def test_raw_files(
    tmp_path_factory: pytest.TempPathFactory, length: int, chunk: int, dtype: str
) -> None:
    path = tmp_path_factory.mktemp("raw") / "codes"
    codes = np.arange(length).astype(dtype)
    codes.tofile(path)
    lazy = open_codes(path, dtype, chunk)
    assert lazy.dtype == np.dtype(dtype)
    assert lazy.chunks[0][0] == min(chunk, length)
    assert np.array_equal(lazy.compute(), codes)


def test_a_file_that_changes_is_another_array(tmp_path: Path) -> None:
    path = tmp_path / "codes"
    path.write_bytes(bytes(4))
    before = open_codes(path, "u1", 2)
    path.write_bytes(bytes(3))
    with pytest.raises(ValueError, match=r"path: wanted integers 2 to 4 of .*, got 1"):
        before.compute()
    assert open_codes(path, "u1", 2).name != before.name


FILES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"dtype": "<u2"}, ValueError, "path: wanted a multiple of the 2 bytes .* got 3"),
    ({"dtype": "f4"}, TypeError, "dtype: wanted integers, got 'f4'"),
    ({"dtype": "object"}, TypeError, "dtype: wanted integers, got 'object'"),
    ({"dtype": "word"}, TypeError, "dtype: wanted integers, got 'word'"),
    ({"chunk": 0}, ValueError, "chunk: wanted at least 1 integer, got 0"),
    ({"chunk": 1.5}, TypeError, "chunk: wanted int"),
    ({"path": "nowhere"}, FileNotFoundError, "path: wanted a file .* got none at"),
    ({"path": "."}, FileNotFoundError, "path: wanted a file .* got none at"),
]


@pytest.mark.parametrize(("change", "error", "message"), FILES)
def test_files_that_cannot_be_codes(
    tmp_path: Path, change: dict[str, Any], error: type[Exception], message: str
) -> None:
    path = tmp_path / "codes"
    path.write_bytes(bytes(3))
    with pytest.raises(error, match=message):
        open_codes(**({"path": path, "dtype": "u1", "chunk": 2} | change))


CODES = da.zeros(4, dtype=int, chunks=2)
STEPS = da.ones((4, 3, 3), chunks=2)
REFUSALS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"codes": np.zeros(4, int)}, TypeError, "codes: wanted Dask arrays, got ndarray"),
    ({"codes": CODES[None]}, ValueError, "codes: wanted one time axis before the las"),
    ({"codes": CODES / 2}, TypeError, "codes: wanted integers, got dtype float64"),
    ({"elements": STEPS}, TypeError, "elements: wanted arrays in memory, got Dask"),
    ({"elements": np.ones((2, 3, 4))}, ValueError, "elements: wanted components of"),
    ({"elements": (np.ones((2, 3, 3)),) * 2}, ValueError, "wanted the 1 components"),
    ({"codes": None}, TypeError, "elements: wanted Dask arrays, got ndarray"),
    ({"codes": None, "elements": STEPS[None]}, ValueError, "elements: wanted one ti"),
    ({"codes": None, "elements": (STEPS,) * 2}, ValueError, "wanted the 1 components"),
    ({"codes": None, "elements": ()}, ValueError, "wanted the 1 components"),
    ({"initial": np.ones(2)}, ValueError, "initial: wanted a state of rank 1"),
    ({"initial": da.ones(3)}, TypeError, "initial: wanted arrays in memory, got Dask"),
]


@pytest.mark.parametrize(("change", "error", "message"), REFUSALS)
def test_refusals_come_before_any_work(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    arguments = {"elements": np.ones((2, 3, 3)), "codes": CODES} | change
    with pytest.raises(error, match=message):
        prefix_products(monoid=matrices(REAL), **arguments)


def test_components_of_different_lengths_are_refused() -> None:
    parts = (STEPS, da.ones((5, 3), chunks=2))
    with pytest.raises(ValueError, match="elements: wanted components of equal T, got"):
        prefix_products(parts, affine(REAL))


@pytest.mark.parametrize("reduce", [True, False])
def test_codes_outside_the_table_are_found_when_read(reduce: bool) -> None:
    codes = da.from_array(np.array([0, 1, 2, 3, 0, 0]), chunks=2)
    lazy = prefix_products(SWAP_AND_CYCLE, MAPS, codes=codes, reduce=reduce)
    with pytest.raises(ValueError, match="codes: wanted 0 to 2, the rows of the table"):
        lazy.compute()


def test_without_dask_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['dask'] = None"
    code += "; import automata_rnn.scan.distributed"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "ImportError" in done.stderr
    assert "pip install automata-rnn[distributed]" in done.stderr


def final_and_counts(path: Path, chunk: int) -> tuple[Any, Any]:
    """The product of all letters, and how often each state is visited."""
    state, counts = np.arange(3), np.zeros(3, dtype=int)
    with path.open("rb") as file:
        while codes := file.read(chunk):
            word = np.frombuffer(codes, np.uint8)
            states = local(SWAP_AND_CYCLE, MAPS, codes=word, initial=state[0])
            counts += np.bincount(states, minlength=3)
            state = local(SWAP_AND_CYCLE, MAPS, codes=word, reduce=True)[state]
    return state, counts


@pytest.mark.parametrize(
    ("megabytes", "chunk"),
    [
        pytest.param(8, 250_000, id="small"),
        pytest.param(640, 1_000_000, id="larger than a worker", marks=pytest.mark.slow),
    ],
)
@pytest.mark.timeout(900)
def test_a_worker_is_killed_in_the_middle(
    tmp_path: Path, megabytes: int, chunk: int
) -> None:
    """Workers have 500 MB each; what the killed one had done is done again."""
    path = tmp_path / "codes"
    source = np.random.default_rng(0)
    with path.open("wb") as file:
        for _ in range(megabytes):
            source.integers(0, 3, 10**6, dtype=np.uint8).tofile(file)
    codes = open_codes(path, "u1", chunk)
    product = prefix_products(SWAP_AND_CYCLE, MAPS, codes=codes, reduce=True)
    states = prefix_products(SWAP_AND_CYCLE, MAPS, codes=codes, initial=0)
    counts = da.bincount(states, minlength=3)
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            memory_limit="500MB",
            dashboard_address=":0",  # any port: other clusters may run here
            local_directory=str(tmp_path),
        ) as cluster,
        Client(cluster) as client,
    ):
        futures = client.compute([product, counts])
        while sum(map(len, client.who_has().values())) < codes.npartitions // 2:
            time.sleep(0.01)
        victim = next(iter(client.run(os.getpid).values()))
        assert any(future.status == "pending" for future in futures)
        os.kill(victim, signal.SIGKILL)
        got = client.gather(futures)
        assert victim not in client.run(os.getpid).values()
    wanted = final_and_counts(path, 1_000_000)
    assert all(np.array_equal(g, w) for g, w in zip(got, wanted, strict=True))
