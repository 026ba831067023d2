"""Tests of a PDFA against a model: all short words, and words drawn from the model."""

from collections.abc import Iterator
from math import ceil, log

import numpy as np

from automata_rnn.automata import WFA, Verdict
from translations.extraction.pdfa import Floats, PDFATable, table_from_pdfa
from translations.extraction.queries import BATCH, Key, Queries
from translations.extraction.result import Guarantee
from translations.extraction.singular import check_fraction


class Walks:
    """An equivalence oracle with a PAC guarantee.

    The i-th call draws ⌈(ln(1/δ) + i ln 2)/ε⌉ new words from the model. Where the model
    puts more than ε on words with a prefix after which the PDFA is off by more than t,
    all calls together miss that with probability below Σ_i δ 2⁻ⁱ = δ (Angluin 1987).
    """

    def __init__(
        self,
        ask: Queries[Floats],
        tolerance: float,
        max_length: int,
        epsilon: float,
        delta: float,
        walk_length: int,
        seed: int,
    ) -> None:
        check_fraction("epsilon", epsilon)
        check_fraction("delta", delta)
        for name, value in (("max_length", max_length), ("walk_length", walk_length)):
            if value < 0:
                raise ValueError(f"{name}: wanted at least 0, got {value}")
        self.ask, self.tolerance, self.length = ask, tolerance, max_length
        self.epsilon, self.delta, self.walk_length = epsilon, delta, walk_length
        self.rng = np.random.default_rng(seed)
        self.calls = 0

    def check(self, pdfa: WFA) -> Verdict:
        """The first word found after which the PDFA is off."""
        table = table_from_pdfa(pdfa)
        word = self.short_words(table)
        if word is None:
            self.calls += 1
            size = ceil((log(1 / self.delta) + self.calls * log(2)) / self.epsilon)
            word = self.walks(table, size)
        return Verdict(word, False, self.length, "short words and random walks")

    def guarantee(self, verdict: Verdict) -> Guarantee:
        """What a check that found nothing guarantees."""
        return Guarantee(
            "pac",
            verdict.checked_length,
            self.epsilon,
            self.delta,
            f"predictions within {self.tolerance:g} after every prefix of words drawn "
            f"from the model, cut at {self.walk_length} symbols",
        )

    def short_words(self, table: PDFATable) -> Key | None:
        """The shortest word after which `table` is off, up to the length, or None."""
        level: list[tuple[Key, int]] = [((), table.initial)]
        for length in range(self.length + 1):
            longer: list[tuple[Key, int]] = []
            for i in range(0, len(level), BATCH):
                batch = level[i : i + BATCH]
                self.ask.prepare(word for word, _ in batch)
                for word, state in batch:
                    if self.off(self.ask(word), table, state):
                        return word
                    if length < self.length:
                        longer += self.possible(table, word, state)
            level = longer
        return None

    def possible(
        self, table: PDFATable, word: Key, state: int
    ) -> Iterator[tuple[Key, int]]:
        """The word with one symbol more, where both allow it, and the state after."""
        chances = self.ask(word)
        for code, symbol in enumerate(table.alphabet):
            after = int(table.successors[code, state])
            if chances[code] > 0 and after >= 0:
                yield (*word, symbol), after

    def walks(self, table: PDFATable, count: int) -> Key | None:
        """The first of the shortest prefixes of `count` random words after which
        `table` is off, or None. The words grow side by side."""
        alive: list[tuple[Key, int]] = [((), table.initial)] * count
        for length in range(self.walk_length + 1):
            self.ask.prepare(word for word, _ in alive)
            longer: list[tuple[Key, int]] = []
            for word, state in alive:
                chances = self.ask(word)
                if self.off(chances, table, state):
                    return word
                code = int(self.rng.choice(len(chances), p=chances / chances.sum()))
                if code < len(table.alphabet) and length < self.walk_length:
                    after = int(table.successors[code, state])
                    longer.append(((*word, table.alphabet.symbols[code]), after))
            alive = [(word, state) for word, state in longer if state >= 0]
        return None

    def off(self, chances: Floats, table: PDFATable, state: int) -> bool:
        return bool(np.abs(chances - table.distributions[state]).max() > self.tolerance)
