"""The rank that rounded networks were meant to have, by a stated rule."""

from typing import Any

import numpy as np
import pytest

from automata_rnn import RATIONAL, REAL, Alphabet, evaluate
from automata_rnn.automata import WFA
from automata_rnn.rnns import DiagonalRNN, LinearRNN
from tests.extraction_cases import real_wfa
from tests.hidden import AB, hankel_rank
from translations.extraction.exact import exact
from translations.extraction.numerical import numerical, numerical_rank
from translations.extraction.rounding import rounding_terms


def checkpoint(seed: int, size: int, more: int, dtype: Any) -> tuple[int, LinearRNN]:
    """The exact rank (by sympy) of a function over ℚ, and a rounded network of it.

    The core has small rational weights; states that nothing reads or no word reaches
    are added, all in a random basis, and every weight is rounded once.
    """
    rng = np.random.default_rng(seed)
    scale = 1 + int(np.sqrt(size))
    core = WFA(
        RATIONAL,
        AB,
        rng.integers(-3, 4, size),
        RATIONAL.array(rng.integers(-3, 4, (2, size, size))) / (2 * scale),
        rng.integers(-3, 4, size),
    )
    n, seen = size + more, size + more // 2
    weights = rng.normal(size=(2, n, n)) / np.sqrt(n)
    weights[:, :size, :size] = REAL.array(core.weights)
    weights[:, size:seen, :size] = 0
    weights[:, :seen, seen:] = 0
    initial, final = rng.normal(size=n), rng.normal(size=n)
    initial[:size], initial[seen:] = REAL.array(core.initial), 0
    final[:size], final[size:seen] = REAL.array(core.final), 0
    left, _ = np.linalg.qr(rng.normal(size=(n, n)))
    right, _ = np.linalg.qr(rng.normal(size=(n, n)))
    stretch = np.exp(rng.uniform(-1, 1, n))
    basis, inverse = (left * stretch) @ right, (right.T / stretch) @ left.T
    parts = (initial @ basis, inverse @ weights @ basis, inverse @ final)
    rounded = [part.astype(dtype).astype(np.float64) for part in parts]
    return hankel_rank(core), LinearRNN(REAL, AB, *rounded)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(20))
def test_a_rounded_network_has_the_rank_that_was_meant(dtype: Any, seed: int) -> None:
    """Sizes up to 10 among up to 20 units. The exact rank of the rounded one is full.

    For float64 the basis change itself rounds, by a few units of the last place.
    """
    more = seed % 11
    rank, network = checkpoint(seed, 1 + seed % 10, more, dtype)
    unit = None if dtype is np.float32 else 2.0**-48
    found = numerical_rank(network, unit_roundoff=unit)
    assert found.rank == rank
    assert found.clear or found.full
    assert found.certain is not None
    assert found.certain <= rank
    assert (found.singular_values[rank:] <= found.threshold).all()
    result = numerical(network, unit_roundoff=unit)
    assert result.num_states == rank
    assert result.guarantee.kind == "length"
    assert result.guarantee.length == 8
    assert f"rank {rank} by" in result.notes[1]


def test_rounding_makes_the_exact_rank_full() -> None:
    """What the numerical rule is for."""
    rank, network = checkpoint(4, 5, 4, np.float32)
    assert exact(network).num_states == 9
    assert rank == numerical(network).num_states == 5


def test_disagreements_are_found() -> None:
    """Float32 is not as good as 10⁻¹³."""
    _, network = checkpoint(5, 6, 5, np.float32)
    found = numerical(network, tolerance=1e-13)
    word = found.disagreement
    assert word is not None
    value = evaluate(network, word)
    assert abs(evaluate(found.automaton, word) - value) > 1e-13
    if word:
        assert found.guarantee.length == len(word) - 1


def test_more_is_likely_than_certain() -> None:
    """The worst case of rounding hides states that its usual size does not."""
    least = [(found.certain, found.rank, rank) for rank, found in map(_ill, range(30))]
    assert all(certain <= likely <= rank for certain, likely, rank in least)
    assert any(certain < likely == rank for certain, likely, rank in least)


def _ill(seed: int) -> tuple[int, Any]:
    """A checkpoint in a basis that stretches by e⁸: rounding hides some states."""
    rng = np.random.default_rng(seed)
    rank, network = checkpoint(seed, 4, 4, np.float64)
    stretch = np.exp(rng.uniform(-4, 4, 8))
    turns = [np.linalg.qr(rng.normal(size=(8, 8)))[0] for _ in range(2)]
    basis, inverse = (
        (turns[0] * stretch) @ turns[1],
        (turns[1].T / stretch) @ turns[0].T,
    )
    parts = (
        network.initial @ basis,
        inverse @ network.recurrent @ basis,
        inverse @ network.readout,
    )
    rounded = [part.astype(np.float32).astype(np.float64) for part in parts]
    return rank, numerical_rank(LinearRNN(REAL, AB, *rounded))


