"""Translations between automata and recurrent networks, one module per pair."""

from automata_rnn.exact import NotDiagonalizable, Obstruction
from translations import (
    acceptor_linear,
    classes,
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
from translations.equivalence import compare, compare_closely, verify
from translations.feasibility import Feasibility, feasibility
from translations.matrix_product import MatrixProduct, matrix_product_wfa
from translations.network_plan import NetworkPlan, plan_network
from translations.periods import Period
from translations.registry import Pair, Translation, pairs, translate, translator
from translations.routes import as_wfa, convert

__all__ = [
    "Feasibility",
    "MatrixProduct",
    "NetworkPlan",
    "NotDiagonalizable",
    "Obstruction",
    "Pair",
    "Period",
    "Translation",
    "acceptor_linear",
    "agree",
    "as_wfa",
    "classes",
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
    "rwkv7",
    "translate",
    "translator",
    "verify",
    "wfa_diagonal",
    "wfa_linear",
    "wfa_network",
]
