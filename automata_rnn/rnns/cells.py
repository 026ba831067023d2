"""The cells of trained networks: Elman (tanh, ReLU), GRU and LSTM, for batches.

In the conventions of PyTorch's RNN, GRU and LSTM, columns, with p = W x + b and
q = U h + c split into the cell's gates, σ the logistic function:

    tanh, relu          h' = tanh(p + q) or max(0, p + q)
    gru                 r, z = σ(p + q);  n = tanh(p + r q);  h' = (1 - z) n + z h
    gru-without-reset   z = σ(p + q);     n = tanh(p + q);    h' = (1 - z) n + z h
    lstm                i, f, o = σ(p + q);  g = tanh(p + q);  c' = f c + i g;
                        h' = o tanh(c')

Rows of W are the gates in PyTorch's order: (r, z, n), (z, n), (i, f, g, o). The state
of an LSTM is (h, c), 2n numbers; of the others h.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from automata_rnn.checks import check_shape, read_only
from automata_rnn.semiring import Array

CellKind: TypeAlias = Literal["tanh", "relu", "gru", "gru-without-reset", "lstm"]
GATES: dict[str, int] = {
    "tanh": 1,
    "relu": 1,
    "gru": 3,
    "gru-without-reset": 2,
    "lstm": 4,
}
"""Gates of each kind: the blocks of rows of its weights."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One recurrent layer of n units that reads m numbers, G gates.

    Attributes:
        inputs: W, shape (G n, m).
        recurrent: U, shape (G n, n).
        input_bias, recurrent_bias: b and c, shape (G n,) each.

    Raises ValueError for unknown kinds and shapes that do not fit, TypeError where
    weights are no floats.
    """

    kind: CellKind
    inputs: Array
    recurrent: Array
    input_bias: Array
    recurrent_bias: Array

    def __post_init__(self) -> None:
        if self.kind not in get_args(CellKind):
            raise ValueError(
                f"Cell.kind: wanted one of {get_args(CellKind)}, got {self.kind!r}"
            )
        for name in ("inputs", "recurrent", "input_bias", "recurrent_bias"):
            keep_floats(self, name)
        if self.recurrent.ndim != 2 or self.inputs.ndim != 2:
            raise ValueError(
                f"Cell.recurrent: wanted two matrices, got shapes "
                f"{self.recurrent.shape} and {self.inputs.shape} of Cell.inputs"
            )
        n, m = self.recurrent.shape[1], self.inputs.shape[1]
        rows, why = GATES[self.kind] * n, f"{self.kind} of {n} units, {m} inputs"
        check_shape("Cell.recurrent", self.recurrent, (rows, n), why)
        check_shape("Cell.inputs", self.inputs, (rows, m), why)
        check_shape("Cell.input_bias", self.input_bias, (rows,), why)
        check_shape("Cell.recurrent_bias", self.recurrent_bias, (rows,), why)

    @property
    def num_units(self) -> int:
        """n."""
        return int(self.recurrent.shape[1])

    @property
    def state_size(self) -> int:
        """Numbers in a state: 2n for an LSTM, else n."""
        return self.num_units * (2 if self.kind == "lstm" else 1)


def keep_floats(owner: Any, name: str) -> None:
    """Make a field a read-only array of floats of its own precision, finite."""
    where, value = f"{type(owner).__name__}.{name}", np.asarray(getattr(owner, name))
    if value.dtype.kind not in "fiub":
        raise TypeError(f"{where}: wanted real numbers, got dtype {value.dtype}")
    array = value if value.dtype in (np.float32, np.float64) else value.astype(float)
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{where}: wanted finite numbers, got infinity or NaN")
    object.__setattr__(owner, name, read_only(array))


def cell_step(cell: Cell, state: Array, read: Array) -> Array:
    """States (B, state_size) after one symbol, from `read` = W x + b, (B, G n)."""
    n = cell.num_units
    hidden = state[:, :n]
    fed = hidden @ cell.recurrent.T + cell.recurrent_bias
    if cell.kind == "tanh":
        return np.tanh(read + fed)
    if cell.kind == "relu":
        return np.maximum(read + fed, 0)
    if cell.kind == "lstm":
        total = read + fed
        admit, keep, show = (logistic(total[:, k * n : (k + 1) * n]) for k in (0, 1, 3))
        memory = keep * state[:, n:] + admit * np.tanh(total[:, 2 * n : 3 * n])
        return np.concatenate([show * np.tanh(memory), memory], axis=1)
    gates = logistic(read[:, :-n] + fed[:, :-n])
    reset = gates[:, :n] if cell.kind == "gru" else 1
    keep = gates[:, -n:]
    candidate = np.tanh(read[:, -n:] + reset * fed[:, -n:])
    return (1 - keep) * candidate + keep * hidden


def logistic(x: Array) -> Array:
    """1 / (1 + e⁻ˣ), without overflow."""
    half = x.dtype.type(0.5)
    return half + half * np.tanh(half * x)
