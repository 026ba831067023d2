"""Newton's method: the states of the steps, exact prefixes, and iterations."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from automata_rnn import INTEGER, RATIONAL, REAL, Alphabet, trace
from automata_rnn.newton import (
    linearization,
    newton,
    newton_states,
    sequential_depth,
)
from automata_rnn.problems import abc, connectivity, dyck, majority
from automata_rnn.rnns import MLPRNN, DiagonalRNN, LinearRNN, ReLURNN
from translations import translate

SIGMA = Alphabet("ab")


def random_network(rng: np.random.Generator, ring: Any, layers: int) -> Any:
    sizes = [3, *rng.integers(2, 5, layers - 1).tolist(), 3]
    shapes = list(pairwise(sizes))
    weights = [rng.integers(-1, 2, shape) for shape in shapes]
    bias = rng.integers(-2, 3, (2, sizes[1]))
    initial, readout = rng.integers(0, 3, 3), np.ones(3, int)
    if layers == 1:
        return ReLURNN(ring, SIGMA, initial, weights[0], bias, readout)
    biases = tuple(rng.integers(-2, 3, size) for size in sizes[2:])
    return MLPRNN(ring, SIGMA, initial, tuple(weights), bias, biases, readout)


def check(network: Any, word: Any, **options: Any) -> int:
    run = newton(network, word, **options)
    steps = np.stack(list(trace(network, word)))
    assert np.array_equal(run.states, steps)
    assert run.iterations <= len(word)
    assert all(right > i for i, right in enumerate(run.progress))
    return run.iterations


@pytest.mark.parametrize("ring", [REAL, INTEGER, RATIONAL], ids=lambda r: r.name)
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("length", [0, 1, 2, 7, 16, 23])
def test_states_are_those_of_the_steps(ring: Any, layers: int, length: int) -> None:
    """After i iterations the first i are; so at most T of them are needed."""
    rng = np.random.default_rng(length)
    for _ in range(5):
        network = random_network(rng, ring, layers)
        word = rng.choice(["a", "b"], length)
        for method in ("auto", "sequential", "blelloch"):
            check(network, [str(s) for s in word], method=method)


def test_jacobians_are_slopes() -> None:
    """Away from kinks, f(h + d) - f(h) = d J for small d, exactly over ℚ."""
    rng = np.random.default_rng(3)
    compared = 0
    for _ in range(40):
        network = random_network(rng, RATIONAL, 3)
        state = RATIONAL.array(rng.integers(-40, 41, (1, 3)).astype(object)) / 7
        linearize, code = linearization(network), np.array([0])
        small = RATIONAL.array(rng.integers(-3, 4, (1, 3)).astype(object)) / 10**6
        value, jacobian = linearize(state, code)
        there, also = linearize(state + small, code)
        if np.array_equal(jacobian, also):
            assert np.array_equal(there - value, RATIONAL.vecmat(small, jacobian))
            compared += bool(np.any(jacobian != 0))
    assert compared > 5


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("length", [1, 5, 40])
def test_linear_networks_take_one_iteration(biased: bool, length: int) -> None:
    rng = np.random.default_rng(4)
    bias = rng.integers(-2, 3, (2, 3)) if biased else None
    recurrent = rng.integers(-1, 2, (2, 3, 3))
    network = LinearRNN(INTEGER, SIGMA, [1, 2, 3], recurrent, [1, 1, 1], bias)
    word = "".join(rng.choice(["a", "b"], length))
    assert newton(network, word).iterations <= 1
    assert check(network, "a" * length + word) == 1


def test_counters_take_iterations_that_grow() -> None:
    """The barrier, measured: for these networks nearly one for each symbol."""
    network = translate(majority().machine, MLPRNN).rnn
    rng = np.random.default_rng(5)
    taken = []
    for length in (16, 32, 64):
        word = "".join(rng.choice(["a", "b"], length))
        taken.append(check(network, word))
    assert all(i >= length // 2 for i, length in zip(taken, (16, 32, 64), strict=True))


@pytest.mark.parametrize("problem", [abc(), dyck(1), dyck(2), connectivity()])
@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
def test_machines_as_networks(problem: Any, target: Any) -> None:
    network = translate(problem.machine, target).rnn
    word = problem.generate(np.random.default_rng(1), 4)[0][:8]
    if network.hidden_size < 100:
        assert check(network, word) <= len(word)


def test_overflowing_guesses_do_no_harm() -> None:
    """The states are 4, 0, 0, …; linear at the guess 4, they would explode."""
    bias = [[-8e200], [-2e200]]
    network = ReLURNN(REAL, SIGMA, [4.0], [[1e200]], bias, [1.0])
    assert check(network, "abbbb") > 1


def test_a_guess_that_is_right_takes_no_iteration() -> None:
    network = random_network(np.random.default_rng(6), INTEGER, 2)
    word = "abbabaab"
    states = np.stack(list(trace(network, word)))
    run = newton_states(
        linearization(network),
        INTEGER,
        states[0],
        SIGMA.encode(word),
        guess=states[1:],
    )
    assert (run.iterations, run.depth) == (0, 0)


def test_what_is_refused() -> None:
    diagonal = DiagonalRNN(REAL, SIGMA, [1.0], [[1.0], [2.0]], [1.0])
    with pytest.raises(TypeError, match="DiagonalRNN"):
        newton(diagonal, "ab")
    rounding = ReLURNN(REAL, SIGMA, [0.1], [[1.1]], [[0.7], [0.3]], [1.0])
    with pytest.raises(ValueError, match="remainder"):
        newton(rounding, "ab" * 40)
    with pytest.raises(ValueError, match="wanted symbols of"):
        newton(rounding, "abc")


# Depth


def test_depth_of_machines_whose_steps_compose() -> None:
    """One prefix product, whatever the word."""
    diagonal = DiagonalRNN(REAL, SIGMA, [1.0], [[0.5], [2.0]], [1.0])
    for length, rounds in ((0, 0), (1, 0), (2, 2), (3, 4), (1000, 20)):
        assert sequential_depth(diagonal, "a" * length) == (
            length,
            min(1, length),
            rounds,
        )
    with pytest.raises(ValueError, match="'c'"):
        sequential_depth(diagonal, "abc")
    with pytest.raises(TypeError, match="wanted a ReLURNN"):
        sequential_depth(majority().machine, "ab")


def test_depth_of_counters_grows_with_their_tests() -> None:
    """Every return to zero is known only after the one before."""
    network = translate(dyck(1).machine, ReLURNN).rnn
    found = [sequential_depth(network, "(" * n + ")" * n) for n in (8, 32, 128)]
    assert [d.iterations for d in found] == [9, 33, 129]
    assert all(d.rounds > d.steps for d in found)
