"""Semirings by name, as files and the command line give them."""

import copyreg
import re
from typing import Any

from automata_rnn.semiring.base import Semiring
from automata_rnn.semiring.exact import INTEGER, RATIONAL
from automata_rnn.semiring.finite import galois_field, integers_mod
from automata_rnn.semiring.floating import (
    BOOLEAN,
    COMPLEX,
    LOG,
    MAX_PLUS,
    MIN_PLUS,
    REAL,
)

_NAMED = {
    s.name: s
    for s in (REAL, COMPLEX, BOOLEAN, MAX_PLUS, MIN_PLUS, LOG, RATIONAL, INTEGER)
}


def semiring_named(name: str) -> Semiring:
    """The semiring with this name; ValueError listing the names there are.

    >>> semiring_named("max-plus"), semiring_named("GF(8)")
    (<semiring max-plus>, <semiring GF(8)>)
    """
    if name in _NAMED:
        return _NAMED[name]
    if match := re.fullmatch(r"integers-mod-(\d{1,40})", name):
        return integers_mod(int(match[1]))
    if match := re.fullmatch(r"GF\((\d{1,10})\)", name):
        return galois_field(int(match[1]))
    raise ValueError(
        f"semiring: wanted one of {', '.join(_NAMED)}, integers-mod-M or GF(Q), "
        f"got {name!r}"
    )


def _by_name(semiring: Semiring) -> tuple[Any, ...]:
    return semiring_named, (semiring.name,)


copyreg.pickle(Semiring, _by_name)  # pickled and copied by name, it stays one object
