"""`prefix_products` of a sequence in chunks, and what is checked before any work."""

from typing import Any

import dask.array as da
import numpy as np

from automata_rnn.scan.distributed.graph import TIME, DaskArray, Sequence, scan_chunks
from automata_rnn.scan.distributed.tasks import Scan
from automata_rnn.scan.monoid import Monoid


def prefix_products(
    elements: Any,
    monoid: Monoid,
    *,
    codes: DaskArray | None = None,
    initial: Any = None,
    reduce: bool = False,
) -> Any:
    """`automata_rnn.scan.prefix_products` of one sequence in chunks, lazily.

    Args:
        elements: components of shape (T, *element), Dask arrays; with `codes`, a table
            (num_codes, *element) of NumPy arrays. A monoid with one component takes
            and returns the bare array, others a tuple of arrays.
        monoid: how elements multiply, see `automata_rnn.scan`.
        codes: integers (T,) that index the table, a Dask array.
        initial: a state; then the result is the states initial·x₁⋯x_t, not products.
        reduce: only the last product (or state), without a time axis.

    Returns:
        Dask arrays of the products (T, *element) or states (T, *state) in the chunks of
        the sequence; with `reduce` (*element) or (*state). Chunks may be empty. Exact
        results do not depend on the chunks; those in floats differ by rounding.

    Raises:
        ValueError: shapes that do not fit; TypeError: codes that are not integers,
            arrays that are not of Dask or of NumPy where they must be. Codes outside
            the table raise their ValueError when the result is computed.

    >>> import dask.array as da
    >>> import numpy as np
    >>> from automata_rnn.scan import MAPS
    >>> letters = np.array([[1, 2, 0], [1, 0, 2]])  # a cycle, a swap
    >>> word = da.from_array(np.array([0, 1, 0, 0, 1]), chunks=2)
    >>> prefix_products(letters, MAPS, codes=word, initial=2).compute()
    array([0, 1, 2, 0, 1])
    >>> prefix_products(letters, MAPS, codes=word, reduce=True).compute()
    array([2, 0, 1])
    """
    bare = not isinstance(elements, tuple)
    parts = (elements,) if bare else elements
    if codes is None:
        sequence, table = _check_sequence("elements", parts, monoid.ranks), None
    else:
        sequence, table = _check_sequence("codes", (codes,), (0,)), parts
        _check_in_memory("elements", parts)
    if initial is not None:
        _check_in_memory("initial", (initial,))
        initial = np.asarray(initial)
    results = scan_chunks(Scan(monoid, table, initial), sequence, reduce)
    return results[0] if bare or initial is not None else results


def _check_sequence(
    field: str, parts: tuple[Any, ...], ranks: tuple[int, ...]
) -> Sequence:
    """Dask arrays (T, *element) in the same chunks of time, and only of time."""
    if len(parts) != len(ranks):
        raise ValueError(
            f"{field}: wanted the {len(ranks)} components of the monoid, "
            f"got {len(parts)} arrays"
        )
    for part, rank in zip(parts, ranks, strict=True):
        if not isinstance(part, da.Array):
            raise TypeError(f"{field}: wanted Dask arrays, got {type(part).__name__}")
        if part.ndim != 1 + rank:
            raise ValueError(
                f"{field}: wanted one time axis before the last {rank} axes, "
                f"got shape {part.shape}"
            )
    if len({part.shape[TIME] for part in parts}) > 1:
        shapes = [part.shape for part in parts]
        raise ValueError(f"{field}: wanted components of equal T, got shapes {shapes}")
    times = parts[0].chunks[TIME]
    whole = ({axis: -1 for axis in range(1, part.ndim)} for part in parts)
    pairs = zip(parts, whole, strict=True)
    return tuple(part.rechunk({TIME: times, **axes}) for part, axes in pairs)


def _check_in_memory(field: str, arrays: tuple[Any, ...]) -> None:
    """No Dask arrays: these are needed by every task."""
    if any(isinstance(array, da.Array) for array in arrays):
        raise TypeError(f"{field}: wanted arrays in memory, got Dask arrays")
