"""How the library is called, under the names of the cases."""

from typing import Any

from automata_rnn.scan import MAPS, Monoid, matrices, one_hot_diagonal, prefix_products
from automata_rnn.scan.cpu.boolean import boolean_prefix
from automata_rnn.scan.cpu.dense import prefix_dense
from automata_rnn.semiring import INTEGER, MAX_PLUS, REAL, integers_mod

DENSE = matrices(REAL)
TROPICAL = matrices(MAX_PLUS)
EXACT = matrices(INTEGER)
PD = one_hot_diagonal(REAL)
DFA = MAPS


def modular(m: int) -> Monoid:
    return matrices(integers_mod(m))


def prefix(elements: Any, monoid: Monoid, **options: Any) -> Any:
    """`prefix_products` with the options codes, initial, reduce, out and threads."""
    return prefix_products(elements, monoid, **options)


def dense(elements: Any, **options: Any) -> Any:
    """Real matrices by the kernel itself, without the choice of one."""
    return prefix_dense(elements, "real", **options)


def boolean(packed: Any, **options: Any) -> Any:
    """Packed rows are no elements of a monoid, so the kernel itself is called."""
    return boolean_prefix(packed, **options)
