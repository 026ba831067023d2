"""Instances of sorted connectivity: all small ones, and random ones without a shortcut.

The published data is decided by its endpoints: "s has an edge out and t an edge in" is
right on all of it (its buckets both start at vertex 0 and stay there). `two_paths` is
the published generator as it is described, with the buckets filled at random; `forests`
makes the endpoints tell nothing at all.
"""

from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np

from automata_rnn.problems.graphs import Connectivity, Edge, path
from automata_rnn.problems.problem import coin


def all_instances(n: int) -> Iterator[Connectivity]:
    """All instances on vertices 1 … n: n! graphs, n² n! instances.

    Vertex i has one of the n - i edges forward, or none.

    >>> [sum(1 for _ in all_instances(n)) for n in (1, 2, 3, 4)]
    [1, 8, 54, 384]
    """
    choices = [(None, *range(i + 1, n + 1)) for i in range(1, n + 1)]
    vertices = range(1, n + 1)
    for successors in product(*choices):
        edges = tuple((i, j) for i, j in enumerate(successors, 1) if j is not None)
        for source, target in product(vertices, vertices):
            yield Connectivity(source, edges, target)


def sink_targets(n: int) -> Iterator[Connectivity]:
    """Those of `all_instances` whose target has no edge out."""
    for instance in all_instances(n):
        if not has_edge_out(instance, instance.target):
            yield instance


def two_paths(
    rng: np.random.Generator, n: int, p: float = 0.5
) -> tuple[Connectivity, bool]:
    """Two disjoint paths through vertices 1 … n, from 1 to n (Appendix G, repaired).

    Vertices fall into two buckets, each into the first with probability p; 1 and n
    fall into the same one for half of the instances. Consecutive vertices of a bucket
    are joined. Then t = n is a sink. ValueError unless n ≥ 2 and 0 ≤ p ≤ 1.
    """
    if n < 2 or not 0 <= p <= 1:
        raise ValueError(f"two_paths: wanted n ≥ 2 and 0 ≤ p ≤ 1, got {n}, {p}")
    answer = coin(rng)
    bucket = rng.random(n) < p
    bucket[0] = coin(rng)
    bucket[-1] = bucket[0] == answer
    edges: list[Edge] = []
    for side in (False, True):
        members = [int(i) + 1 for i in np.flatnonzero(bucket == side)]
        edges += pairwise(members)
    return Connectivity(1, tuple(sorted(edges)), n), answer


def forests(
    rng: np.random.Generator, n: int, *, any_target: bool = False
) -> tuple[Connectivity, bool]:
    """Random forests on 1 … n with about √n + 2 sinks, and a balanced question.

    s always has an edge out and t always an edge in, so that whether they do says
    nothing. Without `any_target` t is a sink: the end of the path from s, or another.
    With it, t is any vertex on the path after s, or any vertex off the path that has an
    edge in. ValueError where n < 4, too few for two trees with edges.
    """
    if n < 4:
        raise ValueError(f"forests: wanted n ≥ 4, got {n}")
    answer = coin(rng)
    while True:
        edges = _random_edges(rng, n)
        entered = sorted({j for _, j in edges})
        left = {i for i, _ in edges}
        source = int(rng.choice(sorted(left))) if left else 0
        if not source:
            continue
        visited = path(Connectivity(source, edges, 1))
        asked = [j for j in entered if any_target or j not in left]
        asked = [j for j in asked if j != source and (j in visited) == answer]
        if asked:
            return Connectivity(source, edges, int(rng.choice(asked))), answer


def _random_edges(rng: np.random.Generator, n: int) -> tuple[Edge, ...]:
    """An edge forward from each vertex but n, missing for about √n of them."""
    missing = rng.random(n) < (np.sqrt(n) + 1) / n
    return tuple(
        (i, int(rng.integers(i + 1, n + 1))) for i in range(1, n) if not missing[i]
    )


def has_edge_out(instance: Connectivity, vertex: int) -> bool:
    """Whether an edge leaves `vertex`."""
    return any(i == vertex for i, _ in instance.edges)


def endpoint_shortcut(instance: Connectivity) -> bool:
    """A guess without the path: s has an edge out and t has an edge in.

    Right on every example of the published data; a good generator keeps it at chance.
    """
    entered = any(j == instance.target for _, j in instance.edges)
    return entered and has_edge_out(instance, instance.source)
