"""Exact learning of weighted automata over a field from values and counterexamples.

The Hankel matrix F(x, y) = f(xy) of a function f has rank r exactly when the smallest
weighted automaton of f has r states. The learner keeps words x₁ = ε, …, x_l and
y₁, …, y_l with an invertible block F̂ = (f(x_i y_j)). Its hypothesis has the states
x_i, and reads off the block

    α = e₁,   A_σ = F̂_σ F̂⁻¹ with F̂_σ = (f(x_i σ y_j)),   ω = (f(x_i)).

Row w of F is explained where F_w = α A_w F̂ on the y_j. Row ε is. A counterexample z
has a prefix wσ such that row w is explained and row wσ is not, at some y; then w and σy
make the block larger, and it is invertible again. Or row z itself is explained, but not
f(z), and then z and ε do. Binary search finds the prefix. So there are at most r
counterexamples, and at most r + 1 equivalence queries.

Reference: A. Beimel, F. Bergadano, N. Bshouty, E. Kushilevitz, S. Varricchio, Learning
Functions Represented as Multiplicity Automata, Journal of the ACM 47 (2000).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.automata import WFA, compare
from automata_rnn.automata.minimize import over_field
from automata_rnn.exact import require_field, solve_rows
from automata_rnn.semiring import INTEGER, RATIONAL, Array, Semiring
from automata_rnn.system import TransitionSystem, evaluate
from translations.extraction.budget import BudgetSpent, progress_line
from translations.extraction.queries import (
    EquivalenceOracle,
    Key,
    Limits,
    Queries,
    as_verdict,
    guarantee_of,
    shortest_disagreement,
)
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.words import readable
from translations.routes import as_wfa

DEFAULT_STATES = 200


def hankel(
    target: Any,
    alphabet: Alphabet | None = None,
    semiring: Semiring | None = None,
    *,
    equivalence: EquivalenceOracle | None = None,
    max_states: int | None = DEFAULT_STATES,
    max_queries: int | None = None,
    seconds: float | None = 60.0,
    progress: bool = False,
) -> Extraction:
    """The smallest WFA of a function over ℚ or a finite field, by its values.

    A function of rank r costs at most r counterexamples and r + 1 equivalence queries,
    and at most `query_bound` values.

    Args:
        target: a callable, word (a tuple of symbols) ↦ element of the field; or a
            machine that is linear in its state, of which only values are asked, floats
            being the rationals that they are. Its own alphabet and semiring count.
        alphabet, semiring: of a callable; RATIONAL, INTEGER (learned over ℚ),
            integers_mod(p) or galois_field(q).
        equivalence: hypothesis ↦ a word on which it is wrong or None, or a Verdict.
            Default for a machine: `automata.compare`, whose None is a proof.
        max_states, max_queries, seconds: budgets. Past one, and on an interrupt
            from the keyboard, the result is the last hypothesis.
        progress: whether to show where the search is, on standard error.

    Returns an Extraction over the field, of at most r states, and of exactly r where
    the oracle proves equality.

    Raises ValueError where there is no exact field, a value is not one of its elements,
    or the oracle's word is no counterexample.

    >>> from automata_rnn import integers_mod
    >>> from automata_rnn.automata import wfa_from_regex
    >>> found = hankel(wfa_from_regex("(ab|c)*", integers_mod(7)))
    >>> found.num_states, found.guarantee.kind
    (2, 'proof')
    """
    if isinstance(target, TransitionSystem) or not callable(target):
        if alphabet is not None or semiring is not None:
            raise ValueError(
                f"target: wanted a callable beside alphabet and semiring, got "
                f"{type(target).__name__}"
            )
        reference = over_field(as_wfa(target))
        target, alphabet = _values(reference), reference.alphabet
        semiring = reference.semiring
        equivalence = equivalence or (lambda wfa: compare(reference, wfa))
    if alphabet is None or semiring is None or equivalence is None:
        raise ValueError(
            "target: wanted alphabet, semiring and equivalence beside a callable, got "
            f"{alphabet}, {semiring}, {equivalence}"
        )
    require_field(semiring)
    ring = RATIONAL if semiring is INTEGER else semiring
    limits = Limits(max_states, max_queries, seconds)
    with progress_line(progress) as say:
        f = Queries(_elements(target, ring), limits, say=say)
        search = Search(f, Alphabet(alphabet), ring, equivalence)
        try:
            verdict = learn(search)
        except BudgetSpent as spent:
            return _stopped(search, str(spent))
        except KeyboardInterrupt:
            return _stopped(search, "interrupted from the keyboard")
    return _result(search, guarantee_of(verdict), None)


def query_bound(rank: int, num_symbols: int, longest: int) -> int:
    """Values that learning a function of this rank asks at most.

    1 for f(ε), (|Σ| + 1) r² + r for the blocks and ω, and r (1 + r ⌈log₂(m + 1)⌉) for
    r counterexamples of at most m symbols.
    """
    steps = longest.bit_length()  # ⌈log₂(m + 1)⌉
    return 1 + (num_symbols + 1 + steps) * rank**2 + 2 * rank


@dataclass(eq=False)
class Search:
    """The learner's state.

    Attributes:
        prefixes, suffixes: x_i and y_j, with an invertible block (f(x_i y_j)).
        wfa: the hypothesis of this block.
        pending: a counterexample to `wfa` that was not used up.
        refuted: hypotheses and the words that refuted them.
        equivalences: how often the oracle was asked.
        longest: seconds that the oracle took at most; the next time it may be longer.
    """

    f: Queries[Any]
    alphabet: Alphabet
    ring: Semiring
    oracle: EquivalenceOracle
    prefixes: list[Key] = field(default_factory=list)
    suffixes: list[Key] = field(default_factory=list)
    wfa: WFA = field(init=False)
    pending: Key | None = None
    refuted: list[Hypothesis] = field(default_factory=list)
    equivalences: int = 0
    longest: float = 0.0

    def __post_init__(self) -> None:
        self.wfa = _zero(self.ring, self.alphabet)


def learn(search: Search) -> Any:
    """Refine the hypothesis until the oracle finds nothing; its last verdict."""
    if search.f(()) != search.ring.zero:
        _enlarge(search, (), ())
    while True:
        word = search.pending
        if word is None or search.f(word) == evaluate(search.wfa, word):
            search.f.check_time(search.longest)
            search.equivalences += 1
            states, asked = search.wfa.num_states, len(search.f.known)
            search.f.say(
                f"hypothesis {search.equivalences}: {states} states, {asked} words"
            )
            before = search.f.seconds
            verdict = as_verdict(search.oracle(search.wfa))
            search.longest = max(search.longest, search.f.seconds - before)
            if verdict.counterexample is None:
                return verdict
            word = _checked(search, verdict.counterexample)
        search.pending = word
        refuted = Hypothesis(search.wfa.num_states, readable(word), search.wfa)
        search.refuted.append(refuted)
        _enlarge(search, *split(search, word))


def split(search: Search, word: Key) -> tuple[Key, Key]:
    """The prefix and the suffix that a counterexample adds to the block."""
    if not search.prefixes:
        return (), word  # f(ε) = 0: the block is (f(z))
    rows = _matrix(search, search.prefixes, search.suffixes)
    vectors = [search.wfa.initial]
    for symbol in word:
        vectors.append(search.wfa.step(vectors[-1], symbol))

    def unexplained(t: int) -> Key | None:
        wanted = search.ring.vecmat(vectors[t], rows)
        for y, value in zip(search.suffixes, wanted, strict=True):
            if search.f((*word[:t], *y)) != value:
                return y
        return None

    low, high = 0, len(word) + 1
    suffix: Key = ()
    while high - low > 1:
        middle = (low + high) // 2
        y = unexplained(middle)
        if y is None:
            low = middle
        else:
            high, suffix = middle, (word[middle - 1], *y)
    return word[:low], suffix


def _enlarge(search: Search, prefix: Key, suffix: Key) -> None:
    """One more row and column of the block, and its hypothesis."""
    limit = search.f.limits.max_states
    if limit is not None and len(search.prefixes) >= limit:
        raise BudgetSpent(f"max_states: the function has rank above {limit}")
    prefixes = [*search.prefixes, prefix]
    suffixes = [*search.suffixes, suffix]
    block = _matrix(search, prefixes, suffixes)
    n = len(prefixes)
    weights = search.ring.zeros((len(search.alphabet), n, n), like=block)
    for code, symbol in enumerate(search.alphabet):
        after = _matrix(search, [(*x, symbol) for x in prefixes], suffixes)
        weights[code] = solve_rows(search.ring, block, after)
    first = search.ring.eye(n, like=block)[0]
    final = _matrix(search, prefixes, [()])[:, 0]
    search.wfa = WFA(search.ring, search.alphabet, first, weights, final)
    search.prefixes, search.suffixes = prefixes, suffixes


def _matrix(search: Search, prefixes: list[Key], suffixes: list[Key]) -> Array:
    """(f(x y)), as elements of the field."""
    values = np.empty((len(prefixes), len(suffixes)), dtype=object)
    for i, x in enumerate(prefixes):
        for j, y in enumerate(suffixes):
            values[i, j] = search.f((*x, *y))
    return search.ring.array(values)


def _checked(search: Search, word: Word) -> Key:
    key = tuple(word)
    value = search.f(key)
    if value == evaluate(search.wfa, key):
        raise ValueError(
            f"equivalence: wanted a word on which the hypothesis is wrong, got "
            f"{key!r}, of value {value} in both"
        )
    return key


def _values(reference: WFA) -> Callable[[Key], Any]:
    return lambda word: evaluate(reference, word)


def _elements(target: Callable[[Key], Any], ring: Semiring) -> Callable[[Key], Any]:
    return lambda word: ring.scalar(target(word), f"target({word!r})")


def _zero(ring: Semiring, alphabet: Alphabet) -> WFA:
    return WFA(
        ring,
        alphabet,
        np.zeros(0, dtype=int),
        np.zeros((len(alphabet), 0, 0), dtype=int),
        np.zeros(0, dtype=int),
    )


def _stopped(search: Search, why: str) -> Extraction:
    word = shortest_disagreement(search.wfa, search.f.known)
    return _result(search, Guarantee("none", reason=why), word)


def _result(search: Search, sure: Guarantee, word: Key | None) -> Extraction:
    lower, shown = len(search.prefixes), readable(word)
    return Extraction(
        search.wfa,
        "hankel",
        len(search.f.known),
        search.f.seconds,
        sure,
        shown,
        (*search.refuted, Hypothesis(search.wfa.num_states, shown, search.wfa)),
        (
            f"{search.equivalences} equivalence queries",
            f"an invertible Hankel block of size {lower}: no automaton of the function "
            f"has fewer states",
        ),
    )
