"""L* and Kearns-Vazirani find the minimal DFA, or say honestly that they did not."""

import importlib
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from automata_rnn.automata import (
    dfa_from_table,
    table_from_dfa,
)
from tests.extraction_cases import QUICK, is_anbn
from tests.saturated_gru import saturated_gru
from tests.strategies import dfas
from tests.trained import counter, tomita
from translations import compare
from translations.extraction import (
    compare_extractors,
    extract,
    kv,
    lstar,
)
from translations.extraction.oracle import (
    Trials,
)
from translations.extraction.search import (
    longest_length,
)

learners = pytest.mark.parametrize("learner", [lstar, kv])


@learners
@settings(max_examples=25)
@given(dfa=dfas())
def test_learners_find_the_minimal_dfa(learner: Any, dfa: Any) -> None:
    found = learner(dfa.accepts_input, alphabet="ab", **QUICK)
    assert compare(found.automaton, dfa).equal
    minimal = dfa_from_table(table_from_dfa(dfa))  # type: ignore[arg-type]
    assert len(found.automaton.states) == len(minimal.states)
    assert found.guarantee.kind == "pac"
    assert found.disagreement is None
    assert found.hypotheses[-1].counterexample is None
    for hypothesis in found.hypotheses[:-1]:
        word = hypothesis.counterexample
        assert word is not None
        yes = hypothesis.automaton.accepts_input("".join(map(str, word)))
        assert yes != dfa.accepts_input("".join(map(str, word)))


@learners
def test_networks_with_bos_and_no_words_but_one(learner: Any) -> None:
    table: Any = table_from_dfa(tomita(6))
    found = learner(saturated_gru(table), **QUICK)
    assert found.automaton == tomita(6)
    empty = learner(lambda word: True, alphabet="", **QUICK)
    assert len(empty.automaton.states) == 1
    assert empty.automaton.accepts_input("")


@learners
def test_a_language_that_is_not_regular_ends_with_what_was_tried(learner: Any) -> None:
    begin = time.perf_counter()
    found = learner(is_anbn, alphabet="ab", max_states=12, **QUICK)
    assert time.perf_counter() - begin < 60
    assert found.guarantee.kind == "none"
    assert "limit of 12 states" in str(found.guarantee)
    assert found.notes[0].startswith("no DFA found within the budget agrees")
    sizes = [hypothesis.num_states for hypothesis in found.hypotheses]
    assert sizes == sorted(sizes)
    assert sizes[-1] >= 12
    for hypothesis in found.hypotheses:
        word = "".join(map(str, hypothesis.counterexample))
        assert hypothesis.automaton.accepts_input(word) != is_anbn(word)
    word = "".join(found.disagreement)
    assert found.automaton.accepts_input(word) != is_anbn(word)
    bound = next(note for note in found.notes if "every DFA" in note)
    assert f"at least {sizes[-1]} states" in bound


@learners
@pytest.mark.parametrize("name", ["anbn", "as many", "balanced"])
def test_counting_is_never_taken_for_regular(learner: Any, name: str) -> None:
    """Hypotheses grow past every length that is tried by default: words that refuted
    one, made longer, refute the next."""

    def language(word: str) -> bool:
        if name == "anbn":
            return is_anbn(word)
        height = np.cumsum([0, *(1 if letter == "a" else -1 for letter in word)])
        return bool(height[-1] == 0 and (name == "as many" or height.min() == 0))

    options = {**QUICK, "max_states": 40}
    found = learner(language, alphabet="ab", **options)
    assert found.guarantee.kind == "none"
    assert "no DFA found within the budget agrees" in found.notes[0]
    assert found.hypotheses[-1].num_states >= 40
    assert all(h.counterexample is not None for h in found.hypotheses)


def test_an_end_without_refutation_is_told_from_one_with() -> None:
    def slowly(word: str) -> bool:
        time.sleep(0.001)
        return len(word) % 2 == 0

    found = lstar(slowly, alphabet="ab", seconds=0.2, **QUICK)
    assert found.disagreement is None
    assert "within the budget is known to agree" in found.notes[0]


