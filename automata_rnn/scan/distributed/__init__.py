"""Prefix products of sequences larger than one machine, on Dask.

A sequence x_1, …, x_T lies in chunks c_1, …, c_k: a `dask.array` over files, zarr or
the memory of workers. With p_i the product of chunk i and s_0 the initial state,

    P_i = p_1 ⋯ p_i,   s_i = s_0 P_i,   states of chunk i = s_{i-1} · (prefixes of c_i).

Chunks are multiplied up side by side, Dask's Blelloch scan finds the P_i in at most
2 log₂ k rounds, and each chunk is scanned again from the one state s_{i-1}. So a worker
holds a chunk and its states, and products of chunks, never the sequence.

Files and zarr are read twice, once for the p_i and once for the states: keeping chunks
between would need memory, or space to spill, for all of them.

The modules, from the inside out:

    tasks   what each task computes, on arrays in memory
    graph   the tasks of a scan, and what each waits for
    prefix  `prefix_products`, and its checks
    raw     `open_codes`, for files of raw integers
"""

try:
    import dask.array  # noqa: F401
except ImportError as error:
    raise ImportError(
        "automata_rnn.scan.distributed needs Dask: "
        "pip install automata-rnn[distributed]"
    ) from error

from automata_rnn.scan.distributed.prefix import prefix_products
from automata_rnn.scan.distributed.raw import open_codes

__all__ = ["open_codes", "prefix_products"]
