"""Searches for words on which a hypothesis fails, against brute force."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import Alphabet, evaluate
from automata_rnn.automata import (
    table_from_dfa,
)
from automata_rnn.black_box import MembershipOracle, black_box
from tests.brute import all_words
from tests.saturated_gru import saturated_gru
from tests.strategies import dfas
from tests.trained import counter
from translations import compare
from translations.extraction import (
    search,
)
from translations.extraction.clusters import cluster_words, spread
from translations.extraction.lstar import separated_states
from translations.extraction.oracle import (
    Trials,
    equivalence_oracle,
    find_difference,
    sample_size,
)
from translations.extraction.search import (
    AllWords,
    all_words_difference,
    first_difference,
    longest_length,
    pumped_words,
    random_words,
    w_method_fits,
    w_method_words,
)
from translations.extraction.suffixes import access_words, separating_suffixes


def quiet() -> None:
    """A tick that does nothing."""


def test_longer_words_by_brute_force() -> None:
    """u x x v and u x x v y y w, by all ways to cut."""
    word = (0, 1, 1, 0)
    expected = set()
    cuts = range(len(word) + 1)
    for n in (1, 2, 3):
        for i, j in product(cuts, cuts):
            if j + n <= len(word) and i + n <= j:
                first = (*word[: i + n], *word[i : j + n], *word[j:])
                expected |= {first}
            if i + n <= len(word):
                expected |= {(*word[: i + n], *word[i:])}
                tripled = (*word[: i + n], *word[i : i + n], *word[i:])
                expected |= {tripled}
    found = list(pumped_words([word], 10**6))
    assert len(found) == len(set(found))
    assert set(found) >= expected
    assert {len(w) - 4 for w in found} == {1, 2, 3, 4, 6}
    assert len(list(pumped_words([word], 5))) == 5
    assert list(pumped_words([()], 5)) == []


@given(a=dfas(), b=dfas(), length=st.integers(0, 5))
def test_all_words(a: Any, b: Any, length: int) -> None:
    table: Any = table_from_dfa(b)
    box = black_box(a)
    every = AllWords(box, length, lambda s: box.read(s), quiet)
    expected = next(
        (
            w
            for w in all_words(Alphabet("ab"), length)
            if evaluate(a, w) != evaluate(b, w)
        ),
        None,
    )
    found = all_words_difference(every, table)
    decoded = None if found is None else Alphabet("ab").decode(found)
    assert (decoded is None) == (expected is None)
    if decoded is not None and expected is not None:
        assert len(decoded) == len(expected)
        assert evaluate(a, decoded) != evaluate(b, decoded)


@given(a=dfas(), b=dfas(), seed=st.integers(0, 10**6))
def test_first_difference_is_the_shortest_prefix(a: Any, b: Any, seed: int) -> None:
    table: Any = table_from_dfa(b)
    words = random_words(np.random.default_rng(seed), 2, 20, 8)
    prefixes = {word[:t] for word in words for t in range(len(word) + 1)}
    decode = Alphabet("ab").decode
    wrong = [p for p in prefixes if evaluate(a, decode(p)) != evaluate(b, decode(p))]
    for together in (3, 4096):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "CHUNK", together)
            found = first_difference(black_box(a), table, words, quiet)
        if not wrong:
            assert found.word is None
        else:
            assert found.word in wrong
            assert len(found.word) == min(map(len, wrong))


def test_a_later_chunk_replaces_nothing_shorter(monkeypatch: Any) -> None:
    monkeypatch.setattr(search, "CHUNK", 1)
    box = black_box(lambda w: w in ("aa", "bbb", "bab"), "ab")
    one: Any = table_from_dfa(counter(1))
    table = type(one)(one.alphabet, 0, one.successors, np.array([False]))
    words = [(0, 0, 0, 0), (1, 1, 1), (1, 0, 1)]
    assert first_difference(box, table, words, quiet).word == (0, 0)
    assert first_difference(box, table, words[1:], quiet).word == (1, 1, 1)
    assert first_difference(box, table, [(1,)], quiet).word is None


@given(dfa=dfas())
def test_suffixes_separate_and_words_reach(dfa: Any) -> None:
    table: Any = table_from_dfa(dfa.to_complete().minify())
    words, suffixes = access_words(table), separating_suffixes(table)
    decode = table.alphabet.decode
    assert sorted(words) == list(range(table.num_states))
    rows = set()
    for state, word in words.items():
        *_, reached = [table.initial, *_run(table, word)]
        assert reached == state
        rows.add(tuple(evaluate(table, decode(word + s)) for s in suffixes))
    assert len(rows) == table.num_states
    assert len(suffixes) <= max(1, table.num_states)
    oracle = MembershipOracle(black_box(dfa))
    assert separated_states(oracle, table) == table.num_states


def _run(table: Any, word: Any) -> Any:
    state = table.initial
    for code in word:
        state = int(table.successors[code, state])
        yield state


@settings(max_examples=30)
@given(a=dfas(max_states=3), b=dfas(max_states=4))
def test_the_w_method_decides_up_to_its_bound(a: Any, b: Any) -> None:
    """Agreement on its words is equality, where the other has one state more."""
    table: Any = table_from_dfa(a.to_complete().minify())
    extra = 4 - table.num_states
    words = w_method_words(table, max(extra, 0), 10**6)
    assert w_method_fits(table, max(extra, 0), 10**6)
    found = first_difference(black_box(b), table, words, quiet)
    assert (found.word is None) == compare(a, b).equal


def test_w_method_words_keep_within_their_number() -> None:
    table: Any = table_from_dfa(counter(7))
    for most in (1, 20, 100, 1000):
        words = w_method_words(table, 5, most)
        least = table.num_states * len(separating_suffixes(table))
        assert len(words) <= max(most, least)
        assert not w_method_fits(table, 5, most)


def test_numbers_of_words() -> None:
    assert [longest_length(2, n) for n in (1, 2, 3, 6, 7, 1023)] == [0, 0, 1, 1, 2, 9]
    assert longest_length(1, 10) == 9
    assert longest_length(0, 10) == 0
    assert sample_size(0.1, 0.5, 1) == 14  # (ln 2 + ln 2) / 0.1
    rng = np.random.default_rng(0)
    words = random_words(rng, 3, 500, 10)
    assert {len(word) for word in words} == set(range(11))
    assert {letter for word in words for letter in word} == {0, 1, 2}
    assert random_words(rng, 1, 3, 2)[0] in [(), (0,), (0, 0)]


def test_clusters_find_a_state_that_should_be_two() -> None:
    """A network that counts to 40 beside a hypothesis that ignores it: hidden states
    that lie far apart are tried with suffixes, and random words find nothing."""
    states = spread(np.array([[0.0], [0.1], [5.0], [5.0]]), 4)
    assert states == [0, 2, 1]
    network: Any = saturated_gru(table_from_dfa(counter(5)))  # type: ignore[arg-type]
    box = black_box(network)
    table: Any = table_from_dfa(counter(1))
    words = cluster_words(box, table, [(0,) * 9], 5, 1000, quiet)
    assert first_difference(box, table, words, quiet).word is not None
    blind = black_box(lambda w: True, "ab")
    assert cluster_words(blind, table, [(0, 0)], 5, 1000, quiet) == []


def test_pac_guarantee_holds() -> None:
    """With ε large, some hypotheses are accepted that are wrong, but rarely by more
    than ε on the words they were tried on."""
    wrong = 0
    for seed in range(30):
        tests = Trials(max_length=0, extra_states=0, clusters=0, epsilon=0.1, delta=0.2,
                      walk_length=12, seed=seed)  # fmt: skip
        box = black_box(lambda w: len(w) == 11, "ab")
        table: Any = table_from_dfa(counter(1))
        table = type(table)(table.alphabet, 0, table.successors, np.array([False]))
        oracle = equivalence_oracle(box, tests)
        # the words of length 11 and 12 have an 11-th prefix: 2 of 13 lengths
        wrong += find_difference(oracle, table, 1) is None
    assert wrong <= 30 * 0.2
