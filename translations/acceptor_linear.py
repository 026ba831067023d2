"""DFA and NFA → linear RNNs: one unit per state.

h is the one-hot vector of a DFA's state, or the set of an NFA's states (over BOOLEAN),
or how many paths lead to each (over INTEGER and the rest).
"""

import numpy as np
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.automata import indicator, table_from_dfa, wfa_from_nfa
from automata_rnn.rnns import LinearRNN
from automata_rnn.semiring import BOOLEAN, REAL, Array, Semiring
from translations.registry import Translation, translator
from translations.wfa_linear import wfa_to_linear_rnn


def check_numeric_units(semiring: Semiring) -> None:
    """ValueError unless 0̄ = 0 and 1̄ = 1, so that values read as acceptance."""
    if semiring.zero != 0 or semiring.one != 1:
        raise ValueError(
            f"semiring: wanted one whose units are the numbers 0 and 1, got "
            f"{semiring.name}; make a WFA of the automaton first"
        )


@translator(DFA, LinearRNN)
def dfa_to_linear_rnn(dfa: DFA, *, semiring: Semiring = REAL) -> Translation:
    """A network of value 1 on accepted words and 0 on others; size n → n.

    n counts the reachable states of the complete DFA. Exact in every semiring, since
    hidden states are one-hot. `decode` gives the state's number in `table_from_dfa`.
    Raises ValueError for a semiring whose units are not the numbers 0 and 1.
    """
    check_numeric_units(semiring)
    rnn = wfa_to_linear_rnn(indicator(table_from_dfa(dfa), semiring)).rnn
    return Translation(dfa, rnn, one_hot_position)


@translator(NFA, LinearRNN)
def nfa_to_linear_rnn(nfa: NFA, *, semiring: Semiring = BOOLEAN) -> Translation:
    """A network whose units are the NFA's states, ε-moves closed; size n → n.

    Over BOOLEAN (the default) h is the set of states and the automaton is the NFA
    itself. Over other semirings the value of a word is the number of its accepting
    paths, and the automaton is the WFA that counts them; ValueError where a cycle of
    ε-moves makes that infinite.
    """
    wfa = wfa_from_nfa(nfa, semiring)
    translation = wfa_to_linear_rnn(wfa)
    automaton = nfa if semiring is BOOLEAN else wfa
    return Translation(automaton, translation.rnn, translation.decode)


def one_hot_position(hidden: Array) -> int:
    """The unit that is 1 in a one-hot state."""
    return int(np.flatnonzero(hidden)[0])
