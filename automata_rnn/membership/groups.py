"""Maximal subgroups of a finite monoid, whether they are solvable, and why not.

The 𝓗-class of an idempotent e is a group of permutations of the image of e, and every
subgroup of the monoid is inside one of these. Subgroups are enumerated, so that the
derived series, the perfect core and its simple quotient are found by their definitions.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Symbol
from automata_rnn.automata.permutations import SIMPLE_GROUPS
from automata_rnn.membership.maps import Indices, MapMonoid, generate
from automata_rnn.membership.syntactic import Green, SyntacticMonoid, regular_classes

Permutations = npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Subgroup:
    """A maximal subgroup of a syntactic monoid.

    Attributes:
        order: how many elements.
        points: states that it permutes, shape (m,).
        generators: of the group, as permutations of 0, …, m - 1, shape (g, m).
        words: a shortest word for each generator.
        derived: orders of G, G', G'', … until they repeat; the last is 1 exactly for
            solvable groups.
        core: generators of the last one, the perfect core, as permutations.
        simple_order: the order of a simple quotient of the perfect core; 1 if solvable.
    """

    order: int
    points: Indices
    generators: Permutations
    words: tuple[tuple[Symbol, ...], ...]
    derived: tuple[int, ...]
    core: Permutations
    simple_order: int

    @property
    def solvable(self) -> bool:
        return self.derived[-1] == 1

    @property
    def abelian(self) -> bool:
        return self.solvable and len(self.derived) <= 2

    def simple_name(self) -> str:
        """The simple quotient of the perfect core, by name where the order tells."""
        order = self.simple_order
        return SIMPLE_GROUPS.get(order, f"a simple group of order {order:,}")


def maximal_subgroups(
    monoid: SyntacticMonoid, relations: Green
) -> tuple[Subgroup, ...]:
    """The nontrivial maximal subgroups, one for each regular 𝓓-class that has them.

    Those of one 𝓓-class are isomorphic.
    """
    found = []
    for e in regular_classes(monoid, relations):
        members = np.flatnonzero(relations.h == relations.h[e])
        if len(members) > 1:
            found.append(subgroup(monoid, int(e), members))
    return tuple(found)


def subgroup(monoid: SyntacticMonoid, e: int, members: Indices) -> Subgroup:
    """The group of the 𝓗-class `members` of an idempotent e."""
    elements = monoid.maps.elements
    points = np.unique(elements[e])
    rows = np.searchsorted(points, elements[np.ix_(members, points)])
    order = len(members)
    generators: list[int] = []
    known = {tuple(range(len(points)))}
    for i, row in enumerate(map(tuple, rows.tolist())):
        if row not in known:
            generators.append(i)
            known = set(map(tuple, generated(rows[generators]).elements.tolist()))
            if len(known) == order:
                break
    chosen = rows[generators]
    derived, core = derived_series(chosen)
    words = tuple(monoid.word(int(members[i])) for i in generators)
    simple = simple_quotient(core) if derived[-1] > 1 else 1
    return Subgroup(order, points, chosen, words, derived, core, simple)


def generated(permutations: npt.ArrayLike, max_order: int = 10**6) -> MapMonoid:
    """The group that permutations (g, m) generate: the monoid, since it is finite.

    Raises ValueError where it has more than `max_order` elements.
    """
    group = generate(permutations, max_order)
    if not group.complete:
        raise ValueError(f"max_order: wanted a group of at most {max_order} elements")
    return group


def inverse(permutations: Permutations) -> Permutations:
    return np.argsort(permutations, axis=-1).astype(permutations.dtype)


def conjugate(x: Permutations, g: Permutations) -> Permutations:
    """g⁻¹ x g: first g⁻¹, then x, then g."""
    row: Permutations = g[x[inverse(g)]]
    return row


def normal_closure(group: Permutations, some: Iterable[Permutations]) -> MapMonoid:
    """The smallest subgroup that holds `some` and is normal under `group`.

    A conjugate of a generator that is not in the subgroup yet at least doubles it.
    """
    m = group.shape[1]
    generators = [row for row in some if np.any(row != np.arange(m))]
    found = generated(np.array(generators, dtype=np.intp).reshape(-1, m))
    known = set(map(tuple, found.elements.tolist()))
    for x in generators:  # grows while it is read
        for g in group:
            moved = conjugate(x, g)
            if tuple(moved.tolist()) not in known:
                generators.append(moved)
                found = generated(np.array(generators, dtype=np.intp))
                known = set(map(tuple, found.elements.tolist()))
    return found


def derived_series(generators: Permutations) -> tuple[tuple[int, ...], Permutations]:
    """Orders of G, G', G'', … until one repeats, and generators of the last.

    G' is the normal closure of the commutators of generators.
    """
    current: Permutations = np.asarray(generators, dtype=np.intp)
    orders = [len(generated(current))]
    while orders[-1] > 1:
        backwards = inverse(current)
        commutators = [
            h[g[hi[gi]]]  # g⁻¹ h⁻¹ g h, acting from left to right
            for g, gi in zip(current, backwards, strict=True)
            for h, hi in zip(current, backwards, strict=True)
        ]
        smaller = normal_closure(current, commutators)
        if len(smaller) == orders[-1]:
            break
        orders.append(len(smaller))
        current = independent_generators(smaller)
    return tuple(orders), current


def independent_generators(group: MapMonoid) -> Permutations:
    """Elements each outside the subgroup of those before it."""
    chosen: list[int] = []
    known = {tuple(group.elements[0].tolist())}
    for i, row in enumerate(map(tuple, group.elements.tolist())):
        if row not in known:
            chosen.append(i)
            known = set(map(tuple, generated(group.elements[chosen]).elements.tolist()))
    return group.elements[np.array(chosen, dtype=np.intp)].astype(np.intp)


def simple_quotient(perfect: Permutations) -> int:
    """The order of P/N for a maximal normal subgroup N of a perfect group P ≠ 1.

    Whatever can be added to N without making it P is; P/N is then simple, and not
    abelian since P is perfect.
    """
    everything = generated(perfect)
    base: list[Permutations] = []
    inside = {tuple(everything.elements[0].tolist())}
    outside: set[tuple[int, ...]] = set()  # normal closure with N is P
    for row in everything.elements.astype(np.intp):
        key = tuple(row.tolist())
        if key in inside or key in outside:
            continue
        larger = normal_closure(perfect, [*base, row])
        if len(larger) == len(everything):
            outside |= _conjugates(perfect, row)
        else:
            inside = set(map(tuple, larger.elements.tolist()))
            base = list(independent_generators(larger))
    return len(everything) // len(inside)


def _conjugates(group: Permutations, x: Permutations) -> set[tuple[int, ...]]:
    found = {tuple(x.tolist())}
    pending = [x]
    for row in pending:  # grows while it is read
        for g in group:
            moved = conjugate(row, g)
            if tuple(moved.tolist()) not in found:
                found.add(tuple(moved.tolist()))
                pending.append(moved)
    return found
