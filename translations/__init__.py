"""Translations between automata and recurrent networks, one module per pair."""

from translations import (
    acceptor_linear,
    lfsr_linear,
    linear_dfa,
    pd,
    wfa_diagonal,
    wfa_linear,
)
from translations.contract import counterexample
from translations.diagonalize import NotDiagonalizable, Obstruction
from translations.equivalence import compare
from translations.registry import Pair, Translation, pairs, translate, translator

__all__ = [
    "NotDiagonalizable",
    "Obstruction",
    "Pair",
    "Translation",
    "acceptor_linear",
    "compare",
    "counterexample",
    "lfsr_linear",
    "linear_dfa",
    "pairs",
    "pd",
    "translate",
    "translator",
    "wfa_diagonal",
    "wfa_linear",
]
