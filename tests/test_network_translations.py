"""WFAs, DFAs and matrix products as networks of heads, and back, exactly."""

import random
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA

from automata_rnn import BOOLEAN, INTEGER, RATIONAL, REAL, Alphabet, evaluate, trace
from automata_rnn.automata import (
    WFA,
    compare,
    dfa_from_table,
    wfa_from_dfa,
)
from automata_rnn.automata.equivalence import counterexample as automata_counterexample
from automata_rnn.rnns import HeadGroup, Layer, Network, run, run_all
from automata_rnn.rnns.lookup import Conjunctions, Key, Row
from tests.small_dfas import minimal_tables
from tests.test_network import random_wfa, random_word
from translations import (
    MatrixProduct,
    counterexample,
    matrix_product_wfa,
    plan_network,
    translate,
)
from translations.matrix_schedule import MatrixSchedule
from translations.matrix_units import control

ENTRIES = (-1, 0, 1)


def values(wfa: WFA, word: Any) -> list[Any]:
    return [wfa.output(state) for state in trace(wfa, word)]


# Weighted automata --------------------------------------------------------------------


@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_networks_equal_the_automaton_at_every_position(heads: str, n: int) -> None:
    for letters in ("a", "ab", "abc"):
        wfa = random_wfa(n, letters)
        network = translate(wfa, Network, heads=heads).rnn
        assert isinstance(network, Network)
        word = random_word(letters, 100)
        assert run(network, word, method="sequential").tolist() == values(wfa, word)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
def test_three_hundred_networks_on_long_words(heads: str) -> None:
    for case in range(300):
        n, letters = 1 + case % 4, "abc"[: 1 + case // 4 % 3]
        wfa = random_wfa(n, letters, case)
        network = translate(wfa, Network, heads=heads).rnn
        assert isinstance(network, Network)
        word = random_word(letters, 2000, case)
        assert run(network, word, method="sequential").tolist() == values(wfa, word)


@pytest.mark.parametrize(
    ("heads", "n", "letters"),
    [
        ("rwkv7", 1, "abc"),
        ("rwkv7", 2, "ab"),
        ("rwkv7", 3, "ab"),
        ("deltanet", 1, "ab"),
        ("deltanet", 2, "a"),
    ],
)
def test_the_round_trip_is_a_proof(heads: str, n: int, letters: str) -> None:
    for seed in range(2):
        wfa = random_wfa(n, letters, seed)
        made = translate(wfa, Network, heads=heads)
        back = translate(made.rnn, WFA)
        verdict = compare(wfa, back.automaton)
        assert verdict.equal, verdict
        assert back.automaton.num_states <= n
        assert counterexample(back, [random_word(letters, 20)]) is None


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("heads", "n", "letters", "cases"),
    [("rwkv7", 4, "ab", 5), ("rwkv7", 3, "abc", 3), ("deltanet", 2, "ab", 1)],
)
def test_large_round_trips(heads: str, n: int, letters: str, cases: int) -> None:
    for seed in range(cases):
        wfa = random_wfa(n, letters, seed)
        network = translate(wfa, Network, heads=heads).rnn
        back = translate(network, WFA).automaton
        assert automata_counterexample(wfa, back) is None


def test_a_wrong_network_comes_back_different() -> None:
    """Negative control of the round trip: one weight of the top head is changed."""
    wfa = random_wfa(2, "ab")
    network = translate(wfa, Network).rnn
    assert isinstance(network, Network)
    top = network.layers[-1].heads[0]
    changed = top.query.copy()
    changed[tuple(np.argwhere(changed)[0])] += 1
    group = HeadGroup(top.kind, top.parameters, changed, top.output)
    wrong = replace(network, layers=(*network.layers[:-1], Layer((group,))))
    back = translate(wrong, WFA).automaton
    verdict = compare(wfa, back)
    assert verdict.counterexample is not None
    word = verdict.counterexample
    assert evaluate(wfa, word) != evaluate(wrong, word) == evaluate(back, word)


def test_what_is_too_large_is_refused_with_the_layer() -> None:
    wfa = random_wfa(2, "ab")
    network = translate(wfa, Network, heads="deltanet").rnn
    with pytest.raises(ValueError, match=r"layer 3 is too large: its heads have .* st"):
        translate(network, WFA, max_states=1000)
    short = translate(wfa, Network, layers=2).rnn
    with pytest.raises(ValueError, match=r"layer 1 is too large: head \d+ of it"):
        translate(short, WFA, max_states=1000)
    with pytest.raises(ValueError, match=r"network\.readout: wanted one value"):
        translate(translate(MatrixProduct(), Network).rnn, WFA)


