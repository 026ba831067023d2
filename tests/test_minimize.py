"""Minimal automata against Hankel ranks by brute force, and the map of states."""

from typing import Any

import galois
import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import (
    BOOLEAN,
    INTEGER,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    evaluate,
    integers_mod,
    trace,
)
from automata_rnn.automata import WFA, determinize, is_deterministic, minimize
from automata_rnn.exact import invariant_row_space, rational
from automata_rnn.exact.finite import finite_field, prime_field, random_prime
from tests.brute import all_words, rational_rank
from tests.strategies import FIELDS, deterministic_wfas, wfas
from translations.contract import agree

every_field = pytest.mark.parametrize("semiring", FIELDS, ids=str)
AB = Alphabet("ab")


def hankel(wfa: WFA, longest: int) -> Any:
    """(f(uv)) for all u, v up to a length."""
    parts = list(all_words(wfa.alphabet, longest))
    return [[evaluate(wfa, (*u, *v)) for v in parts] for u in parts]


@settings(max_examples=40)
@given(wfas(RATIONAL, max_states=3, alphabet=AB))
def test_size_is_the_hankel_rank_of_words_up_to_twice_the_states(wfa: WFA) -> None:
    """Rank of (f(uv)) with |u|, |v| ≤ n: all words up to length 2n."""
    assert minimize(wfa).wfa.num_states == rational_rank(hankel(wfa, wfa.num_states))


@settings(max_examples=15)
@given(wfas(RATIONAL, max_states=2))
def test_size_is_the_hankel_rank_also_with_bos(wfa: WFA) -> None:
    assert minimize(wfa).wfa.num_states == rational_rank(hankel(wfa, wfa.num_states))


@every_field
@settings(max_examples=30)
@given(data=st.data())
def test_the_matrix_maps_states_to_states(
    semiring: Semiring, data: st.DataObject
) -> None:
    wfa = data.draw(wfas(semiring))
    small = minimize(wfa)
    assert small.wfa.num_states <= wfa.num_states
    ring = small.wfa.semiring
    for word in all_words(small.wfa.alphabet, 3):
        for old, new in zip(trace(wfa, word), trace(small.wfa, word), strict=True):
            assert agree(ring.vecmat(old, small.matrix), new)
        assert evaluate(wfa, word) == evaluate(small.wfa, word)


@every_field
@settings(max_examples=20)
@given(data=st.data())
def test_minimizing_twice_changes_nothing(
    semiring: Semiring, data: st.DataObject
) -> None:
    once = minimize(data.draw(wfas(semiring))).wfa
    assert minimize(once).wfa.num_states == once.num_states


def twice(wfa: WFA) -> WFA:
    """Two copies side by side: the function 2f, of the same minimal size."""
    ring, n = wfa.semiring, wfa.num_states
    weights = ring.zeros((len(wfa.weights), 2 * n, 2 * n), wfa.weights)
    weights[:, :n, :n] = weights[:, n:, n:] = wfa.weights
    return WFA(
        ring,
        wfa.alphabet,
        np.concatenate([wfa.initial] * 2),
        weights,
        np.concatenate([wfa.final] * 2),
    )


@given(wfas(RATIONAL))
def test_copies_are_merged(wfa: WFA) -> None:
    assert minimize(twice(wfa)).wfa.num_states == minimize(wfa).wfa.num_states


def test_the_zero_function_has_no_states() -> None:
    wfa = WFA(RATIONAL, AB, [1, 0], np.ones((2, 2, 2), int), [0, 0])
    small = minimize(wfa)
    assert small.wfa.num_states == 0
    assert small.matrix.shape == (2, 0)
    assert evaluate(small.wfa, "ab") == 0


def test_floats_are_the_rationals_that_they_are() -> None:
    """0.1 + 0.2 and 0.3 are different floats, hence different states."""
    same = WFA(REAL, AB, [0.5, 0.5], [np.eye(2) * 0.25] * 2, [1.0, 1.0])
    assert minimize(same).wfa.num_states == 1
    weights = [np.diag([0.1 + 0.2, 0.3])] * 2
    other = WFA(REAL, AB, [1.0, 1.0], weights, [1.0, 1.0])
    exact = minimize(other).wfa
    assert (exact.semiring, exact.num_states) == (RATIONAL, 2)
    assert minimize(other, tolerance=1e-9).wfa.num_states == 1


