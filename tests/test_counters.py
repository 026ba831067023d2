"""Counter machines: their tables, programs, signs, large moves, and their networks."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import INTEGER, RATIONAL, Alphabet, accepts, evaluate, trace
from automata_rnn.automata import (
    CounterMachine,
    Counters,
    counter_machine_from_program,
    read_scaled,
    with_large_increments,
)
from automata_rnn.automata.counter import naturalize, zero_mask
from automata_rnn.rnns import MLPRNN, ReLURNN, final_state
from tests.brute import all_words
from tests.strategies import counter_machines, words
from translations import counterexample, translate

NETWORKS = (MLPRNN, ReLURNN)
every_network = pytest.mark.parametrize("target", NETWORKS)


def fields(**changes: Any) -> dict[str, Any]:
    """a counts up in state 0, b counts down in state 1; accepted: as many of each."""
    successors = np.array([[[0, 0], [1, 1]], [[1, 1], [1, 1]]])
    increments = np.array([[[[1], [1]], [[0], [0]]], [[[-1], [-1]], [[-1], [-1]]]])
    accepting = np.array([[True, False], [True, False]])
    table = {"successors": successors, "increments": increments}
    return {"accepting": accepting, "initial_state": 0, **table, **changes}


def machine(**changes: Any) -> CounterMachine:
    return CounterMachine(Alphabet("ab"), **fields(**changes))


def test_a_run_by_hand() -> None:
    run = list(trace(machine(), "aab"))
    assert run == [(0, (0,)), (0, (1,)), (0, (2,)), (1, (1,))]
    assert [evaluate(machine(), w) for w in ("", "ab", "b", "aabb")] == [1, 1, 0, 1]
    assert zero_mask((0, 5, -2)) == 0b110


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"initial_state": 2}, "initial_state: wanted 0 to 1, got 2"),
        ({"successors": np.full((2, 2, 2), 5)}, "wanted states 0 to 1, got 5 to 5"),
        ({"successors": np.zeros((2, 2, 4), int)}, r"wanted shape \(2, 2, 2\)"),
        ({"increments": np.full((2, 2, 2, 1), 2)}, "wanted -1, 0 or 1, got one of s"),
        ({"increments": np.zeros((2, 2, 2, 1))}, "increments: wanted integers"),
        ({"accepting": np.zeros((2, 2))}, "accepting: wanted booleans"),
        ({"accepting": np.zeros(2, bool)}, r"accepting of shape \(n, 2\^k\)"),
        ({"natural": True}, "decrement of counter 0 at zero .symbol code 1, state 0"),
    ],
)
def test_wrong_tables_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        machine(**changes)


@given(counter_machines(), st.data())
def test_signs_in_the_states_make_counters_natural(
    source: CounterMachine, data: st.DataObject
) -> None:
    natural, pairs = naturalize(source)
    assert natural.natural
    assert natural.num_states <= source.num_states << source.num_counters
    word = data.draw(words(source.alphabet, 20))
    for state, other in zip(trace(source, word), trace(natural, word), strict=True):
        q, signs = pairs[other.state]
        sizes = enumerate(other.counters)
        assert state == (q, tuple(-c if signs >> i & 1 else c for i, c in sizes))
        assert source.output(state) == natural.output(other)


@given(st.integers(0, 2**32), st.integers(0, 2))
def test_large_moves_stay_one_step(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    rows = (2, 3, 1 << k)
    successors = rng.integers(0, 3, rows)
    increments = rng.integers(-4, 5, (*rows, k))
    accepting = rng.integers(0, 2, rows[1:]) > 0
    scaled = with_large_increments(Alphabet("ab"), 0, successors, increments, accepting)
    state, q, counters = scaled.machine.initial, 0, (0,) * k
    for symbol in rng.choice(["a", "b"], 30):
        row = "ab".index(symbol), q, zero_mask(counters)
        moves = increments[row].tolist()
        q = int(successors[row])
        counters = tuple(c + u for c, u in zip(counters, moves, strict=True))
        state = scaled.machine.step(state, symbol)
        assert read_scaled(scaled, state) == Counters(q, counters)
        assert scaled.machine.output(state) == accepting[q, zero_mask(counters)]


# Programs -----------------------------------------------------------------------------

MULTIPLY = """
       inc x 3        # z = x · y, y kept in t
       inc y 4
outer: jz x done
       dec x
inner: jz y back
       dec y
       inc z
       inc t
       goto inner
back:  jz t outer
       dec t
       inc y
       goto back
