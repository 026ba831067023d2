"""What can be said of a syntactic monoid that is too large to enumerate.

A word that permutes states is a counter, whatever the other elements are. And letters
that permute all states of the minimal DFA generate the group of units, whose order and
solvability sympy finds (Schreier and Sims) however large it is: the extra `[groups]`.
Where all letters permute, that group is the monoid.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

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

ASSUMING = "no if ACC⁰ ≠ NC¹"


def partial_lines(algebra: Algebra) -> dict[str, Line]:
    """Lines by name, for those that an incomplete monoid decides."""
    lines: dict[str, Line] = {}
    turning = np.flatnonzero(~algebra.steady)
    if len(turning):
        said = f"{algebra.show(int(turning[0]))} permutes states"
        for name in APERIODIC_ONLY:
            lines[name] = no(name, said, "aperiodic languages only have it")
    group = group_of_units(algebra)
    if group is not None:
        whole = _permuting(algebra).all()
        lines |= {line.name: line for line in _group_lines(group, bool(whole))}
    return lines


def too_large(name: str, algebra: Algebra) -> Line:
    """The honest answer where M was not enumerated."""
    because = f"the syntactic monoid has more than {len(algebra.monoid):,} elements"
    advice = "raise max_elements"
    if _permuting(algebra).any() and find_spec("sympy") is None:
        advice += ", or pip install 'automata-rnn[groups]' for permutations"
    return unknown(name, f"{because}; {advice}")


def group_of_units(algebra: Algebra) -> Any:
    """sympy's group of the letters that permute all states, or None: there are none,
    or sympy is missing."""
    permuting = _permuting(algebra)
    if not permuting.any() or find_spec("sympy") is None:
        return None
    combinatorics = import_module("sympy.combinatorics")
    rows = np.unique(algebra.monoid.table.successors[permuting], axis=0)
    return combinatorics.PermutationGroup(
        [combinatorics.Permutation(row) for row in rows.tolist()]
    )


def _permuting(algebra: Algebra) -> npt.NDArray[np.bool_]:
    """Which letters permute all states."""
    table = algebra.monoid.table
    ordered = np.sort(table.successors, axis=1) == np.arange(table.num_states)
    letters: npt.NDArray[np.bool_] = ordered.all(axis=1)
    return letters


def _group_lines(group: Any, whole: bool) -> Iterator[Line]:
    """`whole`: the group is the monoid; else only what one subgroup decides."""
    order = int(group.order())
    kind = "M is" if whole else "units of M are"
    said = f"{kind} a group of order {order:,} on {group.degree} states"
    if not group.is_solvable:
        said += ", not solvable"
        yield no(complexity.ACC0, said, f"{complexity.COMPLETE}; {ASSUMING}")
        yield yes(complexity.NC1, said, complexity.COMPLETE, order=order)
        yield no(complexity.AC0, said, "the perfect core is in every stable semigroup")
        yield no(holding.COMPLEX_GATES, said, holding.IN_TC0)
    elif whole:
        yield yes(complexity.ACC0, said, complexity.SOLVABLE, order=order)
        yield no(complexity.NC1, said, f"{complexity.SOLVABLE}; {ASSUMING}")
        yield yes(holding.COMPLEX_GATES, said, holding.CASCADE, layers=None)
    if order & (order - 1):
        yield no(holding.SIGNED, said, holding.PERIODS)
    elif whole:
        yield yes(holding.SIGNED, said, holding.SIGN_CASCADE, layers=None)
