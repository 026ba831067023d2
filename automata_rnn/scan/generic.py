"""Scans of any monoid on any array library, from its `combine` and `act` alone."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from automata_rnn.scan.methods import blelloch, sequential, sequential_states, tree
from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.scan.ragged import segmented, starts
from automata_rnn.semiring import Array

Generic: TypeAlias = Literal["sequential", "blelloch"]
SCANS: dict[Generic, Callable[[Element, Monoid], Element]] = {
    "sequential": sequential,
    "blelloch": blelloch,
}


def scan(
    parts: Element,
    monoid: Monoid,
    *,
    initial: Any = None,
    offsets: Any = None,
    reduce: bool = False,
    method: Generic = "blelloch",
) -> Element:
    """What `prefix_products` defines, of checked arguments; states are a 1-tuple.

    Components are (*batch, T, *element), of one dtype that holds all products.
    """
    parts = _time_first(parts, monoid.ranks)
    run = _padded if offsets is None else _packed
    result = run(parts, monoid, initial, offsets, reduce, method)
    if reduce:
        return result
    return _time_last(result, monoid.ranks if initial is None else (monoid.state_rank,))


def _time_first(parts: Element, ranks: tuple[int, ...]) -> Element:
    pairs = zip(parts, ranks, strict=True)
    return tuple(np.moveaxis(part, part.ndim - rank - 1, 0) for part, rank in pairs)


def _time_last(parts: Element, ranks: tuple[int, ...]) -> Element:
    pairs = zip(parts, ranks, strict=True)
    return tuple(np.moveaxis(part, 0, part.ndim - rank - 1) for part, rank in pairs)


def _padded(
    parts: Element, monoid: Monoid, initial: Any, _: None, reduce: bool, method: Generic
) -> Element:
    """Results with the time axis first, or without one."""
    if initial is not None and method == "sequential" and len(parts[0]):
        states = sequential_states(parts, monoid, initial)
        return (states[-1] if reduce else states,)
    if not reduce:
        products = SCANS[method](parts, monoid)
    elif len(parts[0]) == 0:
        products = _identities(parts, monoid)
    elif method == "sequential":
        products = tuple(p[-1] for p in sequential(parts, monoid))
    else:
        products = tree(parts, monoid)
    return products if initial is None else (monoid.act(initial, products),)


def _identities(parts: Element, monoid: Monoid) -> Element:
    """One identity for each sequence of a batch of empty ones."""
    batch = parts[0].shape[1 : parts[0].ndim - monoid.ranks[0]]
    units = monoid.identity(parts)
    return tuple(np.broadcast_to(e, batch + e.shape).copy() for e in units)


def _packed(
    parts: Element,
    monoid: Monoid,
    initial: Any,
    offsets: Array,
    reduce: bool,
    method: Generic,
) -> Element:
    """The same for packed sequences, which meet in one scan of a segmented monoid."""
    flagged = (starts(offsets, parts[0]), *parts)
    products = SCANS[method](flagged, segmented(monoid))[1:]
    if reduce:
        empty = offsets[:-1] == offsets[1:]
        last = np.where(empty, len(parts[0]), offsets[1:] - 1)
        units = zip(products, monoid.identity(parts), strict=True)
        products = tuple(np.concatenate([p, e[None]])[last] for p, e in units)
    elif initial is not None and initial.ndim > monoid.state_rank:
        owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        initial = initial[owner]
    return products if initial is None else (monoid.act(initial, products),)
