"""Comparing what is no weighted automaton: by pairs of states, run exactly."""

from itertools import product
from typing import Any

import pytest
from automata.fa.dfa import DFA

from automata_rnn import REAL, Alphabet, accepts, evaluate, galois_field
from automata_rnn.automata import WFA, CounterMachine, dfa_from_regex
from automata_rnn.rnns import MLPRNN, PDRNN, LinearRNN, ReLURNN
from translations import compare, translate

# h = max(0, h + 1) on a, max(0, h - 1) on b
DEPTH = ReLURNN(REAL, Alphabet("ab"), [0], [[1]], [[1], [-1]], [1])


@pytest.mark.parametrize("pattern", ["(ab|c)*", "(a|b|c)*", "a", "((b|c)*a(b|c)*a)*"])
@pytest.mark.parametrize("reading", ["values", "language"])
def test_a_compiled_dfa_is_proved_equal_to_it(pattern: str, reading: Any) -> None:
    dfa = dfa_from_regex(pattern, "abc")
    network = translate(dfa, ReLURNN).rnn
    for other in (dfa, translate(dfa, PDRNN).rnn, translate(dfa, LinearRNN).rnn):
        assert compare(network, other, reading=reading).equal
        assert compare(other, network, reading=reading).equal


@pytest.mark.parametrize("pattern", ["(ab|c)*a?", "(ab|c)*|cab*", "(ab|ccc*)*"])
def test_a_shortest_difference_is_found(pattern: str) -> None:
    dfa, other = dfa_from_regex("(ab|c)*"), dfa_from_regex(pattern, "abc")
    network = translate(dfa, ReLURNN).rnn
    found = compare(network, other).counterexample
    words = (w for n in range(9) for w in product("abc", repeat=n))
    wrong = (w for w in words if dfa.accepts_input(w) != other.accepts_input(w))
    assert found is not None
    assert len(found) == len(next(wrong))
    assert accepts(network, found) != accepts(other, found)


def test_counters_are_compared_as_far_as_said() -> None:
    counters = translate(DEPTH, CounterMachine).automaton
    compiled = translate(counters, MLPRNN).rnn
    for other in (DEPTH, compiled):
        verdict = compare(counters, other, reading="language", max_length=9)
        assert (verdict.counterexample, verdict.proved) == (None, False)
        assert verdict.checked_length == 9
    unbounded = compare(counters, compiled, max_pairs=200)
    assert (unbounded.proved, unbounded.checked_length) == (False, 199)


def test_values_count_unless_languages_are_asked_for() -> None:
    counters = translate(DEPTH, CounterMachine).automaton
    assert compare(counters, DEPTH).counterexample == ("a", "a")  # True, but 2
    assert evaluate(DEPTH, "aa") == 2
    above = dfa_from_regex("(a|b)*", "ab")
    limits = {"reading": "language", "threshold": 1}
    verdict = compare(above, DEPTH, **limits)  # type: ignore[arg-type]
    assert verdict.counterexample == ()


def test_weights_beside_a_network() -> None:
    """Values that halve at every step are above 0 for ever, which is proved."""
    network = ReLURNN(REAL, Alphabet("ab"), [1], [[1]], [[0], [0]], [1])
    halves = LinearRNN(REAL, Alphabet("ab"), [1], [[[0.5]], [[0.5]]], [1])
    assert compare(network, halves, reading="language").equal
    assert compare(halves, network).counterexample == ("a",)
    modular = WFA(galois_field(5), Alphabet("ab"), [1], [[[1]], [[1]]], [1])
    with pytest.raises(ValueError, match="semiring: wanted rational"):
        compare(network, modular)


def test_a_beginning_of_sequence_is_read_first() -> None:
    sigma = Alphabet("ab", bos="^")
    network = ReLURNN(REAL, sigma, [0], [[1]], [[0], [-1], [1]], [1])
    linear = LinearRNN(REAL, sigma, [1], [[[1]], [[0]], [[1]]], [1])
    readings: tuple[Any, ...] = ("values", "language")
    for reading in readings:
        assert compare(network, linear, reading=reading).equal
        assert compare(dfa_from_regex("a*", "ab"), network, reading=reading).equal


def test_alphabets_must_be_the_same() -> None:
    other: DFA = dfa_from_regex("(abc)*")
    with pytest.raises(ValueError, match="only one of them reads"):
        compare(DEPTH, other)
