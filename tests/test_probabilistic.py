"""HMMs against sums over hidden paths, n-grams against products of frequencies."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise, product
from math import exp, isclose, log, prod
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automata_rnn import (
    BOOLEAN,
    INTEGER,
    LOG,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    REAL,
    Semiring,
    evaluate,
)
from automata_rnn.automata import WFA, is_deterministic
from automata_rnn.automata.probabilistic import wfa_from_hmm, wfa_from_ngram_counts

Row: TypeAlias = list[Fraction]
Model: TypeAlias = tuple[Row, list[Row], list[Row]]

every_semiring = pytest.mark.parametrize(
    "semiring", [REAL, RATIONAL, LOG, MAX_PLUS, MIN_PLUS], ids=str
)


def words(alphabet: Iterable[Any], length: int) -> list[tuple[Any, ...]]:
    return [w for n in range(length + 1) for w in product(alphabet, repeat=n)]


def is_probability(value: Any, semiring: Semiring, expected: Fraction) -> bool:
    """Whether a semiring's element stands for this probability."""
    if semiring is RATIONAL:
        return Fraction(int(value.p), int(value.q)) == expected
    if semiring is REAL:
        return isclose(value, expected, rel_tol=1e-12)
    cost = value if semiring is MIN_PLUS else -value
    if not expected:
        return bool(cost == np.inf)
    return isclose(cost, -log(expected), rel_tol=1e-12, abs_tol=1e-12)


def row(size: int) -> st.SearchStrategy[Row]:
    """Probabilities of small denominator, some of them 0."""
    counts = st.lists(st.integers(0, 3), min_size=size, max_size=size).filter(any)
    return counts.map(lambda c: [Fraction(x, sum(c)) for x in c])


@st.composite
def models(draw: st.DrawFn) -> Model:
    n, k = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return (
        draw(row(n)),
        [draw(row(n)) for _ in range(n)],
        [draw(row(k)) for _ in range(n)],
    )


def path_probabilities(model: Model, word: tuple[Any, ...]) -> list[Fraction]:
    """P(z₁…z_T, w) for all hidden paths of the length of `word`."""
    start, moves, emissions = model
    return [
        prod(
            (
                *(start[z] for z in path[:1]),
                *(moves[z][after] for z, after in pairwise(path)),
                *(emissions[z][s] for z, s in zip(path, word, strict=True)),
            ),
            start=Fraction(1),
        )
        for path in product(range(len(start)), repeat=len(word))
    ]


@every_semiring
@given(model=models())
def test_hmm_sums_over_hidden_paths(semiring: Semiring, model: Model) -> None:
    wfa = wfa_from_hmm(*model, semiring=semiring)
    best = semiring in (MAX_PLUS, MIN_PLUS)
    for word in words(range(len(model[2][0])), 3):
        paths = path_probabilities(model, word)
        expected = max(paths) if best else sum(paths, Fraction(0))
        assert is_probability(evaluate(wfa, word), semiring, expected), word


CASINO: Any = (  # a fair and a loaded coin
    ["2/3", "1/3"],
    [["3/4", "1/4"], ["1/10", "9/10"]],
    [["1/2", "1/2"], ["1/5", "4/5"]],
)


def test_hmm_has_the_stated_size_and_weights() -> None:
    wfa = wfa_from_hmm(*CASINO, alphabet="HT", semiring=RATIONAL)
    assert wfa.alphabet.symbols == ("H", "T")
    assert is_probability(wfa.weights[1, 1, 0], RATIONAL, Fraction(8, 100))
    assert [wfa_from_hmm(*CASINO, semiring=s).num_states for s in (LOG, MAX_PLUS)] == [
        2,
        3,
    ]


