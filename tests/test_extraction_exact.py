"""Exact extraction: the true size against sympy's ranks, values by brute force."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import BOOLEAN, RATIONAL, REAL, Alphabet, evaluate, integers_mod
from automata_rnn.automata import WFA
from automata_rnn.exact import solve_rows
from automata_rnn.rnns import DiagonalRNN, LinearRNN, Network
from tests.brute import all_words
from tests.hidden import AB, exact_rank, hankel_rank, hidden_network
from tests.strategies import (
    FIELDS,
    HEADS,
    diagonal_rnns,
    heads,
    linear_rnns,
    pd_rnns,
    wfas,
)
from translations import compare, translate
from translations.extraction.exact import exact


@pytest.mark.parametrize("seed", range(60))
def test_a_hidden_network_has_its_true_size(seed: int) -> None:
    """Sizes up to 10 among up to 20 units, by sympy; equality proved, every time."""
    rng = np.random.default_rng(seed)
    core, network = hidden_network(rng, 1 + seed % 10, int(rng.integers(0, 11)))
    found = exact(network)
    assert found.num_states == hankel_rank(core)
    assert found.guarantee.kind == "proof"
    assert found.disagreement is None
    assert found.queries == 0
    for word in all_words(AB, 4):
        assert evaluate(found.automaton, word) == evaluate(core, word)


def block_rank(network: Any, longest: int) -> int:
    """Rank of (f(u v)) over all words u, v up to a length, by sympy."""
    words = list(all_words(Alphabet(network.alphabet), longest))
    known: dict[Any, Any] = {}
    rows = []
    for u in words:
        row = []
        for v in words:
            word = (*u, *v)
            if word not in known:
                known[word] = evaluate(network, word)
            row.append(known[word])
        rows.append(row)
    return exact_rank(rows)


@pytest.mark.parametrize(
    "networks",
    [
        linear_rnns(RATIONAL, max_size=2),
        diagonal_rnns(RATIONAL),
        pd_rnns(RATIONAL),
        *(heads(kind, max_size=2) for kind in HEADS),
    ],
    ids=["linear", "diagonal", "pd", *(kind.__name__ for kind in HEADS)],
)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_every_linear_network_has_its_hankel_rank(
    networks: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    """All words up to the size of the automaton less one, which is enough."""
    network = data.draw(networks.filter(lambda n: len(n.alphabet) < 3))
    found = exact(network)
    longest = min(4, network.hidden_size)
    assert found.num_states == block_rank(network, longest)
    assert found.guarantee.kind == "proof"
    for word in all_words(found.automaton.alphabet, 3):
        assert evaluate(found.automaton, word) == evaluate(network, word)


@pytest.mark.parametrize("semiring", FIELDS, ids=str)
@settings(max_examples=10)
@given(data=st.data())
def test_every_field(semiring: Any, data: st.DataObject) -> None:
    wfa = data.draw(wfas(semiring))
    found = exact(wfa)
    assert found.guarantee.kind == "proof"
    assert found.num_states <= wfa.num_states
    for word in all_words(found.automaton.alphabet, 3):
        assert evaluate(found.automaton, word) == evaluate(wfa, word)


def test_a_network_of_layers() -> None:
    """Compiled to four layers and read back: the minimal size again."""
    weights = [[[1, 1], [0, 1]], [[1, 0], [0, 1]]]
    counts = WFA(RATIONAL, AB, [1, 0], weights, [0, 1])  # how many a's
    network = translate(counts, Network).rnn
    found = exact(network)
    assert found.num_states == 2
    assert found.guarantee.kind == "proof"
    assert evaluate(found.automaton, "abbaa") == 3
    assert compare(counts, found.automaton).equal


@given(st.integers(0, 2**32))
@settings(max_examples=20)
def test_floats_are_the_rationals_that_they_are(seed: int) -> None:
    """Repeated channels are one state; channels that differ by one bit are two."""
    rng = np.random.default_rng(seed)
    gates = rng.normal(size=(2, 3))
    twice = np.concatenate([gates, gates], axis=1)
    network = DiagonalRNN(REAL, AB, np.ones(6), twice, np.ones(6))
    assert exact(network).num_states == 3
    twice[0, 3] = np.nextafter(twice[0, 3], 9.0)
    other = exact(DiagonalRNN(REAL, AB, np.ones(6), twice, np.ones(6)))
    assert other.num_states == 4
    assert any("floats were taken as" in note for note in other.notes)
    assert other.automaton.semiring is RATIONAL


def test_the_zero_function_has_no_states() -> None:
    found = exact(LinearRNN(RATIONAL, AB, [1], [[[1]]] * 2, [0]))
    assert found.num_states == 0
    assert found.guarantee.kind == "proof"


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="semiring: wanted a field"):
        exact(WFA(BOOLEAN, AB, [True], [[[True]]] * 2, [True]))


def test_what_is_not_linear_is_refused() -> None:
    with pytest.raises(TypeError, match="no translation"):
        exact(object())


# Linear systems -----------------------------------------------------------------------


@pytest.mark.parametrize("semiring", FIELDS, ids=str)
def test_systems_are_solved(semiring: Any) -> None:
    """X · matrix = rows, checked by multiplying out."""
    order = 5 if semiring.field == "Q" else min(int(semiring.field), 50)
    solved = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        matrix = semiring.array(rng.integers(0, order, (3, 3)))
        rows = semiring.array(rng.integers(0, order, (4, 3)))
        try:
            found = solve_rows(semiring, matrix, rows)
        except ValueError:
            continue
        solved += 1
        assert np.array_equal(semiring.matmul(found, matrix), rows)
    assert solved >= 4


def test_singular_systems_are_refused() -> None:
    for semiring in (RATIONAL, integers_mod(7)):
        with pytest.raises(ValueError, match="matrix: wanted an invertible one"):
            solve_rows(semiring, semiring.array([[1, 2], [2, 4]]), np.eye(2, dtype=int))
    with pytest.raises(ValueError, match=r"matrix: wanted \(n, n\)"):
        solve_rows(RATIONAL, np.ones((2, 3), int), np.ones((1, 2), int))
