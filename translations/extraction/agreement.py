"""Whether a network agrees with an automaton that somebody has already."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from automata_rnn.alphabet import Word
from automata_rnn.automata import DFATable
from automata_rnn.black_box import BlackBox, accepted, black_box
from automata_rnn.system import as_system
from translations.extraction.budget import Budget, BudgetSpent, check_time
from translations.extraction.lstar import split_options
from translations.extraction.oracle import (
    Trials,
    equivalence_oracle,
    find_difference,
    guarantee,
)
from translations.extraction.result import Guarantee


@dataclass(frozen=True)
class Agreement:
    """What comparing a network with an automaton found.

    Attributes:
        word: a word on which they differ, or None; it was asked again by itself.
        accepted: whether the network accepts it; None without a word.
        guarantee: what is known where there is no word.
        queries: words compared.
    """

    word: Word | None
    accepted: bool | None
    guarantee: Guarantee
    queries: int

    def __str__(self) -> str:
        if self.word is None:
            return f"no difference found; {self.guarantee}"
        verb = "accepts" if self.accepted else "rejects"
        return f"the network {verb} {self.word!r}, the automaton does not agree"


def agreement(network: Any, automaton: Any, **options: Any) -> Agreement:
    """Look for a word on which `network` and a DFA differ.

    Args:
        automaton: automata-lib's DFA or a DFATable, over the network's symbols.
        options: as for `translations.extraction.lstar`; `max_rounds` and `max_states`
            mean nothing here.

    Raises ValueError for different alphabets, TypeError for other automata.
    """
    tests, limits, rest = split_options(options)
    rest.pop("progress", None)
    box = black_box(network, **rest)
    table = table_over(automaton, box)
    budget = Budget(**limits)
    oracle = equivalence_oracle(box, Trials(**tests), partial(check_time, budget))
    try:
        word = find_difference(oracle, table, 1)
        sure = guarantee(oracle) if word is None else Guarantee("none")
    except BudgetSpent as spent:
        word, sure = None, Guarantee("none", reason=str(spent))
    verdict = None if word is None else bool(accepted(box, [word])[0])
    return Agreement(word, verdict, sure, sum(oracle.compared))


def table_over(automaton: Any, box: BlackBox) -> DFATable:
    """A DFA as a table with its symbols in the order of the network's."""
    system = as_system(automaton)
    if not isinstance(system, DFATable):
        raise TypeError(
            f"automaton: wanted a DFA, got {type(automaton).__name__}; a deterministic "
            "machine of another type is compared by translations.compare"
        )
    if set(system.alphabet) != set(box.alphabet):
        raise ValueError(
            f"automaton: wanted the symbols {box.alphabet.symbols}, got "
            f"{system.alphabet.symbols}"
        )
    order = system.alphabet.encode(box.alphabet.symbols)
    return DFATable(
        type(box.alphabet)(box.alphabet),
        system.initial,
        system.successors[order],
        system.accepting,
    )
