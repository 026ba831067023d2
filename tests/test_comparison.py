"""Machines of any kind compared with each other, exactly and closely."""

from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import given

import translations
from automata_rnn import RATIONAL, REAL, Alphabet, evaluate
from automata_rnn.automata import (
    WFA,
    dfa_from_regex,
    dfa_from_table,
    wfa_from_dfa,
    with_semiring,
)
from automata_rnn.rnns import PDRNN, LinearRNN, Network
from automata_rnn.system import as_system
from tests.brute import all_words
from tests.strategies import dfas
from translations import translate

AB = Alphabet("ab")


@given(dfas())
def test_networks_compare_with_automata(dfa: DFA) -> None:
    for target in (LinearRNN, PDRNN):
        network = translate(dfa, target).rnn
        assert translations.compare(network, dfa).equal
        assert translations.compare(dfa, network, reading="language").equal
        other = translations.compare(network, ~dfa.to_complete())
        assert other.counterexample == ()


def test_an_unknown_reading_is_refused() -> None:
    dfa = DFA.universal_language({"a"})
    with pytest.raises(ValueError, match="reading: wanted"):
        translations.compare(dfa, dfa, reading="best")  # type: ignore[arg-type]


def test_floats_of_a_network_are_compared_as_rationals() -> None:
    wfa = WFA(REAL, AB, [0.1], [[[0.2]], [[3.0]]], [1.0])
    network = translate(wfa, LinearRNN).rnn
    assert translations.compare(wfa, network).equal
    assert not translations.compare(
        with_semiring(wfa, RATIONAL), _nudged(network)
    ).equal


def test_networks_of_many_configurations_are_refused_in_time() -> None:
    dfa = dfa_from_regex("(ab)*")
    deltanet = translate(dfa, Network, heads="deltanet").rnn
    with pytest.raises(ValueError, match=r"than 500 config.*; layer 3 is too large"):
        translations.compare(dfa, deltanet, max_states=500)
    rwkv7 = translate(dfa, Network, heads="rwkv7").rnn
    assert translations.compare(dfa, rwkv7).equal


def _nudged(network: Any) -> LinearRNN:
    recurrent = np.nextafter(network.recurrent, 10)
    return LinearRNN(REAL, AB, network.initial, recurrent, network.readout)


def test_tables_compare_with_networks() -> None:
    dfa = DFA.from_nfa(NFA.from_regex("(a|b)*abb", input_symbols={"a", "b"}))
    table = as_system(dfa)
    assert translations.compare(table, translate(dfa, PDRNN).rnn).equal
    assert dfa_from_table(table) == dfa.minify()  # type: ignore[arg-type]


@given(dfas())
def test_close_comparison_finds_the_first_shortest_difference(dfa: DFA) -> None:
    wfa = wfa_from_dfa(dfa, REAL)
    same = translations.compare_closely(dfa, wfa, max_words=15)
    assert same.counterexample is None
    assert (same.proved, same.checked_length) == (False, 3)
    other = WFA(REAL, AB, wfa.initial, wfa.weights * [[[1]], [[0.75]]], wfa.final)
    expected = next(
        (w for w in all_words(AB, 3) if evaluate(dfa, w) != evaluate(other, w)), None
    )
    found = translations.compare_closely(dfa, other, max_words=15)
    assert found.counterexample == expected