@learners
def test_one_letter_is_not_tried_for_ever(learner: Any) -> None:
    begin = time.perf_counter()
    found = learner(lambda word: len(word) % 3 == 0, alphabet="a", epsilon=0.05)
    assert time.perf_counter() - begin < 20
    assert found.num_states == 3
    assert found.guarantee.length == 1000
    assert longest_length(1, 10**6) == 1000


def test_an_interrupted_proof_leaves_the_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    learner = importlib.import_module("translations.extraction.lstar")
    monkeypatch.setattr(learner, "find_invariant", interrupted)
    network = saturated_gru(table_from_dfa(counter(3)))  # type: ignore[arg-type]
    found = lstar(network, **QUICK)
    assert found.automaton == counter(3)
    assert found.guarantee.kind == "pac"


def test_budgets_end_the_search() -> None:
    found = lstar(is_anbn, alphabet="ab", max_rounds=2, **QUICK)
    assert len(found.hypotheses) == 2
    assert "limit of 2 rounds" in found.guarantee.reason

    def slowly(word: str) -> bool:
        time.sleep(0.002)
        return is_anbn(word)

    begin = time.perf_counter()
    found = lstar(slowly, alphabet="ab", seconds=0.3, **QUICK)
    assert time.perf_counter() - begin < 5
    assert "the time of 0.3 s was over" in found.guarantee.reason
    assert found.guarantee.kind == "none"


@pytest.mark.parametrize("when", [0, 1, 100])
def test_interruption_returns_the_best_hypothesis(when: int) -> None:
    count = 0

    def network(word: str) -> bool:
        nonlocal count
        count += 1
        if count == when + 1:
            raise KeyboardInterrupt
        return is_anbn(word)

    found = lstar(network, alphabet="ab", **QUICK)
    assert found.guarantee.kind == "none"
    assert "interrupted" in found.notes[0]
    assert len(found.automaton.states) >= 1


def test_progress_is_shown_where_it_is_asked_for(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    for shown in (False, True):
        lstar(lambda w: "aa" in w, alphabet="ab", progress=shown, **QUICK)
        written = capsys.readouterr()
        assert written.out == ""
        assert bool(written.err) == shown


def test_examples_refute_first() -> None:
    rare = "ab" * 10
    options = {**QUICK, "walk_length": 15}
    found = lstar(lambda w: w == rare, alphabet="ab", **options)
    assert len(found.automaton.states) == 1  # nothing tried is that long
    options |= {"examples": (rare,), "max_words": 8000}
    found = lstar(lambda w: w == rare, alphabet="ab", **options)
    assert len(found.automaton.states) == len(rare) + 2
    assert found.automaton.accepts_input(rare)


def test_unknown_options_and_methods_are_refused() -> None:
    with pytest.raises(TypeError, match=r"options: wanted some of .* got \['depth'\]"):
        lstar(is_anbn, alphabet="ab", depth=3)
    with pytest.raises(ValueError, match="method: wanted one of"):
        extract(is_anbn, "magic", alphabet="ab")
    with pytest.raises(ValueError, match="methods: wanted some of"):
        compare_extractors(is_anbn, ("magic",))
    with pytest.raises(ValueError, match="seconds: wanted more than 0"):
        lstar(is_anbn, alphabet="ab", seconds=0.0)
    with pytest.raises(ValueError, match="max_rounds: wanted at least 1"):
        lstar(is_anbn, alphabet="ab", max_rounds=0)
    with pytest.raises(ValueError, match="epsilon: wanted a number from 0 to 1"):
        lstar(is_anbn, alphabet="ab", epsilon=2.0)
    with pytest.raises(ValueError, match="max_length: wanted at most 9"):
        lstar(is_anbn, alphabet="ab", max_length=10, max_words=1023)
    with pytest.raises(ValueError, match="clusters: wanted at least 0"):
        Trials(clusters=-1)