@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_are_what_rounding_does(seed: int) -> None:
    """E is the most, and S the root mean square, of the change: by simulation."""
    rng = np.random.default_rng(seed)
    wfa = real_wfa(seed, 4)
    arrays = (wfa.initial, wfa.weights, wfa.final)
    unit = 1e-6

    def value(codes: tuple[int, ...], initial: Any, weights: Any, final: Any) -> float:
        for code in codes:
            initial = initial @ weights[code]
        return float(initial @ final)

    for codes in [(), (0,), (1, 0), (0, 1, 1), (1, 1, 1, 1)]:
        bounds = [_bounds(wfa, codes, cut) for cut in range(len(codes) + 1)]
        assert np.allclose(bounds, bounds[0])  # wherever u v is cut
        total, squares = bounds[0]
        changes = [
            value(
                codes, *(a * (1 + unit * rng.uniform(-1, 1, a.shape)) for a in arrays)
            )
            - value(codes, *arrays)
            for _ in range(1500)
        ]
        spread = unit * float(squares / 3) ** 0.5
        assert np.abs(changes).max() <= unit * total
        assert np.std(changes) <= 1.1 * spread
        if len(set(codes)) == len(codes):  # every matrix is met once
            assert np.std(changes) >= 0.9 * spread


def _bounds(wfa: WFA, codes: tuple[int, ...], cut: int) -> tuple[float, float]:
    """The two sums for u v, from both parts."""
    backward = wfa.weights.transpose(0, 2, 1)
    u, v = codes[:cut], codes[cut:][::-1]
    state, column = wfa.initial, wfa.final
    for code in u:
        state = state @ wfa.weights[code]
    for code in v:
        column = wfa.weights[code] @ column
    front = rounding_terms(wfa.initial, wfa.weights, [u], column[:, None], [v])
    back = rounding_terms(wfa.final, backward, [v], state[:, None], [u])
    total, squares = (
        float(a[0, 0] + b[0, 0]) for a, b in zip(front, back, strict=True)
    )
    return total, squares


def test_a_spectrum_without_a_gap_is_said_to_have_none() -> None:
    """Channels that fade by 10 each: the smallest drown in float32's rounding."""
    size = 12
    gates = np.stack([np.linspace(0.1, 0.9, size), np.linspace(0.9, -0.8, size)])
    fading = 10.0 ** -np.arange(size)
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(size, size)))
    weights = np.stack([turn.T @ np.diag(g) @ turn for g in gates])
    parts = (np.ones(size) @ turn, weights, turn.T @ fading)
    rounded = [part.astype(np.float32) for part in parts]
    found = numerical_rank(LinearRNN(REAL, AB, *rounded))
    assert 0 < found.rank < size
    assert not found.clear
    assert "not clear" in str(found)


def test_a_larger_roundoff_sees_fewer_states() -> None:
    """Two channels that differ by 10⁻³ are one when weights are good to 10⁻²."""
    gates = [[0.5, 0.501], [0.25, 0.25]]
    network = DiagonalRNN(REAL, AB, [1.0, 1.0], gates, [1.0, 1.0])
    assert numerical(network).num_states == 2
    assert numerical(network, unit_roundoff=1e-2).num_states == 1


def test_a_beginning_of_sequence_symbol_is_one_more_weight() -> None:
    sigma = Alphabet("ab", "<s>")
    half = np.eye(2) / 2
    network = LinearRNN(
        REAL, sigma, [1.0, 0.0], [half, half, [[0, 0.3], [0, 0]]], [0.1, 1.0]
    )
    found = numerical(network)
    assert found.num_states == 1
    assert found.automaton.alphabet.bos is None
    assert abs(evaluate(found.automaton, "ab") - 0.3 / 4) < 1e-12


def test_the_zero_function_and_no_symbols() -> None:
    assert (
        numerical(LinearRNN(REAL, AB, [0.0], np.ones((2, 1, 1)), [1.0])).num_states == 0
    )
    empty = LinearRNN(REAL, Alphabet(""), [2.0], np.zeros((0, 1, 1)), [3.0])
    found = numerical(empty)
    assert found.num_states == 1
    assert abs(evaluate(found.automaton, "") - 6) < 1e-12


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unit_roundoff": 0.0}, r"unit_roundoff: wanted a number in \(0, 1\)"),
        ({"tolerance": 2.0}, r"tolerance: wanted a number in \(0, 1\)"),
        ({"max_words": 0}, "max_words: wanted at least 1"),
    ],
)
def test_bad_bounds_are_named(options: dict[str, Any], message: str) -> None:
    _, network = checkpoint(0, 2, 1, np.float32)
    with pytest.raises(ValueError, match=message):
        numerical(network, **options)


def test_exact_weights_and_infinite_values_are_refused() -> None:
    with pytest.raises(ValueError, match="network: wanted a linear, diagonal or PD"):
        numerical(WFA(RATIONAL, AB, [1], np.ones((2, 1, 1), int), [1]))
    huge = LinearRNN(REAL, AB, [1e200], np.ones((2, 1, 1)), [1e200])
    with pytest.raises(ValueError, match="network: wanted values that floats hold"):
        numerical(huge)
