"""How much a validation tries."""

from dataclasses import dataclass
from numbers import Integral, Real

DEFAULT_LONGEST = 30
"""The longest random words, where the user does not say."""


@dataclass(frozen=True)
class Settings:
    """How much to try.

    Attributes:
        max_length: of words; None for as many as `max_words` allows where all words are
            tried, and for `DEFAULT_LONGEST` where random ones are.
        words: how many random words.
        error, confidence: what "pac" bounds, and how surely all bounds hold.
        max_states: m for the W-method.
        max_words: the most words where all of a set are tried, and for "pac".
        seed: of the random words.

    Raises ValueError for numbers out of range and TypeError for what is no number.
    """

    max_length: int | None = None
    words: int = 1000
    error: float = 0.01
    confidence: float = 0.99
    max_states: int | None = None
    max_words: int = 100_000
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("error", "confidence"):
            value = getattr(self, name)
            if not isinstance(value, Real):
                raise TypeError(f"{name}: wanted a number, got {value!r}")
            if not 0 < float(value) < 1:
                raise ValueError(f"{name}: wanted a number in (0, 1), got {value}")
        for name in ("words", "max_words", "max_length", "max_states"):
            value, least = getattr(self, name), int(name != "max_length")
            if value is not None and not isinstance(value, Integral):
                raise TypeError(f"{name}: wanted an integer, got {value!r}")
            if value is not None and value < least:
                raise ValueError(f"{name}: wanted at least {least}, got {value}")

    @property
    def longest(self) -> int:
        """The longest random words."""
        return DEFAULT_LONGEST if self.max_length is None else self.max_length
