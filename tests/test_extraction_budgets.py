"""What all extraction methods share: time, progress, interrupts, batches, memory."""

import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from automata_rnn import RATIONAL, REAL, Alphabet, Word, evaluate, integers_mod
from automata_rnn.automata import WFA, dfa_from_table, table_from_dfa, wfa_from_regex
from automata_rnn.cli import main
from automata_rnn.formats import save
from automata_rnn.rnns import PDRNN, LinearRNN, ReLURNN
from tests.extraction_cases import random_pdfa
from tests.hidden import AB
from tests.trained import counter
from translations import compare, translate
from translations.extraction import (
    compare_extractors,
    exact,
    extract,
    hankel,
    numerical,
    spectral,
    weighted_lstar,
)
from translations.extraction.pdfa import (
    compare_predictions,
    prediction,
    table_from_pdfa,
)
from translations.extraction.search import random_words, w_method_words


def dense_relu(size: int) -> ReLURNN:
    """Random weights: neither finitely many hidden vectors nor counters."""
    rng = np.random.default_rng(0)
    recurrent = rng.normal(size=(size, size)) / size**0.5
    bias = rng.normal(size=(2, size))
    return ReLURNN(REAL, AB, np.zeros(size), recurrent, bias, rng.normal(size=size))


def dense_linear(size: int) -> LinearRNN:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(2, size, size)) / size**0.5
    return LinearRNN(REAL, AB, rng.normal(size=size), weights, rng.normal(size=size))


# Time


@pytest.mark.parametrize("max_states", [50, 100_000])
def test_the_time_ends_the_reading_of_weights(max_states: int) -> None:
    """Among hidden vectors, and, where few of them are looked at, among regions."""
    begin = time.perf_counter()
    with pytest.raises(ValueError, match=r"nothing was found: the time of 0\.3 s was"):
        extract(dense_relu(60), "exact", seconds=0.3, max_states=max_states)
    assert time.perf_counter() - begin < 3


def test_auto_asks_where_weights_are_not_read_in_half_the_time() -> None:
    begin = time.perf_counter()
    found = extract(dense_relu(60), seconds=1.0)
    assert time.perf_counter() - begin < 4
    assert found.method == "lstar"
    assert "the time of 0.5 s was over" in found.notes[0]
    with pytest.raises(ValueError, match="seconds: wanted more than 0, got -1"):
        extract(dense_relu(2), seconds=-1)


def test_linear_algebra_that_is_too_large_is_refused_before_it_begins() -> None:
    network = dense_linear(60)
    with pytest.raises(ValueError, match="with 60 units and 2 symbols takes about"):
        exact(network, seconds=0.05)
    assert exact(network, seconds=None).num_states == 60
    finite = wfa_from_regex("(ab|c)*", integers_mod(7))
    assert exact(finite, seconds=1.0).num_states == 2


def test_a_weighted_automaton_is_left_where_the_time_for_a_dfa_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    weights = __import__("translations.extraction.weights", fromlist=["language"])
    monkeypatch.setattr(weights, "language", interrupted)
    found = extract(translate(counter(3), PDRNN).rnn, "exact")
    assert isinstance(found.automaton, WFA)
    assert (found.num_states, found.guarantee.kind) == (3, "proof")
    assert found.notes[-1] == "a DFA was not looked for to the end"


def test_the_time_ends_numerical_and_spectral() -> None:
    with pytest.raises(ValueError, match=r"nothing was found: the time of 0\.05 s"):
        numerical(dense_linear(80), seconds=0.05)

    def slow(word: Word) -> float:
        time.sleep(0.005)
        return 0.5 ** len(word)

    with pytest.raises(ValueError, match=r"nothing was found: seconds: stopped after"):
        spectral(slow, AB, seconds=0.05)
    found = spectral(slow, AB, length=1, seconds=0.3)  # 15 words, then 300 others
    assert found.guarantee.reason == "seconds: stopped after 0.3 s"
    assert compare_values(found.automaton, lambda word: 0.5 ** len(word))


