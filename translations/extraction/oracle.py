"""The equivalence oracle: searches one after the other, the first to find a word wins.

In order: the user's examples; all words up to a length; words that refuted earlier
hypotheses, made longer; words into hidden states that lie far apart within a state of
the hypothesis; the W-method; random words, as many as a PAC guarantee asks for: after
the i-th hypothesis ⌈(ln(1/δ) + i ln 2)/ε⌉ words without a difference (Angluin 1987).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from automata_rnn.alphabet import Word
from automata_rnn.automata import DFATable
from automata_rnn.black_box import BlackBox, decide
from translations.extraction.clusters import cluster_words
from translations.extraction.result import Guarantee
from translations.extraction.search import (
    AllWords,
    Found,
    Tick,
    all_words_difference,
    first_difference,
    longest_length,
    pumped_words,
    random_words,
    w_method_words,
)
from translations.extraction.suffixes import Key
from translations.extraction.words import readable

PUMPED = 3
"""How many of the last words that refuted a hypothesis are made longer."""


@dataclass(frozen=True)
class Trials:
    """Which words an equivalence oracle tries.

    Attributes:
        examples: words of the user's, tried first.
        max_length: all words up to this length are tried; None for as far as
            `max_words` allows.
        max_words: words of one search at most, beside the random ones.
        extra_states: of the W-method: states that the network's DFA may have more.
        clusters: hidden states picked in each state of the hypothesis; 0 for none.
        epsilon, delta: of the PAC guarantee; epsilon None for no random words.
        walk_length: the longest random word.
        seed: of the random words.

    Raises ValueError for numbers out of range.
    """

    examples: tuple[Word, ...] = ()
    max_length: int | None = None
    max_words: int = 20_000
    extra_states: int = 1
    clusters: int = 8
    epsilon: float | None = 0.002
    delta: float = 0.01
    walk_length: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epsilon", "delta"):
            bound = getattr(self, name)
            if bound is not None and not 0 < bound < 1:
                raise ValueError(f"{name}: wanted a number from 0 to 1, got {bound}")
        lower = {"max_words": 1, "extra_states": 0, "clusters": 0, "walk_length": 1}
        if self.max_length is not None:
            lower["max_length"] = 0
        for name, least in lower.items():
            if getattr(self, name) < least:
                raise ValueError(
                    f"{name}: wanted at least {least}, got {getattr(self, name)}"
                )


@dataclass(frozen=True, eq=False)
class EquivalenceOracle:
    """The searches on one network.

    Attributes:
        every: the network's decisions on all words up to a length.
        rng: the source of random words.
        compared: how many words have been compared with the network so far, in all.
        refuting: the words found so far, by codes.
    """

    box: BlackBox
    tests: Trials
    every: AllWords
    rng: np.random.Generator
    tick: Tick
    compared: list[int] = field(default_factory=list)
    refuting: list[Key] = field(default_factory=list)


def equivalence_oracle(
    box: BlackBox, tests: Trials, tick: Tick = lambda: None
) -> EquivalenceOracle:
    """An oracle; ValueError where `max_length` asks for more than `max_words` words."""
    k = len(box.alphabet)
    most = longest_length(k, tests.max_words)
    length = most if tests.max_length is None else tests.max_length
    if length > most:
        raise ValueError(
            f"max_length: wanted at most {most}, which are {tests.max_words} words "
            f"(max_words) over {k} symbols, got {length}"
        )
    every = AllWords(box, length, lambda s: decide(box, box.read(s)), tick)
    rng = np.random.default_rng(tests.seed)
    return EquivalenceOracle(box, tests, every, rng, tick)


def find_difference(
    oracle: EquivalenceOracle, table: DFATable, round_number: int
) -> Word | None:
    """A word on which the network and the DFA differ, or None where none was found."""
    for search in _searches(oracle, table, round_number):
        found = search()
        oracle.compared.append(found.compared)
        if found.word is not None:
            oracle.refuting.append(found.word)
            return readable(oracle.box.alphabet.decode(found.word))
    return None


def _searches(
    oracle: EquivalenceOracle, table: DFATable, round_number: int
) -> Iterator[Callable[[], Found]]:
    box, tests, k = oracle.box, oracle.tests, len(table.alphabet)

    def run(words: Any) -> Callable[[], Found]:
        return lambda: first_difference(box, table, list(words), oracle.tick)

    if tests.examples:
        encode = box.alphabet.encode
        yield run(tuple(encode(word).tolist()) for word in tests.examples)
    yield lambda: _all_words(oracle, table)
    if k == 0:
        return
    last = oracle.refuting[: -PUMPED - 1 : -1]
    yield run(pumped_words(last, tests.max_words // 10))
    if tests.clusters and box.vectors is not None:
        seeds = random_words(oracle.rng, k, 200, tests.walk_length)
        limits = tests.clusters, tests.max_words
        yield run(cluster_words(box, table, seeds, *limits, oracle.tick))
    yield run(w_method_words(table, tests.extra_states, tests.max_words))
    if tests.epsilon is not None:
        count = sample_size(tests.epsilon, tests.delta, round_number)
        yield run(random_words(oracle.rng, k, count, tests.walk_length))


def _all_words(oracle: EquivalenceOracle, table: DFATable) -> Found:
    known = "levels" in vars(oracle.every)
    word = all_words_difference(oracle.every, table)
    new = 0 if known else sum(map(len, oracle.every.levels))
    return Found(word, new)


def sample_size(epsilon: float, delta: float, round_number: int) -> int:
    """⌈(ln(1/δ) + i ln 2)/ε⌉: random words for the i-th hypothesis, i from 1 on.

    All rounds together are wrong with probability at most Σ δ/2ⁱ ≤ δ.
    """
    return math.ceil((math.log(1 / delta) + round_number * math.log(2)) / epsilon)


def guarantee(oracle: EquivalenceOracle) -> Guarantee:
    """What holds for a hypothesis in which the oracle found no difference."""
    tests, length = oracle.tests, oracle.every.length
    if tests.epsilon is None:
        return Guarantee("length", length=length)
    reason = f"random words up to length {tests.walk_length}, letters with random odds"
    return Guarantee("pac", length, tests.epsilon, tests.delta, reason)
