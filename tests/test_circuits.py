"""Arithmetic circuits compute what machines do, at the size and depth they promise."""

import re
from itertools import product
from typing import Any

import numpy as np
import pytest
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
    evaluate,
    galois_field,
    integers_mod,
)
from automata_rnn.automata import WFA, dfa_from_regex
from automata_rnn.circuits import (
    MINUS,
    NOT,
    PLUS,
    TIMES,
    Circuit,
    WordCircuit,
    arithmetic_circuit,
    arithmetic_depth,
    arithmetic_size,
    circuit_outputs,
    evaluate_word,
    evaluate_words,
    simplify,
    simplify_circuit,
)
from automata_rnn.circuits.circuit import minus_one
from automata_rnn.rnns import DeltaNet, DeltaProduct
from automata_rnn.scan.gpu import available
from tests.strategies import (
    SEMIRINGS,
    diagonal_rnns,
    heads,
    linear_rnns,
    pd_rnns,
    wfas,
    words,
)

WORKS, REASON = available()
RINGS = [s for s in SEMIRINGS if s is not BOOLEAN and s.zero == 0]


def close(left: Any, right: Any, semiring: Semiring, size: float) -> bool:
    """Equal, or for rounded semirings within 1e-12 of a bound on all partial sums."""
    if semiring.exact or semiring.name in ("max-plus", "min-plus"):
        return bool(np.all(np.asarray(left) == np.asarray(right)))
    if left == right:
        return True
    return bool(abs(left - right) <= 1e-12 * size)


def partial_sums(machine: Any, word: Any) -> float:
    """The same value with absolute weights, which bounds all partial sums; ≥ 1."""
    if machine.semiring not in (REAL, COMPLEX):
        return 100.0
    parts = (np.abs(x) for x in (machine.initial, machine.weights, machine.final))
    return max(1.0, float(evaluate(WFA(REAL, machine.alphabet, *parts), word)))


@pytest.mark.parametrize("semiring", SEMIRINGS, ids=lambda s: s.name)
@settings(max_examples=12)
@given(data=st.data())
def test_circuits_compute_values(semiring: Semiring, data: st.DataObject) -> None:
    machine = data.draw(wfas(semiring))
    word = data.draw(words(machine.alphabet, max_size=6))
    prefixes = data.draw(st.booleans())
    inputs = data.draw(st.sampled_from(["symbols", "entries"]))
    options: Any = {"prefixes": prefixes, "inputs": inputs}
    circuit = arithmetic_circuit(machine, len(word), **options)
    assert circuit.size == arithmetic_size(machine, len(word), **options)
    assert circuit.depth == arithmetic_depth(machine, len(word), **options)
    bound = partial_sums(machine, word)
    for same in (circuit, simplify(circuit)):
        found = evaluate_word(same, word)
        ends = range(len(word) + 1) if prefixes else [len(word)]
        values = found if prefixes else [found]
        for end, value in zip(ends, values, strict=True):
            assert close(value, evaluate(machine, word[:end]), semiring, bound)


NETWORKS = {
    "linear": linear_rnns,
    "diagonal": diagonal_rnns,
    "pd": pd_rnns,
    "deltanet": lambda ring: heads(DeltaNet, ring, 2),
    "deltaproduct": lambda ring: heads(DeltaProduct, ring, 2),
}
EXACT: list[tuple[str, Semiring]] = [
    *product(("linear", "diagonal", "pd"), (RATIONAL, BOOLEAN, galois_field(7))),
    ("deltanet", RATIONAL),
    ("deltaproduct", RATIONAL),
]


@pytest.mark.parametrize(("kind", "semiring"), EXACT, ids=str)
@settings(max_examples=10)
@given(data=st.data())
def test_every_linear_network_has_a_circuit(
    kind: str, semiring: Semiring, data: st.DataObject
) -> None:
    machine = data.draw(NETWORKS[kind](semiring))
    word = data.draw(words(machine.alphabet, max_size=7))
    for prefixes in (False, True):
        circuit = arithmetic_circuit(machine, len(word), prefixes=prefixes)
        assert circuit.size == arithmetic_size(machine, len(word), prefixes=prefixes)
        assert circuit.depth == arithmetic_depth(machine, len(word), prefixes=prefixes)
        values = [evaluate(machine, word[:t]) for t in range(len(word) + 1)]
        found = evaluate_word(circuit, word)
        assert np.all(found == np.array(values if prefixes else values[-1]))


