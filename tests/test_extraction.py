"""Extractors find the automaton, or say honestly that they did not."""

import importlib
import time
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import RATIONAL, REAL, Alphabet, evaluate
from automata_rnn.automata import (
    WFA,
    CounterMachine,
    dfa_from_table,
    table_from_dfa,
    wfa_from_dfa,
)
from automata_rnn.black_box import MembershipOracle, accepted, black_box
from automata_rnn.rnns import PDRNN, LinearRNN, ReLURNN
from automata_rnn.rnns.stacked import Dense
from automata_rnn.system import trace
from tests.brute import all_words
from tests.saturated_gru import saturated_gru
from tests.strategies import dfas
from tests.trained import counter, dyck, tomita
from translations import compare, translate
from translations.extraction import (
    EXTRACTORS,
    Extraction,
    Guarantee,
    Hypothesis,
    agreement,
    compare_extractors,
    extract,
    kv,
    lstar,
    next_symbols,
    quantise,
    read_weights,
    search,
    simulate,
)
from translations.extraction.clusters import cluster_words, spread
from translations.extraction.lstar import separated_states
from translations.extraction.oracle import (
    Trials,
    equivalence_oracle,
    find_difference,
    sample_size,
)
from translations.extraction.search import (
    AllWords,
    all_words_difference,
    first_difference,
    longest_length,
    pumped_words,
    random_words,
    w_method_fits,
    w_method_words,
)
from translations.extraction.suffixes import access_words, separating_suffixes

QUICK: dict[str, Any] = {"epsilon": 0.05, "max_words": 1000, "walk_length": 20}
learners = pytest.mark.parametrize("learner", [lstar, kv])


def is_anbn(word: str) -> bool:
    half = len(word) // 2
    return word == "a" * half + "b" * half


def state_after(network: Any, word: str) -> Any:
    *_, last = trace(network, word)
    return last


def quiet() -> None:
    """A tick that does nothing."""


@learners
@settings(max_examples=25)
@given(dfa=dfas())
def test_learners_find_the_minimal_dfa(learner: Any, dfa: Any) -> None:
    found = learner(dfa.accepts_input, alphabet="ab", **QUICK)
    assert compare(found.automaton, dfa).equal
    minimal = dfa_from_table(table_from_dfa(dfa))  # type: ignore[arg-type]
    assert len(found.automaton.states) == len(minimal.states)
    assert found.guarantee.kind == "pac"
    assert found.disagreement is None
    assert found.hypotheses[-1].counterexample is None
    for hypothesis in found.hypotheses[:-1]:
        word = hypothesis.counterexample
        assert word is not None
        yes = hypothesis.automaton.accepts_input("".join(map(str, word)))
        assert yes != dfa.accepts_input("".join(map(str, word)))


@learners
def test_networks_with_bos_and_no_words_but_one(learner: Any) -> None:
    table: Any = table_from_dfa(tomita(6))
    found = learner(saturated_gru(table), **QUICK)
    assert found.automaton == tomita(6)
    empty = learner(lambda word: True, alphabet="", **QUICK)
    assert len(empty.automaton.states) == 1
    assert empty.automaton.accepts_input("")


@learners
def test_a_language_that_is_not_regular_ends_with_what_was_tried(learner: Any) -> None:
    begin = time.perf_counter()
    found = learner(is_anbn, alphabet="ab", max_states=12, **QUICK)
    assert time.perf_counter() - begin < 60
    assert found.guarantee.kind == "none"
    assert "limit of 12 states" in str(found.guarantee)
    assert found.notes[0].startswith("no DFA found within the budget agrees")
    sizes = [hypothesis.num_states for hypothesis in found.hypotheses]
    assert sizes == sorted(sizes)
    assert sizes[-1] >= 12
    for hypothesis in found.hypotheses:
        word = "".join(map(str, hypothesis.counterexample))
        assert hypothesis.automaton.accepts_input(word) != is_anbn(word)
    word = "".join(found.disagreement)
    assert found.automaton.accepts_input(word) != is_anbn(word)
    bound = next(note for note in found.notes if "every DFA" in note)
    assert f"at least {sizes[-1]} states" in bound


