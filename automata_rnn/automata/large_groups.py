"""Non-abelian simple factors of permutation groups that are too large to enumerate.

A transitive group of degree n with a cycle of a prime length p, n/2 < p ≤ n - 3, that
fixes all other points contains Aₙ: a block that the cycle moves would be moved on an
orbit of p blocks, more than there are, so that one block holds the cycle and is
everything; and primitive groups with such a cycle contain Aₙ (Jordan 1873). A word
whose power is that cycle is the whole certificate: nothing is enumerated.

How a group acts on an orbit, or on the blocks of one, is a quotient, whose simple
factors are the group's. What this leaves open sympy may answer (Schreier and Sims), the
extra `[groups]`: the perfect residual is asked the same, and then its order.
"""

from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from math import factorial, lcm
from random import Random
from typing import Any

from automata_rnn.automata.group_actions import (
    blocks_of,
    cycle_lengths,
    orbits,
    product_of,
    quotients,
)
from automata_rnn.automata.permutations import (
    SIMPLE_GROUPS,
    GroupTooLarge,
    Permutation,
    generated,
    perfect_core,
    simple_factor,
)

LARGE_SIMPLE_GROUPS = {
    95_040: "M12",
    443_520: "M22",
    10_200_960: "M23",
    244_823_040: "M24",
}
"""Some more, whose orders are unique, too (Atlas of Finite Groups, 1985)."""

UNNAMED = "of unknown name"
WALKS = 60  # random words of each length
LARGEST_DEGREE, LARGEST_PRIMITIVE = 16, 24  # that sympy's derived series may have
MANY_GENERATORS, FEW_GENERATORS = 256, 6  # that sympy is given for orders, and then


@dataclass(frozen=True)
class SimpleFactor:
    """A non-abelian simple factor of a group.

    Attributes:
        name: such as "A8"; UNNAMED where it is only known that there is one.
        reason: why it is one.
        word: positions of generators whose product, raised to the power `exponent`, is
            a cycle of prime length on `points`; () where another reason is given.
        points: what the group acts on, the orbit or a point of each block.
        order: of the whole group, where it was found.
    """

    name: str
    reason: str
    word: tuple[int, ...] = ()
    exponent: int = 1
    points: tuple[int, ...] = ()
    order: int | None = None


def large_simple_factor(
    generators: list[Permutation], max_order: int
) -> SimpleFactor | None:
    """A non-abelian simple factor of the group; None where it is solvable or unknown.

    Quotients of at most `max_order` elements are enumerated.
    """
    found = _of_quotients(generators, max_order)
    if found is None and find_spec("sympy") and _within_reach(generators):
        return _by_sympy(generators, max_order)
    return found


def _within_reach(generators: list[Permutation]) -> bool:
    """Whether sympy's derived series takes seconds, not hours."""
    degree = len(generators[0])
    if degree <= LARGEST_DEGREE or degree > LARGEST_PRIMITIVE:
        return degree <= LARGEST_DEGREE
    transitive = [len(orbit) for orbit in orbits(generators)] == [degree]
    return transitive and blocks_of(generators) is None


def _of_quotients(generators: list[Permutation], max_order: int) -> SimpleFactor | None:
    for points, acting in quotients(generators):
        found = _by_jordan(acting)
        if found is not None:
            faithful = len(points) == len(generators[0])
            return replace(
                found, points=tuple(points), order=found.order if faithful else None
            )
        try:
            elements = generated(acting, len(points), max_order)
        except GroupTooLarge:
            continue
        core = perfect_core(elements)
        if len(core) > 1:
            reason = (
                f"its action on {len(points)} points has {len(elements):,} elements"
            )
            return SimpleFactor(simple_factor(core), reason, points=tuple(points))
    return None


