"""Validation: counts are brute force's, and guarantees hold."""

import json
from collections import Counter
from fractions import Fraction
from itertools import islice, product
from math import comb
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from automata.pda.dpda import DPDA
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from automata_rnn import RATIONAL, Alphabet, accepts
from automata_rnn.automata import (
    DFATable,
    dfa_from_regex,
    dfa_from_table,
    nfa_from_regex,
    table_from_dfa,
    wfa_from_dfa,
    wfa_from_nfa,
    wfa_from_regex,
)
from automata_rnn.cli import main
from automata_rnn.formats import FormatError, read_examples, save
from automata_rnn.membership import record, validate
from automata_rnn.membership.bounds import error_bound, sample_size
from automata_rnn.membership.oracles import count_up_to, words_up_to
from automata_rnn.membership.samples import accepted_words, accepting_counts, edited
from automata_rnn.membership.wmethod import (
    accepts_from,
    characterising_set,
    suite,
    suite_size,
)
from automata_rnn.rnns import PDRNN, DiagonalNetwork, LinearRNN, Network
from tests.brute import all_words
from tests.small_dfas import minimal_tables
from translations import translate

AB = Alphabet("ab")
PATTERN = "(ab|c)*"
DFA = dfa_from_regex(PATTERN)


# Machines --------------------------------------------------------------------------


class Counting:
    """A user's own machine."""

    def accepts(self, word: str) -> bool:
        return word.count("a") == word.count("b") == word.count("ab")


def balanced() -> DPDA:
    """aⁿbⁿ for n ≥ 1."""
    return DPDA(
        states={"push", "pop", "done"},
        input_symbols={"a", "b"},
        stack_symbols={"0", "1"},
        transitions={
            "push": {
                "a": {"0": ("push", ("1", "0")), "1": ("push", ("1", "1"))},
                "b": {"1": ("pop", "")},
            },
            "pop": {"b": {"1": ("pop", "")}, "": {"0": ("done", ("0",))}},
        },
        initial_state="push",
        initial_stack_symbol="0",
        final_states={"done"},
        acceptance_mode="final_state",
    )


