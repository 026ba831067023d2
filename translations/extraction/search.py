"""Searches for words on which a DFA and a network differ, in batches.

Each runs words on both side by side and compares all prefixes of one length at once, so
that what it finds is a shortest prefix among its words.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np

from automata_rnn.automata import DFATable
from automata_rnn.black_box import BlackBox, decide, first_state
from automata_rnn.semiring import Array
from translations.extraction.suffixes import Key, access_words, separating_suffixes

Tick: TypeAlias = Callable[[], None]
CHUNK = 4096
"""Words that run side by side."""
DRAWN = 1 << 20
"""Probabilities of letters that are drawn at once."""
LONGEST = 1000
"""All words are tried up to this length at most; it is reached with one letter only."""


class Found(NamedTuple):
    """What a search found: a word by codes, or None, and how many words it compared."""

    word: Key | None
    compared: int


def first_difference(
    box: BlackBox, table: DFATable, codes: list[Key], tick: Tick
) -> Found:
    """The shortest prefix of the given words on which the two differ."""
    best: Key | None = None
    compared = 0
    ordered = sorted(codes, key=len, reverse=True)
    for i in range(0, len(ordered), CHUNK):
        chunk = ordered[i : i + CHUNK]
        longest = len(chunk[0]) if best is None else len(best) - 1
        found = _chunk_difference(box, table, chunk, longest, tick)
        compared += found.compared
        best = best if found.word is None else found.word
        if best == ():
            break
    return Found(best, compared)


def _chunk_difference(
    box: BlackBox, table: DFATable, words: list[Key], longest: int, tick: Tick
) -> Found:
    """As `first_difference`, for words sorted by length, longest first."""
    states = np.repeat(first_state(box), len(words), axis=0)
    places = np.full(len(words), table.initial)
    lengths = np.array([len(word) for word in words])
    compared = 0
    for t in range(longest + 1):
        differ = decide(box, box.read(states)) != table.accepting[places]
        compared += len(places)
        if differ.any():
            return Found(words[int(np.argmax(differ))][:t], compared)
        alive = int(np.count_nonzero(lengths > t))
        if alive == 0 or t == longest:
            break
        letters = np.array([word[t] for word in words[:alive]])
        states = box.advance(states[:alive], letters)
        places = table.successors[letters, places[:alive]]
        tick()
    return Found(None, compared)


@dataclass(frozen=True, eq=False)
class AllWords:
    """What the network says about all words up to a length, computed once.

    Attributes:
        length: L.
        read: states (B, ...) ↦ what it says, (B,).
        tick: called now and then; may raise.
    """

    box: BlackBox
    length: int
    read: Callable[[Array], Array]
    tick: Tick

    @cached_property
    def levels(self) -> list[Array]:
        """Of the words of length 0, …, L in turn, each at the position whose digits are
        the word's codes, the first letter the most significant."""
        return list(self._levels())

    def _levels(self) -> Iterator[Array]:
        k = len(self.box.alphabet)
        states = first_state(self.box)
        yield self.read(states)
        for _ in range(self.length):
            parts, flags = [], []
            for i in range(0, len(states), CHUNK):
                before = np.repeat(states[i : i + CHUNK], k, axis=0)
                letters = np.tile(np.arange(k), len(before) // k)
                after = self.box.advance(before, letters)
                parts.append(after)
                flags.append(self.read(after))
                self.tick()
            states = np.concatenate(parts)
            yield np.concatenate(flags)


def longest_length(num_symbols: int, max_words: int) -> int:
    """The largest L up to `LONGEST` with at most `max_words` words up to length L."""
    length, words, level = 0, 1, num_symbols
    while words + level <= max_words and level > 0 and length < LONGEST:
        length, words, level = length + 1, words + level, level * num_symbols
    return length


def all_words_difference(every: AllWords, table: DFATable) -> Key | None:
    """The first of the shortest words up to `every.length` on which the two differ."""
    places = np.array([table.initial])
    for length, flags in enumerate(every.levels):
        differ = flags != table.accepting[places]
        if differ.any():
            return digits(int(np.argmax(differ)), len(table.alphabet), length)
        places = table.successors[:, places].T.ravel()
    return None


def digits(position: int, base: int, length: int) -> Key:
    """The codes of the word at a position among all of its length."""
    codes = []
    for _ in range(length):
        position, digit = divmod(position, base)
        codes.append(digit)
    return tuple(reversed(codes))


def w_method_words(table: DFATable, extra: int, max_words: int) -> list[Key]:
    """P · Σ^{≤ extra + 1} · W: all of them agree only with DFAs that are equal, or have
    more than `extra` states more (Chow 1978).

    Without the longest middles where there would be more than `max_words`.
    """
    suffixes = separating_suffixes(table)
    starts = list(access_words(table).values())
    k = len(table.alphabet)
    middles: list[Key] = [()]
    level = middles
    for _ in range(extra + 1):
        count = len(middles) + k * len(level)
        if len(starts) * count * len(suffixes) > max_words:
            break  # before the level is made, which may be far too large
        level = [(*m, c) for m in level for c in range(k)]
        middles = middles + level
    return [s + m + w for s in starts for m in middles for w in suffixes]


def w_method_fits(table: DFATable, extra: int, max_words: int) -> bool:
    """Whether `w_method_words` has room for all of its words."""
    k = len(table.alphabet)
    middles = sum(k**i for i in range(extra + 2))
    states, suffixes = len(access_words(table)), len(separating_suffixes(table))
    return bool(states * middles * suffixes <= max_words)


def pumped_words(words: list[Key], max_words: int) -> Iterator[Key]:
    """u x x v w and u x x v y y w of words u x v w and u x v y w, |x| = |y| ≤ 3.

    Distinct ones, the first `max_words`. A network that counts goes on where a finite
    automaton of it stops: what it says of a word it says of one that is longer in two
    places, as in the pumping lemma of Bar-Hillel, Perles and Shamir (1961).
    """
    seen: set[Key] = set()
    for word in words:
        for length in range(1, 4):
            once = _doubled(word, 0, length)
            twice = (w for first, end in once for w, _ in _doubled(first, end, length))
            for longer in (*(w for w, _ in once), *twice):
                if longer in seen:
                    continue
                if len(seen) == max_words:
                    return
                seen.add(longer)
                yield longer


def _doubled(word: Key, start: int, length: int) -> list[tuple[Key, int]]:
    """Distinct words with a factor twice that begins at `start` or later; its end."""
    found: dict[Key, int] = {}
    for i in range(start, len(word) - length + 1):
        longer = word[: i + length] + word[i:]
        found.setdefault(longer, i + length)
    return list(found.items())


def random_words(
    rng: np.random.Generator, num_symbols: int, count: int, longest: int
) -> list[Key]:
    """Words of lengths uniform from 0 to `longest`.

    For each word the letters' probabilities are drawn anew (Dirichlet, 1/2 each), so
    that also words of mostly one letter come up.
    """
    lengths = rng.integers(0, longest + 1, count)
    size = max(1, DRAWN // num_symbols)
    words: list[Key] = []
    for i in range(0, count, size):
        part = lengths[i : i + size]
        weights = rng.dirichlet(np.full(num_symbols, 0.5), len(part))
        bounds = np.cumsum(weights, axis=1)[:, :-1]
        draws = rng.random((len(part), longest))
        rows = zip(bounds, draws, part, strict=True)
        words += (tuple(np.searchsorted(b, row[:n]).tolist()) for b, row, n in rows)
    return words
