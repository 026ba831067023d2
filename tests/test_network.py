"""Networks of heads: definition, lookups in both forms, whole words, floats, files."""

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automata_rnn import RATIONAL, Alphabet, evaluate, trace
from automata_rnn.automata import WFA
from automata_rnn.formats import FormatError, load, save
from automata_rnn.rnns import (
    HeadGroup,
    Layer,
    Network,
    compile_network,
    drift,
    in_floats,
    precision_horizon,
    run,
    run_all,
)
from automata_rnn.rnns.compiled import is_compiled, rows_of
from automata_rnn.rnns.feedforward import FeedForward
from translations import MatrixProduct, translate
from translations.positions import residues
from translations.router import counter, cycle_table, depth, router


def random_wfa(n: int, letters: str, seed: int = 0, *, whole: bool = False) -> WFA:
    rng = random.Random(f"{n} {letters} {seed} {whole}")

    def number() -> Any:
        return Fraction(rng.randint(-3, 3), 1 if whole else rng.randint(1, 3))

    return WFA(
        RATIONAL,
        Alphabet(letters),
        [number() for _ in range(n)],
        [[[number() for _ in range(n)] for _ in range(n)] for _ in letters],
        [number() for _ in range(n)],
    )


def random_word(letters: Any, length: int, seed: int = 0) -> tuple[Any, ...]:
    rng = random.Random(f"{letters} {length} {seed}")
    return tuple(rng.choice(letters) for _ in range(length))


CASES: dict[str, dict[str, Any]] = {
    "rwkv7": {"heads": "rwkv7"},
    "deltanet": {"heads": "deltanet"},
    "two layers": {"layers": 2},
    "flush": {"heads": "rwkv7", "readout": "flush"},
}


def networks(name: str) -> tuple[Network, Network, Any]:
    """A network with tables, the same one compiled, and its letters."""
    options = CASES[name]
    wfa = random_wfa(1 if name == "deltanet" else 2, "ab")
    tables = translate(wfa, Network, max_rows=0, **options).rnn
    units = translate(wfa, Network, **options).rnn
    if name == "flush":
        return tables.network, units.network, ["a", "b"]  # type: ignore[attr-defined]
    assert isinstance(tables, Network)
    assert isinstance(units, Network)
    return tables, units, ["a", "b"]


@pytest.mark.parametrize("name", CASES)
def test_tables_and_rectified_units_are_equal(name: str) -> None:
    """Not only outputs: the whole stream, at every position."""
    tables, units, letters = networks(name)
    assert rows_of(tables) > 0
    assert not is_compiled(tables)
    assert is_compiled(units)
    word = random_word(letters, 60) + (("<pad>",) * 9 if name == "flush" else ())
    for left, right in zip(trace(tables, word), trace(units, word), strict=True):
        assert np.array_equal(left.stream, right.stream)
        assert all(map(np.array_equal, left.memories, right.memories))


@pytest.mark.parametrize("name", CASES)
def test_whole_words_are_the_same_as_step_by_step(name: str) -> None:
    for network in networks(name)[:2]:
        words = [random_word("ab", length) for length in (0, 1, 2, 70)]
        found = run_all(network, words)
        for word, values in zip(words, found, strict=True):
            expected = [network.output(state) for state in trace(network, word)]
            assert values.tolist() == expected
            sequential = run(network, word, method="sequential")
            assert sequential.tolist() == expected


