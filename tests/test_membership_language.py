"""Classes of regular languages against definitions, word tests and published data."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from automata.fa.dfa import DFA
from hypothesis import given, settings

from automata_rnn import Alphabet
from automata_rnn.automata import (
    DFATable,
    dfa_from_regex,
    dfa_from_table,
    indicator,
    minimize,
    nfa_from_regex,
    table_from_dfa,
)
from automata_rnn.exact.factors import map_factors
from automata_rnn.formats import load
from automata_rnn.membership import Report, classify, green, maps, syntactic_monoid
from automata_rnn.membership.affine import diagonal_with_inputs
from automata_rnn.membership.holding import map_steps
from automata_rnn.membership.maps import settled, settling_power
from automata_rnn.membership.report import WIDTH
from automata_rnn.rnns import DeltaProduct, DiagonalNetwork, DiagonalRNN
from automata_rnn.semiring import RATIONAL
from tests.small_dfas import COUNTS, minimal_tables
from tests.strategies import dfas, nfas
from tests.word_signatures import (
    NaiveMonoid,
    Signatures,
    ends,
    factors,
    subwords,
)
from translations import NotDiagonalizable, translate

STAR_FREE = "star-free (aperiodic)"
POSITIVE, SIGNED = "diagonal layers, gates ≥ 0", "diagonal layers, gates of either sign"
COMPLEX = "diagonal layers, complex gates"
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "mlregtest"
FILES = sorted((DATA / "att").glob("*.att"))

WORD_TESTS = {
    "piecewise testable": [subwords(1), subwords(2), subwords(3)],
    "locally testable": [factors(1), factors(2), factors(3)],
    "locally threshold testable": [
        *(factors(k) for k in (1, 2, 3)),
        *(factors(1, 2), factors(1, 3), factors(2, 2)),
    ],
    "definite": [ends(0, 3)],
    "reverse definite": [ends(3, 0)],
    "generalised definite": [ends(2, 2), ends(3, 3)],
}


def answer(truth: bool) -> str:
    return "yes" if truth else "no"


@cache
def small_reports() -> list[tuple[DFATable, Report]]:
    """All 1,054 minimal DFAs of up to three states over two letters."""
    tables = [table for n in (1, 2, 3) for table in minimal_tables(n)]
    assert len(tables) == sum(COUNTS[n] for n in (1, 2, 3))
    return [(table, classify(table)) for table in tables]


def test_small_automata_are_classified_as_definitions_say() -> None:
    """Monoids, Green's relations and equations by definition, in Python tuples."""
    for table, report in small_reports():
        naive, facts = NaiveMonoid(table), report.facts
        assert facts["elements of the syntactic monoid"] == len(naive.elements)
        ideals = {side: naive.ideals(side) for side in "rld"}
        counts = {side: len(set(ideals[side].values())) for side in "rld"}
        for side, count in counts.items():
            assert facts[f"{side.upper()}-classes"] == count
        h = {(ideals["r"][x], ideals["l"][x]) for x in naive.elements}
        assert facts["H-classes"] == len(h)
        for name, truth in {
            STAR_FREE: naive.aperiodic(),
            "two-variable FO²[<] (DA)": naive.two_variable(),
            "locally threshold testable": naive.threshold_testable(),
            "in AC⁰": naive.quasi_aperiodic(),
            "R-trivial": counts["r"] == len(naive.elements),
            "L-trivial": counts["l"] == len(naive.elements),
            "commutative": naive.commutative(),
            "group language": naive.permutes(),
        }.items():
            assert report[name].verdict == answer(truth), (name, table.successors)


@pytest.mark.parametrize("name", WORD_TESTS)
def test_small_automata_are_classified_as_their_words_say(name: str) -> None:
    """Straight from what words contain: 3 letters are enough for up to 3 states."""
    machines = [Signatures(machine) for machine in WORD_TESTS[name]]
    yes = 0
    for table, report in small_reports():
        truth = any(machine.decide(table) for machine in machines)
        assert report[name].verdict == answer(truth)
        yes += truth
    assert yes > 10


