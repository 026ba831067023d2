"""Classes of nonlinear networks, by the machines that their weights are."""

import json
from typing import Any

import numpy as np
import pytest

from automata_rnn import INTEGER, RATIONAL, REAL, Alphabet
from automata_rnn.automata import dfa_from_regex
from automata_rnn.membership import classify
from automata_rnn.problems import abc, connectivity, copy, dyck, majority
from automata_rnn.rnns import MLPRNN, ReLURNN
from tests.counter_networks import disguised
from translations import translate
from translations.nonlinear_classes import fitted_growth

BITS = "bits of state on samples"
every_network = pytest.mark.parametrize("target", [MLPRNN, ReLURNN])


def verdicts(report: Any, *names: str) -> list[str]:
    return [report[name].verdict for name in names]


def test_finitely_many_states_are_the_language_of_a_dfa() -> None:
    dfa = dfa_from_regex("(b|ab*a)*")
    report = classify(translate(dfa, ReLURNN).rnn)
    assert report["as a DFA"].verdict == "yes"
    assert report["star-free (aperiodic)"].verdict == "no"
    assert str(report.facts[BITS]).endswith("constant")
    own = classify(dfa)
    assert [line for line in report.lines if line.name != "as a DFA"] == [*own.lines]


@every_network
@pytest.mark.parametrize("problem", [abc(), connectivity(), majority()])
def test_counters_are_in_l(problem: Any, target: type) -> None:
    network = translate(problem.machine, target).rnn
    for shown in (network, disguised(np.random.default_rng(0), network)):
        report = classify(shown)
        assert verdicts(report, "as a DFA", "as a CounterMachine") == ["unknown", "yes"]
        assert verdicts(report, "O(log T) bits of state", "in L", "in P") == ["yes"] * 3
        assert report.facts["counters"] == problem.machine.num_counters
    assert str(classify(network).facts[BITS]).endswith("logarithmic")


@pytest.mark.parametrize("problem", [copy(), dyck(2)])
def test_stacks_are_in_p_with_linear_precision(problem: Any) -> None:
    report = classify(translate(problem.machine, MLPRNN).rnn)
    assert report["as a CounterMachine"].verdict == "unknown"
    assert "unit" in report["as a CounterMachine"].reason
    assert verdicts(report, "as a StackMachine", "in P", "in L") == [
        "yes",
        "yes",
        "unknown",
    ]
    assert str(report.facts[BITS]).endswith("linear")
    assert json.loads(report.to_json())["subject"].startswith("MLPRNN, as a StackM")


def test_one_store_is_context_free() -> None:
    assert classify(majority().machine)["deterministic context-free"].verdict == "yes"
    assert classify(dyck(2).machine)["deterministic context-free"].verdict == "yes"
    assert classify(abc().machine)["deterministic context-free"].verdict == "unknown"


def test_floats_are_the_rationals_that_they_are() -> None:
    network = translate(majority().machine, MLPRNN, semiring=REAL).rnn
    assert classify(network)["in L"].verdict == "yes"


def test_a_number_that_doubles_is_none_of_the_machines() -> None:
    """h ↦ 2 h + 1: linear precision, but no counter, and no stack that is ever read."""
    network = ReLURNN(INTEGER, Alphabet("ab"), [1], [[2]], [[1], [0]], [1])
    report = classify(network, max_states=50, max_regions=50)
    assert {line.verdict for line in report.lines} == {"unknown"}
    assert [line.name for line in report.lines] == [
        "as a DFA",
        "as a CounterMachine",
        "as a StackMachine",
    ]
    assert str(report.facts[BITS]).endswith("linear")


def test_budgets_that_there_are_not_are_refused() -> None:
    """Also where the network is a counter machine, which has none of its own."""
    network = translate(majority().machine, ReLURNN).rnn
    with pytest.raises(TypeError, match="max_element"):
        classify(network, max_element=7)


def test_growth_that_is_none_of_the_three() -> None:
    assert fitted_growth([t * t for t in range(257)]) == "none of these"
    for slope in (1, 2, 7):
        assert fitted_growth([3 + slope * (t // 64) for t in range(257)]) == "linear"


def test_short_samples_are_refused() -> None:
    network = ReLURNN(RATIONAL, Alphabet("a"), [1], [[1]], [[0]], [1])
    with pytest.raises(ValueError, match="sample_length: wanted at least 8, got 7"):
        classify(network, sample_length=7)
