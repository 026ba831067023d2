"""Compiled kernels, and a word to users who wait for them.

A kernel is compiled at its first call for each combination of dtypes, which takes a
second or several, and then kept on disk.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core import event

F = TypeVar("F", bound=Callable[..., Any])

PATIENCE = 1.0
"""Seconds of compiling after which users are told."""
logger = logging.getLogger("automata_rnn")


def compiled(function: F) -> F:
    """A numba kernel that runs without the GIL, kept on disk where that is possible."""
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no directory to keep it in
        return cast(F, numba.njit(nogil=True)(function))


class _Announcer(event.Listener):
    """Says which of our kernels is being compiled, if that takes long."""

    def __init__(self) -> None:
        self.timers: list[threading.Timer | None] = []

    def on_start(self, event: Any) -> None:
        function = event.data["dispatcher"].py_func
        ours = function.__module__.startswith("automata_rnn.")
        timer = threading.Timer(PATIENCE, _say, [function.__name__]) if ours else None
        if timer is not None:
            timer.daemon = True
            timer.start()
        self.timers.append(timer)

    def on_end(self, event: Any) -> None:
        timer = self.timers.pop()  # compilations are nested, under numba's lock
        if timer is not None:
            timer.cancel()


def _say(name: str) -> None:
    logger.warning(
        "automata_rnn: compiling %s for this processor; it is kept on disk", name
    )


event.register("numba:compile", _Announcer())  # type: ignore[no-untyped-call]
