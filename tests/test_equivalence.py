"""Comparison against all short words; shortest means shortest."""

from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from automata_rnn import (
    BOOLEAN,
    INTEGER,
    LOG,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    accepts,
    evaluate,
    integers_mod,
)
from automata_rnn.automata import (
    WFA,
    compare,
    compare_languages,
    counterexample,
    difference,
    minimize,
    wfa_from_dfa,
    wfa_from_nfa,
    with_semiring,
)
from automata_rnn.exact import random_prime
from tests.brute import all_words
from tests.strategies import FIELDS, dfas, nfas, wfas

AB = Alphabet("ab")
every_field = pytest.mark.parametrize("semiring", FIELDS, ids=str)


def first_difference(a: Any, b: Any, longest: int) -> Any:
    for word in all_words(AB, longest):
        if evaluate(a, word) != evaluate(b, word):
            return word
    return None


@every_field
@settings(max_examples=30)
@given(data=st.data())
def test_fields_decide_with_the_first_shortest_word(
    semiring: Semiring, data: st.DataObject
) -> None:
    """Two automata of sizes n and m that differ do so below length n + m."""
    a, b = (
        data.draw(wfas(semiring, max_states=2, alphabet=AB)),
        data.draw(wfas(semiring, max_states=2, alphabet=AB)),
    )
    verdict = compare(a, b)
    expected = first_difference(a, b, a.num_states + b.num_states)
    assert verdict.counterexample == expected
    assert verdict.proved is (expected is None)
    assert counterexample(a, b) == expected


@every_field
@settings(max_examples=20)
@given(data=st.data())
def test_minimal_automata_are_proved_equal(
    semiring: Semiring, data: st.DataObject
) -> None:
    wfa = data.draw(wfas(semiring))
    assert compare(wfa, minimize(wfa).wfa).equal


@settings(max_examples=30)
@given(wfas(RATIONAL, min_states=1, alphabet=AB), st.data())
def test_one_changed_weight_is_found(wfa: WFA, data: st.DataObject) -> None:
    final = wfa.final.copy()
    final[data.draw(st.integers(0, len(final) - 1))] += 1
    other = WFA(RATIONAL, AB, wfa.initial, wfa.weights, final)
    found = counterexample(wfa, other)
    assert found == first_difference(wfa, other, wfa.num_states)


@given(data=st.data())
def test_unlucky_primes_give_the_same_word(data: st.DataObject) -> None:
    """Primes that divide the difference hide it: the answer must not change."""
    a, b = (data.draw(wfas(INTEGER, max_states=2, alphabet=AB)) for _ in range(2))
    expected = compare(a, b)
    unlucky = iter(data.draw(st.lists(st.sampled_from([2, 3, 5, 7]), max_size=8)))
    with pytest.MonkeyPatch.context() as patch:
        for module in (
            difference,
            __import__("automata_rnn.exact.rational").exact.rational,
        ):
            patch.setattr(module, "random_prime", lambda: next(unlucky, random_prime()))
        assert compare(a, b) == expected


def test_a_difference_that_a_prime_hides_is_found() -> None:
    """f(a) differs by a multiple of the first prime, f(aa) by one."""
    prime = random_prime()
    a = WFA(
        INTEGER, Alphabet("a"), [1, 0, 0], [np.eye(3, k=1, dtype=int)], [0, prime, 1]
    )
    zero = WFA(INTEGER, Alphabet("a"), [0], [[[0]]], [0])
    first = iter([prime])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(difference, "random_prime", lambda: next(first, random_prime()))
        assert counterexample(a, zero) == ("a",)


def test_numbers_of_all_kinds_compare() -> None:
    """1/2 as a float and as a fraction; 1/10 as a float is not the fraction."""
    half = [
        WFA(s, AB, [v], [[[1]]] * 2, [1]) for s, v in ((REAL, 0.5), (RATIONAL, "1/2"))
    ]
    assert compare(*half).equal
    tenth = [
        WFA(s, AB, [v], [[[1]]] * 2, [1]) for s, v in ((REAL, 0.1), (RATIONAL, "1/10"))
    ]
    assert counterexample(*tenth) == ()
    one = WFA(INTEGER, AB, [1], [[[1]]] * 2, [1])
    assert compare(one, with_semiring(one, REAL)).equal


