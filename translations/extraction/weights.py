"""Exact reading of a language from weights: `exact`, and the DFA that says the same."""

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from automata.fa.dfa import DFA

from automata_rnn.automata import WFA, TooManyStates, dfa_from_table, language
from automata_rnn.rnns import MLPRNN, ReLURNN
from automata_rnn.system import evaluate
from translations.equivalence import compare
from translations.extraction.budget import (
    Budget,
    BudgetSpent,
    all_or_nothing,
    check_time,
    elapsed,
    progress_line,
)
from translations.extraction.exact import exact_within
from translations.extraction.relu import read_relu
from translations.extraction.result import Extraction, Hypothesis
from translations.extraction.search import Tick
from translations.extraction.words import shortest_words

MAX_DFA_STATES = 1000
"""DFA states that are looked for before the weighted automaton is returned."""
FIRST_WORDS = 16
"""Words whose values are looked at before a DFA is looked for."""


def read_weights(
    network: Any,
    *,
    threshold: Any = 0,
    max_states: int = MAX_DFA_STATES,
    seconds: float | None = 60.0,
    progress: bool = False,
) -> Extraction:
    """The smallest WFA of a network, as by `exact`, or a DFA where one says the same;
    of a ReLURNN or an MLPRNN a DFA or a counter machine.

    Args:
        threshold: other than 0, the DFA of the words of larger value is wanted, where
            there is one; at 0, only one that keeps all values, 1 and 0.
        max_states: of a DFA; where more are reachable, the result is weighted.
        seconds: time at most. Once the smallest WFA is known, it is the result, as on
            an interrupt from the keyboard.
        progress: whether to show where the search is, on standard error.

    Raises as `exact` and `read_relu` do.
    """
    budget = Budget(seconds=seconds)
    tick = partial(check_time, budget)
    with progress_line(progress, "reading the weights") as say, all_or_nothing():
        if isinstance(network, ReLURNN | MLPRNN):
            limits: dict[str, Any] = {"threshold": threshold, "max_states": max_states}
            return read_relu(network, **limits, tick=tick)
        found = exact_within(network, budget)
        smallest = found.automaton
        if threshold == 0 and not _has_truth_values(smallest):
            return found
        say(f"{found.num_states} states; looking for a DFA")
        try:
            dfa, note = _dfa(smallest, threshold, max_states, tick)
        except (TooManyStates, ValueError):
            return replace(found, seconds=elapsed(budget))
        except (BudgetSpent, KeyboardInterrupt):
            note = "a DFA was not looked for to the end"
            notes = (*found.notes, note)
            return replace(found, seconds=elapsed(budget), notes=notes)
    return replace(
        found,
        automaton=dfa,
        seconds=elapsed(budget),
        hypotheses=(Hypothesis(len(dfa.states), None, dfa),),
        notes=(*found.notes, note),
    )


def _dfa(wfa: WFA, threshold: Any, max_states: int, tick: Tick) -> tuple[DFA, str]:
    """The DFA of a minimal WFA's language, and what it keeps of the values.

    Raises TooManyStates, and ValueError where it keeps too little or values round.
    """
    options = {"threshold": threshold, "max_states": max_states, "tick": tick}
    dfa = dfa_from_table(language(wfa, wfa.semiring, **options).table)
    size = len(dfa.states)
    if threshold != 0:
        return dfa, f"above {threshold} on the words of a DFA of {size} states"
    if not compare(wfa, dfa).equal:
        raise ValueError("values: wanted 1 and 0 only")
    return dfa, f"its values are 1 and 0, those of a DFA of {size} states"


def _has_truth_values(wfa: WFA) -> bool:
    """Whether the shortest words have no values but 1 and 0: else no DFA keeps all."""
    words = islice(shortest_words(wfa.alphabet), FIRST_WORDS)
    return all(evaluate(wfa, word) in (0, 1) for word in words)
