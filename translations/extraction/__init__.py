"""Automata from networks that nobody compiled."""

from translations.extraction.result import Extraction, Guarantee, Hypothesis

__all__ = ["Extraction", "Guarantee", "Hypothesis"]
