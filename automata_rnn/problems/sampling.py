"""Generators made of members of a language, and words close to members."""

from collections.abc import Callable

import numpy as np

from automata_rnn.alphabet import Alphabet
from automata_rnn.problems.problem import Generator, coin

Member = Callable[[np.random.Generator, int], str]
"""(rng, size) ↦ a word of the language."""


def balanced(
    member: Member, alphabet: Alphabet, oracle: Callable[[str], bool]
) -> Generator:
    """A member for half of the calls, else a member with a few symbols changed.

    Words outside are one or two edits away from a member, so that counting symbols or
    looking at the ends is seldom enough. A word that stays in the language is edited
    again; the language must not contain all words.
    """

    def generate(rng: np.random.Generator, size: int) -> tuple[str, bool]:
        word = member(rng, size)
        if coin(rng):
            return word, True
        while oracle(word):
            word = edit(rng, word, alphabet)
        return word, False

    return generate


def edit(rng: np.random.Generator, word: str, alphabet: Alphabet) -> str:
    """`word` with a symbol replaced, removed or inserted, or two exchanged."""
    symbol = str(rng.choice([str(s) for s in alphabet]))
    place = int(rng.integers(len(word) + 1))
    head, tail = word[:place], word[place:]
    choice = int(rng.integers(4))
    if choice == 0 or not tail:
        return head + symbol + tail
    if choice == 1:
        return head + tail[1:]
    if choice == 2:
        return head + symbol + tail[1:]
    other = int(rng.integers(len(word)))
    letters = list(word)
    letters[place], letters[other] = letters[other], letters[place]
    return "".join(letters)


def random_word(rng: np.random.Generator, letters: str, length: int) -> str:
    """Letters chosen uniformly."""
    return "".join(letters[i] for i in rng.integers(len(letters), size=length))
