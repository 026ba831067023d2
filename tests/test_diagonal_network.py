"""Stacks of diagonal layers: all solvable automata have one, with gates as needed."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st

from automata_rnn import COMPLEX, INTEGER, REAL, Alphabet, evaluate
from automata_rnn.automata import (
    DFATable,
    NotSolvable,
    TooManyStates,
    dfa_from_regex,
    dfa_from_table,
    krohn_rhodes,
    table_from_dfa,
)
from automata_rnn.automata.cascade import context_path
from automata_rnn.automata.side_by_side import blocks
from automata_rnn.cli import main
from automata_rnn.formats import FormatError, load, save
from automata_rnn.formats.arrays import encode_array
from automata_rnn.formats.machines import from_record, to_record
from automata_rnn.rnns import DiagonalLayer, DiagonalNetwork, run_stack
from automata_rnn.rnns.diagonal_network import rectified
from tests.brute import all_words
from tests.groups import (
    GENERATORS,
    STAR_FREE,
    action,
    generator_lists,
    is_aperiodic,
    to_sympy,
    word_problem,
)
from tests.small_dfas import COUNTS, minimal_tables
from tests.strategies import dfas
from translations import GatesTooWeak, compare, counterexample, translate
from translations.cascade import LOG_HORIZON

AB = Alphabet("ab")
GATES = ("positive", "signed", "complex", "modular")


def stack(table: DFATable, **options: Any) -> Any:
    return translate(dfa_from_table(table, minify=False), DiagonalNetwork, **options)


def long_words(alphabet: Alphabet, count: int, length: int) -> list[Any]:
    choose = random.Random(length)
    return [tuple(choose.choices(alphabet.symbols, k=length)) for _ in range(count)]


def gates_of(network: DiagonalNetwork) -> set[Any]:
    return {g for layer in network.layers for g in layer.gates.ravel().tolist()}


# Every small automaton -------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_small_automaton_has_a_stack(n: int) -> None:
    """The contract on words up to length 3; of each fifth some of 6, and 300."""
    short, longer = (list(product("ab", repeat=length)) for length in (3, 6))
    (long,) = long_words(AB, 1, 300)
    count = 0
    for table in minimal_tables(n):
        made = stack(table)
        assert counterexample(made, short) is None  # on their prefixes, too
        if count % 5 == 0:
            assert counterexample(made, longer[count % 25 :: 25]) is None
            outputs, state = run_stack(made.rnn, long), table.initial
            for symbol, output in zip(long, outputs[1:], strict=True):
                state = table.step(state, symbol)
                assert output == table.output(state)
        assert gates_of(made.rnn) <= {0, 1} or not is_aperiodic(table)
        count += 1
    assert count == COUNTS[n]


def test_small_automata_pass_the_contract_on_long_words() -> None:
    long = long_words(AB, 1, 300)
    for table in list(minimal_tables(3))[::25]:
        for gates in ("complex", "modular"):
            assert counterexample(stack(table, gates=gates), long) is None


def test_small_stacks_come_back_as_the_same_automaton() -> None:
    """A proof of equality: all tuples of codewords are explored."""
    for table in list(minimal_tables(3))[::25]:
        made = stack(table)
        back = translate(made.rnn, DFA).automaton
        assert back == made.automaton
        assert compare(made.automaton, made.rnn).equal


@pytest.mark.parametrize("n", [1, 2, 3])
def test_positive_gates_hold_the_aperiodic_ones_and_no_other(n: int) -> None:
    for table in minimal_tables(n):
        if is_aperiodic(table):
            assert gates_of(stack(table, gates="positive").rnn) <= {0, 1}
            continue
        with pytest.raises(GatesTooWeak, match="theorem 4") as caught:
            stack(table, gates="positive")
        cycle = caught.value.cycle
        state = cycle.states[-1]
        for target in cycle.states:
            for symbol in cycle.word:
                state = table.step(state, symbol)
            assert state == target
        assert len(cycle.states) > 1


# The gallery -----------------------------------------------------------------------


@pytest.mark.parametrize("name", STAR_FREE)
def test_star_free_languages_take_gates_0_and_1(name: str) -> None:
    dfa = dfa_from_regex(STAR_FREE[name])
    made = translate(dfa, DiagonalNetwork, gates="positive")
    alphabet = made.rnn.alphabet
    short = {1: 8, 2: 6, 3: 4}[len(alphabet)]
    words = [*all_words(alphabet, short), *long_words(alphabet, 2, 300)]
    assert counterexample(made, words) is None
    assert gates_of(made.rnn) <= {0, 1}
    assert all(layer.semiring is INTEGER for layer in made.rnn.layers)
    assert made.plan.horizon is None
    assert compare(dfa, made.rnn).equal


def test_parity_takes_a_sign() -> None:
    parity = dfa_from_regex("(b*ab*a)*b*")
    for text in (
        "word 'a' leads the states 0 → 1 → 0",
        "Grazzi et al. 2025, theorem 1",
    ):
        with pytest.raises(GatesTooWeak, match=text):
            translate(parity, DiagonalNetwork, gates="positive")
    made = translate(parity, DiagonalNetwork, gates="signed")
    assert gates_of(made.rnn) == {1, -1}
    assert made.rnn.hidden_size == 1
    assert counterexample(made, [*all_words(AB, 7), *long_words(AB, 2, 300)]) is None


def test_automata_that_are_not_minimal_are_told_to_be() -> None:
    """Two states that say the same: this automaton counts, its language does not."""
    swap = DFATable(Alphabet("a"), 0, np.array([[1, 0]]), np.array([True, True]))
    with pytest.raises(GatesTooWeak, match=r"try dfa\.minify\(\)") as caught:
        stack(swap, gates="positive")
    assert caught.value.cycle.states == (0, 1)
    minimal = dfa_from_table(swap)
    assert translate(minimal, DiagonalNetwork, gates="positive").plan.layers == 0


def test_counting_modulo_three_takes_roots_of_unity() -> None:
    thirds = dfa_from_regex("(aaa)*")
    with pytest.raises(GatesTooWeak, match=r"not real.*theorem 2") as caught:
        translate(thirds, DiagonalNetwork, gates="signed")
    assert len(caught.value.cycle.states) == 3
    made = translate(thirds, DiagonalNetwork)
    turn = complex(made.rnn.layers[0].gates[0, 0])
    assert abs(turn**3 - 1) < 1e-15
    assert abs(turn - 1) > 1


def test_powers_of_two_take_signs_layer_by_layer() -> None:
    eighths = dfa_from_regex("(aaaaaaaa)*")
    made = translate(eighths, DiagonalNetwork, gates="signed", prime=False)
    assert made.plan.levels == "Z2 ≀ Z2 ≀ Z2"
    assert counterexample(made, ["a" * 40]) is None
    one = translate(eighths, DiagonalNetwork, prime=False)
    assert one.plan.levels == "Z8"
    assert counterexample(one, ["a" * 40]) is None


@pytest.mark.parametrize("name", ["Z6", "S3", "S4", "A4"])
@pytest.mark.parametrize("automaton", [action, word_problem])
@pytest.mark.parametrize("gates", ["complex", "modular"])
def test_solvable_groups_have_stacks(
    name: str, automaton: Callable[..., DFATable], gates: str
) -> None:
    made = stack(automaton(GENERATORS[name]), gates=gates)
    alphabet = made.rnn.alphabet
    words = [*all_words(alphabet, 5), *long_words(alphabet, 1, 300)]
    assert counterexample(made, words) is None
    assert made.plan.layers == len(made.rnn.layers)
    assert (made.plan.horizon is None) == (gates == "modular")


@pytest.mark.parametrize("name", ["A5", "S5"])
def test_word_problems_that_are_complete_for_nc1_are_refused(name: str) -> None:
    for gates in GATES:
        with pytest.raises(NotSolvable, match="simple factor A5"):
            stack(word_problem(GENERATORS[name]), gates=gates)


# Numbers ---------------------------------------------------------------------------


def test_errors_of_roots_stay_below_the_bound() -> None:
    """23·2⁻⁵³ for each gate, against the codeword that the exact count gives."""
    for order in (3, 5, 7, 12):
        made = translate(
            dfa_from_regex(f"(a{{{order}}})*"), DiagonalNetwork, prime=False
        )
        (layer,) = made.rnn.layers
        state, steps = layer.initial, 20_001
        for _ in range(steps):
            state = state * layer.gates[0]
        angle = 2 * np.pi * (steps % order) / order
        error = abs(state[0] - complex(np.cos(angle), np.sin(angle)))
        assert error <= (steps + 2) * 23 * 2.0**-53
        assert made.plan.horizon <= 2**LOG_HORIZON * np.sin(np.pi / order)
        half = np.sin(np.pi / order)
        assert made.plan.horizon * 23 * 2.0**-53 < half / 2


def test_long_words_by_scan_are_right() -> None:
    """Against counting: multiples of 6, of length a hundred thousand."""
    sixths = dfa_from_regex("((b*a){6})*b*")
    word = "".join(random.Random(1).choices("ab", k=100_000))
    for gates in ("complex", "modular"):
        network = translate(sixths, DiagonalNetwork, gates=gates).rnn
        assert isinstance(network, DiagonalNetwork)
        outputs = run_stack(network, word)
        counts = np.cumsum([0, *(symbol == "a" for symbol in word)])
        assert np.array_equal(outputs, counts % 6 == 0)


@given(st.text("abc", max_size=40))
def test_scans_and_steps_agree(word: str) -> None:
    network = translate(dfa_from_regex("((ab|c)*(ac)*)*b?"), DiagonalNetwork).rnn
    assert isinstance(network, DiagonalNetwork)
    outputs = run_stack(network, word)
    expected = [evaluate(network, word[:t]) for t in range(len(word) + 1)]
    assert outputs.tolist() == expected
    assert run_stack(network, word, method="sequential").tolist() == expected


@pytest.mark.parametrize("pattern", ["(ab|c)*", "(aa|b)*", "(aaa|b)*", "(a{12})*b"])
def test_lookups_are_rectified_units(pattern: str) -> None:
    """Each layer's lookup equals the weights of one hidden layer, at every codeword."""
    made = translate(dfa_from_regex(pattern), DiagonalNetwork, prime=False)
    for layer in made.rnn.layers:  # type: ignore[attr-defined]
        units = rectified(layer)
        k, n = layer.num_contexts, layer.hidden_size
        assert units.units == layer.emits.size
        for c in range(k):
            for x, codeword in enumerate(COMPLEX.array(layer.codewords)):
                stream = np.zeros(units.inward.shape[1])
                stream[c] = 1
                stream[k : k + 2 * n] = [*codeword.real, *codeword.imag]
                stream[k + 2 * n] = 1
                added = units.added(stream)
                expected = np.zeros(len(stream) - k - 2 * n - 1)
                expected[layer.emits[c, x]] = 1
                assert np.allclose(added[k + 2 * n + 1 :], expected, atol=1e-12)
                assert not np.any(added[: k + 2 * n + 1])


