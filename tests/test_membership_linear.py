"""Classes of weighted automata against linear algebra written out, and brute force."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import (
    BOOLEAN,
    INTEGER,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    evaluate,
    integers_mod,
)
from automata_rnn.automata import (
    WFA,
    dfa_from_regex,
    indicator,
    minimize,
    wfa_from_dfa,
    wfa_from_hmm,
    wfa_from_nfa,
)
from automata_rnn.membership import ambiguity, classify, image, triangularity
from automata_rnn.membership.fitting import diagonalisable
from automata_rnn.membership.ranks import diagonal_rank, identity_rank
from automata_rnn.rnns import PDRNN, DeltaNet, DiagonalRNN, LinearRNN
from tests.brute import all_words, rational_rank
from tests.small_dfas import minimal_tables
from tests.strategies import diagonal_rnns, nfas, wfas
from translations import translate

AB = Alphabet("ab")
FINITE, DIAGONAL = "finitely many values", "one diagonal layer"
TRIANGULAR, GROWTH = "triangularisable over ℂ", "polynomial growth"


def fractions(matrix: Any) -> list[list[Fraction]]:
    exact = RATIONAL.array(matrix)
    return [[Fraction(int(v.p), int(v.q)) for v in row] for row in exact]


def times(a: Any, b: Any) -> Any:
    columns = list(zip(*b, strict=True))
    return [
        [sum(x * y for x, y in zip(row, column, strict=True)) for column in columns]
        for row in a
    ]


def characteristic(a: Any) -> list[Fraction]:
    """Coefficients, constant term first, by Faddeev and LeVerrier."""
    n = len(a)
    coefficients = [Fraction(1)]
    m = [[Fraction(0)] * n for _ in range(n)]
    for k in range(1, n + 1):
        m = times(a, m)
        for i in range(n):
            m[i][i] += coefficients[-1]
        product_ = times(a, m)
        coefficients.append(-sum(product_[i][i] for i in range(n)) / Fraction(k))
    return coefficients[::-1]


def remainder(p: list[Fraction], q: list[Fraction]) -> tuple[list[Fraction], Any]:
    p, quotient = p[:], [Fraction(0)] * max(1, len(p) - len(q) + 1)
    while len(p) >= len(q) and any(p):
        factor, shift = p[-1] / q[-1], len(p) - len(q)
        quotient[shift] = factor
        for i, c in enumerate(q):
            p[i + shift] -= factor * c
        p.pop()
    while p and p[-1] == 0:
        p.pop()
    return quotient, p


def diagonalisable_over_c(a: Any) -> bool:
    """The product of different linear factors of the characteristic polynomial kills A.

    That is p/gcd(p, p'), by Euclid, in Python fractions.
    """
    p = characteristic(a)
    x, y = p, [i * c for i, c in enumerate(p)][1:]
    while y:
        x, y = y, remainder(x, y)[1]
    squarefree, rest = remainder(p, x)
    assert not rest
    n = len(a)
    value = [[Fraction(0)] * n for _ in range(n)]
    for c in reversed(squarefree):
        value = times(value, a)
        for i in range(n):
            value[i][i] += c
    return all(v == 0 for row in value for v in row)


def expected_diagonal(wfa: WFA) -> bool:
    a, b = (fractions(m) for m in minimize(wfa).wfa.weights)
    commute = times(a, b) == times(b, a)
    return commute and diagonalisable_over_c(a) and diagonalisable_over_c(b)


def unimodular(rng: np.random.Generator, n: int) -> tuple[Any, Any]:
    """An integer matrix of determinant 1 and its inverse."""
    upper = np.triu(rng.integers(-1, 2, (n, n)), 1) + np.eye(n, dtype=int)
    lower = np.tril(rng.integers(-1, 2, (n, n)), -1) + np.eye(n, dtype=int)
    mix = upper @ lower
    return mix, np.round(np.linalg.inv(mix)).astype(int)


def automaton(rng: np.random.Generator, weights: Any) -> WFA:
    n = len(weights[0])
    ends = rng.integers(1, 6, (2, n))
    return WFA(RATIONAL, AB, ends[0], np.array(weights, dtype=object), ends[1])


def commuting(rng: np.random.Generator) -> WFA:
    """Two polynomials of one matrix: diagonal, with Jordan blocks, or any integers."""
    n = int(rng.integers(2, 5))
    kind = rng.integers(0, 3)
    core = rng.integers(-2, 3, (n, n)) if kind == 2 else np.diag(rng.integers(-3, 4, n))
    if kind == 1:
        core[1, 1] = core[0, 0]
        core[0, 1] = 1
    mix, unmix = unimodular(rng, n)
    core = mix @ core @ unmix
    powers = [np.linalg.matrix_power(core, i) for i in range(3)]
    pair = [np.tensordot(rng.integers(-2, 3, 3), powers, 1) for _ in "ab"]
    return automaton(rng, pair)


def nearly(rng: np.random.Generator, wfa: WFA) -> WFA:
    """One entry of one matrix moved by less than floats would see."""
    weights = wfa.weights.copy()
    row, column = rng.integers(0, wfa.num_states, 2)
    weights[int(rng.integers(0, 2)), row, column] += RATIONAL.scalar("1/1000000007")
    return WFA(RATIONAL, AB, wfa.initial, weights, wfa.final)


def test_the_diagonal_decision_is_right_near_to_commuting_automata() -> None:
    """500 that commute, a third of them with Jordan blocks, and 500 next to them."""
    rng = np.random.default_rng(3)
    yes = blocks = crossed = 0
    for trial in range(500):
        for wfa in (exact := commuting(rng), nearly(rng, exact)):
            line = diagonalisable(minimize(wfa).wfa)
            if trial % 20 == 0:
                whole = classify(wfa, max_matrices=2, max_states=2)
                assert whole[DIAGONAL] == line
            truth = expected_diagonal(wfa)
            assert line.verdict == ("yes" if truth else "no")
            yes += truth
            if not truth:
                blocks += line.data["kind"] == "jordan block"
                crossed += line.data["kind"] == "commutator"
            if truth and wfa is exact:
                assert line.data["units"] == minimize(wfa).wfa.num_states
    assert yes > 250
    assert blocks > 80
    assert crossed > 250


@pytest.mark.parametrize(
    ("matrix", "truth"),
    [([[1, 1], [0, 1]], False), ([[0, 1], [-1, 0]], True), ([[2, 0], [0, 2]], True)],
)
def test_the_oracle_of_diagonalisability(matrix: Any, truth: bool) -> None:
    assert diagonalisable_over_c(fractions(np.array(matrix))) is truth


def test_triangular_matrices_are_recognised_in_any_basis() -> None:
    rng = np.random.default_rng(8)
    for _ in range(60):
        n = int(rng.integers(2, 5))
        mix, unmix = unimodular(rng, n)
        pair = [mix @ np.triu(rng.integers(-2, 3, (n, n))) @ unmix for _ in "ab"]
        found = triangularity(RATIONAL.array(np.array(pair)))
        assert found.triangular
        assert found.dimension <= n * (n + 1) // 2


@settings(max_examples=80)
@given(st.lists(st.integers(-2, 2), min_size=8, max_size=8))
def test_two_by_two_matrices_are_triangular_as_their_commutator_says(
    entries: list[int],
) -> None:
    """Exactly when det(A B - B A) = 0 (a common eigenvector)."""
    a, b = np.array(entries).reshape(2, 2, 2)
    c = a @ b - b @ a
    found = triangularity(RATIONAL.array(np.array([a, b])))
    assert found.triangular == (c[0, 0] * c[1, 1] == c[0, 1] * c[1, 0])


@settings(max_examples=60)
@given(st.lists(st.integers(-1, 1), min_size=18, max_size=18))
def test_three_by_three_matrices_by_mccoys_theorem(entries: list[int]) -> None:
    """Commutators times words are nilpotent exactly where they are triangular."""
    a, b = np.array(entries).reshape(2, 3, 3)
    c = a @ b - b @ a
    words = [np.eye(3, dtype=int)]
    for word in words:  # grows while it is read, up to length 6
        if len(words) < 127:
            words += [word @ a, word @ b]
    powers = [np.linalg.matrix_power(w @ c, 3) for w in words]
    found = triangularity(RATIONAL.array(np.array([a, b])))
    if found.triangular:
        assert not np.any(powers)
        return
    element = np.eye(3, dtype=int)
    for code in found.word:
        element = element @ (a, b)[code]
    sign = 1 if found.pair == (0, 1) else -1
    assert np.trace(sign * c @ element) == int(found.trace.p) != 0
    assert np.any(powers)


def test_companions_of_one_polynomial_are_not_triangular_together() -> None:
    """Negative control: the algebra is all matrices, of dimension n²."""
    shift, unit = np.eye(4, k=1, dtype=int), np.zeros((4, 4), dtype=int)
    unit[3, 0] = 1
    found = triangularity(RATIONAL.array(np.array([shift, unit])))
    assert not found.triangular
    single = triangularity(RATIONAL.array(np.array([shift])))
    assert (single.triangular, single.dimension) == (True, 4)


def signed_permutations(rng: np.random.Generator, n: int) -> Any:
    rows = np.eye(n, dtype=int)[rng.permutation(n)]
    return rows * rng.integers(-1, 2, (n, 1))


def closure(matrices: list[Any], limit: int) -> int | None:
    """How many products there are, as tuples, or None past a limit."""
    n = len(matrices[0])
    seen = {tuple(np.eye(n, dtype=int).ravel().tolist())}
    pending = [np.eye(n, dtype=object)]
    for m in pending:
        for a in matrices:
            key = tuple((after := m @ a).ravel().tolist())
            if key not in seen:
                if len(seen) > limit:
                    return None
                seen.add(key)
                pending.append(after)
    return len(seen)


def test_finite_images_are_counted() -> None:
    rng = np.random.default_rng(2)
    for _ in range(30):
        n = int(rng.integers(1, 4))
        wfa = automaton(rng, [signed_permutations(rng, n) for _ in "ab"])
        line = classify(wfa)[FINITE]
        small = minimize(wfa).wfa
        assert line.verdict == "yes"
        exact = [np.array(fractions(m), dtype=object) for m in small.weights]
        assert line.data["matrices"] == closure(exact, 2000)


@settings(max_examples=25)
@given(wfas(INTEGER, max_states=2, alphabet=AB, min_states=1))
def test_infinite_images_are_certified(wfa: WFA) -> None:
    """The word's powers are all different; else values are no more than matrices."""
    line = classify(wfa, max_matrices=300)[FINITE]
    small = minimize(wfa).wfa
    if line.verdict == "no":
        matrix = np.eye(small.num_states, dtype=object)
        for symbol in line.data["word"]:
            matrix = matrix @ small.weights[AB.code(symbol)]
        power, seen = matrix, set()
        for _ in range(40):
            seen.add(tuple(power.ravel().tolist()))
            power = power @ matrix
        assert len(seen) == 40
    elif line.verdict == "yes":
        values = {evaluate(wfa, word) for word in all_words(AB, 7)}
        assert len(values) <= line.data["matrices"]


@settings(max_examples=60)
@given(wfas(INTEGER, max_states=3, alphabet=AB, min_states=1))
def test_growth_is_what_eigenvalues_of_words_show(wfa: WFA) -> None:
    """Of integer matrices (3, 3), an eigenvalue above 1 is above 1.1."""
    line = classify(wfa, max_matrices=200, max_states=50)[GROWTH]
    small = minimize(wfa).wfa
    letters = [REAL.array(matrix) for matrix in small.weights]

    def radius(word: Any) -> float:
        matrix = np.eye(small.num_states)
        for symbol in word:
            matrix = matrix @ letters[AB.code(symbol)]
        return float(max(abs(np.linalg.eigvals(matrix)), default=0))

    if line.verdict == "no" and "word" in line.data:
        assert radius(line.data["word"]) > 1.1
    elif line.verdict == "yes":
        assert max(radius(word) for word in all_words(AB, 4)) < 1.1


@pytest.mark.parametrize(
    ("weights", "verdict"),
    [
        ([[[1, 1], [0, 1]], [[1, 0], [0, 1]]], "yes"),
        ([[[1, 1], [1, 0]], [[1, 0], [0, 1]]], "no"),
        ([[[1, 1], [0, 1]], [[1, 0], [1, 1]]], "no"),
        ([[["1/2", "1/2"], ["1/2", "1/2"]], [[1, 0], [0, 1]]], "yes"),
        ([[["3/5", "4/5"], ["-4/5", "3/5"]], [[1, 0], [0, -1]]], "unknown"),
    ],
)
def test_known_growth(weights: Any, verdict: str) -> None:
    wfa = WFA(RATIONAL, AB, [1, 2], weights, [3, 1])
    assert classify(wfa)[GROWTH].verdict == verdict


def test_hidden_markov_models_are_bounded() -> None:
    weather = wfa_from_hmm(
        ["3/5", "2/5"],
        [["7/10", "3/10"], ["2/5", "3/5"]],
        [["1/2", "1/2"], ["1/10", "9/10"]],
        semiring=RATIONAL,
    )
    report = classify(weather)
    assert report[GROWTH].verdict == "yes"
    assert report[FINITE].verdict == "no"
    assert report["values in NC¹"].verdict == "unknown"
    assert "PNC¹" in report["values in NC¹"].reason


def capped_monoid(wfa: WFA) -> list[Any]:
    """All matrices of counts of paths, with 2 for two and more, by definition."""
    letters = [np.minimum(2, m.astype(int)) for m in wfa.weights]
    start = np.eye(wfa.num_states, dtype=int)
    found, pending = {start.tobytes()}, [start]
    for m in pending:
        for a in letters:
            after = np.minimum(2, m @ a)
            if after.tobytes() not in found:
                found.add(after.tobytes())
                pending.append(after)
    return pending


def check_ambiguity(wfa: WFA) -> int | None:
    """EDA, IDA and unambiguity from all matrices of counts; the degree."""
    parts = [x.astype(int) for x in (wfa.initial, wfa.weights, wfa.final)]
    found = ambiguity(*parts)
    monoid = capped_monoid(wfa)
    reach = sum(monoid) > 0
    useful = [
        q
        for q in range(wfa.num_states)
        if np.any(parts[0][reach[:, q]]) and np.any(parts[2][reach[q]])
    ]
    assert found.unambiguous == all(parts[0] @ m @ parts[2] < 2 for m in monoid)
    eda = any(m[q, q] > 1 for m in monoid for q in useful)
    assert (found.degree is None) == eda
    if eda:
        return None
    pairs = [
        (p, q)
        for p, q in product(useful, repeat=2)
        if p != q and any(m[p, p] and m[p, q] and m[q, q] for m in monoid)
    ]
    longest, chains = 0, [(pair,) for pair in pairs]
    while chains:
        longest += 1
        chains = [(*c, x) for c in chains for x in pairs if reach[c[-1][1], x[0]]]
    assert found.degree == longest
    return longest


@settings(max_examples=80)
@given(nfas(max_states=3))
def test_ambiguity_of_nfas_is_what_counts_of_paths_say(nfa: Any) -> None:
    check_ambiguity(wfa_from_nfa(nfa, INTEGER))


def test_ambiguity_of_counting_automata() -> None:
    """Mostly upwards arcs, so that all degrees occur."""
    rng = np.random.default_rng(6)
    degrees = []
    for _ in range(300):
        n = int(rng.integers(1, 5))
        chance = np.triu(np.full((n, n), 0.4)) + 0.3 * np.eye(n) + 0.02
        counts = (rng.random((2, n, n)) < chance) * np.where(
            rng.random((2, n, n)) < 0.05, 2, 1
        )
        ends = (rng.random((2, n)) < 0.6).astype(int)
        degrees.append(check_ambiguity(WFA(INTEGER, AB, ends[0], counts, ends[1])))
    for degree in (None, 0, 1, 2):
        assert degrees.count(degree) > 5


@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_a_row_of_loops_has_its_degree(degree: int) -> None:
    """a* a* … a*: the number of runs on aᵗ is a polynomial of that degree."""
    n = degree + 1
    loops = np.triu(np.ones((n, n), dtype=int))
    wfa = WFA(INTEGER, Alphabet("a"), np.eye(n, dtype=int)[0], [loops], [1] * n)
    lines = classify(wfa)
    assert lines["polynomially ambiguous"].data["degree"] == degree
    assert lines["unambiguous"].verdict == ("yes" if degree == 0 else "no")
    values = [evaluate(wfa, "a" * t) for t in range(degree + 3)]
    assert np.all(np.diff(values, degree + 1) == 0)


def test_ambiguity_wants_counts() -> None:
    with pytest.raises(ValueError, match="arcs: wanted counts"):
        ambiguity(np.array([1]), np.array([[[-1]]]), np.array([1]))


@settings(max_examples=60)
@given(st.integers(1, 4), st.data())
def test_ranks_from_identity_and_diagonals(n: int, data: st.DataObject) -> None:
    entry = st.integers(-2, 2)
    flat = data.draw(st.lists(entry, min_size=n * n, max_size=n * n))
    matrix = np.array(flat, dtype=object).reshape(n, n)
    exact = RATIONAL.array(matrix)
    shifted = [
        [Fraction(v) - (i == j) for j, v in enumerate(row)]
        for i, row in enumerate(matrix)
    ]
    assert identity_rank(exact) == rational_rank(shifted)
    least, most = diagonal_rank(exact)
    assert 0 <= least <= most <= n
    grid = product((-2, -1, 0, 1, 2), repeat=n) if n < 4 else [(0,) * n, (1,) * n]
    for shift in grid:
        moved = [
            [Fraction(v) - (shift[i] if i == j else 0) for j, v in enumerate(row)]
            for i, row in enumerate(matrix)
        ]
        assert rational_rank(moved) >= least


@settings(max_examples=60)
@given(st.integers(2, 5), st.data())
def test_diagonal_plus_low_rank_is_seen(n: int, data: st.DataObject) -> None:
    """A = D + Σ lᵀ r of known rank: the bounds hold; rank one is decided."""
    size = data.draw(st.integers(0, 2))
    numbers = st.lists(st.integers(-2, 2), min_size=n, max_size=n)
    matrix = np.diag(data.draw(numbers)).astype(object)
    for _ in range(size):
        matrix = matrix + np.outer(data.draw(numbers), data.draw(numbers))
    least, most = diagonal_rank(RATIONAL.array(matrix))
    assert least <= size
    if size <= 1:
        assert least == most


def test_networks_are_classified_by_their_automata() -> None:
    dfa = dfa_from_regex("(ab|c)*")
    for network in (
        translate(dfa, PDRNN).rnn,
        translate(dfa, LinearRNN).rnn,
        DiagonalRNN(RATIONAL, AB, [1, 1], [[1, -1], [2, 0]], [1, 1]),
        DeltaNet(RATIONAL, AB, [[1, 1]], [[1, 0], [0, 1]], [2, 1], [1, 1], [1]),
    ):
        report = classify(network)
        assert report.subject.startswith(type(network).__name__)
        assert "yes" in {line.verdict for line in report.lines}
    pd = classify(translate(dfa, PDRNN).rnn)
    assert pd["PD, given basis"].verdict == "yes"
    assert pd["{f > 0} star-free (aperiodic)"].verdict == "yes"
    gates = DiagonalRNN(RATIONAL, AB, [1, 1], [[1, -1], [2, 0]], [1, 1])
    assert classify(gates)[DIAGONAL].data["units"] == 2


def test_the_language_of_a_network_is_that_of_its_pattern() -> None:
    pattern = "(aa|b)*"
    report = classify(wfa_from_dfa(dfa_from_regex(pattern)))
    plain = classify(pattern)
    for line in report.lines:
        if line.name.startswith("{f > 0} ") and line.name != "{f > 0} regular":
            assert plain[line.name.removeprefix("{f > 0} ")].verdict == line.verdict


def test_floats_are_the_rationals_that_they_are() -> None:
    weights = [[[0.5, 0], [0, 0.25]], [[1, 0], [0, 1]]]
    exact = WFA(RATIONAL, AB, [1, 1], weights, [1, 1])
    floats = WFA(REAL, AB, [1, 1], weights, [1, 1])
    assert classify(exact).lines == classify(floats).lines


def test_other_weights_say_what_is_not_known() -> None:
    tropical = classify(WFA(MAX_PLUS, AB, [0.0], [[[1.0]], [[2.0]]], [0.0]))
    assert tropical[DIAGONAL].verdict == "unknown"
    assert "max-plus" in tropical[DIAGONAL].reason
    modular = classify(WFA(integers_mod(5), AB, [1], [[[2]], [[3]]], [1]))
    assert modular[FINITE].verdict == "yes"
    two = np.ones((2, 2, 2), dtype=bool)
    boolean = classify(WFA(BOOLEAN, AB, [True, False], two, [False, True]))
    assert boolean["polynomially ambiguous"].verdict == "no"
    assert boolean["star-free (aperiodic)"].verdict == "yes"


def test_budgets_are_checked_and_kept() -> None:
    wfa = WFA(RATIONAL, AB, [1, 2], [[[1, 1], [0, 1]], [[1, 0], [0, 1]]], [3, 1])
    for name in ("max_matrices", "max_states"):
        with pytest.raises(ValueError, match=f"{name}: wanted"):
            classify(wfa, **{name: 0})
    turn = WFA(RATIONAL, AB, [1, 2], [[[0, 1], [-1, 0]], [[0, 1], [1, 0]]], [3, 1])
    assert classify(turn)[FINITE].data["matrices"] == 8
    assert classify(turn, max_matrices=3)[FINITE].verdict == "unknown"
    assert "max_matrices" in classify(turn, max_matrices=3)[FINITE].reason


def test_matrices_are_bounded_in_size_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever max_matrices is: 20 states, 400 entries each."""
    monkeypatch.setattr(image, "LARGEST_IMAGE", 4000)
    turn, swap = np.roll(np.eye(20, dtype=int), 1, axis=1), np.eye(20, dtype=int)
    swap[:2, :2] = 1 - swap[:2, :2]
    ends = np.eye(20, dtype=int)
    wfa = WFA(RATIONAL, AB, ends[0], np.array([turn, swap]), ends[3])
    assert image.matrix_image(wfa, 10**6).seen == 10
    line = classify(wfa, max_states=50)["finitely many values"]
    assert line.verdict == "unknown"
    assert line.reason.endswith(
        "met 10 matrices and no reason why not; more would be too large"
    )
    growing = WFA(RATIONAL, AB, ends[0], np.array([turn, 3 * swap]), ends[3])
    assert classify(growing, max_states=50)["finitely many values"].verdict == "no"


def test_zero_and_constant_functions() -> None:
    zero = WFA(RATIONAL, AB, [0, 1], np.ones((2, 2, 2), int), [0, 0])
    report = classify(zero)
    assert report.facts["minimal states"] == 0
    assert "no" not in {report[name].verdict for name in (FINITE, DIAGONAL, TRIANGULAR)}
    constant = WFA(RATIONAL, AB, [3], [[[1]], [[1]]], [2])
    assert classify(constant)[FINITE].data["matrices"] == 1
    assert all(evaluate(constant, w) == 6 for w in all_words(AB, 3))


INPUTS = "one diagonal layer with inputs"


@settings(max_examples=60)
@given(diagonal_rnns(RATIONAL))
def test_diagonal_networks_with_inputs_are_recognised(rnn: DiagonalRNN) -> None:
    line = classify(rnn, max_matrices=2, max_states=2)[INPUTS]
    assert line.verdict == "yes"
    assert line.data["units"] <= rnn.hidden_size + 1


@pytest.mark.parametrize("n", [1, 2, 3])
def test_order_is_heard_in_every_context_alike_by_diagonal_layers(n: int) -> None:
    """After x y instead of y x, h ⊙ a + b is off by a vector that h does not count in.

    So f(u x y v) - f(u y x v) does not depend on u. Where that fails there is no such
    network; where it holds and letters are diagonalisable, there is.
    """
    contexts = list(all_words(AB, 2))
    for table in list(minimal_tables(n))[:: 1 if n < 3 else 23]:
        wfa = indicator(table, RATIONAL)
        differences = [
            {
                evaluate(wfa, (*u, "a", "b", *v)) - evaluate(wfa, (*u, "b", "a", *v))
                for u in contexts
            }
            for v in contexts
        ]
        same = all(len(values) == 1 for values in differences)
        small = minimize(wfa).wfa
        line = classify(wfa)[INPUTS]
        if not same:
            assert line.verdict == "no"
        elif all(diagonalisable_over_c(fractions(m)) for m in small.weights):
            assert line.verdict == "yes"


def test_the_last_letter_needs_inputs_and_the_first_more_layers() -> None:
    last, first = classify("(a|b)*a"), classify("a(a|b)*")
    assert last[INPUTS].verdict == "yes"
    assert last["one diagonal layer, linear readout"].verdict == "no"
    assert first[INPUTS].verdict == "no"
    assert first["diagonal layers, gates ≥ 0"].verdict == "yes"
