"""AT&T text: there and back, the 490 automata of MLRegTest, weights, refusals."""

import os
from itertools import product
from math import inf
from pathlib import Path
from typing import Any

import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import given
from hypothesis import strategies as st

from automata_rnn import MIN_PLUS, evaluate
from automata_rnn.automata import table_from_dfa
from automata_rnn.formats import FormatError, load, read_att, read_att_wfa, write_att
from automata_rnn.formats.att import from_att, to_att
from automata_rnn.formats.att_weighted import wfa_from_att
from tests.strategies import dfas

MLREGTEST = Path(__file__).parents[2] / "shared" / "data" / "mlregtest"
EVEN = """0 1 a a
0 0 b b
1 0 a a
1 1 b b
0
"""


def even() -> DFA:
    return DFA.count_mod({"a", "b"}, 2, symbols_to_count={"a"})


# There and back ------------------------------------------------------------------


def test_a_file_of_four_columns(tmp_path: Path) -> None:
    path = tmp_path / "even.att"
    path.write_text(EVEN)
    for dfa in (read_att(path), load(path)):
        assert type(dfa) is DFA
        assert dfa == even()
        assert dfa.states == {0, 1}
        assert not dfa.allow_partial


def test_writing_is_the_inverse(tmp_path: Path) -> None:
    path = tmp_path / "even.fst.txt"
    write_att(even(), path)
    assert path.read_text() == EVEN.replace(" ", "\t")
    assert load(path) == even()


@given(dfa=dfas(letters="abč"))
def test_written_automata_are_equal_when_read(dfa: DFA) -> None:
    text = to_att(dfa)
    back = from_att(text, symbols=dfa.input_symbols)
    assert isinstance(back, DFA)
    assert back == dfa
    assert to_att(back) == text
    fields = [line.split("\t") for line in text.splitlines()]
    assert fields[0][0] == "0"
    assert {len(line) for line in fields} <= {1, 2, 4}


@given(dfa=dfas(), names=st.permutations(["p", 7, None, ("q",), frozenset({1})]))
def test_the_text_does_not_depend_on_names(dfa: DFA, names: Any) -> None:
    renamed = DFA(
        states={names[q] for q in dfa.states},
        input_symbols=dfa.input_symbols,
        transitions={
            names[q]: {s: names[t] for s, t in row.items()}
            for q, row in dfa.transitions.items()
        },
        initial_state=names[dfa.initial_state],
        final_states={names[q] for q in dfa.final_states},
        allow_partial=True,
    )
    assert to_att(renamed) == to_att(dfa)


def test_automata_without_moves(tmp_path: Path) -> None:
    path = tmp_path / "empty.att"
    for accepted in (set(), {0}):
        dfa = DFA(
            states={0},
            input_symbols={"a"},
            transitions={0: {}},
            initial_state=0,
            final_states=accepted,
            allow_partial=True,
        )
        write_att(dfa, path)
        back = read_att(path, symbols="a")
        assert back == dfa
        assert back.accepts_input("") == bool(accepted)


def test_labels_may_be_any_text_without_space(tmp_path: Path) -> None:
    labels = {"<", "\N{NO-BREAK SPACE}", "\u2028", "\x0b", "ǎ", "two", "0", '"'}
    path = tmp_path / "labels.att"
    dfa = DFA(
        states={0, 1},
        input_symbols=labels,
        transitions={0: dict.fromkeys(labels, 1), 1: {}},
        initial_state=0,
        final_states={1},
        allow_partial=True,
    )
    write_att(dfa, path)
    assert read_att(path) == dfa


@pytest.mark.parametrize("symbol", ["", "a b", "<eps>", "\t", "a\n", 1, None, "\ud800"])
def test_symbols_that_are_no_labels(tmp_path: Path, symbol: Any) -> None:
    dfa = DFA.universal_language({symbol})
    with pytest.raises(FormatError, match=r"x\.att: input_symbols: wanted text"):
        write_att(dfa, tmp_path / "x.att")
    assert list(tmp_path.iterdir()) == []


def test_only_dfas_are_written(tmp_path: Path) -> None:
    nfa: Any = NFA.from_dfa(even())
    with pytest.raises(FormatError, match="wanted a DFA"):
        write_att(nfa, tmp_path / "x.att")


def test_a_failing_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.att"
    path.write_text(EVEN)

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_att(DFA.universal_language({"a"}), path)
    assert path.read_text() == EVEN
    assert list(tmp_path.iterdir()) == [path]


# What files say ------------------------------------------------------------------


def test_the_first_line_names_the_initial_state() -> None:
    dfa = from_att("7 3 a\n3 7 a\n3\n")
    assert dfa.initial_state == 7
    assert dfa.accepts_input("a")
    assert from_att("3\n7 3 a").initial_state == 3


