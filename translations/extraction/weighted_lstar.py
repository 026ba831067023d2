"""Weighted L*: a probabilistic automaton of a model that predicts the next symbol.

Prefixes are alike where the model predicts the same after them, up to a tolerance t for
each probability, whatever suffix follows. The table of `predictions` grows until it is
closed; the automaton read off it is tried, on all short words and on words drawn from
the model; a word after which it is off by more than t is added with its prefixes.

Likeness within t is not transitive. States are prefixes; a successor goes to the state
whose row is nearest, and where a counterexample stays one after the table is closed, a
suffix tells one of its prefixes from its state (`predictions.split`). So the search
always moves.

Let the model be a PDFA with n states, any two of which some suffix tells apart by more
than s. Prefixes that reach the same state have the same rows, so that there are never
more than n states. Where the result predicts within t after all words and 2 t < s,
there are n, and the structure is that of the model.

Reference: G. Weiss, Y. Goldberg, E. Yahav, Learning Deterministic Weighted Automata
with Queries and Counterexamples, NeurIPS 2019. The choice of the nearest state instead
of clusters, and the split instead of a check for consistency, are ours.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import WFA, Verdict
from translations.extraction.budget import BudgetSpent, progress_line
from translations.extraction.pdfa import (
    Floats,
    PDFATable,
    check_distribution,
    compare_predictions,
    pdfa_from_table,
    prediction,
    reduced,
    run,
    table_from_pdfa,
)
from translations.extraction.predictions import (
    Table,
    close,
    hypothesis,
    known_hypothesis,
    split,
)
from translations.extraction.queries import (
    EquivalenceOracle,
    Key,
    Limits,
    Queries,
    as_verdict,
    guarantee_of,
    in_batch,
)
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.search import longest_length
from translations.extraction.singular import check_fraction
from translations.extraction.walks import Walks
from translations.extraction.words import readable

DEFAULT_STATES = 100


def weighted_lstar(
    target: Any,
    alphabet: Alphabet | None = None,
    *,
    batched: bool = False,
    tolerance: float = 0.05,
    equivalence: EquivalenceOracle | None = None,
    max_length: int | None = None,
    epsilon: float = 0.05,
    delta: float = 0.05,
    walk_length: int = 50,
    seed: int = 0,
    max_states: int | None = DEFAULT_STATES,
    max_queries: int | None = None,
    seconds: float | None = 60.0,
    progress: bool = False,
) -> Extraction:
    """A PDFA that predicts the next symbol as a model does, within a tolerance.

    Args:
        target: a callable, word (a tuple of symbols) ↦ the k + 1 probabilities of what
            comes next, the symbols in the order of the alphabet, then the end; or a
            PDFA (`pdfa`), of which only predictions are asked.
        batched: whether a callable takes a list of words and gives as many rows.
        tolerance: t, for each probability.
        equivalence: PDFA ↦ a word after which it is off by more than t, or None, or a
            Verdict. Default: for a PDFA `compare_predictions`, whose None is a proof;
            else all words of positive probability up to `max_length`, by default 4,
            or less where there are more than 20,000 of them; then words drawn
            from the model, cut at `walk_length` symbols, as many as `epsilon` and
            `delta` ask for.
        max_states, max_queries, seconds: budgets. Past one, and on an interrupt
            from the keyboard, the result is the best automaton so far: that which is
            off after fewer of the words asked.
        progress: whether to show where the search is, on standard error.

    Predictions after words of probability 0 are never asked. The disagreement is the
    shortest known word after which a probability is off by more than t.

    Raises ValueError for predictions that are no distributions, bounds out of range,
    and where the oracle's word is no counterexample.

    >>> coin = lambda word: [0.25, 0.5, 0.25] if len(word) % 2 else [0.5, 0.25, 0.25]
    >>> found = weighted_lstar(coin, Alphabet("ab"))
    >>> found.num_states, found.guarantee.kind
    (2, 'pac')
    """
    check_fraction("tolerance", tolerance)
    limits = Limits(max_states, max_queries, seconds)
    ask, many, sigma = _predictions(target, alphabet, batched)
    with progress_line(progress) as say:
        f = Queries(ask, limits, many, say)
        if equivalence is None and isinstance(target, WFA):
            equivalence = _against(target, tolerance)
        sure = guarantee_of
        if equivalence is None:
            most = min(4, longest_length(len(sigma), 20_000))
            length = most if max_length is None else max_length
            walks = Walks(f, tolerance, length, epsilon, delta, walk_length, seed)
            equivalence, sure = walks.check, walks.guarantee
        return _searched(Search(Table(f, sigma, tolerance), equivalence), sure)


@dataclass(eq=False)
class Search:
    """The learner's state.

    Attributes:
        guess: the last automaton of a closed table.
        refuted: automata and the words that refuted them.
    """

    table: Table
    oracle: EquivalenceOracle
    guess: PDFATable | None = None
    refuted: list[Hypothesis] = field(default_factory=list)
    equivalences: int = 0


def _searched(search: Search, sure: Callable[[Verdict], Guarantee]) -> Extraction:
    """What the search finds, also where it ends early."""
    try:
        guess, verdict = learn(search)
    except BudgetSpent as spent:
        return _stopped(search, str(spent))
    except KeyboardInterrupt:
        if () not in search.table.ask.known:
            raise
        return _stopped(search, "interrupted from the keyboard")
    return _result(search, guess, sure(verdict), None, 0)


def learn(search: Search) -> tuple[PDFATable, Verdict]:
    """Refine the automaton until the oracle finds nothing; and its last verdict."""
    table = search.table
    guess = _closed(search)
    while True:
        table.ask.check_time()
        search.equivalences += 1
        states, asked = len(table.states), len(table.ask.known)
        table.ask.say(
            f"hypothesis {search.equivalences}: {states} states, {asked} words"
        )
        pdfa = pdfa_from_table(reduced(guess))
        verdict = as_verdict(search.oracle(pdfa))
        if verdict.counterexample is None:
            return guess, verdict
        word = tuple(verdict.counterexample)
        if not is_off(table, guess, word):
            raise ValueError(
                f"equivalence: wanted a word after which the automaton is off by more "
                f"than {table.tolerance:g}, got {word!r}"
            )
        search.refuted.append(Hypothesis(pdfa.num_states, readable(word), pdfa))
        table.prefixes |= dict.fromkeys(word[:i] for i in range(len(word) + 1))
        guess = _closed(search)
        while is_off(table, guess, word):
            split(table, word, guess)
            guess = _closed(search)


def is_off(table: Table, guess: PDFATable, word: Key) -> bool:
    """Whether predictions after `word`, if possible in both, differ by more than t."""
    state = run(guess, word)
    if state < 0:
        return False
    for i, symbol in enumerate(word):
        if table.ask(word[:i])[guess.alphabet.code(symbol)] == 0:
            return False
    apart = np.abs(table.ask(word) - guess.distributions[state]).max()
    return bool(apart > table.tolerance)


def _closed(search: Search) -> PDFATable:
    close(search.table)
    search.guess = hypothesis(search.table)
    return search.guess


Predict: TypeAlias = Callable[[Key], Floats]
PredictMany: TypeAlias = Callable[[list[Key]], list[Floats]]


def _predictions(
    target: Any, alphabet: Alphabet | None, batched: bool
) -> tuple[Predict, PredictMany | None, Alphabet]:
    """Word ↦ checked distribution, the same for several words, and the alphabet."""
    if isinstance(target, WFA):
        if alphabet is not None:
            raise ValueError("alphabet: wanted None beside a PDFA, which has its own")
        table = table_from_pdfa(target)
        return (lambda word: prediction(table, word)), None, table.alphabet
    if not callable(target):
        raise TypeError(
            f"target: wanted a callable or a PDFA, got {type(target).__name__}"
        )
    if alphabet is None:
        raise ValueError("alphabet: wanted one beside a callable target, got None")
    size = len(alphabet) + 1

    def checked(word: Key, row: Any) -> Floats:
        return check_distribution(row, size, f"target({word!r})")

    def many(words: list[Key]) -> list[Floats]:
        rows = in_batch(target, words)
        return [checked(word, row) for word, row in zip(words, rows, strict=True)]

    if batched:
        return (lambda word: many([word])[0]), many, Alphabet(alphabet)
    return (lambda word: checked(word, target(word))), None, Alphabet(alphabet)


def _against(pdfa: WFA, tolerance: float) -> EquivalenceOracle:
    return lambda guess: compare_predictions(pdfa, guess, tolerance)


def wrong_words(table: Table, guess: PDFATable) -> list[Key]:
    """The words asked so far after which the automaton is off, shorter ones first."""
    wrong = []
    for word in sorted(table.ask.known, key=len):
        state = run(guess, word)
        if state >= 0:
            apart = np.abs(table.ask(word) - guess.distributions[state]).max()
            if apart > table.tolerance:
                wrong.append(word)
    return wrong


def _stopped(search: Search, why: str) -> Extraction:
    """The better one of the last automaton and that of the answers so far."""
    guess, loose = known_hypothesis(search.table)
    wrong = wrong_words(search.table, guess)
    if search.guess is not None:
        before = wrong_words(search.table, search.guess)
        if len(before) <= len(wrong):
            guess, loose, wrong = search.guess, 0, before
    sure = Guarantee("none", reason=why)
    return _result(search, guess, sure, wrong[0] if wrong else None, loose)


def _result(
    search: Search, guess: PDFATable, sure: Guarantee, word: Key | None, loose: int
) -> Extraction:
    table = search.table
    pdfa, shown = pdfa_from_table(reduced(guess)), readable(word)
    notes = [
        f"tolerance {table.tolerance:g} for each probability; {len(table.suffixes)} "
        f"suffixes, {search.equivalences} equivalence queries"
    ]
    if loose:
        notes.append(f"{loose} transitions were not explored and stay where they are")
    return Extraction(
        pdfa,
        "weighted_lstar",
        len(table.ask.known),
        table.ask.seconds,
        sure,
        shown,
        (*search.refuted, Hypothesis(pdfa.num_states, shown, pdfa)),
        tuple(notes),
    )