@learners
@pytest.mark.parametrize("name", ["anbn", "as many", "balanced"])
def test_counting_is_never_taken_for_regular(learner: Any, name: str) -> None:
    """Hypotheses grow past every length that is tried by default: words that refuted
    one, made longer, refute the next."""

    def language(word: str) -> bool:
        if name == "anbn":
            return is_anbn(word)
        height = np.cumsum([0, *(1 if letter == "a" else -1 for letter in word)])
        return bool(height[-1] == 0 and (name == "as many" or height.min() == 0))

    options = {**QUICK, "max_states": 40}
    found = learner(language, alphabet="ab", **options)
    assert found.guarantee.kind == "none"
    assert "no DFA found within the budget agrees" in found.notes[0]
    assert found.hypotheses[-1].num_states >= 40
    assert all(h.counterexample is not None for h in found.hypotheses)


def test_longer_words_by_brute_force() -> None:
    """u x x v and u x x v y y w, by all ways to cut."""
    word = (0, 1, 1, 0)
    expected = set()
    cuts = range(len(word) + 1)
    for n in (1, 2, 3):
        for i, j in product(cuts, cuts):
            if j + n <= len(word) and i + n <= j:
                first = (*word[: i + n], *word[i : j + n], *word[j:])
                expected |= {first}
            if i + n <= len(word):
                expected |= {(*word[: i + n], *word[i:])}
                tripled = (*word[: i + n], *word[i : i + n], *word[i:])
                expected |= {tripled}
    found = list(pumped_words([word], 10**6))
    assert len(found) == len(set(found))
    assert set(found) >= expected
    assert {len(w) - 4 for w in found} == {1, 2, 3, 4, 6}
    assert len(list(pumped_words([word], 5))) == 5
    assert list(pumped_words([()], 5)) == []


def test_an_end_without_refutation_is_told_from_one_with() -> None:
    def slowly(word: str) -> bool:
        time.sleep(0.001)
        return len(word) % 2 == 0

    found = lstar(slowly, alphabet="ab", seconds=0.2, **QUICK)
    assert found.disagreement is None
    assert "within the budget is known to agree" in found.notes[0]


@learners
def test_one_letter_is_not_tried_for_ever(learner: Any) -> None:
    begin = time.perf_counter()
    found = learner(lambda word: len(word) % 3 == 0, alphabet="a", epsilon=0.05)
    assert time.perf_counter() - begin < 20
    assert found.num_states == 3
    assert found.guarantee.length == 1000
    assert longest_length(1, 10**6) == 1000


def test_an_interrupted_proof_leaves_the_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    learner = importlib.import_module("translations.extraction.lstar")
    monkeypatch.setattr(learner, "find_invariant", interrupted)
    network = saturated_gru(table_from_dfa(counter(3)))  # type: ignore[arg-type]
    found = lstar(network, **QUICK)
    assert found.automaton == counter(3)
    assert found.guarantee.kind == "pac"


def test_budgets_end_the_search() -> None:
    found = lstar(is_anbn, alphabet="ab", max_rounds=2, **QUICK)
    assert len(found.hypotheses) == 2
    assert "limit of 2 rounds" in found.guarantee.reason

    def slowly(word: str) -> bool:
        time.sleep(0.002)
        return is_anbn(word)

    begin = time.perf_counter()
    found = lstar(slowly, alphabet="ab", seconds=0.3, **QUICK)
    assert time.perf_counter() - begin < 5
    assert "the time of 0.3 s was over" in found.guarantee.reason
    assert found.guarantee.kind == "none"


@pytest.mark.parametrize("when", [0, 1, 100])
def test_interruption_returns_the_best_hypothesis(when: int) -> None:
    count = 0

    def network(word: str) -> bool:
        nonlocal count
        count += 1
        if count == when + 1:
            raise KeyboardInterrupt
        return is_anbn(word)

    found = lstar(network, alphabet="ab", **QUICK)
    assert found.guarantee.kind == "none"
    assert "interrupted" in found.notes[0]
    assert len(found.automaton.states) >= 1


