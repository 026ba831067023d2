"""Prefix products x₁, x₁·x₂, x₁·x₂·x₃, … of elements whose first axis is time.

`sequential` is the definition; every other implementation is tested against it.
"""

import numpy as np

from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.semiring import Array


def times(element: Element, at: slice | int) -> Element:
    """The elements at some times."""
    return tuple(array[at] for array in element)


def sequential(elements: Element, monoid: Monoid) -> Element:
    """One product after another: T - 1 of them, one after the other."""
    prefixes = tuple(np.empty_like(array) for array in elements)
    product: Element = ()
    for t in range(len(elements[0])):
        element = times(elements, t)
        product = monoid.combine(product, element) if product else element
        for prefix, array in zip(prefixes, product, strict=True):
            prefix[t] = array
    return prefixes


def sequential_states(elements: Element, monoid: Monoid, initial: Array) -> Array:
    """h_t = act(h_{t-1}, x_t), one state after another; products are never formed."""
    shape = (*elements[0].shape[: elements[0].ndim - monoid.ranks[0]],)
    core = initial.shape[initial.ndim - monoid.state_rank :]
    states = np.empty_like(initial, shape=shape + core)
    state = initial
    for t in range(len(elements[0])):
        state = states[t] = monoid.act(state, times(elements, t))
    return states


def blelloch(elements: Element, monoid: Monoid) -> Element:
    """Fewer than 2T products in at most 2 log₂ T batched rounds, on any array library.

    Products of neighbours, the prefixes of those by recursion, then one more product
    for each prefix of even length. Reference: G. Blelloch, Prefix Sums and Their
    Applications, CMU-CS-90-190, 1990.
    """
    length = len(elements[0])
    if length < 2:
        return elements
    lefts, rights = slice(0, length - 1, 2), slice(1, None, 2)
    pairs = monoid.combine(times(elements, lefts), times(elements, rights))
    odd = blelloch(pairs, monoid)
    later = times(elements, slice(2, None, 2))
    even = monoid.combine(times(odd, slice(0, len(later[0]))), later)
    prefixes = tuple(np.empty_like(array) for array in elements)
    for prefix, first, o, e in zip(prefixes, elements, odd, even, strict=True):
        prefix[0], prefix[1::2], prefix[2::2] = first[0], o, e
    return prefixes


def tree(elements: Element, monoid: Monoid) -> Element:
    """The product of all elements, T - 1 products in ⌈log₂ T⌉ batched rounds."""
    while len(elements[0]) > 1:
        length = len(elements[0])
        lefts, rights = slice(0, length - 1, 2), slice(1, None, 2)
        pairs = monoid.combine(times(elements, lefts), times(elements, rights))
        if length % 2:
            last = times(elements, slice(length - 1, None))
            joined = zip(pairs, last, strict=True)
            pairs = tuple(np.concatenate(both) for both in joined)
        elements = pairs
    return times(elements, 0)
