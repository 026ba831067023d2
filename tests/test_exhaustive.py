"""Every minimal complete DFA over two letters, there and back through networks."""

import pytest
from automata.fa.dfa import DFA

from automata_rnn import REAL
from automata_rnn.automata import DFATable, dfa_from_table, wfa_from_dfa
from automata_rnn.rnns import PDRNN, LinearRNN
from tests.small_dfas import COUNTS, minimal_tables
from translations import translate


def round_trip(table: DFATable) -> None:
    dfa = dfa_from_table(table, minify=False)
    linear = translate(wfa_from_dfa(dfa), LinearRNN).rnn
    assert translate(linear, DFA).automaton == dfa
    floats = translate(wfa_from_dfa(dfa, REAL), LinearRNN).rnn
    assert translate(floats, DFA).automaton == dfa
    back = translate(translate(dfa, PDRNN).rnn, DFA).automaton
    assert back == dfa
    assert len(back.states) == len(dfa.states)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_languages_of_up_to_three_states(n: int) -> None:
    tables = list(minimal_tables(n))
    assert len(tables) == COUNTS[n]
    for table in tables:
        round_trip(table)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_languages_of_four_states() -> None:
    count = 0
    for table in minimal_tables(4):
        round_trip(table)
        count += 1
    assert count == COUNTS[4]


def test_the_enumeration_yields_minimal_automata() -> None:
    for n in (1, 2, 3):
        for table in minimal_tables(n):
            assert len(dfa_from_table(table).states) == n
