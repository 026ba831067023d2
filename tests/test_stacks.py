"""Stack machines, the gapped code of their stacks, and their networks."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import RATIONAL, REAL, Alphabet, trace
from automata_rnn.automata import StackMachine
from automata_rnn.automata.stack import NOOP, POP, PUSH, act, top, tops_at, tops_index
from automata_rnn.rnns import (
    MLPRNN,
    InexactError,
    ReLURNN,
    check_exact,
    final_state,
    relu_tensors,
)
from automata_rnn.rnns.symbolic_run import SymbolicRun
from automata_rnn.rnns.symbolic_run import start as as_mode
from automata_rnn.rnns.torch_tensors import one_hot
from automata_rnn.system import start
from tests.strategies import stack_machines, words
from translations import translate
from translations.cantor import (
    act_form,
    base,
    decode_stack,
    encode_stack,
    second_is,
    second_thresholds,
    threshold_form,
    top_at_least,
    top_at_least_by_second,
    top_is,
)
from translations.stack_rows import stack_rows
from translations.units import ONE

every_network = pytest.mark.parametrize("target", [MLPRNN, ReLURNN])


def two_stacks(**changes: Any) -> StackMachine:
    """a, b push 0, 1 on the first stack and c, d on the second; p and q pop them."""
    actions = np.full((6, 1, 9, 2), NOOP)
    for code in range(4):
        actions[code, :, :, code // 2] = PUSH + code % 2
    for index, i in product(range(9), range(2)):
        if tops_at(index, 2, 2)[i]:
            actions[4 + i, :, index, i] = POP
    empty = np.array([[True, False, False, False]])
    table = {"successors": np.zeros((6, 1, 9), int), "actions": actions, **changes}
    return StackMachine(Alphabet("abcdpq"), (0, 1), 0, accepting=empty, **table)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"actions": np.full((6, 1, 9, 2), 4)}, "wanted 0 to 3 .noop, pop, push of 2"),
        (
            {"actions": np.full((6, 1, 9, 2), POP)},
            "no pop of an empty stack, got on",
        ),
        ({"actions": np.zeros((6, 1, 8, 2), int)}, r"wanted shape \(6, 1, 9, 2\)"),
        ({"successors": np.full((6, 1, 9), 1)}, "wanted states 0 to 0, got 1 to 1"),
        ({"initial_stacks": ((0,),)}, "wanted 2 tuples of codes 0 to 1, got"),
        ({"initial_stacks": ((0,), (2,))}, "wanted 2 tuples of codes 0 to 1, got"),
    ],
)
def test_wrong_tables_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        two_stacks(**changes)


def test_tops_have_one_index_each() -> None:
    for s, k in ((1, 3), (2, 2), (3, 1), (0, 2)):
        every = [tops_at(i, s, k) for i in range((s + 1) ** k)]
        assert len(set(every)) == len(every)
        assert [tops_index(tops, s) for tops in every] == list(range(len(every)))


# The code -----------------------------------------------------------------------------


def stacks(s: int, depth: int) -> list[tuple[int, ...]]:
    return [w for d in range(depth + 1) for w in product(range(s), repeat=d)]


def value(form: Any, code: Fraction, s: int) -> Fraction:
    """A form over threshold units, ONE and "e"."""
    units = {"e": code, ONE: Fraction(1)}
    return sum(
        (
            weight
            * (
                units[name]
                if name in units
                else max(
                    Fraction(0),
                    sum(w * units[n] for n, w in threshold_form(name, s, "e").items()),
                )
            )
            for name, weight in form.items()
        ),
        Fraction(0),
    )


@pytest.mark.parametrize("s", [1, 2, 3])
def test_codes_tell_the_top_and_the_second_symbol(s: int) -> None:
    for stack in stacks(s, 4):
        code = encode_stack(stack, s)
        assert decode_stack(code, s) == stack
        assert 0 <= code < 1
        for t in range(s + 1):
            for at_least in (
                top_at_least,
                lambda i, u: top_at_least_by_second(i, u, s),
            ):
                found = value(top_is(0, t, s, at_least), code, s)
                assert found == (top(stack) == t), (stack, t)
            found = value(second_is(0, t, s), code, s)
            assert found == (bool(stack) and top(stack[:-1]) == t), (stack, t)
        for action in (NOOP, *([POP] if stack else []), *range(PUSH, PUSH + s)):
            after = value(act_form(action, top(stack), s, "e"), code, s)
            assert after == encode_stack(act(stack, action), s)


@pytest.mark.parametrize("s", [1, 2, 3])
def test_margins_are_as_stated(s: int) -> None:
    """Codes of different tops are 1/B apart and more, of different pairs 1/B²."""
    b, every = base(s), stacks(s, 5)
    codes = [(encode_stack(w, s), w[-1:], w[-2:]) for w in every]
    for x, one, pair in codes:
        for y, other, second in codes:
            if one != other:
                assert abs(x - y) > Fraction(1, b) or not (one and other)
                assert abs(x - y) >= Fraction(1, b)
            if pair != second and one == other:
                assert abs(x - y) >= Fraction(1, b**2)
    assert len(second_thresholds(0, s)) == 2 * s * (s + 1)


def test_no_code_is_refused() -> None:
    for wrong in (Fraction(1, 2), Fraction(1), Fraction(2, 3), Fraction(1, 3)):
        with pytest.raises(ValueError, match="wanted a code in base 4"):
            decode_stack(wrong, 2)


def base_two_head(stack: tuple[int, ...], slope: int) -> Fraction:
    """The paper's code, E(empty) = 1, push_v(e) = v + e/2, and its head [e ≥ 1] as two
    ReLUs of this slope, which a gap of width 1/slope below 1 would make exact."""
    code = Fraction(1)
    for symbol in stack:
        code = symbol + code / 2
    rising = max(Fraction(0), slope * (code - 1) + 1)
    return rising - max(Fraction(0), slope * (code - 1))


@pytest.mark.parametrize("bits", [4, 10, 20])
def test_base_two_fails_below_the_depth_of_its_slope(bits: int) -> None:
    """Negative control: under a 0 on top, ones bring the code to 1 - 2^-(depth)."""
    wrong = [d for d in range(2, 64) if base_two_head((1,) * d + (0,), 2**bits) != 0]
    assert wrong == list(range(bits, 64))


@every_network
def test_base_four_works_at_depth_ten_thousand(target: type) -> None:
    """The same ones below a 0, whose top the network must read on the way down."""
    translation = translate(two_stacks(), target)
    depth = 10_000
    word = "b" * depth + "a" + "p"
    found = translation.decode(final_state(translation.rnn, word))
    assert found == (0, ((1,) * depth, ()))
    word += "p" * (depth - 1)
    found = translation.decode(final_state(translation.rnn, word))
    assert found == (0, ((1,), ()))


# Networks -----------------------------------------------------------------------------


@given(stack_machines())
@settings(max_examples=30)
def test_cases_cover_the_table_once(source: StackMachine) -> None:
    k, s = source.num_stacks, len(source.stack_symbols)
    for pops_know in (False, True):
        rows = stack_rows(source, pops_know=pops_know)
        for code, q, index in np.ndindex(source.successors.shape):
            tops = tops_at(index, s, k)
            (row,) = [
                r
                for r in rows
                if (r.code, r.state) == (code, q)
                and all(tops[i] == t for i, t in r.tops)
            ]
            assert row.successor == source.successors[code, q, index]
            assert row.actions == tuple(source.actions[code, q, index])


@every_network
@given(stack_machines(max_states=2, max_symbols=2), st.data())
@settings(max_examples=20)
def test_long_runs_equal_the_steps(
    target: type, source: StackMachine, data: st.DataObject
) -> None:
    network = translate(source, target).rnn
    word = data.draw(words(source.alphabet, 40))
    for length in {0, 1, 2, 3, len(word)}:
        *_, expected = trace(network, word[:length])
        assert np.array_equal(final_state(network, word[:length]), expected)


@every_network
def test_shallow_stacks_make_few_modes(target: type) -> None:
    """Units that are 0 or 1 are told from codes, whatever word made the codes."""
    network = translate(two_stacks(), target).rnn
    rng = np.random.default_rng(0)
    run, state = SymbolicRun(network.layers), as_mode(start(network))
    modes = set()
    for code in rng.integers(0, len(network.alphabet), 2000).tolist():
        state = run.advance(*state, code)
        modes.add(state[0])
    assert len(modes) < 450


def test_sizes_are_as_stated() -> None:
    source = two_stacks()
    gates = len(stack_rows(source))
    mlp: Any = translate(source, MLPRNN).rnn
    sizes = [matrix.shape[1] for matrix in mlp.weights]
    assert sizes == [1 + 6 + 2 * 5, gates + 4, 1 + 2 * 4]
    relu = translate(source, ReLURNN).rnn
    assert relu.hidden_size <= 3 * 80 + 2 * 2 * 2 * 3  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"at most 50 units, got more than .* MLPRNN"):
        translate(source, ReLURNN, max_units=50)


@every_network
def test_floats_hold_shallow_stacks_and_say_where_they_stop(target: type) -> None:
    network: Any = translate(two_stacks(), target, semiring=REAL).rnn
    check_exact(network, "ab" * 8 + "p" * 16)
    with pytest.raises(InexactError, match="is not exact in float64") as caught:
        check_exact(network, "ab" * 40)
    assert 20 < caught.value.step <= 28
    assert str(caught.value).startswith(f"step {caught.value.step}: unit ")
    with pytest.raises(ValueError, match=r"network\.semiring: wanted REAL"):
        check_exact(translate(two_stacks(), target).rnn, "a")  # type: ignore[arg-type]


def test_three_symbols_need_rationals() -> None:
    source = StackMachine(
        Alphabet("a"),
        (0, 1, 2),
        0,
        np.zeros((1, 1, 4), int),
        np.full((1, 1, 4, 1), PUSH),
        np.array([[True, False]]),
    )
    with pytest.raises(ValueError, match="wanted one that holds the weight"):
        translate(source, MLPRNN, semiring=REAL)


# torch --------------------------------------------------------------------------------


def test_torch_tensors_are_the_network() -> None:
    """The formula of torch.nn.RNN on these tensors, in float64."""
    network: Any = translate(two_stacks(), ReLURNN, semiring=REAL).rnn
    tensors = relu_tensors(network)
    weights = tensors.state_dict
    hidden = tensors.initial[0, 0]
    word = "abcdpq" * 2
    for row, expected in zip(
        one_hot(network, word)[:, 0], list(trace(network, word))[1:], strict=True
    ):
        inputs = row @ weights["weight_ih_l0"].T + weights["bias_ih_l0"]
        below = hidden @ weights["weight_hh_l0"].T + weights["bias_hh_l0"]
        hidden = np.maximum(inputs + below, 0)
        assert np.array_equal(hidden, expected)


def test_torch_agrees_on_long_words() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    network: Any = translate(two_stacks(), ReLURNN, semiring=REAL).rnn
    module, initial = network.to_torch()
    word = "abpp" * 250
    with torch.no_grad():
        states, _ = module(torch.from_numpy(one_hot(network, word)), initial)
    expected = np.stack(list(trace(network, word))[1:])
    assert np.array_equal(states[:, 0].numpy(), expected)


def test_weights_that_floats_do_not_hold_are_no_tensors() -> None:
    third = ReLURNN(RATIONAL, Alphabet("a"), [0], [["1/3"]], [[1]], [1])
    with pytest.raises(ValueError, match=r"rnn\.recurrent: wanted weights that fl"):
        relu_tensors(third)
