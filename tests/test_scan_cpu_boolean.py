"""Packed Boolean products, against one product of integers after the other."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn.scan.cpu import boolean
from automata_rnn.scan.cpu.boolean import boolean_prefix, pack_boolean, unpack_boolean
from automata_rnn.scan.cpu.boolean_vectors import STEPS
from automata_rnn.semiring import Array

SIMD = ("avx512", "avx2", "none")


def prefixes(matrices: Array) -> Array:
    """The definition."""
    product, results = np.eye(matrices.shape[-1], dtype=int), np.empty_like(matrices)
    for t, matrix in enumerate(matrices.astype(int)):
        product = (product @ matrix > 0).astype(int)
        results[t] = product
    return results


def random_matrices(length: int, n: int, seed: int = 0) -> Array:
    """Sparse enough that products are neither full nor empty for long."""
    rng = np.random.default_rng(seed)
    rows = rng.random((length, n)).argsort(axis=1)
    steps = np.eye(n, dtype=bool)[rows]
    some = rng.random((length, n, 1)) < 0.99
    return (steps & some) | (rng.random((length, n, n)) < 0.3 / max(n, 1) ** 2)


def check(matrices: Array, threads: int) -> None:
    packed, wanted = pack_boolean(matrices), prefixes(matrices)
    n = packed.shape[-1]
    last = wanted[-1] if len(wanted) else np.eye(n, dtype=bool)
    before = packed.copy()
    assert (unpack_boolean(boolean_prefix(packed, threads=threads)) == wanted).all()
    product = boolean_prefix(packed, reduce=True, threads=threads)
    assert (unpack_boolean(product) == last).all()
    assert (packed == before).all()


@pytest.fixture(params=SIMD)
def simd(request: Any, monkeypatch: pytest.MonkeyPatch, use_simd: Any) -> str:
    use_simd(request.param)
    monkeypatch.setattr(boolean, "GRAIN", 1)
    return str(request.param)


@pytest.mark.parametrize("n", [0, 1, 3, 4, 5, 8, 9, 24, 31, 32, 33, 40, 56, 63, 64])
def test_all_sizes(simd: str, n: int) -> None:
    for length in (*range(10), 100):
        for threads in (1, 2, 3):
            check(random_matrices(length, n, length), threads)


@pytest.mark.parametrize("n", [8, 50, 64])
@pytest.mark.parametrize("cached", [0, 1 << 24])
def test_lengths_around_blocks(
    simd: str, n: int, cached: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boolean, "CACHED", cached)
    for length in (STEPS - 1, STEPS, STEPS + 1, 2 * STEPS + 1):
        for threads in (1, 2):
            check(random_matrices(length, n), threads)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 64), st.integers(0, 20), st.floats(0, 1), st.integers(0, 9))
def test_any_density(n: int, length: int, density: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    check(rng.random((length, n, n)) < density, 2)


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 63, 64])
def test_packing(n: int) -> None:
    matrices = np.random.default_rng(n).random((2, 3, n, n)) < 0.5
    packed = pack_boolean(matrices)
    assert packed.dtype == np.uint64
    assert packed.shape == (2, 3, n)
    weights = [1 << j for j in range(n)]
    for index in np.ndindex(2, 3, n):
        chosen = zip(matrices[index], weights, strict=True)
        assert int(packed[index]) == sum(w for bit, w in chosen if bit)
    assert (unpack_boolean(packed) == matrices).all()
    assert unpack_boolean(packed).dtype == bool


@pytest.mark.parametrize("n", [9, 64])
def test_bits_beyond_the_matrix_change_nothing(simd: str, n: int) -> None:
    matrices = random_matrices(30, n)
    packed = pack_boolean(matrices)
    if n < 64:
        packed |= np.uint64(1 << 63)
    assert (unpack_boolean(boolean_prefix(packed)) == prefixes(matrices)).all()


def test_layouts_and_outputs(simd: str) -> None:
    packed = pack_boolean(random_matrices(50, 32))
    wanted = boolean_prefix(packed)
    wide = np.zeros((100, 70), np.uint64)
    wide[::2, 3:35] = packed
    assert (boolean_prefix(wide[::2, 3:35]) == wanted).all()
    packed.flags.writeable = False
    assert (boolean_prefix(packed) == wanted).all()
    packed.flags.writeable = True
    out = wide[1::2, 1:33]
    assert boolean_prefix(packed, out=out) is out
    assert (out == wanted).all()
    odd = np.zeros(50 * 32 + 1, np.uint64)[1:].reshape(50, 32)
    assert (boolean_prefix(packed, out=odd) == wanted).all()
    assert (boolean_prefix(packed, out=packed) == wanted).all()
    row = np.zeros(32, np.uint64)
    assert boolean_prefix(wide[::2, 3:35], reduce=True, out=row) is row
    assert (row == wanted[-1]).all()


def test_arguments_that_do_not_fit() -> None:
    good = np.zeros((5, 8), np.uint64)
    with pytest.raises(TypeError, match="packed: wanted uint64"):
        boolean_prefix(good.astype(int))
    with pytest.raises(TypeError, match="packed: wanted uint64"):
        unpack_boolean(good.astype(int))
    for bad in (good[0], good[None], np.zeros((5, 65), np.uint64)):
        with pytest.raises(ValueError, match="packed: wanted"):
            boolean_prefix(bad)
    with pytest.raises(TypeError, match="out: wanted uint64"):
        boolean_prefix(good, out=np.zeros((5, 8)))
    with pytest.raises(ValueError, match="out: wanted a writeable array"):
        boolean_prefix(good, out=good[:4])
    with pytest.raises(ValueError, match="threads: wanted at least 1"):
        boolean_prefix(good, threads=0)
    with pytest.raises(TypeError, match="matrices: wanted bool"):
        pack_boolean(np.zeros((5, 8, 8)))
    for shape in ((8,), (8, 9), (65, 65)):
        with pytest.raises(ValueError, match="matrices: wanted shape"):
            pack_boolean(np.zeros(shape, bool))
