"""Learning over fields: proofs, the bounds on queries, and oracles of every kind."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import galois
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import (
    INTEGER,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    evaluate,
    galois_field,
    integers_mod,
)
from automata_rnn.automata import WFA, Verdict, compare, dfa_from_regex, minimize
from automata_rnn.rnns import LinearRNN
from tests.brute import all_words
from tests.hidden import AB, hankel_rank, random_core
from tests.strategies import FIELDS, wfas
from translations.extraction.hankel import hankel, query_bound
from translations.extraction.result import Extraction

GF7 = integers_mod(7)


def random_wfa(semiring: Semiring, size: int, seed: int) -> WFA:
    rng = np.random.default_rng(seed)
    if semiring is RATIONAL:
        return random_core(rng, size)
    order = int(semiring.field)  # type: ignore[arg-type]
    shapes = (size,), (2, size, size), (size,)
    return WFA(semiring, AB, *(rng.integers(0, order, shape) for shape in shapes))


def longest_counterexample(found: Extraction) -> int:
    words = [h.counterexample for h in found.hypotheses]
    return max([0, *(len(word) for word in words if word is not None)])


def check_costs(found: Extraction, rank: int, num_symbols: int) -> None:
    """The bounds of the docstring."""
    refuted = len(found.hypotheses) - 1
    equivalences = int(found.notes[0].split()[0])
    assert refuted <= rank
    assert equivalences <= rank + 1
    longest = longest_counterexample(found)
    assert found.queries <= query_bound(rank, num_symbols, longest)


@pytest.mark.parametrize("semiring", [GF7, RATIONAL], ids=str)
@pytest.mark.parametrize("size", range(1, 11))
@pytest.mark.parametrize("seed", range(4))
def test_random_automata_are_recovered(
    semiring: Semiring, size: int, seed: int
) -> None:
    """Up to 10 states: the rank by sympy over ℚ, by galois over GF(7)."""
    wfa = random_wfa(semiring, size, seed)
    found = hankel(wfa)
    rank = hankel_rank(wfa) if semiring is RATIONAL else galois_rank(wfa)
    assert found.num_states == rank
    assert found.guarantee.kind == "proof"
    assert compare(found.automaton, wfa).equal
    check_costs(found, rank, 2)
    for word in all_words(AB, 4):
        assert evaluate(found.automaton, word) == evaluate(wfa, word)


def galois_rank(wfa: WFA) -> int:
    """Rank of the Hankel block of reachable rows and columns, by galois."""
    field = galois.GF(7)
    rows, columns = (
        galois_span(field, vector, field(weights % 7))
        for vector, weights in (
            (wfa.initial, wfa.weights),
            (wfa.final, wfa.weights.transpose(0, 2, 1)),
        )
    )
    return int(np.linalg.matrix_rank(rows @ columns.T))


def galois_span(field: Any, row: Any, matrices: Any) -> Any:
    kept: list[Any] = []
    pending = [field(row)]
    for candidate in pending:  # grows while it is read
        larger = field(np.array([*kept, candidate]))
        if np.linalg.matrix_rank(larger) == len(larger):
            kept.append(candidate)
            pending += [candidate @ matrix for matrix in matrices]
    return field(np.array(kept)) if kept else field.Zeros((1, len(row)))


@pytest.mark.parametrize("semiring", FIELDS, ids=str)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_field(semiring: Semiring, data: st.DataObject) -> None:
    """Also GF(8), GF(9) and a 61-bit prime; ℤ is learned over ℚ."""
    wfa = data.draw(wfas(semiring))
    found = hankel(wfa)
    assert found.num_states == minimize(wfa).wfa.num_states
    assert found.guarantee.kind == "proof"
    check_costs(found, found.num_states, len(wfa.alphabet))
    for word in all_words(found.automaton.alphabet, 3):
        assert evaluate(found.automaton, word) == evaluate(wfa, word)


def padded_oracle(wfa: WFA, rng: np.random.Generator) -> Any:
    """Counterexamples of up to 80 symbols, found at random, then the exact oracle."""

    def oracle(guess: WFA) -> Verdict:
        for _ in range(20):
            codes = rng.integers(0, 2, rng.integers(40, 81)).tolist()
            word = AB.decode(codes)
            if evaluate(guess, word) != evaluate(wfa, word):
                return Verdict(word, False, None, "at random")
        return compare(wfa, guess)

    return oracle


@pytest.mark.parametrize("seed", range(10))
def test_long_counterexamples_are_searched_by_halves(seed: int) -> None:
    """Not one question for each symbol: the bound has the logarithm of the length."""
    wfa = random_wfa(GF7, 6, seed)
    oracle = padded_oracle(wfa, np.random.default_rng(seed))
    found = hankel(wfa, equivalence=oracle)
    assert found.guarantee.kind == "proof"
    assert longest_counterexample(found) >= 40
    rank = minimize(wfa).wfa.num_states
    check_costs(found, rank, 2)
    assert int(found.notes[0].split()[0]) < len(found.hypotheses)  # used more than once


def test_where_a_counterexample_fails_is_found_by_halves() -> None:
    """Seventy a's that change nothing come first: asking after each would cost 70."""
    rng = np.random.default_rng(3)
    weights = np.stack([np.eye(5, dtype=int), rng.integers(0, 7, (5, 5))])
    wfa = WFA(GF7, AB, rng.integers(0, 7, 5), weights, rng.integers(0, 7, 5))

    def oracle(guess: WFA) -> Verdict:
        verdict = compare(wfa, guess)
        word = verdict.counterexample
        return (
            verdict
            if word is None
            else replace(verdict, counterexample=(*"a" * 70, *word))
        )

    found = hankel(wfa, equivalence=oracle)
    assert found.guarantee.kind == "proof"
    assert found.num_states == 5
    assert longest_counterexample(found) > 70
    assert found.queries < 70 * 2


