"""The tasks of a distributed scan, and what each waits for.

Blocks of `dask.array` hold what tasks pass on: boxes, one for each chunk of time.
"""

from functools import partial
from typing import Any, TypeAlias

import dask.array as da
import numpy as np
from dask._task_spec import GraphNode
from dask.blockwise import Blockwise
from dask.delayed import delayed
from dask.graph_manipulation import clone

from automata_rnn.scan.distributed import tasks
from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.semiring import Array

DaskArray: TypeAlias = Any  # dask.array.Array
Sequence: TypeAlias = tuple[DaskArray, ...]
TIME = 0
BOXES = np.empty(0, dtype=object)


def scan_chunks(scan: tasks.Scan, sequence: Sequence, reduce: bool) -> Sequence:
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


def _each(boxed: Array, **_: Any) -> Array:
    """Prefixes, and the total, of the only box in a chunk of boxes."""
    return boxed


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
