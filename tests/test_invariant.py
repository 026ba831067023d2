"""Interval bounds enclose what networks compute; invariants prove and never lie."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import Alphabet
from automata_rnn.automata import dfa_from_table, table_from_dfa
from automata_rnn.black_box import accepted, black_box, first_state
from automata_rnn.rnns.cells import GATES, Cell
from automata_rnn.rnns.intervals import Box, hull, inside, output_box, step_box
from automata_rnn.rnns.stacked import (
    Dense,
    StackedRNN,
    output_all,
    step_all,
    with_precision,
)
from tests.brute import all_words
from tests.saturated_gru import saturated_gru
from tests.strategies import dfas
from tests.trained import counter, dyck, tomita
from translations import compare
from translations.extraction import lstar
from translations.extraction.invariant import (
    find_invariant,
    is_invariant,
    with_history,
)

AB = Alphabet("ab")
KINDS = sorted(GATES)


def random_network(rng: Any, kinds: list[str], dtype: Any = np.float64) -> StackedRNN:
    """Layers of the given kinds, three units each, and a head of two layers."""
    size, cells = 2, []
    for kind in kinds:
        rows = GATES[kind] * 3
        shapes = ((rows, size), (rows, 3), (rows,), (rows,))
        weights = (rng.normal(size=shape).astype(dtype) for shape in shapes)
        cells.append(Cell(kind, *weights))  # type: ignore[arg-type]
        size = 3
    head = (
        Dense(*(rng.normal(size=s).astype(dtype) for s in ((4, 3), (4,))), "sigmoid"),
        Dense(*(rng.normal(size=s).astype(dtype) for s in ((1, 4), (1,)))),
    )
    total = sum(cell.state_size for cell in cells)
    embedding = rng.normal(size=(2, 2)).astype(dtype)
    return StackedRNN(AB, embedding, tuple(cells), head, np.zeros(total, dtype))


@settings(max_examples=40)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=2),
    seed=st.integers(0, 10**6),
    width=st.sampled_from([0.0, 1e-3, 0.3]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_boxes_hold_what_networks_compute(
    kinds: list[str], seed: int, width: float, dtype: Any
) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, kinds, dtype)
    centre = rng.normal(size=network.hidden_size).astype(dtype).astype(float)
    radius = width * rng.random(network.hidden_size)
    box = Box((centre - radius)[None], (centre + radius)[None])
    corners = rng.choice([-1.0, 1.0], (40, network.hidden_size))
    points = centre + radius * np.concatenate(
        [corners, rng.uniform(-1, 1, corners.shape)]
    )
    points = np.clip(points.astype(dtype), box.low, box.high).astype(dtype)
    points = points[inside(Box(points.astype(float), points.astype(float)), box)]
    for code in range(2):
        after = step_all(network, points, np.full(len(points), code))
        bounds = step_box(network, box, code)
        assert inside(Box(after, after), bounds).all()
        outputs, reach = output_all(network, after), output_box(network, bounds)
        assert (reach.low[:, 0] <= outputs).all()
        assert (outputs <= reach.high[:, 0]).all()
    if width == 0.0:  # bounds of a point are hardly wider than rounding
        spread = bounds.high - bounds.low
        assert spread.max() < (1e-3 if dtype == np.float32 else 1e-10)


def test_boxes_hold_what_underflows() -> None:
    """A product below the smallest float32 is 0 in the network, not in the reals."""
    tiny = np.full((1, 1), 1e-30, np.float32)
    none, unit = np.zeros(1, np.float32), np.zeros((1, 1), np.float32)
    cell = Cell("tanh", unit, unit, none, none)
    network = StackedRNN(
        Alphabet("a"), unit, (cell,), (Dense(tiny, none), Dense(tiny, none)), none
    )
    states = np.full((1, 1), 1e-20, np.float32)
    box = output_box(network, Box(states.astype(float), states.astype(float)))
    (value,) = output_all(network, states)
    assert value == 0
    assert box.low[0, 0] <= 0 <= box.high[0, 0]


def test_hulls() -> None:
    a, b = (
        Box(np.zeros((1, 2)), np.ones((1, 2))),
        Box(np.ones((1, 2)), np.full((1, 2), 3)),
    )
    both = hull(a, b)
    assert both.low.tolist() == [[0, 0]]
    assert both.high.tolist() == [[3, 3]]
    assert inside(a, both).all()
    assert not inside(both, a).any()


@given(dfa=dfas(), history=st.integers(0, 3))
def test_states_that_remember_accept_the_same(dfa: Any, history: int) -> None:
    table: Any = table_from_dfa(dfa)
    split = with_history(table, history)
    assert compare(dfa_from_table(split), dfa).equal
    assert split.num_states >= table.num_states


@settings(max_examples=12)
@given(dfa=dfas(max_states=4), seed=st.integers(0, 1000))
def test_saturated_networks_are_proved(dfa: Any, seed: int) -> None:
    table: Any = table_from_dfa(dfa.to_complete().minify())
    for dtype in (np.float64, np.float32):
        network = with_precision(saturated_gru(table, seed=seed, gain=1.5), dtype)
        invariant = find_invariant(network, table)
        assert invariant is not None
        assert is_invariant(network, invariant)
        box = black_box(network)
        words = list(all_words(AB, 6))
        expected = [dfa.accepts_input("".join(map(str, w))) for w in words]
        assert accepted(box, words).tolist() == expected
    # what a long run visits lies in the boxes
    state, place = first_state(box), invariant.table.initial
    rng = np.random.default_rng(seed)
    for code in rng.integers(0, 2, 300):
        state = step_all(network, state, code[None])
        place = invariant.table.successors[code, place]
        row = Box(*(part[place][None] for part in invariant.boxes))
        assert inside(Box(state, state), row).all()


def test_wrong_automata_are_never_proved() -> None:
    network = saturated_gru(table_from_dfa(counter(3)))  # type: ignore[arg-type]
    right: Any = table_from_dfa(counter(3))
    invariant = find_invariant(network, right)
    assert invariant is not None
    for wrong in (counter(2), counter(6), counter(1)):
        assert find_invariant(network, table_from_dfa(wrong), max_rounds=40) is None  # type: ignore[arg-type]
    low, high = invariant.boxes
    for spoiled in (
        replace(invariant, boxes=Box(low + 1e-3, high)),
        replace(invariant, boxes=Box(low - 3, high + 3)),
        replace(invariant, boxes=Box(low + 5, high + 5)),
        replace(invariant, table=replace(
            invariant.table, accepting=~invariant.table.accepting
        )),
    ):  # fmt: skip
        assert not is_invariant(network, spoiled)
    assert not is_invariant(network, invariant, threshold=50.0)
    for state in range(1, invariant.table.num_states):  # closed, but not begun in
        elsewhere = replace(invariant.table, initial=state)
        assert not is_invariant(network, replace(invariant, table=elsewhere))


def test_a_network_that_forgets_slowly_is_not_proved() -> None:
    """It accepts until about a thousand b's have faded the a away."""
    fading = Cell("relu", np.array([[1.0, 0.0]]), np.array([[0.99]]), *np.zeros((2, 1)))
    head = Dense(np.ones((1, 1)), np.full(1, -1e-4))
    network = StackedRNN(AB, np.eye(2), (fading,), (head,), np.zeros(1))
    found = lstar(network, max_words=500, epsilon=0.05, walk_length=20)
    assert found.guarantee.kind == "pac"  # it looks as "some a" does
    assert found.num_states == 2
    some_a: Any = table_from_dfa(found.automaton)
    assert find_invariant(network, some_a) is None
    assert not accepted(black_box(network), ["a" + "b" * 1500])[0]


