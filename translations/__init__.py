"""Translations between automata and recurrent networks, one module per pair."""

from translations import (
    acceptor_linear,
    deltaproduct,
    head_wfa,
    lfsr_linear,
    linear_dfa,
    pd,
    relu_counter,
    rwkv7,
    wfa_diagonal,
    wfa_linear,
)
from translations.contract import agree, counterexample
from translations.diagonalize import NotDiagonalizable, Obstruction
from translations.equivalence import compare, compare_closely, verify
from translations.feasibility import Feasibility, feasibility
from translations.periods import Period
from translations.regions import NotCounters
from translations.registry import Pair, Translation, pairs, translate, translator
from translations.routes import as_wfa, convert

__all__ = [
    "Feasibility",
    "NotCounters",
    "NotDiagonalizable",
    "Obstruction",
    "Pair",
    "Period",
    "Translation",
    "acceptor_linear",
    "agree",
    "as_wfa",
    "compare",
    "compare_closely",
    "convert",
    "counterexample",
    "deltaproduct",
    "feasibility",
    "head_wfa",
    "lfsr_linear",
    "linear_dfa",
    "pairs",
    "pd",
    "relu_counter",
    "rwkv7",
    "translate",
    "translator",
    "verify",
    "wfa_diagonal",
    "wfa_linear",
]
