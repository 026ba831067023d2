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
    matrix_network,
    network_wfa,
    pd,
    relu_counter,
    relu_stack,
    rwkv7,
    stack_mlp,
    stack_relu,
    wfa_diagonal,
    wfa_linear,
    wfa_network,
)
from translations.contract import agree, counterexample
from translations.diagonalize import NotDiagonalizable, Obstruction
from translations.equivalence import compare, compare_closely, verify
from translations.feasibility import Feasibility, feasibility
from translations.matrix_product import MatrixProduct, matrix_product_wfa
from translations.network_plan import NetworkPlan, plan_network
from translations.periods import Period
from translations.regions import NotCounters
from translations.registry import Pair, Translation, pairs, translate, translator
from translations.routes import as_wfa, convert
from translations.stacks import NotStacks

__all__ = [
    "Feasibility",
    "MatrixProduct",
    "NetworkPlan",
    "NotCounters",
    "NotDiagonalizable",
    "NotStacks",
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
    "matrix_network",
    "matrix_product_wfa",
    "network_wfa",
    "pairs",
    "pd",
    "plan_network",
    "relu_counter",
    "relu_stack",
    "rwkv7",
    "stack_mlp",
    "stack_relu",
    "translate",
    "translator",
    "verify",
    "wfa_diagonal",
    "wfa_linear",
    "wfa_network",
]
