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
    """Elements (*batch, T, ...), identity from lengths (*batch,) on."""
    first = elements[0]
    steps = np.arange(first.shape[lengths.ndim], like=first)
    inside = steps < np.asarray(lengths, like=first)[..., None]
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


def starts(offsets: Array, like: Array) -> Array:
    """Where sequences start, as booleans (T,) for (T, ...) elements, of their array
    type; empty sequences start nowhere."""
    flags = np.zeros_like(like, dtype=bool, shape=(len(like),))
    begins = offsets[:-1]
    flags[begins[begins < offsets[1:]]] = True
    return flags


def codes_with_identity(
    table: Element, monoid: Monoid, codes: Array, lengths: Array
) -> tuple[Element, Array]:
    """A table with one more row, the identity, and codes that end in it."""
    size = len(table[0])
    rows = zip(table, monoid.identity(table), strict=True)
    longer = tuple(np.concatenate([part, unit[None]]) for part, unit in rows)
    inside = np.arange(codes.shape[-1]) < lengths[..., None]
    wide = np.promote_types(codes.dtype, np.min_scalar_type(size))
    return longer, np.where(inside, codes.astype(wide), wide.type(size))
