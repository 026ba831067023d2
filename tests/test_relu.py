"""ReLU and MLP networks: shapes, heads, sparse weights; DFAs in and out of them."""

from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import BOOLEAN, INTEGER, RATIONAL, REAL, Alphabet, Semiring, trace
from automata_rnn.automata import TooManyStates, dfa_from_regex, table_from_dfa
from automata_rnn.rnns import MLPRNN, ReLURNN, SparseMatrix, final_state
from automata_rnn.rnns.relu_run import over_rationals
from tests.strategies import dfas, relu_rnns, words
from translations import translate

AB = Alphabet("ab")


def plain_step(network: Any, state: Any, code: int) -> Any:
    """h ↦ ReLU(… ReLU(h W₁ + v_σ) … W_L + b_L) by full matrices."""
    ring = network.semiring
    for depth, (matrix, bias) in enumerate(network.layers):
        row = bias[code] if depth == 0 else bias
        total = ring.plus(ring.vecmat(state, matrix.dense(ring)), row)
        state = ring.array([max(x, ring.zero) for x in total])
    return state


@given(st.sampled_from([RATIONAL, INTEGER]).flatmap(relu_rnns), st.data())
def test_steps_are_the_formula(network: Any, data: st.DataObject) -> None:
    word = data.draw(words(network.alphabet, 5))
    alphabet = network.alphabet
    state = network.initial
    if alphabet.bos is not None:
        state = plain_step(network, state, len(alphabet))
    for symbol, found in zip([None, *word], trace(network, word), strict=True):
        if symbol in alphabet.symbols and symbol is not None:
            state = plain_step(network, state, alphabet.code(symbol))
        elif symbol is None and len(word) and state is not found:
            assert np.array_equal(state, found) or None in alphabet
        if None in alphabet:
            return
        assert np.array_equal(state, found)
        if network.head is None:
            expected = network.semiring.dot(found, network.readout)
        else:
            ring = network.semiring
            inner = ring.vecmat(found, network.head.dense(ring)) + network.head_bias
            relu = ring.array([max(x, ring.zero) for x in inner])
            expected = ring.dot(relu, network.readout)
        assert network.output(found) == expected


@given(st.sampled_from([RATIONAL, INTEGER]).flatmap(relu_rnns), st.data())
@settings(max_examples=100)
def test_any_network_runs_as_by_steps(network: Any, data: st.DataObject) -> None:
    """Not only compiled ones: weights of any sign, growing and mixing numbers."""
    word = data.draw(words(network.alphabet, 12))
    *_, expected = trace(network, word)
    assert np.array_equal(final_state(network, word), expected)


def test_layers_without_active_units_keep_their_width() -> None:
    """A pre-activation of no unit is its bias, whatever the state's numbers are."""
    weights = ([[-1], [0]], [[1, 1]])
    network = MLPRNN(RATIONAL, AB, ["1/2", 0], weights, [[0], [0]], ([3, 0],), [1, 0])
    for word in ("", "a", "ab"):
        *_, expected = trace(network, word)
        assert np.array_equal(final_state(network, word), expected)


@given(relu_rnns(REAL), st.data())
def test_float_networks_run_by_their_steps(network: Any, data: st.DataObject) -> None:
    word = data.draw(words(network.alphabet, 6))
    *_, expected = trace(network, word)
    assert np.array_equal(final_state(network, word), expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"semiring": BOOLEAN}, "ReLURNN.semiring: wanted REAL, RATIONAL or INTEGER"),
        ({"initial": [[1]]}, r"ReLURNN.initial: wanted shape \(n,\), got \(1, 1\)"),
        ({"recurrent": [[1, 2]]}, r"ReLURNN.recurrent: wanted shape \(1, 1\)"),
        ({"recurrent": [1]}, "ReLURNN.recurrent: wanted a matrix"),
        (
            {"recurrent": [["1/2"]]},
            "ReLURNN.recurrent.values: wanted elements of the i",
        ),
        ({"bias": [[1]]}, r"ReLURNN.bias: wanted shape \(2, 1\)"),
        ({"readout": [1, 1]}, r"ReLURNN.readout: wanted shape \(1,\)"),
        ({"head_bias": [1]}, "ReLURNN.head_bias: wanted None without a head"),
        ({"head": [[1], [1]]}, r"ReLURNN.head: wanted shape \(1, 1\)"),
        ({"head": [[1]], "head_bias": [1, 2]}, r"ReLURNN.head_bias: wanted shape"),
    ],
)
def test_wrong_networks_are_refused(changes: dict[str, Any], message: str) -> None:
    fields = {"semiring": INTEGER, "alphabet": AB, "initial": [1], "recurrent": [[1]]}
    fields |= {"bias": [[0], [1]], "readout": [1], **changes}
    with pytest.raises(ValueError, match=message):
        ReLURNN(**fields)


