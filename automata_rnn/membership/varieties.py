"""Classes of regular languages that the syntactic monoid or semigroup decides.

Each function answers one question with a `Line`. S is the syntactic semigroup, M the
monoid; words stand for elements. Source for all of them, where no other is named:
Pin, Varieties of Formal Languages (1986).
"""

from collections.abc import Callable

import numpy as np

from automata_rnn.membership.algebra import Algebra
from automata_rnn.membership.maps import Indices
from automata_rnn.membership.report import Line, no, show, unknown, yes

Test = Callable[[Algebra], Line]

STAR_FREE = "star-free (aperiodic)"
COMMUTATIVE, GROUP = "commutative", "group language"
SCHUTZENBERGER = "first-order logic FO[<]: M is aperiodic (Schützenberger 1965)"


def aperiodic(algebra: Algebra) -> Line:
    """Whether no word permutes states in a cycle of two or more."""
    turning = np.flatnonzero(~algebra.steady)
    if len(turning):
        x = int(turning[0])
        cycle = longest_cycle(algebra.monoid.maps.elements[x])
        word = algebra.monoid.word(x)
        states = " → ".join(map(str, [*cycle, cycle[0]]))
        return no(
            STAR_FREE,
            f"the word {show(word)} permutes states {states}",
            SCHUTZENBERGER,
            word=list(map(str, word)),
            cycle=cycle,
        )
    if not algebra.complete:
        seen = len(algebra.monoid)
        because = f"the syntactic monoid has more than {seen:,} elements"
        return unknown(STAR_FREE, f"{because}; raise max_elements to go on")
    n = algebra.power
    return yes(
        STAR_FREE,
        f"x^{n} = x^{n + 1} for all {len(algebra.monoid):,} elements x",
        SCHUTZENBERGER,
        power=n,
    )


def longest_cycle(mapping: Indices) -> list[int]:
    """The longest cycle of states of a map; of those, one with the least state."""
    best: list[int] = []
    seen: set[int] = set()
    for start in range(len(mapping)):
        orbit: list[int] = []
        state = start
        while state not in seen:
            seen.add(state)
            orbit.append(state)
            state = int(mapping[state])
        if state in orbit and len(orbit) - orbit.index(state) > len(best):
            best = orbit[orbit.index(state) :]
    return best


def commutative(algebra: Algebra) -> Line:
    """Whether the order of letters never matters: letters commute pairwise."""
    name, reason = COMMUTATIVE, "letters commute exactly if all words do"
    letters = algebra.monoid.letters
    maps = algebra.letter_maps
    for i, x in enumerate(maps):
        for j in range(i):
            if np.any(maps[j][x] != x[maps[j]]):
                pair = [str(letters[j]), str(letters[i])]
                said = f"{show(pair)} and {show(pair[::-1])} differ in some context"
                return no(name, said, reason, letters=pair)
    return yes(name, f"{len(letters)} different letters commute", reason)


def group_language(algebra: Algebra) -> Line:
    """Whether M is a group: every letter permutes the states of the minimal DFA."""
    name, reason = GROUP, "M is a group exactly if letters permute states"
    table = algebra.monoid.table
    for code, row in enumerate(table.successors):
        if len(np.unique(row)) < table.num_states:
            states, counts = np.unique(row, return_counts=True)
            target = int(states[np.argmax(counts > 1)])
            merged = np.flatnonzero(row == target).tolist()[:2]
            symbol = str(table.alphabet.symbols[code])
            said = f"{symbol} merges states {merged[0]} and {merged[1]}"
            return no(name, said, reason, symbol=symbol, states=merged)
    return yes(name, f"all letters permute {table.num_states} states", reason)


def definite(algebra: Algebra) -> Line:
    """Whether the last k letters decide: S e = e for all idempotents e."""
    name, reason = "definite", "the last k letters decide: Se = e (Perles et al. 1963)"
    some = algebra.monoid.semigroup
    for e in algebra.monoid.idempotents:
        moved = algebra.monoid.maps.followed_by(some, int(e))
        if np.any(moved != e):
            x = int(some[np.argmax(moved != e)])
            return no(name, _before(algebra, int(e), x), reason, **_pair(algebra, e, x))
    k = window(algebra, backward=False)
    return yes(name, f"k = {k}", reason, k=k)


def reverse_definite(algebra: Algebra) -> Line:
    """Whether the first k letters decide: e S = e for all idempotents e."""
    name, reason = "reverse definite", "the first k letters decide: eS = e (Brzozowski)"
    some = algebra.monoid.semigroup
    for e in algebra.monoid.idempotents:
        moved = algebra.monoid.maps.times(int(e))[some]
        if np.any(moved != e):
            x = int(some[np.argmax(moved != e)])
            u, v = algebra.show(int(e)), algebra.show(x)
            said = f"after ({u})^k, {v} still makes a difference"
            return no(name, said, reason, **_pair(algebra, e, x))
    k = window(algebra, backward=True)
    return yes(name, f"k = {k}", reason, k=k)