def counter(n: int, semiring: Semiring = INTEGER) -> WFA:
    """n states, two symbols, all weights nonzero."""
    weights = 1 + np.arange(2 * n * n).reshape(2, n, n) % 2
    return WFA(semiring, Alphabet("ab"), [1] * n, weights, [1] * n)


@pytest.mark.parametrize(("n", "largest"), [(1, 16), (2, 16), (3, 13), (5, 10)])
def test_depth_is_a_log_t_plus_b(n: int, largest: int) -> None:
    """Drawn for T = 2^r: depth a r + b with a = 1 + ⌈log₂ n⌉ and b = 2a + 2."""
    machine = counter(n)
    a = 1 + (n - 1).bit_length()
    for r in range(1, largest + 1):
        circuit = arithmetic_circuit(machine, 2**r)
        b = 2 * a + 2  # act, output; and two symbols: a product and a sum
        assert circuit.depth == a * r + b == arithmetic_depth(machine, 2**r)
        assert circuit.size == arithmetic_size(machine, 2**r)
    for r in range(largest + 1, 17):
        assert arithmetic_depth(machine, 2**r) == a * r + 2 * a + 2


@pytest.mark.parametrize("n", [1, 2, 3])
def test_depth_of_prefixes(n: int) -> None:
    """2 log₂ T - 2 rounds from T = 4 on, and at most 2 log₂ T for all lengths."""
    machine = counter(n)
    a = 1 + (n - 1).bit_length()
    for r in range(2, 12):
        circuit = arithmetic_circuit(machine, 2**r, prefixes=True)
        assert circuit.depth == a * (2 * r - 2) + 2 * a + 2
    for length in range(70):
        circuit = arithmetic_circuit(machine, length, prefixes=True, inputs="entries")
        options: Any = {"prefixes": True, "inputs": "entries"}
        assert circuit.depth == arithmetic_depth(machine, length, **options)
        assert circuit.size == arithmetic_size(machine, length, **options)


def test_a_long_word() -> None:
    """65,536 symbols in 2 · 16 + … levels, equal to 65,536 steps."""
    machine = counter(2, integers_mod(10**9 + 7))
    word = np.random.default_rng(5).choice(list("ab"), 2**16).tolist()
    circuit = arithmetic_circuit(machine, 2**16, inputs="entries")
    assert circuit.depth == 2 * 16 + 4
    assert evaluate_word(circuit, word) == evaluate(machine, word)


def test_a_circuit_is_shown_by_its_sizes() -> None:
    circuit = Circuit(REAL, 2, [2.0], [PLUS, TIMES], [0, 1], [1, 3], [1, 2], [4, 3])
    assert repr(circuit) == "Circuit(real, 2 inputs, 2 gates, depth 2, 2 outputs)"


def test_batches_and_codes() -> None:
    machine = counter(2)
    circuit = arithmetic_circuit(machine, 3)
    every = list(product("ab", repeat=3))
    codes = np.array([machine.alphabet.encode(w) for w in every], np.uint8)
    values = [evaluate(machine, word) for word in every]
    assert evaluate_words(circuit, every).tolist() == values
    assert evaluate_words(circuit, codes).tolist() == values
    assert evaluate_words(circuit, []).tolist() == []


@pytest.mark.gpu
@pytest.mark.skipif(not WORKS, reason=REASON)
@pytest.mark.parametrize("semiring", [REAL, MAX_PLUS, integers_mod(7)], ids=str)
def test_arrays_of_a_gpu_stay_there(semiring: Semiring) -> None:
    import cupy

    machine = counter(2, semiring)
    circuit = arithmetic_circuit(machine, 5, prefixes=True)
    codes = np.random.default_rng(0).integers(0, 2, (9, 5)).astype(np.uint8)
    found = evaluate_words(circuit, cupy.asarray(codes))
    assert isinstance(found, cupy.ndarray)
    assert np.array_equal(cupy.asnumpy(found), evaluate_words(circuit, codes))


