"""Translations between automata and recurrent networks, one module per pair."""

from automata_rnn.exact import NotDiagonalizable, Obstruction
from translations import (
    acceptor_linear,
    cascade,
    classes,
    counter_mlp,
    counter_relu,
    deltaproduct,
    dfa_relu,
    head_wfa,
    lfsr_linear,
    linear_dfa,
    matrix_network,
    network_wfa,
    nonlinear_classes,
    pd,
    relu_counter,
    relu_stack,
    rwkv7,
    stack_automata,
    stack_mlp,
    stack_relu,
    wfa_diagonal,
    wfa_linear,
    wfa_network,
)
from translations.cascade import GatesTooWeak, StackPlan
from translations.contract import agree, counterexample
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
from translations.regions import NotCounters
from translations.registry import Pair, Translation, pairs, translate, translator
from translations.routes import as_wfa, convert
from translations.stacks import NotStacks

__all__ = [
    "Feasibility",
    "FormulaReduction",
    "GatesTooWeak",
    "MatrixProduct",
    "NetworkPlan",
    "NotCounters",
    "NotDiagonalizable",
    "NotStacks",
    "Obstruction",
    "Pair",
    "Period",
    "StackPlan",
    "Translation",
    "acceptor_linear",
    "agree",
    "arithmetic_reduction",
    "as_wfa",
    "boolean_reduction",
    "cascade",
    "classes",
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
    "nonlinear_classes",
    "pairs",
    "pd",
    "plan_network",
    "reduction_value",
    "reduction_word",
    "relu_counter",
    "relu_stack",
    "rwkv7",
    "stack_automata",
    "stack_mlp",
    "stack_relu",
    "translate",
    "translator",
    "verify",
    "wfa_diagonal",
    "wfa_linear",
    "wfa_network",
]
