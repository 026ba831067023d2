"""The command line, as a user types it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from automata_rnn import INTEGER, MAX_PLUS, RATIONAL, Alphabet
from automata_rnn.automata import WFA, CounterMachine, StackMachine, dfa_from_regex
from automata_rnn.cli import main
from automata_rnn.cli.demo import demonstrate
from automata_rnn.cli.gallery import Example, gallery
from automata_rnn.cli.inputs import parse_word, show_word
from automata_rnn.formats import load, save
from automata_rnn.rnns import PDRNN, DiagonalRNN, LinearRNN, Network, ReLURNN
from translations import translate

PATTERN = "regex:(ab|c)*"
AB = Alphabet("ab")


def automata_rnn(*arguments: Any, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


@pytest.mark.parametrize(
    ("target", "kind"), [("linear", LinearRNN), ("pd", PDRNN), ("wfa", WFA)]
)
def test_convert_extract_and_check(tmp_path: Path, target: str, kind: type) -> None:
    network, back = tmp_path / "net.safetensors", tmp_path / "back.json"
    done = automata_rnn("convert", PATTERN, "--to", target, "-o", network)
    assert done.exit_code == 0, done.output
    assert "equality proved" in done.output
    assert isinstance(load(network), kind)
    assert automata_rnn("extract", network, "--to", "dfa", "-o", back).exit_code == 0
    for other in (back, network):
        same = automata_rnn("check", PATTERN, other)
        assert (same.exit_code, "proved" in same.output) == (0, True)
    different = automata_rnn("check", network, "regex:(ab|c)*b?", "--alphabet", "abc")
    assert different.exit_code == 1
    assert "differ on b" in different.output


def test_run_prints_word_value_and_decision(tmp_path: Path) -> None:
    network = tmp_path / "net.safetensors"
    automata_rnn("convert", PATTERN, "--to", "pd", "-o", network)
    typed = automata_rnn("run", network, "abc", "aab")
    assert typed.output == "abc\t1.0\taccept\naab\t0.0\treject\n"
    piped = automata_rnn("run", network, "-", stdin="abc\n\naab\n")
    assert piped.output == "abc\t1.0\taccept\nε\t1.0\taccept\naab\t0.0\treject\n"
    traced = automata_rnn("run", network, "--states", "ab")
    assert traced.output.count("\n") == 4
    low = automata_rnn("run", network, "aab", "--threshold", "-1")
    assert low.output == "aab\t0.0\taccept\n"


def test_symbols_of_many_characters_are_separated_by_spaces(tmp_path: Path) -> None:
    path = tmp_path / "steps.json"
    alphabet = Alphabet(("up", "down"))
    save(WFA(INTEGER, alphabet, [1], [[[2]], [[3]]], [1]), path)
    done = automata_rnn("run", path, "up down up")
    assert done.output == "up down up\t12\taccept\n"
    wrong = automata_rnn("run", path, "up left")
    assert (wrong.exit_code, "'left'" in wrong.output) == (2, True)


def test_info_says_what_is_in_a_file(tmp_path: Path) -> None:
    network = tmp_path / "net.safetensors"
    automata_rnn("convert", PATTERN, "--to", "linear", "-o", network)
    done = automata_rnn("info", network)
    assert "LinearRNN over real, 3 hidden units, 3 letters" in done.output
    assert "letters: 'a' 'b' 'c'" in done.output
    assert "deterministic: yes" in done.output
    assert "minimal weighted automaton: 2 states" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["info", "nowhere.json"], "no such file"),
        (["run", "regex:a*"], "wanted words"),
        (
            ["validate", "regex:a*", "--examples", "no.tsv"],
            "Error: no.tsv: No such file",
        ),
        (["info", "regex:(ab"], "pattern: wanted"),
        (["check", "regex:a*", "regex:b*"], "alphabet: wanted"),
        (["run", "regex:a*", "b"], "got 'b' at position 0"),
        (["run", "regex:a*", "a", "--threshold", "high"], "threshold: wanted"),
        (["convert", "regex:ab", "--to", "diagonal", "-o", "x.safetensors"], "commut"),
        (["convert", "regex:ab", "--to", "pd", "-o", "x.unknown"], "suffix"),
        (["convert", "regex:ab", "--to", "best", "-o", "x.json"], "best"),
        (
            ["convert", "regex:ab", "--to", "pd", "--semiring", "odd", "-o", "x.json"],
            "semiring: wanted one of",
        ),
        (
            ["convert", "regex:ab", "--to", "pd", "--max-states", "3", "-o", "x.json"],
            "options: wanted some of ['semiring']",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = automata_rnn(*arguments)
    assert done.exit_code == 2, done.output
    assert message in done.output
    assert "Traceback" not in done.output
    assert not list(tmp_path.iterdir()), "nothing partial is left behind"


def test_check_without_a_proof_is_exit_3(tmp_path: Path) -> None:
    weights = np.full((2, 2, 2), -np.inf)
    weights[0] = [[3, -np.inf], [-np.inf, 0]]
    weights[1] = [[0, -np.inf], [-np.inf, 5]]
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, moves in zip(paths, (weights, weights[:, ::-1, ::-1]), strict=True):
        save(WFA(MAX_PLUS, AB, [0.0, 0.0], moves, [0.0, 0.0]), path)
    done = automata_rnn("check", *paths, "--max-length", "5")
    assert done.exit_code == 3
    assert "not proved: all words up to length 5 agree" in done.output


def test_languages_are_compared_on_request(tmp_path: Path) -> None:
    path = tmp_path / "double.json"
    save(WFA(RATIONAL, AB, [2], [[[1]], [[0]]], [1]), path)
    values = automata_rnn("check", path, "regex:a*", "--alphabet", "ab")
    assert (values.exit_code, "differ on ε" in values.output) == (1, True)
    language = automata_rnn("check", path, "regex:a*", "--alphabet", "ab", "--language")
    assert language.exit_code == 0


def test_words_are_shown_as_they_are_read() -> None:
    assert show_word(()) == "ε"
    assert parse_word(AB, show_word("abba")) == "abba"
    steps = Alphabet(("up", 3))
    assert parse_word(steps, show_word(("up", 3))) == ("up", 3)
    assert show_word("a\n") == "'a\\n'"


def test_the_demonstration_passes_and_fits_a_terminal() -> None:
    done = automata_rnn("demo")
    assert done.exit_code == 0, done.output
    assert "all conversions agree" in done.output
    for name in ("IPv4 octet", "ISO date", "C comment", "weather HMM", "LFSR"):
        assert name.split()[0] in done.output


def test_the_demonstration_sees_a_wrong_expectation() -> None:
    """Negative control: an example that is not accepted makes a row wrong."""
    octet = next(iter(gallery()))
    wrong = Example(octet.name, octet.machine, octet.returns_to, accepted=("256",))
    rows = [row for row in demonstrate(wrong) if row.holds]
    assert rows
    assert not any(row.correct for row in rows)


def test_rounded_networks_are_compared_closely(tmp_path: Path) -> None:
    """Letters that count modulo 3 need complex gates, which floats round."""
    path = tmp_path / "turn.safetensors"
    done = automata_rnn("convert", "regex:(aaa)*", "--to", "diagonal", "-o", path)
    assert done.exit_code == 0, done.output
    assert "weights are rounded; values agree" in done.output
    network = load(path)
    assert isinstance(network, DiagonalRNN)
    assert network.semiring.name == "complex"


def test_a_network_without_a_pair_goes_by_way_of_a_wfa(tmp_path: Path) -> None:
    gates = DiagonalRNN(INTEGER, AB, [1], [[-1], [2]], [1])
    source, target = tmp_path / "d.safetensors", tmp_path / "pd.safetensors"
    save(gates, source)
    done = automata_rnn("convert", source, "--to", "pd", "-o", target)
    assert done.exit_code == 0, done.output
    assert isinstance(load(target), PDRNN)
    assert translate(load(target), WFA).automaton.num_states == 1


@pytest.mark.parametrize("target", ["relu", "network"])
def test_nonlinear_networks_are_written_and_proved(tmp_path: Path, target: str) -> None:
    network = tmp_path / "net.safetensors"
    done = automata_rnn("convert", "regex:(ab)*", "--to", target, "-o", network)
    assert done.exit_code == 0, done.output
    assert "equality proved" in done.output
    assert automata_rnn("check", network, "regex:(ab)*").exit_code == 0
    wrong = automata_rnn("check", network, "regex:(ab)*a?")
    assert (wrong.exit_code, "differ on a " in wrong.output) == (1, True)


def test_every_type_says_how_large_it_is(tmp_path: Path) -> None:
    path = tmp_path / "machine.safetensors"
    counting = ReLURNN(INTEGER, AB, [0], [[1]], [[1], [-1]], [1])
    counters = translate(counting, CounterMachine).automaton
    actions = np.zeros((2, 1, 2, 1), int)  # never pushes
    rows = np.zeros((2, 1, 2), int), actions, np.ones((1, 2), bool)
    stacks = StackMachine(AB, ("x",), 0, *rows)
    network = translate(dfa_from_regex("(ab)*"), Network).rnn
    for machine, size in [
        (counting, "1 hidden units"),
        (counters, f"{counters.num_states} states, 1 counters"),
        (stacks, f"{stacks.num_states} states, 1 stacks"),
        (network, f"4 layers, width {network.width}"),
    ]:
        save(machine, path)
        first = automata_rnn("info", path).output.splitlines()[0]
        assert first.endswith(f", {size}, 2 letters")


def test_what_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    source = tmp_path / "net.safetensors"
    automata_rnn("convert", "regex:(ab)*", "--to", "pd", "-o", source)
    for command in (("convert", source, "--to", "pd"), ("extract", source)):
        for name, message in (("x.foo", "suffix"), ("no/x.json", "folder that exists")):
            done = automata_rnn(*command, "-o", tmp_path / name)
            assert (done.exit_code, message in done.output) == (2, True)
            assert "->" not in done.output
            assert "queries" not in done.output
