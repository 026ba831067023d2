"""Whether the matrices of all words are finitely many: decided by search.

A finitely generated monoid of matrices over a field is finite exactly when each element
has finitely many powers (McNaughton and Zalcstein 1975, after Burnside and Schur). So
listing products either ends, or meets one with infinitely many powers. For the minimal
automaton, finitely many matrices is the same as finitely many values f(w).
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpq_mat

from automata_rnn.automata import WFA
from automata_rnn.exact.rational import to_flint
from automata_rnn.membership.spectrum import Unbounded, unbounded

LARGEST_POLYNOMIAL = 12  # states up to which every product's polynomial is looked at
LARGEST_LOOK = 10**8  # n³ for each polynomial of n states, summed, past the letters'
LARGEST_IMAGE = 10**7  # entries of all matrices together


@dataclass(frozen=True)
class Image:
    """What listing the products of matrices found.

    Attributes:
        size: how many different ones, the identity included; None where the search
            ended early.
        seen: how many were seen.
        word: codes of a word whose matrix has infinitely many powers, or None.
        reason: why it has.
        growing: codes of a word whose powers grow exponentially, or None.
    """

    size: int | None
    seen: int
    word: tuple[int, ...] | None = None
    reason: Unbounded | None = None
    growing: tuple[int, ...] | None = None


def matrix_image(wfa: WFA, max_matrices: int, patience: int = 200) -> Image:
    """The monoid {W_w}, or a word that shows that it is infinite.

    Once it is known to be infinite, up to `patience` products are looked at for one
    that grows exponentially. Past 12 states, and `patience` products, fewer past 80,
    powers are looked at only where the trace shows that they are infinitely many.
    The matrices have at most 10⁷ entries in all.
    """
    letters = [to_flint(matrix) for matrix in wfa.weights]
    most = min(max_matrices, largest_image(wfa.num_states))
    cheap = LARGEST_LOOK // max(1, wfa.num_states) ** 3
    looked = min(patience, max(1 + len(letters), cheap))
    identity = to_flint(np.eye(wfa.num_states, dtype=int).astype(object))
    seen = {_key(identity)}
    queue: deque[tuple[fmpq_mat, tuple[int, ...]]] = deque([(identity, ())])
    found: tuple[tuple[int, ...], Unbounded] | None = None
    while queue:
        matrix, word = queue.popleft()
        for code, letter in enumerate(letters):
            product = matrix * letter
            key = _key(product)
            if key in seen:
                continue
            seen.add(key)
            longer = (*word, code)
            some = len(seen) <= looked or wfa.num_states <= LARGEST_POLYNOMIAL
            reason = unbounded(product) if some or _suspicious(product) else None
            if reason is not None and reason.grows:
                return Image(None, len(seen), longer, reason, longer)
            if reason is not None and found is None:
                found = longer, reason
            if len(seen) >= (min(looked, most) if found else most):
                break
            queue.append((product, longer))
        else:
            continue
        return Image(None, len(seen), *(found or (None, None)))
    if found is not None:  # every product was seen and powers repeat: cannot be
        raise AssertionError(found)
    return Image(len(seen), len(seen))


def largest_image(states: int) -> int:
    """How many matrices are held at most, whatever the budget."""
    return max(1, LARGEST_IMAGE // max(1, states) ** 2)


def _suspicious(matrix: fmpq_mat) -> bool:
    """Whether the trace is no sum of n zeros and roots of unity."""
    n = matrix.nrows()
    trace = sum((matrix[i, i] for i in range(n)), fmpq(0))
    return bool(trace.q != 1 or abs(trace) > n)


def _key(matrix: fmpq_mat) -> tuple[int, ...]:
    numerators, denominator = matrix.numer_denom()
    return (int(denominator), *map(int, numerators.entries()))
