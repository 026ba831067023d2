"""What can be said of a syntactic monoid that is too large to enumerate.

A word that permutes states is a counter, whatever the other elements are. And where all
letters permute the states of the minimal DFA, the monoid is a group of permutations,
whose order and solvability sympy finds (Schreier and Sims) however large it is: the
extra `[groups]`.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

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
    group = permutation_group(algebra)
    if group is not None:
        lines |= {line.name: line for line in _group_lines(algebra, group)}
    return lines


def too_large(name: str, algebra: Algebra) -> Line:
    """The honest answer where M was not enumerated."""
    because = f"the syntactic monoid has more than {len(algebra.monoid):,} elements"
    advice = "raise max_elements"
    if _permutes(algebra) and find_spec("sympy") is None:
        advice += ", or pip install 'automata-rnn[groups]' for permutations"
    return unknown(name, f"{because}; {advice}")


def permutation_group(algebra: Algebra) -> Any:
    """sympy's group of the letters, or None: some merge states, or it is missing."""
    if not _permutes(algebra) or find_spec("sympy") is None:
        return None
    combinatorics = import_module("sympy.combinatorics")
    rows = np.unique(algebra.monoid.table.successors, axis=0)
    return combinatorics.PermutationGroup(
        [combinatorics.Permutation(row) for row in rows.tolist()]
    )


def _permutes(algebra: Algebra) -> bool:
    table = algebra.monoid.table
    sorted_rows = np.sort(table.successors, axis=1)
    return bool(np.all(sorted_rows == np.arange(table.num_states)))


def _group_lines(algebra: Algebra, group: Any) -> Iterator[Line]:
    order = int(group.order())
    said = f"M is a group of order {order:,} on {group.degree} states"
    if group.is_solvable:
        yield yes(complexity.ACC0, said, complexity.SOLVABLE, order=order)
        yield no(complexity.NC1, said, f"{complexity.SOLVABLE}; {ASSUMING}")
        yield yes(holding.COMPLEX_GATES, said, holding.CASCADE, layers=None)
    else:
        said += ", not solvable"
        yield no(complexity.ACC0, said, f"{complexity.COMPLETE}; {ASSUMING}")
        yield yes(complexity.NC1, said, complexity.COMPLETE, order=order)
        yield no(complexity.AC0, said, "the perfect core is in every stable semigroup")
        yield no(holding.COMPLEX_GATES, said, holding.IN_TC0)
    if order & (order - 1):
        yield no(holding.SIGNED, said, holding.PERIODS)
    else:
        yield yes(holding.SIGNED, said, holding.SIGN_CASCADE, layers=None)