def test_one_diagonal_layer_is_what_the_compiler_can_do() -> None:
    for table, report in small_reports()[::3]:
        line = report["one diagonal layer, linear readout"]
        try:
            rnn = translate(indicator(table, RATIONAL), DiagonalRNN).rnn
        except NotDiagonalizable:
            assert line.verdict == "no"
        else:
            assert line.data["units"] == rnn.hidden_size  # type: ignore[attr-defined]


def test_householder_steps_are_what_the_compiler_takes() -> None:
    for table, report in small_reports()[::7]:
        data = report["DeltaProduct, one head"].data
        rnn = translate(dfa_from_table(table, minify=False), DeltaProduct).rnn
        assert data["n_h"] <= rnn.num_factors <= data["n_h"] + 1  # type: ignore[attr-defined]
        assert data["least"] <= data["n_h"]


def test_steps_of_maps_are_counted_as_they_are_built() -> None:
    for n in (1, 2, 3, 4):
        for row in np.ndindex(*(n,) * n):
            matrix = RATIONAL.array(np.eye(n, dtype=int)[list(row)])
            built = map_factors(matrix)
            assert built is not None
            assert map_steps(row) == len(built)


@pytest.mark.skipif(not FILES, reason=f"no MLRegTest at {DATA}")
def test_mlregtest_is_classified_as_published() -> None:
    """Monoid size and D-classes as published; the class as in the file's name.

    Classes are strict: what is in one of the lower ones has another name.
    """
    for path in FILES:
        report = classify(load(path))
        _, size, d = map(
            int, (DATA / "state-counts" / path.stem).read_text().split(",")
        )
        assert report.facts["elements of the syntactic monoid"] == size, path.stem
        assert report.facts["D-classes"] == d, path.stem
        kind = path.stem.split(".")[2]
        assert report[STAR_FREE].verdict == answer(kind not in ("Zp", "Reg"))
        for name, kinds in {
            "piecewise testable": {"SP", "PT"},
            "locally testable": {"SL", "LT"},
            "locally threshold testable": {"SL", "LT", "LTT"},
        }.items():
            assert report[name].verdict == answer(kind in kinds), (path.stem, name)
        assert report["NC¹-complete"].verdict == "no"


ALL_KINDS = [
    "SL",
    "SP",
    "LT",
    "LTT",
    "PT",
    "PLT",
    "TSL",
    "TLT",
    "TLTT",
    "TPLT",
    "SF",
    "Zp",
    "Reg",
]


def reached(table: DFATable, state: int, word: list[str]) -> int:
    for symbol in word:
        state = table.step(state, symbol)
    return state


def action(table: DFATable, word: list[str]) -> list[int]:
    return [reached(table, q, word) for q in range(table.num_states)]


@settings(max_examples=60)
@given(dfas(max_states=5))
def test_certificates_can_be_checked_by_hand(dfa: DFA) -> None:
    """Each refusal's words do on the minimal DFA what the line says of them."""
    report, table = classify(dfa), table_from_dfa(dfa.to_complete().minify())
    line = report[STAR_FREE]
    if line.verdict == "no":
        cycle = line.data["cycle"]
        assert len(cycle) > 1
        for q, following in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert reached(table, q, line.data["word"]) == following
    else:
        for x in NaiveMonoid(table).elements:
            n = line.data["power"]
            assert NaiveMonoid.times(*[x] * (n + 1)) == (
                NaiveMonoid.times(*[x] * n) if n else tuple(range(table.num_states))
            )
    line = report["locally threshold testable"]
    if "words" in line.data:
        p, q, u = line.data["words"]
        assert action(table, p + q + u) != action(table, u + q + p)
    line = report["commutative"]
    if line.verdict == "no":
        a, b = line.data["letters"]
        assert action(table, [a, b]) != action(table, [b, a])
    for name, before in (("definite", True), ("reverse definite", False)):
        line = report[name]
        if line.verdict == "no":
            e, x = line.data["idempotent"], line.data["element"]
            assert action(table, e) == action(table, e + e)
            assert action(table, x + e if before else e + x) != action(table, e)
    for name in ("piecewise testable", "R-trivial", "L-trivial"):
        if report[name].verdict == "no":
            u, v = report[name].data["words"]
            assert action(table, u) != action(table, v)


