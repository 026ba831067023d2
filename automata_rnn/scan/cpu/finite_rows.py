"""Rows times matrices, with or without biases, over ℤ/m and over GF(2ᵏ), exactly.

    h_t = h_{t-1} A_t [+ b_t]

As in `automata_rnn.scan.cpu.rows`, a product is what its steps make of the rows of the
identity. An element of GF(2ᵏ) is a polynomial over GF(2), bit i the coefficient of xⁱ,
modulo the irreducible polynomial of the galois library; a multiple x · a is the sum of
a, a x, a x², … at the bits of x. For products without biases modulo m there are faster
kernels in `automata_rnn.scan.cpu.modular`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from automata_rnn.scan import monoid as monoids
from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.rows import SHARE, single
from automata_rnn.scan.cpu.structured import INVERSE_BELOW, run
from automata_rnn.scan.cpu.structured_checks import residues
from automata_rnn.scan.cpu.structured_kernels import modulo
from automata_rnn.scan.cpu.structured_schedule import Family, Track
from automata_rnn.scan.monoid import Element
from automata_rnn.semiring import Array, Semiring


def binary_field(semiring: Semiring) -> int:
    """q where the semiring is GF(q) with q = 2ᵏ, else 0."""
    q = semiring.field
    return q if isinstance(q, int) and q & (q - 1) == 0 and q > 2 else 0


def prefix_finite(
    semiring: Semiring,
    elements: Array,
    bias: Array | None = None,
    *,
    state_rank: int = 1,
    initial: Any = None,
    reduce: bool = False,
    threads: int | None = None,
) -> Any:
    """Prefix products, or states, of s ↦ s A_t [+ b_t].

    Args:
        semiring: one with a modulus, or a `binary_field`.
        elements, bias: A and b as in `automata_rnn.scan.cpu.rows`, int64.
        state_rank, initial, reduce, threads: as there.

    Returns:
        As `prefix_products` with `matrices` or `affine`, int64.

    Raises:
        ValueError: numbers outside the ring, shapes that do not fit, fewer than one
            thread; TypeError: other dtypes.

    >>> import numpy as np
    >>> from automata_rnn.semiring import galois_field
    >>> x = np.full((4, 1, 1), 2)  # powers of the element x of GF(8)
    >>> prefix_finite(galois_field(8), x)[:, 0, 0]
    array([2, 4, 3, 6])
    """
    q = semiring.modulus or binary_field(semiring)
    parts: Element = (elements,) if bias is None else (elements, bias)
    parts, initial = residues(parts, initial, q)
    if state_rank == 1:
        parts = (parts[0], *(b[..., None, :] for b in parts[1:]))
        initial = None if initial is None else initial[..., None, :]
    binary = semiring.modulus == 0
    constants = _polynomial(q) if binary else (np.uint64(q), INVERSE_BELOW / q)
    plain = Track(_kernel(binary, False), (0, 0), (0,), constants)
    biased = Track(_kernel(binary, True), (0, 1), (0,), constants)
    if bias is None:
        family = Family(monoids.matrices(semiring, 2), (plain,), plain, False, False)
    else:
        both = (plain, biased._replace(carries=(1,)))
        family = Family(monoids.affine(semiring, 2), both, biased, False, False)
    results = run(family, parts, initial, reduce, threads, SHARE)
    if state_rank == 1:
        results = single(results, initial is not None)
    if isinstance(results, tuple):
        return tuple(x.view(np.int64) for x in results)
    return results.view(np.int64)


@lru_cache(maxsize=64)
def _polynomial(q: int) -> tuple[np.uint64, float]:
    """The field's irreducible polynomial as bits; the second constant is not used."""
    import galois  # 0.8 s and 200 MB: only for those who compute in such a field

    return np.uint64(int(galois.GF(q).irreducible_poly)), 0.0


@lru_cache(maxsize=4)
def _kernel(binary: bool, biased: bool) -> Callable[..., None]:
    """The loop over rows, which are the columns of `structured_kernels`."""

    @compiled
    def scan_rows(
        elements: Any,
        bias: Any,
        carry: Any,
        out: Any,
        m: Any,
        inverse: float,
        sequences: Any,
        times: Any,
        rows: Any,
    ) -> None:
        n = elements.shape[3]
        total, power = np.empty(n, np.uint64), np.empty(n, np.uint64)
        one = np.uint64(1)
        for s in range(sequences[0], sequences[1]):
            for t in range(times[0], times[1]):
                a = elements[s, t]
                for r in range(rows[0], rows[1]):
                    h = carry[s, r]
                    total[:] = 0
                    for k in range(n):
                        x = h[k]
                        if binary:
                            power[:] = a[k]
                            while x:
                                for j in range(n):
                                    total[j] ^= power[j] * (x & one)
                                    twice = power[j] << one
                                    power[j] = min(twice, twice ^ m)
                                x >>= one
                        else:
                            for j in range(n):
                                total[j] = modulo(total[j] + x * a[k, j], m, inverse)
                    for j in range(n):
                        x = total[j]
                        if biased:
                            if binary:
                                x ^= bias[s, t, r, j]
                            else:
                                x += bias[s, t, r, j]
                                x = min(x, x - m)
                        h[j] = x
                        if out.shape[1] > 0:
                            out[s, t, r, j] = x

    return scan_rows
