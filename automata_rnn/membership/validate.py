"""Does a machine accept what it should? Checks, and exactly what each one says.

On labelled examples, and against another machine by the methods of
`automata_rnn.membership.methods`: a proof, all words up to a length, the W-method,
random words, and words at the border.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, TypeAlias

from automata_rnn.alphabet import Alphabet, Symbol, Word, abbreviate
from automata_rnn.membership.bounds import bound_text, error_bound
from automata_rnn.membership.methods import (
    METHODS,
    Found,
    Method,
    default_methods,
)
from automata_rnn.membership.oracles import Oracle, oracle, same_alphabet
from automata_rnn.membership.settings import Settings
from automata_rnn.membership.validation import (
    Check,
    Validation,
    shortest_of,
    show,
    tally,
)
from automata_rnn.system import as_system

Example: TypeAlias = tuple[Word, bool]


def validate(
    machine: Any,
    examples: Iterable[Example] | None = None,
    against: Any = None,
    *,
    methods: Iterable[Method] | None = None,
    alphabet: Iterable[Symbol] | None = None,
    threshold: Any = 0,
    **settings: Any,
) -> Validation:
    """Check a machine on labelled words, against another machine, or both.

    Args:
        machine, against: anything that accepts words: automata-lib's automata, tables,
            WFAs and networks (above the threshold), objects with `accepts` or
            `accepts_input`, functions of a word. `against` is the reference.
        examples: pairs of a word and whether it should be accepted.
        methods: how to compare with `against`; by default "proof" for two automata,
            else "exhaustive", "random" and, where the reference is regular, "near",
            and also "w" where `max_states` is given.
        alphabet: the symbols, needed only where neither machine says.
        max_length: of exhaustive words, by default as long as `max_words` allows; and
            of random ones, by default 30.
        words: how many random words, and how many near ones.
        error, confidence: what "pac" is to bound, and how surely all bounds hold.
        max_states: m for the W-method.
        max_words: the most words of "exhaustive", "w" and "pac".
        seed: of the random words: the same seed tries the same ones.

    Raises ValueError for settings out of range, machines over different alphabets,
    examples that are no pairs, a symbol in one that the machine does not read, methods
    that do not apply, and neither examples nor a reference; TypeError for what accepts
    no words, and settings that are no numbers.

    >>> from automata_rnn.automata import dfa_from_regex
    >>> even = dfa_from_regex("(aa)*")
    >>> print(validate(lambda word: len(word) % 2 == 0, against=even, methods=["w"],
    ...                max_states=4))
    w: 5 of 5 words agree (3 accepted)
      equal if the machine has at most 4 states
    """
    chosen = Settings(**settings)
    if examples is None and against is None:
        raise ValueError("examples, against: wanted at least one of them, got neither")
    labelled = None if examples is None else list(_labelled(examples))
    symbols = _symbols((machine, against), alphabet, labelled or [])
    seen = oracle(machine, symbols, threshold)
    found: list[Found] = []
    if labelled is not None:
        found.append(_on_examples(seen, labelled, chosen.confidence))
    if against is not None:
        reference = oracle(against, symbols, threshold)
        same_alphabet(seen, reference)
        wanted = (
            default_methods(seen, reference, chosen) if methods is None else methods
        )
        for method in _known(wanted):
            found.append(METHODS[method](seen, reference, chosen))
    checks = tuple(check for check, _ in found)
    shortest = shortest_of(d for _, disagreements in found for d in disagreements)
    return Validation(checks, tuple(shortest))


def _labelled(examples: Iterable[Example]) -> Iterator[Example]:
    """The examples; ValueError with the number of one that is no word with a label."""
    for number, example in enumerate(examples):
        match example:
            case (Iterable(), 0 | 1) if not isinstance(example, str):
                yield example
            case _:
                raise ValueError(
                    f"examples[{number}]: wanted a pair of a word and True or False, "
                    f"got {example!r}"
                )


def _known(methods: Iterable[Method]) -> list[Method]:
    chosen = list(dict.fromkeys(methods))
    unknown = [method for method in chosen if method not in METHODS]
    if unknown:
        raise ValueError(f"methods: wanted some of {[*METHODS]}, got {unknown[0]!r}")
    return chosen


def _symbols(
    machines: Iterable[Any], alphabet: Iterable[Symbol] | None, examples: list[Example]
) -> Iterable[Symbol] | None:
    """What a machine that does not say reads: as given, as the other, or as seen."""
    if alphabet is not None:
        return Alphabet(alphabet)
    for machine in machines:
        try:
            return Alphabet(as_system(machine).alphabet)
        except TypeError:
            continue
    seen = dict.fromkeys(symbol for word, _ in examples for symbol in word)
    return sorted(seen, key=repr) or None


def _on_examples(seen: Oracle, examples: list[Example], confidence: float) -> Found:
    """Labelled words; what they say of others depends on where they come from."""
    labels: dict[Word, bool] = {}
    for number, (word, label) in enumerate(examples):
        for symbol in word:
            if symbol not in seen.alphabet:
                raise ValueError(
                    f"examples[{number}]: wanted symbols of "
                    f"{abbreviate(seen.alphabet.symbols)}, got {symbol!r}"
                )
        if labels.setdefault(tuple(word), label) != label:
            raise ValueError(
                f"examples[{number}]: wanted one label for each word, got both for "
                f"{show(word)!r}"
            )
    decided = ((tuple(w), seen.decide(w), bool(label)) for w, label in examples)
    words, wanted, failures, shortest = tally(decided)
    length = _complete_length(labels, seen.alphabet)
    error = error_bound(failures, words, confidence) if words else None
    text = "no examples"
    if error is not None:
        bound = bound_text(error, confidence, "such words")
        text = f"if they are independent draws, then {bound}"
    if length is not None:
        text = f"all words up to length {length} are among them; {text}"
    check = Check(
        "examples",
        words,
        wanted,
        failures,
        text,
        error=error,
        confidence=None if error is None else confidence,
        length=length,
    )
    return check, shortest


def _complete_length(labels: dict[Word, bool], alphabet: Alphabet) -> int | None:
    """The greatest length up to which all words have labels."""
    counts = Counter(len(word) for word in labels)
    complete = None
    for length in count(0):
        if counts[length] < len(alphabet) ** length or not counts[length]:
            return complete
        complete = length
    return complete
