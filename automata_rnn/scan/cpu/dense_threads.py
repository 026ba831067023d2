"""Threads that share the blocks of one scan, and the atomic steps they take.

Kernels run without the GIL, so ordinary Python threads run them side by side. Every
thread takes the next piece of work by a ticket: whoever is free takes it, so a helper
that wakes late, or that the system suspends, delays nobody but its own piece. The
calling thread works too, and then looks again and again whether the others are done:
to sleep and be woken would often take longer than what is left. Unlike numba's own
threads these survive a fork, may be called from any thread, and need no threading
library.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from queue import SimpleQueue
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.vector import at, call, intrinsic, pointer

MOST_HELPERS = 256


@lru_cache(maxsize=1)
def cores() -> int:
    """Processors that this process may run on, as it was when first asked."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Job:
    """A kernel that several threads run at once.

    Attributes:
        started: helpers that have begun; none begins once the job is `closed`.
        finished: whether each of those has ended.
        errors: what they raised.
    """

    def __init__(
        self, kernel: Callable[..., Any], arguments: Any, helpers: int
    ) -> None:
        self.kernel, self.arguments = kernel, arguments
        self.lock, self.closed, self.started = threading.Lock(), False, 0
        self.finished = np.zeros(helpers, np.int64)
        self.errors: list[BaseException] = []

    def help(self) -> None:
        with self.lock:
            if self.closed:
                return
            slot, self.started = self.started, self.started + 1
        try:
            self.kernel(*self.arguments)
        except BaseException as error:  # raised in the calling thread
            self.errors.append(error)
        finally:
            self.finished[slot] = 1

    def close(self) -> None:
        """Let no more helpers begin, and wait for those that have."""
        with self.lock:
            self.closed = True
        wait(self.finished[: self.started])


def run(kernel: Callable[..., Any], arguments: tuple[Any, ...], threads: int) -> None:
    """Run `kernel(*arguments)` in this thread and, at once, in threads - 1 helpers."""
    if threads <= 1:
        kernel(*arguments)
        return
    helpers = threads - 1
    job, queue = _Job(kernel, arguments, helpers), _started().queue(helpers)
    try:
        for _ in range(helpers):
            queue.put(job)
        kernel(*arguments)
    finally:  # helpers write to memory that the caller may give away
        job.close()
    if job.errors:
        raise job.errors[0]


class _Helpers:
    """Threads that wait for work, off the processor of the thread that has some.

    A system that finds all processors busy, as they are between two jobs, may wake a
    helper on the very processor whose thread woke it, and leave another one idle: the
    two then take turns, for as long as jobs follow each other.
    """

    def __init__(self) -> None:
        self.jobs: SimpleQueue[_Job] = SimpleQueue()
        self.threads: list[threading.Thread] = []
        self.avoided = -1

    def queue(self, count: int) -> SimpleQueue[_Job]:
        """The queue of at least so many threads."""
        while len(self.threads) < min(count, MOST_HELPERS):
            name = f"automata-rnn-{len(self.threads)}"
            serve = threading.Thread(target=self._serve, name=name, daemon=True)
            self.threads.append(serve)
            serve.start()
            self.avoided = -1
        here = processor()
        if here != self.avoided:
            self._leave(here)
        return self.jobs

    def _serve(self) -> None:
        while True:
            self.jobs.get().help()

    def _leave(self, here: int) -> None:
        """Let no thread run on this processor."""
        others = os.sched_getaffinity(0) - {here}
        for thread in self.threads if others else []:
            if thread.native_id is not None:
                with suppress(OSError):  # where it is forbidden, they run anywhere
                    os.sched_setaffinity(thread.native_id, others)
        self.avoided = here


@lru_cache(maxsize=1)
def _started() -> _Helpers:
    return _Helpers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_started.cache_clear)


@intrinsic
def fetch_add(typing: Any, counters: Any, index: Any, amount: Any) -> Any:
    """counters[index] += amount, at once for all threads; the value before."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        base = pointer(context, b, None, counters, values[0])
        place = at(b, base, values[1])
        return b.atomic_rmw("add", place, values[2], "acq_rel")

    return types.int64(counters, types.int64, types.int64), build


@intrinsic
def load_acquire(typing: Any, counters: Any, index: Any) -> Any:
    """counters[index]; what its writer wrote before it is seen from here on."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        base = pointer(context, b, None, counters, values[0])
        return b.load_atomic(at(b, base, values[1]), "acquire", 8)

    return types.int64(counters, types.int64), build


@intrinsic
def store_release(typing: Any, counters: Any, index: Any, value: Any) -> Any:
    """counters[index] = value, after all that this thread has written."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        base = pointer(context, b, None, counters, values[0])
        b.store_atomic(values[2], at(b, base, values[1]), "release", 8)
        return context.get_dummy_value()

    return types.void(counters, types.int64, types.int64), build


@intrinsic
def _processor(typing: Any) -> Any:
    """The number of the processor that this runs on; -1 where the system has none."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        known, result = hasattr(os, "sched_setaffinity"), ir.IntType(32)
        return call(b, "sched_getcpu", result, []) if known else result(-1)

    return types.int32(), build


@compiled
def processor() -> Any:
    """The number of the processor that the calling thread runs on, or -1."""
    return _processor()


@intrinsic
def give_way(typing: Any) -> Any:
    """Let another thread run: whoever is waited for may need this processor."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        result = ir.IntType(32)
        return call(b, "sched_yield", result, []) if os.name == "posix" else result(0)

    return types.int32(), build


SPINS = 200
"""Looks at a flag before the processor is offered to another thread."""


@compiled
def wait(flags: Any) -> None:
    """Return once all flags are set, by other threads."""
    looks = 0
    for i in range(len(flags)):
        while load_acquire(flags, i) == 0:
            looks += 1
            if looks % SPINS == 0:
                give_way()
