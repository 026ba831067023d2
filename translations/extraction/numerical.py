"""Rounded networks that are linear in their state: how many states were meant.

Rounding the weights of a network of rank d makes its rank full, as a rule. The rule of
`rounding.block_rank` undoes that: it counts the singular values of a Hankel block that
are larger than what rounding the weights can make of zero.
"""

from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import WFA, absorb_bos
from automata_rnn.semiring import REAL
from automata_rnn.system import evaluate
from translations.extraction.budget import (
    Budget,
    BudgetSpent,
    all_or_nothing,
    check_time,
    elapsed,
    progress_line,
)
from translations.extraction.queries import Key
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.rounding import Block, block_rank, hankel_block
from translations.extraction.search import Tick
from translations.extraction.singular import (
    NumericalRank,
    check_fraction,
    wfa_from_blocks,
)
from translations.extraction.words import readable, shortest_words
from translations.routes import as_wfa


def numerical(
    network: Any,
    *,
    unit_roundoff: float | None = None,
    tolerance: float | None = None,
    max_words: int = 1000,
    seconds: float | None = 60.0,
    progress: bool = False,
) -> Extraction:
    """A WFA over floats with as many states as a rounded network was meant to have.

    Args:
        network: LinearRNN, DiagonalRNN, PDRNN or WFA with float weights.
        unit_roundoff: ε; by default 2⁻²⁴ where all weights are float32 numbers, else
            2⁻⁵³. Larger where the weights were computed, or trained, less exactly.
        tolerance: of values, relative to max(s, |f(w)|), where s is the largest value
            met, at most 1; by default √ε.
        max_words: how many of the shortest words are compared at most.
        seconds: time at most. Once the rank is known, the result is its automaton,
            without a guarantee, as on an interrupt from the keyboard.
        progress: whether to show where the search is, on standard error.

    The guarantee is about all words up to a length, within the tolerance. The notes
    show rank, threshold, gap and singular values, and say where the gap is not clear.

    Raises ValueError for weights that are not floats, values that are not finite, an ε
    or a tolerance not between 0 and 1, and where the time is over before the rank is
    known.
    """
    budget = Budget(seconds=seconds)
    tick = partial(check_time, budget)
    wfa = _floats(network)
    rounding = _unit_roundoff(wfa, unit_roundoff)
    allowed = rounding**0.5 if tolerance is None else tolerance
    check_fraction("tolerance", allowed)
    if max_words < 1:
        raise ValueError(f"max_words: wanted at least 1, got {max_words}")
    with progress_line(progress, "reading the weights") as say:
        with all_or_nothing():
            block = hankel_block(wfa, rounding, tick)
            say(f"block of {len(block.states)} and {block.columns.shape[1]} words")
            found = block_rank(block)
            tick()
        small = _reduced(wfa, block, found.rank)
        say(f"{found.rank} states; comparing words")
        length, wrong, error, ended = _compare(wfa, small, allowed, max_words, tick)
    word = readable(wrong)
    sure = Guarantee("none", reason=ended or "the values of the empty word differ")
    if length >= 0:
        sure = Guarantee("length", length, reason=f"values within {allowed:.1e}")
    hidden = getattr(network, "hidden_size", wfa.num_states)
    return Extraction(
        small,
        "numerical",
        0,
        elapsed(budget),
        sure,
        word,
        (Hypothesis(small.num_states, word, small),),
        (
            f"{hidden} units are {found.rank} states where weights are rounded by "
            f"{rounding:.1e}",
            str(found),
            f"largest relative error seen {error:.1e}",
            *([] if ended is None else [f"words were not all compared: {ended}"]),
        ),
    )


def numerical_rank(
    network: Any, *, unit_roundoff: float | None = None
) -> NumericalRank:
    """The rank alone, with its singular values and threshold; see `numerical`."""
    wfa = _floats(network)
    return block_rank(hankel_block(wfa, _unit_roundoff(wfa, unit_roundoff)))


def _reduced(wfa: WFA, block: Block, rank: int) -> WFA:
    """The automaton of the block's first `rank` singular directions."""
    n, k = wfa.num_states, len(wfa.alphabet)
    plain = absorb_bos(wfa)
    return wfa_from_blocks(
        plain.alphabet,
        block.states @ block.columns,
        block.states @ plain.weights[:k].reshape(k, n, n) @ block.columns,
        plain.initial @ block.columns,
        block.states @ plain.final,
        rank,
    )


def _compare(
    wfa: WFA, small: WFA, tolerance: float, max_words: int, tick: Tick
) -> tuple[int, Key | None, float, str | None]:
    """Length up to which all words agree, the first that does not, the largest error,
    and what ended this before `max_words`, or None.

    Errors are relative to max(s, |f(w)|), s the largest value met, at most 1.
    """
    values, ended = _first_values(wfa, small.alphabet, max_words, tick)
    longest, left = -1, 0  # how many words of the longest length are to come
    largest = 0.0
    scale = min(1.0, max(map(abs, values.values()), default=0.0) or 1.0)
    for word, value in values.items():
        error = abs(float(evaluate(small, word)) - value) / max(scale, abs(value))
        if not error <= tolerance:
            return len(word) - 1, word, error, ended
        largest = max(largest, error)
        if len(word) > longest:
            longest, left = len(word), len(small.alphabet) ** len(word)
        left -= 1
    return longest - (left > 0), None, largest, ended


def _first_values(
    wfa: WFA, alphabet: Alphabet, count: int, tick: Tick
) -> tuple[dict[Key, float], str | None]:
    """Values of the shortest words, and what ended this before `count`, or None."""
    values: dict[Key, float] = {}
    try:
        for word in islice(shortest_words(alphabet), count):
            tick()
            values[word] = float(evaluate(wfa, word))
    except BudgetSpent as spent:
        return values, str(spent)
    except KeyboardInterrupt:
        return values, "interrupted from the keyboard"
    return values, None


def _floats(network: Any) -> WFA:
    wfa = as_wfa(network)
    if wfa.semiring is not REAL:
        raise ValueError(
            f"network: wanted a linear, diagonal or PD network or WFA in floats, got "
            f"{type(network).__name__} over {wfa.semiring.name}"
        )
    return wfa


def _unit_roundoff(wfa: WFA, given: float | None) -> float:
    """ε: as given, or that of the narrowest of float32 and float64 that holds all."""
    if given is not None:
        check_fraction("unit_roundoff", given)
        return given
    arrays = (wfa.initial, wfa.weights, wfa.final)
    with np.errstate(over="ignore"):
        single = all(np.array_equal(a, a.astype(np.float32)) for a in arrays)
    return 2.0**-24 if single else 2.0**-53
