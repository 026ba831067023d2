"""Locally testable and locally threshold testable languages.

A language is locally testable when the set of factors of length k, with the first and
last k - 1 letters, decides; threshold testable when the numbers of occurrences, counted
up to a threshold, do. Idempotents of one 𝓓-class give isomorphic local monoids and the
conditions are about categories of them, so that one idempotent a class is enough.
"""

import numpy as np

from automata_rnn.membership.algebra import Algebra
from automata_rnn.membership.maps import Indices
from automata_rnn.membership.report import Line, no, unknown, yes
from automata_rnn.membership.varieties import local

LOCAL = "locally testable"
THRESHOLD = "locally threshold testable"


def locally_testable(algebra: Algebra) -> Line:
    """Whether e S e is idempotent and commutative for each idempotent e of S."""
    reason = "eSe are semilattices (Brzozowski, Simon 1973; McNaughton 1974)"
    maps = algebra.monoid.maps.elements
    work = 0
    for e in algebra.representatives:
        around = local(algebra, int(e), int(e))
        rows = maps[around]
        square = np.take_along_axis(rows, rows, axis=1)
        moving = np.flatnonzero((square != rows).any(axis=1))
        if len(moving):
            x = int(around[moving[0]])
            return _refused(algebra, LOCAL, reason, e, (x, x), "twice is not once")
        work += len(around) ** 2
        if work > algebra.max_products:
            return _too_much(LOCAL, algebra)
        for i, x in enumerate(rows):
            differ = (rows[:, x] != x[rows]).any(axis=1)
            if np.any(differ):
                y = int(around[np.argmax(differ)])
                pair = (int(around[i]), y)
                return _refused(algebra, LOCAL, reason, e, pair, "order matters")
    said = f"{len(algebra.representatives)} local monoids are semilattices"
    return yes(LOCAL, said, reason)


def threshold_testable(algebra: Algebra) -> Line:
    """Whether M is aperiodic, and p q u = u q p for p, u in e S f and q in f S e.

    Beauquier and Pin 1989, after Thérien and Weiss 1985.
    """
    reason = "aperiodic, and p q u = u q p for p, u ∈ eSf, q ∈ fSe (Beauquier, Pin)"
    if not np.all(algebra.steady):
        x = int(np.argmin(algebra.steady))
        word = algebra.letters(x)
        said = f"{algebra.show(x)} permutes states"
        return no(THRESHOLD, said, reason, word=word)
    work = 0
    for e in algebra.representatives:
        for f in algebra.representatives:
            there = local(algebra, int(e), int(f))
            back = local(algebra, int(f), int(e))
            work += len(there) ** 2 * len(back)
            if work > algebra.max_products:
                return _too_much(THRESHOLD, algebra)
            found = _asymmetric(algebra, int(e), there, back)
            if found is not None:
                p, q, u = (algebra.show(x) for x in found)
                words = [algebra.letters(x) for x in found]
                said = f"{p}·{q}·{u} and {u}·{q}·{p} differ"
                return no(THRESHOLD, said, reason, words=words)
    pairs = len(algebra.representatives) ** 2
    return yes(THRESHOLD, f"{pairs} pairs of idempotents", reason)


def _asymmetric(
    algebra: Algebra, e: int, there: Indices, back: Indices
) -> tuple[int, int, int] | None:
    """p, q, u with p q u ≠ u q p. All begin with e, so that its image is enough."""
    maps = algebra.monoid.maps.elements
    points = np.unique(maps[e])
    starts, ends = maps[np.ix_(there, points)], maps[there]
    for q in back:
        middle = maps[q][starts]  # (p, point)
        for i, row in enumerate(middle):
            straight = ends[:, row]  # p q u for all u, (u, point)
            turned = ends[i][middle]  # u q p
            differ = (straight != turned).any(axis=1)
            if np.any(differ):
                return int(there[i]), int(q), int(there[np.argmax(differ)])
    return None


def _refused(
    algebra: Algebra, name: str, reason: str, e: int, pair: tuple[int, int], why: str
) -> Line:
    words = [algebra.letters(x) for x in (e, *pair)]
    shown = " and ".join(dict.fromkeys(algebra.show(x) for x in pair))
    around = algebra.show(int(e))
    said = f"between long ({around})^k, {shown}: {why}"
    return no(name, said, reason, idempotent=words[0], elements=words[1:])


def _too_much(name: str, algebra: Algebra) -> Line:
    return unknown(
        name,
        f"it takes more than {algebra.max_products:,} products; raise max_products",
    )
