"""Operators of Mamba and PD-SSM on our networks, against their published formulas."""

from typing import Any

import numpy as np
import pytest

from automata_rnn import COMPLEX, REAL, Alphabet, evaluate
from automata_rnn.formats.recurrences import (
    diagonal_from_selective_scan,
    from_op_tensors,
    one_hot_form,
    pd_from_matrices,
)
from automata_rnn.parallel import states
from automata_rnn.rnns import PDRNN, RWKV7, DeltaNet, LinearRNN
from automata_rnn.rnns.op_tensors import table_op_tensors

ABC = Alphabet("abc")


def selective_scan(x: dict[str, Any], word: Any, softplus: bool) -> Any:
    """y_T by the formulas of Gu and Dao (2023), one channel and state at a time."""
    d, n = x["A"].shape
    h, y = np.zeros((d, n)), np.zeros(d)
    for t in word:
        for i in range(d):
            step = x["delta"][0, i, t] + x["bias"][i]
            step = np.log1p(np.exp(step)) if softplus else step
            y[i] = x["D"][i] * x["u"][0, i, t]
            for j in range(n):
                fed = step * x["B"][0, j, t] * x["u"][0, i, t]
                h[i, j] = np.exp(step * x["A"][i, j]) * h[i, j] + fed
                y[i] += x["C"][0, j, t] * h[i, j]
    return x["readout"] @ y


def mamba(rng: Any, d: int = 3, n: int = 2, k: int = 3) -> dict[str, Any]:
    return {
        "u": rng.normal(size=(1, d, k)),
        "delta": rng.normal(size=(1, d, k)),
        "A": -np.exp(rng.normal(size=(d, n))),
        "B": rng.normal(size=(1, n, k)),
        "C": np.repeat(rng.normal(size=(1, n, 1)), k, axis=2),
        "D": rng.normal(size=d),
        "bias": rng.normal(size=d),
        "readout": rng.normal(size=d),
    }


@pytest.mark.parametrize("softplus", [True, False])
def test_selective_scan(softplus: bool) -> None:
    rng = np.random.default_rng(0)
    for length in (0, 1, 2, 7, 30):
        x = mamba(rng)
        network = diagonal_from_selective_scan(
            ABC, x["u"], x["delta"], x["A"], x["B"], x["C"], x["D"],
            readout=x["readout"], delta_bias=x["bias"], delta_softplus=softplus,
        )  # fmt: skip
        codes = rng.integers(0, 3, length)
        word = ABC.decode(codes)
        expected = selective_scan(x, codes, softplus)
        np.testing.assert_allclose(evaluate(network, word), expected, rtol=1e-9)
        by_scan = states(network, word)[-1] @ network.readout  # on the scan engine
        np.testing.assert_allclose(by_scan, expected, rtol=1e-9)


def test_selective_scans_that_are_no_machine_are_refused() -> None:
    x = mamba(np.random.default_rng(1))
    x["C"][0, 0, 1] += 1
    arguments = [x[name] for name in ("u", "delta", "A", "B", "C")]
    with pytest.raises(ValueError, match="C: wanted the same for all symbols"):
        diagonal_from_selective_scan(ABC, *arguments, readout=x["readout"])
    with pytest.raises(ValueError, match="u: wanted shape"):
        diagonal_from_selective_scan(Alphabet("ab"), *arguments, readout=x["readout"])


def columns_one_hot(rng: Any, k: int, n: int) -> Any:
    matrices = np.zeros((k, n, n))
    for code in range(k):
        matrices[code, rng.integers(0, n, n), range(n)] = rng.normal(size=n)
    return matrices


@pytest.mark.parametrize("complex_", [False, True])
def test_pd_matrices_of_columns_and_rows_are_told_apart(complex_: bool) -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        columns = columns_one_hot(rng, 3, 4)
        if complex_:
            columns = columns * np.exp(1j * rng.normal(size=columns.shape))
        rows = columns.swapaxes(1, 2)
        initial, readout, bias = rng.normal(size=(3, 4))
        for matrices, kind in ((columns, PDRNN), (rows, LinearRNN)):
            if kind is LinearRNN and one_hot_form(matrices) != "rows":
                continue
            shift = np.tile(bias, (3, 1))
            network = pd_from_matrices(ABC, initial, matrices, readout, shift)
            assert isinstance(network, kind)
            assert (network.semiring is COMPLEX) == complex_
            h, codes = initial.astype(matrices.dtype), rng.integers(0, 3, 6)
            for code in codes:
                h = matrices[code] @ h + bias
            value = evaluate(network, ABC.decode(codes))
            np.testing.assert_allclose(value, readout @ h, rtol=1e-9, atol=1e-12)


def test_forms_of_one_hot_matrices() -> None:
    copy = np.array([[[1, 0], [1, 0]]])  # unit 0 is copied to unit 1
    assert one_hot_form(copy) == "rows"
    assert one_hot_form(copy.swapaxes(1, 2)) == "columns"
    assert one_hot_form(np.array([[[0, 2], [3, 0]]])) == "both"
    assert one_hot_form(np.zeros((1, 2, 2))) == "both"
    with pytest.raises(ValueError, match="matrix 0 has 2 entries in column 0"):
        one_hot_form(np.ones((1, 2, 2)))
    with pytest.raises(ValueError, match=r"wanted shape \(k, n, n\)"):
        one_hot_form(np.ones((2, 3)))


@pytest.mark.parametrize("kind", [DeltaNet, RWKV7])
def test_heads_come_from_their_tensors(kind: type) -> None:
    rng = np.random.default_rng(3)
    eye, ones = np.eye(2), rng.uniform(0.1, 1, size=(3, 2))
    if kind is DeltaNet:
        head: Any = DeltaNet(REAL, ABC, eye, ones, ones[:, 0], [1, 2], [1, 1])
    else:
        head = RWKV7(REAL, ABC, eye, ones, ones, ones, [1, 2], [1, 1])
    back = from_op_tensors(kind, ABC, table_op_tensors(head), [1, 1])
    np.testing.assert_allclose(evaluate(back, "abcab"), evaluate(head, "abcab"))
