"""Layers as the operators of other libraries take them, onto our networks.

The parameters are those of one layer for each symbol of the alphabet, in the order of
its codes: what the layer's projections make of the symbol's embedding. What the
operators compute is a linear recurrence, so that our networks run on the scan engine.

| operator                                        | network                            |
|-------------------------------------------------|------------------------------------|
| `selective_scan` of Mamba, one sequence         | `DiagonalRNN`                      |
| PD-SSM, columns of P one-hot                    | `PDRNN`                            |
| the same with rows of P one-hot, not columns    | `LinearRNN`                        |
| DeltaNet, Gated DeltaNet, DeltaProduct, RWKV-7  | heads, by `from_op_tensors`        |
"""

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet
from automata_rnn.checks import check_shape
from automata_rnn.rnns import PDRNN, DiagonalRNN, LinearRNN
from automata_rnn.rnns.op_tensors import from_op_tensors
from automata_rnn.semiring import COMPLEX, REAL, Array, Semiring

__all__ = [
    "diagonal_from_selective_scan",
    "from_op_tensors",
    "one_hot_form",
    "pd_from_matrices",
]

OneHotForm: TypeAlias = Literal["both", "columns", "rows"]


def diagonal_from_selective_scan(
    alphabet: Alphabet,
    u: Array,
    delta: Array,
    A: Array,
    B: Array,
    C: Array,
    D: Array | None = None,
    *,
    readout: Array,
    delta_bias: Array | None = None,
    delta_softplus: bool = False,
) -> DiagonalRNN:
    """Mamba's selective scan with one position for each symbol, T = num_codes.

        h_{t,d,n} = exp(Δ_{t,d} A_{d,n}) h_{t-1,d,n} + Δ_{t,d} B_{t,n} u_{t,d}
        y_{t,d}   = Σ_n C_n h_{t,d,n} + D_d u_{t,d},      value = Σ_d readout_d y_{T,d}

    in the layout of `selective_scan_fn`: u and Δ (1, d, T), A (d, n), B and C
    (1, n, T), D and delta_bias (d,). The state is (h_{d,n}, and where D is given one
    unit for D u), all 0 before the word.

    Args:
        readout: what reads y, shape (d,).
        delta_bias: added to Δ; delta_softplus: whether Δ is then log(1 + e^Δ).

    Raises ValueError where shapes do not fit, and where C differs from symbol to
    symbol: the value would then depend on the last symbol beside the state.
    """
    k = alphabet.num_codes
    u, step, decay = (np.asarray(x, dtype=float) for x in (u, delta, A))
    if decay.ndim != 2:
        raise ValueError(f"A: wanted shape (d, n), got {decay.shape}")
    d, n = decay.shape
    read, write = np.asarray(C, dtype=float), np.asarray(B, dtype=float)
    readout = np.asarray(readout, dtype=float)
    why = f"{k} symbols, {d} channels of {n} states"
    for name, array, shape in (
        ("u", u, (1, d, k)),
        ("delta", step, (1, d, k)),
        ("B", write, (1, n, k)),
        ("C", read, (1, n, k)),
        ("readout", readout, (d,)),
    ):
        check_shape(name, array, shape, why)
    if np.any(read != read[..., :1]):
        raise ValueError("C: wanted the same for all symbols, got different ones")
    if delta_bias is not None:
        check_shape("delta_bias", np.asarray(delta_bias), (d,), why)
        step = step + np.asarray(delta_bias, dtype=float)[:, None]
    times = (np.logaddexp(0, step) if delta_softplus else step)[0].T
    gates = np.exp(times[:, :, None] * decay).reshape(k, d * n)
    fed = (times * u[0].T)[:, :, None] * write[0].T[:, None, :]
    bias, weights = fed.reshape(k, d * n), np.outer(readout, read[0, :, 0]).ravel()
    if D is not None:
        check_shape("D", np.asarray(D), (d,), why)
        skipped = u[0].T @ (readout * np.asarray(D, dtype=float))
        gates = np.hstack([gates, np.zeros((k, 1))])
        bias, weights = np.hstack([bias, skipped[:, None]]), np.append(weights, 1.0)
    return DiagonalRNN(REAL, alphabet, np.zeros(len(weights)), gates, weights, bias)


def one_hot_form(matrices: Array) -> OneHotForm:
    """Whether columns, rows, or both have at most one nonzero entry, (k, n, n).

    PD-SSM's matrices act on columns, h' = P D h, and have one-hot columns: products of
    such matrices are such again. With one-hot rows a unit is copied to several others.

    Raises ValueError naming a column with several entries where it is neither.
    """
    array = np.asarray(matrices)
    if array.ndim != 3 or array.shape[1] != array.shape[2]:
        raise ValueError(f"matrices: wanted shape (k, n, n), got {array.shape}")
    nonzero = array != 0
    crowded = nonzero.sum(axis=1) > 1
    columns, rows = not crowded.any(), not (nonzero.sum(axis=2) > 1).any()
    if columns:
        return "both" if rows else "columns"
    if rows:
        return "rows"
    symbol, column = (int(i) for i in np.argwhere(crowded)[0])
    raise ValueError(
        f"matrices: wanted one-hot columns or rows, but matrix {symbol} has "
        f"{int(nonzero[symbol, :, column].sum())} entries in column {column}"
    )


def pd_from_matrices(
    alphabet: Alphabet,
    initial: Array,
    matrices: Array,
    readout: Array,
    bias: Array | None = None,
) -> PDRNN | LinearRNN:
    """h_t = M_{w_t} h_{t-1} + b_{w_t}, with output Σ_i readout_i h_{T,i}.

    A `PDRNN` where all M = P D have one-hot columns, which the scan multiplies in O(n);
    a `LinearRNN` where they have one-hot rows only. Complex weights stay complex.

    Args:
        matrices: M_σ by symbol code, acting on columns, shape (num_codes, n, n).

    Raises ValueError as `one_hot_form`, and where shapes do not fit.
    """
    array = np.asarray(matrices)
    parts = [initial, array, readout, *([] if bias is None else [bias])]
    complex_ = any(np.iscomplexobj(part) for part in parts)
    ring: Semiring = COMPLEX if complex_ else REAL
    if one_hot_form(array) == "rows":
        recurrent = array.swapaxes(1, 2)  # ours act on rows
        return LinearRNN(ring, alphabet, initial, recurrent, readout, bias)
    index: npt.NDArray[np.intp] = np.argmax(array != 0, axis=1)
    scale = np.take_along_axis(array, index[:, None, :], axis=1)[:, 0]
    return PDRNN(ring, alphabet, initial, index, scale, readout, bias)
