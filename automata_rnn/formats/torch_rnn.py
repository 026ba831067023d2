"""Networks around PyTorch's RNN, GRU and LSTM, from modules and from checkpoints.

Nothing here imports PyTorch: modules bring their own tensors, and checkpoints are
safetensors files. Names and layouts are those of `torch.nn`: `weight_ih_l{k}` (G n, m),
`weight_hh_l{k}` (G n, n), `bias_ih_l{k}`, `bias_hh_l{k}`, whatever stands before them.
`batch_first` does not matter, since words are read one symbol at a time.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from safetensors import SafetensorError, deserialize

from automata_rnn.alphabet import Alphabet
from automata_rnn.checks import check_type
from automata_rnn.formats.atomic import FilePath, naming, read_bytes
from automata_rnn.formats.errors import FormatError
from automata_rnn.rnns.cells import Cell, CellKind
from automata_rnn.rnns.stacked import Activation, Dense, StackedRNN
from automata_rnn.semiring import Array
from automata_rnn.system import type_name

Tensors = Mapping[str, Any]
_KINDS: dict[int, CellKind] = {3: "gru", 4: "lstm"}
_ACTIVATIONS: dict[str, Activation] = {
    "ReLU": "relu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
}
_DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
_NEUTRAL = ("Identity", "Dropout")


def network_from_torch(
    rnn: Any,
    head: Any,
    alphabet: Alphabet,
    *,
    embedding: Any = None,
    initial: Any = None,
) -> StackedRNN:
    """The network that feeds embedded symbols to `rnn` and its top h_T to `head`.

    Args:
        rnn: `torch.nn.RNN`, `GRU` or `LSTM` with any number of layers, in evaluation
            (dropout between layers does nothing).
        head: `Linear`, or a `Sequential` of `Linear`, `ReLU`, `Tanh`, `Sigmoid`,
            `Identity` and `Dropout`.
        embedding: `Embedding` or an array (num_codes, m), rows in the order of the
            alphabet's codes; None for one-hot vectors.
        initial: h₀ of all layers ((h, c) each of an LSTM), (state_size,); None for 0.

    Raises TypeError for other modules, ValueError for bidirectional or projected ones
    and for sizes that do not fit.
    """
    kind = _class(rnn)
    if kind not in ("RNN", "GRU", "LSTM"):
        raise TypeError(f"rnn: wanted torch.nn.RNN, GRU or LSTM, got {kind or rnn!r}")
    table = embedding
    if _class(embedding) == "Embedding":
        table = _array(embedding.weight)
    return network_from_state_dict(
        rnn.state_dict(),
        alphabet,
        embedding=table,
        head=_dense_layers(head),
        nonlinearity=getattr(rnn, "nonlinearity", None),
        initial=initial,
    )


def read_torch_checkpoint(
    path: FilePath, alphabet: Alphabet, **options: Any
) -> StackedRNN:
    """The network in a safetensors file of tensors as `state_dict` names them.

    Options are those of `network_from_state_dict`. Raises FormatError naming the file
    where it holds no such network.
    """
    with naming(path):
        data = read_bytes(path)
        try:
            return network_from_state_dict(_tensors(data), alphabet, **options)
        except (SafetensorError, ValueError) as error:
            raise FormatError(str(error)) from error


def _tensors(data: bytes) -> dict[str, Array]:
    """The tensors of a safetensors file; those of bfloat16 as float32, which has more
    bits of the same meaning behind them."""
    found = {}
    parse: Any = deserialize  # has no types
    for name, entry in parse(data):
        kind, raw = entry["dtype"], entry["data"]
        if kind == "BF16":
            wide = np.frombuffer(raw, "<u2").astype("<u4") << 16
            array = wide.view("<f4")
        elif kind in _DTYPES:
            array = np.frombuffer(raw, _DTYPES[kind])
        else:
            known = ", ".join(["BF16", *_DTYPES])
            raise FormatError(f"{name}: wanted dtype {known}, got {kind}")
        found[name] = array.reshape(entry["shape"])
    return found


def network_from_state_dict(
    tensors: Tensors,
    alphabet: Alphabet,
    *,
    embedding: Any = None,
    head: Sequence[Any] | None = None,
    nonlinearity: Activation | None = None,
    activation: Activation = "relu",
    initial: Any = None,
) -> StackedRNN:
    """The network of a `state_dict`, whose tensors are NumPy's or PyTorch's.

    Args:
        embedding: the name of its tensor, the array itself (num_codes, m), or None for
            the tensor whose name contains "emb"; one-hot vectors where there is none.
        head: the names of the dense layers in order, e.g. ("out",), or the layers
            themselves; None for all other weights, in the order of their names.
        nonlinearity: of an RNN, which its tensors do not tell: tanh, the default, or
            relu; None for a GRU or LSTM.
        activation: between dense layers, likewise.
        initial: see `network_from_torch`.

    Raises ValueError where tensors are missing, left over, or do not fit, for
    bidirectional or projected networks, and for a nonlinearity of a GRU or LSTM.
    """
    check_type("alphabet", alphabet, Alphabet)
    rest = {name: _array(value) for name, value in tensors.items()}
    cells = _cells(rest, nonlinearity)
    table, name = _embedding(rest, embedding)
    if table is None:
        inputs = cells[0].inputs.shape[1]
        if inputs != alphabet.num_codes:
            raise ValueError(
                f"alphabet: wanted {inputs} symbols, bos included, for inputs that are "
                f"one-hot, got {alphabet.num_codes}"
            )
        table = np.eye(alphabet.num_codes, dtype=cells[0].inputs.dtype)
    rest.pop(name, None)
    if head is None:
        head = sorted((n[:-7] for n in rest if n.endswith(".weight")), key=_natural)
    dense = tuple(
        layer
        if isinstance(layer, Dense)
        else _dense(rest, layer, "identity" if i + 1 == len(head) else activation)
        for i, layer in enumerate(head)
    )
    if rest:
        raise ValueError(f"tensors: wanted no others, got {sorted(rest)}")
    if not dense:
        raise ValueError(
            "head: wanted one layer or more that read the top recurrent layer, got none"
        )
    size = sum(cell.state_size for cell in cells)
    start = np.zeros(size, cells[0].inputs.dtype) if initial is None else initial
    return StackedRNN(alphabet, table, cells, dense, _array(start).ravel())


def _array(value: Any) -> Array:
    """A tensor of any library as NumPy's, half precisions as float32."""
    if type(value).__module__.startswith("torch"):
        value = value.detach().cpu()
        if "16" in str(value.dtype):
            value = value.float()
        return np.array(value.numpy())
    array = np.array(value)
    return array.astype(np.float32) if array.dtype == np.float16 else array


