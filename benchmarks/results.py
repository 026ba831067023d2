"""From a case to rows: who was there, whose result was right, times, ratios, goals."""

import statistics
from dataclasses import dataclass

from benchmarks.case import Case, Contender, Goal, Role, Run, agree
from benchmarks.timing import Rounds, measure


@dataclass(frozen=True)
class Row:
    """One contender in one case, without its arrays.

    Attributes:
        steps, tolerance: the contender's.
        status: "timed", "wrong result", or why it is absent.
        verified: whether its result was compared with what it must be, and agreed.
        seconds: of one call, the median over rounds that nobody disturbed.
        per_step: seconds divided by the steps that it did.
        ratio: how many times longer a step takes than the first of ours, the median of
            ratios within rounds.
        scaled: whether it did fewer steps than the case has.
    """

    case: Case
    name: str
    role: Role
    steps: int
    tolerance: float
    status: str
    verified: bool = False
    seconds: float = 0.0
    fastest: float = 0.0
    ratio: float = 0.0
    rounds: int = 0
    disturbed: int = 0

    @property
    def timed(self) -> bool:
        return self.status == "timed"

    @property
    def per_step(self) -> float:
        return self.seconds / self.steps

    @property
    def scaled(self) -> bool:
        return self.steps < self.case.steps


@dataclass(frozen=True)
class Reached:
    """A goal, what was measured (None if nobody was there to compare with)."""

    goal: Goal
    measured: float | None

    @property
    def reached(self) -> bool | None:
        if self.measured is None:
            return None
        if self.goal.kind == "seconds":
            return self.measured <= self.goal.value
        return self.measured >= self.goal.value

    @property
    def text(self) -> str:
        goal = self.goal
        whom = " or ".join(goal.than) or "all peers"
        of = f" ({goal.of})" if goal.of else ""
        wanted = {
            "limit": f"{goal.value:.0%} of the limit",
            "faster": f"{goal.value:g} x {whom}",
            "seconds": f"{goal.value * 1e6:,.0f} us",
            "rate": f"{goal.value:.3g} steps/s",
        }[goal.kind]
        return wanted + of


def run_case(case: Case, budget: float) -> list[Row]:
    """Build, verify and time everyone; limits last, for they write over results."""
    contenders = case.contenders()
    runs: dict[str, Run] = {}
    absent: dict[str, str] = {}
    for contender in sorted(contenders, key=lambda c: c.role == "limit"):
        made = _prepare(contender)
        if isinstance(made, str):
            absent[contender.name] = made
        else:
            runs[contender.name] = made
    in_order = {c.name: runs[c.name] for c in contenders if c.name in runs}
    rounds = measure(in_order, budget)
    first = contenders[0]
    return [
        _row(case, c, first, rounds)
        if c.name in runs
        else Row(case, c.name, c.role, c.steps, c.tolerance, absent[c.name])
        for c in contenders
    ]


def _prepare(contender: Contender) -> Run | str:
    """What is to be timed, called once and its result verified; or why there is none.

    Peers may fail in any way of their own, and the table says how.
    """
    try:
        run = contender.build()
        result = run()
        if contender.expected is None:
            return run
        expected, answer = contender.expected(), contender.answer(result)
    except Exception as error:
        if contender.role == "ours":
            raise
        return f"absent: {type(error).__name__}: {str(error).splitlines()[:1]}"[:160]
    return run if agree(answer, expected, contender.tolerance) else "wrong result"


def _row(case: Case, contender: Contender, first: Contender, rounds: Rounds) -> Row:
    times = rounds.quiet(contender.name)
    own = rounds.seconds[contender.name]
    base = rounds.seconds.get(first.name, own)
    pairs = [
        (mine / contender.steps) / (theirs / first.steps)
        for mine, theirs, disturbed in zip(own, base, rounds.disturbed, strict=True)
        if not disturbed or len(times) == len(own)
    ]
    return Row(
        case,
        contender.name,
        contender.role,
        contender.steps,
        contender.tolerance,
        "timed",
        contender.expected is not None,
        statistics.median(times),
        min(own),
        statistics.median(pairs),
        len(own),
        sum(bool(d) for d in rounds.disturbed),
    )


def best_peer(rows: list[Row], than: tuple[str, ...] = ()) -> Row | None:
    """The fastest peer, among those whose names start with one of `than`."""
    peers = [r for r in rows if r.timed and r.role == "peer"]
    peers = [r for r in peers if not than or r.name.startswith(than)]
    return min(peers, key=lambda r: r.ratio, default=None)


def limit(rows: list[Row]) -> Row | None:
    return next((r for r in rows if r.timed and r.role == "limit"), None)


def evaluate(goal: Goal, rows: list[Row]) -> Reached:
    """A goal against what was measured."""
    own = [r for r in rows if r.role == "ours" and r.timed]
    mine = next((r for r in own if goal.of in ("", r.name)), None)
    if mine is None:
        return Reached(goal, None)
    if goal.kind == "seconds":
        return Reached(goal, mine.seconds)
    if goal.kind == "rate":
        return Reached(goal, 1 / mine.per_step)
    other = limit(rows) if goal.kind == "limit" else best_peer(rows, goal.than)
    return Reached(goal, other.ratio / mine.ratio if other else None)