def test_progress_is_shown_where_it_is_asked_for(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    for shown in (False, True):
        lstar(lambda w: "aa" in w, alphabet="ab", progress=shown, **QUICK)
        written = capsys.readouterr()
        assert written.out == ""
        assert bool(written.err) == shown


def test_examples_refute_first() -> None:
    rare = "ab" * 10
    options = {**QUICK, "walk_length": 15}
    found = lstar(lambda w: w == rare, alphabet="ab", **options)
    assert len(found.automaton.states) == 1  # nothing tried is that long
    options |= {"examples": (rare,), "max_words": 8000}
    found = lstar(lambda w: w == rare, alphabet="ab", **options)
    assert len(found.automaton.states) == len(rare) + 2
    assert found.automaton.accepts_input(rare)


def test_unknown_options_and_methods_are_refused() -> None:
    with pytest.raises(TypeError, match=r"options: wanted some of .* got \['depth'\]"):
        lstar(is_anbn, alphabet="ab", depth=3)
    with pytest.raises(ValueError, match="method: wanted one of"):
        extract(is_anbn, "magic", alphabet="ab")
    with pytest.raises(ValueError, match="methods: wanted some of"):
        compare_extractors(is_anbn, ("magic",))
    with pytest.raises(ValueError, match="seconds: wanted more than 0"):
        lstar(is_anbn, alphabet="ab", seconds=0.0)
    with pytest.raises(ValueError, match="max_rounds: wanted at least 1"):
        lstar(is_anbn, alphabet="ab", max_rounds=0)
    with pytest.raises(ValueError, match="epsilon: wanted a number from 0 to 1"):
        lstar(is_anbn, alphabet="ab", epsilon=2.0)
    with pytest.raises(ValueError, match="max_length: wanted at most 9"):
        lstar(is_anbn, alphabet="ab", max_length=10, max_words=1023)
    with pytest.raises(ValueError, match="clusters: wanted at least 0"):
        Trials(clusters=-1)


# Searches and words, against brute force


@given(a=dfas(), b=dfas(), length=st.integers(0, 5))
def test_all_words(a: Any, b: Any, length: int) -> None:
    table: Any = table_from_dfa(b)
    box = black_box(a)
    every = AllWords(box, length, lambda s: box.read(s), quiet)
    expected = next(
        (
            w
            for w in all_words(Alphabet("ab"), length)
            if evaluate(a, w) != evaluate(b, w)
        ),
        None,
    )
    found = all_words_difference(every, table)
    decoded = None if found is None else Alphabet("ab").decode(found)
    assert (decoded is None) == (expected is None)
    if decoded is not None and expected is not None:
        assert len(decoded) == len(expected)
        assert evaluate(a, decoded) != evaluate(b, decoded)


@given(a=dfas(), b=dfas(), seed=st.integers(0, 10**6))
def test_first_difference_is_the_shortest_prefix(a: Any, b: Any, seed: int) -> None:
    table: Any = table_from_dfa(b)
    words = random_words(np.random.default_rng(seed), 2, 20, 8)
    prefixes = {word[:t] for word in words for t in range(len(word) + 1)}
    decode = Alphabet("ab").decode
    wrong = [p for p in prefixes if evaluate(a, decode(p)) != evaluate(b, decode(p))]
    for together in (3, 4096):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "CHUNK", together)
            found = first_difference(black_box(a), table, words, quiet)
        if not wrong:
            assert found.word is None
        else:
            assert found.word in wrong
            assert len(found.word) == min(map(len, wrong))


def test_a_later_chunk_replaces_nothing_shorter(monkeypatch: Any) -> None:
    monkeypatch.setattr(search, "CHUNK", 1)
    box = black_box(lambda w: w in ("aa", "bbb", "bab"), "ab")
    one: Any = table_from_dfa(counter(1))
    table = type(one)(one.alphabet, 0, one.successors, np.array([False]))
    words = [(0, 0, 0, 0), (1, 1, 1), (1, 0, 1)]
    assert first_difference(box, table, words, quiet).word == (0, 0)
    assert first_difference(box, table, words[1:], quiet).word == (1, 1, 1)
    assert first_difference(box, table, [(1,)], quiet).word is None


@given(dfa=dfas())
def test_suffixes_separate_and_words_reach(dfa: Any) -> None:
    table: Any = table_from_dfa(dfa.to_complete().minify())
    words, suffixes = access_words(table), separating_suffixes(table)
    decode = table.alphabet.decode
    assert sorted(words) == list(range(table.num_states))
    rows = set()
    for state, word in words.items():
        *_, reached = [table.initial, *_run(table, word)]
        assert reached == state
        rows.add(tuple(evaluate(table, decode(word + s)) for s in suffixes))
    assert len(rows) == table.num_states
    assert len(suffixes) <= max(1, table.num_states)
    oracle = MembershipOracle(black_box(dfa))
    assert separated_states(oracle, table) == table.num_states


def _run(table: Any, word: Any) -> Any:
    state = table.initial
    for code in word:
        state = int(table.successors[code, state])
        yield state


