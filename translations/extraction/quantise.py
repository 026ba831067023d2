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
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.automata import WFA, DFATable, dfa_from_table
from automata_rnn.black_box import BlackBox, black_box, decide, first_state, vectors
from automata_rnn.semiring import REAL, Array
from translations.extraction.budget import (
    Budget,
    BudgetSpent,
    check_time,
    elapsed,
    progress_line,
)
from translations.extraction.clusters import spread
from translations.extraction.oracle import readable
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.search import AllWords, digits, longest_length

Rule: TypeAlias = Literal["round", "cluster"]
Reading: TypeAlias = Literal["accept", "value"]
ROUND_SCALES = tuple(2.0**-i for i in range(8))
"""Widths of the grid's cells, in turn; with the first one signs decide for tanh."""


@dataclass(frozen=True, eq=False)
class Quantised:
    """States that stand for hidden vectors.

    Attributes:
        successors: by symbol code and state, shape (|Σ|, n); state 0 is initial.
        outputs: of the representatives, shape (n,).
    """

    successors: npt.NDArray[np.intp]
    outputs: Array


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
    budget ends before, the one whose first disagreement is longest, which is shown.
    Raises ValueError where states are no vectors, and for unknown rules and readings.
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
    length = most if length is None else min(length, most)
    budget = Budget(max_rounds, max_states, seconds)
    tick = partial(check_time, budget)
    read = partial(_read, box, reading)
    tried: list[tuple[Quantised, Word | None]] = []
    words, ended = 0, None
    with progress_line(progress) as say:
        try:
            truth = _all_outputs(box, read, length, tick)
            words = sum(map(len, truth))
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
        raise ValueError(f"budget: wanted more of it, since nothing was tried: {ended}")
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
        yield from _clusterings(box, read, length, budget, tick)
        return
    for scale in ROUND_SCALES[: budget.max_rounds]:
        yield _rounded(box, read, scale, budget, tick)


def _rounded(
    box: BlackBox,
    read: Callable[[Array], Array],
    scale: float,
    budget: Budget,
    tick: Callable[[], None],
) -> Quantised:
    """The automaton of the grid's cells that representatives reach, level by level."""
    k = len(box.alphabet)
    level = first_state(box)
    index: dict[bytes, int] = {_cell(box, level, scale)[0]: 0}
    found, rows = [level], []
    while len(level):
        tick()
        letters = np.tile(np.arange(k), len(level))
        after = box.advance(np.repeat(level, k, axis=0), letters)
        targets, fresh = [], []
        for i, key in enumerate(_cell(box, after, scale)):
            if key not in index:
                index[key] = len(index)
                fresh.append(i)
            targets.append(index[key])
        if len(index) > budget.max_states:
            raise BudgetSpent(f"the limit of {budget.max_states} states was reached")
        rows += targets
        level = after[fresh]
        found.append(level)
    successors = np.array(rows, dtype=np.intp).reshape(-1, k).T
    return Quantised(successors, read(np.concatenate(found)))


def _cell(box: BlackBox, states: Array, scale: float) -> list[bytes]:
    hidden = vectors(box, states)
    cells = np.floor(np.asarray(hidden, dtype=float) / scale).astype(np.int64)
    return [row.tobytes() for row in cells]


def _clusterings(
    box: BlackBox,
    read: Callable[[Array], Array],
    length: int,
    budget: Budget,
    tick: Callable[[], None],
) -> Iterator[Quantised]:
    """Twice as many clusters each time, of the vectors of words up to `length`."""
    k = len(box.alphabet)
    states = [first_state(box)]
    while sum(map(len, states)) * k <= 4096 and len(states) <= length:
        letters = np.tile(np.arange(k), len(states[-1]))
        states.append(box.advance(np.repeat(states[-1], k, axis=0), letters))
        tick()
    batch = np.concatenate(states)
    points = np.asarray(vectors(box, batch), dtype=float)
    for round_number in range(1, budget.max_rounds + 1):
        count = 2**round_number
        if count > budget.max_states:
            raise BudgetSpent(f"the limit of {budget.max_states} states was reached")
        chosen = spread(points, count)
        yield _clustered(box, read, batch[chosen], points[chosen])
        tick()
        if len(chosen) < count:
            return


def _clustered(
    box: BlackBox, read: Callable[[Array], Array], states: Array, centres: Array
) -> Quantised:
    """Each centre goes where its successor's nearest centre is."""
    successors = []
    for code in range(len(box.alphabet)):
        after = box.advance(states, np.full(len(states), code))
        hidden = np.asarray(vectors(box, after), dtype=float)
        gaps = np.abs(hidden[:, None] - centres[None]).max(axis=2)
        successors.append(gaps.argmin(axis=1))
    return Quantised(np.array(successors, dtype=np.intp), read(states))


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
    if word is not None:
        sure = Guarantee("none", reason=f"no quantisation agrees: {ended}")
        notes.append(
            "no automaton found within the budget agrees with the network on all words "
            f"up to length {length}: {ended}"
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