def test_rectified_units_need_numbers_and_corners() -> None:
    made = translate(dfa_from_regex("(aaa)*"), DiagonalNetwork, gates="modular")
    with pytest.raises(ValueError, match="wanted numbers, got integers-mod-7"):
        rectified(made.rnn.layers[0])  # type: ignore[attr-defined]
    middle = DiagonalLayer(
        REAL,
        [0.0],
        np.ones((1, 1)),
        np.zeros((1, 1)),
        np.array([[-1.0], [0.0], [1.0]]),
        np.zeros((1, 3), dtype=np.intp),
    )
    with pytest.raises(ValueError, match="wanted each one alone in some direction"):
        rectified(middle)


# Refusals --------------------------------------------------------------------------


def test_malformed_layers_and_stacks_are_refused() -> None:
    good = translate(dfa_from_regex("(ab)*"), DiagonalNetwork).rnn
    assert isinstance(good, DiagonalNetwork)
    layer = good.layers[0]
    with pytest.raises(ValueError, match="codewords: wanted all states that contexts"):
        replace(layer, bias=layer.bias + 1)
    with pytest.raises(ValueError, match="initial: wanted shape"):
        replace(layer, initial=[1])
    with pytest.raises(ValueError, match="gates: wanted elements of the integer"):
        replace(layer, gates=layer.gates / 2 + 0.25)
    with pytest.raises(ValueError, match=r"layers\[0\]: wanted 3 contexts, got 2"):
        replace(good, alphabet=Alphabet("abc"))
    with pytest.raises(ValueError, match="wanted no bos, got '<s>'"):
        replace(good, alphabet=Alphabet("ab", bos="<s>"))
    with pytest.raises(ValueError, match=r"emits: wanted contexts 0 to \d+, got -1"):
        replace(good, layers=(replace(layer, emits=layer.emits - 1), *good.layers[1:]))
    with pytest.raises(ValueError, match="readout: wanted shape"):
        replace(
            translate(dfa_from_regex("a*"), DiagonalNetwork).rnn, readout=np.ones(5)
        )
    with pytest.raises(ValueError, match="gates: wanted one of"):
        translate(dfa_from_regex("a*"), DiagonalNetwork, gates="negative")


