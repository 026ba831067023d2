"""Problems: oracles against brute force, machines on all words, networks of them."""

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

from automata_rnn import Word, accepts, evaluate, trace
from automata_rnn.problems import (
    CHAMPIONS,
    Circuit,
    Connectivity,
    Problem,
    PublishedMachine,
    all_graphs,
    all_instances,
    beaver_machine,
    bits,
    busy_beaver,
    circuit_machine,
    circuit_value,
    connectivity,
    decode_circuit,
    decode_graph,
    dyck,
    encode_circuit,
    encode_graph,
    ends_at_target,
    precision,
    problems,
    random_circuit,
    reachable,
    reaches,
    run_beaver,
    sink_machine,
    sink_targets,
    sort_graph,
    target_first_machine,
    two_paths,
)
from automata_rnn.problems.circuits import ARITY, dual
from automata_rnn.problems.languages import is_dyck
from automata_rnn.rnns import MLPRNN, ReLURNN, final_state
from tests.brute import all_words
from translations import counterexample, translate

PROBLEMS = problems()
LONGEST = {2: 10, 3: 8, 4: 6, 1: 25, 7: 5}
"""By number of symbols: how long the words are that are all tried."""


def generated(problem: Problem, count: int, size: int) -> list[tuple[Word, bool]]:
    rng = np.random.default_rng(1)
    return [problem.generate(rng, size) for _ in range(count)]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)
def test_generators_oracles_and_machines_agree(problem: Problem) -> None:
    pairs = generated(problem, 60, 4) + generated(problem, 100, 9)
    for word, answer in pairs:
        assert problem.encodes(word) or not answer
        assert problem.oracle(word) == answer == evaluate(problem.machine, word)
    assert 0.35 < np.mean([answer for _, answer in pairs]) < 0.65


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)
def test_machines_decide_all_short_words(problem: Problem) -> None:
    """Words that encode nothing are rejected, too, where nothing is promised."""
    for symbols in all_words(problem.alphabet, LONGEST[len(problem.alphabet)]):
        word = "".join(map(str, symbols))
        if problem.encodes(word):
            assert problem.oracle(word) == evaluate(problem.machine, word), word
        else:
            assert not problem.oracle(word)


@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)
def test_networks_solve_problems(problem: Problem, target: Any) -> None:
    translation = translate(problem.machine, target)
    pairs = [pair for pair in generated(problem, 6, 5) if len(pair[0]) < 150]
    assert counterexample(translation, [word for word, _ in pairs]) is None
    for word, answer in pairs:
        assert accepts(translation.rnn, word) == answer


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)
def test_unknown_symbols_are_refused(problem: Problem) -> None:
    with pytest.raises(ValueError, match="wanted symbols of"):
        problem.oracle("?")


# Sorted connectivity


def failures(machine: Any, instances: Any, answer: Any, first: bool) -> tuple[int, int]:
    """How many instances there are, and how many the machine is wrong on."""
    count = wrong = 0
    for instance in instances:
        count += 1
        word = encode_graph(instance, target_first=first)
        wrong += evaluate(machine, word) != answer(instance)
    return count, wrong


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_machines_are_right_on_all_small_graphs(n: int) -> None:
    count = [1, 8, 54, 384, 3000][n - 1]
    every = list(all_instances(n))
    assert failures(sink_machine(), every, ends_at_target, False) == (count, 0)
    assert failures(target_first_machine(), every, reachable, True) == (count, 0)


def test_machines_are_right_on_all_graphs_of_six_vertices() -> None:
    """25,920 instances in both forms; in 10,584 of them the target is a sink."""
    every = list(all_instances(6))
    assert failures(sink_machine(), every, ends_at_target, False) == (25920, 0)
    assert failures(target_first_machine(), every, reachable, True) == (25920, 0)
    assert failures(sink_machine(), sink_targets(6), reachable, False) == (10584, 0)


@pytest.mark.parametrize(("n", "wrong"), [(2, 1), (3, 8), (4, 58), (5, 444)])
def test_the_published_machine_fails_where_the_target_is_no_sink(
    n: int, wrong: int
) -> None:
    """The control: 511 failures on graphs of up to 5 vertices, none with a sink."""
    published, every = PublishedMachine(), list(all_instances(n))
    assert failures(published, every, reachable, False)[1] == wrong
    assert failures(sink_machine(), every, reachable, False)[1] == wrong
    assert failures(published, sink_targets(n), reachable, False)[1] == 0
    assert failures(published, every, ends_at_target, False)[1] == 0