def test_several_values_and_no_bos() -> None:
    """One RWKV-7 head that adds up the second unit: S ← S + x_2, and x_2 ← x_2 + S."""
    group = HeadGroup(
        "rwkv7",
        # decay, removal, rate, strength, value and key of one head with states (1, 1)
        RATIONAL.array([[[1, 0], [0, 0], [0, 0], [0, 0], [0, 1], [1, 0]]]),
        RATIONAL.array([[[1, 0]]]),
        RATIONAL.array([[[0, 1]]]),
    )
    for readout, expected in (([0, 1], 1 + 7), ([[1, 0], [0, 2]], [1, 16])):
        network = Network(
            RATIONAL, Alphabet("xy"), [[1, 2], [1, 1]], (Layer((group,)),), readout
        )
        assert np.array_equal(evaluate(network, "xxxy"), expected)
        values = [network.output(state) for state in trace(network, "xyyx")]
        assert np.array_equal(run(network, "xyyx"), values)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_with_small_integers_are_exact(dtype: type) -> None:
    network = translate(random_wfa(2, "ab", whole=True), Network).rnn
    assert isinstance(network, Network)
    floats, word = in_floats(network, dtype), random_word("ab", 8)
    for exact, rounded in zip(trace(network, word), trace(floats, word), strict=True):
        assert rounded.stream.dtype == dtype
        assert rounded.stream.tolist() == [int(x) for x in exact.stream]


@pytest.mark.parametrize(("length", "driver"), [(3, 6), (13, 12), (9, 12), (25, 24)])
def test_cycles_count(length: int, driver: int) -> None:
    """(u mod d, cycle) determines u mod c·d, and is the same after c·d steps."""
    table = cycle_table(length, driver)
    assert sorted(table.values()) == list(range(length * driver))
    assert table[0, 0] == 0


def test_layers_that_positions_take() -> None:
    depths = {1: 2, 2: 2, 24: 2, 18: 3, 30: 3, 72: 3, 600: 3, 1200: 4}
    assert {modulus: depth(modulus) for modulus in depths} == depths


@pytest.mark.parametrize(("kind", "modulus"), [("deltanet", 30), ("rwkv7", 72)])
def test_routers_know_the_position(kind: str, modulus: int) -> None:
    from automata_rnn.rnns.coordinates import ONE, assemble, read_one_hot
    from translations.positions import BOS

    embedding = {"x": {ONE: 1}, "<bos>": {ONE: 1, BOS: 1}}
    alphabet, readout = Alphabet("x", bos="<bos>"), [{ONE: 1}]
    layers = [router(kind, modulus)]
    if kind == "rwkv7":
        layers += [[counter(length)] for length in (2, 5, 12)]
    for sketches in layers:
        network, coordinates = assemble(alphabet, embedding, sketches, readout)
        sizes = [u[1] for u in coordinates.units if u[0] == "residue"]  # type: ignore[index]
        for u, state in enumerate(trace(network, "x" * 100)):
            for size in set(sizes):
                units = [state.stream[coordinates.index[r]] for r in residues(size)]
                assert sorted(units) == [0] * (size - 1) + [1]
                seen = read_one_hot(coordinates, state.stream, residues(size))
                assert seen == u % size


def test_a_rotation_by_two_reflections_does_not_exist_over_the_rationals() -> None:
    """Negative control: the published DeltaNet router (Lemma 7) for period 18.

    Two reflections by rational approximations of the angles never come back: a power
    of the product would be I only if its trace were 2 cos(2π j/d), an integer.
    """
    angle = 2 * np.pi / 9
    keys = [
        [Fraction(float(x)).limit_denominator(10**6) for x in (np.cos(t), np.sin(t))]
        for t in (0.0, angle / 2)
    ]
    flips = []
    for x, y in keys:
        scale = 2 / (x * x + y * y)
        flips.append(
            np.array(
                [
                    [1 - scale * x * x, -scale * x * y],
                    [-scale * x * y, 1 - scale * y * y],
                ]
            )
        )
    turn = flips[0] @ flips[1]
    assert turn[0, 0] + turn[1, 1] not in (-2, -1, 0, 1, 2)
    power, identity = turn, np.eye(2, dtype=int)
    for _ in range(9):
        assert not np.array_equal(power, identity)
        power = power @ turn
    assert np.allclose(power.astype(float), turn.astype(float), atol=1e-4)


