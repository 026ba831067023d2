"""Translations between automata and recurrent networks, one module per pair."""

from translations import (
    acceptor_linear,
    deltaproduct,
    head_wfa,
    lfsr_linear,
    linear_dfa,
    matrix_network,
    network_wfa,
    pd,
    rwkv7,
    wfa_diagonal,
    wfa_linear,
    wfa_network,
)
from translations.contract import agree, counterexample
from translations.diagonalize import NotDiagonalizable, Obstruction
from translations.equivalence import compare, compare_closely, verify
from translations.feasibility import Feasibility, feasibility
from translations.formula_networks import (
    FormulaReduction,
    arithmetic_reduction,
    boolean_reduction,
    reduction_value,
    reduction_word,
)
from translations.matrix_product import MatrixProduct, matrix_product_wfa
from translations.network_plan import NetworkPlan, plan_network
from translations.periods import Period
from translations.registry import Pair, Translation, pairs, translate, translator
from translations.routes import as_wfa, convert

__all__ = [
    "Feasibility",
    "FormulaReduction",
    "MatrixProduct",
    "NetworkPlan",
    "NotDiagonalizable",
    "Obstruction",
    "Pair",
    "Period",
    "Translation",
    "acceptor_linear",
    "agree",
    "arithmetic_reduction",
    "as_wfa",
    "boolean_reduction",
    "compare",
    "compare_closely",
    "convert",
    "counterexample",
    "deltaproduct",
    "feasibility",
    "head_wfa",
    "lfsr_linear",
    "linear_dfa",
    "matrix_network",
    "matrix_product_wfa",
    "network_wfa",
    "pairs",
    "pd",
    "plan_network",
    "reduction_value",
    "reduction_word",
    "rwkv7",
    "translate",
    "translator",
    "verify",
    "wfa_diagonal",
    "wfa_linear",
    "wfa_network",
]
