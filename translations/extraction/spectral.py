"""Spectral learning: a weighted automaton of a numeric function, from a Hankel block.

The function is asked at u v and u σ v for prefixes u, suffixes v and symbols σ. A
singular value decomposition of H = (f(u v)) gives the rank, by a stated rule, and the
automaton (`singular.wfa_from_blocks`). Where the block has the rank of the whole Hankel
matrix and values are exact, so is the result, up to rounding; both are hopes, so the
result is measured on words that were not used.

Reference: B. Balle, X. Carreras, F. Luque, A. Quattoni, Spectral Learning of Weighted
Automata, Machine Learning 96 (2014).
"""

import math
from collections.abc import Iterable
from math import ceil, log
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.automata import WFA
from automata_rnn.system import evaluate
from translations.extraction.budget import BudgetSpent, all_or_nothing, progress_line
from translations.extraction.hankel_block import (
    check_cost,
    check_rule,
    hankel_basis,
    hankel_blocks,
    queried_function,
    rank_of_block,
)
from translations.extraction.queries import Key, Limits, Queries
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.singular import (
    check_fraction,
    wfa_from_blocks,
)
from translations.extraction.words import (
    random_words,
    readable,
    shortest_words,
)

BEYOND = 1000
"""How many words of the next larger block are held out, too."""


def spectral(
    target: Any,
    alphabet: Alphabet | None = None,
    *,
    batched: bool = False,
    prefixes: Iterable[Word] | None = None,
    suffixes: Iterable[Word] | None = None,
    length: int = 3,
    rank: int | None = None,
    threshold: float | None = None,
    noise: float | None = None,
    tolerance: float = 1e-6,
    epsilon: float = 0.02,
    delta: float = 0.01,
    walk_length: int | None = None,
    seed: int = 0,
    max_queries: int | None = 100_000,
    seconds: float | None = 60.0,
    progress: bool = False,
) -> Extraction:
    """A WFA over floats from values of a function on a block of words.

    Args:
        target: a callable, word (a tuple of symbols) ↦ finite number, beside its
            alphabet; or a machine with finite values.
        batched: whether a callable takes a list of words and gives as many numbers.
        prefixes, suffixes: words; by default all of at most `length` symbols. The
            empty word is added to both, where it lacks.
        rank, threshold, noise: the rule, at most one of them. The rank itself; singular
            values above threshold · σ₁; or, with `noise` a bound on the error of each
            value, above noise · √(m n), what an m × n block of errors can make. By
            default the largest gap σ_r/σ_{r+1}, values below the rounding of a float64
            block counting as that.
        tolerance: values agree within it, relative to max(s, |f(w)|), where s is the
            largest value of the block, at most 1.
        epsilon, delta, walk_length, seed: the result is measured on ⌈ln(1/δ)/ε⌉
            random words, of uniform length up to `walk_length`, by default twice
            the longest of the block, and on up to 1,000 words u σ τ v. Where all agree,
            the guarantee is that, with probability 1 - δ, at most a fraction ε of such
            random words does not.
        max_queries: words to ask at most.
        seconds: time at most. Once the block is known, the result is its automaton,
            without a guarantee, as on an interrupt from the keyboard.
        progress: whether to show where the search is, on standard error.

    The guarantee holds within `tolerance`; its length is that up to which all words
    were asked and agree. The notes show the rank, the rule, the singular values and the
    errors on the words of the block and on the held-out ones.

    Raises ValueError for values that are not finite, bounds out of range, words with
    symbols of no alphabet, two rules at once, before a word is asked where there are
    more than `max_queries`, and where the time is over before the block is known.

    >>> found = spectral(lambda w: 0.5 ** len(w) * (w.count("a") + 1), Alphabet("ab"))
    >>> found.num_states, found.guarantee.kind
    (2, 'pac')
    """
    sigma, ask, many = queried_function(target, alphabet, batched)
    check_rule(rank, threshold, noise)
    for name, value in (
        ("tolerance", tolerance),
        ("epsilon", epsilon),
        ("delta", delta),
    ):
        check_fraction(name, value)
    rows = hankel_basis(prefixes, sigma, length, "prefixes", max_queries)
    columns = hankel_basis(suffixes, sigma, length, "suffixes", max_queries)
    longest = max(map(len, rows)) + max(map(len, columns)) + (len(sigma) > 0)
    reach = 2 * longest if walk_length is None else walk_length
    size = ceil(log(1 / delta) / epsilon)
    check_cost(len(rows) * len(columns) * (len(sigma) + 1) + size, max_queries)
    limits = Limits(max_queries=max_queries, seconds=seconds)
    with progress_line(progress) as say:
        f: Queries[float] = Queries(ask, limits, many, say)
        with all_or_nothing():
            block, shifted = hankel_blocks(f, sigma, rows, columns)
        found = rank_of_block(block, rank, threshold, noise)
        first, last = block[rows.index(())], block[:, columns.index(())]
        wfa = wfa_from_blocks(sigma, block, shifted, first, last, found.rank)
        seen = list(f.known)
        fresh = random_words(sigma, reach, size, seed)
        room = BEYOND if max_queries is None else max_queries - len(seen) - size
        beyond = _beyond(sigma, rows, columns, min(BEYOND, room), seed)
        scale = min(1.0, float(np.abs(block).max()) or 1.0)
        errors, ended = _errors(f, wfa, [*seen, *fresh, *beyond], scale)
    wrong = [word for word in errors if not errors[word] <= tolerance]
    shortest = readable(min(wrong, key=len, default=None))
    bounds = None if wrong else (epsilon, delta, reach)
    sure = Guarantee("none", reason=ended or "")
    if ended is None:
        sure = _guarantee(sigma, errors, tolerance, bounds)
    return Extraction(
        wfa,
        "spectral",
        len(f.known),
        f.seconds,
        sure,
        shortest,
        (Hypothesis(wfa.num_states, shortest, wfa),),
        (
            f"block of {len(rows)} prefixes and {len(columns)} suffixes",
            str(found),
            f"largest relative error {_largest(errors, seen)} on its words, "
            f"{_largest(errors, fresh)} on {size} random ones up to length {reach}"
            f", {_largest(errors, beyond)} on {len(beyond)} with one symbol more",
        ),
    )


