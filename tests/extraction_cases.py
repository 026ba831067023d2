"""What several tests of extraction try."""

from typing import Any

import numpy as np

from automata_rnn import REAL
from automata_rnn.automata import WFA
from tests.hidden import AB
from translations.extraction.pdfa import PDFATable, pdfa_from_table

QUICK: dict[str, Any] = {"epsilon": 0.05, "max_words": 1000, "walk_length": 20}
"""Options of learners with which a test takes a second."""


def is_anbn(word: str) -> bool:
    half = len(word) // 2
    return word == "a" * half + "b" * half


def random_pdfa(
    seed: int, size: int, kinds: int | None = None, zeros: float = 0.2
) -> WFA:
    """A random PDFA; with `kinds`, its states have only so many distributions, so that
    longer suffixes must tell them apart."""
    rng = np.random.default_rng(seed)
    some = rng.dirichlet(np.ones(3), kinds or size)
    chances = some[rng.integers(0, len(some), size)] if kinds else some
    chances = np.where(rng.random(chances.shape) < zeros, 0, chances)
    chances[:, 2] += 0.1
    chances /= chances.sum(axis=1, keepdims=True)
    successors = rng.integers(0, size, (2, size))
    successors[chances[:, :2].T == 0] = -1
    return pdfa_from_table(PDFATable(AB, 0, successors, chances))


def real_wfa(seed: int, size: int) -> WFA:
    """A random automaton whose values neither vanish nor explode."""
    rng = np.random.default_rng(seed)
    weights = np.stack([np.linalg.qr(rng.normal(size=(size, size)))[0]] * 2) * 0.7
    weights[1] = np.linalg.qr(rng.normal(size=(size, size)))[0] * 0.6
    return WFA(REAL, AB, rng.normal(size=size), weights, rng.normal(size=size))