done:  accept
"""


@every_network
def test_a_minsky_program_multiplies_in_lock_step(target: type) -> None:
    program = counter_machine_from_program(MULTIPLY)
    assert program.registers == ("x", "y", "z", "t")
    translation = translate(program.machine, target)
    word = "·" * 200
    assert counterexample(translation, [word]) is None
    result = translation.decode(final_state(translation.rnn, word))
    assert result.counters == (0, 4, 12, 0)
    assert accepts(translation.rnn, word)


def test_a_program_reads_symbols_and_waits_for_them() -> None:
    text = """
    in:   read a more, b less
    more: inc n
          goto in
    less: dec n
          jz n yes
          goto in
    yes:  accept"""
    program = counter_machine_from_program(text, symbols="ab")
    for n in range(4):
        for m in range(1, 5):
            word = "a··" * n + "·" + "b···" * m
            reached = evaluate(program.machine, word)
            assert reached == (m >= max(n, 1)), word
    assert not evaluate(program.machine, "aab")  # a symbol before its time


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("inc x\ngoto nowhere", "line 2: wanted one of the labels none, got 'nowhere'"),
        ("add x y", "line 1: wanted inc R"),
        ("a: inc x\na: dec x", "line 2: 'a' is a label already"),
        ("inc x 0", "line 1: wanted 1 to 9999, got '0'"),
        ("a: read b a", "line 1: wanted 'symbol label' with one of"),
    ],
)
def test_wrong_programs_name_the_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        counter_machine_from_program(text)


# Networks -----------------------------------------------------------------------------


@given(counter_machines())
@settings(max_examples=30)
def test_sizes_are_as_stated(source: CounterMachine) -> None:
    n, k, c = source.num_states, source.num_counters, source.alphabet.num_codes
    relu = translate(source, ReLURNN).rnn
    states = n if source.natural else naturalize(source)[0].num_states
    assert relu.hidden_size == states * c * 2**k + k + 1  # type: ignore[attr-defined]
    mlp = translate(source, MLPRNN).rnn
    sizes = [matrix.shape[1] for matrix in mlp.weights]  # type: ignore[attr-defined]
    assert sizes == [n + c + 4 * k, n * c * 2**k + 2 * k, n + 2 * k]


@every_network
@given(counter_machines(max_counters=2, max_states=3), st.data())
@settings(max_examples=20)
def test_long_runs_equal_the_steps(
    target: type, source: CounterMachine, data: st.DataObject
) -> None:
    word = data.draw(words(source.alphabet, 60))
    for semiring in (INTEGER, RATIONAL):
        network = translate(source, target, semiring=semiring).rnn
        *_, expected = trace(network, word)
        assert np.array_equal(final_state(network, word), expected)


@every_network
def test_counters_of_a_million_steps(target: type) -> None:
    source = machine()
    translation = translate(source, target)
    word = "a" * 700_000 + "b" * 300_000
    found = translation.decode(final_state(translation.rnn, word))
    assert found == (1, (400_000,))


def test_registers_that_would_overflow_go_on_exactly() -> None:
    rnn = ReLURNN(INTEGER, Alphabet("ab"), [1], [[3]], [[0], [1]], [1])
    assert final_state(rnn, "a" * 100)[0] == 3**100
    assert final_state(rnn, "ab" * 2)[0] == ((3 * 3 + 1) * 3) * 3 + 1


@every_network
def test_a_wrong_threshold_is_seen(target: type) -> None:
    """Negative control: a bias changed by one is found, wherever the unit is read."""
    rng = np.random.default_rng(5)
    successors, increments = rng.integers(0, 2, (2, 2, 2)), [[[[1], [-1]]] * 2] * 2
    source = machine(successors=successors, increments=np.array(increments))
    translation = translate(source, target)
    rnn: Any = translation.rnn
    every = list(all_words(rnn.alphabet, 6))
    after = rnn.layers[1 % len(rnn.layers)][0]
    for code, unit in product(range(2), sorted(set(after.rows.tolist()))):
        bias = rnn.bias.copy()
        bias[code, unit] += 1
        changed = replace(translation, rnn=replace(rnn, bias=bias))
        assert not _agrees(changed, every), (code, unit)


def _agrees(translation: Any, every: Any) -> bool:
    try:
        return counterexample(translation, every) is None
    except ValueError:  # no one-hot state, or no code of a stack, to decode
        return False


@pytest.mark.slow
@every_network
@pytest.mark.parametrize("seed", range(20))
def test_random_machines_on_ten_thousand_words(target: type, seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, n = int(rng.integers(1, 4)), int(rng.integers(2, 7))
    rows = (3, n, 1 << k)
    source = CounterMachine(
        Alphabet("abc"),
        0,
        rng.integers(0, n, rows),
        rng.integers(-1, 2, (*rows, k)),
        rng.integers(0, 2, rows[1:]) > 0,
    )
    many = ["".join(rng.choice(list("abc"), rng.integers(1, 12))) for _ in range(500)]
    assert counterexample(translate(source, target), many) is None
