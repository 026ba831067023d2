"""Black boxes: every kind of network gives the same answers as itself."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automata_rnn import RATIONAL, Alphabet, accepts, evaluate
from automata_rnn.automata import table_from_dfa
from automata_rnn.black_box import (
    BlackBox,
    MembershipOracle,
    accepted,
    ask,
    black_box,
    first_state,
    forget,
    next_symbol_distributions,
    values,
    vectors,
)
from tests.brute import all_words
from tests.saturated_gru import saturated_gru
from tests.strategies import dfas, linear_rnns

AB = Alphabet("ab")


@given(network=linear_rnns(RATIONAL))
def test_machines_answer_as_themselves(network: Any) -> None:
    words = list(all_words(network.alphabet, 3))
    box = black_box(network)
    assert list(values(box, words)) == [evaluate(network, word) for word in words]
    assert accepted(box, words).tolist() == [accepts(network, word) for word in words]


@given(dfa=dfas())
def test_automata_and_functions_and_steps_agree(dfa: Any) -> None:
    words = list(all_words(AB, 4))
    expected = [dfa.accepts_input("".join(map(str, word))) for word in words]
    table = table_from_dfa(dfa)
    by_step = black_box(table.step, AB, initial=0, output=table.output)  # type: ignore[attr-defined]
    by_batch = black_box(
        lambda states, codes: table.successors[codes, states],  # type: ignore[attr-defined]
        AB,
        initial=0,
        output=lambda states: table.accepting[states],  # type: ignore[attr-defined]
        batched=True,
    )
    by_words = black_box(dfa.accepts_input, "ab")
    several = black_box(lambda w: [dfa.accepts_input(x) for x in w], AB, batched=True)
    for box in (black_box(dfa), by_step, by_batch, by_words, several):
        assert accepted(box, words).tolist() == expected


@given(dfa=dfas(), seed=st.integers(0, 10**6))
def test_the_memory_changes_no_answer(dfa: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = ["".join(rng.choice(["a", "b"], rng.integers(0, 9))) for _ in range(30)]
    expected = [dfa.accepts_input(word) for word in words]
    for most in (1, 7, 1000):
        oracle = MembershipOracle(black_box(dfa), most)
        assert ask(oracle, words[:10]) == expected[:10]
        forget(oracle)
        assert ask(oracle, words) == expected
        assert len(oracle.answers) == len(set(words))


def test_prefixes_are_computed_once() -> None:
    steps: list[int] = []

    def advance(states: Any, codes: Any) -> Any:
        steps.append(len(codes))
        return (states + codes) % 3

    box = BlackBox(AB, np.array([0]), advance, lambda states: states == 0)
    oracle = MembershipOracle(box)
    assert ask(oracle, ["bb", "bba", "bbb", "bbb"]) == [False, False, True, True]
    assert steps == [1, 1, 2]  # b, bb, then both letters at once
    assert ask(oracle, ["bba", "bbbb"]) == [False, False]
    assert steps == [1, 1, 2, 1]


def test_functions_of_words_are_asked_for_whole_words_only() -> None:
    """No prefix is kept, nor made: those of this word would be 50 million symbols."""
    seen: list[int] = []
    count = lambda word: seen.append(len(word)) or word.count("a") % 2  # noqa: E731
    oracle = MembershipOracle(black_box(count, "ab", bos="^"))
    assert ask(oracle, ["ab" * 5000, "a" * 3, ""]) == [False, True, False]
    assert seen == [10_001, 4, 1]
    assert not oracle.states
    assert values(oracle.box, ["ab" * 5001]).tolist() == [1]


def test_bos_comes_first_and_is_a_symbol_of_functions() -> None:
    seen: list[Any] = []
    box = black_box(lambda word: seen.append(word) or True, "ab", bos="^")
    accepted(box, ["", "ab"])
    assert seen == ["^", "^ab"]
    pairs = black_box(lambda word: len(word), Alphabet(["up", "down"]))
    assert values(pairs, [["up", "down"], []]).tolist() == [2, 0]


def test_the_largest_of_several_outputs_wins() -> None:
    table = {"": [0, 2, 1], "a": [3, 1, 2], "b": [2, 2, 0]}
    box = black_box(lambda word: table[word], "ab", accepting=0)
    assert accepted(box, ["", "a", "b"]).tolist() == [False, True, False]
    unclear = black_box(lambda word: table[word], "ab")
    with pytest.raises(ValueError, match="accepting: wanted one of the outputs 0 to 2"):
        accepted(unclear, ["a"])


def test_next_symbols() -> None:
    box = black_box(lambda word: [0.0, np.log(3.0), 0.0], "ab")
    found = next_symbol_distributions(box, ["", "a"])
    np.testing.assert_allclose(found, [[0.2, 0.6, 0.2]] * 2)
    plain = black_box(lambda word: [0.25, 0.75], "ab")
    found = next_symbol_distributions(plain, ["b"], logits=False)
    np.testing.assert_allclose(found, [[0.25, 0.75]])
    with pytest.raises(ValueError, match="probabilities that sum to 1"):
        next_symbol_distributions(box, [""], logits=False)
    with pytest.raises(ValueError, match="outputs: wanted 2 or 3"):
        next_symbol_distributions(black_box(len, "ab"), [""])


def test_hidden_vectors() -> None:
    network = saturated_gru(table_from_dfa(_parity()))  # type: ignore[arg-type]
    box = black_box(network)
    found = vectors(box, first_state(box))
    assert found is not None
    assert found.shape == (1, network.hidden_size)
    assert vectors(black_box(len, "ab"), first_state(black_box(len, "ab"))) is None


def _parity() -> Any:
    from tests.trained import counter

    return counter(2)


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="alphabet: wanted one"):
        black_box(len)
    with pytest.raises(ValueError, match="initial, output: wanted both"):
        black_box(max, "ab", initial=0)
    with pytest.raises(TypeError, match="machine: wanted an object with alphabet"):
        black_box(7)
    with pytest.raises(ValueError, match="a batch of one state"):
        BlackBox(AB, np.zeros((2, 1)), lambda s, c: s, lambda s: s)
    with pytest.raises(ValueError, match="max_states: wanted at least 1"):
        MembershipOracle(black_box(len, "ab"), 0)
    with pytest.raises(ValueError, match="got 'c' at position 1"):
        accepted(black_box(len, "ab"), ["ac"])


def test_options_of_functions_are_refused_beside_machines() -> None:
    network = saturated_gru(table_from_dfa(_parity()))  # type: ignore[arg-type]
    for machine in (network, _parity(), black_box(len, "ab")):
        for option in ({"alphabet": "xy"}, {"bos": "^"}, {"batched": True}):
            with pytest.raises(ValueError, match=r": wanted none beside a .*, which"):
                black_box(machine, **option)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="threshold: wanted none beside a BlackBox"):
        black_box(black_box(len, "ab"), threshold=1)
    with pytest.raises(ValueError, match="threshold: wanted a number, got nan"):
        black_box(len, "ab", threshold=float("nan"))


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (None, "outputs: wanted numbers, got None"),
        ("yes", "outputs: wanted numbers, got 'yes'"),
        (float("nan"), "outputs: wanted numbers, got NaN"),
        ([[1, 2], [3, 4]], r"wanted 1 outputs, .* got shape \(1, 2, 2\)"),
    ],
)
def test_outputs_that_say_nothing_are_refused(output: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        accepted(black_box(lambda word: output, "ab"), ["a"])


def test_batches_of_another_size_are_refused() -> None:
    few = black_box(lambda words: [True], AB, batched=True)
    with pytest.raises(ValueError, match=r"wanted 2 outputs, .* got shape \(1,\)"):
        ask(MembershipOracle(few), ["a", "ab"])
    ragged = black_box(lambda word: [0.0] * (1 + len(word)), "ab")
    with pytest.raises(ValueError, match="wanted 2 outputs, of one number or of r"):
        values(ragged, ["a", "ab"])
    lost = black_box(
        lambda s, c: s[:1], AB, initial=0, output=lambda s: s, batched=True
    )
    with pytest.raises(ValueError, match=r"states of shape \(2,\), as before"):
        values(lost, ["aa", "ab"])


def test_a_module_that_cannot_read_the_empty_word_is_told_what_to_do() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")

    class Last(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Embedding(3, 2)
            self.rnn = torch.nn.GRU(2, 2, batch_first=True)

        def forward(self, codes: Any) -> Any:
            return self.rnn(self.embedding(codes))[0][:, -1, 0]

    module = Last().eval()
    with pytest.raises(ValueError, match=r"empty word.*bos.*network_from_torch"):
        values(black_box(module, "ab"), [""])
    with_bos = values(black_box(module, "ab", bos="^"), ["", "ab"])
    expected = [module(torch.tensor([codes])).item() for codes in ([2], [2, 0, 1])]
    assert with_bos == pytest.approx(expected)
