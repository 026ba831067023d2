"""What can be said of a syntactic monoid that is too large to enumerate.

A word that permutes states is a counter, whatever the other elements are. And letters
that permute all states of the minimal DFA generate the group of units. A cycle may show
a simple factor of it (Jordan), and sympy finds its order and whether it is solvable
(Schreier and Sims), however large it is: the extra `[groups]`. Where all letters
permute, that group is the monoid.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.automata.large_groups import UNNAMED, large_simple_factor
from automata_rnn.automata.permutations import Permutation
from automata_rnn.membership import complexity, holding, locality
from automata_rnn.membership.algebra import Algebra
from automata_rnn.membership.report import Line, no, unknown, yes

APERIODIC_ONLY = (
    "piecewise testable",
    "R-trivial",
    "L-trivial",
    "two-variable FO²[<] (DA)",
    "finite or cofinite (nilpotent)",
    "definite",
    "reverse definite",
    "generalised definite",
    locality.LOCAL,
    locality.THRESHOLD,
    holding.POSITIVE,
)
"""Properties of aperiodic languages only."""

LISTED = 20_000  # elements of quotients that are enumerated
ASSUMING = "no if ACC⁰ ≠ NC¹"


def partial_lines(algebra: Algebra) -> dict[str, Line]:
    """Lines by name, for those that an incomplete monoid decides."""
    lines: dict[str, Line] = {}
    turning = np.flatnonzero(~algebra.steady)
    if len(turning):
        said = f"{algebra.show(int(turning[0]))} permutes states"
        for name in APERIODIC_ONLY:
            lines[name] = no(name, said, "aperiodic languages only have it")
    letters = _permuting(algebra)
    if letters.any():
        rows = np.unique(algebra.monoid.table.successors[letters], axis=0)
        generators = [tuple(row) for row in rows.tolist()]
        found = _group_lines(generators, bool(letters.all()))
        lines |= {line.name: line for line in found}
    return lines


def too_large(name: str, algebra: Algebra) -> Line:
    """The honest answer where M was not enumerated."""
    because = f"the syntactic monoid has more than {len(algebra.monoid):,} elements"
    advice = "raise max_elements"
    if _permuting(algebra).any() and find_spec("sympy") is None:
        advice += ", or pip install 'automata-rnn[groups]' for permutations"
    return unknown(name, f"{because}; {advice}")


def sympy_group(generators: list[Permutation]) -> Any:
    """sympy's group, or None where sympy is missing."""
    if find_spec("sympy") is None:
        return None
    combinatorics = import_module("sympy.combinatorics")
    return combinatorics.PermutationGroup(
        [combinatorics.Permutation(list(g)) for g in generators]
    )


def _permuting(algebra: Algebra) -> npt.NDArray[np.bool_]:
    """Which letters permute all states."""
    table = algebra.monoid.table
    ordered = np.sort(table.successors, axis=1) == np.arange(table.num_states)
    letters: npt.NDArray[np.bool_] = ordered.all(axis=1)
    return letters


def _group_lines(generators: list[Permutation], whole: bool) -> Iterator[Line]:
    """`whole`: the group is the monoid; else only what one subgroup decides."""
    factor, group = large_simple_factor(generators, LISTED), sympy_group(generators)
    if factor is None and group is not None and group.is_solvable:
        yield from _solvable_lines(int(group.order()), len(generators[0]), whole)
    elif group is not None or factor is not None:
        order = factor.order if group is None and factor else int(group.order())
        name, why = (factor.name, f": {factor.reason}") if factor else (UNNAMED, "")
        said = _group_text(order, len(generators[0]), whole)
        said += f", not solvable: simple factor {name}{why}"
        data = {"order": order, "simple_group": name}
        yield no(complexity.ACC0, said, f"{complexity.COMPLETE}; {ASSUMING}")
        yield yes(complexity.NC1, said, complexity.COMPLETE, **data)
        yield no(complexity.AC0, said, "the perfect core is in every stable semigroup")
        yield no(holding.COMPLEX_GATES, said, holding.IN_TC0)
        yield no(holding.SIGNED, said, holding.PERIODS)


def _solvable_lines(order: int, states: int, whole: bool) -> Iterator[Line]:
    said = _group_text(order, states, whole)
    if whole:
        yield yes(complexity.ACC0, said, complexity.SOLVABLE, order=order)
        yield no(complexity.NC1, said, f"{complexity.SOLVABLE}; {ASSUMING}")
        yield yes(holding.COMPLEX_GATES, said, holding.CASCADE, layers=None)
    if order & (order - 1):
        yield no(holding.SIGNED, said, holding.PERIODS)
    elif whole:
        yield yes(holding.SIGNED, said, holding.SIGN_CASCADE, layers=None)


def _group_text(order: int | None, states: int, whole: bool) -> str:
    kind = "M is" if whole else "units of M are"
    size = "large group" if order is None else f"group of order {order:,}"
    return f"{kind} a {size} on {states} states"
