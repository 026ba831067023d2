"""Boolean circuits of acceptors: every short word, and an outside proof at T = 256."""

from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import BOOLEAN, INTEGER, LOG, RATIONAL, REAL, Alphabet, accepts
from automata_rnn.automata import WFA, dfa_from_regex, table_from_dfa
from automata_rnn.circuits import (
    NOT,
    Circuit,
    WordCircuit,
    boolean_circuit,
    boolean_depth,
    circuit_outputs,
    evaluate_words,
    positivity_circuit,
    simplify,
    unrolled_circuit,
)
from automata_rnn.formats import load_circuit, save_circuit
from automata_rnn.rnns import PDRNN, LinearRNN
from tests.brute import all_words
from tests.provers import (
    abc,
    each_prover,
    needs_abc,
    needs_yosys,
    proved_equal,
    proved_same,
    sequential_blif,
)
from tests.strategies import deterministic_wfas, dfas, linear_rnns, pd_rnns, wfas
from translations import translate

EMAIL = "a+(-a+)*@a+(-a+)+"
"""Like an e-mail address, over {a, -, @}, - for the dot: 7 states with the sink."""

DATES = "((0(1|2|3)|1(0|1|2))/(0|1|2|3)(0|1|2|3);)+"
"""Months and days over {0, 1, 2, 3, /, ;}."""


def check_all_words(machine: Any, alphabet: Alphabet, longest: int) -> None:
    """Tree, unrolling, both simplified, and prefixes, on all words of each length."""
    for length in range(longest + 1):
        every = [w for w in all_words(alphabet, length) if len(w) == length]
        wanted = [[accepts(machine, w[:t]) for t in range(length + 1)] for w in every]
        for draw in (boolean_circuit, unrolled_circuit):
            for prefixes in (False, True):
                circuit = draw(machine, length, prefixes=prefixes)
                for same in (circuit, simplify(circuit)):
                    found = evaluate_words(same, every).tolist()
                    last = [row[-1] for row in wanted]
                    assert found == (wanted if prefixes else last)
        tree = boolean_circuit(machine, length)
        assert tree.depth <= boolean_depth(machine, length)


@settings(max_examples=15)
@given(dfas(letters="abc"))
def test_dfas_on_all_short_words(dfa: Any) -> None:
    check_all_words(dfa, table_from_dfa(dfa).alphabet, 4)


@pytest.mark.parametrize("semiring", [RATIONAL, INTEGER, REAL], ids=lambda s: s.name)
@settings(max_examples=12)
@given(data=st.data())
def test_signs_of_deterministic_automata(semiring: Any, data: st.DataObject) -> None:
    machine = data.draw(deterministic_wfas(semiring))
    check_all_words(machine, Alphabet(machine.alphabet), 3)


@pytest.mark.parametrize("alpha", [-2, 0, 3])
def test_signs_at_the_ends_only(alpha: int) -> None:
    """Transitions without a negative weight, one start state of either sign."""
    weights = [[[0, 2], [1, 0]], [[3, 0], [0, 0]]]
    for omega in product([-1, 0, 1], repeat=2):
        machine = WFA(INTEGER, Alphabet("ab"), [0, alpha], weights, omega)
        check_all_words(machine, machine.alphabet, 3)


@settings(max_examples=12)
@given(st.data())
def test_pd_networks(data: st.DataObject) -> None:
    """Of DFAs; of signed automata; and any over BOOLEAN, also with a bias."""
    dfa = data.draw(dfas(max_states=4))
    network = translate(dfa, PDRNN).rnn
    check_all_words(network, network.alphabet, 3)
    signed = translate(data.draw(deterministic_wfas(RATIONAL)), PDRNN).rnn
    check_all_words(signed, Alphabet(signed.alphabet), 2)
    boolean = data.draw(pd_rnns(BOOLEAN))
    check_all_words(boolean, Alphabet(boolean.alphabet), 3)


@settings(max_examples=15)
@given(st.data())
def test_machines_without_negative_weights(data: st.DataObject) -> None:
    """Several rows, biases and many paths: the support decides."""
    boolean = data.draw(linear_rnns(BOOLEAN))
    check_all_words(boolean, Alphabet(boolean.alphabet), 3)
    signed = data.draw(linear_rnns(RATIONAL, max_size=2))
    parts = {
        name: None if part is None else np.abs(part)
        for name, part in (
            ("initial", signed.initial),
            ("recurrent", signed.recurrent),
            ("readout", signed.readout),
            ("bias", signed.bias),
        )
    }
    positive = LinearRNN(RATIONAL, signed.alphabet, **parts)
    check_all_words(positive, Alphabet(positive.alphabet), 2)


