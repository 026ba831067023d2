"""Diagonal networks: the decision, and its certificates checked by other means."""

from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from automata_rnn import (
    COMPLEX,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    evaluate,
    integers_mod,
)
from automata_rnn.automata import WFA, dfa_from_regex, minimize, wfa_from_dfa
from automata_rnn.rnns import DiagonalRNN
from tests.brute import all_words
from tests.strategies import wfas
from translations import NotDiagonalizable, compare, translate

A, AB = Alphabet("a"), Alphabet("ab")


def refusal(wfa: WFA, semiring: Semiring | None = None) -> Any:
    with pytest.raises(NotDiagonalizable) as caught:
        translate(wfa, DiagonalRNN, semiring=semiring)
    return caught.value.obstruction


def single(matrix: Any) -> WFA:
    """A one-letter automaton whose initial and final vectors are generic."""
    n = len(matrix)
    return WFA(RATIONAL, A, [1, 2, 5][:n], [matrix], [1, -3, 7][:n])


@settings(max_examples=40)
@given(st.integers(1, 2), st.data())
def test_one_letter_is_decided_as_sympy_decides(n: int, data: st.DataObject) -> None:
    entries = data.draw(st.lists(st.integers(-1, 2), min_size=n * n, max_size=n * n))
    wfa = single(np.array(entries).reshape(n, n).tolist())
    minimal = minimize(wfa).wfa
    matrix = sympy.Matrix(
        minimal.num_states,
        minimal.num_states,
        [sympy.Rational(int(v.p), int(v.q)) for v in minimal.weights.ravel()],
    )
    for semiring, wanted in ((COMPLEX, False), (REAL, True)):
        possible = matrix.is_diagonalizable(reals_only=wanted)
        if possible:
            found = translate(wfa, DiagonalRNN, semiring=semiring).rnn
            assert found.semiring is semiring  # type: ignore[attr-defined]
            assert found.hidden_size == minimal.num_states  # type: ignore[attr-defined]
            for word in all_words(A, 6):
                assert np.isclose(
                    complex(evaluate(found, word)),
                    float(REAL.scalar(evaluate(wfa, word))),
                )
        else:
            assert refusal(wfa, semiring).kind in ("jordan block", "eigenvalue")


@settings(max_examples=60)
@given(wfas(RATIONAL, max_states=3, alphabet=AB))
def test_letters_that_do_not_commute_are_heard_in_some_word(wfa: WFA) -> None:
    """The certificate's matrices differ by order, and so do values of some words."""
    try:
        network = translate(wfa, DiagonalRNN).rnn
    except NotDiagonalizable as error:
        found = error.obstruction
        assume(found.kind == "commutator")
        first, second = found.matrices
        assert not np.array_equal(first @ second, second @ first)
        contexts = list(all_words(AB, 2))
        x, y = found.symbols
        assert any(
            evaluate(wfa, (*u, x, y, *v)) != evaluate(wfa, (*u, y, x, *v))
            for u, v in product(contexts, repeat=2)
        )
    else:
        if network.semiring is RATIONAL:  # type: ignore[attr-defined]
            assert compare(wfa, network).equal


def test_jordan_blocks_are_certified() -> None:
    """(A - 2)² = 0 ≠ A - 2 on the certificate's own matrix: f(aᵗ) has a term t·2ᵗ."""
    found = refusal(single([[2, 1], [0, 2]]))
    assert (found.kind, found.size, found.symbols) == ("jordan block", 2, ("a",))
    assert [int(c) for c in found.factor] == [-2, 1]
    (matrix,) = found.matrices
    shifted = matrix - 2 * np.eye(2, dtype=int)
    assert np.any(shifted)
    assert not np.any(shifted @ shifted)


@pytest.mark.parametrize(
    ("matrix", "field", "refused"),
    [
        ([[0, 1], [1, 0]], RATIONAL, ()),
        ([[0, 1], [2, 0]], REAL, (RATIONAL,)),
        ([[0, 1], [-1, 0]], COMPLEX, (RATIONAL, REAL)),
        ([[0, 1, 0], [0, 0, 1], [2, 0, 0]], COMPLEX, (RATIONAL, REAL)),
        ([[0, 1, 0], [0, 0, 1], [-1, 2, 1]], REAL, (RATIONAL,)),
    ],
)
def test_eigenvalues_decide_the_field(
    matrix: Any, field: Semiring, refused: tuple[Semiring, ...]
) -> None:
    wfa = single(matrix)
    assert translate(wfa, DiagonalRNN).rnn.semiring is field  # type: ignore[attr-defined]
    for semiring in refused:
        found = refusal(wfa, semiring)
        assert found.kind == "eigenvalue"
        roots = np.roots([float(REAL.scalar(c)) for c in found.factor[::-1]])
        inside = np.isreal(roots)
        if semiring is RATIONAL:
            inside &= roots == np.round(roots)
        assert not np.all(inside)


