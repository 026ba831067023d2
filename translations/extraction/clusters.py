"""Hidden states that lie far apart, and the words into them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.automata import DFATable
from automata_rnn.black_box import BlackBox, first_state, vectors
from automata_rnn.semiring import Array
from translations.extraction.search import CHUNK, Tick
from translations.extraction.suffixes import Key, separating_suffixes


def spread(points: Array, count: int) -> list[int]:
    """Positions of up to `count` points, each farthest from those before it.

    The first is point 0; distances are in the maximum norm (Gonzalez 1985).
    """
    chosen = [0]
    distance = np.full(len(points), np.inf)
    while len(chosen) < min(count, len(points)):
        gap = np.abs(points - points[chosen[-1]]).max(axis=1)
        distance = np.minimum(distance, gap)
        farthest = int(np.argmax(distance))
        if distance[farthest] == 0:
            break
        chosen.append(farthest)
    return chosen


def cluster_words(
    box: BlackBox,
    table: DFATable,
    seeds: list[Key],
    clusters: int,
    max_words: int,
    tick: Tick,
) -> list[Key]:
    """Words into hidden states far from one another within a state, and suffixes.

    Of the prefixes of `seeds` that lead to one state of the DFA, those are picked whose
    hidden vectors are far apart (farthest-point clustering, Gonzalez 1985): if the
    DFA's state should be split, they are likely to lie on both sides. They are followed
    by the suffixes that tell the DFA's states apart, also after one letter more. Empty
    where states are no vectors.
    """
    gathered = _gather(box, table, seeds, tick)
    if gathered is None:
        return []
    words, places, hidden = gathered
    suffixes = separating_suffixes(table)
    k = len(table.alphabet)
    tails = list(
        dict.fromkeys(suffixes + [(c, *w) for c in range(k) for w in suffixes])
    )
    chosen = []
    for state in np.unique(places):
        members = np.flatnonzero(places == state)
        for i in spread(hidden[members], clusters):
            chosen.append(words[members[i]])
    room = max(1, max_words // len(tails))
    return [word + tail for word in chosen[:room] for tail in tails]


def _gather(
    box: BlackBox, table: DFATable, seeds: list[Key], tick: Tick
) -> tuple[list[Key], npt.NDArray[Any], Array] | None:
    """Prefixes of the seeds, the DFA's states after them, and hidden vectors."""
    ordered = sorted(seeds, key=len, reverse=True)[:CHUNK]
    states = np.repeat(first_state(box), len(ordered), axis=0)
    places = np.full(len(ordered), table.initial)
    lengths = np.array([len(word) for word in ordered])
    words: list[Key] = []
    kept: list[tuple[npt.NDArray[Any], Array]] = []
    for t in range(int(lengths.max(initial=0)) + 1):
        hidden = vectors(box, states)
        if hidden is None:
            return None
        words += [word[:t] for word in ordered[: len(places)]]
        kept.append((places, hidden))
        alive = int(np.count_nonzero(lengths > t))
        if alive == 0:
            break
        letters = np.array([word[t] for word in ordered[:alive]])
        states = box.advance(states[:alive], letters)
        places = table.successors[letters, places[:alive]]
        tick()
    places, hidden = (np.concatenate(part) for part in zip(*kept, strict=True))
    return words, places, hidden
