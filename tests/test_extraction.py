"""The choice of a method, comparisons, simulation, and what a result records."""

import time
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from automata_rnn import RATIONAL, REAL, Alphabet, evaluate
from automata_rnn.automata import (
    WFA,
    CounterMachine,
    table_from_dfa,
    wfa_from_dfa,
)
from automata_rnn.black_box import accepted, black_box
from automata_rnn.rnns import PDRNN, LinearRNN, ReLURNN
from automata_rnn.rnns.stacked import Dense
from automata_rnn.system import trace
from tests.brute import all_words
from tests.extraction_cases import QUICK, is_anbn
from tests.saturated_gru import saturated_gru
from tests.strategies import dfas
from tests.trained import counter, dyck, tomita
from translations import compare, translate
from translations.extraction import (
    EXTRACTORS,
    Extraction,
    Guarantee,
    Hypothesis,
    agreement,
    compare_extractors,
    extract,
    next_symbols,
    read_weights,
    simulate,
)


def state_after(network: Any, word: str) -> Any:
    *_, last = trace(network, word)
    return last


@settings(max_examples=20)
@given(dfa=dfas())
def test_weights_are_read_exactly(dfa: Any) -> None:
    found = read_weights(translate(dfa, PDRNN).rnn)
    assert compare(found.automaton, dfa).equal
    assert found.automaton == dfa.to_complete().minify()
    assert found.guarantee.kind == "proof"
    assert found.queries == 0


def test_relu_networks_are_read_exactly() -> None:
    finite = extract(translate(dyck(3), ReLURNN).rnn)
    assert finite.automaton == dyck(3)
    assert (finite.method, finite.guarantee.kind) == ("exact", "proof")
    moves = np.zeros((2, 3, 2, 1), int)  # state 0 reads a's, 1 b's, 2 is a sink
    moves[0, 0], moves[1, :2, 1] = 1, -1
    after = np.array([[[0, 0], [2, 2], [2, 2]], [[2, 1], [2, 1], [2, 2]]])
    accepting = np.array([[True, False], [True, False], [False, False]])
    counting = CounterMachine(Alphabet("ab"), 0, after, moves, accepting, True)
    found = extract(translate(counting, ReLURNN).rnn)
    assert isinstance(found.automaton, CounterMachine)
    assert found.guarantee.kind == "proof"
    assert "1 counters; more than 1000 hidden vectors" in found.notes[1]
    for word in all_words(Alphabet("ab"), 8):
        yes = is_anbn("".join(map(str, word)))
        assert bool(evaluate(found.automaton, word)) == yes
    rng = np.random.default_rng(0)
    recurrent, bias = rng.normal(size=(4, 4)), rng.normal(size=(2, 4))
    dense = ReLURNN(
        REAL, Alphabet("ab"), rng.random(4), recurrent, bias, rng.normal(size=4)
    )
    options: dict[str, Any] = {**QUICK, "max_rounds": 2}
    asked = extract(dense, **options)
    assert asked.method == "lstar"
    assert "exact does not apply: rnn: wanted counters" in asked.notes[0]


def test_a_weighted_network_stays_weighted() -> None:
    count = LinearRNN(RATIONAL, Alphabet("ab"), [0, 1],
                      [[[1, 0], [1, 1]], [[1, 0], [0, 1]]], [1, 0])  # fmt: skip
    found = extract(count)
    assert found.method == "exact"
    assert isinstance(found.automaton, WFA)
    assert evaluate(found.automaton, "aabab") == 3
    assert found.notes[0].startswith("exact was chosen")


def test_the_strongest_method_is_taken() -> None:
    network = saturated_gru(table_from_dfa(tomita(5)))  # type: ignore[arg-type]
    found = extract(network, **QUICK)
    assert found.method == "lstar"
    assert "StackedRNN is not known to be linear" in found.notes[0]
    assert found.automaton == tomita(5)


