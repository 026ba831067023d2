"""How many accepting runs a word of length t may have: Weber and Seidl 1991.

For an automaton without ε-moves, on useful states only. Two patterns decide:

    EDA: a state q with two different runs q → q on one word: exponentially many runs.
    IDA: states p ≠ q with runs p → p, p → q and q → q on one word: at least linearly
         many; d such pairs in a row, at least of degree d, and degree d is the truth
         for the longest row where there is no EDA.

An arc of weight c in ℕ counts as c parallel arcs, so that the same numbers bound the
value of an automaton over ℕ.
"""

from collections import deque
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from automata_rnn.membership.components import components

Flags = npt.NDArray[np.bool_]
Arcs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ambiguity:
    """The growth of the number of accepting runs.

    Attributes:
        unambiguous: whether no word has two.
        degree: of the polynomial that bounds it: 0 is finitely ambiguous; None where
            it is exponential.
        states: the state of EDA, or the pairs of IDA, as certificates.
    """

    unambiguous: bool
    degree: int | None
    states: tuple[tuple[int, ...], ...]


def ambiguity(initial: Arcs, arcs: Arcs, final: Arcs) -> Ambiguity:
    """Of counts in ℕ of shapes (n,), (k, n, n) and (n,).

    Builds the graph of triples of states, n³ of them: meant for n up to about 40.
    Certificates name the states as given. Raises ValueError for negative counts.
    """
    for name, array in (("initial", initial), ("arcs", arcs), ("final", final)):
        if np.any(array < 0):
            raise ValueError(f"{name}: wanted counts of at least 0, got {array.min()}")
    useful = useful_states(initial, arcs, final)
    names = np.flatnonzero(useful)
    moves = arcs[:, names][:, :, names]
    single = _unambiguous(initial[names], moves, final[names])
    doubled = _exponential(moves)
    if doubled is not None:
        return Ambiguity(False, None, ((int(names[doubled]),),))
    pairs = _branching_pairs(moves)
    chain = _longest_chain(moves, pairs)
    named = tuple((int(names[p]), int(names[q])) for p, q in chain)
    return Ambiguity(single, len(chain), named)


def useful_states(initial: Arcs, arcs: Arcs, final: Arcs) -> Flags:
    """States on a path from an initial to a final one."""
    graph = some_arc(arcs)
    return _reach(initial > 0, graph) & _reach(final > 0, graph.T)


def some_arc(arcs: Arcs) -> Flags:
    """The graph (n, n) of all letters."""
    graph: Flags = np.any(arcs > 0, axis=0)
    return graph


def _reach(first: Flags, graph: Flags) -> Flags:
    reached = first.copy()
    while True:
        larger = reached | graph[reached].any(axis=0)
        if np.array_equal(larger, reached):
            return reached
        reached = larger


def _unambiguous(initial: Arcs, arcs: Arcs, final: Arcs) -> bool:
    """Whether no word has two accepting runs, or one of weight 2 or more.

    Two runs that part meet in no pair of different states that is reachable and from
    which a pair of final states can be reached.
    """
    if np.any(initial > 1) or np.any(arcs > 1) or np.any(final > 1):
        return False
    n = len(initial)
    pairs = _pair_graph(arcs > 0)
    start = np.outer(initial > 0, initial > 0).ravel()
    end = np.outer(final > 0, final > 0).ravel()
    both = _reach(start, pairs) & _reach(end, pairs.T)
    both.reshape(n, n)[range(n), range(n)] = False
    return not np.any(both)


def _pair_graph(arcs: Flags) -> Flags:
    """(p, q) → (p', q') by a common letter, as a matrix (n², n²)."""
    n = arcs.shape[1]
    graph = np.zeros((n * n, n * n), dtype=bool)
    for letter in arcs:
        graph |= np.kron(letter, letter)
    return graph


def _exponential(arcs: Arcs) -> int | None:
    """A state with two runs to itself on one word, or None.

    That is a pair (p, p') with p ≠ p' in the component of (q, q) among pairs, or an arc
    of weight 2 or more on a cycle.
    """
    n = arcs.shape[1]
    if not n:
        return None
    single = strong_components(some_arc(arcs))
    heavy = (arcs > 1).any(axis=0) & (single[:, None] == single[None])
    if np.any(heavy):
        return int(np.argwhere(heavy)[0, 0])
    of = strong_components(_pair_graph(arcs > 0)).reshape(n, n)
    for q in range(n):
        together = of == of[q, q]
        together[range(n), range(n)] = False
        if np.any(together):
            return q
    return None


def strong_components(graph: Flags) -> npt.NDArray[np.intp]:
    """Components of a Boolean matrix, each vertex with loops for missing arcs."""
    degree = int(graph.sum(axis=1).max()) if graph.size else 0
    targets = np.repeat(np.arange(len(graph))[:, None], max(1, degree), axis=1)
    for vertex, row in enumerate(graph):
        some = np.flatnonzero(row)
        targets[vertex, : len(some)] = some
    return components(targets)


def _branching_pairs(arcs: Arcs) -> list[tuple[int, int]]:
    """All (p, q), p ≠ q, with runs p → p, p → q and q → q on one word.

    That is a path of triples from (p, p, q) to (p, q, q), whose first member stays in
    the component of p and whose last in that of q.
    """
    n = arcs.shape[1]
    component = strong_components(some_arc(arcs)).tolist()
    following = [
        [np.flatnonzero(letter[p]).tolist() for p in range(n)] for letter in arcs > 0
    ]
    inside = [
        [[j for j in to if component[j] == component[i]] for i, to in enumerate(letter)]
        for letter in following
    ]
    return [
        (p, q)
        for p in range(n)
        for q in range(n)
        if component[p] != component[q]
        and _path(inside, following, (p, p, q), (p, q, q))
    ]


def _path(
    inside: list[list[list[int]]],
    following: list[list[list[int]]],
    start: tuple[int, int, int],
    end: tuple[int, int, int],
) -> bool:
    seen = {start}
    queue = deque([start])
    while queue:
        x, y, z = queue.popleft()
        for own, any_ in zip(inside, following, strict=True):
            for triple in product(own[x], any_[y], own[z]):
                if triple == end:
                    return True
                if triple not in seen:
                    seen.add(triple)
                    queue.append(triple)
    return False


def _longest_chain(arcs: Arcs, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest (p₁, q₁), (p₂, q₂), … with each q_i reaching p_{i+1}.

    Without EDA no pair can follow itself: p and q of a pair are in different
    components, so that the chain goes down strictly.
    """
    graph = some_arc(arcs)
    n = len(graph)
    reach = np.array([_reach(np.eye(n, dtype=bool)[i], graph) for i in range(n)])
    best: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def chain(pair: tuple[int, int]) -> list[tuple[int, int]]:
        if pair not in best:
            rest = [chain(other) for other in pairs if reach[pair[1], other[0]]]
            best[pair] = [pair, *max(rest, key=len, default=[])]
        return best[pair]

    return max((chain(pair) for pair in pairs), key=len, default=[])
