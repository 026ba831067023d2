"""DFAs and weighted automata through one layer of heads and back: claims and proofs."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import INTEGER, MAX_PLUS, RATIONAL, REAL, Alphabet, accepts, evaluate
from automata_rnn.automata import WFA, DFATable, dfa_from_table, wfa_from_dfa
from automata_rnn.parallel import states
from automata_rnn.rnns import RWKV7, DeltaProduct, head_states
from automata_rnn.system import as_system, trace
from tests.brute import all_words, value_by_paths
from tests.small_dfas import COUNTS, minimal_tables
from tests.strategies import HEADS, arrays, dfas, heads, wfas, words
from translations import compare, counterexample, translate
from translations.contraction import EPSILON, contraction_factors
from translations.rwkv7 import rwkv7_transition

AB = Alphabet("ab")


# Round trips ------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_small_language_in_one_layer_of_deltaproduct(n: int) -> None:
    """All minimal DFAs over two letters: compared with proof, and read back."""
    count, fits = 0, 0
    for table in minimal_tables(n):
        dfa = dfa_from_table(table, minify=False)
        rnn: Any = translate(dfa, DeltaProduct).rnn
        verdict = compare(dfa, rnn)
        assert verdict.counterexample is None
        assert verdict.proved
        assert translate(rnn, DFA).automaton == dfa
        assert rnn.initial.shape == (1, n)
        assert rnn.num_factors <= 2 * n
        count += 1
        try:
            rwkv7 = translate(dfa, RWKV7).rnn
        except ValueError:
            continue
        assert compare(dfa, rwkv7).equal
        fits += 1
    assert count == COUNTS[n]
    assert fits == {1: 2, 2: 24, 3: 716}[n]


@settings(max_examples=25)
@given(data=st.data())
def test_wfas_come_back_with_proof(data: st.DataObject) -> None:
    wfa = data.draw(st.sampled_from([RATIONAL, INTEGER]).flatmap(wfas))
    rnn: Any = translate(wfa, DeltaProduct).rnn
    assert rnn.num_factors <= max(1, 4 * wfa.num_states)
    verdict = compare(wfa, rnn)
    assert verdict.counterexample is None
    assert verdict.proved
    word = data.draw(words(wfa.alphabet, max_size=3))
    assert evaluate(rnn, word) == value_by_paths(wfa, word)


def test_long_words_at_every_position() -> None:
    """Scratch slots hold leftovers, which never count."""
    rng = np.random.default_rng(0)
    for n in (2, 3, 4):
        weights = rng.integers(-1, 2, (2, n, n))
        wfa = WFA(RATIONAL, AB, rng.integers(-1, 2, n), weights, rng.integers(0, 2, n))
        word = "".join(rng.choice(["a", "b"], 300))
        translation = translate(wfa, DeltaProduct)
        assert counterexample(translation, [word]) is None
        run = states(translation.rnn, word)
        assert np.array_equal(head_states(translation.rnn, word, chunk=17), run)


@pytest.mark.parametrize("kind", HEADS, ids=lambda k: k.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_heads_are_automata_of_the_row_that_is_read(
    kind: type, data: st.DataObject
) -> None:
    head = data.draw(heads(kind))
    wfa = translate(head, WFA).automaton
    n = head.initial.shape[1]
    assert wfa.num_states == n + (head.values is not None)
    for word in all_words(head.alphabet, 2):
        assert evaluate(head, word) == evaluate(wfa, word)


def test_float_heads_are_read_as_the_rationals_that_they_are() -> None:
    rng = np.random.default_rng(3)
    keys = rng.normal(size=(2, 2, 3))
    keys /= np.linalg.norm(keys, axis=-1, keepdims=True)
    beta, ends = rng.uniform(0, 2, (2, 2)), rng.normal(size=(2, 3))
    head = DeltaProduct(
        REAL, AB, ends[:1], keys, beta, ends[1], [1.0],
        parametrization="shipped", allow_neg_eigval=True,
    )  # fmt: skip
    exact = replace(head, semiring=RATIONAL, parametrization="paper")
    assert translate(head, WFA).automaton.semiring is RATIONAL
    assert compare(head, exact).equal
    other = replace(head, initial=np.nextafter(head.initial, 9))
    assert not compare(head, other).equal


# Negative controls --------------------------------------------------------------------


def test_a_wrong_start_or_one_wrong_factor_is_found() -> None:
    table = next(t for t in minimal_tables(3) if t.successors[0].tolist() == [1, 2, 0])
    dfa = dfa_from_table(table, minify=False)
    rnn: Any = translate(dfa, DeltaProduct).rnn
    assert compare(dfa, rnn).equal
    elsewhere = replace(rnn, initial=np.roll(rnn.initial, 1, axis=1))
    assert not compare(dfa, elsewhere).equal
    beta = rnn.beta.copy()
    beta[0, 0] = -beta[0, 0]
    assert not compare(dfa, replace(rnn, beta=beta)).equal
    turned = replace(rnn, keys=rnn.keys[:, ::-1], beta=rnn.beta[:, ::-1])
    assert np.any(turned.table[0] != rnn.table[0])


def test_other_semirings_are_refused() -> None:
    wfa = WFA(MAX_PLUS, AB, [0.0], np.zeros((2, 1, 1)), [0.0])
    for target in (DeltaProduct, RWKV7):
        with pytest.raises(ValueError, match=r"wfa.semiring: wanted rational, integer"):
            translate(wfa, target)
    with pytest.raises(ValueError, match="parametrization: wanted 'paper' or"):
        translate(wfa, DeltaProduct, parametrization="best")


# RWKV-7 -------------------------------------------------------------------------------


def test_symbols_that_do_not_fit_are_named() -> None:
    turn = DFATable(AB, 0, np.array([[0, 1, 2], [1, 2, 0]]), np.array([1, 0, 0], bool))
    dfa = dfa_from_table(turn, minify=False)
    with pytest.raises(ValueError, match=r"dfa: .* symbol 'b' is not; four layers"):
        translate(dfa, RWKV7)
    with pytest.raises(ValueError, match=r"wfa: .* symbol 'b' is not; four layers"):
        translate(wfa_from_dfa(dfa, RATIONAL), RWKV7)


@settings(max_examples=150)
@given(data=st.data())
def test_diagonal_plus_rank_one_is_found_wherever_it_is(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 4))
    w, kappa, a = data.draw(arrays(RATIONAL, (3, n)))
    matrix = np.diag(w) - np.outer(kappa, a * kappa)
    found = rwkv7_transition(matrix)
    assert found is not None
    again = np.diag(found.decay) - np.outer(found.removal, found.rate * found.removal)
    assert np.array_equal(again, matrix)


@settings(max_examples=100)
@given(data=st.data())
def test_two_by_two_always_fits_and_three_by_three_not(data: st.DataObject) -> None:
    matrix = data.draw(arrays(RATIONAL, (2, 2)))
    assert rwkv7_transition(matrix) is not None
    cycle = RATIONAL.array(np.roll(np.eye(3, dtype=int), 1, axis=1))
    assert rwkv7_transition(cycle) is None
    one_way = RATIONAL.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    assert rwkv7_transition(one_way) is not None
    both_ways = RATIONAL.array([[1, 1, 1], [0, 1, 0], [0, 0, 1]])
    assert rwkv7_transition(both_ways) is None  # l_1 = l_2 = 0, and r_1, r_2 are not


# The shipped range --------------------------------------------------------------------


def test_contractions_are_products_of_unit_steps() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        n = int(rng.integers(1, 7))
        matrix = rng.integers(-2, 3, (n, n)) * (rng.random((n, n)) < rng.random())
        matrix = matrix / max(1.0, np.linalg.norm(matrix, 2))
        factors = contraction_factors(matrix)
        assert len(factors) <= 2 * n
        result = np.eye(n)
        for beta, key in factors:
            assert 0 <= beta <= 2
            assert abs(np.linalg.norm(key) - 1) < 4 * EPSILON
            result -= beta * np.outer(result @ key, key)
        assert np.abs(result - matrix).max() < 8 * 2 * n * (n + 2) * EPSILON


@pytest.mark.parametrize("seed", range(6))
def test_the_stated_error_bound_of_contractions(seed: int) -> None:
    """At every position of 1000 symbols, against exact arithmetic; signs agree."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    weights = rng.integers(-2, 3, (2, n, n))
    wfa = WFA(REAL, AB, rng.integers(-2, 3, n), weights, rng.integers(-2, 3, n))
    translation = translate(wfa, DeltaProduct, parametrization="shipped")
    rnn: Any = translation.rnn
    scaled = replace(translation.automaton, semiring=RATIONAL)
    word = "".join(rng.choice(["a", "b"], 200))
    size = float(np.linalg.norm(wfa.initial))
    for t, (ours, exact) in enumerate(
        zip(trace(rnn, word), trace(scaled, word), strict=True)
    ):
        off = np.abs(ours[0, :n] - exact.astype(float)).max()
        bound = t * 8 * rnn.num_factors * (n + 2) * EPSILON * size
        assert off <= bound
        value, wanted = rnn.output(ours), evaluate(wfa, word[:t])
        if abs(value) > bound * np.linalg.norm(wfa.final):
            assert (value > 0) == (wanted > 0)


