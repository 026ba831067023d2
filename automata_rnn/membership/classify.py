"""`classify`: what a machine is capable of, by type."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.automata import (
    WFA,
    DFATable,
    Language,
    TooManyStates,
    absorb_bos,
    dfa_from_regex,
    nondeterminism,
    wfa_from_nfa,
)
from automata_rnn.automata.language import DEFAULT_MAX_STATES
from automata_rnn.membership.counting import ambiguity_lines
from automata_rnn.membership.linear import NUMBERS, classify_numbers
from automata_rnn.membership.regular import classify_language, unexplored
from automata_rnn.membership.report import Line, Report, no, unknown, yes
from automata_rnn.semiring import BOOLEAN
from automata_rnn.system import type_name

Classifier: TypeAlias = Callable[..., Report]
C = TypeVar("C", bound=Classifier)
_CLASSIFIERS: dict[str, Classifier] = {}


def classifier(*kinds: type | str) -> Callable[[C], C]:
    """Register a function as the classification of machines of these types.

    A type may be given by its importable name, not to import it. ValueError where one
    has a classification already.
    """

    def register(function: C) -> C:
        for kind in kinds:
            name = kind if isinstance(kind, str) else type_name(kind)
            if name in _CLASSIFIERS:
                raise ValueError(f"{name} already has a classification")
            _CLASSIFIERS[name] = function
        return function

    return register


def classify(machine: Any, **budgets: Any) -> Report:
    """Which classes a machine or a language belongs to, with certificates.

    Takes automata-lib's DFA and NFA, a pattern of `dfa_from_regex`, a WFA, and what has
    a registered classification: `import translations` adds the linear networks, by
    their weighted automata. Budgets are those of `classify_language` and
    `classify_numbers`; past one, lines say "unknown, because". A pattern may come with
    an `alphabet`, as for `dfa_from_regex`.

    Raises TypeError for other machines and budgets that they do not have.

    >>> report = classify("(aa)*")
    >>> report["star-free (aperiodic)"].certificate
    'the word a permutes states 0 → 1 → 0'
    >>> report["diagonal layers, gates of either sign"].verdict
    'yes'
    """
    for kind in type(machine).__mro__:
        function = _CLASSIFIERS.get(type_name(kind))
        if function is not None:
            return function(machine, **budgets)
    raise TypeError(
        f"machine: wanted one of {sorted(_CLASSIFIERS)} (networks: import "
        f"translations), got {type_name(type(machine))}"
    )


@classifier(DFA, DFATable)
def classify_dfa(machine: DFA | DFATable, **budgets: int) -> Report:
    return classify_language(machine, **budgets)


@classifier(Language)
def classify_found_language(found: Language, **budgets: int) -> Report:
    return classify_language(found.table, **budgets)


@classifier(str)
def classify_pattern(
    pattern: str,
    *,
    alphabet: Iterable[str] | None = None,
    max_states: int = DEFAULT_MAX_STATES,
    **budgets: int,
) -> Report:
    subject = f"language of the regex {pattern}"
    if max_states < 1:
        raise ValueError(f"max_states: wanted at least 1, got {max_states}")
    try:
        dfa = dfa_from_regex(pattern, alphabet, max_states=max_states)
    except TooManyStates as error:
        return unexplored(subject, error)
    return replace(classify_language(dfa, **budgets), subject=subject)


@classifier(NFA)
def classify_nfa(machine: NFA, **budgets: int) -> Report:
    """The language, and the ambiguity of the ε-free automaton."""
    report = classify_language(machine, **budgets)
    lines = ambiguity_lines(wfa_from_nfa(machine, BOOLEAN))
    return replace(report, lines=(*report.lines, *lines))


@classifier(WFA)
def classify_wfa(wfa: WFA, **budgets: int) -> Report:
    """By weights: numbers; BOOLEAN, as an NFA; others by their shape only."""
    if wfa.semiring in NUMBERS:
        return classify_numbers(wfa, **budgets)
    plain = absorb_bos(wfa)
    if wfa.semiring is BOOLEAN:
        report = classify_language(plain, **budgets)
        return replace(report, lines=(*report.lines, *ambiguity_lines(plain)))
    subject = f"WFA over {wfa.semiring.name}, {len(plain.alphabet)} letters"
    return Report(subject, {"states": plain.num_states}, tuple(_of_shape(plain)))


def _of_shape(wfa: WFA) -> list[Line]:
    """What needs no arithmetic."""
    name, reason = "PD, one layer, given basis", "one run for each word (Theorem 8)"
    why = nondeterminism(wfa)
    lines = [
        yes(name, f"{wfa.num_states} units", reason)
        if why is None
        else no(name, why, reason)
    ]
    if isinstance(wfa.semiring.field, int):
        size = f"at most {wfa.semiring.field}^{wfa.num_states} state vectors"
        lines.append(yes("finitely many values", size, "the field is finite"))
    because = f"exact decisions need rational weights, got {wfa.semiring.name}"
    for other in ("one diagonal layer", "triangularisable over ℂ"):
        lines.append(unknown(other, because))
    return lines
