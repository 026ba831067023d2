"""Scans over diagonal transitions, one-hot times diagonal ones, and finite maps.

    diagonal  s ↦ s ⊙ a [+ b]          one-hot  s ↦ (Σ_{i: f(i) = j} s_i d_i)_j [+ b]
    maps      q ↦ f[q]

A step takes O(n), where a dense one takes O(n²) for a state and O(n³) for a product.
Maps and numbers modulo m are exact. In floats, where a long sequence is cut in time,
results differ from one step after the other, entry by entry, by at most 2 T (n + 1) ε
times what the absolute values of all entries give, as long as nothing overflows or
underflows; elsewhere they are the same to the bit.
"""

from typing import Any

import numpy as np

from automata_rnn.scan import generic
from automata_rnn.scan import monoid as monoids
from automata_rnn.scan.cpu import structured_kernels as kernels
from automata_rnn.scan.cpu.dense_threads import cores
from automata_rnn.scan.cpu.structured_checks import (
    cast_floats,
    residues,
    states_of_maps,
    widen_indices,
)
from automata_rnn.scan.cpu.structured_schedule import Family, Track, scan
from automata_rnn.scan.monoid import Element
from automata_rnn.scan.validate import check_elements, check_state_shape
from automata_rnn.semiring import COMPLEX, REAL, Array, integers_mod

SHARE = 1 << 17
"""Entries of elements that are worth waking one more thread."""

INVERSE_BELOW = 1 - 2.0**-50
"""Makes a float a little less than 1/m, as `automata_rnn.scan.cpu.modular` needs it."""


def prefix_diagonal(
    gates: Array,
    bias: Array | None = None,
    *,
    initial: Any = None,
    reduce: bool = False,
    threads: int | None = None,
) -> Any:
    """Prefix products, or states, of s ↦ s ⊙ a_t [+ b_t].

    Args:
        gates, bias: a and b, (*batch, T, n), float32, float64, complex64 or complex128.
        initial: a state (n,), or one for each sequence; then states are returned, of
            the dtype of the elements.
        reduce: only the last product or state of each sequence.
        threads: at most so many; by default one for each processor.

    Returns:
        As `prefix_products` with the monoid `diagonal`.

    Raises:
        ValueError: shapes that do not fit, fewer than one thread; TypeError: other
            dtypes.

    >>> import numpy as np
    >>> prefix_diagonal(np.full((4, 1), 2.0), np.ones((4, 1)), initial=[0.0])[:, 0]
    array([ 1.,  3.,  7., 15.])
    """
    elements: Element = (gates,) if bias is None else (gates, bias)
    elements, initial = cast_floats(elements, initial)
    semiring = COMPLEX if elements[0].dtype.kind == "c" else REAL
    states = Track(kernels.gates(False), (0, 0), (0,))
    products: tuple[Track, ...] = (states,)
    if bias is not None:
        states = Track(kernels.gates(True), (0, 1), (0,))
        products = (*products, states._replace(carries=(1,)))
    monoid = monoids.diagonal(semiring, bias=bias is not None)
    return run(Family(monoid, products, states), elements, initial, reduce, threads)


def prefix_one_hot(
    index: Array,
    scale: Array,
    bias: Array | None = None,
    *,
    modulus: int | None = None,
    initial: Any = None,
    reduce: bool = False,
    threads: int | None = None,
) -> Any:
    """Prefix products, or states, of (s A_t)_j = Σ_{i: f_t(i) = j} s_i d_t[i] [+ b_t].

    Args:
        index: f, (*batch, T, n), integers 0 to n - 1.
        scale, bias: d and b, (*batch, T, n), floats or complex numbers; with a modulus
            int64 among 0, …, m - 1.
        modulus: m ≤ 2³¹, to compute modulo m.
        initial, reduce, threads: as for `prefix_diagonal`.

    Returns:
        As `prefix_products` with the monoid `one_hot_diagonal`.

    Raises:
        ValueError: shapes that do not fit, entries out of range, fewer than one
            thread; TypeError: other dtypes.

    >>> import numpy as np
    >>> turn = np.array([[1, 2, 0]] * 4)  # coordinate i moves to i + 1, and doubles
    >>> prefix_one_hot(turn, np.full((4, 3), 2.0), initial=[1.0, 0.0, 0.0])[-1]
    array([ 0., 16.,  0.])
    """
    numbers: Element = (scale,) if bias is None else (scale, bias)
    if modulus is None:
        numbers, initial = cast_floats(numbers, initial)
        semiring = COMPLEX if numbers[0].dtype.kind == "c" else REAL
        constants: tuple[Any, ...] = (0, 0.0)
    else:
        numbers, initial = residues(numbers, initial, modulus)
        semiring = integers_mod(modulus)
        constants = (np.uint64(modulus), INVERSE_BELOW / modulus)
    scatter = kernels.scatters(modulus is not None, bias is not None)
    move = kernels.moves(modulus is not None)
    reads = (0, 1, 1) if bias is None else (0, 1, 2)
    states = Track(scatter, reads, (0,), constants)
    products: tuple[Track, ...] = (Track(move, (0, 1), (0, 1), constants),)
    if bias is not None:
        products = (*products, states._replace(carries=(2,)))
    monoid = monoids.one_hot_diagonal(semiring, bias=bias is not None)
    family = Family(monoid, products, states)
    results = run(family, (index, *numbers), initial, reduce, threads)
    return results if modulus is None else _signed(results)