@pytest.mark.parametrize(
    "text",
    [
        "0 1 a\n1\n",
        "0 1 a a\n1",
        "0 1 a 0\n0 1 a\n1 0",
        "0 1 a a 0.0\n1 0\n",
        "\r\n0\t1\ta\r\n\r\n  1  \r\n",
        "0 1 a\n0 0 a Infinity\n1\n0 inf",
    ],
)
def test_all_ways_to_write_one_automaton(text: str) -> None:
    dfa = from_att(text)
    assert type(dfa) is DFA
    assert dfa.allow_partial
    assert [dfa.accepts_input("a" * n) for n in range(3)] == [False, True, False]


def test_four_fields_may_end_in_a_weight() -> None:
    with pytest.raises(FormatError, match="one_label=True"):
        from_att("0 1 a 0")
    assert from_att("0 1 a 0", one_label=True).accepts_input("a") is False
    assert wfa_from_att("0 1 a 2\n1", one_label=True).weights[0, 0, 1] == 2


def test_choices_and_epsilon_make_an_nfa() -> None:
    choice = from_att("0 1 a\n0 2 a\n2 2 b\n1\n2")
    assert type(choice) is NFA
    silent = from_att("0 1 <eps> <eps>\n1 1 a a\n1")
    assert type(silent) is NFA
    assert silent.input_symbols == {"a"}
    assert silent.accepts_input("")
    assert silent.accepts_input("aa")


def test_symbols_extend_the_alphabet_or_translate_labels() -> None:
    assert from_att("0 0 a", symbols="ab").input_symbols == {"a", "b"}
    table = {"0": "", "1": ("x", 1), "2": "b"}
    nfa = from_att("0 1 0 0\n1 1 1 1\n1", symbols=table)
    assert type(nfa) is NFA
    assert nfa.input_symbols == {("x", 1), "b"}
    with pytest.raises(FormatError, match="line 2: label: wanted one of"):
        from_att("0 0 a\n0 0 b", symbols="a")
    with pytest.raises(FormatError, match="line 2: label"):
        wfa_from_att("0 0 a\n0 0 b", symbols="a")
    assert wfa_from_att("0 0 a", symbols="ba").alphabet.symbols == ("b", "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: wanted the initial state"),
        ("\n \n", "line 1: wanted the initial state"),
        ("0 1 a b", "line 1: wanted the same input and output label"),
        ("0 1 a a\n1 x", "line 2: wanted a weight"),
        ("0 1 a a nan", "line 1: wanted a weight"),
        ("0 1 a a -Infinity", "line 1: wanted a weight"),
        ("0 1 a a 1e999", "line 1: wanted a weight"),
        ("0 1 a a 0.5", "line 1: wanted no weight .*, got 0.5; read_att_wfa"),
        ("0 1 a\n\n1 2", "line 3: wanted no weight"),
        ("0 -1 a", "line 1: wanted the number of a state, got '-1'"),
        ("q 1 a", "line 1: wanted the number of a state, got 'q'"),
        ("٣", "line 1: wanted the number of a state"),
        ("9" * 5000, "line 1: wanted the number of a state"),
        ("0 1 a\n0 1 a a 1", "line 2: wanted 3 fields, or 4 with a weight, got 5"),
        ("0 1 a a\n0 1 2 3 4 5", "line 2: wanted 4 fields"),
        ("0 1 a\n1\n1", "final states: wanted one line"),
    ],
)
def test_what_is_no_automaton(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.att"
    path.write_text(text, "utf-8")
    for read in (read_att, load):
        with pytest.raises(FormatError, match=rf"^{path}: {message}"):
            read(path)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.att"
    path.write_bytes(b"0 1 \xff\n")
    for read in (read_att, read_att_wfa):
        with pytest.raises(FormatError, match=r"x\.att: wanted text in UTF-8"):
            read(path)
        with pytest.raises(FormatError, match="directory"):
            read(tmp_path)
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "absent.att")


@given(text=st.text(st.sampled_from("0019 \t\nab<eps>.-inf\r"), max_size=40))
def test_any_text_is_an_automaton_or_refused(text: str) -> None:
    for read in (from_att, wfa_from_att):
        try:
            read(text)
        except FormatError as error:
            message = str(error)
            assert message


# Weights -------------------------------------------------------------------------


