"""Products of diagonal plus low-rank matrices, in WY form.

    (diag(w_1) - l_1ᵀ r_1) ⋯ (diag(w_L) - l_Lᵀ r_L) = diag(g) - Wᵀ Y

with g (n,) and W, Y (L, n). Proof by induction: for L = 0 both sides are I. A product
diag(g) - Wᵀ Y times one more step is

    diag(g ⊙ w) - Wᵀ (Y diag(w)) - (g ⊙ l - (Y lᵀ)ᵀ W)ᵀ r,

so g becomes g ⊙ w, all rows of Y are multiplied by w, and W and Y get one more row,

    w' = g ⊙ l - Σ_s (y_s · l) w_s    and    y' = r.

A row takes O(L n), the product O(L² n), where dense matrices take O(L n³). Rows of Y
are the r_s ⊙ w_{s+1} ⊙ ⋯ ⊙ w_L. The usual way is to divide cumulative decays,
(w_1 ⋯ w_L) / (w_1 ⋯ w_s), which fails where a decay is 0 or many are small; here rows
are multiplied as they age, and nothing is ever divided.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from automata_rnn.semiring import Array

if TYPE_CHECKING:
    from automata_rnn.scan.dplr import Steps


class Chunk(NamedTuple):
    """What steps do together: S ↦ S diag(gates) - (S Wᵀ) Y + bias.

    Attributes:
        gates: g, (*batch, n).
        w, y: (*batch, L, n).
        bias: (*batch, d, n), the state that the steps reach from 0.
    """

    gates: Array
    w: Array
    y: Array
    bias: Array


def wy_product(left: Array, right: Array) -> tuple[Array, Array]:
    """(W, Y) with (I - l_1ᵀ r_1) ⋯ (I - l_Lᵀ r_L) = I - Wᵀ Y, in O(L² n).

    Args:
        left, right: l and r, (*batch, L, n), of floats or exact objects.

    Returns:
        W and Y, (*batch, L, n); Y is `right` itself, and row t of W is
        l_t - Σ_{s<t} (r_s · l_t) w_s.

    Raises:
        ValueError: shapes that differ, or without two axes.

    >>> import numpy as np
    >>> swaps = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    >>> w, y = wy_product(swaps, swaps)
    >>> np.eye(3) - w.T @ y  # exchange 0 and 1, then 1 and 2
    array([[0., 0., 1.],
           [1., 0., 0.],
           [0., 1., 0.]])
    """
    if left.shape != right.shape or left.ndim < 2:
        got = f"{left.shape} and {right.shape}"
        raise ValueError(f"left, right: wanted shapes (*batch, L, n), got {got}")
    meet = np.matmul(left, np.swapaxes(right, -1, -2))  # meet[t, s] = r_s · l_t
    w = np.empty_like(meet, shape=left.shape)
    for t in range(left.shape[-2]):
        w[..., t, :] = left[..., t, :]
        if t:
            w[..., t, :] -= _times(meet[..., t, :t], w[..., :t, :])
    return w, right


def dplr_product(steps: "Steps") -> Chunk:
    """The product of all steps, by the induction above; biases by the same rule.

    Biases are v_sᵀ k_s, decayed as rows of Y are, and what the low-rank parts make of
    them: with x_t = (the state before step t, from 0) l_tᵀ, of size d,

        x_t = Σ_{s<t} (k_s · l_t) v_s - (y_s · l_t) x_s,   bias = Vᵀ K - Xᵀ Y,

    where rows k_s and y_s are those of the moment.
    """
    decay, left, right, values, keys = steps
    gates = decay[..., 0, :].copy()
    w, y, k = left.copy(), right.copy(), keys.copy()
    x = np.zeros_like(values)
    for t in range(1, left.shape[-2]):
        past = slice(0, t)
        now = left[..., t, :]
        meet_y, meet_k = (_dots(rows[..., past, :], now) for rows in (y, k))
        w[..., t, :] = gates * now - _times(meet_y, w[..., past, :])
        x[..., t, :] = _times(meet_k, values[..., past, :])
        x[..., t, :] -= _times(meet_y, x[..., past, :])
        age = decay[..., t, :]
        gates *= age
        y[..., past, :] *= age[..., None, :]
        k[..., past, :] *= age[..., None, :]
    bias = np.matmul(_transposed(values), k) - np.matmul(_transposed(x), y)
    return Chunk(gates, w, y, bias)


def cut(steps: "Steps", size: int) -> "Steps":
    """(*batch, chunks, size, ·), filled up with steps that change nothing."""
    *batch, length, _ = steps.left.shape
    count = -(-length // size)
    parts = []
    for name, array in steps._asdict().items():
        shape = (*batch, count * size, array.shape[-1])
        padded = np.full_like(array, 1 if name == "decay" else 0, shape=shape)
        padded[..., :length, :] = array
        parts.append(padded.reshape(*batch, count, size, array.shape[-1]))
    return type(steps)(*parts)


def chunk_starts(chunks: "Steps", initial: Array) -> tuple[Array, Array]:
    """The states before each chunk (*batch, chunks, d, n), and the one after all."""
    gates, w, y, bias = dplr_product(chunks)
    starts = np.empty_like(bias)
    state = initial
    for c in range(gates.shape[-2]):
        starts[..., c, :, :] = state
        meet = np.matmul(state, _transposed(w[..., c, :, :]))
        state = state * gates[..., c, None, :] + bias[..., c, :, :]
        state = state - np.matmul(meet, y[..., c, :, :])
    return starts, state


def walk(steps: "Steps", state: Array) -> Array:
    """All states (*batch, T, d, n), by the definition, one step after the other."""
    *batch, length, _ = steps.left.shape
    states = np.empty_like(state, shape=(*batch, length, *state.shape[-2:]))
    for t in range(length):
        state = states[..., t, :, :] = step(steps, state, t)
    return states


def step(steps: "Steps", state: Array, t: int) -> Array:
    """S (diag(w) - lᵀ r) + vᵀ k at time t."""
    decay, left, right, values, keys = (part[..., t, :] for part in steps)
    meet = _dots(state, left)
    low_rank = values[..., :, None] * keys[..., None, :]
    low_rank = low_rank - meet[..., :, None] * right[..., None, :]
    return state * decay[..., None, :] + low_rank


def _times(row: Array, matrix: Array) -> Array:
    """row · matrix, (..., s) × (..., s, n) → (..., n)."""
    return np.matmul(row[..., None, :], matrix)[..., 0, :]


def _dots(rows: Array, row: Array) -> Array:
    """row_s · row for each s, (..., s, n) × (..., n) → (..., s)."""
    return np.matmul(rows, row[..., None])[..., 0]


def _transposed(matrix: Array) -> Array:
    return np.swapaxes(matrix, -1, -2)
