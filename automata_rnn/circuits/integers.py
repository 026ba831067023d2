"""Numbers in two's complement on wires: sums of products mod 2^W, carry-save.

A number is an array of wires with the least significant bit at 0 of its last axis; the
highest bit is the sign. Many numbers are added by full adders that turn three into two,
in O(log m) levels, and the last two by a parallel prefix of carries, in O(log W).
"""

from typing import Any

import numpy as np

from automata_rnn.circuits.circuit import PLUS, TIMES
from automata_rnn.circuits.draft import Draft, Wires
from automata_rnn.scan import Element, Monoid
from automata_rnn.scan.methods import blelloch


def constant_bits(draft: Draft, values: Any, width: int) -> Wires:
    """Integers as constant bits, (*shape) → (*shape, width)."""
    numbers = np.asarray(values, dtype=object)
    bits = [(numbers >> place) % 2 == 1 for place in range(width)]
    stacked = np.stack(bits, axis=-1) if bits else np.zeros((*numbers.shape, 0), bool)
    return draft.constant(stacked.astype(bool))


def extended(numbers: Wires, width: int) -> Wires:
    """The same numbers in `width` bits: the sign is repeated, or high bits dropped."""
    missing = width - numbers.shape[-1]
    if missing <= 0:
        return numbers[..., :width]
    sign = np.repeat(numbers[..., -1:], missing, axis=-1)
    return np.concatenate([numbers, sign], axis=-1)


def sums_of_products(draft: Draft, left: Wires, right: Wires, width: int) -> Wires:
    """Σ_m x_m y_m mod 2^width, (..., m, w), (..., m, w') → (..., width).

    x y = Σ_b x_b 2^b y, where the highest bit of x counts negative, and
    -z = ¬z + 1. So there are w rows for each product, and one of all the 1s.
    """
    shape = np.broadcast_shapes(left.shape[:-1], right.shape[:-1])
    x = np.broadcast_to(left, (*shape, left.shape[-1]))
    y = extended(np.broadcast_to(right, (*shape, right.shape[-1])), width)
    zero = draft.constant(False)
    rows = []
    for bit in range(x.shape[-1]):
        shifted = np.full((*shape, width), zero)
        place = min(bit, width)
        kept = y[..., : width - place]
        shifted[..., place:] = draft.gate(TIMES, x[..., bit : bit + 1], kept)
        if bit == x.shape[-1] - 1:
            shifted = draft.negate(shifted)
        rows.append(shifted)
    all_rows = np.moveaxis(np.stack(rows, axis=-2), -3, 0)  # (m, ..., w, width)
    ones = constant_bits(draft, shape[-1], width)
    last = np.broadcast_to(ones, (*shape[:-1], width))
    count = shape[-1] * x.shape[-1]
    flat = np.moveaxis(all_rows, -2, 0).reshape(count, *shape[:-1], width)
    return total(draft, np.concatenate([flat, last[None]]))


def total(draft: Draft, rows: Wires) -> Wires:
    """Σ of the rows mod 2^W, (m, ..., W) → (..., W), for m ≥ 1."""
    while len(rows) > 2:
        whole = len(rows) - len(rows) % 3
        a, b, c = (rows[place:whole:3] for place in range(3))
        either, both = draft.gate(PLUS, a, b), draft.gate(TIMES, a, b)
        differ = draft.gate(TIMES, either, draft.negate(both))
        carry = draft.gate(PLUS, both, draft.gate(TIMES, c, either))
        shifted = np.full(carry.shape, draft.constant(False))
        shifted[..., 1:] = carry[..., :-1]
        rows = np.concatenate([exclusive_or(draft, differ, c), shifted, rows[whole:]])
    return rows[0] if len(rows) == 1 else add(draft, rows[0], rows[1])


def exclusive_or(draft: Draft, a: Wires, b: Wires) -> Wires:
    """(a ∨ b) ∧ ¬(a ∧ b), three levels."""
    both = draft.negate(draft.gate(TIMES, a, b))
    return draft.gate(TIMES, draft.gate(PLUS, a, b), both)


def add(draft: Draft, a: Wires, b: Wires) -> Wires:
    """a + b mod 2^W; carries are prefixes in a monoid, in Blelloch's layout.

    A bit generates a carry or propagates one: (g, p)(g', p') = (g' ∨ p' g, p p').
    """

    def then(x: Element, y: Element) -> Element:
        passed = draft.gate(TIMES, y[1], x[0])
        return draft.gate(PLUS, y[0], passed), draft.gate(TIMES, x[1], y[1])

    carries = Monoid("carries", None, (0, 0), 0, then, lambda x: x, lambda s, _: s)
    generate, either = draft.gate(TIMES, a, b), draft.gate(PLUS, a, b)
    first = (np.moveaxis(generate, -1, 0), np.moveaxis(either, -1, 0))
    carry = np.moveaxis(blelloch(first, carries)[0], 0, -1)
    incoming = np.full(carry.shape, draft.constant(False))
    incoming[..., 1:] = carry[..., :-1]
    differ = draft.gate(TIMES, either, draft.negate(generate))
    return exclusive_or(draft, differ, incoming)


def is_positive(draft: Draft, number: Wires) -> Wires:
    """Whether x > 0: the sign is 0 and some other bit is 1."""
    some = draft.fold(PLUS, number[..., :-1], -1, False)
    return draft.gate(TIMES, some, draft.negate(number[..., -1]))