class Elsewhere(np.ndarray[Any, Any]):
    """An array of another library, as far as NumPy's dispatch can tell."""


Elsewhere.__module__ = "cupy.of_a_test"


@pytest.mark.parametrize("semiring", [REAL, BOOLEAN, integers_mod(7)], ids=str)
def test_values_stay_in_the_library_of_the_codes(semiring: Semiring) -> None:
    weights = np.array([[[1, 0], [1, 1]], [[0, 1], [1, 0]]])
    machine = WFA(semiring, Alphabet("ab"), [1, 0], weights, [1, 1])
    circuit = arithmetic_circuit(machine, 4)
    codes = np.random.default_rng(0).integers(0, 2, (6, 4)).astype(np.uint8)
    found = evaluate_words(circuit, codes.view(Elsewhere))
    assert np.array_equal(np.asarray(found), evaluate_words(circuit, codes))


@pytest.mark.parametrize("semiring", RINGS, ids=lambda s: s.name)
def test_rings_subtract(semiring: Semiring) -> None:
    """(x - y) + y = x, for a gate of each kind, and -1 is what it should be."""
    one = semiring.array([semiring.one])
    assert semiring.is_zero(semiring.plus(one, semiring.array([minus_one(semiring)])))
    circuit = Circuit(semiring, 2, [], [MINUS, PLUS], [0, 2], [1, 1], [1, 2], [3])
    pairs = [[semiring.zero, semiring.one], [semiring.one, minus_one(semiring)]]
    found = circuit_outputs(circuit, semiring.array(pairs))
    assert found[:, 0].tolist() == [row[0] for row in pairs]


@settings(max_examples=60)
@given(data=st.data())
def test_simplified_circuits_are_equal_and_no_larger(data: st.DataObject) -> None:
    """Random circuits with many constants, over a field and over truth values."""
    semiring = data.draw(st.sampled_from([BOOLEAN, galois_field(2), integers_mod(12)]))
    size = data.draw(st.integers(0, 25))
    wires = 4 + np.arange(size)
    kinds = [PLUS, TIMES, NOT if semiring is BOOLEAN else MINUS]
    levels, gates = [0] * 4, []
    for _ in range(size):
        kind = data.draw(st.sampled_from(kinds))
        left, right = (data.draw(st.integers(0, len(levels) - 1)) for _ in range(2))
        right = left if kind == NOT else right
        levels.append(1 + max(levels[left], levels[right]))
        gates.append((levels[-1], kind, left, right))
    order = sorted(range(size), key=lambda g: gates[g][:2])
    moved = {int(w): int(w) for w in range(4)}
    moved |= {4 + g: 4 + place for place, g in enumerate(order)}
    rows = [gates[g] for g in order]
    circuit = Circuit(
        semiring,
        2,
        [semiring.zero, semiring.one],
        np.array([row[1] for row in rows], int),
        np.array([moved[row[2]] for row in rows], int),
        np.array([moved[row[3]] for row in rows], int),
        np.array([row[0] for row in rows], int),
        np.array([[moved[int(w)] for w in wires[-3:]]], int),
    )
    small = simplify_circuit(circuit)
    assert small.size <= circuit.size
    assert small.depth <= circuit.depth
    inputs = list(product([semiring.zero, semiring.one], repeat=2))
    found = [circuit_outputs(c, semiring.array(inputs)) for c in (circuit, small)]
    assert np.array_equal(*found)


