"""Words to try: the shortest ones, and random ones."""

from collections.abc import Iterator
from itertools import count, product

import numpy as np

from automata_rnn.alphabet import Alphabet, Word, abbreviate
from translations.extraction.queries import Key


def shortest_words(alphabet: Alphabet) -> Iterator[Key]:
    """All words, shorter ones first, in the order of the alphabet.

    >>> from itertools import islice
    >>> ["".join(w) for w in islice(shortest_words(Alphabet("ab")), 6)]
    ['', 'a', 'b', 'aa', 'ab', 'ba']
    """
    for length in count() if len(alphabet) else range(1):
        yield from product(alphabet.symbols, repeat=length)


def words_up_to(alphabet: Alphabet, length: int) -> list[Key]:
    """All words of at most this length."""
    lengths = range(length + 1 if len(alphabet) else 1)
    return [word for n in lengths for word in product(alphabet.symbols, repeat=n)]


def random_words(alphabet: Alphabet, length: int, size: int, seed: int) -> list[Key]:
    """Independent words: a length uniform in 0, …, `length`, then uniform symbols."""
    rng = np.random.default_rng(seed)
    longest = length if len(alphabet) else 0
    lengths = rng.integers(0, longest + 1, size)
    return [
        alphabet.decode(rng.integers(0, max(1, len(alphabet)), n).tolist())
        for n in lengths
    ]


def readable(word: Word | None) -> Word | None:
    """A word of characters as a text, any other as it is."""
    if word and all(isinstance(s, str) and len(s) == 1 for s in word):
        return "".join(map(str, word))
    return word


def check_words(words: object, alphabet: Alphabet, name: str) -> tuple[Key, ...]:
    """Distinct words as tuples, in order; ValueError for symbols of no alphabet."""
    if not hasattr(words, "__iter__"):
        raise TypeError(f"{name}: wanted words, got {words!r}")
    keys = tuple(dict.fromkeys(tuple(word) for word in words))
    for key in keys:
        strange = [symbol for symbol in key if symbol not in alphabet]
        if strange:
            raise ValueError(
                f"{name}: wanted words over {abbreviate(alphabet.symbols)}, got "
                f"{strange[0]!r} in {key!r}"
            )
    return keys
