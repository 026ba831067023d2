"""Results for people and for programs: a table, CSV files, plots."""

import csv
from collections.abc import Iterable
from pathlib import Path

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
LONG = 10**6
"""From this length on starting costs and caches play no part."""


def duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def table(cases: Iterable[list[Row]]) -> Table:
    """One line for each way of ours; ~ marks times of fewer steps, scaled."""
    view = Table(show_lines=False)
    heads = ("case", "ours", "median", "a step", "limit", "of limit", "best peer")
    for head in (*heads, "ratio", "jax assoc.", "goal", "measured", ""):
        view.add_column(head)
    for rows in cases:
        for cells in _lines(rows):
            view.add_row(*cells)
        view.add_section()
    return view


def _lines(rows: list[Row]) -> Iterable[tuple[str, ...]]:
    case = rows[0].case
    goals = [evaluate(goal, rows) for goal in case.goals]
    top, peer = limit(rows), best_peer(rows)
    jax = best_peer(rows, ("jax associative_scan",))
    for row in (r for r in rows if r.contender.role == "ours"):
        if not row.timed:
            yield (case.name, row.contender.name, row.status, *[""] * 9)
            continue
        share = f"{top.ratio / row.ratio:.0%}" if top else ""
        named = ("~" if peer.scaled else "") + peer.contender.name if peer else ""
        ratios = [f"{r.ratio / row.ratio:.3g}" if r else "" for r in (peer, jax)]
        mine = [g for g in goals if (g.goal.of or rows[0].contender.name)
                == row.contender.name]  # fmt: skip
        marks = {True: "reached", False: "NOT reached", None: "no peer"}
        measured = [f"{g.measured:.3g}" if g.measured else "-" for g in mine]
        yield (
            case.name,
            row.contender.name,
            duration(row.seconds),
            duration(row.per_step),
            top.contender.name if top else "",
            share,
            named,
            *ratios,
            "\n".join(g.text for g in mine),
            "\n".join(measured),
            "\n".join(marks[g.reached] for g in mine),
        )


def absent(cases: Iterable[list[Row]]) -> list[str]:
    """Who was not timed, and why, each reason once."""
    reasons: dict[str, list[str]] = {}
    for rows in cases:
        for row in rows:
            if not row.timed:
                reason = f"{row.contender.name}: {row.status}"
                reasons.setdefault(reason, []).append(row.case.name)
    return [f"{reason} ({', '.join(names)})" for reason, names in reasons.items()]


def write_rows(path: Path, cases: Iterable[list[Row]]) -> None:
    """A line for each contender of each case."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in (row for rows in cases for row in rows):
            case, who = row.case, row.contender
            times = (row.seconds, row.fastest, row.per_step, row.ratio)
            writer.writerow((
                case.name, case.title, case.curve, case.x, who.name, who.role,
                row.status, row.verified, who.tolerance, who.steps, row.scaled,
                *(f"{t:.6g}" if row.timed else "" for t in times),
                row.rounds, row.disturbed,
            ))  # fmt: skip


def write_goals(path: Path, cases: list[list[Row]]) -> None:
    """A line for each goal, those of curves included."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(GOALS)
        for rows in cases:
            for goal in rows[0].case.goals:
                found = evaluate(goal, rows)
                measured = "" if found.measured is None else f"{found.measured:.6g}"
                name, value = rows[0].case.name, goal.value
                writer.writerow((name, found.text, value, measured, found.reached))
        for name, factor in growth(cases).items():
            wanted = "time per step from T = 10^6 on, largest over least"
            writer.writerow(
                (f"growth: {name}", wanted, FLAT, f"{factor:.4g}", factor <= FLAT)
            )


def curve(cases: Iterable[list[Row]], name: str) -> dict[str, list[tuple[float, Row]]]:
    """By contender the points of a plot, those of ours first."""
    points: dict[str, list[tuple[float, Row]]] = {}
    for rows in cases:
        for row in rows:
            if row.case.curve == name and row.timed:
                points.setdefault(row.contender.name, []).append((row.case.x, row))
    return points


def growth(cases: Iterable[list[Row]]) -> dict[str, float]:
    """By job how much times per step differ between long words."""
    factors = {}
    for name, points in curve(cases, GROWTH).items():
        times = [row.per_step for x, row in points if x >= LONG]
        if len(times) > 1:
            factors[name] = max(times) / min(times)
    return factors


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