def test_the_smallest_failure_of_the_published_machine() -> None:
    instance = Connectivity(1, ((1, 2),), 1)
    assert reachable(instance)
    assert not evaluate(PublishedMachine(), encode_graph(instance))
    assert evaluate(target_first_machine(), encode_graph(instance, target_first=True))


def network_says(network: Any, word: Word) -> bool:
    return bool(network.output(final_state(network, word)) > 0)


def check_networks(target: Any, n: int, first: bool) -> None:
    """No instance of n vertices is answered wrongly by a network."""
    network = translate(connectivity(target_first=first).machine, target).rnn
    answer = reachable if first else ends_at_target
    for instance in all_instances(n):
        word = encode_graph(instance, target_first=first)
        assert network_says(network, word) == answer(instance), instance


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
def test_networks_are_right_on_all_small_graphs(target: Any, first: bool) -> None:
    for n in range(1, 5):
        check_networks(target, n, first)


@pytest.mark.slow
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
def test_networks_are_right_on_all_graphs_of_five_and_six_vertices(
    target: Any, first: bool
) -> None:
    for n in (5, 6):
        check_networks(target, n, first)


@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
def test_networks_decide_connectivity_of_all_small_graphs(target: Any) -> None:
    """From deterministic connectivity on: all graphs of 1 … 4 vertices, cycles too.

    The sorted graphs have up to 17 vertices, their words up to 270 symbols.
    """
    machine = sink_machine()
    network = translate(machine, target).rnn
    answers = []
    for n in (1, 2, 3, 4):
        for graph in all_graphs(n):
            word = encode_graph(sort_graph(n, graph))
            answers.append(reaches(n, graph))
            assert evaluate(machine, word) == answers[-1], graph
            assert network_says(network, word) == answers[-1], graph
    assert (len(answers), sum(answers)) == (145, 1 + 1 + 5 + 37)


def check_random(target: Any, target_first: bool, count: int) -> None:
    problem = connectivity(target_first=target_first)
    network = translate(problem.machine, target).rnn
    rng = np.random.default_rng(6)
    for index in range(count):
        word, answer = problem.generate(rng, 100)
        if index % 2 and not target_first:
            instance, answer = two_paths(rng, 100)
            word = encode_graph(instance)
        assert evaluate(problem.machine, word) == answer
        assert network_says(network, word) == answer


@pytest.mark.parametrize("target_first", [False, True])
@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
def test_random_graphs_of_100_vertices(target: Any, target_first: bool) -> None:
    check_random(target, target_first, 10)


@pytest.mark.slow
@pytest.mark.parametrize("target_first", [False, True])
@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
def test_a_thousand_random_graphs_of_100_vertices(
    target: Any, target_first: bool
) -> None:
    check_random(target, target_first, 1000)


@pytest.mark.parametrize("target_first", [False, True])
def test_counters_are_at_most_the_number_of_vertices(target_first: bool) -> None:
    """Log precision: the largest number in the network's state, on 30 vertices."""
    problem = connectivity(target_first=target_first)
    network = translate(problem.machine, MLPRNN).rnn
    word, answer = problem.generate(np.random.default_rng(1), 30)
    run = list(trace(network, word))
    assert max(max(state) for state in run) <= 30 < len(word)
    assert (network.output(run[-1]) > 0) == answer
    units, counters = network.hidden_size, problem.machine.num_counters
    assert max(precision(network, word)) <= units + 4 * counters


# Circuit value


def by_definition(circuit: Circuit, gate: int) -> bool:
    """The value of a gate, by recursion on the definition."""
    kind, places = circuit.gates[gate]
    operands = [by_definition(circuit, gate - a) for a in places]
    table = {"F": False, "T": True, "~": operands[:1] == [False]}
    table |= {"&": sum(operands) == 2, "+": sum(operands) > 0}
    return table[kind]


def test_circuits_are_evaluated_and_read_back() -> None:
    rng = np.random.default_rng(2)
    for size in [1, 2, 3, 8, 12] * 8:
        circuit, value = random_circuit(rng, size)
        assert circuit_value(circuit) == value == by_definition(circuit, size - 1)
        assert circuit_value(dual(circuit)) != value
        assert decode_circuit(encode_circuit(circuit)) == circuit


