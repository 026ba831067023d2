"""What each task of a distributed scan computes, on arrays in memory.

Elements have any number of components, so they travel between tasks in boxes: object
arrays (1,) that hold one tuple of arrays, a product or a state (state,).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.scan.prefix import prefix_products
from automata_rnn.semiring import Array


@dataclass(frozen=True, eq=False)
class Scan:
    """A scan of chunks.

    Attributes:
        monoid: how elements multiply.
        table: components (num_codes, *element) where chunks are (codes,), else None.
        initial: the state before the first chunk, or None for products.
    """

    monoid: Monoid
    table: Element | None
    initial: Array | None


def box(content: Element) -> Array:
    """The array (1,) that holds a tuple."""
    boxed = np.empty(1, dtype=object)
    boxed[0] = content
    return boxed


def local_products(scan: Scan, chunk: Element, **options: Any) -> Any:
    """`automata_rnn.scan.prefix_products` of one chunk."""
    if scan.table is None:
        return prefix_products(chunk, scan.monoid, **options)
    return prefix_products(scan.table, scan.monoid, codes=chunk[0], **options)


def empty_result(scan: Scan, sequence: Element) -> Element:
    """What a sequence of length 0 and these types gives; ValueError where none fits."""
    nothing = tuple(np.empty((0, *part.shape[1:]), part.dtype) for part in sequence)
    result = local_products(scan, nothing, initial=scan.initial)
    return result if scan.initial is None else (result,)


def chunk_product(*chunk: Array, scan: Scan) -> Array:
    """The product of a chunk (L, ...), boxed."""
    return box(local_products(scan, chunk, reduce=True))


def combine(first: Array, second: Array, *, monoid: Monoid) -> Array:
    """The product of two boxed products."""
    return box(monoid.combine(first[0], second[0]))


def act(product: Array, *, scan: Scan) -> Array:
    """The boxed state initial·product."""
    return box((scan.monoid.act(scan.initial, product[0]),))


def chunk_prefixes(start: Array, *chunk: Array, scan: Scan) -> Array:
    """All states, or products, of a chunk (L, ...), after what came before it, boxed.

    `start` holds the state before the chunk, or the product of all chunks before it,
    () before the first.
    """
    if scan.initial is not None:
        return box((local_products(scan, chunk, initial=start[0][0]),))
    prefixes = local_products(scan, chunk)
    if start[0]:
        before = tuple(
            np.broadcast_to(part, (len(prefix), *part.shape))
            for part, prefix in zip(start[0], prefixes, strict=True)
        )
        prefixes = scan.monoid.combine(before, prefixes)
    return box(prefixes)


def component(boxed: Array, *, index: int, kind: Any) -> Array:
    """One array out of a box, in the dtype that was promised for it."""
    return np.asarray(boxed[0][index], dtype=kind)
