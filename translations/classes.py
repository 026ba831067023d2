"""Networks are classified by their weighted automata."""

from dataclasses import replace
from typing import Any

from automata_rnn.membership import Report, classifier, classify
from automata_rnn.rnns import (
    PDRNN,
    RWKV7,
    DeltaNet,
    DeltaProduct,
    DiagonalRNN,
    GatedDeltaNet,
    LinearRNN,
    Network,
)
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
