"""Files of raw integers as lazy arrays."""

import os
from typing import Any

import dask.array as da
import numpy as np
from dask.base import tokenize

from automata_rnn.checks import check_type
from automata_rnn.semiring import Array


def open_codes(path: str | os.PathLike[str], dtype: Any, chunk: int) -> Any:
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
