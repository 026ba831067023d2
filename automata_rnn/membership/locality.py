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
from automata_rnn.membership.varieties import commutative

LOCAL = "locally testable"
THRESHOLD = "locally threshold testable"


def locally_testable(algebra: Algebra) -> Line:
    """Whether e S e is idempotent and commutative for each idempotent e of S."""
    reason = "eSe are semilattices (Brzozowski, Simon 1973; McNaughton 1974)"
    idempotent = np.zeros(len(algebra.monoid), dtype=bool)
    idempotent[algebra.monoid.maps.idempotents] = True
    for e in algebra.representatives:
        around = algebra.local(e, e)
        moving = around[~idempotent[around]]
        if len(moving):
            x = int(moving[0])
            return _refused(algebra, LOCAL, reason, e, (x, x), "twice is not once")
    found = _crossing(algebra)
    if isinstance(found, Line):
        return found
    if found is not None:
        e, x, y = found
        return _refused(algebra, LOCAL, reason, e, (x, y), "order matters")
    said = f"{len(algebra.representatives)} local monoids are semilattices"
    return yes(LOCAL, said, reason)


def threshold_testable(algebra: Algebra) -> Line:
    """Whether M is aperiodic, and p q u = u q p for p, u in e S f and q in f S e.

    Beauquier and Pin 1989, after Thérien and Weiss 1985. With e = f and q = e: e S e is
    commutative. Once all are, factors of e S e and f S f move freely through p q u, so
    that p and u among generators of e S f, under both, and q of f S e are enough.
    """
    reason = "aperiodic, and p q u = u q p for p, u ∈ eSf, q ∈ fSe (Beauquier, Pin)"
    if not np.all(algebra.steady):
        x = int(np.argmin(algebra.steady))
        said = f"{algebra.show(x)} permutes states"
        return no(THRESHOLD, said, reason, word=algebra.letters(x))
    crossing = _crossing(algebra)
    if isinstance(crossing, Line):
        return unknown(THRESHOLD, crossing.reason)
    if crossing is not None:
        e, x, y = crossing
        return _refused(algebra, THRESHOLD, reason, e, (x, y), "order matters")
    if commutative(algebra).verdict == "yes":
        return yes(THRESHOLD, "all letters commute", reason)
    work = 0
    for e in algebra.representatives:
        for f in algebra.representatives:
            if e == f:
                continue
            work += len(algebra.monoid)
            if work > algebra.max_products:
                return unknown(THRESHOLD, _budget(algebra))
            there, back = generators(algebra, e, f), generators(algebra, f, e)
            work += len(there) ** 2 * len(back)
            if work > algebra.max_products:
                return unknown(THRESHOLD, _budget(algebra))
            found = _asymmetric(algebra, int(e), there, back)
            if found is not None:
                p, q, u = (algebra.show(x) for x in found)
                words = [algebra.letters(x) for x in found]
                said = f"{p}·{q}·{u} and {u}·{q}·{p} differ"
                return no(THRESHOLD, said, reason, words=words)
    pairs = len(algebra.representatives) ** 2
    return yes(THRESHOLD, f"{pairs} pairs of idempotents", reason)


def generators(algebra: Algebra, e: int, f: int) -> Indices:
    """Elements of e S f whose multiples by e S e and f S f are all of it."""
    maps = algebra.monoid.maps
    left, right = algebra.local(e, e), algebra.local(f, f)
    covered = np.zeros(len(maps), dtype=bool)
    chosen = []
    for p in algebra.local(e, f):
        if not covered[p]:
            chosen.append(int(p))
            covered[maps.followed_by(left, int(p))] = True
            covered[maps.times(int(p))[right]] = True
    return np.array(chosen, dtype=np.intp)


def _crossing(algebra: Algebra) -> tuple[int, int, int] | Line | None:
    """e and x, y in e S e with x y ≠ y x; a line where that is too much work."""
    if commutative(algebra).verdict == "yes":
        return None
    maps = algebra.monoid.maps.elements
    work = 0
    for e in algebra.representatives:
        around = algebra.local(e, e)
        work += len(around) ** 2 + len(maps)
        if work > algebra.max_products:
            return unknown(LOCAL, _budget(algebra))
        points = np.unique(maps[e])  # of all x y, the image is here, and x = e x e
        rows = np.searchsorted(points, maps[np.ix_(around, points)])
        for i, x in enumerate(rows):
            differ = (rows[:, x] != x[rows]).any(axis=1)
            if np.any(differ):
                return int(e), int(around[i]), int(around[np.argmax(differ)])
    return None


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
    words = [algebra.letters(int(x)) for x in (e, *pair)]
    shown = " and ".join(dict.fromkeys(algebra.show(x) for x in pair))
    around = algebra.show(int(e))
    said = f"between long ({around})^k, {shown}: {why}"
    return no(name, said, reason, idempotent=words[0], elements=words[1:])


def _budget(algebra: Algebra) -> str:
    return f"it takes more than {algebra.max_products:,} products; raise max_products"
