"""Translations of automata: sizes, numbers of paths, and what is refused."""

from typing import Any

import galois
import numpy as np
import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import given
from hypothesis import strategies as st

import translations
from automata_rnn import (
    BOOLEAN,
    COMPLEX,
    INTEGER,
    LOG,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    accepts,
    evaluate,
    galois_field,
    integers_mod,
)
from automata_rnn.automata import (
    WFA,
    TooManyStates,
    dfa_from_wfa,
    is_deterministic,
    minimize,
    wfa_from_dfa,
    wfa_from_nfa,
)
from automata_rnn.rnns import PDRNN, LinearRNN
from automata_rnn.system import as_system
from tests.brute import all_words
from tests.strategies import deterministic_wfas, dfas, nfas
from tests.translation_cases import permutation_wfas
from translations import translate

AB = Alphabet("ab")


# Acceptors as networks -----------------------------------------------------------


@given(dfas())
def test_dfa_sizes_are_as_stated(dfa: DFA) -> None:
    reachable = len(as_system(dfa).accepting)  # type: ignore[attr-defined]
    for target in (LinearRNN, PDRNN):
        assert translate(dfa, target).rnn.hidden_size == reachable  # type: ignore[attr-defined]
    pd = translate(dfa, PDRNN).rnn
    assert set(pd.scale.ravel()) <= {1.0}  # type: ignore[attr-defined]


@given(dfas(), st.sampled_from([LOG, MAX_PLUS]))
def test_acceptors_need_numeric_units(dfa: DFA, semiring: Semiring) -> None:
    for target in (LinearRNN, PDRNN):
        with pytest.raises(ValueError, match="semiring: wanted one whose units"):
            translate(dfa, target, semiring=semiring)


@given(nfas())
def test_nfa_values_count_paths(nfa: NFA) -> None:
    """Against a count of runs by recursion over moves."""
    wfa = wfa_from_nfa(nfa, INTEGER)
    network = translate(nfa, LinearRNN, semiring=INTEGER).rnn

    def runs(state: Any, word: Any) -> int:
        moves = nfa.transitions.get(state, {})
        count = sum(runs(target, word) for target in moves.get("", ()))
        if not word:
            return count + (state in nfa.final_states)
        return count + sum(runs(t, word[1:]) for t in moves.get(word[0], ()))

    for word in all_words(AB, 4):
        expected = runs(nfa.initial_state, word)
        assert evaluate(wfa, word) == evaluate(network, word) == expected


@given(nfas(acyclic=False))
def test_cycles_of_empty_moves_count_only_where_they_matter(nfa: NFA) -> None:
    for word in all_words(AB, 4):
        assert accepts(wfa_from_nfa(nfa), word) == nfa.accepts_input("".join(word))  # type: ignore[arg-type]


def test_infinitely_many_paths_are_refused_with_the_cycle() -> None:
    transitions: Any = {
        0: {"": {1}, "a": {2}},
        1: {"": {0}},
        2: {"": {3}},
        3: {"": {2}},
    }
    nfa = NFA(
        states={0, 1, 2, 3},
        input_symbols={"a"},
        transitions=transitions,
        initial_state=0,
        final_states={0},
    )
    with pytest.raises(
        ValueError, match=r"cycle of ε-moves .* through states \[0, 1\]"
    ):
        wfa_from_nfa(nfa, INTEGER)
    assert accepts(wfa_from_nfa(nfa, BOOLEAN), "")


@given(dfas())
def test_dfas_survive_every_semiring(dfa: DFA) -> None:
    minimal = dfa.to_complete().minify()
    for semiring in (RATIONAL, REAL, BOOLEAN, INTEGER, integers_mod(5), MAX_PLUS):
        wfa = wfa_from_dfa(dfa, semiring)
        assert dfa_from_wfa(wfa) == minimal


# PD networks ---------------------------------------------------------------------


@given(deterministic_wfas(RATIONAL))
def test_pd_networks_of_deterministic_automata_come_back(wfa: WFA) -> None:
    back = translate(translate(wfa, PDRNN).rnn, WFA).automaton
    assert is_deterministic(back)
    assert np.array_equal(back.weights, wfa.weights)
    assert np.array_equal(back.initial, wfa.initial)


def test_choices_are_refused_by_pd_networks_unless_directions_are_few() -> None:
    wfa = WFA(INTEGER, AB, [1, 1], [[[1, 1], [1, 1]], [[2, 0], [0, 2]]], [1, 3])
    found = translate(wfa, PDRNN)
    assert translations.compare(wfa, found.rnn).equal
    spread = WFA(INTEGER, AB, [1, 1], [[[1, 0], [0, 2]]] * 2, [1, 3])
    with pytest.raises(ValueError, match=r"\[0, 1\] are all initial, .* than 20 dir"):
        translate(spread, PDRNN, max_states=20)
    tropical = WFA(MAX_PLUS, AB, [0.0, 0.0], np.zeros((2, 2, 2)), [0.0, 0.0])
    with pytest.raises(ValueError, match="max-plus weights are no field"):
        translate(tropical, PDRNN)