def test_costs_add_up_along_the_cheapest_path(tmp_path: Path) -> None:
    path = tmp_path / "costs.att"
    path.write_text("5 2 a a 1.5\n5 5 a a\n5 2 a a 4\n2 2 b b 0.25\n2 10\n5 Infinity\n")
    wfa = read_att_wfa(path)
    assert wfa.semiring is MIN_PLUS
    assert wfa.alphabet.symbols == ("a", "b")
    assert wfa.initial.tolist() == [inf, 0]  # states 2 and 5
    assert wfa.weights.tolist() == [[[inf, inf], [1.5, 0]], [[0.25, inf], [inf, inf]]]
    assert wfa.final.tolist() == [10, inf]
    assert evaluate(wfa, "aab") == 11.75
    assert evaluate(wfa, "ba") == inf


def cheapest(text: str, word: str) -> float:
    """The cost of a word, with ε-moves, by relaxing (state, position) until it ends."""
    rows = [line.split() for line in text.splitlines()]
    costs = {(rows[0][0], 0): 0.0}
    for _ in range(50):
        for (state, position), cost in list(costs.items()):
            for source, target, label, weight in (r for r in rows if len(r) == 4):
                step = int(label != "<eps>")
                if source == state and (not step or word[position:][:1] == label):
                    to = (target, position + step)
                    costs[to] = min(costs.get(to, inf), cost + float(weight))
    finals = {r[0]: float(r[1]) for r in rows if len(r) == 2}
    ends = (costs.get((q, len(word)), inf) + finals[q] for q in finals)
    return min(ends, default=inf)


arcs = st.tuples(*(st.integers(0, 2),) * 2, st.sampled_from(["a", "b", "<eps>"]))


@given(
    moves=st.lists(st.tuples(arcs, st.integers(0, 8)), min_size=1, max_size=7),
    finals=st.dictionaries(st.integers(0, 2), st.integers(-4, 4)),
)
def test_epsilon_is_closed(moves: list[Any], finals: dict[int, int]) -> None:
    lines = [f"{p} {q} {label} {cost / 4}" for (p, q, label), cost in moves]
    text = "\n".join(lines + [f"{q} {cost / 4}" for q, cost in finals.items()])
    wfa = wfa_from_att(text, symbols="ab", one_label=True)
    for length in range(4):
        for word in product("ab", repeat=length):
            assert evaluate(wfa, word) == cheapest(text, "".join(word))


def test_long_paths_of_epsilon() -> None:
    text = "".join(f"{i} {i + 1} <eps> 1\n" for i in range(13)) + "13 13 a 1\n13"
    wfa = wfa_from_att(text, one_label=True)
    assert evaluate(wfa, "aa") == 15


def test_epsilon_cycles() -> None:
    cycle = "0 1 <eps> {}\n1 0 <eps> 1\n1 1 a\n1"
    assert evaluate(wfa_from_att(cycle.format(-1)), "a") == -1
    with pytest.raises(FormatError, match="cycle of negative cost"):
        wfa_from_att(cycle.format(-1.5))
    with pytest.raises(FormatError, match="finite sums"):
        wfa_from_att("0 1 <eps> 1e308\n1 2 <eps> 1e308\n2 2 a")


def test_a_short_text_does_not_describe_an_enormous_array() -> None:
    text = "".join(f"{i} {i + 1} a{i}\n" for i in range(1000))
    with pytest.raises(FormatError, match="zeros included"):
        wfa_from_att(text)


# MLRegTest -----------------------------------------------------------------------


def counted_states(dfa: DFA) -> int:
    """States of the minimal automaton without its rejecting sink."""
    return len(dfa.to_complete().minify().to_partial(minify=False).states)


@pytest.mark.skipif(not MLREGTEST.is_dir(), reason="MLRegTest is not in ../shared/data")
@pytest.mark.parametrize("group", ["04.03", "04.04", "16", "64"])
def test_mlregtest_has_the_published_numbers_of_states(group: str) -> None:
    paths = sorted((MLREGTEST / "att").glob(f"{group}.*.att"))
    sizes = {"04.03": 50, "04.04": 80, "16": 180, "64": 180}
    assert len(paths) == sizes[group]
    for path in paths:
        dfa = load(path)
        assert type(dfa) is DFA, path
        published = (MLREGTEST / "state-counts" / path.stem).read_text()
        states, _, _ = map(int, published.split(","))
        assert counted_states(dfa) == states, path
        assert len(dfa.input_symbols) == int(group[:2]), path


@pytest.mark.skipif(not MLREGTEST.is_dir(), reason="MLRegTest is not in ../shared/data")
def test_mlregtest_there_and_back(tmp_path: Path) -> None:
    for path in sorted((MLREGTEST / "att").glob("*.att"))[::20]:
        dfa = read_att(path)
        assert isinstance(dfa, DFA)
        write_att(dfa, tmp_path / "copy.att")
        assert load(tmp_path / "copy.att") == dfa
        assert (table_from_dfa(dfa).num_states > len(dfa.states)) == dfa.allow_partial