def test_no_equivalence_query_is_begun_that_is_likely_to_end_too_late() -> None:
    target = wfa_from_regex("(abc|d)*", integers_mod(7))

    def slow(guess: WFA) -> Any:
        time.sleep(0.15)
        return compare(target, guess).counterexample

    begin = time.perf_counter()
    found = hankel(
        lambda word: evaluate(target, word),
        target.alphabet,
        integers_mod(7),
        equivalence=slow,
        seconds=0.25,
    )
    assert time.perf_counter() - begin < 0.25
    assert "the next step takes about 0.2 s" in found.guarantee.reason
    assert "1 equivalence queries" in found.notes[0]


def compare_values(wfa: WFA, value: Any) -> bool:
    words = ("", "a", "abb", "babab")
    return np.allclose([evaluate(wfa, w) for w in words], [value(w) for w in words])


# Interrupts


def test_an_interrupt_leaves_the_automaton_of_a_known_block() -> None:
    count = 0

    def value(word: Word) -> float:
        nonlocal count
        count += 1
        if count == 30:  # the block has 15 words
            raise KeyboardInterrupt
        return 0.5 ** len(word)

    found = spectral(value, AB, length=1)
    assert found.guarantee.reason == "interrupted from the keyboard"
    assert found.num_states == 1
    assert compare_values(found.automaton, lambda word: 0.5 ** len(word))
    count = 29
    with pytest.raises(KeyboardInterrupt):
        spectral(value, AB, length=1)


def test_an_interrupt_ends_one_method_of_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    weights = __import__("translations.extraction.weights", fromlist=["exact_within"])
    monkeypatch.setattr(weights, "exact_within", interrupted)
    methods = ("exact", "lstar")
    found = compare_extractors(translate(counter(3), PDRNN).rnn, methods, epsilon=None)
    assert found.refused == {"exact": "interrupted from the keyboard"}
    assert found.found["lstar"].automaton == counter(3)
    assert "does not apply" not in str(found)


# Progress