def all_circuits(size: int) -> Iterator[Circuit]:
    """All circuits of that many gates."""

    def gates(before: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        for kind, arity in ARITY.items():
            for places in product(range(1, before + 1), repeat=arity):
                yield kind, places

    for chosen in product(*(list(gates(k)) for k in range(size))):
        yield Circuit(chosen)


@pytest.mark.parametrize(("size", "count"), [(1, 2), (2, 10), (3, 120), (4, 2760)])
def test_the_machine_is_right_on_all_small_circuits(size: int, count: int) -> None:
    every = list(all_circuits(size))
    assert len(every) == count
    for circuit in every:
        value = by_definition(circuit, size - 1)
        word = encode_circuit(circuit)
        assert circuit_value(circuit) == value == evaluate(circuit_machine(), word)
        assert decode_circuit(word) == circuit


@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
def test_networks_are_right_on_all_small_circuits(target: Any) -> None:
    """All 132 circuits of up to three gates."""
    network = translate(circuit_machine(), target).rnn
    for size in (1, 2, 3):
        for circuit in all_circuits(size):
            word = encode_circuit(circuit)
            assert network_says(network, word) == by_definition(circuit, size - 1)


@pytest.mark.slow
@pytest.mark.parametrize("target", [MLPRNN, ReLURNN])
def test_networks_are_right_on_all_circuits_of_four_gates(target: Any) -> None:
    network = translate(circuit_machine(), target).rnn
    for circuit in all_circuits(4):
        word = encode_circuit(circuit)
        assert network_says(network, word) == by_definition(circuit, 3)


@pytest.mark.parametrize(
    "word", ["", "~", "~1#", "T~11##", "T~1##", "T~1", "T&1#", "TT&1#1", "T#", "#T"]
)
def test_words_that_encode_no_circuit(word: str) -> None:
    assert decode_circuit(word) is None
    with pytest.raises(ValueError, match=r"Circuit\.gates"):
        Circuit((("~", (1,)),))


def test_words_one_edit_from_a_circuit() -> None:
    """The machine checks the syntax as the parser does."""
    problem = PROBLEMS[2]
    word = "FT~1#&11##1#+1#111###"
    assert decode_circuit(word) is not None
    for t, symbol in product(range(len(word)), problem.alphabet):
        for edited in (word[:t] + str(symbol) + word[t + r :] for r in (0, 1)):
            assert evaluate(problem.machine, edited) == problem.oracle(edited)


def test_a_circuit_takes_a_bit_of_state_for_each_gate() -> None:
    """O(T) bits, and not fewer on constants: one is pushed by each symbol."""
    machine = PROBLEMS[2].machine
    network = translate(machine, MLPRNN).rnn
    for steps in (20, 40, 80):
        word = "TF" * (steps // 2)
        stacks = list(trace(machine, word))[-1].stacks
        assert len(stacks[0]) == steps - 1
        assert steps <= precision(network, word)[-1] <= 5 * steps + 40


# Languages and busy beavers


def test_dyck_words_by_a_stack() -> None:
    closes = {")": "(", "]": "["}
    for word in all_words(dyck(2).alphabet, 7):
        stack: list[str] = []
        good = True
        for symbol in map(str, word):
            if symbol not in closes:
                stack.append(symbol)
            elif not stack or stack.pop() != closes[symbol]:
                good = False
                break
        assert is_dyck("".join(map(str, word)), 2) == (good and not stack)


@pytest.mark.parametrize("states", [2, 3, 4])
def test_busy_beavers_halt_when_known(states: int) -> None:
    text, steps, ones = CHAMPIONS[states]
    assert run_beaver(text, steps) == (steps, ones)
    assert run_beaver(text, steps - 1) is None
    run = [machine_state for machine_state in trace(beaver_machine(text), "#" * steps)]
    outputs = [beaver_machine(text).output(state) for state in run]
    assert outputs == [False] * steps + [True]


@pytest.mark.parametrize(
    "text", ["", "1RB", "1RC1RZ", "1RB1LB_1LA", "2RA1RZ", "1XA1RZ"]
)
def test_texts_of_no_machine(text: str) -> None:
    with pytest.raises(ValueError, match="text"):
        beaver_machine(text)


def test_arguments_outside_are_refused() -> None:
    for make in (lambda: dyck(9), lambda: busy_beaver(7)):
        with pytest.raises(ValueError, match="wanted"):
            make()
    with pytest.raises(TypeError, match=r"Problem\.alphabet"):
        Problem("x", "ab", "L", None, None, None)  # type: ignore[arg-type]
    assert decode_graph("$") is None


def test_bits_of_states() -> None:
    assert [bits(x) for x in (0, 1, 5, -5, (1, (7, 8)))] == [1, 1, 3, 3, 8]
    assert bits(0.75) == 2 + 2
    assert bits(np.array([3, 0])) == 3
    growth = precision(beaver_machine(CHAMPIONS[2][0]), "#" * 6)
    assert all(abs(a - b) <= 3 for a, b in pairwise(growth))
