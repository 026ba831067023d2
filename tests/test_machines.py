"""Alphabets, transition systems, WFAs and networks against their formulas."""

from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import (
    BOOLEAN,
    COMPLEX,
    INTEGER,
    LOG,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    accepts,
    evaluate,
    integers_mod,
    trace,
)
from automata_rnn.automata import (
    WFA,
    absorb_bos,
    is_deterministic,
    nondeterminism,
    table_from_dfa,
    with_semiring,
)
from automata_rnn.parallel import states
from automata_rnn.rnns import PDRNN, DiagonalRNN, LinearRNN
from automata_rnn.system import as_system
from tests.brute import all_words, value_by_paths
from tests.strategies import (
    SEMIRINGS,
    deterministic_wfas,
    dfas,
    diagonal_rnns,
    linear_rnns,
    pd_rnns,
    wfas,
    words,
)
from translations.contract import agree

every_semiring = pytest.mark.parametrize("semiring", SEMIRINGS, ids=str)
AB = Alphabet("ab")


def bound(semiring: Semiring) -> float:
    rounds = semiring in (REAL, COMPLEX, LOG)
    return 1e-11 if rounds else 0.0


# Alphabet -----------------------------------------------------------------------


def test_codes_follow_the_order_of_symbols() -> None:
    sigma = Alphabet(("b", "a", 3), bos=None)
    assert sigma.encode(("a", 3, "b")).tolist() == [1, 2, 0]
    assert sigma.decode([1, 2, 0]) == ("a", 3, "b")
    assert [*sigma] == ["b", "a", 3]
    assert ("a" in sigma, "z" in sigma, len(sigma)) == (True, False, 3)


def test_bos_has_the_last_code_and_is_no_letter() -> None:
    sigma = Alphabet("ab", bos="<s>")
    assert (sigma.code("<s>"), sigma.num_codes, len(sigma)) == (2, 3, 2)
    assert "<s>" not in sigma


@pytest.mark.parametrize("symbols", ["aa", (1, True), (0, False, "x")])
def test_repeated_symbols_are_refused(symbols: Any) -> None:
    with pytest.raises(ValueError, match=r"Alphabet.symbols: wanted distinct"):
        Alphabet(symbols)


def test_bos_among_the_letters_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Alphabet.bos: wanted a symbol outside"):
        Alphabet("ab", bos="a")


def test_foreign_symbols_are_named_with_their_position() -> None:
    with pytest.raises(ValueError, match="got 'z' at position 2"):
        AB.encode("abz")
    with pytest.raises(ValueError, match="symbol: wanted one of"):
        AB.code("z")
    with pytest.raises(ValueError, match=r"got \[1\] at position 0"):
        AB.encode([[1]])  # type: ignore[list-item]


# Transition systems -----------------------------------------------------------------


@given(dfas())
def test_a_dfa_runs_as_a_system(dfa: DFA) -> None:
    for word in all_words(AB, 5):
        assert evaluate(dfa, word) == dfa.accepts_input("".join(map(str, word)))
        assert accepts(dfa, word) == evaluate(dfa, word)


def test_what_is_no_machine_is_refused() -> None:
    with pytest.raises(TypeError, match=r"machine: wanted .*automata.fa.dfa.DFA"):
        evaluate(object(), "ab")


def test_bos_is_read_before_every_word() -> None:
    wfa = WFA(INTEGER, Alphabet("a", bos="^"), [1], [[[2]], [[5]]], [1])
    assert [evaluate(wfa, "a" * n) for n in range(3)] == [5, 10, 20]
    assert [int(s[0]) for s in trace(wfa, "aa")] == [5, 10, 20]
    assert states(wfa, "aa").tolist() == [[5], [10], [20]]


@pytest.mark.parametrize(
    ("semiring", "value", "threshold", "accepted"),
    [
        (REAL, 0.0, 0, False),
        (REAL, 1e-300, 0, True),
        (REAL, 0.5, 0.5, False),
        (RATIONAL, "1/2", "1/3", True),
        (BOOLEAN, True, 0, True),
        (BOOLEAN, False, 0, False),
        (MAX_PLUS, -1.0, -np.inf, True),
        (MAX_PLUS, -np.inf, -np.inf, False),
        (integers_mod(5), 4, 0, True),
        (integers_mod(5), 0, 0, False),
        (COMPLEX, 1 + 5j, 0, True),
        (COMPLEX, -1 + 5j, 0, False),
    ],
)
def test_acceptance_is_strict(
    semiring: Semiring, value: Any, threshold: Any, accepted: bool
) -> None:
    wfa = WFA(semiring, AB, [value], np.full((2, 1, 1), semiring.one), [semiring.one])
    limit = RATIONAL.scalar(threshold) if semiring is RATIONAL else threshold
    assert accepts(wfa, "", limit) is accepted


