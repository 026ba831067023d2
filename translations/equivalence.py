"""Whether two machines of any kind agree: networks are read as automata first."""

from collections import deque
from typing import Any, Literal, TypeAlias

from automata.fa.dfa import DFA

from automata_rnn import automata
from automata_rnn.alphabet import Symbol
from automata_rnn.automata import WFA, Verdict, absorb_bos, minimize
from automata_rnn.automata.equivalence import (
    DEFAULT_PAIRS,
    check_same_symbols,
    language_view,
)
from automata_rnn.automata.language import DEFAULT_MAX_STATES
from automata_rnn.automata.pairs import View, search_pairs
from automata_rnn.rnns import MLPRNN, DiagonalRNN, LinearRNN, Network, ReLURNN
from automata_rnn.rnns.relu_run import over_rationals
from automata_rnn.semiring import BOOLEAN, INTEGER, RATIONAL, REAL
from automata_rnn.system import above, as_system, start, type_name
from translations.contract import agree
from translations.registry import find, translate

Reading: TypeAlias = Literal["values", "language"]

AUTOMATA = (
    type_name(automata.DFATable),
    type_name(WFA),
    "automata.fa.dfa.DFA",
    "automata.fa.nfa.NFA",
)
CONFIGURATIONS = 2**15
"""Of the lower layers of a `Network`: those that are explored in some ten seconds."""
NONLINEAR = (ReLURNN, MLPRNN, automata.CounterMachine, automata.StackMachine)
"""What is no weighted automaton: compared by pairs of states, as far as it goes."""


def as_automaton(machine: Any, max_states: int = CONFIGURATIONS) -> Any:
    """`machine` itself where it is an automaton, else the WFA that a network is.

    Raises ValueError for a `Network` whose lower layers have more configurations than
    `max_states`, as `translate(network, WFA)` does.
    """
    kind = type(machine)
    if any(type_name(base) in AUTOMATA for base in kind.__mro__):
        return machine
    if type_name(kind) == "galois.FLFSR":
        machine = translate(machine, LinearRNN).rnn
    options = {"max_states": max_states} if isinstance(machine, Network) else {}
    return find(type(machine), WFA)(machine, **options).automaton


def compare(
    a: Any,
    b: Any,
    *,
    reading: Reading = "values",
    threshold: Any = 0,
    max_length: int | None = None,
    max_pairs: int | None = None,
    max_states: int = CONFIGURATIONS,
) -> Verdict:
    """Compare two machines on all words: a shortest counterexample, or a proof.

    ReLU and MLP networks, counters and stacks are run over exact numbers, and pairs of
    states are searched: a proof where finitely many are reachable, as in what a DFA was
    compiled to; else the verdict says up to which length all words agree. A `Network`
    is read by `translate(network, WFA)` first: less than a second for three states of
    RWKV-7, minutes where blocks are longer.

    Args:
        reading: "values" compares f_a(w) with f_b(w), an acceptor's being 1 or 0;
            "language" compares f_a(w) > threshold with f_b(w) > threshold.
        max_length, max_pairs: see `automata_rnn.automata.compare`; by default 10,000
            pairs with a machine that is no weighted automaton, else 100,000.
        max_states: configurations of the lower layers of a `Network`, of which some
            thousand are explored in a second.

    Raises ValueError for different alphabets, semirings that do not compare, and a
    `Network` past `max_states`; TypeError for machines that no translation reads as an
    automaton.
    """
    if reading not in ("values", "language"):
        raise ValueError(f"reading: wanted 'values' or 'language', got {reading!r}")
    nonlinear = isinstance(a, NONLINEAR) or isinstance(b, NONLINEAR)
    if max_pairs is None:
        max_pairs = DEFAULT_MAX_STATES if nonlinear else DEFAULT_PAIRS
    if nonlinear:
        left, right = (_view(m, reading, threshold, max_states) for m in (a, b))
        check_same_symbols(left.system, right.system)
        return search_pairs(left, right, max_length, max_pairs)
    left, right = as_automaton(a, max_states), as_automaton(b, max_states)
    if reading == "values":
        return automata.compare(left, right, max_length=max_length, max_pairs=max_pairs)
    return automata.compare_languages(
        left, right, threshold=threshold, max_length=max_length, max_pairs=max_pairs
    )


def _view(machine: Any, reading: Reading, threshold: Any, max_states: int) -> View:
    """A machine over exact numbers, and what of it is compared."""
    if isinstance(machine, NONLINEAR):
        if isinstance(machine, ReLURNN | MLPRNN) and machine.semiring is REAL:
            machine = over_rationals(machine)
        limit = threshold if isinstance(machine, ReLURNN | MLPRNN) else 0
        if reading == "values":
            return View(machine, machine.output)
        return View(machine, lambda state: above(machine.output(state), limit))
    system = as_system(as_automaton(machine, max_states))
    if reading == "language":
        plain = absorb_bos(system) if isinstance(system, WFA) else system
        return language_view(plain, threshold)
    if isinstance(system, WFA) and system.semiring is not BOOLEAN:
        if system.semiring not in (REAL, RATIONAL, INTEGER):
            raise ValueError(
                "semiring: wanted rational, integer, real or Boolean values beside "
                f"those of such a machine, got {system.semiring.name}"
            )
        system = minimize(system).wfa
    return View(system, system.output)


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