def test_fifty_states_with_eight_bit_weights() -> None:
    rng = np.random.default_rng(5)
    quotients = np.vectorize(lambda p, q: RATIONAL.scalar(f"{p}/{q}"), otypes=[object])

    def draw(*shape: int) -> Any:
        return quotients(rng.integers(-128, 128, shape), rng.integers(1, 256, shape))

    core = WFA(RATIONAL, Alphabet("abcd"), draw(25), draw(4, 25, 25), draw(25))
    weights = RATIONAL.zeros((4, 50, 50), core.weights)
    weights[:, :25, :25], weights[:, 25:, 25:] = core.weights, core.weights
    weights[:, :25, 25:] = draw(4, 25, 25)
    initial = np.concatenate([core.initial, core.initial * 0])
    final = np.concatenate([core.final, core.final * 0])
    wfa = WFA(RATIONAL, core.alphabet, initial, weights, final)
    small = minimize(wfa)
    assert small.wfa.num_states == 25
    assert compare(small.wfa, wfa).equal
    final[3] += 1
    other = WFA(RATIONAL, core.alphabet, initial, weights, final)
    assert counterexample(other, wfa) == ()


# Acceptors --------------------------------------------------------------------------


@given(dfas(), dfas())
def test_dfas_compare_as_automata_lib_says(a: DFA, b: DFA) -> None:
    verdict = compare(a, b)
    assert verdict.equal is (a == b)
    if verdict.counterexample is not None:
        longest = min(len(verdict.counterexample), 8)
        expected = next(
            (w for w in all_words(AB, longest) if evaluate(a, w) != evaluate(b, w)),
            None,
        )
        assert expected in (None, verdict.counterexample)
        word = "".join(verdict.counterexample)
        assert a.accepts_input(word) != b.accepts_input(word)


@settings(max_examples=40)
@given(nfas(acyclic=False), dfas())
def test_acceptors_of_all_kinds_compare(nfa: NFA, dfa: DFA) -> None:
    assert compare(nfa, DFA.from_nfa(nfa)).equal
    assert compare(wfa_from_nfa(nfa), DFA.from_nfa(nfa)).equal
    assert compare(nfa, dfa).equal is (DFA.from_nfa(nfa) == dfa)
    assert compare(wfa_from_dfa(dfa), nfa).equal is (DFA.from_nfa(nfa) == dfa)


def test_symbols_may_come_in_another_order() -> None:
    a = WFA(INTEGER, Alphabet("ab"), [1], [[[2]], [[3]]], [1])
    b = WFA(INTEGER, Alphabet("ba"), [1], [[[3]], [[2]]], [1])
    assert compare(a, b).equal
    assert counterexample(a, WFA(INTEGER, Alphabet("ba"), [1], a.weights, [1])) == (
        "a",
    )


def test_different_alphabets_are_refused() -> None:
    a = WFA(INTEGER, Alphabet("ab"), [1], [[[2]]] * 2, [1])
    b = WFA(INTEGER, Alphabet("abc"), [1], [[[2]]] * 3, [1])
    with pytest.raises(ValueError, match=r"alphabet: .*only one of them reads {'c'}"):
        compare(a, b)


def test_different_semirings_are_refused() -> None:
    a = WFA(MAX_PLUS, AB, [0.0], np.zeros((2, 1, 1)), [0.0])
    b = WFA(MIN_PLUS, AB, [0.0], np.zeros((2, 1, 1)), [0.0])
    with pytest.raises(ValueError, match="got max-plus and min-plus"):
        compare(a, b)


# Where pairs of states decide ---------------------------------------------------------


