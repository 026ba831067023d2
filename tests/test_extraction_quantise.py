"""Automata of hidden vectors that are rounded or clustered."""

from typing import Any

import pytest

from automata_rnn import REAL, Alphabet, evaluate
from automata_rnn.automata import (
    WFA,
    table_from_dfa,
)
from automata_rnn.rnns import LinearRNN
from tests.brute import all_words
from tests.extraction_cases import is_anbn
from tests.saturated_gru import saturated_gru
from tests.trained import counter, dyck, tomita
from translations import compare
from translations.extraction import (
    quantise,
)


@pytest.mark.parametrize("rule", ["round", "cluster"])
@pytest.mark.parametrize("dfa", [counter(3), tomita(4), dyck(2)])
def test_quantised_states(rule: Any, dfa: Any) -> None:
    network = saturated_gru(table_from_dfa(dfa))  # type: ignore[arg-type]
    found = quantise(network, rule=rule, length=7)
    assert compare(found.automaton, dfa).equal
    assert (found.guarantee.kind, found.guarantee.length) == ("length", 7)
    values = quantise(network, rule=rule, length=5, reading="value", tolerance=0.05)
    assert isinstance(values.automaton, WFA)
    assert values.guarantee.kind == "length"
    for word in all_words(values.automaton.alphabet, 5):
        gap = evaluate(values.automaton, word) - evaluate(network, word)
        assert abs(gap) <= 0.05 * max(1, abs(evaluate(network, word)))


def test_quantisation_says_where_it_fails() -> None:
    """Powers of 1/2 need cells no wider than the threshold."""
    halves = LinearRNN(
        REAL, Alphabet("a"), [1.0, 0.0], [[[0.5, 0.0], [0.0, 1.0]]], [1.0, 0.0],
    )  # fmt: skip
    found = quantise(halves, length=12, threshold=2.0**-5)
    assert found.disagreement is None
    assert found.num_states == 6
    coarse = quantise(halves, length=12, threshold=2.0**-5, max_rounds=2)
    word = coarse.disagreement
    assert word is not None
    assert coarse.guarantee.kind == "none"
    assert coarse.automaton.accepts_input("".join(map(str, word))) != (len(word) < 5)
    with pytest.raises(ValueError, match="hidden states that are vectors"):
        quantise(is_anbn, alphabet="ab")
    with pytest.raises(ValueError, match="length: wanted at most 4"):
        quantise(halves, length=5, max_words=5)
    with pytest.raises(ValueError, match="rule: wanted one of"):
        quantise(halves, rule="square")  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", ["round", "cluster"])
def test_quantised_states_that_do_not_end(rule: Any) -> None:
    """A counter reaches more cells than any budget; the result says what is wrong."""
    count = LinearRNN(
        REAL, Alphabet("ab"), [0.0, 1.0],
        [[[1.0, 0.0], [1.0, 1.0]], [[1.0, 0.0], [-1.0, 1.0]]], [1.0, 0.0],
    )  # fmt: skip
    found = quantise(count, rule=rule, length=8, max_states=6)
    assert found.guarantee.kind == "none"
    assert "no automaton found within the budget agrees" in found.notes[1]
    word = found.disagreement
    assert word is not None
    yes = evaluate(count, word) > 0
    assert found.automaton.accepts_input("".join(map(str, word))) != yes


def test_quantisation_is_interrupted_before_anything_was_tried() -> None:
    def step(states: Any, codes: Any) -> Any:
        raise KeyboardInterrupt

    options: dict[str, Any] = {"initial": [0.0], "output": lambda s: s[:, 0]}
    found = quantise(step, alphabet="ab", batched=True, **options)
    assert (found.num_states, found.guarantee.kind) == (1, "none")
    assert "interrupted" in found.notes[1]
    empty = quantise(step, alphabet="", batched=True, **options)
    assert (empty.num_states, empty.guarantee.kind) == (1, "length")
