"""All minimal complete DFAs with n states, one for each language."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from automata_rnn import Alphabet
from automata_rnn.automata import DFATable

COUNTS = {1: 2, 2: 24, 3: 1028, 4: 56014}
"""How many languages over two letters have a minimal complete DFA with n states."""


def minimal_tables(n: int, letters: str = "ab") -> Iterator[DFATable]:
    """Tables numbered breadth-first, so that no two are isomorphic."""
    alphabet = Alphabet(letters)
    for rows in _connected(n, len(letters)):
        successors = np.array(rows, dtype=np.intp).T.copy()
        for accepting in product((False, True), repeat=n):
            if _is_minimal(rows, accepting):
                yield DFATable(alphabet, 0, successors, np.array(accepting))


def _connected(n: int, letters: int) -> Iterator[list[tuple[int, ...]]]:
    """Transition tables whose states are numbered in the order of first visit."""

    def extend(cells: list[int], seen: int) -> Iterator[list[int]]:
        state = len(cells) // letters
        if state == n:
            yield cells
            return
        if state >= seen:  # numbered before it was reached
            return
        for target in range(min(seen + 1, n)):
            yield from extend([*cells, target], max(seen, target + 1))

    for cells in extend([], 1):
        if max(cells, default=0) == n - 1 or n == 1:
            yield [tuple(cells[i * letters : (i + 1) * letters]) for i in range(n)]


def _is_minimal(rows: list[tuple[int, ...]], accepting: tuple[bool, ...]) -> bool:
    """Moore's refinement: all states are told apart."""
    blocks = [int(a) for a in accepting]
    while True:
        signatures = [
            (blocks[q], *(blocks[t] for t in row)) for q, row in enumerate(rows)
        ]
        names = {s: i for i, s in enumerate(dict.fromkeys(signatures))}
        refined = [names[s] for s in signatures]
        if len(set(refined)) == len(set(blocks)):
            return len(set(refined)) == len(rows)
        blocks = refined
