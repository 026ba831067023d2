"""Deterministic connectivity reduces to its sorted form: L-hardness (Proposition 2).

An instance of deterministic connectivity is a partial function on 1 … n, the edges,
with source 1 and target n, where n has no edge out. A path is unrolled through copies
of the vertices, vertex i of copy h being i + h n, so that all edges go forward:

    (i + h n, j + (h+1) n)   for h = 0 … m-1 and each of the m edges (i, j),
    (n + h n, v_F)           for h = 0 … m,       v_F = n (m+1) + 1    (repair).

A path from 1 to n has at most m edges, so it arrives in a copy h ≤ m, and v_F is
reached exactly then. v_F is a sink. The printed form has v_F = n m + 1, which is vertex
1 of copy m already, and gives copy m no edge to it; it is kept to show that it fails.
"""

from collections.abc import Iterator, Mapping
from itertools import product

from automata_rnn.problems.graphs import Connectivity


def sort_graph(n: int, successor: Mapping[int, int]) -> Connectivity:
    """The sorted instance that has the answer of "does 1 reach n?" (repair).

    It has n (m+1) + 1 vertices and m² + m + 1 edges for m edges. ValueError where
    `successor` is not a partial function on 1 … n - 1 into 1 … n.
    """
    m = _check_graph(n, successor)
    target = n * (m + 1) + 1
    final = [(n + h * n, target) for h in range(m + 1)]
    return Connectivity(1, _sorted(_copies(n, successor) + final), target)


def printed_sort_graph(n: int, successor: Mapping[int, int]) -> Connectivity:
    """The reduction as printed, which is wrong for some graphs (paper).

    ValueError as for `sort_graph`, and where there is no edge: then there is no copy.
    """
    m = _check_graph(n, successor)
    if m == 0:
        raise ValueError("printed_sort_graph: wanted at least one edge, got none")
    target = n * m + 1
    final = [(n + h * n, target) for h in range(m)]
    return Connectivity(1, _sorted(_copies(n, successor) + final), target)


def reaches(n: int, successor: Mapping[int, int]) -> bool:
    """Whether 1 reaches n in the graph, which may have cycles."""
    vertex = 1
    for _ in range(n):
        if vertex == n:
            return True
        if vertex not in successor:
            return False
        vertex = successor[vertex]
    return False


def all_graphs(n: int) -> Iterator[dict[int, int]]:
    """All partial functions on 1 … n - 1 into 1 … n: (n+1)^(n-1) of them."""
    for row in product((None, *range(1, n + 1)), repeat=n - 1):
        yield {i: j for i, j in enumerate(row, 1) if j is not None}


def _check_graph(n: int, successor: Mapping[int, int]) -> int:
    """The number of edges; ValueError where one is not between the vertices."""
    for i, j in successor.items():
        if not (1 <= i < n and 1 <= j <= n):
            raise ValueError(
                f"successor: wanted edges from 1 … {n - 1} to 1 … {n}, got {(i, j)}"
            )
    if n < 1:
        raise ValueError(f"n: wanted at least one vertex, got {n}")
    return len(successor)


def _copies(n: int, successor: Mapping[int, int]) -> list[tuple[int, int]]:
    return [
        (i + h * n, j + (h + 1) * n)
        for h in range(len(successor))
        for i, j in successor.items()
    ]


def _sorted(edges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(edges))