def _by_jordan(generators: list[Permutation]) -> SimpleFactor | None:
    """Aₙ in a transitive group, by a random word of which a power is a cycle."""
    degree = len(generators[0])
    primes = [p for p in range(degree // 2 + 1, degree - 2) if _is_prime(p)]
    if not primes:  # none below degree 8
        return None
    choose, length = Random(0), 1
    while length <= 4 * degree:
        for _ in range(WALKS):
            word = tuple(choose.choices(range(len(generators)), k=length))
            cycles = cycle_lengths(product_of(generators, word))
            prime = next((p for p in primes if p in cycles), None)
            if prime is not None:
                exponent = lcm(*(size for size in cycles if size != prime))
                return _alternating(generators, word, exponent, prime)
        length *= 2
    return None


def _alternating(
    generators: list[Permutation], word: tuple[int, ...], exponent: int, prime: int
) -> SimpleFactor:
    degree = len(generators[0])
    reason = f"transitive on {degree} points with a {prime}-cycle (Jordan 1873)"
    odd = any(sum(s - 1 for s in cycle_lengths(g)) % 2 for g in generators)
    order = factorial(degree) // (1 if odd else 2)
    return SimpleFactor(f"A{degree}", reason, word, exponent, order=order)


def _is_prime(p: int) -> bool:
    return all(p % d for d in range(2, int(p**0.5) + 1))


def _by_sympy(generators: list[Permutation], max_order: int) -> SimpleFactor | None:
    """By the last group of the derived series, the perfect residual P."""
    group = by_few_generators(generators)
    if group is None:
        return None
    residual = group.derived_series()[-1]
    size, order = int(residual.order()), int(group.order())
    if size == 1:
        return None
    inner = [tuple(g.array_form) for g in residual.generators]
    found = _of_quotients(inner, max_order)
    said = f"the perfect residual has order {size:,}"
    if found is None:
        return SimpleFactor(_name_of_simple(residual, size), said, order=order)
    return SimpleFactor(
        found.name, f"{said}, {found.reason}", points=found.points, order=order
    )


def by_few_generators(generators: list[Permutation]) -> Any:
    """sympy's group by few random generators; None where as many do not generate it.

    sympy forms the commutators of all pairs of generators, with a search for each.
    """
    combinatorics = import_module("sympy.combinatorics")
    if len(generators) > MANY_GENERATORS:
        return None
    rows = [combinatorics.Permutation(list(g)) for g in generators]
    group = combinatorics.PermutationGroup(rows)
    choose = Random(0)
    for count in range(2, min(len(generators), FEW_GENERATORS + 1)):
        words = [choose.choices(range(len(generators)), k=30) for _ in range(count)]
        some = [product_of(generators, tuple(word)) for word in words]
        smaller = combinatorics.PermutationGroup(
            [combinatorics.Permutation(list(g)) for g in some]
        )
        if smaller.order() == group.order():
            return smaller
    return group if len(generators) <= FEW_GENERATORS else None


def _name_of_simple(residual: Any, size: int) -> str:
    """The name where P is seen to be simple, else `UNNAMED`.

    A 2-transitive group whose degree is no prime power has one minimal normal subgroup,
    simple and not abelian (Burnside), and modulo that it is solvable (Schreier); so has
    a transitive group of prime degree that is not solvable. P is perfect: it is simple.
    """
    moved = {p for g in residual.generators for p in g.support()}
    if len(moved) != len(residual.orbit(min(moved))):
        return UNNAMED
    stable = residual.stabilizer(min(moved))
    twice = len(stable.orbit(min(moved - {min(moved)}))) == len(moved) - 1
    if _is_prime(len(moved)) or (twice and not _is_prime_power(len(moved))):
        names = {**SIMPLE_GROUPS, **LARGE_SIMPLE_GROUPS}
        return names.get(size, f"a simple group of order {size:,}")
    return UNNAMED


def _is_prime_power(n: int) -> bool:
    p = next(d for d in range(2, n + 1) if n % d == 0)
    while n % p == 0:
        n //= p
    return n == 1
