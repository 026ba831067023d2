"""A `ReLURNN` as torch.nn.RNN(num_symbols, hidden_size, nonlinearity="relu").

torch computes h_t = ReLU(x_t W_ihᵀ + b_ih + h_{t-1} W_hhᵀ + b_hh); x_t is the one-hot
vector of a symbol's code, so W_ih holds the v_σ in its columns and both biases are 0.
The initial state is no part of a state_dict and is given beside it.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Word
from automata_rnn.rnns.relu import ReLURNN
from automata_rnn.semiring import RATIONAL, Array


class ReLUTensors(NamedTuple):
    """A state_dict with torch.nn.RNN's names, in float64, and h₀ of shape (1, 1, n)."""

    state_dict: dict[str, npt.NDArray[np.float64]]
    initial: npt.NDArray[np.float64]


def relu_tensors(rnn: ReLURNN) -> ReLUTensors:
    """The network's weights under torch's names.

    Raises ValueError where a weight is not a float64.
    """
    n = rnn.hidden_size
    recurrent = np.zeros((n, n))
    matrix = rnn.recurrent
    values = _floats("recurrent", matrix.values)
    recurrent[matrix.columns, matrix.rows] = values
    state_dict = {
        "weight_ih_l0": np.ascontiguousarray(_floats("bias", rnn.bias).T),
        "weight_hh_l0": recurrent,
        "bias_ih_l0": np.zeros(n),
        "bias_hh_l0": np.zeros(n),
    }
    return ReLUTensors(state_dict, _floats("initial", rnn.initial).reshape(1, 1, n))


def _floats(name: str, array: Array) -> npt.NDArray[np.float64]:
    floats = np.array([_float(v) for v in array.ravel()]).reshape(array.shape)
    if not np.all(RATIONAL.array(floats) == RATIONAL.array(array)):
        raise ValueError(f"rnn.{name}: wanted weights that float64 holds")
    return floats


def _float(value: Any) -> float:
    return int(value.p) / int(value.q) if hasattr(value, "p") else float(value)


def one_hot(rnn: ReLURNN, word: Word) -> npt.NDArray[np.float64]:
    """A word as torch's input, shape (len(word), 1, num_codes), bos first if any."""
    bos = rnn.alphabet.bos
    codes = [] if bos is None else [rnn.alphabet.code(bos)]
    return np.eye(rnn.alphabet.num_codes)[[*codes, *rnn.alphabet.encode(word)]][:, None]


def torch_rnn(rnn: ReLURNN) -> tuple[Any, Any]:
    """See `ReLURNN.to_torch`."""
    import torch  # optional: only for who asks for it

    tensors = relu_tensors(rnn)
    module = torch.nn.RNN(
        rnn.alphabet.num_codes,
        rnn.hidden_size,
        nonlinearity="relu",
        dtype=torch.float64,
    )
    state = {name: torch.from_numpy(w) for name, w in tensors.state_dict.items()}
    module.load_state_dict(state)
    return module, torch.from_numpy(tensors.initial)
