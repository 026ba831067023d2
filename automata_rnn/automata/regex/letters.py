"""Which symbols a letter or a class matches, and the alphabet of a pattern.

Python's `re` is asked, so that no rule of escapes and classes is written twice.
"""

import re
import string
from collections.abc import Iterable
from functools import lru_cache

from automata_rnn.alphabet import Alphabet, Symbol, abbreviate
from automata_rnn.automata.regex.syntax import Node, letters_of


def alphabet_of_tree(tree: Node, symbols: Iterable[str] | None) -> Alphabet:
    """The default alphabet of a pattern, or the given one if it has its letters."""
    letters = letters_of(tree)
    if symbols is None:
        texts = {x.text for x in letters}
        return Alphabet(sorted(set().union(*map(_mentioned, texts))))
    alphabet = Alphabet(symbols)
    for symbol in alphabet:
        if not (isinstance(symbol, str) and len(symbol) == 1):
            raise ValueError(f"alphabet: wanted characters, got {symbol!r}")
    for letter in letters:
        if not letter.is_class and not matched(letter.text, alphabet):
            (outside,) = _mentioned(letter.text)
            raise ValueError(
                f"pattern: wanted letters of {abbreviate(alphabet.symbols)}, got "
                f"{outside!r} at position {letter.position}"
            )
    return alphabet


def matched(text: str, symbols: Iterable[Symbol]) -> frozenset[str]:
    """The symbols that a letter or class matches."""
    return frozenset(re.compile(text, re.ASCII).findall("".join(map(str, symbols))))


@lru_cache(maxsize=1024)
def _mentioned(text: str) -> frozenset[str]:
    """The characters that a letter or class mentions, in its complement or not."""
    if len(text) == 1:
        return frozenset(string.printable if text == "." else text)
    # A mention of \W is one of \w: the class with \W for \w mentions the same.
    positive = re.sub(r"\\(.)", _uncomplemented, text)
    far = not text.isascii() or re.search(r"\\[uUN]", text)
    universe = _characters(0x110000 if far else 0x100)
    mentioned = matched(positive, universe)
    if positive.startswith("[^"):
        mentioned = frozenset(universe) - mentioned
    complement = positive != text or positive.startswith("[^")
    return mentioned.union(string.printable if complement else ())


def _uncomplemented(escape: re.Match[str]) -> str:
    return escape[0].lower() if escape[1] in "DSW" else escape[0]


@lru_cache(maxsize=2)
def _characters(limit: int) -> str:
    return "".join(map(chr, range(limit)))
