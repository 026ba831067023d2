"""Spectral learning: automata of values, and what their errors are said to be."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import RATIONAL, Alphabet, Word, evaluate
from automata_rnn.automata import WFA, dfa_from_regex
from tests.brute import all_words
from tests.extraction_cases import real_wfa
from tests.hidden import AB
from translations.extraction.singular import rank_by_gap
from translations.extraction.spectral import spectral
from translations.extraction.words import random_words, shortest_words, words_up_to


@pytest.mark.parametrize("seed", range(12))
def test_a_function_of_finite_rank_is_learned(seed: int) -> None:
    """Values only; rank by numpy, the function on words four times as long."""
    size = 1 + seed % 6
    wfa = real_wfa(seed, size)
    found = spectral(wfa)
    words = words_up_to(AB, 3)
    block = [[evaluate(wfa, (*u, *v)) for v in words] for u in words]
    assert found.num_states == np.linalg.matrix_rank(block) == size
    assert found.guarantee.kind == "pac"
    assert found.guarantee.length == 8  # words u σ τ v, too
    assert found.queries >= 255
    for word in random_words(AB, 28, 50, seed + 1):
        assert abs(evaluate(found.automaton, word) - evaluate(wfa, word)) < 1e-9


def test_a_machine_of_any_kind_has_values() -> None:
    """An acceptor's are 1 and 0; rationals are floats."""
    found = spectral(dfa_from_regex("(ab)*"))
    assert found.num_states == 2
    assert abs(evaluate(found.automaton, "abab") - 1) < 1e-9
    third = WFA(RATIONAL, AB, ["1/3"], [[["1/2"]], [["1/5"]]], [1])
    assert spectral(third).num_states == 1


def test_too_short_words_miss_states_and_it_shows() -> None:
    """Counting a's modulo 6 needs words of 5 symbols: shorter ones mislead."""

    def value(word: Word) -> float:
        return float(list(word).count("a") % 6 == 5)

    short = spectral(value, AB, length=1)
    assert short.num_states < 6
    assert short.guarantee.kind in ("length", "none")
    word = short.disagreement
    assert word is not None
    assert abs(evaluate(short.automaton, word) - value(word)) > 1e-6
    given = spectral(
        value,
        AB,
        prefixes=["a" * n for n in range(6)],
        suffixes=["a" * n for n in range(6)],
    )
    assert given.num_states == 6
    assert given.guarantee.kind == "pac"
    assert "full" in given.notes[1]


def test_noise_has_a_rule() -> None:
    """Values off by up to 10⁻³: above noise · √(m n) only the true states remain."""
    rng = np.random.default_rng(5)
    wfa = real_wfa(5, 3)
    noise: dict[Word, float] = {}

    def value(word: Word) -> float:
        noise.setdefault(word, float(rng.uniform(-1e-3, 1e-3)))
        return float(evaluate(wfa, word)) + noise[word]

    found = spectral(value, AB, noise=1e-3, tolerance=0.1)
    assert found.num_states == 3
    assert found.disagreement is None
    assert spectral(value, AB, threshold=0.01, tolerance=0.1).num_states == 3
    assert spectral(value, AB, rank=2, tolerance=0.1).num_states == 2
    assert spectral(value, AB, threshold=1e-9, tolerance=0.1).num_states == 15


def test_small_values_are_measured_on_their_own_scale() -> None:
    """Values of 10⁻⁹ that a rank of 1 misses by half are no agreement."""

    def value(word: Word) -> float:
        return 1e-9 * (1 + list(word).count("a"))

    assert spectral(value, AB).guarantee.kind == "pac"
    coarse = spectral(value, AB, rank=1)
    assert coarse.disagreement is not None
    assert coarse.guarantee.kind == "none"


def test_the_gap_rule_counts_rounding_as_a_floor() -> None:
    """Values below the rounding of the block are no gap, and 0 is no division."""
    rng = np.random.default_rng(0)
    left, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    block = left @ np.diag([5, 3, 1, 1e-18, 1e-30, 0]) @ left.T
    found = rank_by_gap(block)
    assert found.rank == 3
    assert found.clear
    assert rank_by_gap(np.zeros((3, 3))).rank == 0
    assert rank_by_gap(np.zeros((0, 3))).rank == 0


def test_the_zero_function_one_letter_and_none() -> None:
    zero = spectral(lambda word: 0.0, AB)
    assert (zero.num_states, zero.guarantee.kind) == (0, "pac")
    assert spectral(lambda word: 0.5 ** len(word), Alphabet("a")).num_states == 1
    empty = spectral(lambda word: 3.0, Alphabet(""))
    assert abs(evaluate(empty.automaton, "") - 3) < 1e-12


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_values_of_the_block_are_reproduced(seed: int, size: int) -> None:
    wfa = real_wfa(seed, size)
    found = spectral(wfa, length=3)
    for word in all_words(AB, 4):
        assert abs(evaluate(found.automaton, word) - evaluate(wfa, word)) < 1e-6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rank": 1, "noise": 0.1}, "rank, threshold, noise: wanted at most one"),
        ({"rank": 9}, "rank: wanted at most that of the block, 1, got 9"),
        ({"rank": -1}, "rank: wanted at least 0"),
        ({"threshold": 2.0}, "threshold: wanted a number"),
        ({"noise": -1.0}, "noise: wanted at least 0"),
        ({"epsilon": 0.0}, "epsilon: wanted a number"),
        ({"length": -1}, "length: wanted at least 0"),
        ({"prefixes": ["ac"]}, "prefixes: wanted words over"),
        ({"max_queries": 900}, "max_queries: wanted room for a block .* of 906 in all"),
    ],
    ids=str,
)
def test_bad_options_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        spectral(lambda word: 1.0, AB, **options)


def test_bad_targets_are_named() -> None:
    with pytest.raises(ValueError, match="alphabet: wanted one beside a callable"):
        spectral(lambda word: 1.0)
    with pytest.raises(ValueError, match="target: wanted a callable beside"):
        spectral(real_wfa(0, 2), AB)
    with pytest.raises(ValueError, match="got values that are not finite"):
        spectral(lambda word: float("nan"), AB)
    with pytest.raises(TypeError, match="prefixes: wanted words"):
        spectral(lambda word: 1.0, AB, prefixes=3)  # type: ignore[arg-type]


def test_words_come_by_length() -> None:
    words = shortest_words(AB)
    assert [next(words) for _ in range(31)] == list(all_words(AB, 4))
    assert words_up_to(AB, 4) == list(all_words(AB, 4))
    assert list(shortest_words(Alphabet(""))) == [()]


def test_a_function_that_counts_is_caught_by_words_beyond_the_block() -> None:
    """aⁿbⁿ has no finite rank; random words hardly ever lie in it."""

    def balanced(word: Any) -> float:
        half = len(word) // 2
        return float(word == ("a",) * half + ("b",) * half)

    for length in (1, 2, 3):
        found = spectral(balanced, AB, length=length)
        assert found.guarantee.kind == "length"
        assert found.guarantee.length == 2 * length + 1
        word = found.disagreement
        assert word is not None
        assert abs(evaluate(found.automaton, word) - balanced(tuple(word))) > 0.1
    asked = spectral(balanced, AB, max_queries=910)
    assert asked.queries <= 910
