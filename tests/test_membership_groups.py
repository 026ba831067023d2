"""Groups in monoids, against sympy; and groups too large to enumerate."""

from collections.abc import Iterator
from importlib import util
from itertools import permutations
from math import comb, factorial
from typing import Any

import numpy as np
import pytest
from sympy.combinatorics import Permutation, PermutationGroup
from sympy.combinatorics.named_groups import (
    AlternatingGroup,
    CyclicGroup,
    DihedralGroup,
    SymmetricGroup,
)

from automata_rnn import Alphabet
from automata_rnn.automata import DFATable
from automata_rnn.automata.permutations import SIMPLE_GROUPS
from automata_rnn.membership import classify, green, maximal_subgroups, syntactic_monoid
from automata_rnn.membership.groups import Subgroup, derived_series

ACC0, NC1 = "in ACC⁰, within TC⁰", "NC¹-complete"


def word_problem(generators: Any) -> DFATable:
    """Words that send point 0 to itself; minimal where the group is transitive."""
    rows = np.array(generators, dtype=np.intp)
    points = np.arange(rows.shape[1])
    return DFATable(Alphabet(range(len(rows))), 0, rows, points == 0)


def only_group(table: DFATable) -> Subgroup:
    monoid = syntactic_monoid(table)
    (group,) = maximal_subgroups(monoid, green(monoid.maps))
    return group


def arrays(group: PermutationGroup) -> list[list[int]]:
    return [g.array_form for g in group.generators]


def affine(p: int, multiplier: int) -> PermutationGroup:
    """x ↦ x + 1 and x ↦ m x modulo p."""
    return PermutationGroup(
        Permutation([(x + 1) % p for x in range(p)]),
        Permutation([x * multiplier % p for x in range(p)]),
    )


def transitive_groups() -> Iterator[PermutationGroup]:
    for n in range(3, 7):
        yield from (SymmetricGroup(n), CyclicGroup(n), DihedralGroup(n))
    yield from (AlternatingGroup(n) for n in range(4, 8))
    yield from (affine(5, 2), affine(7, 3), affine(7, 2), affine(11, 2), affine(13, 2))
    yield PermutationGroup(  # PSL(2, 7) on the points of the Fano plane
        Permutation(6)(0, 1, 2, 3, 4, 5, 6), Permutation(6)(1, 2)(3, 6)
    )
    yield PermutationGroup(  # PSL(2, 5) on six points
        Permutation(5)(0, 1, 2, 3, 4), Permutation(0, 5)(1, 4)
    )
    yield PermutationGroup(  # S3 wr Z2 on six points
        Permutation(5)(0, 1, 2), Permutation(5)(0, 1), Permutation(0, 3)(1, 4)(2, 5)
    )
    yield PermutationGroup(  # S4 x Z2 as the symmetries of a cube's faces
        Permutation(5)(0, 1, 2, 3), Permutation(5)(0, 4, 2, 5), Permutation(5)(4, 5)
    )


def random_transitive_groups(count: int) -> Iterator[PermutationGroup]:
    rng = np.random.default_rng(5)
    while count:
        n = int(rng.integers(3, 8))
        group = PermutationGroup(
            *(Permutation(rng.permutation(n).tolist(), size=n) for _ in range(2))
        )
        if group.is_transitive() and group.order() <= 2520:
            count -= 1
            yield group


def test_transitive_groups_agree_with_sympy() -> None:
    """Order, derived series and solvability of each."""
    tried = 0
    for group in [*transitive_groups(), *random_transitive_groups(25)]:
        found = only_group(word_problem(arrays(group)))
        assert found.order == group.order()
        orders = [part.order() for part in group.derived_series()]
        assert list(found.derived) == orders
        assert found.solvable == group.is_solvable
        assert found.abelian == group.is_abelian
        assert (found.simple_order > 1) == (not group.is_solvable)
        tried += 1
    assert tried > 45


@pytest.mark.parametrize(
    ("group", "solvable", "simple"),
    [
        (SymmetricGroup(3), True, None),
        (SymmetricGroup(4), True, None),
        (AlternatingGroup(4), True, None),
        (AlternatingGroup(5), False, "A5"),
        (SymmetricGroup(5), False, "A5"),
        (AlternatingGroup(6), False, "A6"),
    ],
)
def test_solvable_or_nc1_complete(
    group: PermutationGroup, solvable: bool, simple: str | None
) -> None:
    report = classify(word_problem(arrays(group)))
    assert report[ACC0].verdict == ("yes" if solvable else "no")
    line = report[NC1]
    assert line.verdict == ("no" if solvable else "yes")
    diagonal = report["diagonal layers, complex gates"]
    assert diagonal.verdict == ("yes" if solvable else "no")
    if simple is None:
        return
    assert line.data["simple_group"] == simple
    assert "Merrill" in diagonal.reason
    core = PermutationGroup(*(Permutation(row) for row in line.data["perfect_core"]))
    order = line.data["derived_series"][-1]
    assert core.order() == core.derived_subgroup().order() == order


def test_generators_are_words_that_do_what_is_said() -> None:
    """In a monoid with resets, the group is found inside and its words act on it."""
    rows = [*arrays(SymmetricGroup(5)), [0, 0, 0, 0, 0]]
    table = word_problem(rows)
    monoid = syntactic_monoid(table)
    (group,) = maximal_subgroups(monoid, green(monoid.maps))
    assert group.order == 120
    for word, permutation in zip(group.words, group.generators, strict=True):
        for i, q in enumerate(group.points):
            state = int(q)
            for symbol in word:
                state = table.step(state, symbol)
            assert state == group.points[permutation[i]]
    assert classify(table)[NC1].verdict == "yes"