def test_what_has_no_boolean_circuit_is_refused() -> None:
    sigma = Alphabet("a")
    adds = WFA(INTEGER, sigma, [1, 0], [[[1, -1], [0, 1]]], [1, 1])
    with pytest.raises(ValueError, match="leads from state 0 to states"):
        boolean_circuit(adds, 3)
    logs = WFA(LOG, sigma, [0.0], [[[0.0]]], [0.0])
    with pytest.raises(ValueError, match="weights with a sign"):
        boolean_circuit(logs, 3)
    with pytest.raises(ValueError, match="integer or rational"):
        positivity_circuit(logs, 3)
    with pytest.raises(ValueError, match="length: wanted at least 0"):
        boolean_circuit(dfa_from_regex("a*"), -1)
    for length in (1000, 10**12):
        with pytest.raises(ValueError, match="max_bits: wanted at least"):
            positivity_circuit(adds, length)
    for draw in (boolean_circuit, unrolled_circuit):
        with pytest.raises(ValueError, match="wanted a circuit of at most"):
            draw(dfa_from_regex("(ab)*"), 10**9)
    flat = WFA(INTEGER, sigma, [1], [[[-1]]], [1])
    with pytest.raises(ValueError, match="wanted a circuit of at most"):
        positivity_circuit(flat, 10**9)
    with pytest.raises(ValueError, match="length: wanted at least 0"):
        boolean_depth(flat, -1)


def test_codes_without_a_symbol_are_rejected() -> None:
    """Three symbols in two bits: code 3 rejects the word, whatever else it has."""
    circuit = boolean_circuit(dfa_from_regex("(a|b|c)*"), 3)
    bits = np.array(list(product([0, 1], repeat=6)), dtype=bool)
    codes = bits.reshape(-1, 3, 2) @ np.array([1, 2])
    for drawn in (circuit, unrolled_circuit(dfa_from_regex("(a|b|c)*"), 3)):
        found = circuit_outputs(drawn.circuit, bits)
        assert found.tolist() == (codes < 3).all(axis=1).tolist()


@pytest.mark.parametrize("regex", [EMAIL, DATES])
def test_depth_grows_by_a_constant_with_each_doubling(regex: str) -> None:
    dfa = dfa_from_regex(regex)
    step = 1 + (table_from_dfa(dfa).num_states - 1).bit_length()
    depths = [boolean_circuit(dfa, 2**r).depth for r in range(1, 8)]
    assert set(np.diff(depths)) == {step}
    every = [boolean_circuit(dfa, 2**r, prefixes=True).depth for r in range(2, 7)]
    assert set(np.diff(every)) == {2 * step}
    long = unrolled_circuit(dfa, 64)
    assert long.depth > 80 > boolean_circuit(dfa, 64).depth


@settings(max_examples=12)
@given(st.data())
def test_positivity_of_any_integer_automaton(data: st.DataObject) -> None:
    semiring = data.draw(st.sampled_from([INTEGER, RATIONAL]))
    machine = data.draw(wfas(semiring, max_states=3))
    for length in range(4):
        every = list(product(machine.alphabet, repeat=length))
        circuit = positivity_circuit(machine, length)
        wanted = [accepts(machine, word) for word in every]
        for same in (circuit, simplify(circuit)):
            assert evaluate_words(same, every).tolist() == wanted


def test_positivity_of_long_words() -> None:
    """Random words of 33 symbols, values of 25 bits; and depth O(log² T)."""
    rng = np.random.default_rng(2)
    weights = [[[1, -1], [1, 1]], [[1, 1], [0, -1]]]
    machine = WFA(INTEGER, Alphabet("ab"), [1, 0], weights, [0, 1])
    every = [rng.choice(list("ab"), 33).tolist() for _ in range(300)]
    wanted = [accepts(machine, word) for word in every]
    assert 50 < sum(wanted) < 250
    circuit = simplify(positivity_circuit(machine, 33))
    assert evaluate_words(circuit, every).tolist() == wanted
    depths = [positivity_circuit(machine, 2**r).depth for r in range(1, 7)]
    assert all(depth <= 14 * (r + 2) ** 2 for r, depth in enumerate(depths, 1))


def test_rational_weights_keep_their_sign() -> None:
    """Differences of thirds and quarters, scaled to integers."""
    third, quarter = Fraction(1, 3), Fraction(-1, 4)
    weights = [[[1, third], [0, 1]], [[1, quarter], [0, 1]]]
    machine = WFA(RATIONAL, Alphabet("ab"), [1, 0], weights, [0, 1])
    every = list(product("ab", repeat=7))
    wanted = [accepts(machine, word) for word in every]
    found = evaluate_words(positivity_circuit(machine, 7), every)
    assert found.tolist() == wanted
    zero = every.index(tuple("aaabbbb"))  # 3/3 - 4/4
    assert not found[zero]


@each_prover
def test_the_circuit_of_a_regex_is_proved_at_256(prover: str, tmp_path: Path) -> None:
    """Depth 44 and depth over 512 decide the same words of 256 symbols.

    164,587 gates and 8,448 for ABC; for yosys the simplified circuits.
    """
    dfa = dfa_from_regex(EMAIL)
    tree, steps = boolean_circuit(dfa, 256), unrolled_circuit(dfa, 256)
    assert tree.depth == boolean_depth(dfa, 256) == 44
    assert steps.depth > 512
    if prover == "yosys":
        tree, steps = simplify(tree), simplify(steps)
    assert proved_same(prover, tree, steps, tmp_path)


