"""Prefix products of sequences larger than one machine, on Dask.

A sequence x_1, …, x_T lies in chunks c_1, …, c_k: a `dask.array` over files, zarr or
the memory of workers. With p_i the product of chunk i and s_0 the initial state,

    P_i = p_1 ⋯ p_i,   s_i = s_0 P_i,   states of chunk i = s_{i-1} · (prefixes of c_i).

Chunks are multiplied up side by side, Dask's Blelloch scan finds the P_i in at most
2 log₂ k rounds, and each chunk is scanned again from the one state s_{i-1}. So a worker
holds a chunk and its states, and products of chunks, never the sequence.

Files and zarr are read twice, once for the p_i and once for the states: keeping chunks
between would need memory, or space to spill, for all of them.
"""

import os
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.checks import check_type
from automata_rnn.scan import tasks
from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.semiring import Array

try:
    import dask.array as da
    from dask._task_spec import GraphNode
    from dask.base import tokenize
    from dask.blockwise import Blockwise
    from dask.delayed import delayed
    from dask.graph_manipulation import clone
except ImportError as error:
    raise ImportError(
        "automata_rnn.scan.distributed needs Dask: "
        "pip install automata-rnn[distributed]"
    ) from error

DaskArray: TypeAlias = Any  # dask.array.Array
Sequence: TypeAlias = tuple[DaskArray, ...]
TIME = 0
BOXES = np.empty(0, dtype=object)


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
    results = _scan(tasks.Scan(monoid, table, initial), sequence, reduce)
    return results[0] if bare or initial is not None else results


def open_codes(path: str | os.PathLike[str], dtype: Any, chunk: int) -> DaskArray:
    """A file of raw integers as a lazy Dask array (T,).

    Args:
        path: a file of T integers and nothing else, seen by all workers.
        dtype: their type, with its byte order, as "<u2".
        chunk: how many integers a task reads.

    Raises:
        FileNotFoundError: no file there; TypeError: a dtype not of integers;
            ValueError: a size that is no multiple of the item's, chunk < 1. A file
            that has become shorter raises ValueError when it is read.
    """
    kind = _integers(dtype)
    check_type("chunk", chunk, int)
    if chunk < 1:
        raise ValueError(f"chunk: wanted at least 1 integer, got {chunk}")
    path = os.path.abspath(path)
    if not os.path.isfile(path):
        raise FileNotFoundError(f"path: wanted a file of {kind}, got none at {path}")
    status = os.stat(path)
    length, rest = divmod(status.st_size, kind.itemsize)
    if rest:
        raise ValueError(
            f"path: wanted a multiple of the {kind.itemsize} bytes of {kind}, "
            f"got {status.st_size} bytes in {path}"
        )
    version = tokenize(path, status.st_size, status.st_mtime_ns, kind.str, chunk)
    return da.map_blocks(
        _read,
        path=path,
        chunks=da.core.normalize_chunks(chunk, (length,)),
        dtype=kind,
        meta=np.empty(0, kind),
        name=f"codes-{version}",
    )


def _scan(scan: tasks.Scan, sequence: Sequence, reduce: bool) -> Sequence:
    """Components of the products, or the states as the only one."""
    likes = tasks.empty_result(scan, sequence)
    shared = delayed(scan, pure=True, traverse=False)  # sent once, not with each task
    ends = _ends(scan.monoid, shared, sequence)
    if scan.initial is not None:
        ends = ends.map_blocks(tasks.act, scan=shared, dtype=object, meta=BOXES)
    if reduce:
        return _components(ends[-1:], likes, ())
    first = tasks.box(() if scan.initial is None else (scan.initial,))
    starts = da.concatenate([da.from_array(first, chunks=1), ends[:-1]])
    again = (_read_again(part) for part in sequence)
    prefixes = _per_chunk(tasks.chunk_prefixes, starts, *again, scan=shared)
    return _components(prefixes, likes, sequence[0].chunks[0])


def _ends(monoid: Monoid, shared: Any, sequence: Sequence) -> DaskArray:
    """The products P_1, …, P_k up to the end of each chunk, in boxes (k,)."""
    return da.reductions.cumreduction(
        _each,
        partial(tasks.combine, monoid=monoid),
        None,
        _per_chunk(tasks.chunk_product, *sequence, scan=shared),
        axis=0,
        dtype=object,
        method="blelloch",
        preop=_each,
    )


def _read_again(array: DaskArray) -> DaskArray:
    """The same array under other names, so that its chunks are not kept meanwhile.

    `clone` breaks layers of task objects other than Blockwise, such as those of rechunk
    (dask issue 12455); the chunks of these are kept, or spilled, between their uses.
    """
    for layer in array.dask.layers.values():
        if isinstance(layer, Blockwise):
            continue
        if any(isinstance(task, GraphNode) for task in layer.values()):
            return array
    return clone(array, seed="read again")


def _each(boxed: Array, **_: Any) -> Array:
    """Prefixes, and the total, of the only box in a chunk of boxes."""
    return boxed


def _per_chunk(task: Any, *arrays: DaskArray, scan: Any) -> DaskArray:
    """What `task` makes of the arrays in each chunk of time, in boxes (k,)."""
    pairs = ((array, range(array.ndim)) for array in arrays)
    return da.blockwise(
        task,
        (TIME,),
        *(argument for pair in pairs for argument in pair),
        scan=scan,
        concatenate=True,  # the other axes lie in one chunk, which stays as it is
        align_arrays=False,  # starts have one box where the sequence has a chunk
        adjust_chunks={TIME: 1},
        dtype=object,
        meta=BOXES,
    )


def _components(boxes: DaskArray, likes: Element, times: tuple[int, ...]) -> Sequence:
    """Arrays out of boxes, each like the one in `likes` but for its time axis.

    Boxes hold `times` steps each; without times there is one box, and no time axis.
    """
    arrays = []
    for index, like in enumerate(likes):
        core = dict(enumerate(like.shape[1:], start=TIME + 1))
        axes = (TIME, *core) if times else tuple(core)
        array = da.blockwise(
            tasks.component,
            axes,
            boxes,
            (TIME,),
            index=index,
            kind=like.dtype,
            new_axes=core,
            concatenate=True,
            adjust_chunks={TIME: times},
            dtype=like.dtype,
            meta=np.empty((0,) * len(axes), like.dtype),
        )
        arrays.append(array)
    return tuple(arrays)


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


def _integers(dtype: Any) -> np.dtype[Any]:
    try:
        kind: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        kind = np.dtype(object)
    if kind.kind not in "iu":
        raise TypeError(f"dtype: wanted integers, got {dtype!r}")
    return kind


def _read(path: str, block_info: Any) -> Array:
    """The integers of one chunk."""
    here = block_info[None]
    ((start, stop),) = here["array-location"]
    kind = here["dtype"]
    read = np.fromfile(path, kind, stop - start, offset=start * kind.itemsize)
    if len(read) != stop - start:
        raise ValueError(
            f"path: wanted integers {start} to {stop} of {path}, got {len(read)} of "
            f"them: the file has become shorter"
        )
    return read
