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
    """A group has more elements than it may; it may be solvable or not."""


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
        return power_of(self.generator, exponent % self.order)


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

    Each abelian quotient of the derived series is split into cyclic summands, so that
    the factors of one quotient do not depend on each other; where `prime`, these are
    split further: into those of prime powers, which do not either, and ℤ/pᵏ into k
    factors of order p, with carries. ValueError for groups that are not solvable.
    """
    factors: list[Factor] = []
    while len(group) > 1:
        derived = derived_subgroup(few_generators(group), len(next(iter(group))))
        if len(derived) == len(group):
            raise ValueError("group: wanted a solvable one")
        while len(group) > len(derived):
            summand = max(sorted(group), key=lambda g: order_modulo(g, derived))
            rest = _complement(group, derived, summand)
            basis = few_generators(rest)
            chain = _chain(summand, order_modulo(summand, derived), prime)
            for i, (generator, order) in enumerate(chain):
                below = [g for g, _ in chain[i + 1 :]]
                normal = generated([*basis, *below], len(generator), _UNBOUNDED)
                factors.append(_factor(normal, generator, order))
                group = normal
    return tuple(factors)


def order_modulo(element: Permutation, normal: Group) -> int:
    """The least k ≥ 1 with the k-th power in a subgroup."""
    power, order = element, 1
    while power not in normal:
        power, order = compose(power, element), order + 1
    return order


def power_of(element: Permutation, exponent: int) -> Permutation:
    result = identity(len(element))
    for _ in range(exponent):
        result = compose(result, element)
    return result


def _complement(group: Group, derived: Group, summand: Permutation) -> Group:
    """K with G/G′ = ⟨g⟩ ⊕ K/G′, where no element has a larger order than g there.

    A largest subgroup that meets ⟨g⟩ in G′ only is one.
    """
    order, degree = order_modulo(summand, derived), len(summand)
    powers = [power_of(summand, e) for e in range(1, order)]
    basis, found = few_generators(derived), derived
    outside: set[Permutation] = set()
    for element in sorted(group):
        if element in found or element in outside:
            continue
        larger = generated([*basis, element], degree, _UNBOUNDED)
        if any(power in larger for power in powers):
            outside |= {compose(n, element) for n in found}
        else:
            basis, found = [*basis, element], larger
    return found


def _chain(
    summand: Permutation, order: int, prime: bool
) -> list[tuple[Permutation, int]]:
    """Generators of ⟨g⟩ and the orders of the factors that they stand for."""
    if not prime:
        return [(summand, order)]
    chain = []
    for p in (d for d in range(2, order + 1) if order % d == 0):
        if any(p % d == 0 for d in range(2, p)):
            continue
        part = p
        while order % (part * p) == 0:
            part *= p
        generator = power_of(summand, order // part)
        while part > 1:
            chain.append((generator, p))
            generator, part = power_of(generator, p), part // p
    return chain


def _factor(normal: Group, generator: Permutation, order: int) -> Factor:
    exponents: dict[Permutation, int] = {}
    power = identity(len(generator))
    for exponent in range(order):
        exponents.update({compose(n, power): exponent for n in normal})
        power = compose(power, generator)
    return Factor(order, generator, exponents)


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
