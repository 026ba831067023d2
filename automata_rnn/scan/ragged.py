"""Sequences of different lengths in one scan.

Padded sequences: elements past the end become the identity, so that prefixes stay at
the last product. Packed sequences, one after the other on the time axis: the pair
(starts here, element) is a monoid itself, whose products forget what lies before a
start.
"""

import numpy as np

from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.semiring import Array


def _align(mask: Array, rank: int) -> Array:
    return mask.reshape(mask.shape + (1,) * rank)


def pad_with_identity(elements: Element, monoid: Monoid, lengths: Array) -> Element:
    """Time-first elements (T, *batch, ...), identity from lengths (*batch,) on."""
    inside = np.arange(len(elements[0])).reshape(-1, *(1,) * lengths.ndim) < lengths
    parts = zip(elements, monoid.identity(elements), monoid.ranks, strict=True)
    return tuple(np.where(_align(inside, r), x, e) for x, e, r in parts)


def segmented(monoid: Monoid) -> Monoid:
    """The monoid of (starts, *element): products begin anew at each start."""

    def combine(x: Element, y: Element) -> Element:
        product = monoid.combine(x[1:], y[1:])
        parts = zip(y[1:], product, monoid.ranks, strict=True)
        kept = (np.where(_align(y[0], r), new, both) for new, both, r in parts)
        return (np.logical_or(x[0], y[0]), *kept)

    def identity(like: Element) -> Element:
        return (np.zeros_like(like[0], shape=()), *monoid.identity(like[1:]))

    return Monoid(
        f"segmented {monoid.kind}",
        monoid.semiring,
        (0, *monoid.ranks),
        monoid.state_rank,
        combine,
        identity,
        lambda state, x: monoid.act(state, x[1:]),
    )


def starts(offsets: Array, length: int) -> Array:
    """Where sequences start, as booleans (T,); empty sequences start nowhere."""
    flags = np.zeros_like(offsets, dtype=bool, shape=(length,))
    begins = offsets[:-1]
    flags[begins[begins < offsets[1:]]] = True
    return flags
