"""Exact reading of networks that are linear in the state: from the weights alone.

The network is the weighted automaton that a translation makes of it, floats being the
rationals that they are; minimised, it has as many states as any automaton of the same
function needs. Where its values are the indicator of a language with few states, the
DFA says the same and is returned instead.
"""

import time
from typing import Any

from automata.fa.dfa import DFA

from automata_rnn.automata import TooManyStates, minimize
from translations.equivalence import as_automaton, compare
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.registry import translate

MAX_DFA_STATES = 1000
"""DFA states that are looked for before the weighted automaton is returned."""


def read_weights(
    network: Any, *, threshold: Any = 0, max_states: int = MAX_DFA_STATES
) -> Extraction:
    """The minimal automaton of a network with a translation to one, proved equal.

    Args:
        threshold: other than 0, the DFA of the words of larger value is wanted, where
            there is one; at 0, only one that keeps all values.
        max_states: of a DFA; where more are reachable, the result is weighted.

    Raises TypeError where no translation reads the network as an automaton, and
    ValueError with the reason where this one is outside its domain.
    """
    begin = time.perf_counter()
    wfa = as_automaton(network)
    small = minimize(wfa).wfa
    verdict = compare(wfa, small)
    if not verdict.equal:  # minimisation is exact; this would be an error of ours
        raise ValueError(f"network: its minimal automaton differs: {verdict.reason}")
    note = (
        f"a weighted automaton over {small.semiring.name} of {wfa.num_states} states, "
        f"{small.num_states} after minimisation, as few as this function needs"
    )
    automaton: Any = small
    try:
        options = {"threshold": threshold, "max_states": max_states}
        dfa = translate(small, DFA, **options).automaton
    except (TooManyStates, ValueError):
        dfa = None
    if dfa is not None and threshold != 0:
        automaton = dfa
        note += f"; above {threshold} on the words of a DFA of {len(dfa.states)} states"
    elif dfa is not None and compare(small, dfa).equal:
        automaton = dfa
        note += f"; its values are 1 and 0, those of a DFA of {len(dfa.states)} states"
    size = small.num_states if automaton is small else len(automaton.states)
    return Extraction(
        automaton,
        "exact",
        0,
        time.perf_counter() - begin,
        Guarantee("proof", reason=verdict.reason),
        hypotheses=(Hypothesis(size, None, automaton),),
        notes=(note,),
    )
