"""Stacks as numbers with gaps: a Cantor code in base 2s for s stack symbols.

    E(empty) = 0,   E(b w) = (2b + 1 + E(w)) / B,   B = 2s,   b = 0, …, s - 1.

(Siegelmann and Sontag's base 4 for two symbols; the paper's base 2 leaves no gap, so
that no continuous function finds the top.) E(w) is in [0, 1); B E(w) is 0 for the empty
stack and in [2b + 1, 2b + 2) where b is on top. The gaps between, of width 1 in B E and
1/B in E, hold the slopes of ReLU pairs that are exactly 0 or 1 on codes:

    [top ≥ b]  =  ReLU(B E - 2b) - ReLU(B E - 2b - 1).

Push, pop and hold are affine where the top is known. One level deeper the gaps are
1/B² in E; see `second_thresholds`.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import log2

from flint import fmpz

from automata_rnn.automata.stack import NOOP, POP, PUSH
from translations.units import ONE, Form, combine


def base(num_symbols: int) -> int:
    """B = 2s, and 2 without any stack symbol."""
    return 2 * max(1, num_symbols)


def encode_stack(stack: tuple[int, ...], num_symbols: int) -> Fraction:
    """E of a stack, top last.

    >>> encode_stack((0, 1), num_symbols=2)
    Fraction(13, 16)
    """
    b = base(num_symbols)
    numerator = 0
    for code in reversed(stack):
        numerator = numerator * b + 2 * code + 1
    return Fraction(numerator, b ** len(stack))


def decode_stack(value: Fraction, num_symbols: int) -> tuple[int, ...]:
    """The stack whose code is `value`, top last; ValueError where there is none.

    >>> decode_stack(Fraction(13, 16), num_symbols=2)
    (0, 1)
    """
    b = base(num_symbols)
    depth, scaled = _over_power(value, b)
    digits = _digits(scaled, b, depth)
    if depth is None or not 0 <= value < 1 or any(d % 2 == 0 for d in digits):
        raise ValueError(f"value: wanted a code in base {b}, got {value}")
    return tuple(d // 2 for d in reversed(digits))


def _over_power(value: Fraction, b: int) -> tuple[int | None, fmpz]:
    """(d, value · bᵈ) for the smallest d that makes it an integer, if there is one."""
    rest = bottom = fmpz(value.denominator)
    depth = 0
    if bottom > 1:
        depth = max(1, int(bottom.bit_length() / log2(b)) - 1)
        rest = bottom // bottom.gcd(fmpz(b) ** depth)
    while rest > 1:
        common = rest.gcd(fmpz(b))
        if common == 1:
            return None, fmpz(0)
        rest, depth = rest // common, depth + 1
    return depth, fmpz(value.numerator) * (fmpz(b) ** depth // bottom)


def _digits(number: fmpz, b: int, depth: int | None) -> list[int]:
    """The digits in base b, `depth` of them, most significant first."""
    if b <= 36:
        text = number.str(b).rjust(depth or 0, "0") if depth else ""
        return [int(character, 36) for character in text]
    found = []
    for _ in range(depth or 0):
        number, digit = divmod(number, b)
        found.append(int(digit))
    return found[::-1]


def act_form(action: int, top: int, num_symbols: int, value: Hashable) -> Form:
    """The code after an action as a form in the code before.

    `top` is 0 for an empty stack, 1 + b for the symbol b; only POP looks at it.
    """
    b = base(num_symbols)
    if action == NOOP:
        return {value: 1}
    if action == POP:
        return {value: b, ONE: 1 - 2 * top}  # top = 1 + b
    return {value: Fraction(1, b), ONE: Fraction(2 * (action - PUSH) + 1, b)}


@dataclass(frozen=True)
class Threshold:
    """ReLU(Bᵈ E(stack) - level), of which two in a gap make a step function."""

    stack: int
    depth: int
    level: int


def threshold_form(unit: Threshold, num_symbols: int, value: Hashable) -> Form:
    """What the unit is the ReLU of."""
    return combine(
        (1, {value: base(num_symbols) ** unit.depth}), (-unit.level, {ONE: 1})
    )


def step(stack: int, depth: int, level: int) -> Form:
    """0 where Bᵈ E ≤ level, 1 where Bᵈ E ≥ level + 1: exact across a gap."""
    return {Threshold(stack, depth, level): 1, Threshold(stack, depth, level + 1): -1}


def top_at_least(stack: int, top: int) -> Form:
    """1 where the stack's top is at least `top` > 0, that is 1 + b."""
    return step(stack, 1, 2 * top - 2)


def top_is(
    stack: int, top: int, num_symbols: int, at_least: Callable[..., Form]
) -> Form:
    """1 where the top is `top`, by differences of `at_least(stack, top)`."""
    above = at_least(stack, top + 1) if top < num_symbols else {}
    here: Form = at_least(stack, top) if top else {ONE: 1}
    return combine((1, here), (-1, above))


def second_at_least(stack: int, top: int, second: int, num_symbols: int) -> Form:
    """1 where (top, second) is at least this pair in the order of codes; top > 0.

    Codes sort as these pairs do. B² E is (2b + 1) B where b = top - 1 is all there is,
    and in [(2b + 1) B + 2c + 1, (2b + 1) B + 2c + 2) where c lies below; the gap before
    every pair is at least 1.
    """
    below = (2 * top - 1) * base(num_symbols)
    return step(stack, 2, below + 2 * second - 2 if second else below - 1)


def second_is(stack: int, second: int, num_symbols: int) -> Form:
    """1 where the symbol under the top is `second` (0: nothing), and there is a top."""
    terms: list[tuple[int, Form]] = []
    for top in range(1, num_symbols + 1):
        terms.append((1, second_at_least(stack, top, second, num_symbols)))
        if second < num_symbols:
            after = second_at_least(stack, top, second + 1, num_symbols)
            terms.append((-1, after))
        elif top < num_symbols:
            terms.append((-1, second_at_least(stack, top + 1, 0, num_symbols)))
    return combine(*terms)


def second_thresholds(stack: int, num_symbols: int) -> list[Threshold]:
    """The units that `second_at_least` uses: 2 s (s + 1) of them."""
    pairs = product(range(1, num_symbols + 1), range(num_symbols + 1))
    forms = (second_at_least(stack, t, c, num_symbols) for t, c in pairs)
    return [unit for form in forms for unit in form if isinstance(unit, Threshold)]


def top_at_least_by_second(stack: int, top: int, num_symbols: int) -> Form:
    """`top_at_least` from the units one level deeper."""
    return second_at_least(stack, top, 0, num_symbols)