def test_permutations_keep_their_values_in_the_shipped_range() -> None:
    for table in minimal_tables(3):
        if all(len(set(row)) == 3 for row in table.successors.tolist()):
            dfa = dfa_from_table(table, minify=False)
            rnn: Any = translate(dfa, DeltaProduct, parametrization="shipped").rnn
            assert rnn.num_factors <= 2
            for word in all_words(AB, 6):
                value = evaluate(rnn, word)
                assert abs(value - accepts(dfa, word)) < 1e-13


# Sizes and long words -----------------------------------------------------------------


def test_numbers_of_factors_of_small_languages() -> None:
    """How many delta steps a token takes, over all DFAs with up to three states."""
    counts = Counter(
        translate(dfa_from_table(table, minify=False), DeltaProduct).rnn.num_factors  # type: ignore[attr-defined]
        for n in (1, 2, 3)
        for table in minimal_tables(n)
    )
    assert counts == {1: 26, 2: 60, 3: 134, 4: 600, 5: 234}


S5 = {
    "s": (1, 0, 2, 3, 4),
    "c": (1, 2, 3, 4, 0),
    "d": (1, 0, 3, 2, 4),
    "r": (4, 3, 2, 1, 0),
    "t": (2, 0, 1, 4, 3),
}


def test_a_word_problem_of_a_million_symbols() -> None:
    """S₅ on the scan engine: all five rows of the product, at every position."""
    table = DFATable(
        Alphabet("".join(S5)), 0, np.array([*S5.values()]), np.eye(5, dtype=bool)[0]
    )
    dfa = dfa_from_table(table, minify=False)
    one_row: Any = translate(dfa, DeltaProduct).rnn
    assert one_row.num_factors == 4
    order = list(trace(as_system(dfa), "cccc"))  # the DFA's numbers of states 0, 1, …
    network = replace(
        one_row, semiring=REAL, initial=np.eye(5)[order], readout=np.ones(5)
    )
    codes = np.random.default_rng(0).integers(0, 5, 1_000_000)
    names = np.array([*S5])
    run = states(network, names[codes].tolist())
    product: tuple[int, ...] = (0, 1, 2, 3, 4)
    moves = [*S5.values()]
    wanted = np.empty((len(codes) + 1, 5), dtype=np.int8)
    wanted[0] = product
    for t, code in enumerate(codes.tolist()):
        move = moves[code]
        product = tuple(move[i] for i in product)
        wanted[t + 1] = product
    assert set(np.unique(run).tolist()) == {0.0, 1.0}
    position = np.argsort(order)  # unit of the DFA ↦ state of the group
    assert np.array_equal(position[run.argmax(axis=2)], wanted)
    short = names[codes[:3000]].tolist()
    assert np.array_equal(head_states(network, short), run[:3001])


@given(dfas())
def test_values_are_one_and_zero(dfa: DFA) -> None:
    rnn = translate(dfa, DeltaProduct).rnn
    for word in all_words(AB, 4):
        assert evaluate(rnn, word) == int(accepts(dfa, word))