@pytest.mark.parametrize(
    ("weights", "biases", "message"),
    [
        ((), (), "wanted L matrices for L - 1 biases, L > 0, got 0 for 0"),
        (([[1]],), ([1],), "got 1 for 1"),
        (([[1, 1]], [[1]]), ([1],), r"weights\[1\]: wanted shape \(2, 1\)"),
        (([[1, 1]],), (), "wanted 1 last units, got 2"),
        (([[1]], [[1]]), ([1, 1],), r"biases\[0\]: wanted shape \(1,\)"),
    ],
)
def test_wrong_layers_are_refused(weights: Any, biases: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPRNN(INTEGER, AB, [1], weights, [[0], [1]], biases, [1])


def test_sparse_matrices_are_in_order() -> None:
    one, two = np.array([0, 0]), np.array([1, 0])
    with pytest.raises(ValueError, match="entries in order, none twice"):
        SparseMatrix((1, 2), one, two, np.array([1, 1]))
    with pytest.raises(ValueError, match="none twice"):
        SparseMatrix((1, 2), one, one, np.array([1, 1]))
    with pytest.raises(ValueError, match=r"entries within \(1, 1\)"):
        SparseMatrix((1, 1), one, two[::-1], np.array([1, 1]))
    with pytest.raises(ValueError, match="of one length"):
        SparseMatrix((1, 2), one, two[::-1], np.array([1]))


@given(relu_rnns(REAL))
def test_floats_are_the_rationals_that_they_are(network: Any) -> None:
    exact = over_rationals(network)
    for (matrix, bias), (other, shift) in zip(
        network.layers, exact.layers, strict=True
    ):
        assert np.all(RATIONAL.array(matrix.values) == other.values)
        assert np.all(RATIONAL.array(bias) == shift)


# DFAs ---------------------------------------------------------------------------------


@given(dfas(), st.sampled_from([REAL, INTEGER, RATIONAL]))
def test_dfas_survive_both_encodings(dfa: DFA, semiring: Semiring) -> None:
    table = table_from_dfa(dfa)
    pairs = {
        (code, target)
        for code, row in enumerate(table.successors.tolist())
        for target in row
    }
    minimal = dfa.to_complete().minify()
    for encoding in ("one-hot", "integer"):
        network: Any = translate(dfa, ReLURNN, encoding=encoding, semiring=semiring).rnn
        bends = sum(int(np.count_nonzero(np.diff(r, 2))) for r in table.successors)
        first = sum(int(len(r) > 1 and r[0] != r[1]) for r in table.successors)
        sizes = {"one-hot": len(pairs) + 1, "integer": 1 + 2 + bends + first}
        assert network.hidden_size == sizes[encoding]
        assert translate(network, DFA).automaton == minimal


def test_counting_modulo_a_large_number_takes_four_units() -> None:
    dfa = dfa_from_regex("(a{50})*")
    network: Any = translate(dfa, ReLURNN, encoding="integer").rnn
    assert len(dfa.states) == 50
    assert network.hidden_size == 4
    assert translate(network, DFA).automaton == dfa
    with pytest.raises(ValueError, match="wanted 'one-hot' or 'integer', got 'binary'"):
        translate(dfa, ReLURNN, encoding="binary")


def test_infinitely_many_hidden_states_are_refused() -> None:
    counting = ReLURNN(INTEGER, AB, [0], [[1]], [[1], [-1]], [1])
    with pytest.raises(TooManyStates, match="more than 100 distinct states"):
        translate(counting, DFA, max_states=100)
    with pytest.raises(TooManyStates, match=r"the word 'a{40}…' leads") as caught:
        translate(counting, DFA, max_states=100)
    assert len(str(caught.value)) < 300
    assert len(caught.value.example) == 100
