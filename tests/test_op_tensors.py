"""flash-linear-attention's tensors: its recurrences reproduce our states."""

import importlib
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from automata_rnn import RATIONAL, REAL, Alphabet
from automata_rnn.parallel import states
from automata_rnn.rnns import RWKV7, DeltaNet, DeltaProduct, GatedDeltaNet
from automata_rnn.rnns.op_tensors import (
    from_op_tensors,
    table_op_tensors,
    to_op_tensors,
)
from tests.strategies import HEADS, heads, words

AB = Alphabet("ab")
every_head = pytest.mark.parametrize("kind", HEADS, ids=lambda k: k.__name__)


def published(kind: type, tensors: dict[str, Any]) -> Any:
    """States (T, K, V) by the formulas of the papers, one token at a time."""
    x = {name: array[0, :, 0] for name, array in tensors.items() if name[:2] != "in"}
    state = tensors["initial_state"][0, 0]
    n, history = len(state), []
    steps = len(x["k"]) // max(1, len(x["r" if kind is RWKV7 else "q"]))
    for t in range(len(x["k"])):
        if kind is RWKV7:
            transition = np.diag(np.exp(x["w"][t])) + np.outer(x["b"][t], x["a"][t])
            state = transition @ state + np.outer(x["k"][t], x["v"][t])
        else:
            if "g" in x and t % steps == 0:
                state = np.exp(x["g"][t // steps]) * state
            k, beta = x["k"][t], x["beta"][t]
            state = (np.eye(n) - beta * np.outer(k, k)) @ state
            state = state + beta * np.outer(k, x["v"][t])
        if (t + 1) % steps == 0:
            history.append(state)
    return np.array(history).reshape(-1, *state.shape)


def logarithms(head: Any) -> bool:
    """Whether decays are not negative."""
    decay = getattr(head, "decay", getattr(head, "gate", None))
    return decay is None or bool(np.all(decay >= 0))


@every_head
@settings(max_examples=30)
@given(data=st.data())
def test_published_recurrences_give_our_states(kind: type, data: st.DataObject) -> None:
    head = data.draw(heads(kind).filter(logarithms))
    word = data.draw(words(head.alphabet, max_size=5))
    ours = states(head, word).astype(float)
    theirs = published(kind, to_op_tensors(head, word))
    if head.alphabet.bos is None:
        ours = ours[1:]
    np.testing.assert_allclose(np.swapaxes(theirs, 1, 2), ours, rtol=1e-9, atol=1e-9)


@every_head
@settings(max_examples=30)
@given(data=st.data(), layout=st.sampled_from(["BTHD", "BHTD"]))
def test_tensors_of_all_symbols_make_the_head_again(
    kind: type, data: st.DataObject, layout: Any
) -> None:
    head = data.draw(heads(kind, REAL).filter(logarithms))
    strength = getattr(head, "strength", None)
    assume(strength is None or np.all(strength != 0))  # else a = 0 hides κ
    tensors = table_op_tensors(head, layout=layout)
    back = from_op_tensors(kind, head.alphabet, tensors, head.readout, layout=layout)
    for ours, theirs in zip(head.steps, back.steps, strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(back.initial, head.initial)
    np.testing.assert_array_equal(back.query, head.query)


def test_shapes_are_those_of_the_operators() -> None:
    head = DeltaProduct(
        RATIONAL, AB, np.ones((2, 3), int), np.ones((2, 4, 3), int),
        np.ones((2, 4), int), [1, 0, 0], [1, 0], gate=[1, 0],
    )  # fmt: skip
    tensors = to_op_tensors(head, "abbab", dtype=np.float32)
    shapes = {name: array.shape for name, array in tensors.items()}
    assert shapes == {
        "q": (1, 5, 1, 3),
        "k": (1, 20, 1, 3),
        "v": (1, 20, 1, 2),
        "beta": (1, 20, 1),
        "g": (1, 5, 1),
        "initial_state": (1, 1, 3, 2),
    }
    assert all(array.dtype == np.float32 for array in tensors.values())
    assert tensors["g"][0, :, 0].tolist() == [0, -np.inf, -np.inf, 0, -np.inf]
    turned = to_op_tensors(head, "abbab", layout="BHTD")
    assert turned["k"].shape == (1, 1, 20, 3)
    assert turned["beta"].shape == (1, 1, 20)


def test_what_has_no_tensors_is_refused() -> None:
    eye = np.eye(1, dtype=int)
    negative = GatedDeltaNet(RATIONAL, AB, eye, [[1], [1]], [1, 1], [1, -1], [1], [1])
    with pytest.raises(ValueError, match="gate: wanted entries of at least 0"):
        to_op_tensors(negative, "ab")
    plain = DeltaNet(RATIONAL, AB, eye, [[1], [1]], [1, 1], [1], [1])
    with pytest.raises(ValueError, match="layout: wanted one of"):
        to_op_tensors(plain, "a", layout="TBHD")  # type: ignore[arg-type]
    tensors = table_op_tensors(plain)
    tensors["q"][0, 1] += 1
    with pytest.raises(ValueError, match="same query"):
        from_op_tensors(DeltaNet, AB, tensors, [1])
    ones = [[1], [1]]
    table = table_op_tensors(RWKV7(RATIONAL, AB, eye, ones, ones, ones, [1], [1]))
    table["a"] *= 0
    with pytest.raises(ValueError, match="b: wanted 0 where a is 0"):
        from_op_tensors(RWKV7, AB, table, [1])


# What runs flash-linear-attention's reference functions: the module and the function
# that has them, the layout they take, and whether they scale queries by K^-1/2 always.
REFERENCES: dict[type, tuple[str, str, Any, bool]] = {
    DeltaNet: ("delta_rule", "delta_rule_recurrence", "BHTD", True),
    GatedDeltaNet: (
        "gated_delta_rule",
        "naive_recurrent_gated_delta_rule",
        "BTHD",
        False,
    ),
    DeltaProduct: (
        "gated_delta_product",
        "naive_recurrent_gated_delta_product",
        "BTHD",
        False,
    ),
    RWKV7: ("generalized_delta_rule.dplr", "dplr_recurrence", "BHTD", True),
}


@every_head
def test_reference_functions_of_flash_linear_attention(kind: type) -> None:
    """The library's own code, where it is installed, on float32 tensors."""
    module, name, layout, scales = REFERENCES[kind]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch = importlib.import_module("torch")
            operators = importlib.import_module(f"fla.ops.{module}.naive")
    except ImportError as error:
        pytest.skip(f"flash-linear-attention cannot be imported here: {error}")
    head = random_float_head(kind, np.random.default_rng(0))
    word = "abbaabab"
    arrays = to_op_tensors(head, word, layout=layout, dtype=np.float32)
    x = {key: torch.from_numpy(array) for key, array in arrays.items()}
    if kind is RWKV7:
        names = {"r": "q", "a": "alpha", "b": "beta", "w": "gk"}
        x = {names.get(key, key): part for key, part in x.items()}
    options: dict[str, Any] = {} if scales else {"scale": 1.0}
    if kind is DeltaProduct:
        options |= {"cu_seqlens": None, "num_householder": 3}
    outputs, final = getattr(operators, name)(**x, **options, output_final_state=True)
    ours = states(head, word)
    np.testing.assert_allclose(final[0, 0].numpy().T, ours[-1], rtol=0, atol=1e-5)
    wanted = ours[1:] @ head.query * (len(head.query) ** -0.5 if scales else 1)
    got = np.take(outputs[0].numpy(), 0, axis=1 if layout == "BTHD" else 0)
    np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-5)


def random_float_head(kind: type, rng: np.random.Generator) -> Any:
    n, d, factors = 4, 2, ((3,) if kind is DeltaProduct else ())

    def unit(*shape: int) -> Any:
        keys = rng.normal(size=shape)
        return keys / np.linalg.norm(keys, axis=-1, keepdims=True)

    ends = {
        "initial": rng.normal(size=(d, n)),
        "query": rng.normal(size=n),
        "readout": rng.normal(size=d),
        "values": rng.normal(size=(2, *factors, d)),
        "keys": unit(2, *factors, n),
        "parametrization": "shipped",
    }
    if kind is RWKV7:
        decay, rate = rng.uniform(0.6, 1, (2, n)), rng.uniform(0, 1, (2, n))
        return RWKV7(REAL, AB, **ends, decay=decay, rate=rate, removal=unit(2, n))
    if kind is not DeltaNet:
        ends["gate"] = rng.uniform(0, 1, 2)
    return kind(REAL, AB, **ends, beta=rng.uniform(0, 1, (2, *factors)))
