"""What a problem is: words, the right answers, and a machine that finds them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.checks import check_type

Generator: TypeAlias = Callable[[np.random.Generator, int], tuple[Word, bool]]


@dataclass(frozen=True, eq=False)
class Problem:
    """A language, as a decision problem.

    Attributes:
        name: for reports.
        complete_class: a class that the language is complete for under first-order
            reductions, "TC0", "L" or "P"; or else a small class that it is in, as
            "in AC0" or "regular".
        generate: (rng, size) ↦ (a word, whether it is in the language): both answers
            about equally often. What `size` measures is told by the function that makes
            the problem.
        oracle: whether a word is in the language, computed without the machine. Words
            that encode nothing are not in the language; symbols outside the alphabet
            are a ValueError.
        machine: one that decides the language, or None where the module tells how to
            have one.
        encodes: whether a word keeps the promise under which `machine` agrees with
            `oracle`; everything does by default.
    """

    name: str
    alphabet: Alphabet
    complete_class: str
    generate: Generator
    oracle: Callable[[Word], bool]
    machine: Any
    encodes: Callable[[Word], bool] = lambda word: True

    def __post_init__(self) -> None:
        check_type("Problem.name", self.name, str)
        check_type("Problem.alphabet", self.alphabet, Alphabet)
        check_type("Problem.complete_class", self.complete_class, str)
        for name in ("generate", "oracle", "encodes"):
            if not callable(getattr(self, name)):
                raise TypeError(f"Problem.{name}: wanted a function")


def characters(alphabet: Alphabet, word: Word) -> str:
    """`word` as one string; ValueError where a symbol is not in the alphabet."""
    alphabet.encode(word)
    return word if isinstance(word, str) else "".join(str(s) for s in word)


def coin(rng: np.random.Generator) -> bool:
    """Heads, half of the time."""
    return bool(rng.integers(2))