@settings(max_examples=40)
@given(nfas(acyclic=False))
def test_an_nfa_is_classified_as_its_dfa(nfa) -> None:  # type: ignore[no-untyped-def]
    report = classify(nfa)
    again = classify(DFA.from_nfa(nfa))
    assert report.facts == again.facts
    assert report.lines[: len(again.lines)] == again.lines


def test_a_pattern_and_its_automata_are_one_language() -> None:
    pattern = "(ab|c)*"
    by_text, by_dfa = classify(pattern), classify(dfa_from_regex(pattern))
    assert by_text.lines == by_dfa.lines
    assert classify(nfa_from_regex(pattern)).facts == by_dfa.facts


def test_parity_needs_a_sign_and_counting_to_three_complex_gates() -> None:
    parity, three = classify("(0*10*1)*0*"), classify("(aaa)*")
    refusal = parity[POSITIVE]
    assert refusal.verdict == "no"
    assert "Sarrof" in refusal.reason
    assert refusal.data["word"] == ["1"]
    assert parity[SIGNED].verdict == "yes"
    assert three[SIGNED].verdict == "no"
    assert three[SIGNED].data["cycle"] == 3
    assert three[COMPLEX].verdict == "yes"
    assert classify("(a|b)*abb")[POSITIVE].verdict == "yes"


@pytest.mark.parametrize(
    ("pattern", "name", "data"),
    [
        ("(a|b)*abb", "definite", {"k": 3}),
        ("ab(a|b)*", "reverse definite", {"k": 2}),
        ("(a|b)*", "definite", {"k": 0}),
        ("ab|ba", "finite or cofinite (nilpotent)", {"kind": "finite"}),
        ("(a|b)*aa(a|b)*", "locally testable", {}),
        ("b*ab*", "locally threshold testable", {}),
        ("(a|b)*a(a|b)*b(a|b)*", "piecewise testable", {}),
        ("((a|b)(a|b))*", "in AC⁰", {"t": 2}),
    ],
)
def test_known_languages_are_where_they_belong(
    pattern: str, name: str, data: dict[str, object]
) -> None:
    line = classify(pattern)[name]
    assert line.verdict == "yes"
    assert {key: line.data[key] for key in data} == data


def test_reports_are_one_screen_and_json() -> None:
    report = classify("(ab|c)*")
    lines = str(report).splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= WIDTH
    record = json.loads(report.to_json())
    assert len(record["lines"]) == len(report.lines)
    assert record["facts"] == dict(report.facts)
    for line in record["lines"]:
        assert set(line) == {"name", "verdict", "certificate", "reason", "data"}
    with pytest.raises(KeyError, match="is not among"):
        report["regular"]


def test_past_a_budget_the_answer_is_unknown() -> None:
    pattern = "(a|b)*abab(a|b)*"
    full, small = classify(pattern), classify(pattern, max_elements=5)
    assert full[STAR_FREE].verdict == "yes"
    for name in (STAR_FREE, "piecewise testable", "in AC⁰", POSITIVE):
        assert small[name].verdict == "unknown"
        assert "more than 5 elements" in small[name].reason
    assert small["commutative"].verdict == full["commutative"].verdict
    narrow = classify(pattern, max_products=3)
    assert narrow["in AC⁰"].verdict == "unknown"
    assert "max_products" in narrow["locally threshold testable"].reason