MACHINES: dict[str, Any] = {
    "DFA": DFA,
    "table": table_from_dfa(DFA),
    "NFA": nfa_from_regex(PATTERN),
    "WFA": wfa_from_regex(PATTERN),
    "LinearRNN": translate(DFA, LinearRNN).rnn,
    "PDRNN": translate(DFA, PDRNN).rnn,
    "DiagonalNetwork": translate(DFA, DiagonalNetwork).rnn,
    "object": Counting(),
    "function": DFA.accepts_input,
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_kind_of_machine_is_validated(name: str) -> None:
    """All accept the same words, and all are seen to differ from another language."""
    found = validate(MACHINES[name], against=DFA, max_length=5, words=100)
    assert found.agree
    other = validate(
        MACHINES[name],
        against=dfa_from_regex("(ab|c)*(cab)?b?"),
        max_length=5,
        words=50,
    )
    assert other.disagreements[0].word in ("b", ("b",))
    assert (other.disagreements[0].got, other.disagreements[0].wanted) == (False, True)


def test_networks_of_heads_and_references_that_are_not_regular() -> None:
    network = translate(dfa_from_regex("(aa)*"), Network).rnn
    even = dfa_from_regex("(aa)*")
    assert validate(network, against=even, max_length=20, words=10).agree
    short = dfa_from_regex("ab|aabb|aaabbb")
    found = validate(short, against=balanced(), max_length=9, words=200)
    assert [check.method for check in found.checks] == ["exhaustive", "random"]
    assert "".join(map(str, found.disagreements[0].word)) == "aaaabbbb"
    with pytest.raises(ValueError, match="finitely many states for 'w', got a DPDA"):
        validate(short, against=balanced(), methods=["w"])
    with pytest.raises(ValueError, match="finitely many states for 'near', got a DPDA"):
        validate(short, against=balanced(), methods=["near"])
    with pytest.raises(ValueError, match="two automata for 'proof', but against is a"):
        validate(short, against=balanced(), methods=["proof"])


def test_values_count_above_the_threshold() -> None:
    """Two paths for the words with a b; the reference asks for two or more."""
    counted = wfa_from_nfa(nfa_from_regex("(a|b)*b?"), RATIONAL)
    ends = dfa_from_regex("(a|b)*b")
    assert validate(counted, against=ends, threshold=1, methods=["proof"]).proved
    some = validate(counted, against=ends, methods=["exhaustive"], max_length=4)
    assert [d.word for d in some.disagreements][:2] == [(), ("a",)]
    assert validate(ends, against=counted, threshold=1, methods=["w"]).proved


# Methods ---------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 4])
def test_exhaustive_counts_are_those_of_brute_force(length: int) -> None:
    machine, reference = dfa_from_regex("(a|b)*ab"), dfa_from_regex("(ab|b)*a?b")
    found = validate(
        machine, against=reference, methods=["exhaustive"], max_length=length
    )
    (check,) = found.checks
    every = ["".join(map(str, w)) for w in all_words(AB, length)]
    wrong = [w for w in every if machine.accepts_input(w) != reference.accepts_input(w)]
    assert (check.words, check.failures) == (len(every), len(wrong))
    assert check.wanted == sum(map(reference.accepts_input, every))
    assert check.length == length
    assert check.agreement == 1 - len(wrong) / len(every)
    shown = ["".join(map(str, d.word)) for d in found.disagreements]
    assert shown == wrong[:5]
    assert found.agree == (not wrong)


def test_exhaustive_goes_as_far_as_the_budget() -> None:
    ends = dfa_from_regex("(a|b)*b")
    (check,) = validate(ends, against=ends, methods=["exhaustive"], max_words=64).checks
    assert (check.length, check.words) == (5, 63)
    with pytest.raises(ValueError, match="max_words: wanted at least 127, all words"):
        validate(ends, against=ends, methods=["exhaustive"], max_words=64, max_length=6)


def test_a_proof_is_one() -> None:
    found = validate(wfa_from_dfa(DFA), against=DFA)
    assert found.proved
    assert [check.method for check in found.checks] == ["proof"]
    assert "equal languages, proved" in str(found)
    differ = validate(DFA, against=dfa_from_regex("(ab|c)*|b", "abc"))
    assert not differ.proved
    assert str(differ).endswith("b: rejected, wanted accepted")


SMALL = [table for n in (1, 2, 3) for table in minimal_tables(n)]


def test_characterising_sets_tell_all_states_apart() -> None:
    for table in SMALL:
        words = characterising_set(table)
        assert 1 <= len(words) <= table.num_states
        signatures = {
            tuple(accepts_from(table, state, word) for word in words)
            for state in range(table.num_states)
        }
        assert len(signatures) == table.num_states


def test_characterising_sets_need_minimal_automata() -> None:
    one = SMALL[0]
    twice = DFATable(AB, 0, one.successors.repeat(2, 1), one.accepting.repeat(2))
    with pytest.raises(ValueError, match="states 0 and 1 accept the same words"):
        characterising_set(twice)


def test_the_w_method_misses_nothing_within_its_bound() -> None:
    """Each small reference against all 1,054 automata with up to three states."""
    for reference in [*SMALL[:26], *SMALL[26::200]]:
        suffixes = characterising_set(reference)
        words = list(suite(reference, suffixes, 3))
        assert len(set(words)) == len(words) <= suite_size(reference, len(suffixes), 3)
        answers = [accepts_from(reference, 0, word) for word in words]
        agreeing = [
            table
            for table in SMALL
            if all(
                accepts_from(table, 0, word) == answer
                for word, answer in zip(words, answers, strict=True)
            )
        ]
        assert agreeing == [reference]


def test_the_w_method_says_under_which_condition() -> None:
    """Negative control: with more states than the bound, agreement proves nothing."""
    even = dfa_from_regex("(aa)*")

    def few(word: str) -> bool:
        return len(word) % 2 == 0 and len(word) < 6

    found = validate(few, against=even, methods=["w"], max_states=3)
    assert found.agree
    assert not found.proved
    (check,) = found.checks
    assert check.max_states == 3
    assert check.guarantee == "equal if the machine has at most 3 states"
    assert not validate(few, against=even, methods=["w"], max_states=7).agree
    assert validate(even, against=even, methods=["w"]).proved
    with pytest.raises(ValueError, match="max_states: wanted a bound on the states"):
        validate(few, against=even, methods=["w"])
    with pytest.raises(ValueError, match="max_words: wanted at least"):
        validate(few, against=DFA, alphabet="abc", methods=["w"], max_states=20)


@pytest.mark.parametrize("error", [1e-9, 1e-17, 1e-300, 5e-324])
def test_tiny_errors_need_a_number_of_words_and_no_more(error: float) -> None:
    """ln(100) / error, by Mercator's series; 5e-324 needs more than a float holds."""
    exact = Fraction("4.60517018598809136803598290936872841520") / Fraction(error)
    assert abs(sample_size(error, 0.99) / exact - 1) < Fraction(1, 10**8)
    with pytest.raises(ValueError, match="max_words: wanted at least "):
        validate(DFA, against=DFA, methods=["pac"], error=error)


def test_tiny_confidence_still_takes_a_word() -> None:
    assert sample_size(0.5, 1e-300) == 1


def test_pac_takes_as_many_words_as_it_says() -> None:
    assert sample_size(0.01, 0.99) == 459
    (check,) = validate(DFA, against=DFA, methods=["pac"], error=0.01).checks
    assert check.words == 459
    assert check.error is not None
    assert check.error <= 0.01
    assert check.guarantee.endswith("random words up to length 30 is at most 1 %")


def test_bounds_hold_as_often_as_they_say() -> None:
    """The true error, by exact counting, is below 45 or more of 50 bounds at 90 %."""
    machine = dfa_from_regex("(ab|c)*c?a?", "abc")
    a, b = table_from_dfa(machine), table_from_dfa(DFA)
    longest = 4
    wrong = [
        sum(accepts(a, word) != accepts(b, word) for word in product("abc", repeat=n))
        for n in range(longest + 1)
    ]
    true = sum(Fraction(w, 3**n) for n, w in enumerate(wrong)) / (longest + 1)
    checks = [
        validate(
            machine,
            against=DFA,
            methods=["random"],
            max_length=longest,
            words=200,
            confidence=0.9,
            seed=seed,
        ).checks[0]
        for seed in range(50)
    ]
    held = sum(check.error is not None and check.error >= true for check in checks)
    assert held >= 40
    rates = sum(check.failures for check in checks) / (50 * 200)
    assert abs(rates - true) < 0.02


@pytest.mark.parametrize("failures", [0, 1, 7, 50])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_error_bounds_are_those_of_clopper_and_pearson(
    failures: int, confidence: float
) -> None:
    """The tail of the binomial distribution, by exact fractions."""
    p = Fraction(error_bound(failures, 100, confidence))
    tail = sum(comb(100, k) * p**k * (1 - p) ** (100 - k) for k in range(failures + 1))
    assert abs(float(tail) - (1 - confidence)) < 1e-9
    assert error_bound(100, 100, confidence) == 1
    if failures == 0:
        closed = 1 - (1 - confidence) ** (1 / 100)
        assert error_bound(0, 100, confidence) == pytest.approx(closed, abs=1e-10)


def test_the_same_seed_tries_the_same_words() -> None:
    def tried(seed: int) -> list[str]:
        words: list[str] = []

        def note(word: str) -> bool:
            words.append(word)
            return True

        reference, methods = dfa_from_regex("(a|b)*"), ("random", "near")
        validate(note, against=reference, methods=methods, seed=seed, words=40)
        return words

    assert tried(3) == tried(3)
    assert tried(3) != tried(4)


# Samples ---------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["(ab|b)*", "a(a|b)*", "aab|ba?"])
def test_accepted_words_are_all_and_only_those(pattern: str) -> None:
    dfa = dfa_from_regex(pattern)
    table = table_from_dfa(dfa)
    counts = accepting_counts(table, 5)
    every = [w for w in all_words(AB, 5) if accepts(table, w)]
    by_length = Counter(map(len, every))
    assert [counts[n][0] for n in range(6)] == [by_length[n] for n in range(6)]
    drawn = Counter(islice(accepted_words(table, 5, Random(0)), 2000))
    assert set(drawn) == set(every)
    lengths = Counter(len(word) for word in drawn.elements())
    for length, words in by_length.items():
        assert abs(lengths[length] - 2000 / len(by_length)) < 200
        for word in (w for w in every if len(w) == length):
            assert abs(drawn[word] - lengths[length] / words) < 80  # type: ignore[index]


def test_a_reference_that_accepts_nothing_has_no_near_words() -> None:
    nothing = dfa_from_table(next(minimal_tables(1)))
    assert not nothing.accepts_input("")
    (check,) = validate(nothing, against=nothing, methods=["near"]).checks
    assert check.words == 0
    assert check.agreement == 1
    assert check.guarantee.startswith("nothing: the reference accepts no word")


def distance(a: Any, b: Any) -> int:
    """Levenshtein's, by its recursion."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, row = row, [i]
        for j, y in enumerate(b, start=1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y)))
    return row[-1]


@given(st.text("abc", max_size=6), st.integers(0, 1000))
def test_edits_are_at_distance_one(word: str, seed: int) -> None:
    assert distance(word, edited(word, Alphabet("abc"), Random(seed))) == 1


def test_edits_reach_every_neighbour() -> None:
    choose = Random(0)
    reached = {"".join(map(str, edited("ab", AB, choose))) for _ in range(500)}
    near = {"".join(map(str, w)) for w in all_words(AB, 3)}
    assert reached == {w for w in near if distance("ab", w) == 1}
    assert {edited("", Alphabet("a"), choose) for _ in range(9)} == {("a",)}


def test_near_words_find_what_random_ones_do_not() -> None:
    """Accepted words are rare among random ones, errors at the border are not near."""
    code = dfa_from_regex("(abc){6}")
    wrong = dfa_from_regex("(abc){6}|(abc){5}ab", "abc")
    sample = {"words": 400, "max_length": 18}
    far = validate(wrong, against=code, methods=["random"], **sample)
    near = validate(wrong, against=code, methods=["near"], **sample)
    assert far.agree
    assert not near.agree


# Examples --------------------------------------------------------------------------


def test_examples_are_counted() -> None:
    found = validate(DFA, [("ab", True), ("", True), ("b", False), ("cab", False)])
    (check,) = found.checks
    assert (check.words, check.wanted, check.failures) == (4, 2, 1)
    assert check.agreement == 0.75
    assert check.length == 0
    assert check.error == error_bound(1, 4, 0.99)
    assert [str(d) for d in found.disagreements] == ["cab: accepted, wanted rejected"]
    assert not found.agree
    both = validate(DFA, [("ab", True)], against=DFA)
    assert [check.method for check in both.checks] == ["examples", "proof"]
    assert both.proved
    assert validate(DFA, []).checks[0].guarantee == "no examples"


def test_examples_of_all_short_words_say_so() -> None:
    labelled = [(w, DFA.accepts_input("".join(map(str, w)))) for w in all_words(AB, 3)]
    found = validate(DFA.accepts_input, labelled)
    assert found.checks[0].length == 3
    assert "all words up to length 3 are among them" in str(found)
    assert validate(DFA, labelled).checks[0].length == 0  # c is a letter, too


def test_reports_are_json() -> None:
    found = validate(DFA, [("b", True), ((), True)], against=DFA)
    back = json.loads(json.dumps(record(found)))
    assert back["agree"] is back["proved"] is False
    assert back["disagreements"] == [{"word": ["b"], "got": False, "wanted": True}]
    assert [check["method"] for check in back["checks"]] == ["examples", "proof"]
    assert back["checks"][0]["agreement"] == 0.5


# Refusals --------------------------------------------------------------------------


def test_malformed_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="wanted at least one of them, got neither"):
        validate(DFA)
    with pytest.raises(TypeError, match=r"machine: wanted a transition system.*\.int"):
        validate(3, against=DFA)
    with pytest.raises(ValueError, match=r"symbols that builtins\.method reads"):
        validate(Counting().accepts, against=Counting().accepts)
    with pytest.raises(ValueError, match=r"only one of them reads \{'c'\}"):
        validate(DFA, against=dfa_from_regex("(ab)*"))
    with pytest.raises(ValueError, match=r"examples\[1\]: wanted symbols .*, got 'd'"):
        validate(DFA, [("ab", True), ("ad", False)])
    with pytest.raises(ValueError, match=r"examples\[1\]: wanted one label"):
        validate(DFA, [("ab", True), (("a", "b"), False)])
    with pytest.raises(ValueError, match=r"methods: wanted some of .*, got 'guess'"):
        validate(DFA, against=DFA, methods=["guess"])  # type: ignore[list-item]
    bad = {"error": 0, "confidence": 1, "words": 0, "max_length": -1, "max_states": 0}
    for name, value in bad.items():
        with pytest.raises(ValueError, match=f"{name}: wanted"):
            validate(DFA, against=DFA, **{name: value})
    with pytest.raises(TypeError, match="unexpected keyword"):
        validate(DFA, against=DFA, tries=3)


def test_examples_are_pairs_of_words_and_labels() -> None:
    for bad in ("a", "ab", ("a",), ("a", "0"), (3, True), ("a", 2), ("a", True, 1)):
        with pytest.raises(ValueError, match=r"examples\[1\]: wanted a pair of a word"):
            validate(DFA, [("", True), bad])  # type: ignore[list-item]
    given = [("", np.True_), (["b"], 0), (("a", "b", "c"), 1)]
    assert validate(DFA, given).agree  # type: ignore[arg-type]


def test_settings_are_numbers() -> None:
    bad = {"words": 1.5, "max_length": "3", "max_words": 2.0, "error": "0.1"}
    for name, value in bad.items():
        with pytest.raises(TypeError, match=f"{name}: wanted a"):
            validate(DFA, against=DFA, **{name: value})


def test_more_words_than_can_be_tried_are_refused_at_once() -> None:
    decide = DFA.accepts_input
    for asked, wanted in (
        ({"methods": ["pac"], "error": 1e-9}, "4,605,170,18"),
        ({"methods": ["exhaustive"], "max_length": 10**9}, "all words up to length 10"),
        ({"methods": ["w"], "max_states": 10**9}, "which the W-method tries"),
    ):
        with pytest.raises(ValueError, match=f"max_words: wanted at least .*{wanted}"):
            validate(decide, against=DFA, **asked)  # type: ignore[arg-type]


def test_counts_of_words_are_those_of_brute_force() -> None:
    for letters in range(4):
        alphabet = Alphabet("abc"[:letters])
        for longest in range(6):
            words = list(words_up_to(alphabet, longest))
            assert count_up_to(letters, longest) == len(words)


def test_thresholds_are_exact_where_values_are() -> None:
    wfa = wfa_from_dfa(DFA, RATIONAL)
    assert validate(wfa, against=DFA, threshold=0.5).proved
    assert validate(wfa, [("", True)], threshold="1/3").agree
    assert validate(wfa, against=lambda word: False, threshold=1, words=9).agree


def test_confidence_is_not_rounded_up() -> None:
    found = validate(DFA, [("", True)], confidence=0.9999999)
    assert "confidence 99.99999 %" in found.checks[0].guarantee


# Files and the command -------------------------------------------------------------


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_files_of_examples(tmp_path: Path) -> None:
    wanted = [("abc", True), ("", True), ("aab", False)]
    plain = written(tmp_path / "a.tsv", "1\tabc\n+\t\r\n\nREJECT\taab\n")
    named = written(tmp_path / "b.txt", "word\tlabel\nabc\tTRUE\n\tyes\naab\tFALSE\n")
    lines = [{"word": word, "label": label} for word, label in wanted]
    objects = written(tmp_path / "c.jsonl", "\n".join(map(json.dumps, lines)))
    for path in (plain, named, objects):
        assert read_examples(path) == wanted
    symbols = written(tmp_path / "d.jsonl", '{"word": ["up", 1], "label": 0}\n')
    assert read_examples(symbols) == [(["up", 1], False)]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.tsv", "1\ta\nmaybe\tb\n", "line 2: wanted a label among 1, true"),
        ("a.tsv", "1 a\n", "line 1: wanted label, tab, word, got '1 a'"),
        ("a.jsonl", "{", "line 1: wanted a JSON object"),
        ("a.jsonl", "[1]", "line 1: wanted an object with word and label"),
        ("a.jsonl", '{"word": 1, "label": 1}', "a word that is a string or a list"),
        ("a.jsonl", '{"word": "a", "label": 1.0}', "wanted a label among"),
        ("a.csv", "1,a", "suffix: wanted one of .tsv, .txt, .jsonl, got 'csv'"),
    ],
)
def test_malformed_files_are_refused(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    path = written(tmp_path / name, text)
    with pytest.raises(FormatError) as caught:
        read_examples(path)
    assert message in str(caught.value)
    assert path in str(caught.value)


def command(*arguments: Any) -> Any:
    return CliRunner().invoke(main, ["validate", *map(str, arguments)])


def test_the_command_validates(tmp_path: Path) -> None:
    network = tmp_path / "net.safetensors"
    save(translate(DFA, PDRNN).rnn, network)
    good = written(tmp_path / "good.tsv", "1\tabc\n0\tb\n1\t\n")
    against = ["--against", f"regex:{PATTERN}", "--max-words", 500, "--words", 100]
    done = command(network, "--examples", good, *against)
    assert done.exit_code == 0, done.output
    assert "examples: 3 of 3 words agree" in done.output
    assert "exhaustive: 364 of 364 words agree" in done.output
    bad = written(tmp_path / "bad.jsonl", '{"word": ["b"], "label": true}\n')
    found = command(network, "--examples", bad)
    assert found.exit_code == 1
    assert "b: rejected, wanted accepted" in found.output


def test_the_command_prints_json_and_refuses(tmp_path: Path) -> None:
    done = command("regex:a*", "--against", "regex:a*", "--method", "w", "--json")
    assert done.exit_code == 0
    report = json.loads(done.output)
    assert report["proved"]
    assert report["checks"][0]["max_states"] == 1
    assert command("regex:a*").exit_code == 2
    assert command("regex:a*", "--against", "regex:b*").exit_code == 2
    unknown = command("regex:a*", "--examples", tmp_path / "none.tsv")
    assert unknown.exit_code == 2
    odd = written(tmp_path / "odd.tsv", "1\tb\n")
    told = command("regex:a*", "--examples", odd).output
    assert f"{odd}: example 1: word: wanted symbols of {{'a'}}" in told
    assert "got 'b' at position 0" in told
    lists = written(tmp_path / "odd.jsonl", '{"word": ["a", [1]], "label": 1}\n')
    assert "example 1: word: wanted" in command("regex:a*", "--examples", lists).output
    nothing = command("regex:a*", "--examples", written(tmp_path / "no.tsv", "\n"))
    assert nothing.exit_code == 2
    assert "wanted at least one labelled word, got none" in nothing.output
