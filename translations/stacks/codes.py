"""Stacks as numbers that are read off a hidden vector.

A code is a linear functional X = ℓ · h with

    X(empty) = bottom,   X(b w) = f_b(X(w)),   f_b(x) = (x + d_b) / B,   B > 1,

so that a push, a pop and no action are the affine maps f_b, f_b⁻¹ and x ↦ x. All codes
are in the hull, an interval that every f_b maps into itself. Where the intervals
f_b(hull) and the bottom are disjoint, X says which symbol is on top.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from flint import fmpq

from translations.regions.forms import ZERO, Vector

Word = tuple[int, ...]  # symbols, top first
MAX_DIGITS = 64  # of a bottom that is taken apart


class NotStacks(ValueError):
    """A network that no stacks describe, as far as the search went.

    Attributes:
        unit: the unit in its layer that is neither finite-valued nor reads a stack; -1
            for the output itself.
        layer: its layer in a step, from 1 (the last has the hidden units); 0: the head.
        reason: what it does.
    """

    def __init__(self, unit: int, reason: str, layer: int | None = None) -> None:
        place = "" if layer is None else f" of layer {layer}" if layer else " of head"
        what = f"unit {unit}{place}" if unit >= 0 else "the output"
        super().__init__(f"rnn: wanted stacks, got {what}, which {reason}")
        self.unit, self.layer, self.reason = unit, layer, reason


@dataclass(frozen=True)
class Code:
    """A stack's code.

    Attributes:
        weights: the nonzero entries (unit, weight) of ℓ.
        base: B.
        digits: d_b by symbol, in increasing order.
        bottom: the code of the empty stack.
    """

    weights: tuple[tuple[int, fmpq], ...]
    base: fmpq
    digits: tuple[fmpq, ...]
    bottom: fmpq

    @cached_property
    def hull(self) -> tuple[fmpq, fmpq]:
        """The least interval with the bottom that all f_b map into itself."""
        ends = [self.bottom, *(d / (self.base - 1) for d in self.digits)]
        return min(ends), max(ends)

    @property
    def unit(self) -> int:
        """A unit that the code is read from."""
        return self.weights[0][0]

    def put(self, word: Iterable[int], below: fmpq) -> fmpq:
        """The code of a word over what has the code `below`."""
        for symbol in reversed(tuple(word)):
            below = (below + self.digits[symbol]) / self.base
        return below


def read_code(code: Code, state: Vector) -> fmpq:
    """ℓ · h."""
    parts = (weight * state[unit] for unit, weight in code.weights if unit in state)
    return sum(parts, ZERO)


def top_symbol(code: Code, value: fmpq) -> int | None:
    """The symbol b with value in f_b(hull), if any."""
    low, high = code.hull
    rest = code.base * value
    inside = (b for b, d in enumerate(code.digits) if low <= rest - d <= high)
    return next(inside, None)


def content(code: Code, value: fmpq) -> Word:
    """The stack with this code; ValueError where there is none."""
    found: list[int] = []
    rest = value
    for _ in range(64 + 8 * int(value.p.bit_length() + value.q.bit_length())):
        if rest == code.bottom:
            return tuple(found)
        symbol = top_symbol(code, rest)
        if symbol is None:
            break
        found.append(symbol)
        rest = code.base * rest - code.digits[symbol]
    raise ValueError(f"hidden: wanted the code of a stack, got {value}")


def touching(code: Code) -> bool:
    """Whether the intervals f_b(hull), or one of them and the bottom, meet."""
    low, high = code.hull
    gaps = pairwise(sorted(code.digits))
    meet = any(after - before <= high - low for before, after in gaps)
    return meet or top_symbol(code, code.bottom) is not None


def with_digit(code: Code, digit: fmpq) -> Code:
    """The code with one more symbol."""
    return replace(code, digits=tuple(sorted({*code.digits, digit})))


def lowered(code: Code) -> Code:
    """The code whose bottom is what is below the symbols of this one's bottom."""
    for _ in range(MAX_DIGITS):
        symbol = top_symbol(code, code.bottom)
        if symbol is None:
            break
        below = code.base * code.bottom - code.digits[symbol]
        code = replace(code, bottom=below)
    return code
