"""From any machine to any type: a pair of the registry, or two by way of a WFA.

The composite is written here, in one place, so that its cost is visible: the WFA of an
automaton has as many states, that of a network one more where it has a bias.
"""

from typing import Any

from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.automata import (
    WFA,
    DFATable,
    dfa_from_table,
    wfa_from_dfa,
    wfa_from_nfa,
)
from automata_rnn.semiring import RATIONAL
from automata_rnn.system import type_name
from translations.equivalence import as_automaton
from translations.registry import Kind, Translation, pairs, translate


def convert(machine: Any, target: Kind, **options: Any) -> Any:
    """The machine of type `target` that computes the same as `machine`.

    A machine of that type already is returned as it is. Options are those of the last
    translator. Raises as `translate` does.
    """
    if isinstance(machine, DFATable):
        machine = dfa_from_table(machine)
    wanted = target if isinstance(target, str) else type_name(target)
    if any(type_name(kind) == wanted for kind in type(machine).__mro__):
        return machine
    if wanted == type_name(WFA):
        return as_wfa(machine)
    sources = {pair.source for pair in pairs() if pair.target == wanted}
    if not any(type_name(kind) in sources for kind in type(machine).__mro__):
        machine = as_wfa(machine)
    return product_of(translate(machine, target, **options), wanted)


def as_wfa(machine: Any) -> WFA:
    """Any machine as a WFA: acceptors as 1 and 0 over ℚ, NFAs over BOOLEAN."""
    automaton = as_automaton(machine)
    if isinstance(automaton, DFATable):
        automaton = dfa_from_table(automaton)
    if isinstance(automaton, DFA):
        return wfa_from_dfa(automaton, RATIONAL)
    if isinstance(automaton, NFA):
        return wfa_from_nfa(automaton)
    wfa: WFA = automaton
    return wfa


def product_of(translation: Translation, wanted: str) -> Any:
    """Whichever of the automaton and the network is of the type asked for."""
    kinds = type(translation.automaton).__mro__
    if any(type_name(kind) == wanted for kind in kinds):
        return translation.automaton
    return translation.rnn