def test_a_simple_quotient_is_found_above_a_normal_subgroup() -> None:
    """Z2 wr A5 has the perfect part 2⁴:A5, whose only simple quotient is A5."""
    pairs = [
        [*(2 * q + b for q in row for b in (0, 1))]
        for row in arrays(AlternatingGroup(5))
    ]
    flip = [1, 0, *range(2, 10)]
    found = only_group(word_problem([*pairs, flip]))
    assert found.order == 32 * 60
    assert found.derived == (1920, 960)
    assert found.simple_name() == "A5"


def test_the_table_of_simple_groups_has_their_orders() -> None:
    """|PSL(2, q)| = q (q² - 1)/gcd(2, q - 1), and |A_n| = n!/2."""
    for order, name in SIMPLE_GROUPS.items():
        if name.startswith("PSL(2"):
            q = int(name[6:-1])
            assert order == q * (q * q - 1) // (2 if q % 2 else 1)
    for n, order in ((5, 60), (6, 360), (7, 2520)):
        assert SIMPLE_GROUPS[order] == f"A{n}"
        assert AlternatingGroup(n).order() == order
    orders = list(SIMPLE_GROUPS)
    assert orders == sorted(orders)


def test_derived_series_ignore_repeated_and_trivial_generators() -> None:
    rows = np.array([[0, 1, 2], [1, 2, 0], [1, 2, 0]])
    orders, core = derived_series(rows)
    assert orders == (3, 1)
    assert core.shape == (0, 3)
    assert derived_series(rows[:1])[0] == (1,)


def test_a_symmetric_group_too_large_is_decided_by_schreier_and_sims() -> None:
    report = classify(word_problem(arrays(SymmetricGroup(10))), max_elements=1000)
    assert report.facts["elements of the syntactic monoid"] == "more than 1,000"
    assert report[NC1].verdict == "yes"
    assert report[NC1].data["order"] == 3_628_800
    assert report[ACC0].verdict == "no"
    assert report["in AC⁰"].verdict == "no"
    assert report["piecewise testable"].verdict == "no"


def test_units_of_a_monoid_too_large_decide_where_they_are_not_solvable() -> None:
    rows = [*arrays(SymmetricGroup(7)), [0, 0, *range(2, 7)]]
    report = classify(word_problem(rows), max_elements=1000)
    assert report[NC1].verdict == "yes"
    assert report[NC1].data["order"] == 5040
    solvable = [*arrays(SymmetricGroup(4)), [0, 0, 2, 3]]
    small = classify(word_problem(solvable), max_elements=100)
    assert small[NC1].verdict == "unknown"
    assert small["diagonal layers, gates of either sign"].verdict == "no"
    assert classify(word_problem(solvable))[NC1].verdict == "no"


@pytest.mark.parametrize(("n", "partitions"), [(2, 2), (3, 5), (4, 15), (5, 52)])
def test_full_transformation_monoids_are_as_in_the_books(
    n: int, partitions: int
) -> None:
    """n^n maps; kernels, images and ranks are the R-, L- and D-classes; groups S_k."""
    collapse = [0, 0, *range(2, n)]
    rows = [*(g.array_form for g in SymmetricGroup(n).generators), collapse]
    facts = classify(word_problem(rows)).facts
    assert facts["elements of the syntactic monoid"] == n**n
    assert facts["R-classes"] == partitions
    assert facts["L-classes"] == 2**n - 1
    assert facts["D-classes"] == n
    idempotents = sum(comb(n, k) * k ** (n - k) for k in range(1, n + 1))
    assert facts["idempotents"] == idempotents
    orders = " ".join(str(factorial(k)) for k in range(2, n + 1))
    assert facts["groups"] == orders


def test_a_large_solvable_group_is_decided_too() -> None:
    """Z2 wr Z2 wr … : the Sylow 2-subgroup of S16, of order 2¹⁵."""
    rows = [list(range(16)) for _ in range(4)]
    for level, row in enumerate(rows):
        half = 2**level
        row[: 2 * half] = [*range(half, 2 * half), *range(half)]
    report = classify(word_problem(rows), max_elements=500)
    assert report[ACC0].data["order"] == 2**15
    assert report["diagonal layers, gates of either sign"].verdict == "yes"
    assert report["diagonal layers, complex gates"].verdict == "yes"
    assert report[NC1].verdict == "no"


def test_without_sympy_a_large_group_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A solvable one, of 110 elements."""
    find = util.find_spec
    for module in ("membership.partial", "automata.large_groups"):
        monkeypatch.setattr(
            f"automata_rnn.{module}.find_spec",
            lambda name: None if name == "sympy" else find(name),
        )
    report = classify(word_problem(arrays(affine(11, 2))), max_elements=100)
    assert report[NC1].verdict == "unknown"
    assert "automata-rnn[groups]" in report[NC1].reason


def test_small_symmetric_groups_are_the_maps_that_permute() -> None:
    """Negative control: one letter fewer, and S3 is not generated."""
    for n in (2, 3, 4):
        everything = list(permutations(range(n)))
        assert len(syntactic_monoid(word_problem(everything))) == len(everything)
    rotation = word_problem([[1, 2, 0]])
    assert len(syntactic_monoid(rotation)) == 3
