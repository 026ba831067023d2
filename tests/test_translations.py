"""One contract test over all registered pairs, and that it sees what is wrong."""

import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import given, settings
from hypothesis import strategies as st

import translations
from automata_rnn import BOOLEAN, INTEGER, Alphabet
from automata_rnn.rnns import DiagonalRNN, LinearRNN
from tests.brute import all_words
from tests.strategies import words
from tests.translation_cases import CASES
from translations import Translation, counterexample, pairs, translate, translator

AB = Alphabet("ab")


def test_every_pair_has_a_case() -> None:
    missing = {str(pair) for pair in pairs()} - set(CASES)
    assert not missing, (
        f"no test for {sorted(missing)}: add to CASES in tests/translation_cases.py an "
        "entry '<Source> → <Target>': Case(strategy that draws sources, options), and "
        "the contract is checked on it"
    )
    assert not set(CASES) - {str(pair) for pair in pairs()}, "cases of no pair"


def test_a_new_pair_without_a_case_fails_with_advice() -> None:
    """The completeness test itself can fail, and says what to write."""

    class Source: ...

    registry = translations.registry._TRANSLATORS
    translator(Source, LinearRNN)(lambda machine: None)  # type: ignore[arg-type]
    try:
        with pytest.raises(AssertionError, match="add to CASES in tests/translation_c"):
            test_every_pair_has_a_case()
        with pytest.raises(ValueError, match="already registered"):
            translator(Source, LinearRNN)(lambda machine: None)  # type: ignore[arg-type]
    finally:
        registry.pop(next(p for p in registry if str(p) == "Source → LinearRNN"))
    test_every_pair_has_a_case()


@pytest.mark.parametrize("pair", sorted(CASES))
@settings(max_examples=60)
@given(data=st.data())
def test_contract(pair: str, data: st.DataObject) -> None:
    """decode commutes with every step, and outputs agree at every prefix."""
    case = CASES[pair]
    source = data.draw(case.sources)
    target = next(p.target for p in pairs() if str(p) == pair)
    options = data.draw(case.options(source))
    translation = translate(source, target, **options)
    alphabet = translation.rnn.alphabet
    longest = case.longest[len(alphabet)]
    drawn = [data.draw(words(alphabet, max_size=20)) for _ in range(3)]
    assert counterexample(translation, [*all_words(alphabet, longest), *drawn]) is None
    exact = getattr(source, "semiring", BOOLEAN).exact
    rounds = pair == "WFA → DiagonalRNN" or options.get("parametrization") == "shipped"
    assert translation.tolerance == 0.0 or not exact or rounds


def test_the_contract_sees_a_wrong_network() -> None:
    """Negative control: one changed readout, weight or decode is found."""
    dfa = DFA.from_nfa(NFA.from_regex("(ab)*", input_symbols={"a", "b"}))
    good = translate(dfa, LinearRNN, semiring=INTEGER)
    rnn = good.rnn
    assert isinstance(rnn, LinearRNN)
    wrong_readout = LinearRNN(
        INTEGER, rnn.alphabet, rnn.initial, rnn.recurrent, 1 - rnn.readout
    )
    wrong_step = LinearRNN(
        INTEGER, rnn.alphabet, rnn.initial, rnn.recurrent[::-1], rnn.readout
    )
    every = list(all_words(AB, 4))
    assert counterexample(good, every) is None
    assert counterexample(Translation(dfa, wrong_readout, good.decode), every) == ()
    found = counterexample(Translation(dfa, wrong_step, good.decode), every)
    assert found is not None
    assert len(found) == 1
    assert counterexample(Translation(dfa, rnn, lambda h: 0), every) is not None


def test_the_shortest_diverging_prefix_is_reported() -> None:
    dfa = DFA.from_nfa(NFA.from_regex("a*", input_symbols={"a", "b"}))
    other = translate(DFA.universal_language({"a", "b"}), LinearRNN)
    wrong = Translation(dfa, other.rnn, lambda hidden: 0)
    assert counterexample(wrong, ["aaab", "aabbb", "ab"]) == "ab"


def test_unknown_pairs_list_those_there_are() -> None:
    with pytest.raises(
        TypeError,
        match="from DFA there is: DeltaProduct, DiagonalNetwork, LinearRNN, Network",
    ):
        translate(DFA.universal_language({"a"}), DiagonalRNN)
    with pytest.raises(TypeError, match="from int there is: none"):
        translate(3, LinearRNN)
