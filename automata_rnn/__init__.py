"""Automata and recurrent networks as one kind of machine."""

from automata_rnn.alphabet import Alphabet, Symbol, Word
from automata_rnn.semiring import (
    BOOLEAN,
    COMPLEX,
    INTEGER,
    LOG,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    REAL,
    Semiring,
    galois_field,
    integers_mod,
    semiring_named,
)
from automata_rnn.system import TransitionSystem, accepts, evaluate, trace

__all__ = [
    "BOOLEAN",
    "COMPLEX",
    "INTEGER",
    "LOG",
    "MAX_PLUS",
    "MIN_PLUS",
    "RATIONAL",
    "REAL",
    "Alphabet",
    "Semiring",
    "Symbol",
    "TransitionSystem",
    "Word",
    "accepts",
    "evaluate",
    "galois_field",
    "integers_mod",
    "semiring_named",
    "trace",
]