@settings(max_examples=30)
@given(a=dfas(max_states=3), b=dfas(max_states=4))
def test_the_w_method_decides_up_to_its_bound(a: Any, b: Any) -> None:
    """Agreement on its words is equality, where the other has one state more."""
    table: Any = table_from_dfa(a.to_complete().minify())
    extra = 4 - table.num_states
    words = w_method_words(table, max(extra, 0), 10**6)
    assert w_method_fits(table, max(extra, 0), 10**6)
    found = first_difference(black_box(b), table, words, quiet)
    assert (found.word is None) == compare(a, b).equal


def test_w_method_words_keep_within_their_number() -> None:
    table: Any = table_from_dfa(counter(7))
    for most in (1, 20, 100, 1000):
        words = w_method_words(table, 5, most)
        least = table.num_states * len(separating_suffixes(table))
        assert len(words) <= max(most, least)
        assert not w_method_fits(table, 5, most)


def test_numbers_of_words() -> None:
    assert [longest_length(2, n) for n in (1, 2, 3, 6, 7, 1023)] == [0, 0, 1, 1, 2, 9]
    assert longest_length(1, 10) == 9
    assert longest_length(0, 10) == 0
    assert sample_size(0.1, 0.5, 1) == 14  # (ln 2 + ln 2) / 0.1
    rng = np.random.default_rng(0)
    words = random_words(rng, 3, 500, 10)
    assert {len(word) for word in words} == set(range(11))
    assert {letter for word in words for letter in word} == {0, 1, 2}
    assert random_words(rng, 1, 3, 2)[0] in [(), (0,), (0, 0)]


def test_clusters_find_a_state_that_should_be_two() -> None:
    """A network that counts to 40 beside a hypothesis that ignores it: hidden states
    that lie far apart are tried with suffixes, and random words find nothing."""
    states = spread(np.array([[0.0], [0.1], [5.0], [5.0]]), 4)
    assert states == [0, 2, 1]
    network: Any = saturated_gru(table_from_dfa(counter(5)))  # type: ignore[arg-type]
    box = black_box(network)
    table: Any = table_from_dfa(counter(1))
    words = cluster_words(box, table, [(0,) * 9], 5, 1000, quiet)
    assert first_difference(box, table, words, quiet).word is not None
    blind = black_box(lambda w: True, "ab")
    assert cluster_words(blind, table, [(0, 0)], 5, 1000, quiet) == []


def test_pac_guarantee_holds() -> None:
    """With ε large, some hypotheses are accepted that are wrong, but rarely by more
    than ε on the words they were tried on."""
    wrong = 0
    for seed in range(30):
        tests = Trials(max_length=0, extra_states=0, clusters=0, epsilon=0.1, delta=0.2,
                      walk_length=12, seed=seed)  # fmt: skip
        box = black_box(lambda w: len(w) == 11, "ab")
        table: Any = table_from_dfa(counter(1))
        table = type(table)(table.alphabet, 0, table.successors, np.array([False]))
        oracle = equivalence_oracle(box, tests)
        # the words of length 11 and 12 have an 11-th prefix: 2 of 13 lengths
        wrong += find_difference(oracle, table, 1) is None
    assert wrong <= 30 * 0.2


# Quantised states


@pytest.mark.parametrize("rule", ["round", "cluster"])
@pytest.mark.parametrize("dfa", [counter(3), tomita(4), dyck(2)])
def test_quantised_states(rule: Any, dfa: Any) -> None:
    network = saturated_gru(table_from_dfa(dfa))  # type: ignore[arg-type]
    found = quantise(network, rule=rule, length=7)
    assert compare(found.automaton, dfa).equal
    assert (found.guarantee.kind, found.guarantee.length) == ("length", 7)
    values = quantise(network, rule=rule, length=5, reading="value", tolerance=0.05)
    assert isinstance(values.automaton, WFA)
    assert values.guarantee.kind == "length"
    for word in all_words(values.automaton.alphabet, 5):
        gap = evaluate(values.automaton, word) - evaluate(network, word)
        assert abs(gap) <= 0.05 * max(1, abs(evaluate(network, word)))


