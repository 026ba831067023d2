"""Whether rational matrices are triangular in one basis over ℂ, exactly.

They are exactly when the commutators [A_i, A_j] lie in the radical of the algebra that
they generate (McCoy 1936). In characteristic 0 the radical is {x : tr(x y) = 0 for all
y of the algebra} (Dickson), and words span the algebra, so that a word y with
tr([A_i, A_j] A_y) ≠ 0 is a certificate that they are not.
"""

from collections import deque
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from flint import fmpq, fmpq_mat

from automata_rnn.exact.finite import random_prime
from automata_rnn.exact.rational import to_flint
from automata_rnn.semiring import Array


@dataclass(frozen=True)
class Triangularity:
    """The decision, with its certificate.

    Attributes:
        triangular: whether the matrices are triangular in one basis over ℂ.
        dimension: of the algebra that they generate with I.
        pair: codes i < j of a commutator outside the radical, or None.
        word: codes of y with tr([A_i, A_j] A_y) ≠ 0.
        trace: that trace; 0 where triangular.
    """

    triangular: bool
    dimension: int
    pair: tuple[int, int] | None
    word: tuple[int, ...]
    trace: fmpq


def triangularity(matrices: Array) -> Triangularity:
    """Decide for matrices (k, n, n) over ℚ.

    Words that are independent modulo a prime are so over ℚ; that they span is proved
    over ℚ, or another prime is tried.
    """
    letters = [to_flint(matrix) for matrix in matrices]
    commutators = {
        (i, j): letters[i] * letters[j] - letters[j] * letters[i]
        for i, j in combinations(range(len(letters)), 2)
    }
    while True:
        words, basis = _word_basis(letters, random_prime(31))
        for word, element in zip(words, basis, strict=True):
            for pair, commutator in commutators.items():
                trace = _trace_of_product(commutator, element)
                if trace != 0:
                    return Triangularity(False, len(basis), pair, word, trace)
        if _closed(basis, letters):
            return Triangularity(True, len(basis), None, (), fmpq(0))


def _word_basis(
    letters: list[fmpq_mat], prime: int
) -> tuple[list[tuple[int, ...]], list[fmpq_mat]]:
    """Words, shortest first, whose matrices are independent modulo a prime."""
    n = letters[0].nrows() if letters else 0
    identity = to_flint(np.eye(n, dtype=int).astype(object))
    words: list[tuple[int, ...]] = []
    basis: list[fmpq_mat] = []
    echelon: list[tuple[int, Array]] = []
    queue: deque[tuple[tuple[int, ...], fmpq_mat]] = deque([((), identity)])
    while queue:
        word, matrix = queue.popleft()
        if not _independent(echelon, matrix, prime):
            continue
        words.append(word)
        basis.append(matrix)
        queue += [((*word, i), matrix * a) for i, a in enumerate(letters)]
    return words, basis


def _independent(
    echelon: list[tuple[int, Array]], matrix: fmpq_mat, prime: int
) -> bool:
    """Add a matrix to rows in echelon form unless it depends on them."""
    integers, _ = matrix.numer_denom()
    row = np.array([int(v) % prime for v in integers.entries()], dtype=object)
    for pivot, known in echelon:
        if row[pivot]:
            row = (row - row[pivot] * known) % prime
    nonzero = np.flatnonzero(row)
    if not len(nonzero):
        return False
    pivot = int(nonzero[0])
    echelon.append((pivot, row * pow(int(row[pivot]), -1, prime) % prime))
    return True


def _closed(basis: list[fmpq_mat], letters: list[fmpq_mat]) -> bool:
    """Whether the span of the basis holds all products with letters, over ℚ."""
    rows = [matrix.entries() for matrix in basis]
    rows += [(matrix * a).entries() for matrix in basis for a in letters]
    size = len(rows[0]) if rows else 0
    stacked = fmpq_mat(len(rows), size, [entry for row in rows for entry in row])
    return int(stacked.rank()) == len(basis)


def _trace_of_product(a: fmpq_mat, b: fmpq_mat) -> fmpq:
    pairs = zip(a.entries(), b.transpose().entries(), strict=True)
    return sum((x * y for x, y in pairs), fmpq(0))