# WFA --------------------------------------------------------------------------------


@every_semiring
@settings(max_examples=25)
@given(data=st.data())
def test_value_is_the_sum_over_paths(semiring: Semiring, data: st.DataObject) -> None:
    wfa = data.draw(wfas(semiring, max_states=3))
    word = data.draw(words(wfa.alphabet, max_size=3))
    assert agree(evaluate(wfa, word), value_by_paths(wfa, word), bound(semiring))


@every_semiring
@settings(max_examples=25)
@given(data=st.data())
def test_absorbing_bos_keeps_the_function(
    semiring: Semiring, data: st.DataObject
) -> None:
    wfa = data.draw(wfas(semiring))
    plain = absorb_bos(wfa)
    assert plain.alphabet.bos is None
    for word in all_words(plain.alphabet, 3):
        assert agree(evaluate(wfa, word), evaluate(plain, word), bound(semiring))


@given(deterministic_wfas(RATIONAL))
def test_deterministic_automata_are_recognised(wfa: WFA) -> None:
    assert is_deterministic(wfa)
    assert nondeterminism(wfa) is None


def test_nondeterminism_is_named() -> None:
    weights = np.zeros((2, 2, 2), int)
    weights[1, 0] = [1, 2]
    wfa = WFA(INTEGER, AB, [1, 0], weights, [1, 1])
    assert nondeterminism(wfa) == "symbol 'b' leads from state 0 to states [0, 1]"
    two = WFA(INTEGER, AB, [1, 1], np.zeros((2, 2, 2), int), [1, 1])
    assert nondeterminism(two) == "states [0, 1] are all initial"
    assert not is_deterministic(two)