def test_a_counter_is_found_even_in_a_monoid_too_large() -> None:
    small = classify("(aa|b)*c(a|b)*", max_elements=4)
    assert small[STAR_FREE].verdict == "no"
    assert small[POSITIVE].verdict == "no"
    assert small["piecewise testable"].verdict == "no"
    assert small["in ACC⁰, within TC⁰"].verdict == "unknown"


@pytest.mark.parametrize("n", [1, 2, 3, 8, 9])
def test_powers_of_maps_settle_where_brute_force_says(n: int) -> None:
    rng = np.random.default_rng(n)
    for size in (0, 1, 1, 2, 5, 40):
        some = rng.integers(0, n, (size, n)).astype(np.uint8)
        least = [_settles(tuple(row)) for row in some.tolist()]
        steady = settled(some)
        assert steady.tolist() == [k is not None for k in least]
        kept = [k for k in least if k is not None]
        assert settling_power(some[steady]) == max(kept, default=0)


def _settles(x: tuple[int, ...]) -> int | None:
    powers = [tuple(range(len(x)))]
    while (after := tuple(x[q] for q in powers[-1])) not in powers:
        powers.append(after)
    return len(powers) - 1 if after == powers[-1] else None


def test_long_chains_take_few_products(monkeypatch: pytest.MonkeyPatch) -> None:
    """aⁿ alone: the power is n + 1, found by bits."""
    calls = []
    inner = maps.compose
    monkeypatch.setattr(maps, "compose", lambda x, y: calls.append(1) or inner(x, y))
    n = 400
    chain = np.minimum(np.arange(n + 2) + 1, n + 1)[None]
    table = DFATable(Alphabet("a"), 0, chain, np.arange(n + 2) == n)
    assert classify(table)[STAR_FREE].data["power"] == n + 1
    assert len(calls) < 60


def test_bad_input_is_named() -> None:
    with pytest.raises(TypeError, match="machine: wanted"):
        classify(3)
    with pytest.raises(ValueError, match="max_elements: wanted"):
        classify("a", max_elements=0)
    with pytest.raises(ValueError, match="max_products: wanted"):
        classify("a", max_products=0)
    with pytest.raises(TypeError, match="max_matrices"):
        classify("a", max_matrices=3)


def test_an_incomplete_monoid_has_no_green_relations() -> None:
    monoid = syntactic_monoid(dfa_from_regex("(a|b)*abab(a|b)*"), max_elements=5)
    with pytest.raises(ValueError, match="wanted all elements"):
        green(monoid.maps)


def test_no_letters_and_no_words() -> None:
    empty = DFATable(Alphabet(()), 0, np.zeros((0, 1), np.intp), np.array([True]))
    nothing = DFATable(Alphabet("a"), 0, np.zeros((1, 1), np.intp), np.array([False]))
    for table in (empty, nothing):
        report = classify(table)
        assert report.facts["elements of the syntactic monoid"] == 1
        assert {line.verdict for line in report.lines} <= {"yes", "no"}
        assert report["definite"].data == {"k": 0}


def test_inputs_are_decided_alike_by_states_and_by_matrices() -> None:
    name = "one diagonal layer with inputs"
    for table, report in small_reports()[::4]:
        weights = minimize(indicator(table, RATIONAL)).wfa.weights
        exact = diagonal_with_inputs(("a", "b"), weights)
        assert report[name].verdict == exact.verdict


def test_diagonal_stacks_are_built_exactly_where_the_report_says() -> None:
    """The cascade's compiler, which knows nothing of syntactic monoids, agrees."""
    built = 0
    for table, report in small_reports()[::9]:
        dfa = dfa_from_table(table, minify=False)
        for gates, line in {
            "positive": POSITIVE,
            "signed": SIGNED,
            "complex": COMPLEX,
        }.items():
            try:
                stack = translate(dfa, DiagonalNetwork, gates=gates).rnn
            except ValueError:
                assert report[line].verdict == "no"
            else:
                assert report[line].verdict == "yes"
                assert report[line].data["layers"] == len(stack.layers)
                built += 1
    assert classify(stack).facts == report.facts
    assert 120 < built < 360
