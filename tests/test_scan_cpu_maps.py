"""Final states and all states of DFAs, against one look-up after the other."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn.scan.cpu import maps, maps_states, maps_walk
from automata_rnn.scan.cpu.maps import dfa_final, dfa_map
from automata_rnn.scan.cpu.maps_states import dfa_states
from automata_rnn.scan.cpu.maps_words import (
    BLOCK,
    Words,
    choose_words,
    final_table,
    pack,
    states_table,
)
from automata_rnn.semiring import Array

SIMD = ("avx512", "avx2", "none")
KINDS = (np.uint8, np.uint16, np.uint32)


def walk(codes: Array, successors: Array, state: int) -> list[int]:
    """The definition."""
    states, table = [], successors.tolist()
    for code in codes.tolist():
        state = table[code][state]
        states.append(state)
    return states


@pytest.fixture(params=SIMD)
def simd(request: Any, use_simd: Any) -> str:
    use_simd(request.param)
    return str(request.param)


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, threads and streaming stores for all words but the empty one."""
    for module in (maps, maps_states):
        monkeypatch.setattr(module, "GRAIN", 1)
        monkeypatch.setattr(module, "SHORT", 0)
    monkeypatch.setattr(maps_states, "CACHED", 0)


def random_dfa(k: int, n: int, seed: int = 0) -> tuple[Array, Any]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, n, (k, n)), rng


def check(codes: Array, successors: Array, start: int, threads: int) -> None:
    wanted = walk(codes, successors, start)
    states = dfa_states(codes, successors, start, threads=threads)
    assert states.tolist() == wanted
    final = dfa_final(codes, successors, start, threads=threads)
    assert final == (wanted[-1] if wanted else start)
    assert isinstance(final, int)
    product = dfa_map(codes, successors, threads=threads)
    assert product[start] == final
    other = len(product) // 2
    assert product[other] == dfa_final(codes, successors, other)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_random_dfas_of_any_shape(data: Any) -> None:
    k, n = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 80))
    length, seed = data.draw(st.integers(0, 70)), data.draw(st.integers(0, 99))
    successors, rng = random_dfa(k, n, seed)
    codes = rng.integers(0, k, length).astype(data.draw(st.sampled_from(KINDS)))
    check(codes, successors, int(rng.integers(n)), data.draw(st.integers(1, 3)))


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("n", [1, 2, 16, 17, 64, 65, 300])
@pytest.mark.parametrize("k", [1, 2, 4, 5, 16, 17, 256])
def test_sizes_around_each_kind_of_table(simd: str, k: int, n: int) -> None:
    successors, rng = random_dfa(k, n, k * n)
    for length in (*range(10), 999, BLOCK + 1):
        codes = rng.integers(0, k, length, dtype=np.uint8)
        for threads in (1, 2):
            check(codes, successors, n - 1, threads)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("length", [BLOCK, 2 * BLOCK, 4 * BLOCK])
@pytest.mark.parametrize(("k", "n"), [(2, 2), (4, 9), (9, 40), (200, 16), (2, 300)])
def test_lengths_around_blocks(simd: str, k: int, n: int, length: int) -> None:
    successors, rng = random_dfa(k, n)
    for extra in (-1, 0, 1):
        codes = rng.integers(0, k, length + extra, dtype=np.uint8)
        for threads in (1, 2, 3):
            check(codes, successors, 0, threads)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [3, 300])
def test_codes_of_every_dtype_and_layout(kind: Any, k: int) -> None:
    successors, rng = random_dfa(k, 12)
    codes = rng.integers(0, min(k, 200), 3 * BLOCK).astype(kind)
    codes.flags.writeable = False
    for view in (codes, codes[::2], codes[::-1], codes[1:]):
        check(view, successors, 5, 2)


def test_misaligned_codes() -> None:
    successors, rng = random_dfa(300, 12)
    raw = rng.integers(0, 100, 2 * BLOCK + 1, dtype=np.uint8)
    check(raw[1:].view(np.uint16) % 300, successors, 0, 1)
    words = np.zeros(2 * BLOCK + 1, np.uint8)[1:].view(np.uint16)
    assert not words.flags.aligned
    check(words, successors, 0, 2)


