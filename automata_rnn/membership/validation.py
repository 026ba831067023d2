"""What checks of a machine found: counts, shortest disagreements, guarantees."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, NamedTuple, TypeAlias

from automata_rnn.alphabet import Word

Decided: TypeAlias = tuple[Word, bool, bool]  # a word, got, wanted
SHOWN = 5
"""How many disagreements are kept, the shortest ones."""


@dataclass(frozen=True)
class Disagreement:
    """A word on which the machine does not do what was wanted."""

    word: Word
    got: bool
    wanted: bool

    def __str__(self) -> str:
        text = show(self.word)
        return f"{text}: {_verb(self.got)}, wanted {_verb(self.wanted)}"


@dataclass(frozen=True)
class Check:
    """What one method did.

    Attributes:
        method: "examples" or a `Method`.
        words: how many were tried.
        wanted: how many of them the reference accepts.
        failures: on how many the machine disagrees.
        guarantee: what this says, in words.
        proved: whether it says that the two languages are equal.
        error: a bound on the probability of a disagreement, or None.
        confidence: that of the bound, or None.
        length: all words up to this length were tried, or None.
        max_states: m, where equality holds for at most so many states, or None.
    """

    method: str
    words: int
    wanted: int
    failures: int
    guarantee: str
    proved: bool = False
    error: float | None = None
    confidence: float | None = None
    length: int | None = None
    max_states: int | None = None

    @property
    def agreement(self) -> float:
        """The part of the words on which the two agree; 1 where none were tried."""
        return 1 - self.failures / self.words if self.words else 1.0


@dataclass(frozen=True)
class Validation:
    """What all checks found.

    Attributes:
        checks: one for each method, in the order in which they ran.
        disagreements: the shortest ones, at most `SHOWN`; equally short ones in the
            order in which they were found.
    """

    checks: tuple[Check, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def agree(self) -> bool:
        """No check found a disagreement."""
        return not self.disagreements

    @property
    def proved(self) -> bool:
        """No disagreement, and a proof that the two languages are equal."""
        return self.agree and any(check.proved for check in self.checks)

    def __str__(self) -> str:
        lines = [line for check in self.checks for line in _lines(check)]
        if self.disagreements:
            lines.append("shortest disagreements:")
            lines += [f"  {found}" for found in self.disagreements]
        return "\n".join(lines)


def _lines(check: Check) -> list[str]:
    if not check.words:
        return [f"{check.method}: {check.guarantee}"]
    right = check.words - check.failures
    counts = f"{right:,} of {check.words:,} words agree ({check.wanted:,} accepted)"
    return [f"{check.method}: {counts}", f"  {check.guarantee}"]


def _verb(accepted: bool) -> str:
    return "accepted" if accepted else "rejected"


def show(word: Word) -> str:
    """A word as text: its characters, or its symbols by spaces; ε is the empty one."""
    if not word:
        return "ε"
    plain = all(isinstance(symbol, str) and len(symbol) == 1 for symbol in word)
    return ("" if plain else " ").join(map(str, word))


def record(validation: Validation) -> dict[str, Any]:
    """The report as JSON holds it; a word is the list of its symbols in text."""
    return {
        "agree": validation.agree,
        "proved": validation.proved,
        "checks": [
            {**vars(check), "agreement": check.agreement} for check in validation.checks
        ],
        "disagreements": [
            {"word": list(map(str, d.word)), "got": d.got, "wanted": d.wanted}
            for d in validation.disagreements
        ],
    }


class Tally(NamedTuple):
    """Counts over words, and the shortest disagreements."""

    words: int
    wanted: int
    failures: int
    shortest: tuple[Disagreement, ...]


def tally(decided: Iterable[Decided]) -> Tally:
    """Count words on which what was got is not what was wanted."""
    words = wanted = failures = 0
    shortest: list[Disagreement] = []
    for word, got, want in decided:
        words += 1
        wanted += want
        if got != want:
            failures += 1
            shortest.append(Disagreement(word, got, want))
            if len(shortest) > 8 * SHOWN:
                shortest = shortest_of(shortest)
    return Tally(words, wanted, failures, tuple(shortest_of(shortest)))


def shortest_of(found: Iterable[Disagreement]) -> list[Disagreement]:
    """The shortest disagreements on different words, at most `SHOWN`."""
    by_word = {tuple(d.word): d for d in found}
    return nsmallest(SHOWN, by_word.values(), key=lambda d: len(d.word))
