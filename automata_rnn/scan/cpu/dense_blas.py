"""Scans of large real matrices by the BLAS that NumPy has: one product at a time.

At this size a product keeps the processor busy by itself, and one after the other is
half the work of any parallel scan.
"""

import numpy as np

from automata_rnn.semiring import Array

NAME = "blas"
SMALLEST = 64


def scan(elements: Array, out: Array) -> None:
    """All prefix products of (B, T, n, n) elements, or with a time axis of 1 in `out`
    the product of each sequence. The two arrays share no memory; T > 0."""
    length, keep = elements.shape[1], out.shape[1] > 1
    products = [np.empty_like(out[:, 0]) for _ in range(2)]
    out[:, 0] = elements[:, 0]
    last = out[:, 0]
    for t in range(1, length):
        product = out[:, t] if keep else products[t % 2]
        last = np.matmul(last, elements[:, t], out=product)
    if not keep:
        out[:, 0] = last