def test_a_function_of_words_and_an_oracle() -> None:
    """a's minus b's, from a callable; the oracle is a search of short words."""

    def value(word: Any) -> int:
        return word.count("a") - word.count("b")

    def oracle(guess: WFA) -> Any:
        words: Iterator[Any] = all_words(AB, 5)
        return next((w for w in words if evaluate(guess, w) != value(w)), None)

    found = hankel(value, AB, INTEGER, equivalence=oracle)
    assert found.num_states == 2
    assert found.automaton.semiring is RATIONAL
    assert evaluate(found.automaton, "a" * 50 + "b") == 49
    assert found.guarantee.kind == "none"  # a bare None proves nothing
    assert "no counterexample" in found.guarantee.reason


def test_a_verdict_with_a_length_is_a_guarantee_of_that_length() -> None:
    found = hankel(
        lambda word: 1, AB, GF7, equivalence=lambda guess: Verdict(None, False, 5, "")
    )
    assert (found.guarantee.kind, found.guarantee.length) == ("length", 5)


def test_the_zero_function_costs_one_value_and_one_equivalence_query() -> None:
    zero = WFA(GF7, AB, [1, 0], np.ones((2, 2, 2), int), [0, 0])
    found = hankel(zero)
    assert (found.num_states, found.queries) == (0, 1)
    assert found.guarantee.kind == "proof"
    check_costs(found, 0, 2)


def test_acceptors_and_networks_are_asked_for_values() -> None:
    assert hankel(dfa_from_regex("(ab|c)*")).num_states == 2
    floats = LinearRNN(REAL, AB, [0.5], [[[0.25]], [[3.0]]], [1.0])
    found = hankel(floats)
    assert evaluate(found.automaton, "ab") * 8 == 3
    with_bos = WFA(GF7, Alphabet("ab", "<s>"), [1], [[[2]], [[3]], [[4]]], [1])
    found = hankel(with_bos)
    assert found.automaton.alphabet.bos is None
    assert evaluate(found.automaton, "ab") == 4 * 2 * 3 % 7


