"""Heads: each recurrence as published, run step by step, by scan and in chunks."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import RATIONAL, REAL, Alphabet, Semiring, trace
from automata_rnn.parallel import ParallelSystem, states
from automata_rnn.rnns import (
    RWKV7,
    DeltaNet,
    DeltaProduct,
    GatedDeltaNet,
    Head,
    head_states,
)
from automata_rnn.rnns.heads import (
    act,
    delta_product_steps,
    delta_step,
    dense,
    dense_product,
    gated_delta_step,
    rwkv7_step,
)
from automata_rnn.rnns.ranges import RWKV7_LEAST_DECAY
from automata_rnn.scan.dplr import Steps
from automata_rnn.system import start
from tests.strategies import HEADS, arrays, heads, words

AB = Alphabet("ab")
every_head = pytest.mark.parametrize("kind", HEADS, ids=lambda k: k.__name__)


def fractions(array: Any) -> Any:
    """Nested lists of Fractions, or one."""
    if isinstance(array, np.ndarray):
        return [fractions(part) for part in array]
    return Fraction(str(array))


def published(head: Any, state: Any, code: int) -> Any:
    """One token by the formulas of the papers, in lists of Fractions."""
    d, n = len(state), len(state[0])

    def parameter(name: str, default: Any) -> Any:
        array = getattr(head, name, None)
        return default if array is None else fractions(array[code])

    if isinstance(head, RWKV7):
        w, kappa, a = (parameter(x, None) for x in ("decay", "removal", "rate"))
        lam = parameter("strength", 1)
        k, v = parameter("keys", [0] * n), parameter("values", [0] * d)
        return [
            [
                state[i][j] * w[j]
                - lam * sum(state[i][m] * kappa[m] for m in range(n)) * a[j] * kappa[j]
                + v[i] * k[j]
                for j in range(n)
            ]
            for i in range(d)
        ]
    keys, betas = parameter("keys", None), parameter("beta", None)
    if not isinstance(head, DeltaProduct):
        keys, betas = [keys], [betas]
    values = parameter("values", None)
    if values is None:
        values = [[0] * d] * len(betas)
    elif not isinstance(head, DeltaProduct):
        values = [values]
    gate = parameter("gate", 1)
    state = [[gate * x for x in row] for row in state]
    for k, beta, v in zip(keys, betas, values, strict=True):
        reads = [sum(x * y for x, y in zip(row, k, strict=True)) for row in state]
        state = [
            [state[i][j] + beta * (v[i] - reads[i]) * k[j] for j in range(n)]
            for i in range(d)
        ]
    return state


@every_head
@settings(max_examples=40)
@given(data=st.data())
def test_steps_are_the_published_recurrences(kind: type, data: st.DataObject) -> None:
    head = data.draw(heads(kind))
    word = data.draw(words(head.alphabet, max_size=4))
    run = [fractions(state) for state in trace(head, word)]
    state = fractions(head.initial)
    codes = head.alphabet.encode(word).tolist()
    if head.alphabet.bos is not None:
        state = published(head, state, len(head.alphabet))
    for t, code in enumerate([*codes, None]):
        assert run[t] == state
        if code is not None:
            state = published(head, state, code)
    value = sum(
        o * sum(x * q for x, q in zip(row, fractions(head.query), strict=True))
        for o, row in zip(fractions(head.readout), state, strict=True)
    )
    assert fractions(head.output(list(trace(head, word))[-1])) == value


@every_head
@settings(max_examples=40)
@given(data=st.data())
def test_all_routes_give_the_same_states(kind: type, data: st.DataObject) -> None:
    head = data.draw(heads(kind))
    assert isinstance(head, Head)
    assert isinstance(head, ParallelSystem)
    word = data.draw(words(head.alphabet, max_size=12))
    wanted = np.array(list(trace(head, word)))
    chunk = data.draw(st.integers(1, 9))
    assert np.array_equal(states(head, word), wanted)
    assert np.array_equal(states(head, word, method="sequential"), wanted)
    assert np.array_equal(head_states(head, word, chunk=chunk), wanted)


@every_head
def test_floats_agree_with_fractions(kind: type) -> None:
    for seed in range(5):
        head = small_head(kind, np.random.default_rng(seed))
        exact = replace(head, semiring=RATIONAL)
        word = "abbabaab" * 3
        wanted = states(exact, word).astype(float)
        for got in (states(head, word), head_states(head, word, chunk=5)):
            scale = max(1.0, float(np.abs(wanted).max()))
            np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12 * scale)


def small_head(kind: type, rng: np.random.Generator) -> Any:
    """Transitions of norm about 1, so that states stay small."""
    n, d, factors = 3, 2, ((2,) if kind is DeltaProduct else ())
    ends = {"initial": rng.normal(size=(d, n)), "query": rng.normal(size=n)}
    ends |= {"readout": rng.normal(size=d), "values": rng.normal(size=(2, *factors, d))}
    keys = rng.normal(size=(2, *factors, n))
    ends["keys"] = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    if kind is RWKV7:
        decay, rate = rng.uniform(0.6, 1, (2, n)), rng.uniform(0, 1, (2, n))
        fields = {"decay": decay, "rate": rate, "removal": ends["keys"]}
        return RWKV7(REAL, AB, **ends, **fields)
    if kind is not DeltaNet:
        ends["gate"] = rng.uniform(0, 1, 2)
    return kind(REAL, AB, **ends, beta=rng.uniform(0, 2, (2, *factors)))


# Pure functions -----------------------------------------------------------------------


@pytest.mark.parametrize("semiring", [RATIONAL, REAL], ids=str)
@settings(max_examples=30)
@given(data=st.data())
def test_dense_and_low_rank_steps_agree(
    semiring: Semiring, data: st.DataObject
) -> None:
    n, d = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))

    def some(*shape: int) -> Any:
        return data.draw(arrays(semiring, shape))

    steps = delta_product_steps(some(4, 2), some(4, 2, n), some(4, 2, d), some(4))
    state = some(d, n)
    first, second = (Steps(*(part[:, i] for part in steps)) for i in range(2))
    slow = act(act(state, first), second)
    matrix, written = dense_product(steps, semiring)
    fast = semiring.matmul(np.broadcast_to(state, (4, d, n)), matrix) + written
    if semiring.exact:
        assert np.array_equal(slow, fast)
    np.testing.assert_allclose(slow.astype(float), fast.astype(float), atol=1e-9)


def test_a_swap_a_scaling_and_an_overwrite() -> None:
    """Theory 3.4 and 3.5: H(1, e_0 - e_1), H(1 - s, e_0), and RWKV-7's U(dst; c)."""
    state = np.array([[5, 7, 11]])
    zero = np.zeros(1, int)
    swap = delta_step(np.array(1), np.array([1, -1, 0]), zero)
    assert act(state, swap).tolist() == [[7, 5, 11]]
    scaled = delta_step(np.array(1 - 3), np.array([1, 0, 0]), zero)
    assert act(state, scaled).tolist() == [[15, 7, 11]]
    c, dst = np.array([0, 2, -1]), np.array([1, 0, 0])
    ones = np.ones(3, int)
    overwrite = rwkv7_step(ones, dst - c, dst, zero, 0 * ones)
    assert act(state, overwrite).tolist() == [[2 * 7 - 11, 7, 11]]
    written = delta_step(np.array(1), dst, np.array([4]))
    assert act(state, written).tolist() == [[4, 7, 11]]
    gated = gated_delta_step(np.array(10), np.array(1), dst, np.array([4]))
    assert act(state, gated).tolist() == [[4, 70, 110]]
    matrix, _ = dense(swap)
    assert matrix.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