def test_simplify_removes_what_is_constant_double_or_unused() -> None:
    """(x ∨ 0) ∧ (x ∨ 0), beside an unused gate: no gate is left."""
    circuit = Circuit(
        BOOLEAN, 1, [0], [PLUS, PLUS, NOT, TIMES], [0, 1, 0, 2], [1, 0, 0, 3],
        [1, 1, 1, 2], [5],
    )  # fmt: skip
    small = simplify_circuit(circuit)
    assert small.size == 0
    assert circuit_outputs(small, [[True], [False]]).tolist() == [[True], [False]]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"level": [2]}, "Circuit.level: wanted 1"),
    ({"left": [9]}, "Circuit.left: wanted wires 0 to 3"),
    ({"outputs": [4]}, "Circuit.outputs: wanted wires"),
    ({"operation": [7]}, "Circuit.operation: wanted 0 to 3"),
    ({"operation": [NOT]}, "NOT is for BOOLEAN"),
    ({"operation": [MINUS]}, "wanted a ring"),
    ({"operation": [0.5]}, "wanted integers"),
    ({"right": [0, 1]}, "Circuit.right: wanted shape"),
    ({"constants": [np.inf]}, "Circuit.constants"),
    ({"num_inputs": -1}, "Circuit.num_inputs"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_malformed_circuits_are_refused(change: dict[str, Any], message: str) -> None:
    fields: dict[str, Any] = {
        "semiring": MAX_PLUS,
        "num_inputs": 2,
        "constants": [0.0],
        "operation": [PLUS],
        "left": [0],
        "right": [1],
        "level": [1],
        "outputs": [3],
    }
    Circuit(**fields)
    with pytest.raises(ValueError, match=re.escape(message)):
        Circuit(**(fields | change))


def test_bad_arguments_are_named() -> None:
    machine = counter(2)
    with pytest.raises(ValueError, match="length: wanted at least 0, got -1"):
        arithmetic_circuit(machine, -1)
    with pytest.raises(TypeError, match="length: wanted an int"):
        arithmetic_circuit(machine, 2.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="inputs: wanted one of"):
        arithmetic_circuit(machine, 2, inputs="bits")  # type: ignore[arg-type]
    for formula in (arithmetic_depth, arithmetic_size):
        with pytest.raises(ValueError, match="length: wanted at least 0, got -1"):
            formula(machine, -1)
    with pytest.raises(ValueError, match="wanted a circuit of at most 134217728 gates"):
        arithmetic_circuit(machine, 10**9)
    with pytest.raises(TypeError, match="steps are linear maps"):
        arithmetic_circuit(NotLinear(), 2)
    circuit = arithmetic_circuit(machine, 2)
    with pytest.raises(ValueError, match="words: wanted length 2, got 3"):
        evaluate_word(circuit, "abb")
    with pytest.raises(ValueError, match="codes"):
        evaluate_words(circuit, np.array([[0, 2]], np.uint8))
    with pytest.raises(ValueError, match="inputs: wanted shape"):
        circuit_outputs(circuit.circuit, [1, 0])
    with pytest.raises(ValueError, match=r"WordCircuit\.table"):
        WordCircuit(circuit.circuit, machine.alphabet, 3, circuit.table)


class NotLinear:
    """Counts symbols in a Python int."""

    alphabet = Alphabet("a")
    initial = 0

    def step(self, state: int, symbol: Any) -> int:
        return state + 1

    def output(self, state: int) -> int:
        return state


def test_a_dfa_is_a_circuit_over_truth_values() -> None:
    circuit = arithmetic_circuit(dfa_from_regex("(ab|c)*"), 3)
    assert evaluate_words(circuit, ["abc", "cab", "abb"]).tolist() == [1, 1, 0]


def test_log_semiring_matches_probabilities() -> None:
    """e to the value is the value over the reals."""
    weights = np.array([[[0.5, 0.25], [0.125, 0.5]]])
    machine = WFA(REAL, Alphabet("a"), [1.0, 0.5], weights, [0.5, 1.0])
    logs = WFA(LOG, Alphabet("a"), *(np.log(x) for x in _parts(machine)))
    found = evaluate_word(arithmetic_circuit(logs, 9), "a" * 9)
    assert np.isclose(np.exp(found), evaluate(machine, "a" * 9), rtol=1e-13)


def _parts(machine: WFA) -> tuple[Any, Any, Any]:
    return machine.initial, machine.weights, machine.final