@pytest.mark.parametrize("semiring", [BOOLEAN, integers_mod(4)], ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_finite_semirings_decide(semiring: Semiring, data: st.DataObject) -> None:
    a, b = (data.draw(wfas(semiring, max_states=2, alphabet=AB)) for _ in range(2))
    verdict = compare(a, b)
    assert verdict.counterexample == first_difference(a, b, 5) or (
        verdict.counterexample is not None and len(verdict.counterexample) > 5
    )
    assert verdict.proved is (verdict.counterexample is None)


@pytest.mark.parametrize("semiring", [MAX_PLUS, MIN_PLUS], ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_tropical_words_are_compared_up_to_the_bound(
    semiring: Semiring, data: st.DataObject
) -> None:
    a, b = (data.draw(wfas(semiring, max_states=2, alphabet=AB)) for _ in range(2))
    verdict = compare(a, b, max_length=4)
    assert verdict.counterexample == first_difference(a, b, 4)
    if verdict.counterexample is None and not verdict.proved:
        assert verdict.checked_length == 4
        assert "up to length 4" in verdict.reason
        assert counterexample(a, b, max_length=4) is None


def test_a_tropical_search_may_close() -> None:
    """Weights grow for ever, but the difference of states does not."""
    up = WFA(MAX_PLUS, AB, [0.0], np.ones((2, 1, 1)), [0.0])
    two = WFA(MAX_PLUS, AB, [0.0, -np.inf], np.ones((2, 2, 2)), [0.0, 0.0])
    verdict = compare(up, two)
    assert verdict.equal
    assert "reachable pairs" in verdict.reason


def drifting() -> tuple[WFA, WFA]:
    """Equal functions max(3·#a, 5·#b) whose pairs of states never repeat."""
    weights = np.full((2, 2, 2), -np.inf)
    weights[0] = [[3, -np.inf], [-np.inf, 0]]
    weights[1] = [[0, -np.inf], [-np.inf, 5]]
    a = WFA(MAX_PLUS, AB, [0.0, 0.0], weights, [0.0, 0.0])
    b = WFA(MAX_PLUS, AB, [0.0, 0.0], weights[:, ::-1, ::-1], [0.0, 0.0])
    return a, b


def test_an_open_search_is_no_proof() -> None:
    a, b = drifting()
    verdict = compare(a, b, max_pairs=500)
    assert verdict.counterexample is None
    assert not verdict.proved
    assert verdict.checked_length is not None
    assert verdict.checked_length > 5
    with pytest.raises(ValueError, match="max_length: wanted a bound"):
        counterexample(a, b, max_pairs=500)
    assert counterexample(a, b, max_length=4) is None


def test_rounded_arithmetic_proves_nothing() -> None:
    log = WFA(LOG, AB, [0.0], np.full((2, 1, 1), -0.5), [0.0])
    verdict = compare(log, log, max_length=3)
    assert verdict.counterexample is None
    assert not verdict.proved


# Languages ----------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    wfas(INTEGER, max_states=2, alphabet=AB), wfas(INTEGER, max_states=2, alphabet=AB)
)
def test_languages_compare_by_acceptance(a: WFA, b: WFA) -> None:
    verdict = compare_languages(a, b, max_length=5, max_pairs=2000)
    expected = next(
        (w for w in all_words(AB, 5) if accepts(a, w) != accepts(b, w)), None
    )
    assert verdict.counterexample == expected


@given(dfas())
def test_scores_of_a_dfa_have_its_language(dfa: DFA) -> None:
    """Weights 3 and scores ±2 instead of 1 and 1, 0: the language stays."""
    plain = wfa_from_dfa(dfa)
    score = WFA(RATIONAL, AB, plain.initial, plain.weights * 3, plain.final * 4 - 2)
    assert compare_languages(dfa, score).equal
    assert compare_languages(score, ~dfa.to_complete()).counterexample == ()
    shifted = WFA(RATIONAL, AB, plain.initial, plain.weights, plain.final + 1)
    assert compare_languages(shifted, dfa, threshold=1).equal
    assume(dfa.to_complete() != DFA.universal_language(set("ab")))
    assert not compare_languages(shifted, dfa, threshold=0).equal