def test_plans_say_how_many_layers_and_why() -> None:
    layers = {
        heads: [
            plan_network(random_wfa(n, "ab"), heads=heads).layers
            for n in (1, 2, 3, 4, 5, 12, 13)
        ]
        for heads in ("rwkv7", "deltanet")
    }
    assert layers == {
        "rwkv7": [4, 4, 4, 4, 4, 4, 3],
        "deltanet": [4, 4, 4, 4, 5, 5, 5],
    }
    hundred = WFA(
        RATIONAL, Alphabet("a"), [0] * 101, [np.eye(101, dtype=int)], [0] * 101
    )
    assert plan_network(hundred, heads="deltanet").layers == 6
    small = WFA(RATIONAL, Alphabet("a"), [0] * 100, [np.eye(100, dtype=int)], [0] * 100)
    plan = plan_network(small, heads="deltanet")
    assert (plan.layers, plan.block) == (5, 300)
    assert "takes 3 layers" in str(plan)


def test_planned_rows_are_built() -> None:
    for options in ({}, {"readout": "flush"}, {"layers": 2}, {"heads": "deltanet"}):
        wfa = random_wfa(1 if "heads" in options else 2, "ab")
        made = translate(wfa, Network, **options)
        network = getattr(made.rnn, "network", made.rnn)
        units = [part.units for layer in network.layers for part in layer.feedforward]
        pieces = sum(plan_rows for plan_rows in made.plan.rows.values())
        # a table of intervals takes two units for each of them but one
        twice = made.plan.rows.get("router", 0) + made.plan.rows.get("all", 0)
        assert sum(units) == pieces + twice - 1


@pytest.mark.parametrize(
    "options", [{"layers": 3}, {"heads": "gru"}, {"readout": "no"}]
)
def test_unknown_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        translate(random_wfa(1, "a"), Network, **options)


def test_automata_of_other_kinds() -> None:
    """Integers, floats, a BOS of its own, and no state at all."""
    whole = WFA(
        INTEGER, Alphabet("ab", bos="^"), [1, 2], [[[1, 2], [0, 1]]] * 3, [1, 1]
    )
    real = WFA(REAL, Alphabet("ab"), [0.5], [[[0.25]], [[-2.0]]], [1.0])
    none = WFA(RATIONAL, Alphabet("ab"), [], np.zeros((2, 0, 0)), [])
    for wfa in (whole, real, none):
        for heads in ("rwkv7", "deltanet"):
            made = translate(wfa, Network, heads=heads)
            assert counterexample(made, [random_word("ab", 30)]) is None
    boolean = WFA(BOOLEAN, Alphabet("a"), [1], [[[1]]], [1])
    with pytest.raises(ValueError, match=r"wfa\.semiring: wanted rational"):
        translate(boolean, Network)


# Classical automata -------------------------------------------------------------------


def test_small_languages_there_and_back() -> None:
    tables = [*minimal_tables(1), *minimal_tables(2)]
    for table in tables:
        dfa = dfa_from_table(table, minify=False)
        made = translate(dfa, Network)
        back = translate(made.rnn, WFA).automaton
        assert compare(wfa_from_dfa(dfa, RATIONAL), back).equal
        assert translate(back, DFA).automaton == dfa


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_all_languages_of_three_states_there_and_back() -> None:
    for table in minimal_tables(3):
        dfa = dfa_from_table(table, minify=False)
        back = translate(translate(dfa, Network).rnn, WFA).automaton
        assert compare(wfa_from_dfa(dfa, RATIONAL), back).equal


@pytest.mark.parametrize("n", [1, 2, 3])
def test_deltanet_networks_of_small_languages(n: int) -> None:
    tables = list(minimal_tables(n))
    for table in random.Random(n).sample(tables, min(6, len(tables))):
        made = translate(dfa_from_table(table, minify=False), Network, heads="deltanet")
        assert counterexample(made, [random_word("ab", 60)]) is None


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_deltanet_networks_of_all_small_languages() -> None:
    word = random_word("ab", 1000)
    for n in (1, 2, 3):
        for table in minimal_tables(n):
            dfa = dfa_from_table(table, minify=False)
            network = translate(dfa, Network, heads="deltanet").rnn
            assert isinstance(network, Network)
            accepted = [dfa.accepts_input("".join(word[:t])) for t in (0, 999, 1000)]
            found = run(network, word, method="sequential") > 0
            assert [bool(found[t]) for t in (0, 999, 1000)] == accepted
            states = list(trace(table, word))
            assert found.tolist() == [table.output(state) for state in states]


# Iterated matrix multiplication ------------------------------------------------------


def stream(count: int, seed: int) -> list[int]:
    rng = random.Random(seed)
    return [rng.choice(ENTRIES) for _ in range(9 * count)]