def test_exploring_a_stack_has_a_budget() -> None:
    network = translate(dfa_from_regex("(a{6})*"), DiagonalNetwork).rnn
    with pytest.raises(TooManyStates):
        translate(network, DFA, max_states=3)


def test_the_contract_sees_a_wrong_stack() -> None:
    """Negative control: one changed gate, context or readout is found."""
    good = translate(dfa_from_regex("(ab|c)*(aa)*"), DiagonalNetwork)
    network = good.rnn
    assert isinstance(network, DiagonalNetwork)
    words = list(all_words(network.alphabet, 4))
    assert counterexample(good, words) is None
    flipped = replace(network, readout=1 - network.readout)
    assert counterexample(replace(good, rnn=flipped), words) is not None
    first, *rest = network.layers
    turned = replace(first, gates=first.gates[::-1], bias=first.bias[::-1])
    wrong = replace(network, layers=(turned, *rest))
    assert counterexample(replace(good, rnn=wrong), words) is not None


def test_one_state_takes_no_layers() -> None:
    for pattern, value in (("a*", 1), ("[^a]", 0)):
        table = table_from_dfa(dfa_from_regex(pattern, "a"))
        if table.num_states > 1:
            continue
        made = stack(table)
        assert made.rnn.layers == ()
        assert run_stack(made.rnn, "aaa").tolist() == [value] * 4
        assert str(made.plan).startswith("0 layers, trivial: 0 units")