@settings(max_examples=30)
@given(st.integers(1, 4), st.integers(0, 3), st.integers(0, 2**32))
def test_numerical_minimization_finds_a_hidden_machine(
    n: int, more: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    core = rng.normal(size=(2, n, n)) / n
    weights = np.zeros((2, n + more, n + more))
    weights[:, :n, :n] = core
    weights[:, n:, n:] = rng.normal(size=(2, more, more)) / (n + more)
    weights[:, n:, :n] = rng.normal(size=(2, more, n))  # reached by no word
    basis, _ = np.linalg.qr(rng.normal(size=(n + more,) * 2))
    wfa = WFA(
        REAL,
        AB,
        np.append(rng.normal(size=n), np.zeros(more)) @ basis,
        basis.T @ weights @ basis,
        basis.T @ rng.normal(size=n + more),
    )
    small = minimize(wfa, tolerance=1e-9)
    assert small.wfa.num_states == n
    for word in all_words(AB, 4):
        assert np.isclose(evaluate(small.wfa, word), evaluate(wfa, word), atol=1e-9)
        last = list(trace(wfa, word))[-1] @ small.matrix
        assert np.allclose(last, list(trace(small.wfa, word))[-1], atol=1e-9)


@pytest.mark.parametrize("semiring", [BOOLEAN, MAX_PLUS, integers_mod(12)], ids=str)
def test_what_is_no_field_is_refused(semiring: Semiring) -> None:
    one = semiring.one
    wfa = WFA(semiring, AB, [one], [[[one]]] * 2, [one])
    with pytest.raises(ValueError, match="semiring: wanted a field"):
        minimize(wfa)


@pytest.mark.parametrize("tolerance", [0.0, 1.0, -1e-9])
def test_a_tolerance_is_between_0_and_1(tolerance: float) -> None:
    wfa = WFA(REAL, AB, [1.0], np.ones((2, 1, 1)), [1.0])
    with pytest.raises(ValueError, match="tolerance: wanted a number"):
        minimize(wfa, tolerance=tolerance)


def test_exact_weights_take_no_tolerance() -> None:
    wfa = WFA(RATIONAL, AB, [1], np.ones((2, 1, 1), int), [1])
    with pytest.raises(ValueError, match="tolerance: wanted none for exact"):
        minimize(wfa, tolerance=0.1)


# Exact row spaces ---------------------------------------------------------------------


@given(data=st.data())
def test_unlucky_primes_change_nothing(data: st.DataObject) -> None:
    """Small primes that divide entries and minors, before the lucky ones."""
    unlucky = iter(data.draw(st.lists(st.sampled_from([2, 3, 5, 7, 11]), max_size=6)))
    wfa = data.draw(wfas(RATIONAL))
    expected = invariant_row_space(RATIONAL, wfa.initial[None], wfa.weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rational, "random_prime", lambda: next(unlucky, random_prime()))
        found = invariant_row_space(RATIONAL, wfa.initial[None], wfa.weights)
    assert found.pivots == expected.pivots
    assert np.array_equal(found.basis, expected.basis)


@given(data=st.data())
def test_the_space_holds_every_state_and_no_more(data: st.DataObject) -> None:
    wfa = data.draw(wfas(RATIONAL, alphabet=AB))
    space = invariant_row_space(RATIONAL, wfa.initial[None], wfa.weights)
    reached = [
        list(trace(wfa, word))[-1] for word in all_words(AB, max(0, wfa.num_states - 1))
    ]
    assert space.dimension == rational_rank(reached)
    for state in reached:
        assert agree(RATIONAL.vecmat(state[list(space.pivots)], space.basis), state)


def test_large_rationals_are_lifted() -> None:
    """A basis whose entries need several primes."""
    big = [fmpq(3**200 + i, 2**180 + 1) for i in range(3)]
    rows = RATIONAL.array([[1, big[0], big[1]], [0, 1, big[2]]])
    reduced = [[1, 0, big[1] - big[0] * big[2]], [0, 1, big[2]]]
    zero = RATIONAL.zeros((0, 3, 3), rows)
    space = invariant_row_space(RATIONAL, rows, zero)
    assert np.array_equal(space.basis, RATIONAL.array(reduced))


@pytest.mark.parametrize("modulus", [1, 6, 2**61 + 1, 2**64])
def test_flint_never_sees_a_composite_modulus(modulus: int) -> None:
    with pytest.raises(ValueError, match="wanted a prime"):
        prime_field(modulus)


@pytest.mark.parametrize("order", [7, 8])
def test_finite_fields_reduce_rows(order: int) -> None:
    """Against galois' own row reduction and rank."""
    ring = finite_field(order)
    for seed in range(20):
        rows = galois.GF(order).Random((4, 5), seed=seed)
        rows[3] = rows[0] + rows[1]
        reduced, pivots = ring.rref(ring.matrix(np.array(rows)))
        assert len(pivots) == np.linalg.matrix_rank(rows)
        expected = np.array(rows.row_reduce())[: len(pivots)]
        assert np.array_equal(ring.array(reduced).astype(int), expected)


# Determinisation ----------------------------------------------------------------------


@every_field
@settings(max_examples=25)
@given(data=st.data())
def test_deterministic_automata_stay_so(
    semiring: Semiring, data: st.DataObject
) -> None:
    wfa = data.draw(deterministic_wfas(semiring))
    found = determinize(wfa)
    assert is_deterministic(found)
    for word in all_words(found.alphabet, 4):
        assert evaluate(found, word) == evaluate(wfa, word)


def test_a_sum_of_proportional_runs_is_deterministic() -> None:
    weights = np.array([[[1, 1], [1, 1]], [[2, 0], [0, 2]]])
    wfa = WFA(INTEGER, AB, [1, 1], weights, [1, 3])
    found = determinize(wfa)
    assert is_deterministic(found)
    assert found.num_states == 1
    word = "abba"
    assert evaluate(found, word) == evaluate(wfa, word) == 4 * 2**2 * 4


def test_infinitely_many_directions_are_refused() -> None:
    wfa = WFA(INTEGER, AB, [1, 1], [[[1, 0], [0, 2]]] * 2, [1, 1])
    with pytest.raises(ValueError, match="more than 50 distinct states"):
        determinize(wfa, max_states=50)
