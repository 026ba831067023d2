"""Translations between automata and recurrent networks, one module per pair."""

from translations import (
    acceptor_linear,
    counter_mlp,
    counter_relu,
    deltaproduct,
    dfa_relu,
    head_wfa,
    lfsr_linear,
    linear_dfa,
    pd,
    rwkv7,
    stack_mlp,
    stack_relu,
    wfa_diagonal,
    wfa_linear,
)
from translations.contract import agree, counterexample
from translations.diagonalize import NotDiagonalizable, Obstruction
from translations.equivalence import compare, compare_closely, verify
from translations.feasibility import Feasibility, feasibility
from translations.periods import Period
from translations.registry import Pair, Translation, pairs, translate, translator
from translations.routes import as_wfa, convert

__all__ = [
    "Feasibility",
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
    "counter_mlp",
    "counter_relu",
    "counterexample",
    "deltaproduct",
    "dfa_relu",
    "feasibility",
    "head_wfa",
    "lfsr_linear",
    "linear_dfa",
    "pairs",
    "pd",
    "rwkv7",
    "stack_mlp",
    "stack_relu",
    "translate",
    "translator",
    "verify",
    "wfa_diagonal",
    "wfa_linear",
]