def test_networks_that_predict_are_not_taken_for_acceptors() -> None:
    """Three outputs over two symbols: the next symbol, or the end."""
    gru = saturated_gru(table_from_dfa(counter(2)))  # type: ignore[arg-type]
    rows = gru.head[0].weights
    head = Dense(np.concatenate([rows, -rows, 0 * rows]), np.zeros(3))
    network = replace(gru, head=(head,))
    found = extract(network)
    assert (found.method, found.num_states) == ("weighted_lstar", 2)
    assert found.notes[0].startswith("weighted_lstar was chosen, since a StackedRNN")
    for word in ("", "a", "abba", "babab"):
        expected = network.output(state_after(network, word))
        expected = np.exp(expected) / np.exp(expected).sum()
        mine = next_symbols(found.automaton, word)
        np.testing.assert_allclose(mine, expected, atol=0.05)
    assert extract(network, accepting=0, **QUICK).method == "lstar"
    with pytest.raises(TypeError, match="options: wanted some of"):
        extract(translate(counter(3), PDRNN).rnn, depth=3)


def test_extractors_side_by_side() -> None:
    network = saturated_gru(table_from_dfa(counter(3)))  # type: ignore[arg-type]
    options = {"quantise": {"length": 6}, "lstar": QUICK, "kv": QUICK}
    found = compare_extractors(network, ("exact", "lstar", "kv", "quantise"), options)
    assert list(found.found) == ["lstar", "kv", "quantise"]
    assert list(found.refused) == ["exact"]
    assert found.same == {"lstar": "first", "kv": "yes", "quantise": "yes"}
    text = str(found)
    assert "does not apply" in text
    assert "quantise" in text
    linear = translate(counter(3), PDRNN).rnn
    other = compare_extractors(linear, ("exact", "quantise"),
                               {"quantise": {"length": 1, "threshold": 2}})  # fmt: skip
    assert other.same["quantise"] == "no: ε"


def test_every_method_has_the_same_signature() -> None:
    """A network and options in, an `Extraction` out, or a reason."""
    linear = translate(counter(3), PDRNN).rnn
    options = {"lstar": QUICK, "kv": QUICK, "quantise": {"length": 6}}
    found = compare_extractors(linear, options=options, seconds=50.0)
    assert {*found.found} | {*found.refused} == set(EXTRACTORS)
    assert list(found.found) == [
        "exact", "numerical", "lstar", "kv", "quantise", "hankel", "spectral",
    ]  # fmt: skip
    sizes = {name: result.num_states for name, result in found.found.items()}
    assert sizes == dict.fromkeys(sizes, 3)
    assert "outputs: wanted 2 or 3" in found.refused["weighted_lstar"]
    text = str(found)
    assert all(name in text for name in EXTRACTORS)
    with pytest.raises(TypeError, match=r"options: .* got \['depth'\]"):
        compare_extractors(linear, depth=3)


def test_networks_that_predict_are_asked_for_predictions() -> None:
    def logits(word: str) -> list[float]:
        return [0.0, 3.0, 1.0] if word.count("a") % 2 else [1.0, 0.0, 0.0]

    found = extract(logits, "weighted_lstar", alphabet="ab")
    assert (found.num_states, found.guarantee.kind) == (2, "pac")
    wide = extract(
        lambda word: np.arange(201) * (len(word) % 2) / 20,
        "weighted_lstar",
        alphabet=Alphabet(range(200)),
        tolerance=0.02,
        epsilon=0.3,
    )
    assert (wide.num_states, wide.guarantee.length) == (2, 1)


def test_weights_of_other_values_are_not_searched_for_a_dfa() -> None:
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(2, 40, 40)) / 6
    network = LinearRNN(
        REAL, Alphabet("ab"), rng.normal(size=40), dense, rng.normal(size=40)
    )
    begin = time.perf_counter()
    found = read_weights(network)
    took = time.perf_counter() - begin
    assert (found.num_states, found.guarantee.kind) == (40, "proof")
    assert took < 2
    assert took >= found.seconds >= took / 3