@pytest.mark.usefixtures("_small")
def test_misaligned_output() -> None:
    successors, rng = random_dfa(3, 300)
    codes = rng.integers(0, 3, 2 * BLOCK, dtype=np.uint8)
    out = np.zeros(4 * BLOCK + 1, np.uint8)[1:].view(np.uint16)
    dfa_states(codes, successors, 0, out=out)
    assert out.tolist() == walk(codes, successors, 0)


def test_permutations_never_forget() -> None:
    rng = np.random.default_rng(0)
    for n in (10, 60, 200):
        successors = np.array([rng.permutation(n) for _ in range(3)])
        codes = rng.integers(0, 3, 200_000, dtype=np.uint8)
        check(codes, successors, 1, 2)


@pytest.mark.parametrize("simd", ["none"], indirect=True)
def test_automata_that_forget_are_walked_side_by_side(
    simd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, side_by_side = [], maps_walk.walk_side_by_side

    def spy(*arguments: Any) -> Any:
        calls.append(arguments)
        return side_by_side(*arguments)

    monkeypatch.setattr(maps_walk, "walk_side_by_side", spy)
    monkeypatch.setattr(maps, "GRAIN", 1)
    monkeypatch.setattr(maps_states, "GRAIN", 1)
    last_seven = np.array([[(2 * q + c) % 128 for q in range(128)] for c in (0, 1)])
    codes = np.random.default_rng(0).integers(0, 2, 36 * BLOCK + 3, dtype=np.uint8)
    wanted = int("".join(map(str, codes[-7:])), 2)
    for threads in (1, 2):
        assert dfa_final(codes, last_seven, 77, threads=threads) == wanted
        states = dfa_states(codes, last_seven, 77, threads=threads)
        assert states.tolist() == walk(codes, last_seven, 77)
    assert len(calls) == 3
    codes[123_456] = 2
    with pytest.raises(ValueError, match="got 2 at position 123456"):
        dfa_final(codes, last_seven, 0)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize(("k", "n"), [(2, 2), (3, 9), (9, 40), (200, 16), (3, 300)])
def test_codes_outside_the_table(simd: str, k: int, n: int) -> None:
    successors, rng = random_dfa(k, n)
    for length, bad in ((1, 0), (9, 8), (BLOCK, 0), (3 * BLOCK, 2 * BLOCK + 7)):
        codes = rng.integers(0, k, length, dtype=np.uint8)
        codes[bad] = k
        message = f"codes: wanted 0 to {k - 1}.*got {k} at position {bad}"
        for function in (dfa_final, dfa_states):
            for threads in (1, 2):
                with pytest.raises(ValueError, match=message):
                    function(codes, successors, 0, threads=threads)


def test_arguments_that_do_not_fit() -> None:
    successors, codes = np.zeros((2, 3), int), np.zeros(4, np.uint8)
    for function in (dfa_final, dfa_states):
        for bad in (codes.astype(int), codes.astype(float), [0, 1]):
            with pytest.raises(TypeError, match="codes: wanted uint8"):
                function(bad, successors, 0)
        with pytest.raises(ValueError, match=r"codes: wanted shape \(T,\)"):
            function(codes[None], successors, 0)
        with pytest.raises(TypeError, match="successors: wanted integers"):
            function(codes, successors * 1.0, 0)
        with pytest.raises(ValueError, match=r"successors: wanted shape \(k, n\)"):
            function(codes, successors[0], 0)
        for value in (-1, 3):
            with pytest.raises(ValueError, match="successors: wanted states 0 to 2"):
                function(codes, successors + value, 0)
            with pytest.raises(ValueError, match="initial: wanted a state 0 to 2"):
                function(codes, successors, value)
        with pytest.raises(TypeError, match="initial: wanted an integer"):
            function(codes, successors, 1.0)
        with pytest.raises(ValueError, match="threads: wanted at least 1"):
            function(codes, successors, 0, threads=0)


def test_no_letters_at_all() -> None:
    codes = np.zeros(0, np.uint8)
    assert dfa_final(codes, np.zeros((0, 3), int), 2) == 2
    assert dfa_states(codes, np.zeros((0, 3), int), 2).shape == (0,)


@pytest.mark.usefixtures("_small")
def test_output_arrays() -> None:
    successors, rng = random_dfa(4, 9)
    codes = rng.integers(0, 4, 5 * BLOCK, dtype=np.uint8)
    wanted = walk(codes, successors, 0)
    room = np.zeros(2 * len(codes) + 64, np.uint8)
    for start in (0, 1, 7, 63):
        for step in (1, 2):
            out = room[start : start + step * len(codes) : step]
            room[:] = 99
            assert dfa_states(codes, successors, 0, out=out) is out
            assert out.tolist() == wanted
            assert (room[:start] == 99).all()
            assert (room[start + step * len(codes) :] == 99).all()
    assert dfa_states(codes, successors, 0, out=codes).tolist() == wanted


def test_output_arrays_that_do_not_fit() -> None:
    successors, codes = np.zeros((2, 3), int), np.zeros(4, np.uint8)
    with pytest.raises(TypeError, match="out: wanted uint8"):
        dfa_states(codes, successors, 0, out=np.empty(4, np.uint16))
    with pytest.raises(ValueError, match=r"out: wanted shape \(4,\)"):
        dfa_states(codes, successors, 0, out=np.empty(5, np.uint8))
    out = np.empty(4, np.uint8)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="can be written"):
        dfa_states(codes, successors, 0, out=out)


