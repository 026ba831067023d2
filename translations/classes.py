"""Networks are classified by the automata that they are."""

from dataclasses import replace
from typing import Any

from automata.fa.dfa import DFA

from automata_rnn.membership import (
    Report,
    classifier,
    classify,
    classify_language,
)
from automata_rnn.rnns import (
    PDRNN,
    RWKV7,
    DeltaNet,
    DeltaProduct,
    DiagonalNetwork,
    DiagonalRNN,
    GatedDeltaNet,
    LinearRNN,
    Network,
)
from translations.registry import translate
from translations.routes import as_wfa

HEADS = (RWKV7, DeltaNet, GatedDeltaNet, DeltaProduct)


@classifier(LinearRNN, DiagonalRNN, PDRNN, *HEADS, Network, "galois.FLFSR")
def classify_network(network: Any, **budgets: int) -> Report:
    """The report of the automaton that a network is; "given basis" is its units'.

    Raises ValueError where a `Network` has no automaton, see `network_wfa`.
    """
    report = classify(as_wfa(network), **budgets)
    kind = type(network).__name__
    return replace(report, subject=f"{kind}, as a {report.subject}")


@classifier(DiagonalNetwork)
def classify_stack(network: DiagonalNetwork, **budgets: int) -> Report:
    """The report of the language of a stack of diagonal layers."""
    dfa: DFA = translate(network, DFA).automaton
    report = classify_language(dfa, **budgets)
    return replace(report, subject=f"DiagonalNetwork, {report.subject}")
