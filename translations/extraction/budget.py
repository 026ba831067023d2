"""How long a search may go on, and what it says meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from rich.console import Console

Say: TypeAlias = Callable[[str], None]


class BudgetSpent(Exception):
    """A search has used up its budget; the message says which."""


@dataclass(frozen=True)
class Budget:
    """What a search may use.

    Attributes:
        max_rounds: hypotheses at most.
        max_states: states of a hypothesis at most.
        seconds: wall-clock time, or None for any.
        begin: when it began, by `time.perf_counter`.

    Raises ValueError for bounds below 1, and for no positive time.
    """

    max_rounds: int = 200
    max_states: int = 500
    seconds: float | None = 60.0
    begin: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        for name in ("max_rounds", "max_states"):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"{name}: wanted at least 1, got {getattr(self, name)}"
                )
        if self.seconds is not None and not self.seconds > 0:
            raise ValueError(f"seconds: wanted more than 0, got {self.seconds}")


def elapsed(budget: Budget) -> float:
    """Seconds since the search began."""
    return time.perf_counter() - budget.begin


def check_time(budget: Budget) -> None:
    """Raise BudgetSpent where the time is over."""
    if budget.seconds is not None and elapsed(budget) > budget.seconds:
        raise BudgetSpent(f"the time of {budget.seconds:g} s was over")


def silent(text: str) -> None:
    """Say nothing."""


@contextmanager
def progress_line(shown: bool, first: str = "asking the network") -> Iterator[Say]:
    """A line on standard error that says where a search is; silent by default."""
    if not shown:
        yield silent
        return
    with Console(stderr=True).status(first) as status:
        yield status.update


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """ValueError in place of BudgetSpent, where there is nothing to return yet."""
    try:
        yield
    except BudgetSpent as spent:
        raise ValueError(
            f"budget: wanted more, since nothing was found: {spent}"
        ) from (spent)