@pytest.mark.parametrize(
    ("n", "kind"), [(256, np.uint8), (257, np.uint16), (1 << 17, np.uint32)]
)
def test_states_have_the_smallest_dtype(n: int, kind: Any) -> None:
    ring = np.array([(np.arange(n) + 1) % n, (np.arange(n) + n - 2) % n])
    codes = np.random.default_rng(0).integers(0, 2, 3000, dtype=np.uint8)
    states = dfa_states(codes, ring, n - 2)
    assert states.dtype == kind
    assert states.tolist() == walk(codes, ring, n - 2)


@pytest.mark.parametrize(("bits", "size"), [(1, 2), (1, 4), (1, 8), (2, 4), (4, 2)])
def test_words(bits: int, size: int) -> None:
    k = (1 << bits) - (bits > 1)
    words = Words(k, bits, size)
    successors, rng = random_dfa(k, 7)
    letters = rng.integers(0, k, 50 * size + size - 1, dtype=np.uint8)
    packed = pack(letters, bits, size, np.empty(99, np.uint8))
    groups = letters[: 50 * size].reshape(50, size)
    assert packed.tolist() == (groups << bits * np.arange(size)).sum(1).tolist()
    finals = final_table(successors.astype(np.uint8), words)
    states = states_table(successors.astype(np.uint8), words)
    for group, word in zip(groups, packed, strict=True):
        for q in range(7):
            wanted = walk(group, successors, q)
            assert finals[word, q] == wanted[-1]
            assert list(int(states[word, q]).to_bytes(size, "little")) == wanted


def test_words_are_as_long_as_tables_allow() -> None:
    assert choose_words(2, 16, 1, 1 << 12) == Words(2, 1, 8)
    assert choose_words(2, 16, 1, (1 << 12) - 1) == Words(2, 1, 4)
    assert choose_words(4, 16, 1, 1 << 14, every=True) == Words(4, 2, 4)
    assert choose_words(2, 300, 2, 1 << 30, every=True) == Words(2, 1, 4)
    assert choose_words(17, 2, 1, 1 << 30) == Words(17, 8, 1)


def test_a_second_process_compiles_nothing() -> None:
    program = (
        "import numpy as np\nfrom automata_rnn.scan.cpu import maps, maps_walk\n"
        "maps.dfa_final(np.zeros(50000, np.uint8), [[1, 0]], 0)\n"
        "kernel = maps.word_map if maps.map_width() else maps_walk.walk_codes\n"
        "print(sum(kernel.stats.cache_misses.values()))"
    )
    command = [sys.executable, "-c", program]
    runs = [subprocess.run(command, capture_output=True, check=True) for _ in "ab"]
    assert runs[1].stdout.strip() == b"0"