def prefix_maps(
    maps: Array,
    *,
    initial: Any = None,
    reduce: bool = False,
    threads: int | None = None,
) -> Array:
    """Prefix products, or states, of q ↦ f_t[q].

    Args:
        maps: f, (*batch, T, n), of any integer dtype, with entries 0 to n - 1. For maps
            chosen by the letters of a word see `automata_rnn.scan.cpu.maps`.
        initial: a state, or one for each sequence; then states are returned.
        reduce, threads: as for `prefix_diagonal`.

    Returns:
        Maps (*batch, T, n) or states (*batch, T), of the dtype of `maps`.

    Raises:
        ValueError: shapes that do not fit, entries out of range, fewer than one
            thread; TypeError: entries that are not integers.

    >>> import numpy as np
    >>> prefix_maps(np.array([[1, 2, 0]] * 4), initial=0)
    array([1, 2, 0, 1])
    """
    track = Track(kernels.maps, (0,), (0,))
    family = Family(monoids.MAPS, (track,), track, cut_states=False)
    return run(family, (maps,), initial, reduce, threads)


def run(
    family: Family,
    elements: Element,
    initial: Any,
    reduce: bool,
    threads: int | None,
    share: int | None = None,
) -> Any:
    """Check, lay out, scan, and give results their shapes and dtypes.

    `share` entries of the first component are worth waking one more thread.
    """
    if threads is not None and threads < 1:
        raise ValueError(f"threads: wanted at least 1, got {threads}")
    monoid = family.monoid
    if monoid.indexed and elements[0].dtype.kind not in "iu":
        got = elements[0].dtype
        raise TypeError(f"elements: wanted integers as indices, got {got}")
    *batch, length = check_elements(elements, monoid)
    if initial is not None:
        initial = np.asarray(initial)
        check_state_shape(initial, elements[0].shape[-1], monoid, tuple(batch))
    if elements[0].size == 0:
        empty = generic.scan(elements, monoid, initial=initial, reduce=reduce)
        return empty if len(empty) > 1 else empty[0]
    flat = tuple(x.reshape(-1, *x.shape[len(batch) :]) for x in elements)
    number = elements[0].dtype
    if monoid.indexed:
        flat = (widen_indices(flat[0]), *flat[1:])
    flat = tuple(np.require(x, requirements=["C", "A"]) for x in flat)
    if initial is not None:
        if monoid.state_rank == 0:
            initial = states_of_maps(initial, flat[0])
        core = initial.shape[initial.ndim - max(1, monoid.state_rank) :]
        initial = np.broadcast_to(initial, (*batch, *core))
        initial = np.array(initial.reshape(-1, *core), order="C")
    count = cores() if threads is None else threads
    count = min(count, 1 + elements[0].size // (share or SHARE))
    results = scan(family, flat, initial, reduce, count)
    outer = tuple(batch) if reduce else (*batch, length)
    results = tuple(x.reshape(outer + x.shape[2 - reduce :]) for x in results)
    if monoid.indexed and (initial is None or monoid.state_rank == 0):
        results = (results[0].astype(number, copy=False), *results[1:])
    if monoid.state_rank == 0 and initial is not None:
        results = (results[0][..., 0],)
    return results if len(results) > 1 else results[0]


def _signed(results: Any) -> Any:
    """The same with int64 in place of uint64, beside an index of any dtype."""
    if isinstance(results, tuple):
        return (results[0], *(x.view(np.int64) for x in results[1:]))
    return results.view(np.int64)
