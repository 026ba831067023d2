"""`automata-rnn classify`, as a user types it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from automata_rnn import RATIONAL, Alphabet
from automata_rnn.automata import WFA, dfa_from_regex, nfa_from_regex
from automata_rnn.cli import main
from automata_rnn.formats import save
from automata_rnn.rnns import PDRNN
from translations import translate

LATE = "(a|b)*a(a|b){12}"  # the 13th letter from the end is a: 2¹³ states


def classify(*arguments: Any) -> Result:
    return CliRunner().invoke(main, ["classify", *map(str, arguments)])


def test_a_pattern_is_classified_in_one_screen() -> None:
    done = classify("regex:(0*10*1)*0*")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "regex:(0*10*1)*0*"
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 100
    assert "✗ diagonal layers, gates ≥ 0: 1 turns states in a cycle of 2" in done.output
    assert "✓ diagonal layers, gates of either sign" in done.output


@pytest.mark.parametrize(
    "pattern",
    ["(ab|c)*", "(0*10*1)*0*", "", "[^a-z]*", "a|b|ab", "(a|b)*a(a|b){7}", LATE],
)
def test_a_terminal_of_24_rows_shows_every_verdict(
    pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves one row to type in; what is cut is never a name."""
    monkeypatch.setenv("COLUMNS", "80")
    source = f"regex:{pattern}"
    budgets = "--max-elements=50", "--max-states=500"
    done = classify(source, *budgets)
    record = json.loads(classify(source, *budgets, "--json").output)
    rows = done.output.splitlines()
    assert len(rows) <= 23
    assert max(map(len, rows)) <= 80
    marks = {"yes": "✓", "no": "✗", "unknown": "?"}
    wanted = [f"{marks[line['verdict']]} {line['name']}" for line in record["lines"]]
    text = done.output
    for head in wanted:  # in the order of the report
        assert head in text
        text = text.partition(head)[2]
    full = classify(source, *budgets, "--full").output
    assert len(full.splitlines()) == 2 + len(wanted)


@pytest.mark.parametrize("columns", [40, 80, 100, 200])
def test_lines_are_cut_to_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = classify("regex:(0*10*1)*0*").output.splitlines()[1:]
    assert max(map(len, lines)) == min(columns, 100)
    assert any(line.startswith("✗ L-trivial") for line in lines) == (columns == 40)


def test_full_lines_hold_what_the_screen_cuts() -> None:
    cut, full = classify("regex:(ab|c)*"), classify("regex:(ab|c)*", "--full")
    assert "…\n" in cut.output
    assert "(Barrington, Compton, Straubing, Thérien 1992)" in full.output
    assert "(Barrington, Compton, Straubing, Thérien 1992)" not in cut.output


def test_json_is_for_machines() -> None:
    done = classify("regex:(aaa)*", "--alphabet", "ab", "--json")
    record = json.loads(done.output)
    assert record["subject"] == "regex:(aaa)*"
    assert record["facts"]["states of the minimal DFA"] == 4
    verdicts = {line["name"]: line["verdict"] for line in record["lines"]}
    assert verdicts["star-free (aperiodic)"] == "no"
    assert verdicts["diagonal layers, gates of either sign"] == "no"
    assert verdicts["diagonal layers, complex gates"] == "yes"


def test_files_of_automata_and_networks(tmp_path: Path) -> None:
    dfa = dfa_from_regex("(ab|c)*")
    weights = [[[1, 1], [0, 1]], [[1, 0], [0, 1]]]
    machines = {
        "dfa.json": (dfa, "DFA, 3 states", "✓ star-free"),
        "nfa.json": (nfa_from_regex("(a|ab)*"), "NFA", "✓ unambiguous"),
        "wfa.json": (
            WFA(RATIONAL, Alphabet("ab"), [1, 0], weights, [0, 1]),
            "WFA over rational",
            "✗ one diagonal layer: jordan block of a",
        ),
        "net.safetensors": (
            translate(dfa, PDRNN).rnn,
            "PDRNN over real, 3 hidden units",
            "✓ {f > 0} star-free",
        ),
    }
    for name, (machine, subject, line) in machines.items():
        save(machine, tmp_path / name)
        done = classify(tmp_path / name)
        assert done.exit_code == 0, done.output
        assert done.output.startswith(subject)
        assert line in done.output
        assert len(done.output.splitlines()) <= 40


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.json"], "no such file"),
        (["regex:(ab"], "pattern: wanted"),
        (["regex:a", "--max-elements", "0"], "max-elements"),
    ],
)
def test_bad_input_is_exit_2(arguments: list[str], message: str) -> None:
    done = classify(*arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_a_budget_is_said_in_the_answer() -> None:
    done = classify("regex:(a|b)*abab(a|b)*", "--max-elements", "5")
    assert done.exit_code == 0
    assert "? star-free (aperiodic): unknown, because" in done.output


@pytest.mark.parametrize("kind", ["regex", "nfa"])
def test_too_many_states_are_said_in_the_answer(kind: str, tmp_path: Path) -> None:
    source = f"regex:{LATE}"
    if kind == "nfa":
        source = str(tmp_path / "nfa.json")
        save(nfa_from_regex(LATE), tmp_path / "nfa.json")
    done = classify(source, "--max-states", "1000", "--json")
    assert done.exit_code == 0, done.output
    record = json.loads(done.output)
    lines = {line["name"]: line for line in record["lines"]}
    reason = lines["definite"]["reason"]
    assert lines["definite"]["verdict"] == "unknown"
    assert "more than 1,000 states" in reason
    assert "raise max_states" in reason
    assert lines["PD, one layer"]["verdict"] == "yes"
    assert ("unambiguous" in lines) == (kind == "nfa")
    known = json.loads(classify("regex:(a|b)*a(a|b)", "--json").output)
    names = [line["name"] for line in known["lines"]]
    assert [line["name"] for line in record["lines"]][: len(names)] == names


def test_raising_the_states_decides() -> None:
    """(a|b)*a(a|b){3} has 2⁴ states, and is definite with k = 4."""
    pattern = "regex:(a|b)*a(a|b){3}"
    assert (
        "? definite: unknown" in classify(pattern, "--max-states=15", "--full").output
    )
    assert "✓ definite: k = 4" in classify(pattern, "--max-states=64", "--full").output
