"""Backward reduction of a cascade: finite configurations below, linear heads on top.

In configuration c the top heads hold rows S, side by side with a 1, and reading σ leads
to c' = δ(c, σ), S' = S A_{c'} + B_{c'} and the value R_{c'}(S'). As a WFA that is one
block of states for each configuration. What is needed of it is the space spanned by the
columns v_w = W_w ω, whose entry at (c, ·) says how the value after w depends on S:

    (v_{σw})_c = A_{c'} (v_w)_{c'},   c' = δ(c, σ).

Its dimension is at most that of {M_w ω} for every WFA that the network computes from
each configuration on, however many configurations there are: S enters through "the
forward vector that it stands for". With a basis K of it, ω = K ω', W_σ K = K W'_σ and
α' = α K are an automaton with as many states as K has columns.

Which columns are independent is found modulo a prime; W_σ K = K W'_σ is then checked
over ℚ, which proves the result.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automata_rnn.exact import from_flint, random_prime, to_flint
from automata_rnn.semiring import RATIONAL, Array


@dataclass(frozen=True, eq=False)
class Cascade:
    """Configurations 0, …, N - 1 below, h heads of d rows on top.

    Attributes:
        successors: δ by symbol code and configuration, shape (k, N).
        kinds: which of T different steps each configuration ends with, shape (N,).
        decay, left, right, keys: of each step, shape (T, h, n).
        values: shape (T, h, d).
        queries: what each entry of S counts in the value, shape (T, h, d, n).
        constants: what is added to it, shape (T,).
        start: S in configuration 0, shape (h, d, n).
    """

    successors: npt.NDArray[np.intp]
    kinds: npt.NDArray[np.intp]
    decay: Array
    left: Array
    right: Array
    values: Array
    keys: Array
    queries: Array
    constants: Array
    start: Array


@dataclass(frozen=True, eq=False)
class Reduction:
    """An automaton with the cascade's values, and how its states come about.

    Attributes:
        initial, weights, final: of the automaton, shapes (r,), (k, r, r), (r,).
        basis: K by configuration: (S, 1) in configuration c is the state vector
            (S, 1) basis[c], shape (N, h · d · n + 1, r).
    """

    initial: Array
    weights: Array
    final: Array
    basis: Array


def merge(cascade: Cascade) -> tuple[Cascade, npt.NDArray[np.intp]]:
    """Configurations that no word tells apart become one (Moore's refinement).

    Returned with the new configuration of each old one.
    """
    labels = cascade.kinds
    count = len(np.unique(labels))
    while True:
        rows = np.stack([labels, *(labels[row] for row in cascade.successors)], axis=1)
        _, first, refined = np.unique(
            rows, axis=0, return_index=True, return_inverse=True
        )
        labels = refined.reshape(-1)
        if len(first) == count:
            break
        count = len(first)
    order = np.argsort(np.argsort(first))  # classes in the order of first members
    labels, members = order[labels], np.sort(first)
    smaller = _replace(cascade, labels[cascade.successors[:, members]], members)
    return smaller, labels


def _replace(
    cascade: Cascade, successors: npt.NDArray[np.intp], members: npt.NDArray[np.intp]
) -> Cascade:
    parts = {**vars(cascade), "successors": successors}
    return Cascade(**{**parts, "kinds": cascade.kinds[members]})


def reduce_backward(cascade: Cascade) -> Reduction:
    """The cascade as a WFA, reduced backward; exact, with a proof (see above)."""
    while True:
        found = _reduce(cascade, random_prime(31))
        if found is not None:
            return found


def _reduce(cascade: Cascade, prime: int) -> Reduction | None:
    """None where the prime was unlucky."""
    echelon = _Echelon(prime)
    first = _flat(_final(cascade))
    basis = [first] if echelon.add(first) else []
    images: list[list[Array]] = []
    for column in basis:  # grows while it is read
        images.append([_pull(cascade, column, row) for row in cascade.successors])
        basis += [image for image in images[-1] if echelon.add(image)]
    k, r = len(cascade.successors), len(basis)
    weights = np.full((k, r, r), RATIONAL.zero, dtype=object)
    vectors = np.array(basis, dtype=object).reshape(r, len(first))
    if r:
        columns, inverse = to_flint(vectors), to_flint(vectors[:, echelon.pivots]).inv()
        for code in range(k):
            image = np.stack([parts[code] for parts in images])
            coordinates = to_flint(image[:, echelon.pivots]) * inverse
            if coordinates * columns != to_flint(image):
                return None
            weights[code] = from_flint(coordinates).T
    final = np.full(r, RATIONAL.zero, dtype=object)
    final[:1] = RATIONAL.one
    start = np.append(cascade.start.ravel(), RATIONAL.one)
    table = vectors.T.reshape(len(cascade.kinds), len(start), r)
    return Reduction(RATIONAL.vecmat(start, table[0]), weights, final, table)


def _final(cascade: Cascade) -> tuple[Array, Array]:
    return cascade.queries[cascade.kinds], cascade.constants[cascade.kinds]


def _flat(column: tuple[Array, Array]) -> Array:
    """One vector: for each configuration the entries of S, then that of the 1."""
    entries, ones = column
    return np.concatenate(
        [entries.reshape(len(ones), -1), ones[:, None]], axis=1
    ).ravel()


def _pull(cascade: Cascade, column: Array, row: npt.NDArray[np.intp]) -> Array:
    """W_σ times a column."""
    h, d, n = cascade.start.shape
    parts = column.reshape(len(cascade.kinds), h * d * n + 1)[row]
    entries, ones = parts[:, :-1].reshape(-1, h, d, n), parts[:, -1]
    kinds = cascade.kinds[row]
    met = (cascade.right[kinds][:, :, None] * entries).sum(-1, keepdims=True)
    moved = cascade.decay[kinds][:, :, None] * entries
    moved = moved - cascade.left[kinds][:, :, None] * met
    written = (cascade.keys[kinds][:, :, None] * entries).sum(-1)
    ones = ones + (written * cascade.values[kinds]).sum((1, 2))
    return _flat((moved, ones))


class _Echelon:
    """Which vectors are independent modulo a prime."""

    def __init__(self, prime: int) -> None:
        self.prime = prime
        self.rows: list[npt.NDArray[np.int64]] = []
        self.pivots: list[int] = []

    def add(self, vector: Array) -> bool:
        """Whether this one is independent of all before; then it counts, too."""
        p = self.prime
        row = np.array([_modulo(x, p) if x else 0 for x in vector.tolist()])
        for known, pivot in zip(self.rows, self.pivots, strict=True):
            row = (row - int(row[pivot]) * known) % p
        nonzero = np.flatnonzero(row)
        if not len(nonzero):
            return False
        pivot = int(nonzero[0])
        self.rows.append(row * pow(int(row[pivot]), -1, p) % p)
        self.pivots.append(pivot)
        return True


def _modulo(value: object, prime: int) -> int:
    number = RATIONAL.scalar(value)
    return int(number.p) * pow(int(number.q), -1, prime) % prime
