"""Prefix products in the monoids of transitions.

`prefix_products` takes any `Monoid`; `dplr_states` and `dplr_final` take steps that are
diagonal plus low rank, whose ranks add up. `automata_rnn.scan.exact` has products of
rationals and signs of all their prefixes; `automata_rnn.scan.distributed` scans what is
larger than one machine.
"""

from automata_rnn.scan.dplr import dplr_final, dplr_states
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
    "dplr_final",
    "dplr_states",
    "matrices",
    "one_hot_diagonal",
    "prefix_products",
]
