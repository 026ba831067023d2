"""Diagonal plus low-rank steps: DeltaNet, RWKV-7 and the like, a chunk at a time.

A state S is a matrix (d, n) of d rows that share their transitions,

    S_t = S_{t-1} (diag(w_t) - l_tᵀ r_t) + v_tᵀ k_t,

with w_t, l_t, r_t, k_t of size n and v_t of size d. DeltaNet is w = 1, l = β k, r = k
and v ↦ β v; RWKV-7 is l = κ̂, r = a ⊙ κ̂. One step takes O(d n), but steps must follow
one another. A product of L steps is again diagonal plus low rank, of rank L
(`automata_rnn.scan.dplr_chunks`): found in O(L² n), where dense products take O(L n³),
and applied in O(d L n). So chunks are multiplied up side by side, states go from chunk
to chunk, and then all chunks are walked side by side.

Elements have no fixed shape, since ranks add up, so this is no `Monoid` of the general
scan. Reference for the chunks: C. Bischof and C. Van Loan, The WY representation for
products of Householder matrices, SIAM J. Sci. Stat. Comput. 8, 1987.
"""

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from automata_rnn.scan.dplr_chunks import chunk_starts, cut, step, walk
from automata_rnn.semiring import Array

Method: TypeAlias = Literal["chunked", "sequential"]
METHODS = ("chunked", "sequential")


class Steps(NamedTuple):
    """Steps with a time axis before the last: (*batch, T, n), values (*batch, T, d)."""

    decay: Array
    left: Array
    right: Array
    values: Array
    keys: Array


def dplr_states(
    initial: Array,
    left: Array,
    right: Array,
    *,
    decay: Array | None = None,
    values: Array | None = None,
    keys: Array | None = None,
    chunk: int = 64,
    method: Method = "chunked",
) -> Array:
    """All states S_1, …, S_T of S_t = S_{t-1} (diag(w_t) - l_tᵀ r_t) + v_tᵀ k_t.

    Args:
        initial: S_0, (d, n), or one for each sequence, (*batch, d, n).
        left, right: l and r, (*batch, T, n).
        decay: w, (*batch, T, n); by default 1. It may be 0: nothing is divided.
        values, keys: v, (*batch, T, d), and k, (*batch, T, n); by default 0.
        chunk: steps in a chunk. About √T is best for one sequence.
        method: "sequential" is the definition, one step after the other.

    Returns:
        (*batch, T, d, n), of the common dtype of all arguments: floats, complex
        numbers, or exact numbers in object arrays. Exact results do not depend on the
        method; those in floats differ by rounding. Within a chunk rounding is relative
        to products of the |diag(w)| + |l|ᵀ|r|, so large steps want short chunks.

    Raises:
        ValueError: shapes that do not fit, values without keys, chunk < 1, an unknown
            method; TypeError: integer dtypes, which would wrap.

    >>> import numpy as np
    >>> swap = np.array([[1.0, -1.0]] * 3)  # I - lᵀ r exchanges two coordinates
    >>> dplr_states(np.array([[5.0, 7.0]]), swap, swap)[:, 0]
    array([[7., 5.],
           [5., 7.],
           [7., 5.]])
    """
    steps, state = _checked(initial, left, right, decay, values, keys, chunk, method)
    length = steps.left.shape[-2]
    if length == 0:
        return np.empty_like(state, shape=_with_time(state, 0))
    if method == "sequential":
        return walk(steps, state)
    chunks = cut(steps, min(chunk, length))
    starts, _ = chunk_starts(chunks, state)
    states = walk(chunks, starts)
    count, size = states.shape[-4:-2]
    flat = states.reshape(_with_time(state, count * size))
    return flat[..., :length, :, :]


def dplr_final(
    initial: Array,
    left: Array,
    right: Array,
    *,
    decay: Array | None = None,
    values: Array | None = None,
    keys: Array | None = None,
    chunk: int = 64,
    method: Method = "chunked",
) -> Array:
    """The last of `dplr_states`, (*batch, d, n), without the others; S_0 if T = 0.

    >>> import numpy as np
    >>> keys = np.eye(2)  # at each step, column t is overwritten by the value
    >>> dplr_final(np.zeros((1, 2)), keys, keys, values=np.array([[3.0], [4.0]]),
    ...            keys=keys)
    array([[3., 4.]])
    """
    steps, state = _checked(initial, left, right, decay, values, keys, chunk, method)
    length = steps.left.shape[-2]
    if length == 0:
        return state
    if method == "sequential":
        for t in range(length):
            state = step(steps, state, t)
        return state
    return chunk_starts(cut(steps, min(chunk, length)), state)[1]


def _checked(
    initial: Any,
    left: Any,
    right: Any,
    decay: Any,
    values: Any,
    keys: Any,
    chunk: int,
    method: str,
) -> tuple[Steps, Array]:
    """All steps, and one start for each sequence, in one dtype."""
    if method not in METHODS:
        raise ValueError(f"method: wanted one of {list(METHODS)}, got {method!r}")
    if chunk < 1:
        raise ValueError(f"chunk: wanted at least 1 step, got {chunk}")
    if (values is None) != (keys is None):
        raise ValueError("values, keys: wanted both or none of them")
    given = [x for x in (initial, left, right, decay, values, keys) if x is not None]
    dtype = np.result_type(*given)
    if dtype.kind not in "fcO":
        raise TypeError(f"steps: wanted floats or exact objects, got {dtype}")
    if left.ndim < 2 or left.shape[-1] == 0:
        raise ValueError(f"left: wanted shape (*batch, T, n), got {left.shape}")
    *batch, length, n = left.shape
    if initial.ndim < 2 or initial.shape[-1] != n:
        raise ValueError(f"initial: wanted shape (d, {n}), got {initial.shape}")
    rows = initial.shape[-2]
    if initial.shape[:-2] not in ((), tuple(batch)):
        raise ValueError(f"initial: wanted batch {batch}, got {initial.shape}")
    parts = {"decay": decay, "left": left, "right": right}
    parts |= {"values": values, "keys": keys}
    for name, part in parts.items():
        shape = (*batch, length, rows if name == "values" else n)
        if part is None:
            neutral = np.full_like(left, int(name == "decay"), dtype, shape=())
            parts[name] = np.broadcast_to(neutral, shape)
        elif part.shape != shape:
            raise ValueError(f"{name}: wanted shape {shape}, got {part.shape}")
    state = np.broadcast_to(initial, (*batch, rows, n)).astype(dtype)
    steps = (part.astype(dtype, copy=False) for part in parts.values())
    return Steps(*steps), state


def _with_time(state: Array, length: int) -> tuple[int, ...]:
    return (*state.shape[:-2], length, *state.shape[-2:])
