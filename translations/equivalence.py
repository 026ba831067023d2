"""Whether two machines of any kind agree: networks are read as automata first."""

from typing import Any, Literal

from automata_rnn import automata
from automata_rnn.automata import WFA, Verdict
from automata_rnn.automata.equivalence import DEFAULT_PAIRS
from automata_rnn.rnns import LinearRNN
from automata_rnn.system import type_name
from translations.registry import find, translate

AUTOMATA = (
    type_name(automata.DFATable),
    type_name(WFA),
    "automata.fa.dfa.DFA",
    "automata.fa.nfa.NFA",
)


def as_automaton(machine: Any) -> Any:
    """`machine` itself where it is an automaton, else the WFA that a network is."""
    kind = type(machine)
    if any(type_name(base) in AUTOMATA for base in kind.__mro__):
        return machine
    if type_name(kind) == "galois.FLFSR":
        machine = translate(machine, LinearRNN).rnn
    return find(type(machine), WFA)(machine).automaton


def compare(
    a: Any,
    b: Any,
    *,
    reading: Literal["values", "language"] = "values",
    threshold: Any = 0,
    max_length: int | None = None,
    max_pairs: int = DEFAULT_PAIRS,
) -> Verdict:
    """Compare two machines on all words: a shortest counterexample, or a proof.

    Args:
        reading: "values" compares f_a(w) with f_b(w), an acceptor's being 1 or 0;
            "language" compares f_a(w) > threshold with f_b(w) > threshold.
        max_length, max_pairs: see `automata_rnn.automata.compare`.

    Raises ValueError for different alphabets or semirings that do not compare, and
    TypeError for machines that no translation reads as an automaton.
    """
    left, right = as_automaton(a), as_automaton(b)
    if reading == "values":
        return automata.compare(left, right, max_length=max_length, max_pairs=max_pairs)
    if reading == "language":
        return automata.compare_languages(
            left, right, threshold=threshold, max_length=max_length, max_pairs=max_pairs
        )
    raise ValueError(f"reading: wanted 'values' or 'language', got {reading!r}")
