"""How the library is called: by `prefix_products`, or by its kernels.

Kernels are called directly where `prefix_products` does not offer `out` yet.
"""

import inspect
from collections.abc import Callable
from typing import Any, cast

from automata_rnn.scan import MAPS, Monoid, matrices, one_hot_diagonal, prefix_products
from automata_rnn.scan.cpu.boolean import boolean_prefix
from automata_rnn.scan.cpu.dense import prefix_dense
from automata_rnn.scan.cpu.integers import product_integers
from automata_rnn.scan.cpu.maps import dfa_final
from automata_rnn.scan.cpu.maps_states import dfa_states
from automata_rnn.scan.cpu.modular import prefix_modular
from automata_rnn.scan.cpu.structured import prefix_one_hot
from automata_rnn.scan.cpu.words import symbol_product, symbol_states
from automata_rnn.semiring import INTEGER, MAX_PLUS, REAL, integers_mod

FRONT_DOOR = "out" in inspect.signature(prefix_products).parameters

DENSE = matrices(REAL)
TROPICAL = matrices(MAX_PLUS)
EXACT = matrices(INTEGER)
PD = one_hot_diagonal(REAL)
DFA = MAPS


def modular(m: int) -> Monoid:
    return matrices(integers_mod(m))


def prefix(elements: Any, monoid: Monoid, **options: Any) -> Any:
    """`prefix_products` with the options codes, initial, reduce, out and threads."""
    if FRONT_DOOR:
        return cast(Callable[..., Any], prefix_products)(elements, monoid, **options)
    return _by_kernel(elements, monoid, **options)


def boolean(packed: Any, **options: Any) -> Any:
    """Packed rows are no elements of a monoid, so the kernel itself is called."""
    return boolean_prefix(packed, **options)


def _by_kernel(
    elements: Any,
    monoid: Monoid,
    *,
    codes: Any = None,
    initial: Any = None,
    reduce: bool = False,
    out: Any = None,
    threads: int | None = None,
) -> Any:
    place = {} if reduce or out is None else {"out": out}
    if monoid is DFA:
        scan: Callable[..., Any] = dfa_final if reduce else dfa_states
        return scan(codes, elements, initial, threads=threads, **place)
    if monoid is PD:
        return prefix_one_hot(
            *elements, initial=initial, reduce=reduce, threads=threads
        )
    if codes is not None and initial is not None:
        return symbol_states(codes, elements, initial, threads=threads, **place)
    if codes is not None:
        return symbol_product(codes, elements, threads=threads)
    if monoid is EXACT:
        return product_integers(elements, threads=threads)
    name = monoid.semiring.name if monoid.semiring else ""
    if name.startswith("integers-mod-"):
        m = int(name.removeprefix("integers-mod-"))
        return prefix_modular(elements, m, reduce=reduce, threads=threads)
    return prefix_dense(elements, name, reduce=reduce, threads=threads, **place)
