"""Heads as the tensors that flash-linear-attention's operators take, and back.

One sequence and one head, B = H = 1, in the layout (B, T, H, D) of its operators or
(B, H, T, D) of its older reference functions; states are (B, H, K, V), which is Sᵀ.

| head            | tensors                  | recurrence there, S of shape (K, V) |
|-----------------|--------------------------|-------------------------------------|
| `DeltaNet`      | q, k, v, beta            | S + β k (v - kᵀ S)                  |
| `GatedDeltaNet` | q, k, v, beta, g         | the same from e^g S                 |
| `DeltaProduct`  | q, k, v, beta, perhaps g | n_h of these for each q and g       |
| `RWKV7`         | r, w, k, v, a, b         | diag(e^w) S + b aᵀ S + k vᵀ         |

with a = -λ κ and b = a ⊙ κ, the logarithms w and g being -∞ where the decay is 0. The
output is Sᵀ q, so callers pass scale = 1.
"""

from typing import Any, Literal, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.rnns.deltanet import DeltaNet, GatedDeltaNet
from automata_rnn.rnns.deltaproduct import DeltaProduct
from automata_rnn.rnns.one_head import no_values
from automata_rnn.rnns.rwkv7 import RWKV7
from automata_rnn.semiring import REAL, Array

Layout: TypeAlias = Literal["BTHD", "BHTD"]
Tensors: TypeAlias = dict[str, Array]
AnyHead: TypeAlias = DeltaNet | GatedDeltaNet | DeltaProduct | RWKV7
_HEAD_AXIS = {"BTHD": 2, "BHTD": 1}


def to_op_tensors(
    head: AnyHead, word: Word, *, layout: Layout = "BTHD", dtype: Any = np.float64
) -> Tensors:
    """The tensors of a word (its `bos` first, where there is one) and initial_state.

    Raises ValueError for an unknown layout, and negative gates or decays, which have no
    logarithm.
    """
    codes = head.alphabet.encode(word)
    if head.alphabet.bos is not None:
        codes = np.concatenate([[len(head.alphabet)], codes]).astype(np.intp)
    return _tensors(head, codes, layout, dtype)


def table_op_tensors(
    head: AnyHead, *, layout: Layout = "BTHD", dtype: Any = np.float64
) -> Tensors:
    """The tensors of all symbols in the order of their codes, for `from_op_tensors`."""
    return _tensors(head, np.arange(head.alphabet.num_codes), layout, dtype)


def _tensors(head: AnyHead, codes: Array, layout: Layout, dtype: Any) -> Tensors:
    if layout not in _HEAD_AXIS:
        raise ValueError(f"layout: wanted one of {list(_HEAD_AXIS)}, got {layout!r}")
    queries = np.broadcast_to(head.query, (len(codes), len(head.query)))
    if isinstance(head, RWKV7):
        parts = {"r": queries, **_rwkv7_parts(head, codes)}
    else:
        parts = {"q": queries, **_delta_parts(head, codes)}
    axis = _HEAD_AXIS[layout]
    result = {}
    for name, part in parts.items():
        flat = np.ascontiguousarray(part.astype(dtype))
        result[name] = np.expand_dims(flat[None], axis)
    state = head.initial.T.astype(dtype)
    return {**result, "initial_state": np.ascontiguousarray(state)[None, None]}


def _delta_parts(
    head: DeltaNet | GatedDeltaNet | DeltaProduct, codes: Array
) -> Tensors:
    many = isinstance(head, DeltaProduct)
    values = head.values
    if values is None:
        values = no_values(head, *head.beta.shape[1:])
    parts = {"k": head.keys[codes], "v": values[codes], "beta": head.beta[codes]}
    if many:  # the factors of a token are neighbours in time
        parts = {k: p.reshape(-1, *p.shape[2:]) for k, p in parts.items()}
    gate = None if isinstance(head, DeltaNet) else head.gate
    return parts if gate is None else {**parts, "g": _log("gate", gate[codes])}


def _rwkv7_parts(head: RWKV7, codes: Array) -> Tensors:
    steps = head.steps
    return {
        "w": _log("decay", head.decay[codes]),
        "k": steps.keys[codes, 0],
        "v": steps.values[codes, 0],
        "a": -steps.left[codes, 0],
        "b": steps.right[codes, 0],
    }


def _log(field: str, decay: Array) -> Array:
    numbers = decay.astype(float)
    if np.any(numbers < 0):
        raise ValueError(
            f"{field}: wanted entries of at least 0, whose logarithm the operator "
            f"takes, got {numbers.min()}"
        )
    with np.errstate(divide="ignore"):
        return np.log(numbers)


def from_op_tensors(
    kind: type[AnyHead],
    alphabet: Alphabet,
    tensors: Tensors,
    readout: Array,
    *,
    layout: Layout = "BTHD",
) -> AnyHead:
    """The float head whose symbols have these parameters, in the order of their codes.

    Args:
        tensors: as `table_op_tensors` gives them, T = alphabet.num_codes; without an
            initial_state it is 0.
        readout: o, shape (d,).

    Raises ValueError where queries differ from symbol to symbol, or b is not 0 where a
    is (RWKV-7's b is a rate times -a), and as the head's own checks do.
    """
    axis = _HEAD_AXIS[layout]
    parts = {
        name: np.take(np.asarray(part, dtype=float)[0], 0, axis=axis - 1)
        for name, part in tensors.items()
        if name != "initial_state"
    }
    queries = parts.pop("r" if kind is RWKV7 else "q")
    if np.any(queries != queries[:1]):
        raise ValueError("q: wanted the same query for all symbols, got different ones")
    shape = (queries.shape[1], parts["v"].shape[-1])
    state = tensors.get("initial_state", np.zeros((1, 1, *shape)))
    ends = {"initial": np.asarray(state, dtype=float)[0, 0].T, "query": queries[0]}
    ends["readout"] = readout
    fields = _rwkv7_fields(parts) if kind is RWKV7 else _delta_fields(parts)
    if kind is DeltaProduct:  # n_h neighbours in time are one symbol's
        for name in ("keys", "values", "beta"):
            part = fields[name]
            fields[name] = part.reshape(len(queries), -1, *part.shape[1:])
    return kind(REAL, alphabet, **ends, **fields)


def _delta_fields(parts: Tensors) -> Tensors:
    fields = {"keys": parts["k"], "values": parts["v"], "beta": parts["beta"]}
    return fields | ({"gate": np.exp(parts["g"])} if "g" in parts else {})


def _rwkv7_fields(parts: Tensors) -> Tensors:
    removal = -parts["a"]
    if np.any((removal == 0) & (parts["b"] != 0)):
        raise ValueError("b: wanted 0 where a is 0, as b is a rate times -a")
    rate = np.divide(
        parts["b"], removal, out=np.zeros_like(removal), where=removal != 0
    )
    decay = np.exp(parts["w"])
    written = {"keys": parts["k"], "values": parts["v"]}
    return {"decay": decay, "removal": removal, "rate": rate, **written}