@pytest.mark.parametrize("dfa", [tomita(4), tomita(5), dyck(2)])
def test_extraction_ends_in_a_proof(dfa: Any) -> None:
    network = saturated_gru(table_from_dfa(dfa), gain=1.5)  # type: ignore[arg-type]
    found = lstar(network, max_words=500, epsilon=0.05)
    assert found.automaton == dfa
    assert found.guarantee.kind == "proof"
    assert "rounding included" in found.guarantee.reason


def test_what_has_no_boxes_is_refused() -> None:
    table: Any = table_from_dfa(counter(2))
    with pytest.raises(TypeError, match="wanted a StackedRNN"):
        find_invariant(table, table)
    network = saturated_gru(table)
    two = replace(network, head=(Dense(np.ones((2, 5)), np.zeros(2)),))
    with pytest.raises(ValueError, match="wanted one output, got 2"):
        find_invariant(two, table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "gated"}, "kind: wanted one of"),
        ({"inputs": np.ones((2, 2))}, "inputs: wanted shape"),
        ({"recurrent": np.ones(3)}, "recurrent: wanted two matrices"),
        ({"input_bias": np.ones(2)}, "input_bias: wanted shape"),
        ({"inputs": np.full((3, 2), np.nan)}, "inputs: wanted finite numbers"),
    ],
)
def test_malformed_cells(change: dict[str, Any], message: str) -> None:
    good = Cell("gru", np.ones((3, 2)), np.ones((3, 1)), np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match=message):
        replace(good, **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cells": ()}, "cells and head: wanted one layer or more"),
        ({"embedding": np.eye(3)}, "embedding: wanted shape"),
        ({"initial": np.zeros(5)}, "initial: wanted shape"),
        (
            {"head": (Dense(np.ones((1, 5)), np.ones(1)),)},
            r"head\[0\]: wanted 3 inputs",
        ),
    ],
)
def test_malformed_networks(change: dict[str, Any], message: str) -> None:
    good = random_network(np.random.default_rng(0), ["lstm"])
    with pytest.raises(ValueError, match=message):
        replace(good, **change)


def test_dtypes_and_activations() -> None:
    good = random_network(np.random.default_rng(0), ["tanh"])
    with pytest.raises(ValueError, match="dtype: wanted float32 or float64"):
        with_precision(good, np.float16)
    with pytest.raises(TypeError, match="weights: wanted real numbers"):
        Dense(np.ones((1, 1), complex), np.zeros(1))
    with pytest.raises(ValueError, match="activation: wanted one of"):
        Dense(np.ones((1, 1)), np.zeros(1), "swish")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"weights: wanted shape \(r, n\)"):
        Dense(np.ones(2), np.zeros(1))
