"""Independent pieces of work, shared by threads."""

from collections.abc import Callable, Sequence
from typing import Any

from automata_rnn.scan.cpu.dense_threads import run


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
