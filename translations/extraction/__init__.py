"""Automata from networks that nobody compiled."""

from translations.extraction.exact import exact
from translations.extraction.hankel import hankel, query_bound
from translations.extraction.numerical import numerical, numerical_rank
from translations.extraction.pdfa import compare_predictions, next_symbols
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.singular import NumericalRank
from translations.extraction.spectral import spectral
from translations.extraction.weighted_lstar import weighted_lstar

__all__ = [
    "Extraction",
    "Guarantee",
    "Hypothesis",
    "NumericalRank",
    "compare_predictions",
    "exact",
    "hankel",
    "next_symbols",
    "numerical",
    "numerical_rank",
    "query_bound",
    "spectral",
    "weighted_lstar",
]