# What goes wrong ----------------------------------------------------------------------


def square(word: Any) -> int:
    """2^(n²): of infinite rank."""
    return int(2 ** (len(word) ** 2))


def square_oracle(guess: WFA) -> Any:
    words = (("a",) * n for n in range(200))
    return next((w for w in words if evaluate(guess, w) != square(w)), None)


@pytest.mark.parametrize(
    ("budget", "named"),
    [
        ({"max_states": 6}, "max_states: the function has rank above 6"),
        ({"max_queries": 11}, "max_queries: stopped after 11 queries"),
        ({"seconds": 1e-9}, "seconds: stopped after 1e-09 s"),
    ],
    ids=str,
)
def test_a_function_of_infinite_rank_ends_with_the_budget(
    budget: dict[str, Any], named: str
) -> None:
    found = hankel(square, Alphabet("a"), INTEGER, equivalence=square_oracle, **budget)
    assert found.guarantee.kind == "none"
    assert found.guarantee.reason == named
    if "max_states" in budget:
        assert found.num_states == 6
        word = found.disagreement
        assert word is not None
        assert evaluate(found.automaton, word) != square(word)
        shorter = range(len(word))
        assert all(
            evaluate(found.automaton, "a" * n) == square("a" * n) for n in shorter
        )
        for refuted in found.hypotheses:
            wrong = refuted.counterexample
            assert wrong is not None
            assert evaluate(refuted.automaton, wrong) != square(wrong)
        sizes = [h.num_states for h in found.hypotheses]
        assert sizes == sorted(sizes)
    if "max_queries" in budget:
        assert found.queries == 11


def test_the_disagreement_shown_is_the_shortest_known() -> None:
    """The oracle's word has 30 letters; shorter ones were asked on the way."""
    asked: list[Any] = []

    def value(word: Any) -> int:
        asked.append(word)
        return square(word)

    found = hankel(
        value,
        Alphabet("a"),
        INTEGER,
        equivalence=lambda guess: "a" * 30,
        max_states=3,
    )
    wrong = [w for w in asked if evaluate(found.automaton, w) != square(w)]
    assert found.disagreement is not None
    assert len({len(w) for w in wrong}) > 1
    assert len(found.disagreement) == min(map(len, wrong))


def test_an_interrupt_returns_the_hypothesis_so_far() -> None:
    def value(word: Any) -> int:
        if len(word) > 6:
            raise KeyboardInterrupt
        return square(word)

    found = hankel(value, Alphabet("a"), INTEGER, equivalence=square_oracle)
    assert found.guarantee.reason == "interrupted from the keyboard"
    assert found.num_states == 3


def test_an_oracle_that_is_wrong_is_named() -> None:
    wfa = random_wfa(GF7, 3, 0)
    with pytest.raises(ValueError, match="equivalence: wanted a word on which"):
        hankel(wfa, equivalence=lambda guess: "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((lambda w: 1,), "target: wanted alphabet, semiring and equivalence"),
        ((random_wfa(GF7, 2, 0), AB), "target: wanted a callable beside"),
        ((lambda w: 9, AB, GF7), r"target\(\(\)\): wanted elements of the integers"),
        ((lambda w: 0.5, AB, REAL), "semiring: wanted a field"),
    ],
)
def test_bad_input_is_named(arguments: tuple[Any, ...], message: str) -> None:
    oracle = (lambda guess: None) if len(arguments) == 3 else None
    with pytest.raises(ValueError, match=message):
        hankel(*arguments, equivalence=oracle)


@pytest.mark.parametrize("name", ["max_states", "max_queries", "seconds"])
def test_budgets_are_positive(name: str) -> None:
    budget: dict[str, Any] = {name: 0}
    with pytest.raises(ValueError, match=f"{name}: wanted a positive limit"):
        hankel(random_wfa(galois_field(8), 2, 0), **budget)