# Finitely many values as DFAs ----------------------------------------------------


@given(permutation_wfas())
def test_a_deterministic_automaton_is_a_dfa_over_state_and_sign(wfa: WFA) -> None:
    network = translate(wfa, PDRNN).rnn
    for source in (wfa, network):
        dfa = translate(source, DFA).automaton
        assert len(dfa.states) <= 2 * wfa.num_states + 1
        for word in all_words(AB, 6):
            assert dfa.accepts_input("".join(word)) == accepts(wfa, word)  # type: ignore[arg-type]


def test_infinitely_many_states_are_refused_with_what_was_seen() -> None:
    """a^n b^m is accepted when n > m: not regular."""
    weights = [[[1, 1], [0, 1]], [[1, -1], [0, 1]]]
    wfa = WFA(INTEGER, AB, [1, 0], weights, [0, 1])
    for source in (wfa, translate(wfa, LinearRNN).rnn):
        with pytest.raises(TooManyStates, match="more than 100 distinct") as caught:
            translate(source, DFA, max_states=100)
        assert caught.value.seen == 100
        assert caught.value.longest == len(caught.value.example)


def test_a_threshold_moves_the_language() -> None:
    """The number of a's modulo 3 as a value 0, 1, 2."""
    weights = [
        np.eye(3, k=1, dtype=int) + np.eye(3, k=-2, dtype=int),
        np.eye(3, dtype=int),
    ]
    wfa = WFA(INTEGER, AB, [1, 0, 0], weights, [0, 1, 2])
    for threshold, count in ((0, 3), (1, 3), (2, 1)):
        dfa = translate(wfa, DFA, threshold=threshold).automaton
        assert len(dfa.states) == count
        for word in all_words(AB, 5):
            assert dfa.accepts_input("".join(word)) == (word.count("a") % 3 > threshold)  # type: ignore[arg-type]


@pytest.mark.parametrize("semiring", [LOG, COMPLEX], ids=str)
def test_rounding_arithmetic_is_not_explored(semiring: Semiring) -> None:
    one = semiring.one
    wfa = WFA(semiring, AB, [one], [[[one]]] * 2, [one])
    with pytest.raises(ValueError, match="arithmetic that does not round"):
        translate(wfa, DFA)


def test_tropical_integers_are_explored_and_fractions_are_not() -> None:
    whole = WFA(MAX_PLUS, AB, [0.0], [[[0.0]], [[-np.inf]]], [0.0])
    dfa = translate(whole, DFA, threshold=-np.inf).automaton
    assert [dfa.accepts_input(w) for w in ("", "aa", "ab")] == [True, True, False]
    with pytest.raises(ValueError, match="does not round"):
        translate(WFA(MAX_PLUS, AB, [0.5], np.zeros((2, 1, 1)), [0.0]), DFA)


# Shift registers -----------------------------------------------------------------


def test_registers_and_networks_agree_with_berlekamp_massey() -> None:
    """The minimal WFA of a one-letter sequence is its shortest register."""
    rng = np.random.default_rng(2)
    field = galois.GF(2)
    for n in range(1, 7):
        for _ in range(10):
            rnn = LinearRNN(
                galois_field(2),
                Alphabet("1"),
                rng.integers(0, 2, n),
                rng.integers(0, 2, (1, n, n)),
                rng.integers(0, 2, n),
            )
            outputs = [evaluate(rnn, "1" * t) for t in range(4 * n + 2)]
            shortest = galois.berlekamp_massey(field(outputs))
            size = minimize(translate(rnn, WFA).automaton).wfa.num_states
            if shortest.degree < size:  # outputs start outside every cycle
                with pytest.raises(ValueError, match="outside every cycle"):
                    translate(rnn, "galois.FLFSR")
                continue
            register = translate(rnn, galois.FLFSR).automaton
            assert register.characteristic_poly == shortest or size == 0
            stepped = np.atleast_1d(np.array(register.step(len(outputs))))
            assert stepped.tolist() == outputs


@pytest.mark.parametrize(
    ("alphabet", "semiring"), [("ab", galois_field(2)), ("a", INTEGER), ("a", REAL)]
)
def test_registers_have_one_letter_and_a_finite_field(
    alphabet: str, semiring: Semiring
) -> None:
    k = len(alphabet)
    rnn = LinearRNN(semiring, Alphabet(alphabet), [1], np.ones((k, 1, 1), int), [1])
    with pytest.raises(ValueError, match="rnn: wanted one letter"):
        translate(rnn, galois.FLFSR)
