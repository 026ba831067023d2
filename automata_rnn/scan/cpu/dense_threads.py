"""Threads that share the blocks of one scan, and the atomic steps they take.

Kernels run without the GIL, so ordinary Python threads run them side by side. Every
thread takes the next piece of work by a ticket: whoever is free takes it, so a helper
that wakes late, or that the system suspends, delays nobody but its own piece. The
calling thread works too. Unlike numba's own threads these survive a fork, may be called
from any thread, and need no threading library.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types

from automata_rnn.scan.cpu.vector import at, call, intrinsic, pointer

MOST_HELPERS = 256


def cores() -> int:
    """Processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(kernel: Callable[..., Any], arguments: tuple[Any, ...], threads: int) -> None:
    """Run `kernel(*arguments)` in this thread and, at once, in threads - 1 helpers."""
    helpers = [_pool().submit(kernel, *arguments) for _ in range(threads - 1)]
    kernel(*arguments)
    for helper in helpers:
        if not helper.cancel():
            helper.result()


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_HELPERS, thread_name_prefix="automata-rnn")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


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
def give_way(typing: Any) -> Any:
    """Let another thread run: whoever is waited for may need this processor."""

    def build(context: Any, b: Any, signature: Any, values: Any) -> Any:
        result = ir.IntType(32)
        return call(b, "sched_yield", result, []) if os.name == "posix" else result(0)

    return types.int32(), build