def test_hmm_takes_arrays_of_floats() -> None:
    arrays = [
        np.array([[float(Fraction(p)) for p in r] for r in m]) for m in CASINO[1:]
    ]
    wfa = wfa_from_hmm(np.array([2 / 3, 1 / 3]), *arrays)
    assert wfa.alphabet.symbols == (0, 1)
    exact = wfa_from_hmm(*CASINO, semiring=RATIONAL)
    for word in words((0, 1), 5):
        value = evaluate(exact, word)
        assert isclose(evaluate(wfa, word), int(value.p) / int(value.q))


def test_float_rows_are_rationals_over_rational() -> None:
    halves = [[0.5, 0.5], [0.25, 0.75]]
    wfa = wfa_from_hmm([1, 0.0], halves, halves, semiring=RATIONAL)
    assert is_probability(evaluate(wfa, [0, 1]), RATIONAL, Fraction(5, 16))
    tenths = [[0.1, 0.2, 0.7]] * 3
    assert sum(map(Fraction, tenths[0])) != 1
    assert is_probability(
        evaluate(wfa_from_hmm(tenths[0], tenths, tenths), [2]), REAL, Fraction(7, 10)
    )
    with pytest.raises(ValueError, match=r"startprob: wanted rows of sum 1, got \d+/"):
        wfa_from_hmm(tenths[0], tenths, tenths, semiring=RATIONAL)


@given(models(), st.integers(0, 3))
def test_hmm_words_of_one_length_have_probability_one(model: Model, size: int) -> None:
    wfa = wfa_from_hmm(*model, semiring=RATIONAL)
    assert sum(evaluate(wfa, w) for w in product(wfa.alphabet, repeat=size)) == 1