def test_quantisation_says_where_it_fails() -> None:
    """Powers of 1/2 need cells no wider than the threshold."""
    halves = LinearRNN(
        REAL, Alphabet("a"), [1.0, 0.0], [[[0.5, 0.0], [0.0, 1.0]]], [1.0, 0.0],
    )  # fmt: skip
    found = quantise(halves, length=12, threshold=2.0**-5)
    assert found.disagreement is None
    assert found.num_states == 6
    coarse = quantise(halves, length=12, threshold=2.0**-5, max_rounds=2)
    word = coarse.disagreement
    assert word is not None
    assert coarse.guarantee.kind == "none"
    assert coarse.automaton.accepts_input("".join(map(str, word))) != (len(word) < 5)
    with pytest.raises(ValueError, match="hidden states that are vectors"):
        quantise(is_anbn, alphabet="ab")
    with pytest.raises(ValueError, match="length: wanted at most 4"):
        quantise(halves, length=5, max_words=5)
    with pytest.raises(ValueError, match="rule: wanted one of"):
        quantise(halves, rule="square")  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", ["round", "cluster"])
def test_quantised_states_that_do_not_end(rule: Any) -> None:
    """A counter reaches more cells than any budget; the result says what is wrong."""
    count = LinearRNN(
        REAL, Alphabet("ab"), [0.0, 1.0],
        [[[1.0, 0.0], [1.0, 1.0]], [[1.0, 0.0], [-1.0, 1.0]]], [1.0, 0.0],
    )  # fmt: skip
    found = quantise(count, rule=rule, length=8, max_states=6)
    assert found.guarantee.kind == "none"
    assert "no automaton found within the budget agrees" in found.notes[1]
    word = found.disagreement
    assert word is not None
    yes = evaluate(count, word) > 0
    assert found.automaton.accepts_input("".join(map(str, word))) != yes


def test_quantisation_is_interrupted_before_anything_was_tried() -> None:
    def step(states: Any, codes: Any) -> Any:
        raise KeyboardInterrupt

    options: dict[str, Any] = {"initial": [0.0], "output": lambda s: s[:, 0]}
    found = quantise(step, alphabet="ab", batched=True, **options)
    assert (found.num_states, found.guarantee.kind) == (1, "none")
    assert "interrupted" in found.notes[1]
    empty = quantise(step, alphabet="", batched=True, **options)
    assert (empty.num_states, empty.guarantee.kind) == (1, "length")


# Exact reading, the strongest method, comparison


@settings(max_examples=20)
@given(dfa=dfas())
def test_weights_are_read_exactly(dfa: Any) -> None:
    found = read_weights(translate(dfa, PDRNN).rnn)
    assert compare(found.automaton, dfa).equal
    assert found.automaton == dfa.to_complete().minify()
    assert found.guarantee.kind == "proof"
    assert found.queries == 0


def test_relu_networks_are_read_exactly() -> None:
    finite = extract(translate(dyck(3), ReLURNN).rnn)
    assert finite.automaton == dyck(3)
    assert (finite.method, finite.guarantee.kind) == ("exact", "proof")
    moves = np.zeros((2, 3, 2, 1), int)  # state 0 reads a's, 1 b's, 2 is a sink
    moves[0, 0], moves[1, :2, 1] = 1, -1
    after = np.array([[[0, 0], [2, 2], [2, 2]], [[2, 1], [2, 1], [2, 2]]])
    accepting = np.array([[True, False], [True, False], [False, False]])
    counting = CounterMachine(Alphabet("ab"), 0, after, moves, accepting, True)
    found = extract(translate(counting, ReLURNN).rnn)
    assert isinstance(found.automaton, CounterMachine)
    assert found.guarantee.kind == "proof"
    assert "1 counters; more than 1000 hidden vectors" in found.notes[1]
    for word in all_words(Alphabet("ab"), 8):
        yes = is_anbn("".join(map(str, word)))
        assert bool(evaluate(found.automaton, word)) == yes
    rng = np.random.default_rng(0)
    recurrent, bias = rng.normal(size=(4, 4)), rng.normal(size=(2, 4))
    dense = ReLURNN(
        REAL, Alphabet("ab"), rng.random(4), recurrent, bias, rng.normal(size=4)
    )
    options: dict[str, Any] = {**QUICK, "max_rounds": 2}
    asked = extract(dense, **options)
    assert asked.method == "lstar"
    assert "exact does not apply: rnn: wanted counters" in asked.notes[0]