def test_a_plan_says_what_was_built() -> None:
    made = translate(dfa_from_regex("(a{6})*"), DiagonalNetwork)
    assert str(made.plan) == (
        "1 layer, Z2 × Z3: 2 units, 6 rows of lookups; gates 0 and 1, -1, roots of "
        "unity of order 3, right up to length 1.2e+14"
    )
    exact = stack(action(GENERATORS["S4"]), gates="modular")
    assert str(exact.plan).startswith("3 layers, Z2 ≀ Z3 ≀ (Z2 × Z2): 4 units, ")
    assert str(exact.plan).endswith(", roots of unity of order 3 modulo a prime")


# Layers ----------------------------------------------------------------------------


@given(generator_lists())
def test_groups_take_as_many_layers_as_their_derived_series(
    generators: list[Any],
) -> None:
    """No fewer would do (ICLR 2026); by sympy's derived series."""
    peer = to_sympy(generators)
    assume(peer.is_solvable)
    made = stack(word_problem(generators[:3]), prime=False)
    series = [group.order() for group in peer.derived_series()]
    assert made.plan.layers == sum(order > 1 for order in series)
    words = long_words(made.rnn.alphabet, 1, 60)
    assert counterexample(made, words) is None


def test_carries_take_layers_of_their_own() -> None:
    fourths = dfa_from_regex("(aaaa)*")
    assert translate(fourths, DiagonalNetwork).plan.levels == "Z2 ≀ Z2"
    assert translate(fourths, DiagonalNetwork, prime=False).plan.levels == "Z4"