def products(entries: list[int]) -> list[list[int]]:
    """Nine entries of the product after each matrix, directly."""
    total, found = np.eye(3, dtype=object), [[1, 0, 0, 0, 1, 0, 0, 0, 1]]
    for t in range(len(entries) // 9):
        block = np.array(entries[9 * t : 9 * t + 9], dtype=object).reshape(3, 3)
        total = total @ block
        found.append(total.ravel().tolist())
    return found


def transposed(entries: list[int]) -> list[int]:
    blocks = np.array(entries).reshape(-1, 3, 3).transpose(0, 2, 1)
    return [int(v) for v in blocks.ravel()]


@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
@pytest.mark.parametrize("order", ["rows", "columns"])
def test_matrix_products_at_every_block_end(heads: str, order: str) -> None:
    network = translate(MatrixProduct(order), Network, heads=heads).rnn  # type: ignore[arg-type]
    assert isinstance(network, Network)
    assert len(network.layers) == 4
    for seed in range(3):
        entries = stream(12, seed)
        word = entries if order == "rows" else transposed(entries)
        found = run(network, word, method="sequential")
        assert found[::9].tolist() == products(entries)
        assert not np.any(np.delete(found, np.s_[::9], axis=0))


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
def test_many_long_matrix_products(heads: str) -> None:
    network = translate(MatrixProduct(), Network, heads=heads, max_rows=0).rnn
    assert isinstance(network, Network)
    lengths = [2000, *(random.Random(heads).randint(1, 200) for _ in range(1000))]
    streams = [stream(count, seed) for seed, count in enumerate(lengths)]
    found = run_all(network, streams, method="sequential")
    for entries, outputs in zip(streams, found, strict=True):
        assert outputs[::9].tolist() == products(entries)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
def test_every_step_of_the_row_network(heads: str) -> None:
    """Every row of the lookup of steps: 72 positions, which are eight matrices, and all
    tokens of a column, on states that span ℚ⁶, the rows of [I | I] and of [-I | I]."""
    network = translate(MatrixProduct(), Network, heads=heads).rnn
    one, minus = ([s * int(i % 4 == 0) for i in range(9)] for s in (1, -1))
    streams = []
    for column in product((-1, 0, 1), repeat=3):
        matrix = [v for v in column for _ in range(3)]
        streams.append([*matrix, *one])  # at the start there is no matrix before it
        for place in range(8):
            for before in (one, minus):
                streams.append([*(one * place), *before, *matrix, *one])
    found = run_all(network, streams, method="sequential")  # type: ignore[arg-type]
    for entries, outputs in zip(streams, found, strict=True):
        assert outputs[::9].tolist() == products(entries)


@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
def test_positivity_of_an_entry(heads: str) -> None:
    made = translate(MatrixProduct(entry=(0, 0)), Network, heads=heads)
    entries = stream(20, 5)
    found = run(made.rnn, entries, method="sequential")  # type: ignore[arg-type]
    assert [v > 0 for v in found[::9]] == [p[0] > 0 for p in products(entries)]
    assert counterexample(made, [entries[:40]]) is None


def test_the_automaton_of_an_entry_is_the_product() -> None:
    for order in ("rows", "columns"):
        for entry in ((0, 0), (1, 2)):
            machine = MatrixProduct(order, entry)  # type: ignore[arg-type]
            wfa = matrix_product_wfa(entry, order)  # type: ignore[arg-type]
            word = stream(4, 1)[:32]
            assert values(wfa, word) == [
                machine.output(s) for s in trace(machine, word)
            ]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
def test_the_column_network_is_proved_to_multiply(heads: str) -> None:
    network = translate(MatrixProduct("columns", (0, 0)), Network, heads=heads).rnn
    back = translate(network, WFA).automaton
    assert compare(matrix_product_wfa((0, 0), "columns"), back).equal


def test_the_published_initialisation_fails() -> None:
    """Negative control: [e_i | 0], with the first symbol counted as overwrite 1.

    Theorem 10 initialises at a symbol, where the state is 0, so that its overwrite is
    lost: a coordinate of the other half stays 0. (Block 0 reads half 1 here.)
    """
    network = translate(MatrixProduct(), Network, max_rows=0).rnn
    assert isinstance(network, Network)
    top, lookups = network.layers[-1].heads[0], network.layers[2].feedforward
    steps = lookups[0]
    assert isinstance(steps, Conjunctions)
    parameters = top.parameters.copy()
    bos = np.flatnonzero(network.embedding[-1])[1]
    half = slice(parameters.shape[1] - 6, parameters.shape[1] - 3)  # of what BOS writes
    assert np.count_nonzero(parameters[:, half, bos]) == 9
    parameters[:, half, bos] = RATIONAL.zero
    started = Layer((HeadGroup(top.kind, parameters, top.query, top.output),))
    at_one = control(MatrixSchedule("rwkv7", "rows"), 1)

    def lost(key: Key) -> Row:
        """No overwrite at u = 1; the others of the first block copy."""
        first = key.control == at_one and set(key.tokens) == {0}
        return () if first else steps.row(key)

    third = Layer(network.layers[2].heads, (replace(steps, row=lost), *lookups[1:]))
    published = replace(network, layers=(*network.layers[:2], third, started))
    copied = replace(network, layers=(*network.layers[:3], started))
    wrong = 0
    for seed in range(6):
        entries = stream(5, seed)
        expected = products(entries)
        assert run(network, entries)[::9].tolist() == expected
        assert run(copied, entries)[::9][1:].tolist() == expected[1:]
        wrong += run(published, entries)[::9][1:].tolist() != expected[1:]
    assert wrong >= 4