def test_a_weighted_network_stays_weighted() -> None:
    count = LinearRNN(RATIONAL, Alphabet("ab"), [0, 1],
                      [[[1, 0], [1, 1]], [[1, 0], [0, 1]]], [1, 0])  # fmt: skip
    found = extract(count)
    assert found.method == "exact"
    assert isinstance(found.automaton, WFA)
    assert evaluate(found.automaton, "aabab") == 3
    assert found.notes[0].startswith("exact was chosen")


def test_the_strongest_method_is_taken() -> None:
    network = saturated_gru(table_from_dfa(tomita(5)))  # type: ignore[arg-type]
    found = extract(network, **QUICK)
    assert found.method == "lstar"
    assert "StackedRNN is not known to be linear" in found.notes[0]
    assert found.automaton == tomita(5)


def test_networks_that_predict_are_not_taken_for_acceptors() -> None:
    """Three outputs over two symbols: the next symbol, or the end."""
    gru = saturated_gru(table_from_dfa(counter(2)))  # type: ignore[arg-type]
    rows = gru.head[0].weights
    head = Dense(np.concatenate([rows, -rows, 0 * rows]), np.zeros(3))
    network = replace(gru, head=(head,))
    found = extract(network)
    assert (found.method, found.num_states) == ("weighted_lstar", 2)
    assert found.notes[0].startswith("weighted_lstar was chosen, since a StackedRNN")
    for word in ("", "a", "abba", "babab"):
        expected = network.output(state_after(network, word))
        expected = np.exp(expected) / np.exp(expected).sum()
        mine = next_symbols(found.automaton, word)
        np.testing.assert_allclose(mine, expected, atol=0.05)
    assert extract(network, accepting=0, **QUICK).method == "lstar"
    with pytest.raises(TypeError, match="options: wanted some of"):
        extract(translate(counter(3), PDRNN).rnn, depth=3)


def test_extractors_side_by_side() -> None:
    network = saturated_gru(table_from_dfa(counter(3)))  # type: ignore[arg-type]
    options = {"quantise": {"length": 6}, "lstar": QUICK, "kv": QUICK}
    found = compare_extractors(network, ("exact", "lstar", "kv", "quantise"), options)
    assert list(found.found) == ["lstar", "kv", "quantise"]
    assert list(found.refused) == ["exact"]
    assert found.same == {"lstar": "first", "kv": "yes", "quantise": "yes"}
    text = str(found)
    assert "does not apply" in text
    assert "quantise" in text
    linear = translate(counter(3), PDRNN).rnn
    other = compare_extractors(linear, ("exact", "quantise"),
                               {"quantise": {"length": 1, "threshold": 2}})  # fmt: skip
    assert other.same["quantise"] == "no: ε"


def test_every_method_has_the_same_signature() -> None:
    """A network and options in, an `Extraction` out, or a reason."""
    linear = translate(counter(3), PDRNN).rnn
    options = {"lstar": QUICK, "kv": QUICK, "quantise": {"length": 6}}
    found = compare_extractors(linear, options=options, seconds=50.0)
    assert {*found.found} | {*found.refused} == set(EXTRACTORS)
    assert list(found.found) == [
        "exact", "numerical", "lstar", "kv", "quantise", "hankel", "spectral",
    ]  # fmt: skip
    sizes = {name: result.num_states for name, result in found.found.items()}
    assert sizes == dict.fromkeys(sizes, 3)
    assert "outputs: wanted 2 or 3" in found.refused["weighted_lstar"]
    text = str(found)
    assert all(name in text for name in EXTRACTORS)
    with pytest.raises(TypeError, match=r"options: .* got \['depth'\]"):
        compare_extractors(linear, depth=3)


def test_networks_that_predict_are_asked_for_predictions() -> None:
    def logits(word: str) -> list[float]:
        return [0.0, 3.0, 1.0] if word.count("a") % 2 else [1.0, 0.0, 0.0]

    found = extract(logits, "weighted_lstar", alphabet="ab")
    assert (found.num_states, found.guarantee.kind) == (2, "pac")
    wide = extract(
        lambda word: np.arange(201) * (len(word) % 2) / 20,
        "weighted_lstar",
        alphabet=Alphabet(range(200)),
        tolerance=0.02,
        epsilon=0.3,
    )
    assert (wide.num_states, wide.guarantee.length) == (2, 1)


def test_weights_of_other_values_are_not_searched_for_a_dfa() -> None:
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(2, 40, 40)) / 6
    network = LinearRNN(
        REAL, Alphabet("ab"), rng.normal(size=40), dense, rng.normal(size=40)
    )
    begin = time.perf_counter()
    found = read_weights(network)
    took = time.perf_counter() - begin
    assert (found.num_states, found.guarantee.kind) == (40, "proof")
    assert took < 2
    assert took >= found.seconds >= took / 3