def _error(wfa: WFA, word: Key, value: float, scale: float) -> float:
    return abs(float(evaluate(wfa, word)) - value) / max(scale, abs(value))


def _errors(
    f: Queries[float], wfa: WFA, words: list[Key], scale: float
) -> tuple[dict[Key, float], str | None]:
    """Relative errors by word, and what ended this before the last word, or None."""
    errors: dict[Key, float] = {}
    f.say(f"block known, {len(words)} words to compare")
    try:
        f.prepare(words)
        for word in words:
            f.check_time()
            errors[word] = _error(wfa, word, f(word), scale)
    except BudgetSpent as spent:
        return errors, str(spent)
    except KeyboardInterrupt:
        return errors, "interrupted from the keyboard"
    return errors, None


def _largest(errors: dict[Key, float], words: list[Key]) -> str:
    """The largest error of words, those that were not compared left out."""
    largest = max((errors[word] for word in words if word in errors), default=0.0)
    return f"{largest:.1e}"


def _beyond(
    alphabet: Alphabet, rows: list[Key], columns: list[Key], count: int, seed: int
) -> list[Key]:
    """At most `count` words u σ τ v, as they would enter the next larger block.

    A function of larger rank than the block, such as one that counts, differs from the
    automaton there first, and on random words hardly ever.
    """
    sizes = len(rows), len(alphabet), len(alphabet), len(columns)
    total = math.prod(sizes)
    chosen: Any = range(total)
    if total > count:
        chosen = np.random.default_rng(seed).choice(total, max(0, count), replace=False)
    words = []
    for index in chosen:
        u, first, second, v = np.unravel_index(index, sizes)
        middle = alphabet.symbols[first], alphabet.symbols[second]
        words.append((*rows[u], *middle, *columns[v]))
    return words


def _guarantee(
    alphabet: Alphabet,
    errors: dict[Key, float],
    tolerance: float,
    bounds: tuple[float, float, int] | None,
) -> Guarantee:
    """All words to a length that were asked and agree; PAC where `bounds` are given."""
    length = max(map(len, errors))
    for word in shortest_words(alphabet):
        if not errors.get(word, 2.0) <= tolerance:
            length = len(word) - 1
            break
    reason = f"values within {tolerance:g}"
    if bounds is not None:
        epsilon, delta, reach = bounds
        return Guarantee(
            "pac",
            length if length >= 0 else None,
            epsilon,
            delta,
            f"{reason}; length uniform up to {reach}, then uniform symbols",
        )
    if length >= 0:
        return Guarantee("length", length, reason=reason)
    return Guarantee("none", reason="the values of the empty word differ")
