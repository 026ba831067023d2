"""Spectral learning and weighted L* of anything that can be asked in a black box."""

from typing import Any

from automata_rnn.black_box import (
    BlackBox,
    black_box,
    next_symbol_distributions,
    values,
)
from translations.extraction.result import Extraction
from translations.extraction.spectral import spectral
from translations.extraction.weighted_lstar import weighted_lstar

ASKING = ("alphabet", "bos", "initial", "output", "batched")
"""Options of `black_box` that say how a network is asked."""


def spectral_of_box(network: Any, **options: Any) -> Extraction:
    """`spectral` of the values of a network; options of it and those in `ASKING`."""
    box, own = _asked(network, options)

    def asked(words: Any) -> Any:
        found = values(box, words)
        if found.ndim != 1:
            raise ValueError(f"network: wanted one output, got {found.shape[1]}")
        return found

    return spectral(asked, box.alphabet, batched=True, **own)


def weighted_lstar_of_box(
    network: Any, *, logits: bool = True, **options: Any
) -> Extraction:
    """`weighted_lstar` of a network with an output for each symbol, then the end.

    Args:
        logits: whether outputs are logits, or probabilities.
        options: of `weighted_lstar`, and those in `ASKING`.
    """
    box, own = _asked(network, options)

    def predicted(words: Any) -> Any:
        return next_symbol_distributions(box, words, logits=logits)

    return weighted_lstar(predicted, box.alphabet, batched=True, **own)


def _asked(network: Any, options: dict[str, Any]) -> tuple[BlackBox, dict[str, Any]]:
    asking = {name: value for name, value in options.items() if name in ASKING}
    own = {name: value for name, value in options.items() if name not in ASKING}
    return black_box(network, **asking), own