ONE: Any = [[1]]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (([[1]], ONE, ONE), r"startprob: wanted 1 axes, got shape \(1, 1\)"),
        (([1], [1], ONE), r"transmat: wanted 2 axes, got shape \(1,\)"),
        (([], ONE, ONE), "startprob: wanted rows of sum 1, got 0.0 in row 0"),
        (([1], [[1], [1]], ONE), r"transmat: wanted shape \(1, 1\) \(1 states\), got"),
        (([1], ONE, [[1], [1]]), r"emissionprob: wanted shape \(1, 1\) \(1 states, 1"),
        (([1], ONE, [[]]), "emissionprob: wanted rows of sum 1, got 0.0 in row 0"),
        (([1], ONE, [[1, "x"]]), "emissionprob: wanted elements of the rational"),
        (([1], ONE, [[1, float("nan")]]), "emissionprob: wanted elements of the rat"),
        (([0.5], ONE, ONE), "startprob: wanted rows of sum 1, got 0.5 in row 0"),
        (
            ([1, 0], [[1, 0], [0.5, 0.5 + 2**-20]], [[1], [1]]),
            "transmat: wanted rows of sum 1, got 1.00000095",
        ),
        (
            ([1, 0], [[1, 0], [1, 0]], [[1, 0], [1.5, -0.5]]),
            "emissionprob: wanted probabilities, got -1/2 in row 1",
        ),
    ],
)
def test_hmm_refuses(model: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wfa_from_hmm(*model)


def test_hmm_tolerates_rounding_of_floats_only() -> None:
    with pytest.raises(ValueError, match=r"startprob: .* sum 1, got 1\.00000001"):
        wfa_from_hmm([0.5, 0.5 + 1.1e-8], [[1, 0]] * 2, ONE * 2)
    nearly = [0.5, 0.5 + 5e-9]
    assert wfa_from_hmm(nearly, [nearly] * 2, ONE * 2, semiring=LOG).num_states == 2
    with pytest.raises(ValueError, match="startprob: wanted rows of sum 1"):
        wfa_from_hmm(nearly, [nearly] * 2, ONE * 2, semiring=RATIONAL)


def test_hmm_refuses_an_alphabet_of_another_size() -> None:
    with pytest.raises(ValueError, match=r"alphabet: wanted 2 symbols as .* got 3"):
        wfa_from_hmm(*CASINO, alphabet="abc")


@pytest.mark.parametrize("semiring", [BOOLEAN, INTEGER], ids=str)
def test_other_semirings_are_refused(semiring: Semiring) -> None:
    message = (
        f"wanted one of real, rational, log, max-plus, min-plus, got {semiring.name}"
    )
    with pytest.raises(ValueError, match=message):
        wfa_from_hmm([1], ONE, ONE, semiring=semiring)
    with pytest.raises(ValueError, match=message):
        wfa_from_ngram_counts({("a",): 1}, semiring=semiring)


def ngrams(texts: list[str], n: int, ending: str) -> Counter[tuple[str, ...]]:
    """Counts of the n-grams of texts, padded with < and ended with `ending`."""
    padded = ["<" * (n - 1) + text + ending for text in texts]
    grams = (tuple(t[i : i + n]) for t in padded for i in range(len(t) - n + 1))
    return Counter(grams)


def frequency(counts: Counter[tuple[str, ...]], n: int, text: str) -> Fraction:
    """The product of relative frequencies of the n-grams of a padded text."""
    result = Fraction(1)
    for i in range(len(text) - n + 1):
        gram = tuple(text[i : i + n])
        total = sum(c for g, c in counts.items() if g[:-1] == gram[:-1])
        result *= Fraction(counts[gram], total) if total else 0
    return result


corpora = st.lists(st.text("ab", max_size=5), min_size=1, max_size=4)
lengths = st.integers(1, 4)


@every_semiring
@given(texts=corpora.filter(any), n=lengths)
def test_ngrams_without_end_give_prefixes(
    semiring: Semiring, texts: list[str], n: int
) -> None:
    counts = ngrams(texts, n, "")
    wfa = wfa_from_ngram_counts(counts, bos="<", semiring=semiring)
    assert wfa.alphabet.symbols == tuple(sorted(set("".join(texts))))
    assert is_deterministic(wfa)
    for word in words(wfa.alphabet, 4):
        expected = frequency(counts, n, "<" * (n - 1) + "".join(map(str, word)))
        assert is_probability(evaluate(wfa, word), semiring, expected), word


@every_semiring
@given(texts=corpora, n=lengths)
def test_ngrams_with_end_give_whole_words(
    semiring: Semiring, texts: list[str], n: int
) -> None:
    counts = ngrams(texts, n, ">")
    wfa = wfa_from_ngram_counts(counts, bos="<", eos=">", semiring=semiring)
    assert wfa.alphabet.symbols == tuple(sorted(set("".join(texts))))
    assert is_deterministic(wfa)
    for word in words(wfa.alphabet, 4):
        text = "<" * (n - 1) + "".join(map(str, word)) + ">"
        expected = frequency(counts, n, text)
        assert is_probability(evaluate(wfa, word), semiring, expected), word


def mass(wfa: WFA, longest: int) -> list[Any]:
    """Σ of f over the words of each length."""
    forward, masses = wfa.initial, []
    for _ in range(longest + 1):
        masses.append(forward @ wfa.final)
        forward = forward @ wfa.weights.sum(axis=0)
    return masses


@given(corpora, lengths)
def test_mass_of_words_with_end(texts: list[str], n: int) -> None:
    counts = ngrams(texts, n, ">")
    wfa = wfa_from_ngram_counts(counts, bos="<", eos=">", semiring=RATIONAL)
    assert sum(evaluate(wfa, w) for w in words(wfa.alphabet, 4)) <= 1
    rounded = wfa_from_ngram_counts(counts, bos="<", eos=">")
    assert isclose(sum(mass(rounded, 1000)), 1, rel_tol=1e-9)  # every text ends


@given(st.text("abc", min_size=1, max_size=8), lengths)
def test_prefixes_of_one_length_have_probability_one(text: str, n: int) -> None:
    # Repeated n times, so that every context has a successor.
    counts = ngrams([text * (n + 1)], n, "")
    last = tuple(("<" * (n - 1) + text * (n + 1))[len(text) * (n + 1) :])
    counts[(*last, text[0])] += 1
    wfa = wfa_from_ngram_counts(counts, bos="<", semiring=RATIONAL)
    assert mass(wfa, 6) == [1] * 7


def test_bigrams_in_words() -> None:
    texts = [("the", "cat"), ("the", "dog"), ("the", "dog", "the", "cat")]
    counts = Counter(
        pair for text in texts for pair in pairwise(("<s>", *text, "</s>"))
    )
    wfa = wfa_from_ngram_counts(counts, bos="<s>", eos="</s>", semiring=RATIONAL)
    assert wfa.alphabet.symbols == ("cat", "dog", "the")
    assert wfa.num_states == 4
    assert is_probability(evaluate(wfa, ("the", "dog")), RATIONAL, Fraction(1, 4))
    assert evaluate(wfa, ("dog",)) == 0
    assert evaluate(wfa, ()) == 0


def test_contexts_without_successors() -> None:
    counts = {("<", "a"): 1, ("<", "b"): 3, ("a", "a"): 0}
    prefixes = wfa_from_ngram_counts(counts, bos="<")
    assert [evaluate(prefixes, w) for w in ("", "a", "b", "aa", "bb")] == [
        1,
        0.25,
        0.75,
        0,
        0,
    ]
    assert mass(wfa_from_ngram_counts(counts, bos="<", eos=">"), 3) == [0, 0, 0, 0]


def test_symbols_that_are_numbers_and_counts_of_numpy() -> None:
    counts = {(10,): np.int64(3), (9,): np.int32(1), (None,): 0}
    wfa = wfa_from_ngram_counts(counts, semiring=RATIONAL)  # type: ignore[arg-type]
    assert wfa.alphabet.symbols == (None, 9, 10)
    assert is_probability(evaluate(wfa, (10, 9)), RATIONAL, Fraction(3, 16))
    assert isclose(
        exp(evaluate(wfa_from_ngram_counts({(9,): 1}, semiring=LOG), (9,))), 1
    )


@pytest.mark.parametrize(
    ("counts", "marks", "message"),
    [
        ({}, {}, r"counts: wanted tuples of one length n ≥ 1, got lengths \[\]"),
        ({(): 1}, {}, r"counts: wanted tuples of one length n ≥ 1, got lengths \[0\]"),
        ({"ab": 1}, {"bos": "<"}, r"counts: wanted tuples of one length .* \[0\]"),
        ({("a",): 1, ("a", "b"): 1}, {"bos": "<"}, r"got lengths \[1, 2\]"),
        ({("a", "b"): 1}, {}, "bos: wanted a symbol that pads 2-grams, got None"),
        ({("<", "a"): 1.0}, {"bos": "<"}, r"nonnegative integers, got 1\.0 for \('<'"),
        ({("<", "a"): True}, {"bos": "<"}, "nonnegative integers, got True for"),
        ({("<", "a"): -1}, {"bos": "<"}, "nonnegative integers, got -1 for"),
        ({("a", "<"): 1}, {"bos": "<"}, r"wanted '<' in front only, got \('a', '<'\)"),
        ({("<", "<"): 1}, {"bos": "<"}, r"wanted '<' in front only, got \('<', '<'\)"),
        ({("a", "<", "b"): 1}, {"bos": "<"}, "wanted '<' in front only, got"),
        ({("<",): 1}, {"bos": "<"}, r"wanted '<' in front only, got \('<',\)"),
        ({(">", "a"): 1}, {"bos": "<", "eos": ">"}, r"wanted '>' last only, got \('>"),
        (
            {("a", "b"): 1},
            {"bos": "<"},
            r"wanted n-grams that begin with \('<',\), got",
        ),
        (
            {("<", "b"): 0},
            {"bos": "<"},
            r"wanted n-grams that begin with \('<',\), got",
        ),
        ({("a",): 0}, {}, r"wanted n-grams that begin with \(\), got none"),
        ({("a",): 1}, {"bos": "x", "eos": "x"}, "eos: wanted another symbol than bos"),
    ],
)
def test_ngram_counts_refused(counts: Any, marks: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wfa_from_ngram_counts(counts, **marks)