def commuting(rng: np.random.Generator, n: int) -> WFA:
    """V diag(a_σ) V⁻¹ with integer a_σ and a unimodular V."""
    gates = rng.integers(-3, 4, (2, n))
    mix = np.triu(rng.integers(-1, 2, (n, n)), 1) + np.eye(n, dtype=int)
    unmix = np.round(np.linalg.inv(mix)).astype(int)
    weights = np.stack([unmix @ np.diag(g) @ mix for g in gates])
    ends = rng.integers(1, 4, (2, n))
    return WFA(RATIONAL, AB, ends[0] @ mix, weights, unmix @ ends[1])


def test_commuting_automata_are_held_and_nearly_commuting_ones_refused() -> None:
    rng = np.random.default_rng(11)
    for _ in range(100):
        n = int(rng.integers(2, 5))
        wfa = commuting(rng, n)
        network = translate(wfa, DiagonalRNN).rnn
        assert network.semiring is RATIONAL  # type: ignore[attr-defined]
        assert compare(wfa, network).equal
        weights = wfa.weights.copy()
        row, column = rng.integers(0, n, 2)
        weights[0, row, column] += RATIONAL.scalar("1/1000000007")
        near = WFA(RATIONAL, AB, wfa.initial, weights, wfa.final)
        small = minimize(near).wfa.weights
        if np.array_equal(small[0] @ small[1], small[1] @ small[0]):
            continue  # the change commutes, too
        assert refusal(near).kind == "commutator"


@pytest.mark.parametrize(
    ("pattern", "alphabet", "field"),
    [
        ("(0*10*1)*0*", "01", RATIONAL),
        ("(aaa)*", "a", COMPLEX),
        ("a*", "ab", RATIONAL),
        ("(a|b)*", "ab", RATIONAL),
    ],
)
def test_commuting_languages_are_held(
    pattern: str, alphabet: str, field: Semiring
) -> None:
    dfa = dfa_from_regex(pattern, alphabet)
    network = translate(wfa_from_dfa(dfa), DiagonalRNN).rnn
    assert network.semiring is field  # type: ignore[attr-defined]
    for word in all_words(Alphabet(alphabet), 6):
        expected = dfa.accepts_input("".join(map(str, word)))
        assert np.isclose(_number(network, word), expected)


def _number(network: Any, word: Any) -> complex:
    value = evaluate(network, word)
    return (
        complex(value) if network.semiring is COMPLEX else complex(REAL.scalar(value))
    )


@pytest.mark.parametrize(
    ("pattern", "kind"), [("ab", "commutator"), ("a", "jordan block")]
)
def test_order_and_counting_to_an_end_are_refused(pattern: str, kind: str) -> None:
    assert refusal(wfa_from_dfa(dfa_from_regex(pattern))).kind == kind


@pytest.mark.parametrize("semiring", [MAX_PLUS, integers_mod(7)], ids=str)
def test_weights_must_be_numbers(semiring: Semiring) -> None:
    one = semiring.one
    with pytest.raises(ValueError, match="wanted"):
        translate(WFA(semiring, A, [one], [[[one]]], [one]), DiagonalRNN)


def test_gates_come_from_the_fields_there_are() -> None:
    wfa = single([[1, 0], [0, 2]])
    with pytest.raises(ValueError, match="semiring: wanted RATIONAL, REAL or COMPLEX"):
        translate(wfa, DiagonalRNN, semiring=MAX_PLUS)


def test_nothing_to_diagonalise() -> None:
    zero = WFA(RATIONAL, AB, [0, 1], np.ones((2, 2, 2), int), [0, 0])
    network = translate(zero, DiagonalRNN).rnn
    assert network.hidden_size == 0  # type: ignore[attr-defined]
    assert evaluate(network, "abba") == 0
    constant = WFA(RATIONAL, Alphabet(()), [3], np.zeros((0, 1, 1), int), [2])
    assert evaluate(translate(constant, DiagonalRNN).rnn, ()) == 6
