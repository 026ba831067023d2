"""States and products of matrices chosen by codes, against float64 and exactly."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn.scan.cpu import words
from automata_rnn.scan.cpu.maps_words import BLOCK
from automata_rnn.scan.cpu.words import symbol_product, symbol_states
from automata_rnn.semiring import Array

SIMD = ("avx512", "avx2", "none")
KINDS = (np.float32, np.float64)


def states_and_product(codes: Array, table: Array, state: Array) -> tuple[Array, Array]:
    """The definition, in float64."""
    table, state = table.astype(np.float64), state.astype(np.float64)
    states, product = np.empty((len(codes), len(state))), np.eye(len(state))
    for t, code in enumerate(codes):
        state = states[t] = state @ table[code]
        product = product @ table[code]
    return states, product


def check(codes: Array, table: Array, state: Array, threads: int) -> None:
    """For stochastic matrices: errors add up over T steps, each below 4 n ε."""
    states, product = states_and_product(codes, table, state)
    n = len(state)
    bound = 4 * n * (len(codes) + 8) * np.finfo(table.dtype).eps
    got = symbol_states(codes, table, state, threads=threads)
    assert got.dtype == table.dtype
    assert got.shape == states.shape
    np.testing.assert_allclose(got, states, rtol=0, atol=bound * state.sum())
    got = symbol_product(codes, table, threads=threads)
    assert got.dtype == table.dtype
    np.testing.assert_allclose(got, product, rtol=0, atol=bound)


def stochastic(k: int, n: int, kind: Any, seed: int = 0) -> tuple[Array, Array, Any]:
    rng = np.random.default_rng(seed)
    table = rng.random((k, n, n)) ** 8
    table /= table.sum(2, keepdims=True)
    return table.astype(kind), rng.random(n).astype(kind), rng


@pytest.fixture(params=SIMD)
def simd(request: Any, monkeypatch: pytest.MonkeyPatch, use_simd: Any) -> str:
    use_simd(request.param)
    monkeypatch.setattr(words, "GRAIN", 1)
    monkeypatch.setattr(words, "SHORT", 0)
    return str(request.param)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 16, 17, 30])
def test_all_sizes(simd: str, n: int, kind: Any) -> None:
    for k in (1, 2, 3, 4, 5, 16, 17):
        table, state, rng = stochastic(k, n, kind, k)
        for length in (*range(10), 67):
            codes = rng.integers(0, k, length, dtype=np.uint8)
            check(codes, table, state, 1)
            check(codes, table, state, 3)


@pytest.mark.parametrize(("k", "n"), [(2, 2), (4, 4), (16, 4), (4, 7), (300, 3)])
def test_lengths_around_blocks(simd: str, k: int, n: int) -> None:
    table, state, rng = stochastic(k, n, np.float32)
    for length in (BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5):
        codes = rng.integers(0, k, length).astype(np.uint16)
        for threads in (1, 2):
            check(codes, table, state, threads)


@pytest.mark.parametrize("n", [1, 3, 4, 6, 20])
@pytest.mark.parametrize("kind", KINDS)
def test_small_integers_are_exact(simd: str, n: int, kind: Any) -> None:
    """Signed permutations times powers of two: no product is ever rounded."""
    rng = np.random.default_rng(n)
    table = np.eye(n)[np.array([rng.permutation(n) for _ in range(3)])]
    table = (table * rng.choice([-1.0, 1.0], (3, n, 1))).astype(kind)
    codes = rng.integers(0, 3, 2 * BLOCK + 3, dtype=np.uint8)
    state = np.arange(1, n + 1).astype(kind)
    states, product = states_and_product(codes, table, state)
    for threads in (1, 2):
        got = symbol_states(codes, table, state, threads=threads)
        np.testing.assert_array_equal(got, states)
        got = symbol_product(codes, table, threads=threads)
        np.testing.assert_array_equal(got, product)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 60), st.integers(0, 9))
def test_random_tables(k: int, n: int, length: int, seed: int) -> None:
    table, state, rng = stochastic(k, n, np.float64, seed)
    codes = rng.integers(0, k, length).astype(np.uint32)
    check(codes, table, state, 1)


@pytest.mark.parametrize("n", [2, 4, 7, 20])
def test_layouts_and_outputs(
    simd: str, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "CACHED", 0)
    table, state, rng = stochastic(4, n, np.float32)
    codes = rng.integers(0, 4, 3 * BLOCK, dtype=np.uint8)
    wanted = symbol_states(codes, table, state)
    room = np.zeros(3 * BLOCK * n + 64, np.float32)
    for start in (0, 1, 16):
        room[:] = 99
        out = room[start : start + 3 * BLOCK * n].reshape(-1, n)
        assert symbol_states(codes, table, state, out=out) is out
        np.testing.assert_array_equal(out, wanted)
        assert (room[:start] == 99).all()
        assert (room[start + out.size :] == 99).all()
    out = np.zeros((n, 3 * BLOCK), np.float32).T
    assert symbol_states(codes, table, state, out=out) is out
    np.testing.assert_array_equal(out, wanted)
    np.testing.assert_array_equal(
        symbol_states(np.repeat(codes, 2)[::2], table, state), wanted
    )
    strided = np.repeat(table, 2, axis=2)[:, :, ::2]
    np.testing.assert_array_equal(symbol_states(codes, strided, state), wanted)


@pytest.mark.parametrize(("k", "n"), [(2, 2), (4, 4), (9, 4), (4, 7), (3, 20)])
def test_codes_outside_the_table(simd: str, k: int, n: int) -> None:
    table, state, rng = stochastic(k, n, np.float32)
    for length, bad in ((1, 0), (9, 8), (3 * BLOCK, 2 * BLOCK + 7)):
        codes = rng.integers(0, k, length, dtype=np.uint8)
        codes[bad] = k
        message = f"codes: wanted 0 to {k - 1}.*got {k} at position {bad}"
        for threads in (1, 2):
            with pytest.raises(ValueError, match=message):
                symbol_states(codes, table, state, threads=threads)
            with pytest.raises(ValueError, match=message):
                symbol_product(codes, table, threads=threads)


def test_empty_words_and_matrices() -> None:
    codes = np.zeros(0, np.uint8)
    for k, n in ((0, 3), (2, 3), (2, 0)):
        table, state = np.zeros((k, n, n)), np.zeros(n)
        assert symbol_states(codes, table, state).shape == (0, n)
        np.testing.assert_array_equal(symbol_product(codes, table), np.eye(n))
    codes = np.zeros(5, np.uint8)
    assert symbol_states(codes, np.zeros((1, 0, 0)), np.zeros(0)).shape == (5, 0)
    assert symbol_product(codes, np.zeros((1, 0, 0))).shape == (0, 0)


def test_arguments_that_do_not_fit() -> None:
    codes, table, state = np.zeros(4, np.uint8), np.zeros((2, 3, 3)), np.zeros(3)
    for bad in (codes.astype(int), codes.astype(float)):
        with pytest.raises(TypeError, match="codes: wanted uint8"):
            symbol_product(bad, table)
    for bad in (table.astype(int), table.astype(complex), table.astype(np.float16)):
        with pytest.raises(TypeError, match="table: wanted float32 or float64"):
            symbol_product(codes, bad)
    for bad in (table[0], table[:, :2]):
        with pytest.raises(ValueError, match=r"table: wanted shape \(k, n, n\)"):
            symbol_product(codes, bad)
    with pytest.raises(ValueError, match=r"initial: wanted shape \(3,\)"):
        symbol_states(codes, table, state[:2])
    with pytest.raises(TypeError, match="out: wanted float64"):
        symbol_states(codes, table, state, out=np.zeros((4, 3), np.float32))
    with pytest.raises(ValueError, match="out: wanted a writeable array"):
        symbol_states(codes, table, state, out=np.zeros((5, 3)))
    with pytest.raises(ValueError, match="threads: wanted at least 1"):
        symbol_states(codes, table, state, threads=0)