def _class(module: Any) -> str:
    """The name of the first class of `torch.nn` that a module is an instance of."""
    for kind in type(module).__mro__:
        if type_name(kind).startswith("torch.nn.modules."):
            return kind.__name__
    return ""


def _cells(rest: dict[str, Any], nonlinearity: str | None) -> tuple[Cell, ...]:
    """Take the recurrent layers out of `rest`."""
    key = "weight_ih_l0"
    found = [name[: -len(key)] for name in rest if name.endswith(key)]
    if len(found) != 1:
        raise ValueError(
            f"tensors: wanted one recurrent network, with {key}, got {len(found)} in "
            f"{sorted(rest)}"
        )
    prefix = found[0]
    if any(re.search(r"_l\d+_reverse$", name) for name in rest):
        raise ValueError(
            "rnn: wanted one direction, got a bidirectional network: its value of a "
            "prefix depends on the rest of the word, so that it is no machine that "
            "reads from left to right"
        )
    if any(re.search(r"weight_hr_l\d+$", name) for name in rest):
        raise ValueError("rnn: wanted an LSTM without projections (proj_size=0)")
    cells: list[Cell] = []
    while f"{prefix}weight_ih_l{len(cells)}" in rest:
        cells.append(_cell(rest, prefix, len(cells), nonlinearity))
    return tuple(cells)


