"""Questions to a network, each asked once, within a budget."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from automata_rnn.alphabet import Symbol, Word
from automata_rnn.automata import WFA, Verdict
from automata_rnn.system import evaluate
from translations.extraction.budget import BudgetSpent, Say, silent
from translations.extraction.result import Guarantee

A = TypeVar("A")
BATCH = 256
"""Words that are asked at once; budgets are looked at between batches."""
Key: TypeAlias = tuple[Symbol, ...]
EquivalenceOracle: TypeAlias = Callable[[WFA], "Verdict | Word | None"]
"""Hypothesis ↦ a word on which it is wrong or None, or a verdict that says which."""


@dataclass(frozen=True)
class Limits:
    """Where a search stops; None is no limit.

    Attributes:
        max_states: states of the hypothesis.
        max_queries: words asked of the network.
        seconds: wall-clock time.

    Raises ValueError for limits that are not positive.
    """

    max_states: int | None = None
    max_queries: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for name in ("max_states", "max_queries", "seconds"):
            limit = getattr(self, name)
            if limit is not None and not limit > 0:
                raise ValueError(f"{name}: wanted a positive limit, got {limit}")


@dataclass(eq=False)
class Queries(Generic[A]):
    """What a network answers to words; the same word is never asked twice.

    Attributes:
        ask: word, as a tuple of symbols ↦ answer.
        limits: calls raise BudgetSpent past it, before they ask.
        many: the same for several words at once, or None.
        say: is told where the search is.
        known: the answers so far.
        begin: when the search began, in seconds of `time.perf_counter`.
    """

    ask: Callable[[Key], A]
    limits: Limits
    many: Callable[[list[Key]], Iterable[A]] | None = None
    say: Say = silent
    known: dict[Key, A] = field(default_factory=dict)
    begin: float = field(default_factory=time.perf_counter)

    def __call__(self, word: Word) -> A:
        key = tuple(word)
        if key not in self.known:
            self.check()
            self.known[key] = self.ask(key)
        return self.known[key]

    def prepare(self, words: Iterable[Key]) -> None:
        """Ask in batches for words that are about to be asked, where `many` can.

        Else nothing: each is asked when its turn comes, if it does.
        """
        if self.many is None:
            return
        new = [key for key in dict.fromkeys(words) if key not in self.known]
        while new:
            self.check()
            limit = self.limits.max_queries
            size = BATCH if limit is None else min(BATCH, limit - len(self.known))
            batch, new = new[:size], new[size:]
            self.known.update(zip(batch, self.many(batch), strict=True))

    def check(self) -> None:
        """Raise BudgetSpent where no further question is allowed."""
        limit = self.limits.max_queries
        if limit is not None and len(self.known) >= limit:
            raise BudgetSpent(f"max_queries: stopped after {limit} queries")
        self.check_time()

    def check_time(self, ahead: float = 0.0) -> None:
        """Raise BudgetSpent where the time is over; the first question is free.

        Args:
            ahead: seconds that the next step is likely to take at least.
        """
        limit = self.limits.seconds
        if limit is None or not self.known:
            return
        if self.seconds > limit:
            raise BudgetSpent(f"seconds: stopped after {limit:g} s")
        if self.seconds + ahead > limit:
            raise BudgetSpent(
                f"seconds: stopped after {self.seconds:.1f} s, since the next step "
                f"takes about {ahead:.1f} s and there are {limit:g} s in all"
            )

    @property
    def seconds(self) -> float:
        """Since the search began."""
        return time.perf_counter() - self.begin


def in_batch(target: Callable[[list[Key]], Iterable[A]], words: list[Key]) -> list[A]:
    """The answers to several words; ValueError where they are not as many."""
    answers = list(target(words))
    if len(answers) != len(words):
        raise ValueError(
            f"target: wanted {len(words)} answers to as many words, got {len(answers)}"
        )
    return answers


def as_verdict(answer: Verdict | Word | None) -> Verdict:
    """What an equivalence oracle said; a bare None is no proof."""
    if isinstance(answer, Verdict):
        return answer
    if answer is None:
        return Verdict(
            None, False, None, "the equivalence oracle found no counterexample"
        )
    return Verdict(tuple(answer), False, None, "found by the equivalence oracle")


def guarantee_of(verdict: Verdict) -> Guarantee:
    """What a verdict without a counterexample guarantees."""
    if verdict.proved:
        return Guarantee("proof", reason=verdict.reason)
    if verdict.checked_length is not None:
        return Guarantee("length", verdict.checked_length, reason=verdict.reason)
    return Guarantee("none", reason=verdict.reason)


def shortest_disagreement(
    wfa: WFA, known: dict[Key, Any], tolerance: float = 0.0
) -> Key | None:
    """The shortest word asked so far whose value `wfa` misses by more than this."""
    for word in sorted(known, key=len):
        value, wanted = evaluate(wfa, word), known[word]
        wrong = abs(value - wanted) > tolerance if tolerance else value != wanted
        if wrong:
            return word
    return None
