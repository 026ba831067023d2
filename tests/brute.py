"""Brute force: all short words, and values by sums over paths."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from automata_rnn import Alphabet, Word
from automata_rnn.automata import WFA


def all_words(alphabet: Alphabet, longest: int) -> Iterator[Word]:
    """All words up to a length, shorter ones first, in the order of the alphabet."""
    for length in range(longest + 1):
        yield from product(alphabet.symbols, repeat=length)


def value_by_paths(wfa: WFA, word: Word) -> Any:
    """f(w) as the sum over all paths of states of the products of their weights."""
    ring = wfa.semiring
    codes = [wfa.alphabet.code(s) for s in word]
    if wfa.alphabet.bos is not None:
        codes.insert(0, wfa.alphabet.code(wfa.alphabet.bos))
    total = ring.array([ring.zero])
    for path in product(range(wfa.num_states), repeat=len(codes) + 1):
        weight = wfa.initial[path[0] : path[0] + 1]
        for code, source, target in zip(codes, path, path[1:], strict=False):
            weight = ring.times(weight, wfa.weights[code, source, target : target + 1])
        weight = ring.times(weight, wfa.final[path[-1] : path[-1] + 1])
        total = ring.plus(total, weight)
    return total[0]


def rational_rank(matrix: Any) -> int:
    """Rank by Gaussian elimination in exact fractions, written out."""
    rows = [list(row) for row in np.asarray(matrix, dtype=object)]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] / rows[rank][column]
            rows[r] = [x - factor * y for x, y in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank
