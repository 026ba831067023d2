"""Rational matrices as products of symmetric rank-one updates H(β, k) = I - β kᵀ k.

Rows are multiplied from the left, r ↦ r M = r H₁ H₂ ⋯, so H₁ acts first. No product of
fewer than rank(I - M) factors is M, since I - H₁⋯H_m has rank at most m; where that
many suffice (`orthogonal_factors`, `symmetric_factors`) the number is minimal.
`factorize` splits M into its blocks and takes the shortest product that it knows for
each, at most 4n factors in all.
"""

from typing import NamedTuple

import numpy as np
from flint import fmpq

from automata_rnn.exact.rational import from_flint, to_flint
from automata_rnn.exact.schedule import column_schedule
from automata_rnn.exact.updates import Factor, scale, unit
from automata_rnn.semiring import RATIONAL, Array


class Factorization(NamedTuple):
    """r ↦ r M as factors on rows (r, s), whose last `scratch` entries s are arbitrary
    before and after.

    Attributes:
        factors: pairs (β, k), k of shape (n + scratch,), in the order of the product.
        scratch: how many entries are added to a row.
        minimal: whether no product without scratch has fewer factors.
    """

    factors: list[Factor]
    scratch: int
    minimal: bool


def factorize(matrix: Array) -> Factorization:
    """A short product of H(β, k) that is M, a rational matrix (n, n).

    Blocks of coordinates that M does not mix are treated one by one. In each:
    orthogonal and symmetric ones with rational eigenvalues take rank(I - M) factors,
    maps of states b + 1 for each b states that become one and then swaps; every other
    matrix is written column by column (`column_schedule`), at most 4 a column.

    >>> import numpy as np
    >>> swap, shear = np.array([[0, 1], [1, 0]]), np.array([[1, 1], [0, 1]])
    >>> [len(factorize(matrix).factors) for matrix in (swap, shear)]
    [1, 3]
    """
    exact = RATIONAL.array(matrix)
    n = len(exact)
    parts = [(block, _shortest(exact[np.ix_(block, block)])) for block in blocks(exact)]
    scratch = max([0, *(part.scratch for _, part in parts)])
    factors = []
    for block, part in parts:
        slots = [*block, *range(n, n + part.scratch)]
        for beta, key in part.factors:
            wide = RATIONAL.array(np.zeros(n + scratch, dtype=int)).copy()
            wide[slots] = key
            factors.append((beta, wide))
    return Factorization(factors, scratch, all(part.minimal for _, part in parts))


def blocks(matrix: Array) -> list[list[int]]:
    """The connected components of the coordinates that M mixes or changes."""
    n = len(matrix)
    linked = (matrix != 0) | (matrix.T != 0)
    found: list[list[int]] = []
    seen: set[int] = set()
    for first in range(n):
        if first in seen:
            continue
        block = [first]
        seen.add(first)
        for i in block:  # grows while it is read
            fresh = [j for j in range(n) if linked[i, j] and j not in seen]
            seen.update(fresh)
            block += fresh
        if len(block) > 1 or matrix[first, first] != 1:
            found.append(sorted(block))
    return found


def _shortest(matrix: Array) -> Factorization:
    for minimal in (orthogonal_factors, symmetric_factors):
        factors = minimal(matrix)
        if factors is not None:
            return Factorization(factors, 0, True)
    schedule, scratch = column_schedule(matrix)
    candidates = [Factorization(schedule, scratch, False)]
    backwards, extra = column_schedule(matrix.T)
    if not extra:  # (H₁ ⋯ H_m)ᵀ = H_m ⋯ H₁
        candidates.append(Factorization(backwards[::-1], 0, False))
    mapped = map_factors(matrix)
    if mapped is not None:
        candidates.append(Factorization(mapped, 0, False))
    rank = to_flint(_identity(len(matrix)) - matrix).rref()[1]
    best = min(candidates, key=lambda c: (len(c.factors), c.scratch))
    return best._replace(minimal=len(best.factors) == rank)


def orthogonal_factors(matrix: Array) -> list[Factor] | None:
    """rank(I - M) reflections where M Mᵀ = I, else None (Cartan, Dieudonné, Scherk).

    For a row x with x M ≠ x the reflection H(2/k·k, k), k = x M - x, sends x M to x and
    leaves every fixed row of M alone, since (x M - x)·f = 0. So M H fixes x too, and
    M = (M H) H. A permutation takes one swap less than a cycle has members.
    """
    n = len(matrix)
    rest = matrix.copy()
    if np.any(rest @ rest.T != _identity(n)):
        return None
    factors: list[Factor] = []
    for i in range(n):
        key = rest[i] - unit(i, n)
        if np.any(key != 0):
            reflection = (2 / key.dot(key), key)
            factors.insert(0, reflection)
            rest = rest - np.outer(rest.dot(key), key) * reflection[0]
    return factors


def symmetric_factors(matrix: Array) -> list[Factor] | None:
    """rank(I - M) factors where M = Mᵀ has rational eigenvalues only, else None.

    Eigenvectors k of eigenvalues λ, orthogonal by Gram and Schmidt without roots, give
    M = ∏ H((1 - λ)/k·k, k).
    """
    if np.any(matrix != matrix.T):
        return None
    n = len(matrix)
    factors: list[Factor] = []
    missing = n
    for root, _ in to_flint(matrix).charpoly().factor()[1]:
        if root.degree() > 1:
            return None
        eigenvalue = -fmpq(root[0]) / fmpq(root[1])
        space = null_rows(matrix - eigenvalue * _identity(n))
        missing -= len(space)
        if eigenvalue != 1:
            factors += [((1 - eigenvalue) / k.dot(k), k) for k in _orthogonal(space)]
    return factors if missing == 0 else None


def map_factors(matrix: Array) -> list[Factor] | None:
    """b + 1 factors for each b states that become one, then swaps; None for no map.

    M is a map where each row has a single nonzero entry, 1. Merging a block of b
    states: b - 1 factors project onto u = (1, …, 1), one sends u to e_s, s a state of
    the block, and one scales e_s by b. The block's states then go where they belong.
    """
    n = len(matrix)
    if np.any((matrix != 0).sum(axis=1) != 1) or np.any(matrix.sum(axis=1) != 1):
        return None
    successor = [int(np.flatnonzero(row)[0]) for row in matrix]
    factors: list[Factor] = []
    target: dict[int, int] = {}  # of a state that stands for its block
    for image in sorted(set(successor)):
        block = [i for i in range(n) if successor[i] == image]
        kept = image if image in block else block[0]
        target[kept] = image
        if len(block) > 1:
            factors += _merge(block, kept, n)
    for kept in list(target):  # close every path of moves into a cycle
        if kept not in target.values():
            end = kept
            while end in target:
                end = target[end]
            target[end] = kept
    moved = _identity(n)
    for source, image in target.items():
        moved[source] = unit(image, n)
    return factors + (orthogonal_factors(moved) or [])


def _merge(block: list[int], kept: int, n: int) -> list[Factor]:
    factors: list[Factor] = []
    for i in range(1, len(block)):
        key = sum((unit(j, n) for j in block[:i]), -i * unit(block[i], n))
        factors.append((fmpq(1, i * (i + 1)), key))
    everything = sum((unit(j, n) for j in block), 0 * unit(kept, n))
    factors.append((fmpq(1, len(block) - 1), everything - unit(kept, n)))
    return [*factors, scale(kept, fmpq(len(block)), n)]


def null_rows(matrix: Array) -> Array:
    """A basis (m, n) of the rows v with v M = 0."""
    n = len(matrix)
    both = np.concatenate([matrix, _identity(n)], axis=1)
    reduced, rank = to_flint(both).rref()
    rows = from_flint(reduced)[:rank]
    return rows[np.all(rows[:, :n] == 0, axis=1), n:]


def _orthogonal(rows: Array) -> list[Array]:
    found: list[Array] = []
    for row in rows:
        for other in found:
            row = row - other * (row.dot(other) / other.dot(other))
        found.append(row)
    return found


def _identity(n: int) -> Array:
    return RATIONAL.array(np.eye(n, dtype=int)).copy()
