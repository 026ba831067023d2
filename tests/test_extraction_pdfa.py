"""Weighted L*: PDFAs found exactly, tolerances that are too large, budgets, models."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import RATIONAL, REAL, Alphabet, Word, evaluate
from automata_rnn.automata import (
    WFA,
    compare,
    is_deterministic,
    wfa_from_ngram_counts,
)
from tests.brute import all_words
from tests.extraction_cases import random_pdfa
from tests.hidden import AB
from translations.extraction.pdfa import (
    PDFATable,
    compare_predictions,
    next_symbols,
    pdfa_from_table,
    prediction,
    reduced,
    table_from_pdfa,
)
from translations.extraction.weighted_lstar import weighted_lstar


def reachable(table: PDFATable) -> list[int]:
    found = [table.initial]
    for state in found:  # grows while it is read
        for row in table.successors:
            if row[state] >= 0 and int(row[state]) not in found:
                found.append(int(row[state]))
    return found


def separations(pdfa: WFA) -> tuple[int, float]:
    """How many states a minimal PDFA has, and how far the nearest two are apart.

    By definition: predictions after all suffixes of up to 6 symbols that are possible
    for both, written out. Sizes up to 7 are separated by those.
    """
    table = table_from_pdfa(pdfa)
    profiles: list[dict[Any, Any]] = []
    for state in reachable(table):
        profile: dict[Any, Any] = {}
        begin = PDFATable(table.alphabet, state, table.successors, table.distributions)
        for suffix in all_words(AB, 6):
            row = prediction(begin, suffix)
            if row.any():
                profile[suffix] = row
        profiles.append(profile)
    apart = [
        [max(np.abs(p[s] - q[s]).max() for s in p.keys() & q.keys()) for q in profiles]
        for p in profiles
    ]
    classes: list[int] = []
    for i in range(len(profiles)):
        if all(apart[i][j] > 0 for j in classes):
            classes.append(i)
    pairs = [apart[i][j] for i, j in product(classes, classes) if i < j]
    return len(classes), min(pairs, default=1.0)


@pytest.mark.parametrize("kinds", [None, 2, 3])
@pytest.mark.parametrize("seed", range(15))
def test_below_half_the_separation_the_structure_is_exact(
    seed: int, kinds: int | None
) -> None:
    pdfa = random_pdfa(seed, 1 + seed % 7, kinds)
    size, separation = separations(pdfa)
    found = weighted_lstar(pdfa, tolerance=0.49 * separation)
    assert found.num_states == size
    assert found.guarantee.kind == "proof"
    assert found.disagreement is None
    assert compare_predictions(pdfa, found.automaton, 1e-12).equal
    assert compare(pdfa, found.automaton).counterexample is None  # over ℚ, all words
    assert is_deterministic(found.automaton)
    for word in all_words(AB, 5):
        assert np.isclose(evaluate(found.automaton, word), evaluate(pdfa, word))


@pytest.mark.parametrize("seed", range(15))
def test_above_the_separation_states_are_merged(seed: int) -> None:
    """The negative control: fewer states, which predict otherwise than the model."""
    pdfa = next(
        pdfa
        for other in range(seed, 1000, 15)
        if separations(pdfa := random_pdfa(other, 5, zeros=0.0))[0] > 1
    )
    _, separation = separations(pdfa)
    table = table_from_pdfa(pdfa)
    spread = float(np.ptp(table.distributions, axis=0).max())
    found = weighted_lstar(pdfa, tolerance=min(0.99, spread * 1.01))
    assert found.num_states == 1
    verdict = compare_predictions(pdfa, found.automaton, separation / 2)
    assert verdict.counterexample is not None


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 7),
    st.sampled_from([None, 2, 3]),
    st.floats(0.01, 0.6),
)
def test_any_tolerance_is_kept(
    seed: int, size: int, kinds: int | None, tolerance: float
) -> None:
    """Within t after every word, by a walk over all words up to length 6; and never
    more states than the model has."""
    pdfa = random_pdfa(seed, size, kinds)
    found = weighted_lstar(pdfa, tolerance=tolerance)
    assert found.guarantee.kind == "proof"
    assert found.num_states <= len(reachable(table_from_pdfa(pdfa)))
    for word in all_words(AB, 6):
        wanted, got = next_symbols(pdfa, word), next_symbols(found.automaton, word)
        if wanted.any() and got.any():
            assert np.abs(wanted - got).max() <= tolerance


@pytest.mark.parametrize("seed", range(10))
def test_a_model_is_a_function(seed: int) -> None:
    """Only asked where words are possible, and never twice for the same word."""
    pdfa = random_pdfa(seed, 6, zeros=0.3)
    table = table_from_pdfa(pdfa)
    asked: list[Word] = []

    def model(word: Word) -> Any:
        asked.append(word)
        row = prediction(table, word)
        assert row.any()
        return row

    found = weighted_lstar(model, AB, tolerance=0.001)
    assert found.guarantee.kind == "pac"
    assert found.guarantee.length == 4
    assert len(set(asked)) == len(asked) == found.queries
    size, separation = separations(pdfa)
    assert separation > 0.002
    assert found.num_states == size
    assert compare_predictions(pdfa, found.automaton, 1e-12).equal


def minimal_size(table: PDFATable) -> int:
    """States that suffixes tell apart: refined by predictions, then by successors."""
    states = reachable(table)
    kinds = {q: hash(tuple(table.distributions[q].round(9))) for q in states}
    while True:
        finer = {
            q: hash((kinds[q], *(kinds.get(int(r[q]), -1) for r in table.successors)))
            for q in states
        }
        if len(set(finer.values())) == len(set(kinds.values())):
            return len(set(kinds.values()))
        kinds = finer


@pytest.mark.parametrize(
    ("seed", "size", "kinds", "zeros", "tolerance"),
    [
        (4, 8, 3, 0.2, 0.3),
        (32, 12, 4, 0.4, 0.2),
        (110, 6, 4, 0.4, 0.3),
        (139, 11, 3, 0.2, 0.3),
        (247, 11, 3, 0.2, 0.3),
        (377, 9, 4, 0.4, 0.3),
        (670, 14, 3, 0.2, 0.25),
        (1177, 5, 3, 0.2, 0.35),
        (1180, 8, 3, 0.2, 0.45),
        (1214, 6, 4, 0.4, 0.45),
    ],
)
def test_likeness_is_not_transitive(
    seed: int, size: int, kinds: int, zeros: float, tolerance: float
) -> None:
    """Models of which a counterexample stays one when the table is closed."""
    pdfa = random_pdfa(seed, size, kinds, zeros)
    found = weighted_lstar(pdfa, tolerance=tolerance)
    assert found.guarantee.kind == "proof"
    assert found.num_states <= minimal_size(table_from_pdfa(pdfa))
    assert found.num_states == minimal_size(table_from_pdfa(found.automaton))


def test_a_prefix_that_looks_like_a_state_but_leads_elsewhere() -> None:
    """b leads to a state 0.05 from the initial one, and ba to one 0.15 from that of a,
    which is the nearest: both must become states."""
    chances = np.array([[0.6, 0.3, 0.1], [0.55, 0.35, 0.1], [0.1, 0.1, 0.8]])
    chances = np.concatenate([chances, [[0.25, 0.1, 0.65]]])
    successors = np.array([[2, 3, 2, 3], [1, 1, 2, 3]])
    pdfa = pdfa_from_table(PDFATable(AB, 0, successors, chances))
    found = weighted_lstar(pdfa, tolerance=0.1)
    assert found.num_states == 4
    assert compare_predictions(pdfa, found.automaton, 1e-12).equal


def test_walks_go_farther_than_all_short_words() -> None:
    """A difference that needs four letters, and only the empty word is checked."""
    chances = np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.2, 0.8]])
    successors = np.array([[1, 2, 3, 4, 0]])
    pdfa = pdfa_from_table(PDFATable(Alphabet("a"), 0, successors, chances))
    table = table_from_pdfa(pdfa)
    found = weighted_lstar(
        lambda word: prediction(table, word), Alphabet("a"), max_length=0
    )
    assert found.num_states == 5
    assert found.hypotheses[0].counterexample == "aaaa"
    assert compare_predictions(pdfa, found.automaton, 1e-12).equal


def test_noise_below_the_tolerance_adds_no_states() -> None:
    """A model that wobbles by 0.01 around a PDFA of 4 states."""
    pdfa = random_pdfa(1, 4, zeros=0.0)
    size, separation = separations(pdfa)
    assert separation > 0.1
    table = table_from_pdfa(pdfa)

    def model(word: Word) -> Any:
        rng = np.random.default_rng(abs(hash(("noise", *word))) % 2**32)
        wobble = rng.uniform(-0.01, 0.01, 3)
        row = prediction(table, word) + wobble - wobble.mean()
        return np.clip(row, 0, 1) / np.clip(row, 0, 1).sum()

    found = weighted_lstar(model, AB, tolerance=0.04)
    assert found.num_states == size
    assert compare_predictions(pdfa, found.automaton, 0.02).equal


def test_an_n_gram_model_is_a_pdfa() -> None:
    counts = {("^", "a"): 3, ("^", "$"): 1, ("a", "b"): 2, ("a", "$"): 1, ("b", "a"): 4}
    bigrams = wfa_from_ngram_counts(counts, bos="^", eos="$")
    found = weighted_lstar(bigrams, tolerance=0.01)
    assert found.num_states == 3
    assert np.isclose(evaluate(found.automaton, "ab"), 0.0)
    assert np.isclose(evaluate(found.automaton, "aba"), 0.75 * 2 / 3 * 1 / 3)


def test_counting_is_not_regular() -> None:
    """The chance of another a falls with their number: no PDFA is within 0.01; the
    budget ends the search, and the result says where it is off."""

    def model(word: Word) -> list[float]:
        chance = 1 / (2 + 0.2 * list(word).count("a"))
        return [chance, 0.2, 0.8 - chance]

    found = weighted_lstar(model, AB, tolerance=0.001, max_states=8)
    assert found.guarantee.kind == "none"
    assert found.guarantee.reason == "max_states: more than 8 states are needed"
    assert found.num_states == 8
    word = found.disagreement
    assert word is not None
    difference = np.abs(next_symbols(found.automaton, word) - model(word)).max()
    assert difference > 0.001


@pytest.mark.parametrize("limit", [1, 2, 5, 10, 20])
def test_any_number_of_queries_gives_a_pdfa(limit: int) -> None:
    pdfa = random_pdfa(3, 7, 3)
    table = table_from_pdfa(pdfa)
    found = weighted_lstar(
        lambda word: prediction(table, word), AB, tolerance=0.01, max_queries=limit
    )
    assert found.queries == limit
    assert found.guarantee.reason == f"max_queries: stopped after {limit} queries"
    table_from_pdfa(found.automaton)  # is one
    assert found.num_states <= 7
    if limit == 1:
        assert "transitions were not explored" in found.notes[1]


def test_what_a_budget_leaves_is_no_worse_than_the_last_automaton() -> None:
    """By the words asked after which each is off; sometimes it is better."""
    table = table_from_pdfa(random_pdfa(1, 7, 3))
    partial = 0
    for limit in range(8, 21):
        asked: list[Word] = []

        def model(word: Word, asked: list[Word] = asked) -> Any:
            asked.append(word)
            return prediction(table, word)

        found = weighted_lstar(model, AB, tolerance=0.01, max_queries=limit)
        wrong = [
            sum(
                np.abs(next_symbols(h.automaton, w) - prediction(table, w)).max() > 0.01
                for w in asked
            )
            for h in found.hypotheses
        ]
        if len(wrong) > 1:
            assert wrong[-1] <= wrong[-2]
            partial += "were not explored" in found.notes[-1]
    assert partial


@pytest.mark.parametrize("after", [1, 4, 12])
def test_an_interrupt_returns_the_best_so_far(after: int) -> None:
    table = table_from_pdfa(random_pdfa(3, 7, 3))
    asked: list[Word] = []

    def model(word: Word) -> Any:
        if len(asked) == after:
            raise KeyboardInterrupt
        asked.append(word)
        return prediction(table, word)

    found = weighted_lstar(model, AB, tolerance=0.01)
    assert found.guarantee.reason == "interrupted from the keyboard"
    assert found.queries == after


def test_an_interrupt_before_the_first_answer_is_passed_on() -> None:
    def model(word: Word) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        weighted_lstar(model, AB)


def test_the_time_is_a_budget() -> None:
    found = weighted_lstar(random_pdfa(0, 5), seconds=1e-9)
    assert found.guarantee.kind == "none"
    assert "seconds: stopped after" in found.guarantee.reason


def test_nothing_but_the_end_and_no_symbols() -> None:
    end = weighted_lstar(lambda word: [0.0, 0.0, 1.0], AB)
    assert end.num_states == 1
    assert evaluate(end.automaton, "") == 1
    assert evaluate(end.automaton, "a") == 0
    assert weighted_lstar(lambda word: [1.0], Alphabet("")).num_states == 1


def test_a_user_s_oracle() -> None:
    pdfa = random_pdfa(5, 6, 2)
    found = weighted_lstar(pdfa, tolerance=0.01, equivalence=lambda guess: None)
    assert found.guarantee.kind == "none"
    with pytest.raises(ValueError, match="equivalence: wanted a word after which"):
        weighted_lstar(pdfa, tolerance=0.01, equivalence=lambda guess: "")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda word: [0.5, 0.5], r"target\(\(\)\): wanted 3 probabilities"),
        (lambda word: [0.5, 0.5, 0.5], "wanted probabilities of sum 1"),
        (lambda word: [1.5, -0.5, 0.0], "wanted probabilities, got"),
        (lambda word: [float("nan")] * 3, "wanted probabilities, got"),
    ],
)
def test_bad_predictions_are_named(model: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weighted_lstar(model, AB)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tolerance": 0.0}, "tolerance: wanted a number"),
        ({"epsilon": 1.0}, "epsilon: wanted a number"),
        ({"delta": 0.0}, "delta: wanted a number"),
        ({"max_length": -1}, "max_length: wanted at least 0"),
        ({"walk_length": -1}, "walk_length: wanted at least 0"),
        ({"max_states": 0}, "max_states: wanted a positive limit"),
    ],
    ids=str,
)
def test_bad_options_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weighted_lstar(lambda word: [0.2, 0.3, 0.5], AB, **options)


def test_bad_targets_are_named() -> None:
    with pytest.raises(ValueError, match="alphabet: wanted one beside"):
        weighted_lstar(lambda word: [0.2, 0.3, 0.5])
    with pytest.raises(ValueError, match="alphabet: wanted None beside a PDFA"):
        weighted_lstar(random_pdfa(0, 2), AB)
    with pytest.raises(TypeError, match="target: wanted a callable or a PDFA"):
        weighted_lstar(3)


def test_what_is_no_pdfa_is_named() -> None:
    half = np.ones((2, 1, 1)) / 4
    for wfa, message in [
        (WFA(RATIONAL, AB, [1], [[[0]]] * 2, [1]), "pdfa: wanted weights over REAL"),
        (WFA(REAL, AB, [0.5], half, [0.5]), "the initial weight is another"),
        (WFA(REAL, AB, [0.0], half, [0.5]), "pdfa: wanted an initial state"),
        (WFA(REAL, AB, [1.0], half, [0.1]), "pdfa, state 0: wanted probabilities of"),
        (WFA(REAL, AB, [1.0, 1.0], np.zeros((2, 2, 2)), [1, 1]), "are all initial"),
    ]:
        with pytest.raises(ValueError, match=message):
            table_from_pdfa(wfa)
    with pytest.raises(ValueError, match="alphabet: wanted the same symbols"):
        compare_predictions(
            random_pdfa(0, 1),
            wfa_from_ngram_counts({("c",): 1, ("$",): 1}, eos="$"),
            0.1,
        )


@given(st.integers(0, 2**32), st.integers(1, 9), st.sampled_from([1, 2, 3]))
@settings(max_examples=40)
def test_pdfas_are_reduced(seed: int, size: int, kinds: int) -> None:
    table = table_from_pdfa(random_pdfa(seed, size, kinds))
    small = reduced(table)
    assert len(small.distributions) == minimal_size(table)
    large, tiny = pdfa_from_table(table), pdfa_from_table(small)
    assert compare(large, tiny).equal  # over ℚ
    assert compare_predictions(large, tiny, 1e-15).equal


@given(st.integers(0, 2**32), st.integers(1, 6))
@settings(max_examples=20)
def test_pdfas_are_tables_and_back(seed: int, size: int) -> None:
    """A word's probability is a product of predictions; probabilities sum to 1."""
    pdfa = random_pdfa(seed, size)
    table = table_from_pdfa(pdfa)
    again = table_from_pdfa(pdfa_from_table(table))
    assert np.array_equal(again.successors, table.successors)
    assert np.array_equal(again.distributions, table.distributions)
    for word in all_words(AB, 4):
        chance = float(next_symbols(pdfa, word)[-1])
        for i, symbol in enumerate(word):
            chance *= float(next_symbols(pdfa, word[:i])[AB.code(symbol)])
        assert np.isclose(evaluate(pdfa, word), chance)