@given(dfas(max_states=4))
def test_blocks_move_as_their_levels_do(dfa: DFA) -> None:
    cascade = krohn_rhodes(dfa)
    parts = blocks(cascade)
    assert [level for part in parts for level in part.levels] == list(cascade.levels)
    assert all(part.emits.shape[1] <= 64 for part in parts)
    assert len(blocks(cascade, max_states=1)) == len(cascade.levels)
    for code in range(len(cascade.alphabet)):
        states = product(*(range(level.size) for level in cascade.levels))
        for state in islice(states, 100):
            path = list(context_path(cascade, state, code))
            left, place = code, 0
            for part in parts:
                size = len(part.levels)
                own = state[place : place + size]
                for i in range(size):
                    move = cascade.levels[place + i].moves[path[place + i]]
                    assert part.moves[i][left] == move
                assert part.states(part.number(own)) == own
                left = int(part.emits[left, part.number(own)])
                place += size
                assert left == path[place]


# Files -----------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["(ab|c)*", "(aaa|b)*", "a*"])
@pytest.mark.parametrize("gates", ["complex", "modular"])
def test_stacks_come_back_from_files(tmp_path: Path, pattern: str, gates: str) -> None:
    dfa = dfa_from_regex(pattern)
    network = translate(dfa, DiagonalNetwork, gates=gates).rnn
    assert isinstance(network, DiagonalNetwork)
    path = tmp_path / "stack.safetensors"
    save(network, path)
    back = load(path)
    assert isinstance(back, DiagonalNetwork)
    assert back.alphabet == network.alphabet
    for ours, theirs in zip(network.layers, back.layers, strict=True):
        assert ours.semiring is theirs.semiring
        for name in ("initial", "gates", "bias", "codewords", "emits"):
            one, other = getattr(ours, name), getattr(theirs, name)
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)
    assert compare(dfa, back).equal


def test_damaged_files_of_stacks_are_refused() -> None:
    network = translate(dfa_from_regex("(ab)*"), DiagonalNetwork).rnn
    record, tensors = to_record(network)
    assert isinstance(from_record(record, tensors), DiagonalNetwork)
    for name in tensors:
        fewer = {key: tensor for key, tensor in tensors.items() if key != name}
        with pytest.raises(FormatError, match="tensors: wanted the keys"):
            from_record(record, fewer)
        fields = {key: v for key, v in record["fields"].items() if key != name}
        with pytest.raises(FormatError, match="fields: wanted the keys"):
            from_record({**record, "fields": fields}, tensors)
    far = {**tensors, "layers.0.emits": tensors["layers.0.emits"] + 9}
    with pytest.raises(FormatError, match="emits: wanted contexts 0 to"):
        from_record(record, far)
    odd = [{**record["layers"][0], "semiring": 3}] * 2
    with pytest.raises(FormatError, match="semiring"):
        from_record({**record, "layers": odd}, tensors)
    for name, array, message in (
        ("layers.0.emits", np.zeros((2, 2)), "wanted integers"),
        ("layers.0.gates", np.array([1, 0], dtype=object), "wanted a matrix"),
    ):
        description, tensor = encode_array(name, array)
        other = {**record, "fields": {**record["fields"], name: description}}
        with pytest.raises(FormatError, match=f"{name}: {message}"):
            from_record(other, {**tensors, name: tensor})


def test_the_command_converts_to_stacks(tmp_path: Path) -> None:
    path = str(tmp_path / "stack.safetensors")
    arguments = ["convert", "regex:(aaa|b)*", "--to", "stack", "-o", path]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "DiagonalNetwork, 3 layers" in done.output
    assert "equality proved" in done.output
