"""Finite alphabets: the symbols a machine reads, and their integer codes."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Symbol: TypeAlias = Hashable
Word: TypeAlias = Sequence[Symbol]


@dataclass(frozen=True)
class Alphabet:
    """An ordered finite set of symbols; a symbol's code is its position.

    Attributes:
        symbols: Σ, what a word may contain: any distinct hashable objects.
        bos: a beginning-of-sequence symbol outside Σ, or None. A machine whose
            alphabet has one reads it before every word, also before the empty one;
            its code is len(symbols), so that per-symbol tables have one row more.

    >>> sigma = Alphabet("ab", bos="<s>")
    >>> sigma.encode("abba")
    array([0, 1, 1, 0], dtype=uint8)
    >>> sigma.code("<s>"), len(sigma), sigma.num_codes
    (2, 2, 3)
    """

    symbols: tuple[Symbol, ...]
    bos: Symbol | None = None

    def __init__(self, symbols: Iterable[Symbol], bos: Symbol | None = None) -> None:
        """Keep the order of `symbols`; ValueError where one repeats or is `bos`."""
        object.__setattr__(self, "symbols", tuple(symbols))
        object.__setattr__(self, "bos", bos)
        if len(set(self.symbols)) < len(self.symbols):
            repeated = next(s for s in self.symbols if self.symbols.count(s) > 1)
            raise ValueError(
                f"Alphabet.symbols: wanted distinct symbols, got {repeated!r} "
                f"{self.symbols.count(repeated)} times (note that True == 1)"
            )
        if bos is not None and bos in self.symbols:
            raise ValueError(
                f"Alphabet.bos: wanted a symbol outside the alphabet, got {bos!r}"
            )

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self.symbols)

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.symbols

    @property
    def num_codes(self) -> int:
        """|Σ|, plus one where there is a `bos`: the rows of a per-symbol table."""
        return len(self.symbols) + (self.bos is not None)

    @cached_property
    def _codes(self) -> dict[Symbol, int]:
        extra = () if self.bos is None else (self.bos,)
        return {symbol: i for i, symbol in enumerate((*self.symbols, *extra))}

    def code(self, symbol: Symbol) -> int:
        """The position of `symbol`; ValueError where it is not in the alphabet."""
        try:
            return self._codes[symbol]
        except (KeyError, TypeError):
            raise ValueError(
                f"symbol: wanted one of {abbreviate(self.symbols)}, got {symbol!r}"
            ) from None

    @cached_property
    def _characters(self) -> npt.NDArray[Any] | None:
        """Codes by code point, -1 where there is none; None unless all symbols are
        characters of the Basic Multilingual Plane."""
        known = all(isinstance(s, str) and len(s) == 1 for s in self.symbols)
        if not known or not self.symbols:
            return None
        points = [ord(s) for s in self.symbols if isinstance(s, str)]
        if max(points) >= 1 << 16:
            return None
        table = np.full((1 << 16) + 1, -1, np.int32)
        table[points] = np.arange(len(points))
        return table

    def encode(self, word: Word) -> npt.NDArray[Any]:
        """Codes of the symbols of `word`, shape (len(word),); no `bos` is added.

        They are of the smallest unsigned dtype that holds all codes. ValueError where
        a symbol is not in the alphabet.
        """
        dtype = np.min_scalar_type(max(0, self.num_codes - 1))
        if isinstance(word, str) and self._characters is not None:
            points = np.frombuffer(word.encode("utf-32-le"), "<u4")
            codes = self._characters[np.minimum(points, 1 << 16)]
            if codes.size == 0 or codes.min() >= 0:
                encoded: npt.NDArray[Any] = codes.astype(dtype)
                return encoded
        known = self._codes
        try:
            return np.fromiter((known[s] for s in word), dtype, count=len(word))
        except (KeyError, TypeError):
            position = next(t for t, s in enumerate(word) if s not in self.symbols)
            raise ValueError(
                f"word: wanted symbols of {abbreviate(self.symbols)}, "
                f"got {word[position]!r} at position {position}"
            ) from None

    def decode(self, codes: Iterable[int]) -> tuple[Symbol, ...]:
        """The word with these codes."""
        return tuple(self.symbols[code] for code in codes)


def abbreviate(symbols: Sequence[Symbol], limit: int = 12) -> str:
    """The symbols as a set in text, at most `limit` of them.

    >>> abbreviate("abc")
    "{'a', 'b', 'c'}"
    """
    shown = ", ".join(repr(s) for s in symbols[:limit])
    more = len(symbols) - limit
    return "{" + shown + (f", … {more} more" if more > 0 else "") + "}"