# Ranges and errors --------------------------------------------------------------------

EYE = np.eye(2, dtype=int)
PAIR = {"query": [1, 0], "readout": [1, 0]}


def delta(**changes: Any) -> DeltaNet:
    fields = {"initial": EYE, "keys": EYE, "beta": [1, 0], **PAIR, **changes}
    return DeltaNet(RATIONAL, AB, **fields)


def rwkv7(**changes: Any) -> RWKV7:
    fields = {"initial": EYE, "decay": [[1, 1]] * 2, "removal": EYE, "rate": EYE}
    return RWKV7(RATIONAL, AB, **{**fields, **PAIR, **changes})


SHIPPED = {"parametrization": "shipped"}


def test_what_shipped_heads_may_hold() -> None:
    delta(**SHIPPED)
    delta(**SHIPPED, allow_neg_eigval=True, beta=[2, 1])
    delta(**SHIPPED, keys=[[Fraction(3, 5), Fraction(4, 5)], [0, 0]])
    rwkv7(**SHIPPED, decay=[[1, Fraction(3, 4)]] * 2, strength=[1, 1])
    rwkv7(**SHIPPED, decay=[[RWKV7_LEAST_DECAY, 1]] * 2)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: delta(**SHIPPED, beta=[2, 1]), r"DeltaNet.beta: .* \[0, 1\].*got 2"),
        (lambda: delta(**SHIPPED, beta=[-1, 1]), r"DeltaNet.beta: .*got -1"),
        (
            lambda: delta(**SHIPPED, beta=[3, 1], allow_neg_eigval=True),
            r"DeltaNet.beta: wanted entries in \[0, 2\]",
        ),
        (
            lambda: delta(**SHIPPED, keys=[[1, -1], [1, 0]]),
            r"DeltaNet.keys: wanted keys of norm 1, .* squared norm 2 at \(0,\)",
        ),
        (
            lambda: rwkv7(**SHIPPED, decay=[[Fraction(1, 2), 1]] * 2),
            r"RWKV7.decay: wanted entries in \[0.545239, 1\]",
        ),
        (lambda: rwkv7(**SHIPPED, rate=2 * EYE), r"RWKV7.rate: .* \[0, 1\]"),
        (lambda: rwkv7(**SHIPPED, removal=2 * EYE), r"RWKV7.removal: .* norm 1"),
        (lambda: rwkv7(**SHIPPED, strength=[1, 2]), r"RWKV7.strength: .*got 2"),
        (lambda: rwkv7(keys=EYE), r"RWKV7.keys, RWKV7.values: wanted both"),
        (lambda: delta(parametrization="best"), r"DeltaNet.parametrization: wanted"),
        (lambda: delta(initial=[1, 0]), r"DeltaNet.initial: wanted shape \(d, n\)"),
        (lambda: delta(keys=[[1]] * 2), r"DeltaNet.keys: wanted shape \(2, 2\)"),
        (lambda: delta(values=[[1]] * 2), r"DeltaNet.values: wanted shape \(2, 2\)"),
        (lambda: delta(beta=[1, 0, 0]), r"DeltaNet.beta: wanted shape \(2,\)"),
        (lambda: delta(query=[1]), r"DeltaNet.query: wanted shape \(2,\)"),
        (lambda: delta(readout=[1]), r"DeltaNet.readout: wanted shape \(2,\)"),
        (
            lambda: DeltaProduct(RATIONAL, AB, EYE, [EYE] * 2, [[1]] * 2, **PAIR),
            r"DeltaProduct.beta: wanted shape \(2, 2\)",
        ),
        (
            lambda: DeltaProduct(
                RATIONAL, AB, EYE, np.zeros((2, 0, 2), int), [[]] * 2, **PAIR
            ),
            r"DeltaProduct.keys: wanted shape \(2, 1, 2\)",
        ),
        (
            lambda: GatedDeltaNet(
                RATIONAL, AB, EYE, EYE, [1, 1], [1, 2], **PAIR, **SHIPPED
            ),
            r"GatedDeltaNet.gate: wanted entries in \[0, 1\]",
        ),
    ],
)
def test_errors_name_the_field(build: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_other_errors() -> None:
    with pytest.raises(TypeError, match="allow_neg_eigval: wanted bool"):
        delta(allow_neg_eigval=1)
    from automata_rnn import BOOLEAN

    with pytest.raises(ValueError, match="semiring: wanted rational or real"):
        DeltaNet(BOOLEAN, AB, EYE, EYE, [1, 0], **PAIR)


def test_a_beginning_of_sequence_symbol_writes_the_state() -> None:
    """The paper's β = 1, v = 1, k = α on BOS starts from 0; without it all stays 0."""
    with_bos = Alphabet("a", bos="<s>")
    keys = [[1, -1], [3, 4]]
    fields = {"initial": [[0, 0]], "keys": keys, "beta": [1, 1], "query": [1, 0]}
    head = DeltaNet(RATIONAL, with_bos, **fields, readout=[1], values=[[0], [1]])
    assert start(head).tolist() == [[3, 4]]
    assert states(head, "a")[-1].tolist() == [[4, 3]]
    silent = replace(head, values=None)
    assert not np.any(states(silent, "aaa") != 0)
