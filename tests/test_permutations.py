"""Permutation groups: series, and the names of simple factors, beside sympy."""

from math import gcd, prod

import pytest
from hypothesis import given
from sympy.combinatorics import PermutationGroup
from sympy.combinatorics.named_groups import (
    AbelianGroup,
    AlternatingGroup,
    DihedralGroup,
    SymmetricGroup,
)

from automata_rnn.automata.permutations import (
    SIMPLE_GROUPS,
    GroupTooLarge,
    Permutation,
    compose,
    cyclic_series,
    derived_subgroup,
    generated,
    perfect_core,
    simple_factor,
)
from tests.groups import GENERATORS, generator_lists, to_sympy


@given(generator_lists())
def test_groups_agree_with_sympy(generators: list[Permutation]) -> None:
    degree = len(generators[0])
    peer, ours = to_sympy(generators), generated(generators, degree, 720)
    assert len(ours) == peer.order()
    assert len(derived_subgroup(generators, degree)) == peer.derived_subgroup().order()
    assert (len(perfect_core(ours)) == 1) == peer.is_solvable


NAMED = [
    SymmetricGroup(4),
    AlternatingGroup(4),
    DihedralGroup(6),
    DihedralGroup(8),
    AbelianGroup(2, 4, 3),
    AbelianGroup(4, 4),
]


@pytest.mark.parametrize("prime", [True, False])
@pytest.mark.parametrize("peer", NAMED, ids=lambda peer: f"order {peer.order()}")
def test_series_have_cyclic_factors(peer: PermutationGroup, prime: bool) -> None:
    """Each exponent map is a homomorphism onto Z_order, whose kernel comes next."""
    degree = peer.degree
    group = generated([tuple(g.array_form) for g in peer.generators], degree, 1000)
    factors = cyclic_series(group, prime=prime)
    assert prod(factor.order for factor in factors) == peer.order()
    for factor in factors:
        assert set(factor.exponents) == group
        for g in group:
            for h in list(group)[:8]:
                total = factor.exponents[g] + factor.exponents[h]
                assert factor.exponents[compose(g, h)] == total % factor.order
        assert factor.exponents[factor.generator] == 1 % factor.order
        group = frozenset(g for g, e in factor.exponents.items() if e == 0)
        if prime:
            assert all(factor.order % d for d in range(2, factor.order))
    assert len(group) == 1


def test_larger_cyclic_factors_are_fewer() -> None:
    twelve = generated([(1, 2, 3, 0, 5, 6, 4)], 7, 100)
    assert [f.order for f in cyclic_series(twelve, prime=False)] == [12]
    assert sorted(f.order for f in cyclic_series(twelve)) == [2, 2, 3]


@pytest.mark.parametrize("name", ["A5", "S5", "PSL(2,7)"])
def test_simple_factors_have_names(name: str) -> None:
    generators = GENERATORS[name]
    group = generated(generators, len(generators[0]), 1000)
    assert simple_factor(perfect_core(group)) == {"S5": "A5"}.get(name, name)


def test_simple_factors_of_groups_that_are_not_simple() -> None:
    """A5 × A5 on ten points, and SL(2,5) on the 24 vectors of GF(5)² but 0."""
    left = [(*g, *range(5, 10)) for g in GENERATORS["A5"]]
    right = [(*range(5), *(i + 5 for i in g)) for g in GENERATORS["A5"]]
    assert simple_factor(generated([*left, *right], 10, 4000)) == "A5"
    vectors = [(x, y) for x in range(5) for y in range(5) if (x, y) != (0, 0)]
    turn = tuple(vectors.index((y, -x % 5)) for x, y in vectors)
    shear = tuple(vectors.index((x, (x + y) % 5)) for x, y in vectors)
    special = generated([turn, shear], 24, 1000)
    assert len(special) == 120
    assert simple_factor(perfect_core(special)) == "A5"


def test_orders_of_simple_groups() -> None:
    for order, name in SIMPLE_GROUPS.items():
        if name.startswith("PSL(2,"):
            q = int(name[6:-1])
            assert order == q * (q * q - 1) // gcd(2, q - 1)
        elif name.startswith("A"):
            assert order == AlternatingGroup(int(name[1:])).order()


def test_series_refuses_what_is_not_solvable() -> None:
    with pytest.raises(ValueError, match="wanted a solvable one"):
        cyclic_series(generated(GENERATORS["S5"], 5, 200))
    with pytest.raises(GroupTooLarge, match="at most 100 elements"):
        generated(GENERATORS["S5"], 5, 100)
