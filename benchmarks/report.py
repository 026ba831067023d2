"""Results for people and for programs: a table, CSV files, plots."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import numpy as np
from rich.table import Table

from benchmarks.cases_curves import GROWTH, PD
from benchmarks.results import Row, best_peer, evaluate, limit

COLUMNS = (
    "case", "title", "curve", "x", "contender", "role", "status", "verified",
    "tolerance", "steps", "scaled", "seconds_median", "seconds_least",
    "seconds_per_step", "time_over_ours", "rounds", "rounds_disturbed",
)  # fmt: skip
GOALS = ("case", "goal", "wanted", "measured", "reached")
FLAT = 1.5
"""Growth: times per step may differ by this factor between long words."""
LINEAR = 1.3
"""One-hot times diagonal maps: the power of n may be this; dense ones take n³."""
LONG = 10**6
"""From this length on starting costs and caches play no part."""


def duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def table(cases: Iterable[list[Row]]) -> Table:
    """One line for each way of ours; ~ marks a peer that did fewer steps, scaled."""
    view = Table()
    heads = ("case", "ours", "median", "a step", "limit", "of limit", "best peer")
    for head in (*heads, "x faster", "than jax associative_scan"):
        view.add_column(head)
    for rows in cases:
        for cells in _lines(rows):
            view.add_row(*cells)
        view.add_section()
    return view


def _lines(rows: list[Row]) -> Iterable[tuple[str, ...]]:
    name, top, peer = rows[0].case.name, limit(rows), best_peer(rows)
    jax = best_peer(rows, ("jax associative_scan",))
    for row in (r for r in rows if r.role == "ours"):
        if not row.timed:
            yield name, row.name, row.status
            continue
        yield (
            name,
            row.name,
            duration(row.seconds),
            duration(row.per_step),
            top.name if top else "",
            f"{top.ratio / row.ratio:.0%}" if top else "",
            ("~" if peer.scaled else "") + peer.name if peer else "",
            *(f"{r.ratio / row.ratio:.3g}" if r else "" for r in (peer, jax)),
        )


def goals(cases: list[list[Row]]) -> Table:
    """What was hoped for, and what came of it."""
    view = Table()
    for head in ("case", "goal", "measured", ""):
        view.add_column(head)
    marks = {True: "reached", False: "NOT reached", None: "nobody to compare with"}
    for name, text, _, measured, reached in goal_lines(cases):
        view.add_row(name, text, measured, marks[reached])
    return view


GoalLine: TypeAlias = tuple[str, str, float, str, bool | None]


def goal_lines(cases: list[list[Row]]) -> Iterable[GoalLine]:
    """Case, goal, the number wanted, the number measured, whether it is reached."""
    for rows in cases:
        for goal in rows[0].case.goals:
            found = evaluate(goal, rows)
            measured = "" if found.measured is None else f"{found.measured:.3g}"
            yield rows[0].case.name, found.text, goal.value, measured, found.reached
    for name, factor in growth(cases).items():
        text = f"{name}: time per step from T = 10^6 on, largest over least"
        yield GROWTH, text, FLAT, f"{factor:.3g}", factor <= FLAT
    for name, power in exponents(cases).items():
        text = f"{name}: power of n by which the time per step grows, at most"
        yield PD, text, LINEAR, f"{power:.3g}", power <= LINEAR


def absent(cases: Iterable[list[Row]]) -> list[str]:
    """Who was not timed, and why, each reason once."""
    reasons: dict[str, list[str]] = {}
    for rows in cases:
        for row in rows:
            if not row.timed:
                reason = f"{row.name}: {row.status}"
                reasons.setdefault(reason, []).append(row.case.name)
    return [f"{reason} ({', '.join(names)})" for reason, names in reasons.items()]


def write_rows(path: Path, cases: Iterable[list[Row]]) -> None:
    """A line for each contender of each case."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in (row for rows in cases for row in rows):
            case = row.case
            times = (row.seconds, row.fastest, row.per_step, row.ratio)
            writer.writerow((
                case.name, case.title, case.curve, case.x, row.name, row.role,
                row.status, row.verified, row.tolerance, row.steps, row.scaled,
                *(f"{t:.6g}" if row.timed else "" for t in times),
                row.rounds, row.disturbed,
            ))  # fmt: skip


