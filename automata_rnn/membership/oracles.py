"""Anything that decides words, seen in one way."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol, runtime_checkable

from automata_rnn.alphabet import Alphabet, Symbol, Word, abbreviate
from automata_rnn.automata import DFATable
from automata_rnn.semiring import RATIONAL
from automata_rnn.system import (
    TransitionSystem,
    above,
    as_system,
    evaluate,
    start,
    type_name,
)

LARGEST_COUNT = 10**18  # of words, exactly


@runtime_checkable
class Acceptor(Protocol):
    """Has a method `accepts`."""

    def accepts(self, word: Any, /) -> Any: ...


@runtime_checkable
class InputAcceptor(Protocol):
    """Has a method `accepts_input`, as automata-lib's automata do."""

    def accepts_input(self, word: Any, /) -> Any: ...


@dataclass(frozen=True, eq=False)
class Oracle:
    """A machine as a decision on words.

    Attributes:
        machine: what it was made of.
        alphabet: what it reads.
        decide: whether it accepts a word.
        system: the machine's transitions, where it shows them: words then share the
            work of their common prefixes.
        threshold: above what a value counts as accepted; 0 for a DFA.
    """

    machine: Any
    alphabet: Alphabet
    decide: Callable[[Word], bool]
    system: TransitionSystem | None = None
    threshold: Any = 0

    @property
    def name(self) -> str:
        return type(self.machine).__name__


def oracle(machine: Any, symbols: Iterable[Symbol] | None, threshold: Any) -> Oracle:
    """The machine as a decision on words.

    Takes transition systems and what has an adapter to one, objects with a method
    `accepts` or `accepts_input`, and callables of one word; the last three need
    `symbols`, and get strings where all symbols are characters, else tuples. Raises
    TypeError for other machines and ValueError where the alphabet is not known.
    """
    try:
        system = as_system(machine)
    except TypeError:
        return _black_box(machine, symbols)
    limit = 0 if isinstance(system, DFATable) else _exactly(system, threshold)

    def decide(word: Word) -> bool:
        return above(evaluate(system, word), limit)

    return Oracle(machine, Alphabet(system.alphabet), decide, system, limit)


def _exactly(system: TransitionSystem, threshold: Any) -> Any:
    """The threshold as a rational number where the values are."""
    semiring = getattr(system, "semiring", None)
    if semiring is None or semiring.field != "Q":
        return threshold
    return RATIONAL.scalar(threshold, "threshold")


def _black_box(machine: Any, symbols: Iterable[Symbol] | None) -> Oracle:
    call = _call(machine)
    if symbols is None:
        raise ValueError(
            f"alphabet: wanted the symbols that {type_name(type(machine))} reads, got "
            "none"
        )
    alphabet = Alphabet(symbols)
    characters = all(isinstance(s, str) and len(s) == 1 for s in alphabet)

    def decide(word: Word) -> bool:
        return bool(call("".join(map(str, word)) if characters else tuple(word)))

    return Oracle(machine, alphabet, decide)


def _call(machine: Any) -> Callable[[Any], Any]:
    if isinstance(machine, Acceptor):
        return machine.accepts
    if isinstance(machine, InputAcceptor):
        return machine.accepts_input
    if callable(machine):
        found: Callable[[Any], Any] = machine
        return found
    raise TypeError(
        "machine: wanted a transition system, an automaton, an object that accepts, or "
        f"a function of a word, got {type_name(type(machine))}"
    )


def same_alphabet(a: Oracle, b: Oracle) -> None:
    """ValueError unless both read the same symbols, in whatever order."""
    if set(a.alphabet) != set(b.alphabet):
        only = set(a.alphabet) ^ set(b.alphabet)
        raise ValueError(
            "alphabet: wanted two machines over the same symbols, but only one of them "
            f"reads {abbreviate(sorted(only, key=repr))}"
        )


def words_up_to(alphabet: Alphabet, longest: int) -> Iterator[tuple[Symbol, ...]]:
    """All words up to a length, shorter ones first, in the order of the alphabet."""
    for length in range(longest + 1):
        yield from product(alphabet.symbols, repeat=length)


def count_up_to(letters: int, longest: int) -> int:
    """How many words of so many letters they are; past 10¹⁸, only a part of them.

    >>> count_up_to(2, 3), count_up_to(2, 10**9) > 10**18
    (15, True)
    """
    if letters <= 1:
        return longest + 1 if letters else 1
    words = power = 1
    for _ in range(longest):
        if words > LARGEST_COUNT:
            break
        power *= letters
        words += power
    return words


def decisions(seen: Oracle, symbols: Alphabet, longest: int) -> Iterator[bool]:
    """The decision on each word of `words_up_to(symbols, longest)`, in that order."""
    if seen.system is None:
        yield from map(seen.decide, words_up_to(symbols, longest))
        return
    system = seen.system
    states = [start(system)]
    for length in range(longest + 1):
        for state in states:
            yield above(system.output(state), seen.threshold)
        if length < longest:
            states = [system.step(state, s) for state in states for s in symbols]
