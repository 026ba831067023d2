"""Finite automata by quantising hidden states: rounding them, or clustering them.

Rounding: hidden vectors that fall into one cell of a grid are one state, represented by
the first vector met there; the automaton follows the representatives' successors (Giles
et al. 1992 with one cell for each interval of each unit). Finer and finer grids are
tried until the automaton agrees with the network on all words up to a length.

Clustering: the vectors of all words up to a length are grouped around k of them that
are far apart (Gonzalez 1985), k growing likewise.

Accepting states make a DFA; values make a deterministic weighted automaton over the
floats, whose final weights are the representatives' outputs.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.automata import WFA, DFATable, dfa_from_table
from automata_rnn.black_box import BlackBox, black_box, decide
from automata_rnn.semiring import REAL, Array
from translations.extraction.budget import (
    Budget,
    BudgetSpent,
    check_time,
    elapsed,
    progress_line,
)
from translations.extraction.quantised import (
    ROUND_SCALES,
    Quantised,
    clusterings,
    rounded,
    single_state,
)
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.search import AllWords, digits, longest_length
from translations.extraction.words import readable

Rule: TypeAlias = Literal["round", "cluster"]
Reading: TypeAlias = Literal["accept", "value"]


def quantise(
    network: Any,
    *,
    rule: Rule = "round",
    reading: Reading = "accept",
    length: int | None = None,
    max_words: int = 20_000,
    tolerance: float = 1e-3,
    max_rounds: int = 12,
    max_states: int = 1000,
    seconds: float | None = 60.0,
    progress: bool = False,
    **options: Any,
) -> Extraction:
    """A DFA, or a deterministic WFA, from quantised hidden states.

    Args:
        network, options: see `automata_rnn.black_box.black_box`; its states must be
            vectors.
        rule: "round" or "cluster".
        reading: "accept" for a DFA; "value" for a WFA over the floats.
        length: L: verified on all words up to it; None for as far as `max_words` allow.
        tolerance: largest difference of values that counts as agreement.
        max_rounds, max_states, seconds: the budget.

    The result is the first automaton that agrees on all words up to L, or, where the
    budget ends before, the one whose first disagreement is longest, which is shown; one
    state, where nothing was tried.
    Raises ValueError where states are no vectors, for unknown rules and readings, and
    for an L of more than `max_words` words.
    """
    for name, got, known in (
        ("rule", rule, ("round", "cluster")),
        ("reading", reading, ("accept", "value")),
    ):
        if got not in known:
            raise ValueError(f"{name}: wanted one of {known}, got {got!r}")
    box = black_box(network, **options)
    if box.vectors is None:
        raise ValueError(
            "network: wanted hidden states that are vectors, got a function of words "
            "or symbolic states; lstar and kv only ask for answers"
        )
    most = longest_length(len(box.alphabet), max_words)
    length = most if length is None else length
    if not 0 <= length <= most:
        raise ValueError(
            f"length: wanted at most {most}, which are {max_words} words (max_words) "
            f"over {len(box.alphabet)} symbols, got {length}"
        )
    budget = Budget(max_rounds, max_states, seconds)
    tick = partial(check_time, budget)
    read = partial(_read, box, reading)
    tried: list[tuple[Quantised, Word | None]] = []
    truth: list[Array] = []
    ended = None
    with progress_line(progress) as say:
        try:
            truth = _all_outputs(box, read, length, tick)
            for candidate in _candidates(box, read, rule, length, budget, tick):
                word = _difference(box.alphabet, candidate, truth, tolerance)
                tried.append((candidate, word))
                say(f"{len(candidate.outputs)} states")
                if word is None:
                    break
            else:
                ended = f"{len(tried)} quantisations were tried"
        except BudgetSpent as spent:
            ended = str(spent)
        except KeyboardInterrupt:
            ended = "the search was interrupted"
    if not tried:
        one = single_state(box, read)
        tried.append((one, _difference(box.alphabet, one, truth, tolerance)))
        checked = len(truth) > length
        ended = None if checked and tried[0][1] is None else ended
    words = sum(map(len, truth))
    return _result(box, reading, rule, tried, words, length, elapsed(budget), ended)


def _read(box: BlackBox, reading: Reading, states: Array) -> Array:
    outputs = box.read(states)
    if reading == "accept":
        return decide(box, outputs).astype(float)
    if outputs.ndim != 1:
        raise ValueError(
            f"reading: wanted one output for values, got {outputs.shape[1]}"
        )
    return np.asarray(outputs, dtype=float)


def _all_outputs(
    box: BlackBox, read: Callable[[Array], Array], length: int, tick: Callable[[], None]
) -> list[Array]:
    """Outputs on all words of length 0, …, L, as in `AllWords`."""
    return AllWords(box, length, read, tick).levels


def _candidates(
    box: BlackBox,
    read: Callable[[Array], Array],
    rule: Rule,
    length: int,
    budget: Budget,
    tick: Callable[[], None],
) -> Iterator[Quantised]:
    """Coarse to fine."""
    if rule == "cluster":
        yield from clusterings(box, read, length, budget, tick)
        return
    for scale in ROUND_SCALES[: budget.max_rounds]:
        yield rounded(box, read, scale, budget, tick)


def _difference(
    alphabet: Alphabet, candidate: Quantised, truth: list[Array], tolerance: float
) -> Word | None:
    """The first of the shortest words whose outputs differ."""
    places = np.zeros(1, dtype=np.intp)
    for length, values in enumerate(truth):
        gap = np.abs(candidate.outputs[places] - values)
        differ = ~(gap <= tolerance * np.maximum(1, np.abs(values)))
        if differ.any():
            codes = digits(int(np.argmax(differ)), len(alphabet), length)
            return readable(alphabet.decode(codes))
        places = candidate.successors[:, places].T.ravel()
    return None


def _result(
    box: BlackBox,
    reading: Reading,
    rule: Rule,
    tried: list[tuple[Quantised, Word | None]],
    words: int,
    length: int,
    seconds: float,
    ended: str | None,
) -> Extraction:
    machines = [_automaton(box.alphabet, reading, found) for found, _ in tried]
    hypotheses = tuple(
        Hypothesis(len(found.outputs), word, machine)
        for (found, word), machine in zip(tried, machines, strict=True)
    )
    lasting = [np.inf if word is None else len(word) for _, word in tried]
    best = int(np.argmax(lasting))
    word = tried[best][1]
    sure = Guarantee("length", length, reason="values agree" * (reading == "value"))
    notes = [f"hidden states by {rule}, of {len(tried[best][0].outputs)} kinds"]
    if ended is not None:
        verdict = "agrees" if word is not None else "is known to agree"
        sure = Guarantee("none", reason=f"no quantisation {verdict}: {ended}")
        notes.append(
            f"no automaton found within the budget {verdict} with the network on all "
            f"words up to length {length}: {ended}"
        )
    return Extraction(
        machines[best],
        "quantise",
        words,
        seconds,
        sure,
        word,
        hypotheses,
        tuple(notes),
    )


def _automaton(alphabet: Alphabet, reading: Reading, found: Quantised) -> Any:
    plain = Alphabet(alphabet)
    if reading == "accept":
        return dfa_from_table(DFATable(plain, 0, found.successors, found.outputs > 0))
    n = len(found.outputs)
    weights = np.zeros((len(plain), n, n))
    for code in range(len(plain)):
        weights[code, range(n), found.successors[code]] = 1.0
    return WFA(REAL, plain, np.eye(n)[0], weights, found.outputs)