@needs_abc
@pytest.mark.parametrize(("regex", "length"), [(EMAIL, 256), (DATES, 252)])
def test_abc_unrolls_the_automaton_itself(
    regex: str, length: int, tmp_path: Path
) -> None:
    """Frames of a sequential circuit, whose latches are the DFA's states."""
    dfa = dfa_from_regex(regex)
    circuit = boolean_circuit(dfa, length)
    save_circuit(circuit, tmp_path / "tree.aig")
    bits = circuit.table.shape[1]
    text = sequential_blif(table_from_dfa(dfa), bits)
    (tmp_path / "dfa.blif").write_text(text, encoding="ascii")
    unroll = f"strash; frames -i -F {length}; cone -a -O {length - 1}"
    abc(f"read_blif dfa.blif; {unroll}; write_aiger steps.aig", tmp_path)
    unrolled = load_circuit(tmp_path / "steps.aig")
    assert unrolled.num_inputs == length * bits
    assert unrolled.depth > length
    assert proved_equal("abc", tmp_path / "tree.aig", tmp_path / "steps.aig")


@needs_abc
@pytest.mark.parametrize("regex", [EMAIL, DATES])
def test_abc_proves_all_prefixes(regex: str, tmp_path: Path) -> None:
    dfa = dfa_from_regex(regex)
    tree = boolean_circuit(dfa, 128, prefixes=True)
    steps = unrolled_circuit(dfa, 128, prefixes=True)
    assert proved_same("abc", tree, steps, tmp_path)


@each_prover
def test_raw_simplified_and_signed_circuits(prover: str, tmp_path: Path) -> None:
    dfa = dfa_from_regex(DATES)
    tree = boolean_circuit(dfa, 12)
    assert proved_same(prover, tree, simplify(tree), tmp_path)
    assert proved_same(prover, simplify(tree), unrolled_circuit(dfa, 12), tmp_path)
    weights = [[[0, -2], [1, 0]], [[3, 0], [0, -1]]]
    machine = WFA(INTEGER, Alphabet("ab"), [1, 0], weights, [1, -1])
    signed = boolean_circuit(machine, 10)
    assert proved_same(prover, signed, unrolled_circuit(machine, 10), tmp_path)
    assert proved_same(prover, signed, positivity_circuit(machine, 10), tmp_path)


@each_prover
def test_a_circuit_with_one_gate_changed_is_refuted(
    prover: str, tmp_path: Path
) -> None:
    """The negative control: an output negated, and another language."""
    dfa = dfa_from_regex(EMAIL)
    tree = simplify(boolean_circuit(dfa, 16))
    assert not proved_same(prover, tree, negated(tree), tmp_path)
    other = boolean_circuit(dfa_from_regex("a+(-a+)*@a+(-a+)*"), 16)
    assert not proved_same(prover, tree, other, tmp_path)


def negated(machine: WordCircuit) -> WordCircuit:
    """One more gate, a NOT at the output."""
    c = machine.circuit
    last = int(c.outputs)
    circuit = Circuit(
        c.semiring,
        c.num_inputs,
        c.constants,
        np.append(c.operation, NOT),
        np.append(c.left, last),
        np.append(c.right, last),
        np.append(c.level, c.depth + 1),
        np.array(c.num_sources + c.size),
    )
    return WordCircuit(circuit, machine.alphabet, machine.length, machine.table)


@needs_yosys
def test_yosys_reads_all_formats(tmp_path: Path) -> None:
    """Both forms of AIGER are proved equal, and two circuits in BLIF."""
    dfa = dfa_from_regex(EMAIL)
    for suffix in ("aag", "blif"):
        save_circuit(boolean_circuit(dfa, 8), tmp_path / f"tree.{suffix}")
    for suffix in ("aig", "blif"):
        save_circuit(unrolled_circuit(dfa, 8), tmp_path / f"steps.{suffix}")
    for tree, steps in (("aag", "aig"), ("blif", "blif")):
        left, right = tmp_path / f"tree.{tree}", tmp_path / f"steps.{steps}"
        assert proved_equal("yosys", left, right)


@needs_abc
def test_abc_reads_blif_and_writes_aiger(tmp_path: Path) -> None:
    """BLIF from here through ABC to AIGER and back, the same function of all words."""
    machine = boolean_circuit(dfa_from_regex(EMAIL), 6)
    save_circuit(machine, tmp_path / "c.blif")
    abc("read_blif c.blif; strash; dc2; write_aiger c.aig", tmp_path)
    back = load_circuit(tmp_path / "c.aig")
    bits = np.random.default_rng(0).integers(0, 2, (500, 12)).astype(bool)
    found = circuit_outputs(back, bits)[:, 0]
    assert np.array_equal(found, circuit_outputs(machine.circuit, bits))
    assert back.size < machine.size / 10
