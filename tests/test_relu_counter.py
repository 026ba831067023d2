"""ReLU networks back to counter machines: agreement, proofs, and refusals."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from automata_rnn import INTEGER, RATIONAL, REAL, Alphabet, evaluate
from automata_rnn.automata import CounterMachine
from automata_rnn.rnns import MLPRNN, ReLURNN
from tests.counter_networks import disguised, random_machine, three_layers
from translations import Translation, counterexample, translate
from translations.regions import NotCounters

AB = Alphabet("ab")


def relu(recurrent: Any, bias: Any, readout: Any, **fields: Any) -> ReLURNN:
    """A network with no head, from zero unless `initial` is given."""
    zeros = np.zeros(len(recurrent), int)
    alphabet = Alphabet("abcd"[: len(bias)])
    given = {"semiring": RATIONAL, "alphabet": alphabet, "initial": zeros} | fields
    return ReLURNN(recurrent=recurrent, bias=bias, readout=readout, **given)


def random_words(
    rng: np.random.Generator, letters: str, number: int, longest: int
) -> list[str]:
    lengths = rng.integers(0, longest + 1, number)
    return ["".join(rng.choice(list(letters), size)) for size in lengths]


def check(rnn: Any, words: list[str], **options: Any) -> Translation:
    translation = translate(rnn, CounterMachine, **options)
    assert counterexample(translation, words) is None
    return translation


SIGNED = [[1, -1], [-1, 1]]


@pytest.mark.parametrize(
    "seed",
    [*range(30), *(pytest.param(i, marks=pytest.mark.slow) for i in range(30, 100))],
)
def test_disguised_networks_of_random_machines(seed: int) -> None:
    """Permuted, scaled, mixed with dead units: equal states at every step."""
    rng = np.random.default_rng(seed)
    machine = random_machine(rng)
    words = random_words(rng, "abc", 30, 40)
    found = check(disguised(rng, three_layers(machine)), words).automaton
    wrong = [w for w in words if evaluate(found, w) != evaluate(machine, w)]
    assert not wrong
    assert found.num_counters <= machine.num_counters


def compiled(seed: int, target: type, states: int, counters: int) -> None:
    """Our own networks of random machines, disguised for odd seeds, come back."""
    rng = np.random.default_rng(seed)
    machine = random_machine(rng, states, counters)
    rnn = translate(machine, target).rnn
    words = random_words(rng, "abc", 30, 40)
    found = check(disguised(rng, rnn) if seed % 2 else rnn, words).automaton
    assert not [w for w in words if evaluate(found, w) != evaluate(machine, w)]


@pytest.mark.parametrize("target", [ReLURNN, MLPRNN])
@pytest.mark.parametrize("seed", range(6))
def test_our_own_networks_come_back(seed: int, target: type) -> None:
    compiled(seed, target, 4, 2)


@pytest.mark.slow
@pytest.mark.parametrize("target", [ReLURNN, MLPRNN])
@pytest.mark.parametrize("seed", range(1, 101, 2))
def test_our_own_large_networks_come_back(seed: int, target: type) -> None:
    compiled(seed, target, 6, 3)


def test_a_signed_counter_is_one_counter() -> None:
    rnn = relu(SIGNED, [[1, -1], [-1, 1]], [1, 0])
    machine = check(rnn, ["", "aab", "bba", "ababbbaaaa"]).automaton
    assert (machine.num_states, machine.num_counters) == (3, 1)


@pytest.mark.parametrize("ring", [INTEGER, RATIONAL, REAL])
def test_constants_above_one_become_residues(ring: Any) -> None:
    """c + 3, c - 2: sizes 3 and the residues of both signs."""
    rng = np.random.default_rng(0)
    rnn = relu(SIGNED, [[3, -3], [-2, 2]], [1, 0], semiring=ring)
    machine = check(rnn, random_words(rng, "ab", 200, 60)).automaton
    assert (machine.num_states, machine.num_counters) == (8, 1)


def test_rational_steps() -> None:
    third, half = Fraction(1, 3), Fraction(1, 2)
    rnn = relu(SIGNED, [[third, -third], [-half, half]], [1, 0])
    check(rnn, random_words(np.random.default_rng(0), "ab", 200, 60))


def test_a_counter_that_starts_high() -> None:
    rnn = relu([[1]], [[1], [-1]], [1], initial=[7])
    check(rnn, ["b" * 9, "aab", "bbbbbbbbaab"])


def test_a_beginning_of_sequence_symbol_is_read_first() -> None:
    alphabet = Alphabet("ab", bos="<s>")
    bias = [[1, -1], [-1, 1], [5, 0]]
    rnn = relu(SIGNED, bias, [1, 0], alphabet=alphabet)
    check(rnn, ["", "bbbbbb", "bbbbba", "ababab"])


def test_units_that_lag_behind_belong_to_the_same_counter() -> None:
    """The second unit is the first one a step ago, the third their difference."""
    weights = [[1, 1, 0], [0, 0, 0], [0, 0, 0]]
    rnn = relu(weights, [[1, 0, 0], [-1, 0, 0]], [0, 1, 0])
    machine = check(
        rnn, random_words(np.random.default_rng(1), "ab", 100, 30)
    ).automaton
    assert machine.num_counters == 1


def test_counters_that_grow_together_are_parted() -> None:
    """a adds to both, b and c take one from each, and the output reads both."""
    bias = [[1, 1], [-1, 0], [0, -1]]
    rnn = relu([[1, 0], [0, 1]], bias, [1, 1])
    rng = np.random.default_rng(2)
    machine = check(rnn, random_words(rng, "abc", 100, 30)).automaton
    assert (machine.num_states, machine.num_counters) == (4, 2)


def test_a_dead_unit_may_do_anything() -> None:
    rnn = relu([[1, 0], [0, 2]], [[1, 1], [-1, 1]], [1, 0])
    check(rnn, ["aabbb", "ab"])


def test_a_machine_without_counters() -> None:
    """Parity: one-hot states, no counter."""
    turn = [[0, 1], [1, 0]]
    machine = check(relu(turn, [[0, 0]], [1, 0], initial=[1, 0]), ["", "a", "aaa"])
    assert machine.automaton.num_counters == 0


# Refusals ---------------------------------------------------------------------------

HALF = Fraction(1, 2)
REFUSALS = {
    "doubles from one": (relu([[2]], [[0], [1]], [1], initial=[1]), 0, "at least"),
    "doubles and adds": (relu([[2]], [[0], [1]], [1]), 0, "at least"),
    "averages": (relu([[HALF]], [[0], [1]], [1]), 0, "at least"),
    "compares": (
        relu([[1, 0, 1], [0, 1, -1], [0, 0, 0]], [[1, 0, 0], [0, 1, 0]], [0, 0, 1]),
        2,
        "depends on two counters",
    ),
    "outputs a comparison": (
        relu([[1, 0], [0, 1]], [[1, 0], [0, 1]], [1, -1]),
        -1,
        "two",
    ),
    "exchanges": (relu([[0, 1], [1, 0]], [[1, 0], [-1, 0]], [1, 0]), 1, "exchanges"),
    "sums a counter": (
        relu([[1, 1], [0, 1]], [[1, 0], [-1, 0]], [0, 1]),
        1,
        "amounts|at least",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_name_the_unit_and_the_reason(name: str) -> None:
    rnn, unit, reason = REFUSALS[name]
    with pytest.raises(NotCounters, match=reason) as caught:
        translate(rnn, CounterMachine, max_regions=300)
    assert caught.value.unit == unit


def test_too_few_regions() -> None:
    rnn = three_layers(random_machine(np.random.default_rng(4)))
    with pytest.raises(NotCounters, match="max_regions"):
        translate(rnn, CounterMachine, max_regions=3)


def test_states_that_are_not_reached_are_not_decoded() -> None:
    translation = translate(relu(SIGNED, [[1, -1], [-1, 1]], [1, 0]), CounterMachine)
    with pytest.raises(ValueError, match="reaches"):
        translation.decode(RATIONAL.array([Fraction(1, 2), 0]))


# The certificate --------------------------------------------------------------------


def mutated(rng: np.random.Generator, rnn: MLPRNN) -> MLPRNN:
    """One weight of one layer, of any value, is changed by ±1."""
    weights = [matrix.dense(RATIONAL).copy() for matrix in rnn.weights]
    matrix = weights[rng.integers(len(weights))]
    place = tuple(rng.integers(matrix.shape))
    matrix[place] += int(rng.choice([-1, 1]))
    changed: Any = tuple(weights)
    return replace(rnn, weights=changed)


def test_mutants_are_refused_or_described_as_they_are() -> None:
    """Soundness: whatever the weights, a machine that is returned is right."""
    rng, refused = np.random.default_rng(0), 0
    for _ in range(25):
        rnn = mutated(rng, three_layers(random_machine(rng, 4, 2)))
        try:
            check(rnn, random_words(rng, "abc", 40, 30), max_regions=400)
        except NotCounters:
            refused += 1
    assert 0 < refused < 25