@pytest.mark.parametrize(
    ("initial", "weights", "final", "message"),
    [
        ([[1]], [[[1]]], [1], r"WFA.initial: wanted shape \(n,\)"),
        ([1], [[[1]]], [1], r"WFA.weights: wanted shape \(2, 1, 1\)"),
        ([1], [[[1]], [[1]]], [1, 2], r"WFA.final: wanted shape \(1,\)"),
        ([0.5], [[[1]], [[1]]], [1], r"WFA.initial: wanted elements of the integer"),
        ([1], [[["x"]], [[1]]], [1], r"WFA.weights: wanted elements of the integer"),
    ],
)
def test_malformed_automata_are_refused(
    initial: Any, weights: Any, final: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        WFA(INTEGER, AB, initial, weights, final)


def test_changing_the_source_arrays_changes_nothing() -> None:
    initial = np.array([1.0])
    wfa = WFA(REAL, AB, initial, np.ones((2, 1, 1)), [1.0])
    initial[0] = 7
    assert evaluate(wfa, "ab") == 1.0


@given(data=st.data())
def test_reading_weights_in_another_semiring(data: st.DataObject) -> None:
    wfa = data.draw(wfas(INTEGER, max_states=3))
    word = data.draw(words(wfa.alphabet, max_size=4))
    value = evaluate(wfa, word)
    assert evaluate(with_semiring(wfa, RATIONAL), word) == value
    assert evaluate(with_semiring(wfa, REAL), word) == value


def test_units_are_translated_to_units() -> None:
    wfa = WFA(BOOLEAN, AB, [1], [[[1]], [[0]]], [1])
    tropical = with_semiring(wfa, MAX_PLUS)
    assert (evaluate(tropical, "aa"), evaluate(tropical, "ab")) == (0.0, -np.inf)


# Networks ---------------------------------------------------------------------------


@every_semiring
@settings(max_examples=20)
@given(data=st.data())
def test_linear_step_is_the_formula(semiring: Semiring, data: st.DataObject) -> None:
    rnn = data.draw(linear_rnns(semiring))
    symbol = data.draw(st.sampled_from(rnn.alphabet.symbols))
    code = rnn.alphabet.code(symbol)
    n = rnn.initial.shape[-1]
    rows = rnn.initial.reshape(-1, n)
    expected = semiring.matmul(rows, rnn.recurrent[code])
    if rnn.bias is not None:
        expected = semiring.plus(expected, rnn.bias[code].reshape(-1, n))
    found = rnn.step(rnn.initial, symbol)
    assert found.shape == rnn.initial.shape
    assert agree(found.reshape(-1, n), expected, bound(semiring))


@every_semiring
@settings(max_examples=20)
@given(data=st.data())
def test_pd_step_is_p_times_d(semiring: Semiring, data: st.DataObject) -> None:
    """h' = P D h ⊕ b in the column convention of the literature, with full matrices."""
    rnn = data.draw(pd_rnns(semiring))
    symbol = data.draw(st.sampled_from(rnn.alphabet.symbols))
    code, n = rnn.alphabet.code(symbol), rnn.hidden_size
    p = semiring.zeros((n, n), rnn.scale)
    p[rnn.index[code], range(n)] = semiring.one
    d = semiring.zeros((n, n), rnn.scale)
    d[range(n), range(n)] = rnn.scale[code]
    expected = semiring.matmul(semiring.matmul(p, d), rnn.initial[:, None])[:, 0]
    if rnn.bias is not None:
        expected = semiring.plus(expected, rnn.bias[code])
    assert agree(rnn.step(rnn.initial, symbol), expected, bound(semiring))


@every_semiring
@pytest.mark.parametrize(
    "machines", [wfas, linear_rnns, diagonal_rnns, pd_rnns], ids=lambda f: f.__name__
)
@settings(max_examples=12)
@given(data=st.data())
def test_all_states_at_once_equal_the_trace(
    semiring: Semiring, machines: Any, data: st.DataObject
) -> None:
    machine = data.draw(machines(semiring))
    word = data.draw(words(machine.alphabet, max_size=9))
    one_by_one = np.stack(list(trace(machine, word)))
    for method in ("sequential", "blelloch"):
        at_once = states(machine, word, method=method)  # type: ignore[arg-type]
        assert agree(at_once, one_by_one, bound(semiring) * 10)


@given(dfas(), st.text("ab", max_size=9))
def test_dfa_states_at_once_equal_the_trace(dfa: DFA, word: str) -> None:
    expected = list(trace(dfa, word))
    assert states(dfa, word).tolist() == expected
    assert states(table_from_dfa(dfa), word, method="sequential").tolist() == expected


def test_machines_without_a_monoid_have_no_parallel_run() -> None:
    class Counter:
        alphabet = AB
        initial = 0

        def step(self, state: int, symbol: Any) -> int:
            return state + 1

        def output(self, state: int) -> int:
            return state

    assert evaluate(Counter(), "ab") == 2
    assert as_system(Counter()).alphabet is AB
    with pytest.raises(TypeError, match="wanted one with monoid and table"):
        states(Counter(), "ab")


ZEROS = np.zeros((2, 2))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: LinearRNN(REAL, AB, [[[0.0]]], np.zeros((2, 1, 1)), [[[0.0]]]),
            r"LinearRNN.initial: wanted shape \(n,\) or \(d, n\)",
        ),
        (
            lambda: LinearRNN(REAL, AB, [0.0, 1.0], ZEROS, [0.0, 0.0]),
            r"LinearRNN.recurrent: wanted shape \(2, 2, 2\)",
        ),
        (
            lambda: LinearRNN(REAL, AB, [0.0], np.zeros((2, 1, 1)), [0.0], [[1.0]]),
            r"LinearRNN.bias: wanted shape \(2, 1\)",
        ),
        (
            lambda: DiagonalRNN(REAL, AB, [0.0], [[1.0]], [0.0]),
            r"DiagonalRNN.gates: wanted shape \(2, 1\)",
        ),
        (
            lambda: DiagonalRNN(REAL, AB, [0.0], [[1.0], [1j]], [0.0]),
            r"DiagonalRNN.gates: wanted elements of the real",
        ),
        (
            lambda: PDRNN(REAL, AB, [0.0, 0.0], [[0, 2], [0, 1]], ZEROS, [0.0, 0.0]),
            r"PDRNN.index: wanted units 0 to 1, got 0 to 2",
        ),
        (
            lambda: PDRNN(REAL, AB, [0.0, 0.0], ZEROS, ZEROS, [0.0, 0.0]),
            r"PDRNN.index: wanted integers",
        ),
        (
            lambda: PDRNN(REAL, AB, [0.0], [[0], [0]], [[1.0]], [0.0]),
            r"PDRNN.scale: wanted shape \(2, 1\)",
        ),
        (
            lambda: LinearRNN("real", AB, [0.0], np.zeros((2, 1, 1)), [0.0]),
            r"LinearRNN.semiring: wanted Semiring",
        ),
        (
            lambda: LinearRNN(REAL, "ab", [0.0], np.zeros((2, 1, 1)), [0.0]),
            r"LinearRNN.alphabet: wanted Alphabet",
        ),
    ],
)
def test_malformed_networks_are_refused(make: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        make()