def window(algebra: Algebra, *, backward: bool) -> int:
    """The least k so that words of k letters ignore what is before (after) them.

    For languages where there is one. x is such an element when a x = x (x a = x) for
    all letters a, and then all a x, x a are, too.
    """
    maps = algebra.monoid.maps
    graph = maps.right if backward else maps.left
    fixed = (graph == np.arange(len(maps))[:, None]).all(axis=1)
    reached = np.zeros(len(maps), dtype=bool)
    reached[0] = True
    k = 0
    while not np.all(fixed[reached]):
        following = np.zeros_like(reached)
        following[maps.right[reached]] = True
        reached, k = following, k + 1
    return k


def nilpotent(algebra: Algebra) -> Line:
    """Whether the language is finite or cofinite: e S = S e = e for idempotents e."""
    name = "finite or cofinite (nilpotent)"
    reason = "S has a zero as its only idempotent exactly then (Eilenberg 1976)"
    for line in (definite(algebra), reverse_definite(algebra)):
        if line.verdict == "no":
            return no(name, line.certificate, reason, **line.data)
    accepting = algebra.monoid.table.accepting
    some = algebra.monoid.idempotents
    if not len(some):
        return yes(name, "no letters", reason)
    zero = algebra.monoid.maps.elements[some[0]][algebra.monoid.table.initial]
    kind = "cofinite" if accepting[zero] else "finite"
    return yes(name, kind, reason, kind=kind)


def generalised_definite(algebra: Algebra) -> Line:
    """Whether the first and last k letters decide: e S e = e."""
    name = "generalised definite"
    reason = "first and last k letters decide: S is locally trivial, eSe = e"
    for e in algebra.representatives:
        around = algebra.local(e, e)
        other = around[around != e]
        if len(other):
            x = int(other[0])
            u, v = algebra.show(int(e)), algebra.show(x)
            said = f"within ({u})^k … ({u})^k, {v} makes a difference"
            return no(name, said, reason, **_pair(algebra, e, x))
    return yes(name, f"{len(algebra.monoid.idempotents)} idempotents", reason)


def piecewise_testable(algebra: Algebra) -> Line:
    """Whether subwords up to some length decide: M is 𝓙-trivial (Simon 1975)."""
    reason = "subwords of bounded length decide: M is J-trivial (Simon 1975)"
    return _trivial(algebra, "piecewise testable", algebra.relations.d, reason)


def r_trivial(algebra: Algebra) -> Line:
    reason = "disjoint unions of A₀*a₁A₁*…aₖAₖ*, aᵢ ∉ Aᵢ₋₁ (Eilenberg 1976)"
    return _trivial(algebra, "R-trivial", algebra.relations.r, reason)


def l_trivial(algebra: Algebra) -> Line:
    reason = "the reverses of the R-trivial languages"
    return _trivial(algebra, "L-trivial", algebra.relations.l, reason)


def _trivial(algebra: Algebra, name: str, classes: Indices, reason: str) -> Line:
    _, first, counts = np.unique(classes, return_index=True, return_counts=True)
    if np.all(counts == 1):
        return yes(name, f"all {len(counts):,} classes have one element", reason)
    x = int(np.min(first[counts > 1]))
    y = int(np.flatnonzero(classes == classes[x])[1])
    u, v = algebra.show(x), algebra.show(y)
    words = {"words": [algebra.letters(i) for i in (x, y)]}
    return no(name, f"{u} and {v} differ but are one class", reason, **words)


def two_variable(algebra: Algebra) -> Line:
    """Whether M is in DA: regular elements are idempotent."""
    name = "two-variable FO²[<] (DA)"
    reason = "regular D-classes hold idempotents only (Thérien, Wilke 1998)"
    d, maps = algebra.relations.d, algebra.monoid.maps
    regular = np.isin(d, d[maps.idempotents])
    regular[maps.idempotents] = False
    if np.any(regular):
        x = int(np.argmax(regular))
        word = algebra.letters(x)
        said = f"{algebra.show(x)} is regular and not idempotent"
        return no(name, said, reason, word=word)
    return yes(name, f"{len(maps.idempotents):,} regular elements", reason)


def _before(algebra: Algebra, e: int, x: int) -> str:
    return f"before ({algebra.show(e)})^k, {algebra.show(x)} still makes a difference"


def _pair(algebra: Algebra, e: int, x: int) -> dict[str, list[str]]:
    return {
        "idempotent": algebra.letters(e),
        "element": algebra.letters(x),
    }
