"""Small permutation groups by their elements: solvable or not, and cyclic factors.

A permutation g of {0, …, m - 1} is the tuple of its images, and `compose(g, h)` is g
first, then h: in the order of a word, as everywhere in the library.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Permutation: TypeAlias = tuple[int, ...]
Group: TypeAlias = frozenset[Permutation]

SIMPLE_GROUPS = {
    60: "A5",
    168: "PSL(2,7)",
    360: "A6",
    504: "PSL(2,8)",
    660: "PSL(2,11)",
    1092: "PSL(2,13)",
    2448: "PSL(2,17)",
    2520: "A7",
    3420: "PSL(2,19)",
    4080: "PSL(2,16)",
    5616: "PSL(3,3)",
    6048: "PSU(3,3)",
    6072: "PSL(2,23)",
    7800: "PSL(2,25)",
    7920: "M11",
    9828: "PSL(2,27)",
    12180: "PSL(2,29)",
    14880: "PSL(2,31)",
}
"""The non-abelian simple groups of order below 20,160, where orders are unique."""


class GroupTooLarge(ValueError):
    """A group has more elements than it may."""


@dataclass(frozen=True)
class Factor:
    """One cyclic factor G/N of a subnormal series, with N normal in G.

    Attributes:
        order: |G/N|.
        generator: t, whose powers t⁰, …, t^{order - 1} are in different cosets of N.
        exponents: for each g of G the e with g in N tᵉ.
    """

    order: int
    generator: Permutation
    exponents: dict[Permutation, int]

    def power(self, exponent: int) -> Permutation:
        """tᵉ."""
        result = identity(len(self.generator))
        for _ in range(exponent % self.order):
            result = compose(result, self.generator)
        return result


def identity(degree: int) -> Permutation:
    return tuple(range(degree))


def compose(first: Permutation, second: Permutation) -> Permutation:
    """First one, then the other."""
    return tuple([second[i] for i in first])


def inverse(permutation: Permutation) -> Permutation:
    result = [0] * len(permutation)
    for i, image in enumerate(permutation):
        result[image] = i
    return tuple(result)


def generated(generators: Iterable[Permutation], degree: int, max_order: int) -> Group:
    """All products of the generators; GroupTooLarge past `max_order` elements."""
    steps = set(generators)
    found = {identity(degree)}
    pending = list(found)
    for element in pending:  # grows while it is read
        for step in steps:
            product = compose(element, step)
            if product not in found:
                if len(found) >= max_order:
                    raise GroupTooLarge(
                        f"max_order: wanted groups of at most {max_order:,} elements, "
                        f"got a larger one on {degree} points"
                    )
                found.add(product)
                pending.append(product)
    return frozenset(found)


def normal_closure(
    seeds: Iterable[Permutation], generators: Iterable[Permutation], degree: int
) -> Group:
    """The least subgroup with the seeds that the generators' group leaves as it is."""
    acting = [(g, inverse(g)) for g in generators]
    found: Group = frozenset({identity(degree)})
    basis: list[Permutation] = []
    pending = list(seeds)
    for element in pending:  # grows while it is read
        if element in found:
            continue
        basis.append(element)
        found = generated(basis, degree, max_order=_UNBOUNDED)
        pending += [compose(compose(h, element), g) for g, h in acting]
    return found


_UNBOUNDED = 2**62  # a subgroup of a group that was enumerated


def derived_subgroup(generators: Iterable[Permutation], degree: int) -> Group:
    """G′, which the commutators of G generate."""
    steps = list(dict.fromkeys(generators))
    commutators = [
        compose(compose(inverse(g), inverse(h)), compose(g, h))
        for i, g in enumerate(steps)
        for h in steps[:i]
    ]
    return normal_closure(commutators, steps, degree)


def few_generators(group: Group) -> list[Permutation]:
    """Some elements that generate the group, at most log₂ of its order."""
    degree = len(next(iter(group)))
    basis: list[Permutation] = []
    found: Group = frozenset({identity(degree)})
    for element in sorted(group):
        if element not in found:
            basis.append(element)
            found = generated(basis, degree, _UNBOUNDED)
            if len(found) == len(group):
                break
    return basis


def perfect_core(group: Group) -> Group:
    """The last group of the derived series: trivial exactly where G is solvable."""
    degree = len(next(iter(group)))
    while True:
        smaller = derived_subgroup(few_generators(group), degree)
        if len(smaller) == len(group):
            return group
        group = smaller


def cyclic_series(group: Group, *, prime: bool = True) -> tuple[Factor, ...]:
    """Cyclic factors G = N₀ ▷ N₁ ▷ … ▷ 1 of a solvable group, from the top.

    Of prime order, or, where `prime` is False, of larger orders while that is cyclic.
    Raises ValueError for groups that are not solvable.
    """
    factors = []
    while len(group) > 1:
        steps = few_generators(group)
        normal = derived_subgroup(steps, len(steps[0]))
        if len(normal) == len(group):
            raise ValueError("group: wanted a solvable one")
        factor, group = _cyclic_quotient(group, normal, prime)
        factors.append(factor)
    return tuple(factors)


def _cyclic_quotient(group: Group, normal: Group, prime: bool) -> tuple[Factor, Group]:
    """A cyclic quotient of the abelian G/N, N made larger until it is one.

    N/G′ larger only while <N, g> ≠ G: when no such g is left, G/N has prime order.
    """
    degree = len(next(iter(group)))
    basis = few_generators(normal)
    generator = None
    for element in sorted(group):
        generator = None if prime else _generator(group, normal)
        if generator is not None:
            break
        if element not in normal:
            larger = generated([*basis, element], degree, _UNBOUNDED)
            if len(larger) < len(group):
                basis, normal = [*basis, element], larger
    if generator is None:  # of prime order: any element outside
        generator = next(g for g in sorted(group) if g not in normal)
    exponents, power = {}, identity(degree)
    order = len(group) // len(normal)
    for exponent in range(order):
        exponents.update({compose(n, power): exponent for n in normal})
        power = compose(power, generator)
    return Factor(order, generator, exponents), normal


def _generator(group: Group, normal: Group) -> Permutation | None:
    """An element whose powers meet every coset of N, or None where there is none."""
    index = len(group) // len(normal)
    for element in sorted(group):
        power, order = element, 1
        while power not in normal:
            power, order = compose(power, element), order + 1
        if order == index:
            return element
    return None


def simple_factor(perfect: Group) -> str:
    """The name of a non-abelian simple quotient of a perfect group G ≠ 1.

    N grows by the normal closures of elements as long as it stays a proper subgroup;
    G/N is then simple, and its order gives its name.
    """
    steps = few_generators(perfect)
    degree = len(steps[0])
    normal: Group = frozenset({identity(degree)})
    outside: set[Permutation] = set()
    for element in sorted(perfect):
        if element in normal or element in outside:
            continue
        larger = normal_closure([*few_generators(normal), element], steps, degree)
        if len(larger) < len(perfect):
            normal = larger
        else:
            outside |= {compose(compose(inverse(g), element), g) for g in perfect}
    order = len(perfect) // len(normal)
    return SIMPLE_GROUPS.get(order, f"a simple group of order {order:,}")
