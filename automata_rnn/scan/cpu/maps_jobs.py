"""Independent pieces of work, shared by threads."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from automata_rnn.scan.cpu.dense_threads import run

Piece: TypeAlias = tuple[int, int]
"""From start to end, end excluded."""


def cut(start: int, end: int, pieces: int, step: int = 1) -> list[Piece]:
    """Consecutive pieces, about equally long; all but the last multiples of `step`."""
    steps = (end - start) // step
    edges = [start + steps * i // pieces * step for i in range(pieces)]
    return list(pairwise([*edges, end]))


def cut_before_last(stretches: Sequence[Piece], threads: int) -> list[Piece]:
    """`threads` pieces of each stretch but the last: what must be known before the
    last stretches start, cut so that all threads share the work."""
    return [piece for s in stretches[:-1] for piece in cut(*s, threads)]


def share(
    work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], threads: int
) -> list[Any]:
    """[work(*job) for job in jobs], by at most `threads` threads.

    Whoever is free takes the next job, so a thread that wakes late delays nobody.
    """
    results: list[Any] = [None] * len(jobs)
    tickets = iter(range(len(jobs)))

    def take_jobs() -> None:
        for ticket in tickets:
            results[ticket] = work(*jobs[ticket])

    run(take_jobs, (), min(threads, len(jobs)))
    return results