def test_agreement_with_a_given_automaton() -> None:
    network = saturated_gru(table_from_dfa(tomita(4)))  # type: ignore[arg-type]
    good = agreement(network, tomita(4), **QUICK)
    assert good.word is None
    assert good.guarantee.kind == "pac"
    bad = agreement(network, tomita(5), **QUICK)
    assert bad.word is not None
    assert bad.accepted == tomita(4).accepts_input("".join(map(str, bad.word)))
    assert bad.accepted != tomita(5).accepts_input("".join(map(str, bad.word)))
    with pytest.raises(ValueError, match="automaton: wanted the symbols"):
        agreement(network, counter(2))
    with pytest.raises(TypeError, match="automaton: wanted a DFA"):
        agreement(network, wfa_from_dfa(tomita(4)))


# Simulation


def test_simulation_runs_the_automaton_and_checks_it() -> None:
    network = saturated_gru(table_from_dfa(counter(3)))  # type: ignore[arg-type]
    codes = np.random.default_rng(0).integers(0, 2, 5000).astype(np.uint8)
    words = ["", "abab", codes]
    run = simulate(network, words, counter(3), windows=5, window_length=30)
    assert run.disagreement is None
    assert run.checked == 5 + 5 * 5 + 5 * 31
    for word, outputs in zip(words, run.outputs, strict=True):
        letters = word if isinstance(word, str) else "".join("ab"[c] for c in word)
        count = np.cumsum([0, *(letter == "a" for letter in letters)])
        np.testing.assert_array_equal(outputs, count % 3 == 0)
    unchecked = simulate(network, words, counter(2), windows=0)
    assert (unchecked.checked, unchecked.disagreement) == (0, None)


def test_simulation_by_a_wrong_automaton_is_noticed_where_it_goes_wrong() -> None:
    """The network counts to 6, the automaton to 3: both agree on short words."""
    network = saturated_gru(table_from_dfa(counter(6)))  # type: ignore[arg-type]
    letters = "ab" * 2 + "b" * 500 + "a" * 500
    run = simulate(network, [letters], counter(3), window_length=20, windows=64)
    word = run.disagreement
    assert word is not None
    assert accepted(black_box(network), [word])[0] != counter(3).accepts_input(
        "".join(map(str, word))
    )
    with pytest.raises(TypeError, match="words: wanted several words"):
        simulate(network, "ab", counter(3))
    with pytest.raises(ValueError, match=r"words: wanted codes of shape \(T,\)"):
        simulate(network, np.zeros((1, 2, 3), np.uint8), counter(3))
    with pytest.raises(ValueError, match=r"words: wanted codes of shape \(T,\)"):
        simulate(network, np.zeros(2, np.uint8), counter(3))
    with pytest.raises(ValueError, match=r"words: .* below 2, got 7"):
        simulate(network, [np.array([0, 7], np.uint8)], counter(3))
    with pytest.raises(ValueError, match="windows, window_length"):
        simulate(network, ["a"], counter(3), windows=-1)


# The record


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sure",), "kind: wanted one of"),
        (("length",), "length: wanted a length"),
        (("proof", 3), "None beside a proof"),
        (("pac", None, 0.1), "delta: wanted a number"),
        (("pac", None, 0.1, 2.0), "delta: wanted a number between"),
        (("none", None, 0.1), "epsilon: wanted None for none"),
    ],
)
def test_malformed_guarantees(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Guarantee(*arguments)


def test_a_guarantee_excludes_a_disagreement() -> None:
    good = Guarantee("length", 3)
    assert Extraction(counter(2), "x", 0, 0.0, good, "aaaa").disagreement == "aaaa"
    for sure, word in product([Guarantee("proof"), good], ["", "aaa"]):
        with pytest.raises(ValueError, match="disagreement: wanted None beside"):
            Extraction(counter(2), "x", 0, 0.0, sure, word)
    with pytest.raises(ValueError, match="queries: wanted at least 0"):
        Extraction(counter(2), "x", -1, 0.0, good)
    text = str(
        Extraction(counter(2), "x", 5, 1.0, good, hypotheses=(Hypothesis(2, "a"),))
    )
    assert "x: 2 states, 5 queries, 1.00 s" in text
