"""Which units are control, counters and stacks, where the compiled layout is known."""

import json
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from automata_rnn.automata import CounterMachine, StackMachine, dfa_from_regex
from automata_rnn.membership import classify
from automata_rnn.problems import abc, connectivity, copy, dyck, majority
from automata_rnn.rnns import MLPRNN, ReLURNN
from automata_rnn.system import trace
from tests.counter_networks import disguised
from translations import translate
from translations.cantor import Threshold
from translations.layout import Layout, StackUnits
from translations.stack_relu import Value, _plan, _units

DEAD = 3  # units that a disguise adds
COUNTING = [abc(), connectivity(), majority()]
every_counting_problem = pytest.mark.parametrize("problem", COUNTING)


def long_words(symbols: tuple[Any, ...]) -> list[list[Any]]:
    """Runs of one letter, of 1 to 40 of it, that count up and down and test for 0."""
    rng = np.random.default_rng(5)
    words: list[list[Any]] = []
    for _ in range(60):
        sizes = rng.choice([1, 1, 20, 40], 6).tolist()
        runs = [[symbols[rng.integers(len(symbols))]] * size for size in sizes]
        words.append([letter for run in runs for letter in run])
    return words


def extremes(machine: CounterMachine) -> list[tuple[int, int]]:
    """The least and greatest value of each counter on long words."""
    words = long_words(machine.alphabet.symbols)
    values = [at.counters for word in words for at in trace(machine, word)]
    return [(min(column), max(column)) for column in zip(*values, strict=True)]


def expected(machine: CounterMachine, target: type) -> set[frozenset[int]]:
    """The units of each counter, by the docstrings of the two compilers.

    ReLURNN: 0 for the start, then |c| of each counter. MLPRNN: the states, then
    ReLU(c) and ReLU(-c) of each counter, of which one may stay small.
    """
    k, n = machine.num_counters, machine.num_states
    if target is ReLURNN:
        return {frozenset({1 + i}) for i in range(k)}
    ends = [(high, -low) for low, high in extremes(machine)]
    return {
        frozenset(n + 2 * i + side for side in (0, 1) if most[side] > 9)
        for i, most in enumerate(ends)
    }


def check_parts(found: Layout, hidden_size: int) -> None:
    """Control, unused units and stores are all units, and control is no store's."""
    stored = {unit for steps in found.counters for unit, _ in steps}
    stored |= {unit for stack in found.stacks for unit in stack.units}
    parts = [*found.control, *found.unused, *stored]
    assert sorted(parts) == [*range(hidden_size)]


@every_counting_problem
@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
@pytest.mark.parametrize("seed", [None, 0, 1])
def test_counters_are_where_they_were_compiled(
    problem: Any, target: type, seed: int | None
) -> None:
    """Also where a disguise has permuted, scaled and added units.

    Unit j is then what `order[j]` was, times `scale[j]`.
    """
    network = translate(problem.machine, target).rnn
    size = network.hidden_size
    order, scale = np.arange(size), [fmpq(1)] * size
    if seed is not None:
        network = disguised(np.random.default_rng(seed), network, DEAD)
        rng = np.random.default_rng(seed)
        order = rng.permutation(size + DEAD)
        pairs = rng.integers(1, 6, (size + DEAD, 2)).tolist()
        scale = [fmpq(a, b) for a, b in pairs]
    found = translate(network, CounterMachine).layout
    assert found is not None
    check_parts(found, network.hidden_size)
    counted = [{int(order[unit]) for unit, _ in steps} for steps in found.counters]
    assert {frozenset(units) for units in counted} == expected(problem.machine, target)
    steps = {pair for steps in found.counters for pair in steps}
    assert steps == {(unit, scale[unit]) for unit, _ in steps}
    if seed is not None:
        assert {j for j, i in enumerate(order) if i >= size} <= {*found.unused}


@every_counting_problem
def test_control_units_take_few_values_and_counters_many(problem: Any) -> None:
    network = translate(problem.machine, ReLURNN).rnn
    found = translate(network, CounterMachine).layout
    assert found is not None
    words = long_words(network.alphabet.symbols)
    states = np.array([h for word in words for h in trace(network, word)], object)
    kinds = [len(set(map(str, column))) for column in states.T]
    assert max(kinds[unit] for unit in found.control) <= 3
    assert min(kinds[unit] for c in found.counters for unit, _ in c) > 30


def test_the_stack_units_of_three_layers() -> None:
    """n states, then k (s + 2) units: the stack after each action. Base 2 s."""
    machine = dyck(2).machine
    n, s = machine.num_states, len(machine.stack_symbols)
    network = translate(machine, MLPRNN).rnn
    found = translate(network, StackMachine).layout
    assert found is not None
    check_parts(found, network.hidden_size)
    (stack,) = found.stacks
    assert found.control == tuple(range(n))
    assert stack.units == tuple(range(n, n + s + 2))
    assert {unit for unit, _ in stack.code} == {*stack.units}
    assert stack.base == 2 * s


def test_the_stack_units_of_one_layer() -> None:
    """By the names that the compiler gives its units: gates are control."""
    machine = dyck(2).machine
    network = translate(machine, ReLURNN).rnn
    found = translate(network, StackMachine).layout
    assert found is not None
    check_parts(found, network.hidden_size)
    names = [*_units(_plan(machine, 4000))]
    assert len(found.stacks) == 1
    assert all(isinstance(names[u], Value | Threshold) for u in found.stacks[0].units)
    gates = [u for u, n in enumerate(names) if not isinstance(n, Value | Threshold)]
    assert {*gates} <= {*found.control, *found.unused}


def test_two_stacks_are_told_apart() -> None:
    machine = copy().machine
    n, s = machine.num_states, len(machine.stack_symbols)
    found = translate(translate(machine, MLPRNN).rnn, StackMachine).layout
    assert found is not None
    assert found.control == tuple(range(n))
    starts = (n, n + s + 2)
    units = {stack.units for stack in found.stacks}
    assert units == {tuple(range(a, a + s + 2)) for a in starts}


def test_the_report_names_the_units() -> None:
    network = translate(majority().machine, MLPRNN).rnn
    line = classify(network)["as a CounterMachine"]
    assert line.certificate == "control: units 0-1, 3; counter 0: unit 2 (step 1)"
    record = json.loads(json.dumps(dict(line.data)))["units"]
    assert record["control"] == [0, 1, 3]
    assert record["counters"] == [[[2, "1"]]]


def test_the_units_of_a_dfa_are_control() -> None:
    """Or no output depends on them; there are no stores."""
    network = translate(dfa_from_regex("(b|ab*a)*"), ReLURNN).rnn
    record = classify(network)["as a DFA"].data["units"]
    assert sorted(record["control"] + record["unused"]) == [*range(network.hidden_size)]
    assert record["counters"] == record["stacks"] == []


def test_a_layout_in_words() -> None:
    stack = StackUnits((7, 8, 10), ((7, fmpq(1)),), fmpq(4))
    found = Layout((0, 1), (((5, fmpq(1)), (6, fmpq(1, 2))),), (stack,), (2, 3, 4, 9))
    assert str(found) == (
        "control: units 0-1; counter 0: unit 5 (step 1), unit 6 (step 1/2); "
        "stack 0: units 7-8, 10 (base 4); unused: units 2-4, 9"
    )
    record = json.loads(json.dumps(found.record()))
    assert record["stacks"] == [{"units": [7, 8, 10], "code": [[7, "1"]], "base": "4"}]