def write_goals(path: Path, cases: list[list[Row]]) -> None:
    """A line for each goal, those of curves included."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(GOALS)
        writer.writerows(goal_lines(cases))


def curve(cases: Iterable[list[Row]], name: str) -> dict[str, list[tuple[float, Row]]]:
    """By contender the points of a plot, those of ours first."""
    points: dict[str, list[tuple[float, Row]]] = {}
    for rows in cases:
        for row in rows:
            if row.case.curve == name and row.timed:
                points.setdefault(row.name, []).append((row.case.x, row))
    return points


def growth(cases: Iterable[list[Row]]) -> dict[str, float]:
    """By job how much times per step differ between long words."""
    factors = {}
    for name, points in curve(cases, GROWTH).items():
        times = [row.per_step for x, row in points if x >= LONG]
        if len(times) > 1:
            factors[name] = max(times) / min(times)
    return factors


def exponents(cases: Iterable[list[Row]]) -> dict[str, float]:
    """By way of ours the slope of time per step over n, both as logarithms."""
    found = {}
    for name, points in curve(cases, PD).items():
        if len(points) > 2 and points[0][1].role == "ours":
            xs, ys = zip(*((x, row.per_step) for x, row in points), strict=True)
            found[name] = float(np.polyfit(np.log(xs), np.log(ys), 1)[0])
    return found


def plots(directory: Path, stem: str, cases: list[list[Row]]) -> list[Path]:
    """PNG files, if matplotlib is installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return []
    written = []
    axes = {GROWTH: "T, steps of the word", PD: "n, size of the state"}
    for name, label in axes.items():
        lines = curve(cases, name)
        if not lines:
            continue
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        plot = figure.subplots()
        for who, points in lines.items():
            xs, ys = [x for x, _ in points], [row.per_step * 1e9 for _, row in points]
            plot.loglog(xs, ys, marker="o", label=who)
        if name == PD:
            plot.set_xticks(xs, [f"{x:g}" for x in xs])
            plot.minorticks_off()
        plot.set_xlabel(label)
        plot.set_ylabel("nanoseconds per step")
        plot.legend(fontsize="small")
        written.append(directory / f"{stem}-{name}.png")
        figure.savefig(written[-1], dpi=120)
    bars = directory / f"{stem}-ratios.png"
    return [*written, bars] if _ratios(Figure, bars, cases) else written


def _ratios(figure_type: type, path: Path, cases: list[list[Row]]) -> bool:
    """By case how many times longer than ours the best peer takes, and the limit."""
    chosen = [(r, best_peer(r), limit(r)) for r in cases if not r[0].case.curve]
    chosen = [c for c in chosen if c[1] and c[0][0].timed]
    if not chosen:
        return False
    figure = figure_type(figsize=(8, 1 + 0.3 * len(chosen)), layout="constrained")
    plot = figure.subplots()
    names = [rows[0].case.name for rows, _, _ in chosen]
    plot.barh(names, [peer.ratio for _, peer, _ in chosen if peer], label="best peer")
    tops = [(rows[0].case.name, top.ratio) for rows, _, top in chosen if top]
    if tops:
        where, values = zip(*tops, strict=True)
        plot.plot(values, where, "k|", markersize=9, label="limit of the machine")
    plot.set_xscale("log")
    plot.axvline(1, color="gray", linewidth=0.8)
    plot.set_xlabel("time over ours")
    plot.legend()
    figure.savefig(path, dpi=120)
    return True
