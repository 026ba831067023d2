"""Prefix products in the monoids of transitions."""

from automata_rnn.scan.memory import Pool, aligned
from automata_rnn.scan.monoid import (
    MAPS,
    Element,
    Monoid,
    affine,
    diagonal,
    matrices,
    one_hot_diagonal,
)
from automata_rnn.scan.prefix import Method, prefix_products

__all__ = [
    "MAPS",
    "Element",
    "Method",
    "Monoid",
    "Pool",
    "affine",
    "aligned",
    "diagonal",
    "matrices",
    "one_hot_diagonal",
    "prefix_products",
]
