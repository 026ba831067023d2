"""ReLU networks back to stack machines: agreement, proofs, and refusals."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from automata_rnn import RATIONAL, Alphabet, evaluate
from automata_rnn.automata import StackMachine, stack_machine_from_tm
from automata_rnn.automata.stack import NOOP
from automata_rnn.problems.language_machines import dyck_machine, reverse_machine
from automata_rnn.rnns import MLPRNN, ReLURNN
from tests.brute import all_words
from tests.counter_networks import disguised
from tests.stack_networks import (
    one_unit,
    random_stack_machine,
    shift_register,
    words_of,
)
from tests.turing_files import beaver_machine
from translations import Translation, counterexample, translate
from translations.stacks import NotStacks

both = pytest.mark.parametrize("target", [MLPRNN, ReLURNN])


def check(rnn: Any, words: list[str], **options: Any) -> Translation:
    translation = translate(rnn, StackMachine, **options)
    assert counterexample(translation, words) is None
    return translation


def round_trip(seed: int, target: type, **sizes: Any) -> None:
    """Disguised for odd seeds: equal configurations, and the machine's language."""
    rng = np.random.default_rng(seed)
    machine = random_stack_machine(rng, **sizes)
    rnn = translate(machine, target).rnn
    words = list(words_of(rng, "ab", 12))
    found = check(disguised(rng, rnn) if seed % 2 else rnn, words).automaton
    assert not [w for w in words if evaluate(found, w) != evaluate(machine, w)]
    assert found.num_stacks <= machine.num_stacks
    assert len(found.stack_symbols) <= len(machine.stack_symbols)


@pytest.mark.parametrize("seed", range(14))
def test_three_layer_networks_of_random_machines(seed: int) -> None:
    round_trip(seed, MLPRNN, symbols=2)


@pytest.mark.parametrize("seed", range(12))
def test_one_layer_networks_of_random_machines(seed: int) -> None:
    round_trip(seed, ReLURNN, states=2, stacks=1, symbols=2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 300))
def test_more_three_layer_networks(seed: int) -> None:
    round_trip(seed, MLPRNN)


@both
@pytest.mark.parametrize("seed", [0, 1])
def test_nesting_languages_come_back(target: type, seed: int) -> None:
    """Dyck-2, and v # vᴿ with its marker, on all short words and deep ones."""
    rng = np.random.default_rng(seed)
    machine = (dyck_machine(2), reverse_machine())[seed]
    rnn = disguised(rng, translate(machine, target).rnn)
    deep = ["([" * 60 + "])" * 60, "ab" * 60 + "#" + "ba" * 60][seed]
    found = check(rnn, [deep, deep[:-1]]).automaton
    assert (found.num_stacks, len(found.stack_symbols)) == (1, 2)
    assert evaluate(found, deep)
    assert not evaluate(found, deep[:-1])
    for word in all_words(machine.alphabet, 6):
        assert evaluate(found, word) == evaluate(machine, word)


@both
def test_a_busy_beaver_comes_back_and_halts_in_time(target: type) -> None:
    """Three states, 21 steps."""
    source = stack_machine_from_tm(beaver_machine("1RB1RZ_1LB0RC_1LC1LA"), tape="")
    clock = str(source.machine.alphabet.symbols[0])
    rnn = disguised(np.random.default_rng(0), translate(source.machine, target).rnn)
    found = check(rnn, [clock * 30]).automaton
    assert [evaluate(found, clock * t) for t in (20, 21, 40)] == [False, True, True]


def test_other_layouts() -> None:
    """One unit for each stack, in base 5, and a register that is only pushed."""
    rng = np.random.default_rng(0)
    for rnn, letters, k in ((one_unit(), "abp", 1), (one_unit(stacks=2), "abpcdq", 2)):
        for network in (rnn, disguised(rng, rnn)):
            found = check(network, list(words_of(rng, letters, 20))).automaton
            assert (found.num_stacks, len(found.stack_symbols)) == (k, 2)
    check(shift_register(4, (1, 3)), list(words_of(rng, "ab", 10)))


COUNTER = ReLURNN(RATIONAL, Alphabet("ab"), [0], [[1]], [[1], [-1]], [1])  # type: ignore[arg-type]
REFUSALS = {
    "counts": (COUNTER, 0, "moves by .* as a counter does"),
    "base 2": (shift_register(2, (0, 1)), 0, "base 2 whose intervals touch"),
    "the paper's base 2": (shift_register(2, (0, 2), 1), 0, "base 2 .* touch"),
    "mixes": (one_unit(mix=Fraction(1, 25), stacks=2), 0, "no affine function|amounts"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_name_the_unit_and_the_reason(name: str) -> None:
    rnn, unit, reason = REFUSALS[name]
    with pytest.raises(NotStacks, match=reason) as caught:
        translate(rnn, StackMachine)
    assert caught.value.unit == unit


def test_an_output_that_compares_two_stacks_is_refused() -> None:
    with pytest.raises(NotStacks, match="the output, which depends on more") as caught:
        translate(one_unit(-1, stacks=2), StackMachine)
    assert caught.value.unit == -1


def test_too_few_states() -> None:
    rnn = translate(dyck_machine(2), MLPRNN).rnn
    with pytest.raises(NotStacks, match="max_states"):
        translate(rnn, StackMachine, max_states=3)


def test_states_that_are_not_reached_are_not_decoded() -> None:
    translation = translate(one_unit(), StackMachine)
    for wrong in (Fraction(1, 2), Fraction(2, 3), Fraction(9, 10)):
        with pytest.raises(ValueError, match="hidden: wanted"):
            translation.decode(RATIONAL.array([wrong]))


def test_the_contract_sees_a_wrong_machine() -> None:
    """Negative control: pushes that are left out."""
    good = translate(one_unit(), StackMachine)
    actions = np.full_like(good.automaton.actions, NOOP)
    wrong = replace(good, automaton=replace(good.automaton, actions=actions))
    assert counterexample(wrong, ["aab"]) is not None


def test_mutants_are_refused_or_described_as_they_are() -> None:
    """Soundness: whatever the weights, a machine that is returned is right."""
    rng, refused = np.random.default_rng(0), 0
    for _ in range(20):
        rnn: Any = one_unit()
        weights = [matrix.dense(RATIONAL).copy() for matrix in rnn.weights]
        matrix = weights[rng.integers(2)]
        place = tuple(rng.integers(matrix.shape))
        matrix[place] += int(rng.choice([-1, 1]))
        try:
            words = list(words_of(rng, "abp", 8))
            check(replace(rnn, weights=tuple(weights)), words, max_states=100)
        except NotStacks:
            refused += 1
    assert 0 < refused < 20
