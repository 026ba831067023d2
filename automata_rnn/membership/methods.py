"""The methods of a validation, one function each: machine, reference → check.

| method       | words                               | where no disagreement is found |
|--------------|-------------------------------------|--------------------------------|
| "proof"      | none: two automata are compared     | they accept the same language  |
| "exhaustive" | all up to a length                  | ... up to that length          |
| "w"          | P · Σ^{≤ m - n} · W, see `wmethod`  | ... if there are ≤ m states    |
| "random"     | uniform length, uniform letters     | error below a bound, probably  |
| "pac"        | the same, as many as (ε, δ) takes   | error below ε, probably        |
| "near"       | accepted ones, and one edit away    | error below a bound, probably  |

An error is the probability that the two disagree on a word drawn as the row says; the
bound is the one-sided one of Clopper and Pearson and holds with the stated confidence.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from random import Random
from typing import Any, Literal, TypeAlias

from automata_rnn.alphabet import Symbol, Word
from automata_rnn.automata import (
    WFA,
    DFATable,
    TooManyStates,
    absorb_bos,
    compare_languages,
    dfa_from_table,
    language,
    table_from_dfa,
)
from automata_rnn.automata.language import never_rounds
from automata_rnn.membership.bounds import (
    bound_text,
    count_text,
    error_bound,
    sample_size,
)
from automata_rnn.membership.oracles import (
    Oracle,
    count_up_to,
    decisions,
    words_up_to,
)
from automata_rnn.membership.samples import accepted_words, edited, random_word
from automata_rnn.membership.settings import Settings
from automata_rnn.membership.validation import (
    Check,
    Decided,
    Disagreement,
    Tally,
    tally,
)
from automata_rnn.membership.wmethod import characterising_set, suite, suite_size

Method: TypeAlias = Literal["proof", "exhaustive", "w", "random", "pac", "near"]
Found: TypeAlias = tuple[Check, tuple[Disagreement, ...]]
MAX_STATES = 10_000
"""States to explore at most, of a reference that is not a DFA."""


def by_proof(machine: Oracle, reference: Oracle, settings: Settings) -> Found:
    """Compare the languages of two automata."""
    for name, seen in (("machine", machine), ("against", reference)):
        if not is_automaton(seen):
            raise ValueError(
                f"methods: wanted two automata for 'proof', but {name} is a {seen.name}"
            )
    thresholds = [o.threshold for o in (machine, reference) if o.threshold != 0]
    verdict = compare_languages(
        machine.machine,
        reference.machine,
        threshold=thresholds[0] if thresholds else 0,
        max_length=settings.max_length,
    )
    word = verdict.counterexample
    if word is not None:
        got, wanted = machine.decide(word), reference.decide(word)
        text = f"different languages: {verdict.reason}"
        check = Check("proof", 1, int(wanted), 1, text)
        return check, (Disagreement(word, got, wanted),)
    if verdict.proved:
        text = f"equal languages, proved: {verdict.reason}"
        return Check("proof", 0, 0, 0, text, proved=True), ()
    text = f"no proof: {verdict.reason}"
    return Check("proof", 0, 0, 0, text, length=verdict.checked_length), ()


def is_automaton(seen: Oracle) -> bool:
    """A DFA, an NFA or a WFA: what languages can be compared of."""
    return isinstance(seen.system, DFATable | WFA)


def exhaustively(machine: Oracle, reference: Oracle, settings: Settings) -> Found:
    """All words up to a length."""
    symbols, most = reference.alphabet, settings.max_words
    length = settings.max_length
    if length is None:
        length = _longest_within(reference, most)
    elif (words := count_up_to(len(symbols), length)) > most:
        raise ValueError(
            f"max_words: wanted at least {words:,}, all words up to length {length}, "
            f"got {most:,}"
        )
    count = tally(
        zip(
            words_up_to(symbols, length),
            decisions(machine, symbols, length),
            decisions(reference, symbols, length),
            strict=True,
        )
    )
    says = "equal on" if not count.failures else "different on"
    text = f"{says} words up to length {length}, all of which were tried"
    return _check("exhaustive", count, text, length=length), count.shortest


def _longest_within(reference: Oracle, most: int) -> int:
    """The greatest length up to which there are at most so many words, 30 at most."""
    lengths, letters = range(1, 31), len(reference.alphabet)
    return max((n for n in lengths if count_up_to(letters, n) <= most), default=0)


def by_suite(machine: Oracle, reference: Oracle, settings: Settings) -> Found:
    """The W-method: the reference is a DFA, the machine has at most m states."""
    table = regular(reference)
    if table is None:
        raise ValueError(
            "methods: wanted a reference with finitely many states for 'w', got a "
            f"{reference.name}"
        )
    known = settings.max_states
    if known is None and isinstance(machine.system, DFATable):
        known = machine.system.num_states
    if known is None:
        raise ValueError(
            "max_states: wanted a bound on the states of the machine, for method 'w'"
        )
    most = max(known, table.num_states)
    suffixes = characterising_set(table)
    size = suite_size(table, len(suffixes), most)
    if size > settings.max_words:
        raise ValueError(
            f"max_words: wanted at least {size:,}, which the W-method tries for "
            f"{table.num_states} states against at most {most}, got "
            f"{settings.max_words:,}"
        )
    count = tally(_decided(machine, reference, suite(table, suffixes, most)))
    exact = isinstance(machine.system, DFATable) and machine.system.num_states <= most
    text = f"equal if the machine has at most {most} states"
    if count.failures:
        text = "different languages"
    elif exact:
        text = f"equal languages, proved: the machine has at most {most} states"
    proved = exact and not count.failures
    check = _check("w", count, text, proved=proved, max_states=most)
    return check, count.shortest


def regular(reference: Oracle) -> DFATable | None:
    """The minimal DFA of a reference, where that can be found exactly."""
    system = reference.system
    if isinstance(system, WFA):
        plain = absorb_bos(system)
        if not never_rounds(plain, plain.semiring):
            return None
        try:
            system = language(
                plain,
                plain.semiring,
                threshold=reference.threshold,
                max_states=MAX_STATES,
            ).table
        except TooManyStates:
            return None
    if not isinstance(system, DFATable):
        return None
    return table_from_dfa(dfa_from_table(system), reference.alphabet)


def randomly(machine: Oracle, reference: Oracle, settings: Settings) -> Found:
    """Words of uniform length; the error on such words is bounded."""
    return _sampled("random", settings.words, machine, reference, settings)


def probably(machine: Oracle, reference: Oracle, settings: Settings) -> Found:
    """So many of them that no failure bounds the error as wanted."""
    words = sample_size(settings.error, settings.confidence)
    if words > settings.max_words:
        raise ValueError(
            f"max_words: wanted at least {count_text(words)}, which it takes to bound "
            f"the error by {float(settings.error):g}, got {settings.max_words:,}"
        )
    return _sampled("pac", words, machine, reference, settings)


def _sampled(
    method: str, words: int, machine: Oracle, reference: Oracle, settings: Settings
) -> Found:
    choose, longest = Random(settings.seed), settings.longest
    drawn = (random_word(reference.alphabet, longest, choose) for _ in range(words))
    count = tally(_decided(machine, reference, drawn))
    return _bounded(method, count, settings, f"random words up to length {longest}")


def nearby(machine: Oracle, reference: Oracle, settings: Settings) -> Found:
    """Accepted words, and each with one random edit: most errors are at the border."""
    table, longest = regular(reference), settings.longest
    if table is None:
        raise ValueError(
            "methods: wanted a reference with finitely many states for 'near', got a "
            f"{reference.name}"
        )
    choose = Random(settings.seed)

    def pairs() -> Iterator[tuple[Symbol, ...]]:
        for word in accepted_words(table, longest, choose):
            yield word
            if len(reference.alphabet):
                yield edited(word, reference.alphabet, choose)

    count = tally(_decided(machine, reference, islice(pairs(), settings.words)))
    if not count.words:
        text = f"nothing: the reference accepts no word up to length {longest}"
        return _check("near", count, text), ()
    where = f"accepted words up to length {longest} and words one edit away from them"
    return _bounded("near", count, settings, where)


def _bounded(method: str, count: Tally, settings: Settings, where: str) -> Found:
    error = error_bound(count.failures, count.words, settings.confidence)
    text = bound_text(error, settings.confidence, where)
    check = _check(method, count, text, error=error, confidence=settings.confidence)
    return check, count.shortest


def _check(method: str, count: Tally, guarantee: str, **numbers: Any) -> Check:
    words, wanted, failures, _ = count
    return Check(method, words, wanted, failures, guarantee, **numbers)


def _decided(
    machine: Oracle, reference: Oracle, words: Iterable[Word]
) -> Iterator[Decided]:
    return ((word, machine.decide(word), reference.decide(word)) for word in words)


METHODS: dict[Method, Callable[[Oracle, Oracle, Settings], Found]] = {
    "proof": by_proof,
    "exhaustive": exhaustively,
    "w": by_suite,
    "random": randomly,
    "pac": probably,
    "near": nearby,
}


def default_methods(
    machine: Oracle, reference: Oracle, settings: Settings
) -> list[Method]:
    """A proof where there can be one, else what says most."""
    if is_automaton(machine) and is_automaton(reference):
        return ["proof"]
    found: list[Method] = ["exhaustive", "random"]
    if regular(reference) is not None:
        found.append("near")
        if settings.max_states is not None:
            found.append("w")
    return found