# Precision ----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["rwkv7", "deltanet"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_bounds_hold_and_the_horizon_ends(name: str, dtype: type) -> None:
    """Values are those of the float network; the bound covers the true error."""
    network = networks(name)[1]
    word = random_word("ab", 200)
    found = drift(network, word, dtype)
    floats = in_floats(network, dtype)
    values = [float(floats.output(state)) for state in trace(floats, word)]
    assert np.array_equal(found.values, values, equal_nan=True)
    assert np.all(found.errors <= found.bounds)
    horizon = precision_horizon(network, [word], dtype)
    assert 0 < horizon.length < 200
    assert not horizon.reached_end
    assert horizon.uncertain == word[: horizon.length + 1]
    exact = run(network, word)
    for t in range(horizon.length + 1):
        assert (found.values[t] > 0) == (exact[t] > 0)


def test_an_acceptor_is_certified_without_end() -> None:
    from automata_rnn.automata import dfa_from_regex

    network = translate(dfa_from_regex("(a|b)*abb"), Network).rnn
    assert isinstance(network, Network)
    words = ["ab" * 100, "abb" * 60]
    horizon = precision_horizon(network, words, np.float32)
    assert (horizon.length, horizon.reached_end) == (200, True)


def test_horizons_want_weights_only() -> None:
    tables = networks("rwkv7")[0]
    with pytest.raises(ValueError, match="compile it"):
        precision_horizon(tables, ["a"])
    with pytest.raises(ValueError, match="dtype: wanted float32 or float64"):
        precision_horizon(networks("rwkv7")[1], ["a"], np.float16)


# Files --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rwkv7", "deltanet", "two layers"])
def test_networks_are_saved_as_weights(name: str, tmp_path: Path) -> None:
    tables, units, _ = networks(name)
    path = tmp_path / "network.safetensors"
    with pytest.raises(FormatError, match="compile_network"):
        save(tables, path)
    for network in (units, in_floats(units)):
        save(network, path)
        back = load(path)
        assert back.semiring is network.semiring
        assert back.alphabet == network.alphabet
        for mine, theirs in zip(back.layers, network.layers, strict=True):
            pairs = [*zip(mine.heads, theirs.heads, strict=True)]
            assert all(a.kind == b.kind for a, b in pairs)
            assert all(np.array_equal(a.parameters, b.parameters) for a, b in pairs)
        word = random_word("ab", 20)
        if network is units:
            assert run(back, word).tolist() == run(network, word).tolist()


# Errors -------------------------------------------------------------------------------


def test_malformed_networks_are_refused() -> None:
    zeros = np.zeros((1, 1, 2))
    with pytest.raises(ValueError, match=r"HeadGroup.kind: wanted one of"):
        HeadGroup("mamba", zeros, zeros, zeros)
    with pytest.raises(ValueError, match=r"HeadGroup.parameters: wanted shape \(1, 3"):
        HeadGroup("deltanet", zeros, zeros, zeros)
    with pytest.raises(ValueError, match=r"HeadGroup.query: wanted shape \(h, ·, wid"):
        HeadGroup("deltanet", zeros, zeros[0], zeros)
    with pytest.raises(ValueError, match=r"FeedForward\.outward"):
        FeedForward(zeros[0], zeros[0, :, :1])
    group = HeadGroup("deltanet", np.zeros((1, 3, 2)), zeros, zeros)
    with pytest.raises(ValueError, match=r"layers\[0\].heads: wanted width 3, got 2"):
        Network(RATIONAL, Alphabet("a"), [[0] * 3], (Layer((group,)),), [0] * 3)
    with pytest.raises(ValueError, match=r"Network\.embedding: wanted shape"):
        Network(RATIONAL, Alphabet("a"), [[0] * 2], (), [0] * 3)


def test_compiling_is_refused_past_the_budget() -> None:
    tables = networks("rwkv7")[0]
    rows = rows_of(tables)
    with pytest.raises(ValueError, match=f"max_rows: wanted at least {rows}"):
        compile_network(tables, max_rows=rows - 1)
    assert is_compiled(compile_network(tables, max_rows=rows))
    machine = translate(MatrixProduct(), Network, max_rows=10).rnn
    assert isinstance(machine, Network)
    assert not is_compiled(machine)
