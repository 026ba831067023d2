"""`prefix_products`: the one door to every scan."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from automata_rnn.scan.methods import blelloch, sequential, sequential_states, tree
from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.scan.ragged import pad_with_identity, segmented, starts
from automata_rnn.scan.validate import (
    check_elements,
    check_lengths,
    check_offsets,
    check_state,
    look_up,
)
from automata_rnn.semiring import Array

Method: TypeAlias = Literal["sequential", "blelloch"]
SCANS: dict[Method, Callable[[Element, Monoid], Element]] = {
    "sequential": sequential,
    "blelloch": blelloch,
}


def prefix_products(
    elements: Element | Array,
    monoid: Monoid,
    *,
    codes: Array | None = None,
    initial: Any = None,
    lengths: Any = None,
    offsets: Any = None,
    reduce: bool = False,
    method: Method = "blelloch",
) -> Any:
    """All prefix products x₁⋯x_t of a sequence, or what they do to a start state.

    Args:
        elements: components of shape (*batch, T, *element); with `codes`, a table of
            shape (num_codes, *element). A monoid with one component takes and returns
            the bare array, others a tuple of arrays.
        monoid: how elements multiply, see `automata_rnn.scan`.
        codes: integers (*batch, T) that index the table.
        initial: a state, or one for each sequence; then the result is the states
            initial·x₁⋯x_t, not products.
        lengths: (*batch,) of sequences padded to T: prefixes stay at the last product
            from there on.
        offsets: (B + 1,), for B sequences packed one after the other on the only
            axis: sequence i is offsets[i]:offsets[i+1].
        reduce: only the last product (or state) of each sequence, without a time axis.
        method: "sequential", which is the definition, or "blelloch", log-depth.

    Returns:
        Products (*batch, T, *element) or states (*batch, T, *state); with `reduce`
        (*batch, ...), or (B, ...) for packed sequences. Empty sequences give the
        identity, or `initial`.

    Raises:
        ValueError: shapes that do not fit, codes outside the table, bad lengths or
            offsets, an unknown method; TypeError for codes that are not integers.

    >>> import numpy as np
    >>> from automata_rnn.scan import matrices, prefix_products
    >>> from automata_rnn.semiring import MAX_PLUS
    >>> steps = np.array([[[1.0, 0.0], [0.0, 2.0]]] * 3)
    >>> prefix_products(steps, matrices(MAX_PLUS), reduce=True)
    array([[3., 4.],
           [4., 6.]])
    """
    if method not in SCANS:
        raise ValueError(f"method: wanted one of {list(SCANS)}, got {method!r}")
    bare = not isinstance(elements, tuple)
    parts: Element = (elements,) if bare else elements
    if codes is not None:
        parts = look_up(parts, monoid, codes)
    *batch, length = check_elements(parts, monoid)
    packed = offsets is not None
    if packed:
        if lengths is not None:
            raise ValueError("lengths: wanted none beside offsets")
        offsets = check_offsets(offsets, (*batch, length))
    if initial is not None:
        sequences = (len(offsets) - 1,) if packed else tuple(batch)
        initial = check_state(initial, parts, monoid, sequences)
    if lengths is not None:
        lengths = check_lengths(lengths, tuple(batch), length)

    parts = _time_first(parts, monoid.ranks)
    if lengths is not None:
        parts = pad_with_identity(parts, monoid, lengths)
    run = _packed if packed else _padded
    result = run(parts, monoid, initial, offsets, reduce, method)
    if not reduce:
        ranks = monoid.ranks if initial is None else (monoid.state_rank,)
        result = _time_last(result, ranks)
    return result[0] if bare or initial is not None else result


def _time_first(parts: Element, ranks: tuple[int, ...]) -> Element:
    pairs = zip(parts, ranks, strict=True)
    return tuple(np.moveaxis(part, part.ndim - rank - 1, 0) for part, rank in pairs)


def _time_last(parts: Element, ranks: tuple[int, ...]) -> Element:
    pairs = zip(parts, ranks, strict=True)
    return tuple(np.moveaxis(part, 0, part.ndim - rank - 1) for part, rank in pairs)


def _padded(
    parts: Element, monoid: Monoid, initial: Any, _: None, reduce: bool, method: Method
) -> Element:
    """Results with the time axis first, or without one; states are 1-tuples."""
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
    method: Method,
) -> Element:
    """The same for packed sequences, which meet in one scan of a segmented monoid."""
    flagged = (starts(offsets, len(parts[0])), *parts)
    products = SCANS[method](flagged, segmented(monoid))[1:]
    if reduce:
        empty = offsets[:-1] == offsets[1:]
        last = np.where(empty, len(parts[0]), offsets[1:] - 1)
        units = zip(products, monoid.identity(parts), strict=True)
        products = tuple(np.concatenate([p, e[None]])[last] for p, e in units)
    elif initial is not None and initial.ndim > monoid.state_rank:
        initial = np.repeat(initial, np.diff(offsets), axis=0)
    return products if initial is None else (monoid.act(initial, products),)
