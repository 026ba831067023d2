"""Exact reading of a language from weights: `exact`, and the DFA that says the same."""

import time
from dataclasses import replace
from itertools import islice
from typing import Any

from automata.fa.dfa import DFA

from automata_rnn.automata import WFA, TooManyStates
from automata_rnn.rnns import MLPRNN, ReLURNN
from automata_rnn.system import evaluate
from translations.equivalence import compare
from translations.extraction.exact import exact
from translations.extraction.relu import read_relu
from translations.extraction.result import Extraction, Hypothesis
from translations.extraction.words import shortest_words
from translations.registry import translate

MAX_DFA_STATES = 1000
"""DFA states that are looked for before the weighted automaton is returned."""
FIRST_WORDS = 16
"""Words whose values are looked at before a DFA is looked for."""


def read_weights(
    network: Any, *, threshold: Any = 0, max_states: int = MAX_DFA_STATES
) -> Extraction:
    """The smallest WFA of a network, as by `exact`, or a DFA where one says the same;
    of a ReLURNN or an MLPRNN a DFA or a counter machine.

    Args:
        threshold: other than 0, the DFA of the words of larger value is wanted, where
            there is one; at 0, only one that keeps all values, 1 and 0.
        max_states: of a DFA; where more are reachable, the result is weighted.

    Raises as `exact` and `read_relu` do.
    """
    if isinstance(network, ReLURNN | MLPRNN):
        return read_relu(network, threshold=threshold, max_states=max_states)
    begin = time.perf_counter()
    found = exact(network)
    smallest = found.automaton
    if threshold == 0 and not _has_truth_values(smallest):
        return found
    try:
        options = {"threshold": threshold, "max_states": max_states}
        dfa = translate(smallest, DFA, **options).automaton
    except (TooManyStates, ValueError):
        return replace(found, seconds=time.perf_counter() - begin)
    size = len(dfa.states)
    if threshold != 0:
        note = f"above {threshold} on the words of a DFA of {size} states"
    elif compare(smallest, dfa).equal:
        note = f"its values are 1 and 0, those of a DFA of {size} states"
    else:
        return replace(found, seconds=time.perf_counter() - begin)
    return replace(
        found,
        automaton=dfa,
        seconds=time.perf_counter() - begin,
        hypotheses=(Hypothesis(size, None, dfa),),
        notes=(*found.notes, note),
    )


def _has_truth_values(wfa: WFA) -> bool:
    """Whether the shortest words have no values but 1 and 0: else no DFA keeps all."""
    words = islice(shortest_words(wfa.alphabet), FIRST_WORDS)
    return all(evaluate(wfa, word) in (0, 1) for word in words)
