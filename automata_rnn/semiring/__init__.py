"""Semirings as values: pass one to an algorithm, the algorithm never asks which."""

from automata_rnn.semiring.base import Array, Semiring
from automata_rnn.semiring.exact import INTEGER, RATIONAL, to_rational
from automata_rnn.semiring.finite import galois_field, integers_mod
from automata_rnn.semiring.floating import (
    BOOLEAN,
    COMPLEX,
    LOG,
    MAX_PLUS,
    MIN_PLUS,
    REAL,
)
from automata_rnn.semiring.names import semiring_named

__all__ = [
    "BOOLEAN",
    "COMPLEX",
    "INTEGER",
    "LOG",
    "MAX_PLUS",
    "MIN_PLUS",
    "RATIONAL",
    "REAL",
    "Array",
    "Semiring",
    "galois_field",
    "integers_mod",
    "semiring_named",
    "to_rational",
]
