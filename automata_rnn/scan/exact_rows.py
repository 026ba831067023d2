"""Integers of any length as floats, up to a power of two, with what rounding did.

Positive factors change no sign, so every matrix and every row is divided by a power of
two of its own, after which its entries are at most 2⁵³.
"""

import numpy as np
from flint import fmpz_mat

from automata_rnn.semiring import Array

BITS = 53
KEPT = 320
"""Leading bits of a row's largest entry that are looked at."""


def float_matrices(numerators: Array) -> tuple[Array, bool]:
    """(k, ...) floats F with |F - A| ≤ 2⁻⁵³ |F| + 2⁻¹⁰⁷⁵ for integers A, each of the k
    arrays up to a power of two; and whether they are the integers themselves."""
    if numerators.dtype != object:
        floats = numerators.astype(np.float64)
        exact = numerators.itemsize < 8 or _below(floats)
        return (floats if exact else floats / 2.0**10), exact
    floats = np.empty(numerators.shape)
    for matrix, target in zip(numerators, floats, strict=True):
        values = matrix.ravel().tolist()
        divisor = 1 << max(0, max(abs(v) for v in values).bit_length() - BITS)
        target.reshape(-1)[:] = [v / divisor for v in values]
    return floats, False


def float_row(row: fmpz_mat) -> tuple[Array, Array, bool]:
    """A row of long integers x as floats h and radii r with |h - x| ≤ r, up to a power
    of two, and whether h = x.

    Bits beyond the first `KEPT` of the largest entry are cut off, which takes away less
    than 1 in those units; the division rounds to nearest.
    """
    entries = row.entries()
    bits = max(abs(x).bit_length() for x in entries)
    if bits <= BITS:
        return np.array([float(int(x)) for x in entries]), np.zeros(len(entries)), True
    cut = max(0, bits - KEPT)
    power = 2.0 ** (min(bits, KEPT) - BITS)
    kept = [int(x >> cut) for x in entries]
    floats = np.array([y / int(power) for y in kept])
    radii = np.abs(floats) * 2.0**-52 + (1.0 / power if cut else 0.0)
    return floats, radii, False


def _below(floats: Array) -> bool:
    return floats.size == 0 or float(np.abs(floats).max()) < 2.0**BITS
