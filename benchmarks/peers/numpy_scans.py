"""NumPy: the loop that everybody writes, and a scan in log T rounds."""

from typing import Any

import numpy as np

from automata_rnn.scan.methods import blelloch, tree
from automata_rnn.scan.monoid import Monoid
from benchmarks.case import Run


def loop(elements: Any) -> Run:
    """All prefixes of (T, ..., n, n), one product after the other."""

    def run() -> Any:
        out = np.empty_like(elements)
        out[0] = elements[0]
        for t in range(1, len(elements)):
            np.matmul(out[t - 1], elements[t], out=out[t])
        return out

    return run


def loop_states(codes: Any, table: Any, initial: Any) -> Run:
    """All states h_t = h_{t-1} table[codes_t]."""

    def run() -> Any:
        out, state = np.empty((len(codes), len(initial)), table.dtype), initial
        for t, code in enumerate(codes.tolist()):
            state = out[t] = state @ table[code]
        return out

    return run


def all_prefixes(parts: tuple[Any, ...], monoid: Monoid) -> Run:
    """Blelloch's scan, of any monoid; the first component of the result."""
    return lambda: blelloch(parts, monoid)[0]


def product(parts: tuple[Any, ...], monoid: Monoid) -> Run:
    """The product by a balanced tree; the first component of the result."""
    return lambda: tree(parts, monoid)[0]


def modular_tree(elements: Any, m: int) -> Run:
    """The product modulo m < 2³¹ of int64 matrices, reducing each term."""

    def run() -> Any:
        layer = elements
        while len(layer) > 1:
            even = len(layer) // 2 * 2
            x, y = layer[0:even:2], layer[1:even:2]
            terms = (x[..., :, k, None] * y[..., None, k, :] % m for k in range(n))
            layer = np.concatenate([sum(terms) % m, layer[even:]])
        return layer[0]

    n = elements.shape[-1]
    return run


def object_tree(elements: Any) -> Run:
    """The product of integer matrices in Python ints."""

    def run() -> Any:
        layer = elements.astype(object)
        while len(layer) > 1:
            even = len(layer) // 2 * 2
            products = np.matmul(layer[0:even:2], layer[1:even:2])
            layer = np.concatenate([products, layer[even:]])
        return layer[0]

    return run


def gather_maps(codes: Any, successors: Any, initial: int) -> Run:
    """The final state of a DFA: its maps composed in a tree, by chunks."""
    maps = successors.astype(np.uint8)
    chunk = 1 << 16

    def run() -> int:
        state = initial
        for start in range(0, len(codes), chunk):
            layer = maps[codes[start : start + chunk]]
            while len(layer) > 1:
                even = len(layer) // 2 * 2
                pairs = np.take_along_axis(layer[1:even:2], layer[0:even:2], axis=1)
                layer = np.concatenate([pairs, layer[even:]])
            state = int(layer[0, state])
        return state

    return run
