"""Languages and permutation groups by name; groups as generators and as automata."""

import numpy as np
from hypothesis import strategies as st
from sympy.combinatorics import Permutation as Symmetry
from sympy.combinatorics import PermutationGroup

from automata_rnn import Alphabet
from automata_rnn.automata import DFATable
from automata_rnn.automata.permutations import Permutation, compose, identity

GENERATORS: dict[str, list[Permutation]] = {
    "Z6": [(1, 2, 3, 4, 5, 0)],
    "S3": [(1, 0, 2), (1, 2, 0)],
    "S4": [(1, 0, 2, 3), (1, 2, 3, 0)],
    "A4": [(1, 2, 0, 3), (0, 2, 3, 1)],
    "A5": [(1, 2, 0, 3, 4), (0, 1, 3, 4, 2)],
    "S5": [(1, 0, 2, 3, 4), (1, 2, 3, 4, 0)],
    "PSL(2,7)": [(1, 2, 3, 4, 5, 6, 0), (1, 0, 2, 3, 6, 5, 4)],
}


STAR_FREE = {
    "a b somewhere": "(a|b)*ab(a|b)*",
    "(ab)*": "(ab)*",
    "(ab|c)*": "(ab|c)*",
    "ends with a": "(a|b)*a",
    "a*b*": "a*b*",
    "finite": "aab|ba?",
    "Dyck of depth 2": "(a(ab)*b)*",
    "Dyck of depth 3": "(a(a(ab)*b)*b)*",
    "third from the end": "(a|b)*a(a|b)(a|b)",
    "C comment": "/x([/o]|x+o)*x+/",
}


def to_sympy(generators: list[Permutation]) -> PermutationGroup:
    return PermutationGroup([Symmetry(list(g)) for g in generators])


@st.composite
def generator_lists(draw: st.DrawFn) -> list[Permutation]:
    degree = draw(st.integers(2, 6))
    one = st.permutations(range(degree)).map(tuple)
    found: list[Permutation] = draw(st.lists(one, min_size=1, max_size=3))
    return found


def action(generators: list[Permutation]) -> DFATable:
    """The automaton that permutes points; point 0 is initial and accepts."""
    degree = len(generators[0])
    alphabet = Alphabet("abcdefghij"[: len(generators)])
    table = np.array(generators, dtype=np.intp)
    return DFATable(alphabet, 0, table, np.arange(degree) == 0)


def word_problem(generators: list[Permutation]) -> DFATable:
    """The automaton of the words that multiply to 1; states are the group elements."""
    one = identity(len(generators[0]))
    number, pending = {one: 0}, [one]
    rows = []
    for element in pending:  # grows while it is read
        products = [compose(element, g) for g in generators]
        for product in products:
            if product not in number:
                number[product] = len(number)
                pending.append(product)
        rows.append([number[product] for product in products])
    successors = np.array(rows, dtype=np.intp).T.copy()
    alphabet = Alphabet("abcdefghij"[: len(generators)])
    return DFATable(alphabet, 0, successors, np.arange(len(rows)) == 0)


def is_aperiodic(table: DFATable) -> bool:
    """By definition: every element m of the transition monoid has m^n = m^{n+1}."""
    n = table.num_states
    letters = [tuple(map(int, row)) for row in table.successors]
    elements = [identity(n)]
    for element in elements:  # grows while it is read
        elements += [
            product
            for product in dict.fromkeys(compose(element, g) for g in letters)
            if product not in elements
        ]
    for element in elements:
        power = identity(n)
        for _ in range(n):
            power = compose(power, element)
        if compose(power, element) != power:
            return False
    return True