def test_agreement_with_a_given_automaton() -> None:
    network = saturated_gru(table_from_dfa(tomita(4)))  # type: ignore[arg-type]
    good = agreement(network, tomita(4), **QUICK)
    assert good.word is None
    assert good.guarantee.kind == "pac"
    bad = agreement(network, tomita(5), **QUICK)
    assert bad.word is not None
    assert bad.accepted == tomita(4).accepts_input("".join(map(str, bad.word)))
    assert bad.accepted != tomita(5).accepts_input("".join(map(str, bad.word)))
    with pytest.raises(ValueError, match="automaton: wanted the symbols"):
        agreement(network, counter(2))
    with pytest.raises(TypeError, match="automaton: wanted a DFA"):
        agreement(network, wfa_from_dfa(tomita(4)))


# Simulation


def test_simulation_runs_the_automaton_and_checks_it() -> None:
    network = saturated_gru(table_from_dfa(counter(3)))  # type: ignore[arg-type]
    codes = np.random.default_rng(0).integers(0, 2, 5000).astype(np.uint8)
    words = ["", "abab", codes]
    run = simulate(network, words, counter(3), windows=5, window_length=30)
    assert run.disagreement is None
    assert run.checked == 5 + 5 * 5 + 5 * 31
    for word, outputs in zip(words, run.outputs, strict=True):
        letters = word if isinstance(word, str) else "".join("ab"[c] for c in word)
        count = np.cumsum([0, *(letter == "a" for letter in letters)])
        np.testing.assert_array_equal(outputs, count % 3 == 0)
    unchecked = simulate(network, words, counter(2), windows=0)
    assert (unchecked.checked, unchecked.disagreement) == (0, None)


def test_simulation_by_a_wrong_automaton_is_noticed_where_it_goes_wrong() -> None:
    """The network counts to 6, the automaton to 3: both agree on short words."""
    network = saturated_gru(table_from_dfa(counter(6)))  # type: ignore[arg-type]
    letters = "ab" * 2 + "b" * 500 + "a" * 500
    run = simulate(network, [letters], counter(3), window_length=20, windows=64)
    word = run.disagreement
    assert word is not None
    assert accepted(black_box(network), [word])[0] != counter(3).accepts_input(
        "".join(map(str, word))
    )
    with pytest.raises(TypeError, match="words: wanted several words"):
        simulate(network, "ab", counter(3))
    with pytest.raises(ValueError, match=r"words: wanted codes of shape \(T,\)"):
        simulate(network, np.zeros((1, 2, 3), np.uint8), counter(3))
    with pytest.raises(ValueError, match=r"words: wanted codes of shape \(T,\)"):
        simulate(network, np.zeros(2, np.uint8), counter(3))
    with pytest.raises(ValueError, match=r"words: .* below 2, got 7"):
        simulate(network, [np.array([0, 7], np.uint8)], counter(3))
    with pytest.raises(ValueError, match="windows, window_length"):
        simulate(network, ["a"], counter(3), windows=-1)


# The record


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sure",), "kind: wanted one of"),
        (("length",), "length: wanted a length"),
        (("proof", 3), "None beside a proof"),
        (("pac", None, 0.1), "delta: wanted a number"),
        (("pac", None, 0.1, 2.0), "delta: wanted a number between"),
        (("none", None, 0.1), "epsilon: wanted None for none"),
    ],
)
def test_malformed_guarantees(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Guarantee(*arguments)


def test_a_guarantee_excludes_a_disagreement() -> None:
    good = Guarantee("length", 3)
    assert Extraction(counter(2), "x", 0, 0.0, good, "aaaa").disagreement == "aaaa"
    for sure, word in product([Guarantee("proof"), good], ["", "aaa"]):
        with pytest.raises(ValueError, match="disagreement: wanted None beside"):
            Extraction(counter(2), "x", 0, 0.0, sure, word)
    with pytest.raises(ValueError, match="queries: wanted at least 0"):
        Extraction(counter(2), "x", -1, 0.0, good)
    text = str(
        Extraction(counter(2), "x", 5, 1.0, good, hypotheses=(Hypothesis(2, "a"),))
    )
    assert "x: 2 states, 5 queries, 1.00 s" in text
