"""Monoids that have GPU kernels, with random elements and what errors they may have.

The same cases run emulated (`test_gpu_emulated.py`) and on a device (`test_gpu.py`).
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from automata_rnn.scan import (
    MAPS,
    Monoid,
    affine,
    diagonal,
    matrices,
    one_hot_diagonal,
    prefix_products,
)
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
    to_rational,
)

PRIME = 2**31 - 1


@dataclass(frozen=True)
class Case:
    """A monoid over a semiring, dtypes of its components, and a size.

    Attributes:
        rows: rows of a state, for states that are matrices; else 0.
    """

    monoid: Monoid
    semiring: Semiring
    dtypes: tuple[Any, ...]
    n: int
    rows: int = 0

    def __repr__(self):
        kind = self.monoid.name.replace(" ", "-")
        names = "-".join(np.dtype(d).name for d in self.dtypes)
        return f"{kind}-{names}-{self.n}" + (f"-rows-{self.rows}" if self.rows else "")

    def elements(self, rng, shape):
        """Components (*shape, *core) of random elements."""
        cores = [(self.n,) * rank for rank in self.monoid.ranks]
        if self.rows and len(cores) > 1:
            cores[1] = (self.rows, self.n)
        return tuple(
            self.values(rng, (*shape, *core), np.dtype(dtype), i)
            for i, (core, dtype) in enumerate(zip(cores, self.dtypes, strict=True))
        )

    def values(self, rng, shape, dtype, component=0):
        name = self.semiring.name
        if self.monoid.indexed and component == 0:
            return rng.integers(0, self.n, shape).astype(dtype)
        if self.semiring.field == "Q":
            return self.fractions(rng, shape)
        if name == "boolean":
            return rng.random(shape) < 1.5 / self.n
        if name.startswith(("integers", "GF")):
            return rng.integers(0, int(name.strip("GF()").split("-")[-1]), shape)
        if name in ("real", "complex"):
            return self.numbers(rng, shape, component).astype(dtype)
        values = rng.integers(-9, 9, shape).astype(dtype)
        return np.where(rng.random(shape) < 0.2, self.semiring.zero, values).astype(
            dtype
        )

    def fractions(self, rng, shape):
        result = np.empty(shape, object)
        bottom = 1 if self.semiring is INTEGER else 3
        for i in np.ndindex(shape):
            value = to_rational(Fraction(int(rng.integers(-2, 3)), bottom))
            result[i] = int(value.p) if self.semiring is INTEGER else value
        return result

    def numbers(self, rng, shape, component):
        """Matrices are nearly permutations up to signs or phases, other numbers nearly
        of size 1: products then neither grow, shrink nor forget, so bounds are tight.
        """
        turn = rng.choice([1, -1], shape)
        if self.semiring is COMPLEX:
            turn = np.exp(1j * rng.uniform(0, 6.28, shape))
        if component or self.monoid.ranks[0] < 2:
            return turn * rng.uniform(0.97, 1.03, shape)
        moved = rng.permuted(np.broadcast_to(np.arange(self.n), shape[:-1]), axis=-1)
        permutations = np.eye(self.n)[moved]
        return turn * (permutations + rng.uniform(0, 0.02 / self.n, shape))

    def state(self, rng, shape):
        if self.monoid is MAPS:
            return rng.integers(0, self.n, shape).astype(self.dtypes[0])
        core = (self.rows, self.n) if self.rows else (self.n,)
        return self.values(rng, (*shape, *core), np.dtype(self.dtypes[-1]), 1)

    def bound(self, elements, options, length):
        """How far results may be from those of "sequential", entry by entry.

        Real and complex: 2 T n ε |A_1| ⋯ |A_T|, for which real and imaginary parts
        count as entries. Logarithms: each step rounds n terms and a sum of size at
        most 9 T + log n a few times. All others are exact.
        """
        if self.semiring not in (REAL, COMPLEX, LOG):
            return 0  # also max-plus and min-plus, of integers
        eps = np.finfo(self.dtypes[-1]).eps
        if self.semiring is LOG:
            return 4 * length * eps * (self.n + 9 * length)
        sizes = tuple(
            part if self.monoid.indexed and i == 0 else np.abs(part).astype(float)
            for i, part in enumerate(elements)
        )
        options = dict(options)
        if options.get("initial") is not None:
            options["initial"] = np.abs(options["initial"]).astype(float)
        real = self
        if self.semiring is COMPLEX:
            real = replace(self, monoid=self.over_reals(), semiring=REAL)
        size = sequential(real, sizes, options)
        factor = 8 if self.semiring is COMPLEX else 2
        return tuple(factor * length * (self.n + 1) * eps * s for s in size)

    def over_reals(self):
        """The same kind of monoid."""
        kind, rank = self.monoid.kind, self.monoid.state_rank
        if kind.startswith("diagonal"):
            return diagonal(REAL, bias="affine" in kind)
        return (affine if "affine" in kind else matrices)(REAL, rank)


def bare(elements):
    return elements if len(elements) > 1 else elements[0]


def sequential(case, elements, options):
    """The definition, as a tuple of components."""
    with np.errstate(invalid="ignore"):
        got = prefix_products(
            bare(elements), case.monoid, method="sequential", **options
        )
    return got if isinstance(got, tuple) else (got,)


def assert_equal(case, got, elements, options, length):
    """Equal to the definition, entry by entry, up to the case's bound."""
    wanted = sequential(case, elements, options)
    got = got if isinstance(got, tuple) else (got,)
    bounds = case.bound(elements, options, length)
    bounds = bounds if isinstance(bounds, tuple) else (bounds,) * len(wanted)
    assert len(got) == len(wanted)
    for ours, theirs, bound in zip(got, wanted, bounds, strict=True):
        assert ours.shape == theirs.shape
        assert ours.dtype == theirs.dtype
        if ours.dtype == object:
            assert np.all(ours == theirs)
            continue
        with np.errstate(invalid="ignore"):
            near = np.abs(np.subtract(ours, theirs, dtype=_signed(ours))) <= bound
        assert np.all(near | (ours == theirs))


