"""A network run as its automaton on the scan engine, agreement checked on the way.

Along a long word the network itself is run in windows only: from the beginning, and
from random positions t, where it starts in the hidden state that a shortest word to the
automaton's state at t leads to. If network and automaton agree on all words, they agree
in all windows; a window in which they do not is a word on which they differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.alphabet import Word
from automata_rnn.automata import DFATable
from automata_rnn.black_box import BlackBox, black_box, decide
from automata_rnn.black_box.box import last_states
from automata_rnn.parallel import states
from automata_rnn.semiring import Array
from translations.extraction.agreement import table_over
from translations.extraction.suffixes import Key, access_words
from translations.extraction.words import readable

Coded: TypeAlias = "Word | Array"


@dataclass(frozen=True, eq=False)
class Simulation:
    """Runs of an automaton in place of a network.

    Attributes:
        outputs: for each word, whether each of its prefixes is accepted, the empty one
            first, shape (len(word) + 1,).
        states: the automaton's states likewise.
        checked: prefixes on which the network was asked, too.
        disagreement: the shortest word met on which the two differ, or None.
    """

    outputs: tuple[Array, ...]
    states: tuple[Array, ...]
    checked: int
    disagreement: Word | None


def simulate(
    network: Any,
    words: Iterable[Coded],
    via: Any,
    *,
    windows: int = 16,
    window_length: int = 64,
    seed: int = 0,
    **options: Any,
) -> Simulation:
    """Run `via`, an automaton of `network`, on all words.

    Args:
        network, options: see `automata_rnn.black_box.black_box`.
        words: each a word, or its codes as an array of unsigned integers.
        via: automata-lib's DFA or a DFATable; the `automaton` of an `Extraction`.
        windows, window_length: how many windows of each word are run on the network,
            and how long; 0 windows for none.

    Raises ValueError for other alphabets and symbols, and arrays of codes that are not
    of shape (T,), TypeError for other automata, and for one text in place of several
    words.
    """
    if windows < 0 or window_length < 1:
        raise ValueError(
            f"windows, window_length: wanted at least 0 and 1, got {windows} and "
            f"{window_length}"
        )
    if isinstance(words, str):
        raise TypeError(f"words: wanted several words, got one text {words!r}")
    box = black_box(network, **options)
    table = table_over(via, box)
    rng = np.random.default_rng(seed)
    runs, outputs, checked = [], [], 0
    worst: Key | None = None
    for word in words:
        codes = _codes(box, word)
        run = states(table, codes)
        runs.append(run)
        outputs.append(table.accepting[run])
        if windows:
            shape = windows, window_length
            count, found = _check(box, table, codes, run, shape, rng)
            checked += count
            if found is not None and (worst is None or len(found) < len(worst)):
                worst = found
    shown = None if worst is None else readable(box.alphabet.decode(worst))
    return Simulation(tuple(outputs), tuple(runs), checked, shown)


def _codes(box: BlackBox, word: Coded) -> Array:
    """The codes of a word, which an array of unsigned integers has already."""
    if not isinstance(word, np.ndarray | np.generic):
        return box.alphabet.encode(word)
    if word.ndim != 1:
        raise ValueError(f"words: wanted codes of shape (T,) each, got {word.shape}")
    if word.dtype.kind != "u":
        return box.alphabet.encode(word.tolist())
    if word.size and word.max() >= len(box.alphabet):
        raise ValueError(
            f"words: wanted codes below {len(box.alphabet)}, got {word.max()}"
        )
    return word


def _check(
    box: BlackBox,
    table: DFATable,
    codes: Array,
    run: Array,
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[int, Key | None]:
    """Run the network in windows; how many prefixes, and where it differs."""
    count, length = shape
    length = min(length, len(codes))
    starts = rng.integers(0, len(codes) - length + 1, count)
    starts[0] = 0
    ways = access_words(table)
    ways[table.initial] = ()
    before = [ways[int(run[t])] for t in starts]
    hidden = last_states(box, [np.array(word, dtype=np.intp) for word in before])
    checked, worst = 0, None
    for t in range(length + 1):
        differ = decide(box, box.read(hidden)) != table.accepting[run[starts + t]]
        checked += len(starts)
        for i in np.flatnonzero(differ):
            word = (*before[i], *(int(c) for c in codes[starts[i] : starts[i] + t]))
            if worst is None or len(word) < len(worst):
                worst = word
        if t < length:
            hidden = box.advance(hidden, codes[starts + t].astype(np.intp))
    return checked, worst
