"""Whether two machines of any kind agree: networks are read as automata first."""

from collections import deque
from typing import Any, Literal, TypeAlias

from automata.fa.dfa import DFA

from automata_rnn import automata
from automata_rnn.alphabet import Symbol
from automata_rnn.automata import WFA, Verdict
from automata_rnn.automata.equivalence import DEFAULT_PAIRS
from automata_rnn.rnns import DiagonalRNN, LinearRNN
from automata_rnn.system import as_system, start, type_name
from translations.contract import agree
from translations.registry import find, translate

Reading: TypeAlias = Literal["values", "language"]

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
    reading: Reading = "values",
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


def compare_closely(
    a: Any, b: Any, *, tolerance: float = 1e-9, max_words: int = 2000
) -> Verdict:
    """Compare values of the `max_words` shortest words, up to a relative tolerance.

    For networks whose weights are rounded, as eigenvalues are: no proof, but the
    verdict says how far it looked.
    """
    left, right = as_system(a), as_system(b)
    queue: deque[tuple[tuple[Symbol, ...], Any, Any]] = deque()
    queue.append(((), start(left), start(right)))
    looked = 0
    while queue and looked < max_words:
        word, state, other = queue.popleft()
        if not agree(left.output(state), right.output(other), tolerance):
            reason = f"values differ by more than {tolerance:g}"
            return Verdict(word, False, None, reason)
        looked += 1
        if looked + len(queue) < max_words:
            for symbol in left.alphabet:
                pair = left.step(state, symbol), right.step(other, symbol)
                queue.append(((*word, symbol), *pair))
    length = len(queue[0][0]) - 1 if queue else len(word)
    reason = (
        f"weights are rounded; values agree to {tolerance:g} on the {looked} shortest "
        f"words, all up to length {length}"
    )
    return Verdict(None, False, length, reason)


def verify(source: Any, result: Any, *, threshold: Any = 0) -> Verdict:
    """Whether a conversion kept the function: languages for a DFA, else values.

    Weights that are rounded eigenvalues are compared closely, all others exactly.
    """
    if isinstance(result, DiagonalRNN) and not result.semiring.exact:
        return compare_closely(source, result)
    reading: Reading = "language" if isinstance(result, DFA) else "values"
    return compare(source, result, reading=reading, threshold=threshold)