def _cell(
    rest: dict[str, Any], prefix: str, layer: int, nonlinearity: str | None
) -> Cell:
    """Take a layer out of `rest`; it has both biases, or none."""

    def part(name: str) -> Any:
        full = f"{prefix}{name}_l{layer}"
        if full not in rest:
            raise ValueError(f"tensors: wanted {full}, got {sorted(rest)}")
        return rest.pop(full)

    inputs, recurrent = part("weight_ih"), part("weight_hh")
    rows, width = recurrent.shape if recurrent.ndim == 2 else (0, 0)
    gates = rows // max(1, width)
    if gates != 1 and gates not in _KINDS:
        raise ValueError(
            f"{prefix}weight_hh_l{layer}: wanted 1, 3 or 4 blocks of rows (RNN, GRU, "
            f"LSTM), got shape {recurrent.shape}"
        )
    if gates == 1 and nonlinearity not in (None, "tanh", "relu"):
        raise ValueError(f"nonlinearity: wanted tanh or relu, got {nonlinearity!r}")
    if gates > 1 and nonlinearity is not None:
        raise ValueError(
            f"nonlinearity: wanted none for {_KINDS[gates].upper()}, whose gates are "
            f"fixed, got {nonlinearity!r}"
        )
    kind: Any = (nonlinearity or "tanh") if gates == 1 else _KINDS[gates]
    names = "bias_ih", "bias_hh"
    biased = any(f"{prefix}{name}_l{layer}" in rest for name in names)
    none = np.zeros(rows, recurrent.dtype)
    biases = [part(name) if biased else none for name in names]
    return Cell(kind, inputs, recurrent, *biases)


def _embedding(rest: Tensors, given: Any) -> tuple[Array | None, str]:
    """The table of symbols, if any, and the name of its tensor, or ""."""
    if given is not None and not isinstance(given, str):
        return _array(given), ""
    names = [given] if given is not None else [n for n in rest if "emb" in n.lower()]
    if not names:
        return None, ""
    if len(names) > 1 or names[0] not in rest:
        raise ValueError(f"embedding: wanted one of {sorted(rest)}, got {names}")
    table: Array = rest[names[0]]
    return table, names[0]


def _dense(rest: dict[str, Any], name: str, activation: Activation) -> Dense:
    """Take the weights and the bias of a dense layer out of `rest`."""
    if f"{name}.weight" not in rest:
        raise ValueError(f"head: wanted {name}.weight, got {sorted(rest)}")
    weights = rest.pop(f"{name}.weight")
    if weights.ndim != 2:
        raise ValueError(f"{name}.weight: wanted shape (r, n), got {weights.shape}")
    none = np.zeros(len(weights), weights.dtype)
    return Dense(weights, rest.pop(f"{name}.bias", none), activation)


def _dense_layers(head: Any) -> list[Dense]:
    """The dense layers of a module: activations join the layer before them."""
    layers: list[Dense] = []
    for module in head if _class(head) == "Sequential" else [head]:
        kind = _class(module)
        if kind == "Linear":
            tensors = dict(module.state_dict())
            named = {f"head.{name}": _array(value) for name, value in tensors.items()}
            layers.append(_dense(named, "head", "identity"))
        elif kind in _ACTIVATIONS and layers and layers[-1].activation == "identity":
            last = layers.pop()
            layers.append(Dense(last.weights, last.bias, _ACTIVATIONS[kind]))
        elif kind not in _NEUTRAL:
            raise TypeError(
                f"head: wanted Linear, or a Sequential of Linear and one of "
                f"{sorted(_ACTIVATIONS)} after each, got {kind or type(module)}"
            )
    return layers


def _natural(name: str) -> list[Any]:
    """A key that sorts fc2 before fc10."""
    return [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)]
