"""Rounds in which all contenders take turns and meet the same disturbances."""

import gc
import os
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.case import Run

SHORT = 1e-2
"""Seconds: calls that take less are repeated, and the mean is one sample."""
WARM = 0.05
"""Seconds: before calls that take less there is one that is not timed, since others
have had the caches in between."""
FEWEST, MOST = 3, 25
"""Rounds of a case."""
PAUSE, LONGEST = 1e-3, 0.1
"""Seconds: how long is looked, and at most, whether threads that another contender has
left spinning have gone to sleep."""
DISTURBANCE = 0.1
"""Processors that others may use during a round before it counts as disturbed."""
TICK = 0.01
"""Seconds in which /proc/stat counts."""


@dataclass(frozen=True)
class Rounds:
    """Times of one case.

    Attributes:
        seconds: for each contender, of one call in each round.
        disturbed: for each round whether other processes used processors; None where
            the system does not say.
    """

    seconds: dict[str, list[float]]
    disturbed: list[bool | None]

    def quiet(self, name: str) -> list[float]:
        """Times in rounds that were not disturbed; all where those are few."""
        times = self.seconds[name]
        kept = [t for t, d in zip(times, self.disturbed, strict=True) if not d]
        return kept if len(kept) >= FEWEST else times


def measure(runs: dict[str, Run], budget: float) -> Rounds:
    """As many rounds as fit into `budget` seconds, at least 3 and at most 25.

    Each contender has been called before. Even rounds go in the opposite order. The
    garbage collector is off.
    """
    estimates = {name: _timed(run) for name, run in runs.items()}
    each = sum(_cost(seconds) for seconds in estimates.values())
    count = max(FEWEST, min(MOST, int(budget / each)))
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    disturbed: list[bool | None] = []
    enabled = gc.isenabled()
    gc.disable()
    try:
        for i in range(count):
            names = list(runs) if i % 2 == 0 else list(reversed(runs))
            before = _clocks()
            for name in names:
                seconds[name].append(_sample(runs[name], estimates[name]))
            disturbed.append(_disturbed(before, _clocks()))
            gc.collect()
    finally:
        if enabled:
            gc.enable()
    return Rounds(seconds, disturbed)


def _timed(run: Run) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _repeats(estimate: float) -> int:
    return max(1, int(SHORT / max(estimate, 1e-7)))


def _cost(estimate: float) -> float:
    return estimate * (_repeats(estimate) + (estimate < WARM))


def _settle() -> None:
    """Wait until no thread of this process is busy."""
    end = time.perf_counter() + LONGEST
    while time.perf_counter() < end:
        before = time.process_time()
        time.sleep(PAUSE)
        if time.process_time() - before < PAUSE / 10:
            return


def _sample(run: Run, estimate: float) -> float:
    _settle()
    if estimate < WARM:
        run()
    repeats = _repeats(estimate)
    start = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) / repeats


def _clocks() -> tuple[float, float, float | None]:
    """Time, processor time of this process, and of all processes if it is known."""
    return time.perf_counter(), time.process_time(), _all_processes()


def _all_processes() -> float | None:
    """Seconds that all processors have worked, those taken by other hosts included."""
    try:
        line = Path("/proc/stat").read_text().splitlines()[0]
    except OSError:
        return None
    user, nice, system, _, _, irq, softirq, steal = map(int, line.split()[1:9])
    ticks = user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK")


def _disturbed(
    before: tuple[float, float, float | None], after: tuple[float, float, float | None]
) -> bool | None:
    if before[2] is None or after[2] is None:
        return None
    others = (after[2] - before[2]) - (after[1] - before[1])
    return others > max(2 * TICK, DISTURBANCE * (after[0] - before[0]))
