"""Sorted deterministic graph connectivity: instances, answers and encodings.

Definition 11: vertices are 1, 2, …; each has at most one edge (i, j); edges are sorted
by i, and all go forward, j > i (a promise that Lemma 2 uses and the paper does not
state). The question is whether t is reachable from s, by any number of edges or none.

In unary, over {0, |, $}:

    target last    0^s | 0^i₁ | 0^j₁ | … | 0^i_m | 0^j_m | 0^t $
    target first   0^t | 0^s | 0^i₁ | 0^j₁ | … | 0^i_m | 0^j_m $

With the target last, no fixed machine with O(log n) bits answers for all targets: after
the edges it would have to know a set of vertices (repair of Theorem 2). There the
language is "t is a sink and reachable", which is "the path from s ends at t".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.checks import check_count
from automata_rnn.problems.problem import characters

GRAPH_ALPHABET = Alphabet("0|$")
Edge: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Connectivity:
    """Is `target` reachable from `source`?

    Attributes:
        source: s ≥ 1.
        edges: (i, j) with 1 ≤ i < j, in increasing order of i, no two from one i.
        target: t ≥ 1.

    Raises ValueError where this does not hold, TypeError where s or t is no integer.
    """

    source: int
    edges: tuple[Edge, ...]
    target: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "edges", tuple((i, j) for i, j in self.edges))
        for name in ("source", "target"):
            check_count(f"Connectivity.{name}", getattr(self, name), least=1)
        before = 0
        for i, j in self.edges:
            if not before < i < j:
                raise ValueError(
                    "Connectivity.edges: wanted sorted sources, one edge each, all "
                    f"forward, got {(i, j)} after an edge from {before}"
                )
            before = i


def path(instance: Connectivity) -> list[int]:
    """The vertices on the path from s, to its end."""
    successor = dict(instance.edges)
    vertices = [instance.source]
    while vertices[-1] in successor:
        vertices.append(successor[vertices[-1]])
    return vertices


def reachable(instance: Connectivity) -> bool:
    """Whether t is on the path from s (Definition 11)."""
    return instance.target in path(instance)


def ends_at_target(instance: Connectivity) -> bool:
    """Whether the path from s ends at t: t is reachable and a sink."""
    return path(instance)[-1] == instance.target


def encode_graph(instance: Connectivity, *, target_first: bool = False) -> str:
    """The word of an instance.

    >>> encode_graph(Connectivity(1, ((1, 2), (2, 3)), 3))
    '0|0|00|00|000|000$'
    """
    numbers = [instance.source, *(v for edge in instance.edges for v in edge)]
    place = 0 if target_first else len(numbers)
    numbers.insert(place, instance.target)
    return "|".join("0" * v for v in numbers) + "$"


def decode_graph(word: Word, *, target_first: bool = False) -> Connectivity | None:
    """The instance of a word, or None where it encodes none.

    Raises ValueError where a symbol is not in the alphabet.

    >>> decode_graph("0|0|00|00$")
    Connectivity(source=1, edges=((1, 2),), target=2)
    >>> decode_graph("0|00|0|00$") is None  # an edge backwards
    True
    """
    text = characters(GRAPH_ALPHABET, word)
    if not text.endswith("$") or "$" in text[:-1]:
        return None
    numbers = [len(block) for block in text[:-1].split("|")]
    if len(numbers) % 2 or len(numbers) < 2:
        return None
    target = numbers.pop(0 if target_first else -1)
    try:
        return Connectivity(numbers[0], _pairs(numbers[1:]), target)
    except ValueError:
        return None


def _pairs(numbers: Sequence[int]) -> tuple[Edge, ...]:
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def num_vertices(instance: Connectivity) -> int:
    """The largest vertex that the instance speaks of."""
    named = (v for edge in instance.edges for v in edge)
    return max(instance.source, instance.target, *named, 1)
