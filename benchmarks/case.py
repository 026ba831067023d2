"""What is measured: cases, those who contend in them, and what is hoped for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

Role: TypeAlias = Literal["ours", "limit", "peer"]
Run: TypeAlias = Callable[[], Any]


@dataclass(frozen=True)
class Contender:
    """One way to do the job of a case.

    Attributes:
        name: peers of one library share its first word, by which goals find them.
        role: the first contender of role "ours" is what others are compared with.
        build: imports, compiles and converts inputs; returns what is timed. It may
            raise: the contender is absent then, for that reason.
        steps: how many steps of the case it does; fewer where all of them would take
            too long, and then times are compared per step.
        expected: what the result must be; None for limits, which compute nothing.
        answer: the result as an array comparable with `expected`; not timed.
        tolerance: largest |difference| over the largest |expected|; 0 for equality.
    """

    name: str
    role: Role
    build: Callable[[], Run]
    steps: int
    expected: Callable[[], Any] | None = None
    answer: Callable[[Any], Any] = np.asarray
    tolerance: float = 0.0


@dataclass(frozen=True)
class Goal:
    """A number that a case should reach.

    Attributes:
        kind: "limit", the share of the limit's speed; "faster", how many times faster
            than the best of the peers `than`; "seconds" for one call, at most;
            "rate", steps per second.
        value: the number.
        than: first words of names of peers; all peers if empty.
        of: the contender that should reach it; the first of ours if empty.
    """

    kind: Literal["limit", "faster", "seconds", "rate"]
    value: float
    than: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True)
class Case:
    """One job.

    Attributes:
        name: for the command line.
        title: for people.
        steps: T, or the number of all steps of a batch.
        memory: bytes that inputs, outputs and what peers allocate take, roughly.
        contenders: makes the inputs, and returns everyone with the first of ours first.
        goals: what ours should reach.
        curve: the plot that it is a point of, or "".
        x: where on that plot.
    """

    name: str
    title: str
    steps: int
    memory: int
    contenders: Callable[[], list[Contender]]
    goals: tuple[Goal, ...] = ()
    curve: str = ""
    x: float = 0.0


def agree(result: Any, expected: Any, tolerance: float) -> bool:
    """Whether a result is what it should be; pieces keep temporaries small."""
    if np.shape(result) != np.shape(expected):
        return False
    if tolerance == 0:
        return bool(np.array_equal(result, expected))
    scale = float(np.max(np.abs(expected), initial=0.0))
    rows = max(1, (1 << 22) // max(1, int(np.prod(expected.shape[1:]))))
    for i in range(0, max(1, len(expected)), rows):
        gap = np.abs(np.asarray(result[i : i + rows]) - expected[i : i + rows])
        if not float(np.max(gap, initial=0.0)) <= tolerance * scale:
            return False
    return True


def rounding(steps: int) -> float:
    """Tolerance for products of `steps` orthogonal float32 matrices.

    Rounding errors of products behave like a random walk: √T ε, here with a factor 64
    to spare. Orthogonal matrices forget nothing, so an error anywhere stays visible.
    """
    return 64 * float(np.finfo(np.float32).eps) * float(np.sqrt(max(64, steps)))