@pytest.mark.parametrize(
    ("method", "text"),
    [
        ("exact", "looking for a DFA"),
        ("numerical", "comparing words"),
        ("hankel", "hypothesis 2: 3 states"),
        ("spectral", "words to compare"),
        ("weighted_lstar", "hypothesis 1: 1 states"),
    ],
)
def test_every_method_shows_where_it_is_where_that_is_asked_for(
    method: str, text: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = "translations.extraction.budget.Console"
    said: list[str] = []

    class Shown:
        """In place of rich's console, which redraws only now and then."""

        def __init__(self, **options: Any) -> None:
            assert options == {"stderr": True}

        def status(self, first: str) -> "Shown":
            said.append(first)
            return self

        def __enter__(self) -> "Shown":
            return self

        def __exit__(self, *_: Any) -> None:
            said.append("end")

        def update(self, line: str) -> None:
            said.append(line)

    monkeypatch.setattr(budget, Shown)
    network: Any = translate(counter(3), PDRNN).rnn
    options: dict[str, Any] = {}
    if method == "weighted_lstar":
        network, options = (lambda word: [0.0, 0.0, 0.0]), {"alphabet": "ab"}
    extract(network, method, **options)
    assert not said
    extract(network, method, progress=True, **options)
    assert any(text in line for line in said)
    assert said[-1] == "end"
    assert capsys.readouterr().out == ""


def test_the_command_line_shows_progress(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    cli = __import__("automata_rnn.cli.extraction", fromlist=["extract"])
    monkeypatch.setattr(
        cli, "extract", lambda *a, **o: asked.append(o) or extract(*a, **o)
    )
    path = tmp_path / "net.safetensors"
    save(translate(counter(3), PDRNN).rnn, path)
    for method in ("auto", "exact", "hankel", "numerical", "spectral"):
        done = CliRunner().invoke(main, ["extract", str(path), "--method", method])
        assert done.exit_code == 0, done.output
        assert asked[-1] == {"progress": True}


# Batches


def test_batches_change_no_result_of_weighted_lstar() -> None:
    """And no word of probability 0 is asked for, and there are fewer than words."""
    batches = queries = 0
    for seed in range(5):
        pdfa = random_pdfa(seed, 12, 3, zeros=0.3)
        table = table_from_pdfa(pdfa)

        def model(words: list[Word], table: Any = table) -> Any:
            nonlocal batches
            batches += 1
            assert len({*map(tuple, words)}) == len(words)
            for word in words:
                before = [prediction(table, word[:i]) for i in range(len(word))]
                chances = [b[AB.code(s)] for b, s in zip(before, word, strict=True)]
                assert all(chance > 0 for chance in chances)
            return np.array([prediction(table, word) for word in words])

        found = weighted_lstar(model, AB, batched=True, tolerance=1e-6)
        one = weighted_lstar(
            lambda word, table=table: prediction(table, word), AB, tolerance=1e-6
        )
        assert found.num_states == one.num_states
        assert compare_predictions(found.automaton, one.automaton, 1e-12).equal
        queries += found.queries
    assert batches < 0.6 * queries


def test_networks_are_asked_in_batches() -> None:
    batches: list[int] = []

    def logits(words: list[str]) -> Any:
        batches.append(len(words))
        odd = np.array([word.count("a") % 2 for word in words])[:, None]
        return np.where(odd, [0.0, 3.0, 1.0], [1.0, 0.0, 0.0])

    found = extract(logits, "weighted_lstar", alphabet="ab", batched=True)
    assert (found.num_states, found.guarantee.kind) == (2, "pac")
    assert sum(batches) == found.queries
    assert len(batches) < found.queries / 3
    batches.clear()

    def value(words: list[str]) -> Any:
        batches.append(len(words))
        return [0.5 ** len(word) for word in words]

    found = extract(value, "spectral", alphabet="ab", batched=True)
    assert (found.num_states, found.guarantee.kind) == (1, "pac")
    assert sum(batches) == found.queries
    assert len(batches) < 20


@pytest.mark.parametrize("limit", [1, 2, 5, 10, 20])
def test_batches_keep_within_the_number_of_queries(limit: int) -> None:
    table = table_from_pdfa(random_pdfa(3, 7, 3))
    found = weighted_lstar(
        lambda words: [prediction(table, word) for word in words],
        AB,
        batched=True,
        tolerance=0.01,
        max_queries=limit,
    )
    assert found.queries == limit
    assert found.guarantee.reason == f"max_queries: stopped after {limit} queries"


def test_batches_of_another_size_are_refused() -> None:
    message = "target: wanted 1 answers to as many words, got 2"
    with pytest.raises(ValueError, match=message):
        weighted_lstar(lambda words: np.ones((2, 3)) / 3, AB, batched=True)
    with pytest.raises(ValueError, match=r"target: wanted .* got 1"):
        spectral(lambda words: [1.0], AB, batched=True)


# Large alphabets


def test_large_alphabets_take_little_memory() -> None:
    """All pairs of 4,000 letters are 16 million words; the budget allows 20,000."""
    k = 4000
    letters = Alphabet(range(k))
    table: Any = table_from_dfa(counter(3))
    successors = np.tile(table.successors, (k // 2, 1))
    wide = type(table)(letters, 0, successors, table.accepting)
    tracemalloc.start()
    try:
        words = w_method_words(wide, 1, 20_000)
        drawn = random_words(np.random.default_rng(0), k, 2000, 50)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60e6
    assert len(words) <= 20_000
    assert len(drawn) == 2000
    assert {len(word) for word in drawn} == set(range(51))
    assert max(max(word, default=0) for word in drawn) > k - 100


def test_blocks_of_too_many_words_are_refused_before_they_are_made() -> None:
    begin = time.perf_counter()
    with pytest.raises(ValueError, match=r"got 3, and 25005001 up to 2"):
        spectral(lambda word: 1.0, Alphabet(range(5000)))
    assert time.perf_counter() - begin < 1


# What a budget must not change


def test_reading_weights_in_time_is_exact() -> None:
    network = translate(counter(4), LinearRNN, semiring=RATIONAL).rnn
    found = extract(network, seconds=30.0)
    assert (found.method, found.guarantee.kind) == ("exact", "proof")
    assert compare(found.automaton, dfa_from_table(table_from_dfa(counter(4)))).equal
    assert hankel(network).num_states == 4