def _signed(array):
    """A dtype in which differences do not wrap."""
    return array.dtype if array.dtype.kind in "fc" else np.int64


F4, F8, C8, C16 = np.float32, np.float64, np.complex64, np.complex128
MOD = integers_mod(PRIME)
CASES = [
    *(Case(matrices(REAL), REAL, (F4,), n) for n in (1, 2, 4, 8, 16, 17)),
    *(Case(matrices(REAL), REAL, (F8,), n) for n in (5, 20)),
    Case(matrices(REAL, 2), REAL, (F4,), 3, 2),
    Case(matrices(REAL, 2), REAL, (F4,), 18, 5),
    Case(matrices(COMPLEX), COMPLEX, (C8,), 3),
    Case(matrices(COMPLEX), COMPLEX, (C16,), 18),
    *(Case(matrices(MAX_PLUS), MAX_PLUS, (F4,), n) for n in (4, 20)),
    Case(matrices(MIN_PLUS), MIN_PLUS, (F8,), 3),
    *(Case(matrices(LOG), LOG, (d,), n) for d, n in ((F4, 3), (F8, 9))),
    *(Case(matrices(MOD), MOD, (np.int64,), n) for n in (3, 17)),
    Case(matrices(integers_mod(2**31)), integers_mod(2**31), (np.int64,), 2),
    Case(matrices(galois_field(7)), galois_field(7), (np.int64,), 4),
    *(Case(matrices(BOOLEAN), BOOLEAN, (bool,), n) for n in (3, 19)),
    *(Case(MAPS, BOOLEAN, (d,), n) for d, n in ((np.uint8, 3), (np.uint16, 40))),
    Case(MAPS, BOOLEAN, (np.int64,), 5),
    Case(affine(REAL), REAL, (F4, F4), 3),
    Case(affine(REAL, 2), REAL, (F8, F8), 17, 2),
    Case(affine(MAX_PLUS), MAX_PLUS, (F8, F8), 2),
    Case(diagonal(REAL), REAL, (F4,), 5),
    Case(diagonal(REAL, bias=True), REAL, (F8, F8), 3),
    Case(diagonal(LOG, bias=True), LOG, (F4, F4), 4),
    Case(diagonal(MOD, bias=True), MOD, (np.int64, np.int64), 2),
    Case(one_hot_diagonal(REAL), REAL, (np.int64, F4), 7),
    Case(one_hot_diagonal(MOD), MOD, (np.uint8, np.int64), 3),
]

EXACT = (object,)
MORE_CASES = [
    Case(matrices(RATIONAL), RATIONAL, EXACT, 2),
    Case(matrices(RATIONAL, 2), RATIONAL, EXACT, 2, 2),
    Case(matrices(INTEGER), INTEGER, EXACT, 3),
    Case(affine(RATIONAL), RATIONAL, EXACT * 2, 2),
    Case(one_hot_diagonal(INTEGER), INTEGER, (np.int64, object), 3),
    Case(matrices(galois_field(8)), galois_field(8), (np.int64,), 3),
    Case(affine(galois_field(256)), galois_field(256), (np.int64,) * 2, 2),
    Case(matrices(galois_field(9)), galois_field(9), (np.int64,), 2),
    Case(affine(MOD), MOD, (np.int64,) * 2, 3),
    Case(matrices(MOD, 2), MOD, (np.int64,), 3, 2),
    Case(matrices(BOOLEAN), BOOLEAN, (bool,), 70),
    Case(matrices(BOOLEAN, 2), BOOLEAN, (bool,), 5, 3),
    Case(affine(LOG), LOG, (F8, F8), 3),
    Case(affine(COMPLEX), COMPLEX, (C16, C16), 3),
    Case(diagonal(COMPLEX, bias=True), COMPLEX, (C8, C8), 4),
    Case(diagonal(MAX_PLUS), MAX_PLUS, (F4,), 4),
    Case(one_hot_diagonal(REAL, bias=True), REAL, (np.int64, F8, F8), 5),
    Case(one_hot_diagonal(MOD, bias=True), MOD, (np.uint8, np.int64, np.int64), 4),
    Case(one_hot_diagonal(MAX_PLUS), MAX_PLUS, (np.int64, F8), 4),
]
"""Monoids without GPU kernels, some without kernels at all."""
