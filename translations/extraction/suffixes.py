"""Words that reach the states of a DFA, and words that tell them apart."""

from typing import TypeAlias

import numpy as np

from automata_rnn.automata import DFATable

Key: TypeAlias = tuple[int, ...]


def access_words(table: DFATable) -> dict[int, Key]:
    """A shortest word to each reachable state, by codes; the states breadth-first."""
    words: dict[int, Key] = {table.initial: ()}
    pending = [table.initial]
    for state in pending:  # grows while it is read
        for code in range(len(table.alphabet)):
            target = int(table.successors[code, state])
            if target not in words:
                words[target] = (*words[state], code)
                pending.append(target)
    return words


def separating_suffixes(table: DFATable) -> list[Key]:
    """A characterising set: suffixes on which any two inequivalent states differ.

    It begins with the empty word, and every other suffix is a letter before another
    one. A suffix is added where it splits a class; where no letter before a suffix
    does, the classes are a congruence (Moore 1956).
    """
    suffixes: list[Key] = [()]
    columns = [table.accepting]
    classes = _classes(columns)
    position = 0
    rows = table.successors[: len(table.alphabet)].tolist()
    letters = {tuple(row): code for code, row in reversed([*enumerate(rows)])}
    while position < len(suffixes):
        for code in sorted(letters.values()):  # of letters that do the same, the first
            column = columns[position][table.successors[code]]
            finer = _classes([*columns, column])
            if finer > classes:
                classes = finer
                suffixes.append((code, *suffixes[position]))
                columns.append(column)
        position += 1
    return suffixes


def _classes(columns: list[np.ndarray]) -> int:
    return len(np.unique(np.stack(columns, axis=1), axis=0))
