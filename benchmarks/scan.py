"""`python -m benchmarks.scan`: all cases, a table, CSV files and plots."""

import argparse
import datetime
import gc
import os
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from automata_rnn.scan.cpu.dense_threads import cores
from automata_rnn.scan.cpu.features import vector_width
from benchmarks import (
    cases_curves,
    cases_dense,
    cases_exact,
    cases_networks,
    cases_nonlinear,
    cases_words,
)
from benchmarks.case import Case
from benchmarks.report import absent, goals, plots, table, write_goals, write_rows
from benchmarks.results import Row, run_case

QUICK = 12
"""With --quick, lengths are divided by 2^QUICK."""
OVERHEAD = 12.0
"""Seconds of a case besides its rounds, about: inputs, compilation, verification."""
RESULTS = Path(__file__).parent / "results"


def all_cases(shrink: int = 0) -> list[Case]:
    modules = (
        cases_dense,
        cases_words,
        cases_exact,
        cases_networks,
        cases_nonlinear,
        cases_curves,
    )
    return [case for module in modules for case in module.cases(shrink)]


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    console = Console(width=None if sys.stdout.isatty() else 200)
    cases = _chosen(all_cases(QUICK if options.quick else 0), options.case)
    if options.list:
        for case in cases:
            console.print(f"{case.name:24} {case.title}", markup=False, highlight=False)
        return 0
    budget = 0.05 if options.quick else options.seconds
    overhead = 5.0 if options.quick else OVERHEAD
    console.print(
        f"{len(cases)} cases, about {len(cases) * (budget + overhead) / 60:.0f} "
        f"minutes; {machine()}, vectors of {vector_width()} bytes",
        highlight=False,
    )
    warnings.filterwarnings("ignore", module="torch")
    measured = list(_run(cases, budget, console))
    console.print(table(measured))
    if options.quick:
        console.print("sizes are tiny: no time here says anything")
    else:
        console.print(goals(measured))
    for line in absent(measured):
        console.print(line, markup=False, highlight=False)
    part = "-quick" if options.quick else "-part" if options.case else ""
    written = _write(options.output, part, measured)
    for path in written:
        console.print(f"wrote {path}", highlight=False, soft_wrap=True)
    wrong = any(row.status == "wrong result" for rows in measured for row in rows)
    return 1 if wrong else 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scan", description=__doc__
    )
    parser.add_argument("--case", nargs="+", default=[], help="names, or their starts")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, few rounds")
    parser.add_argument("--list", action="store_true", help="only list the cases")
    parser.add_argument("--seconds", type=float, default=15.0, help="for each case")
    parser.add_argument("--output", type=Path, default=RESULTS, help="a directory")
    return parser.parse_args(arguments)


def _chosen(cases: list[Case], names: list[str]) -> list[Case]:
    unknown = [n for n in names if not any(c.name.startswith(n) for c in cases)]
    if unknown:
        raise SystemExit(
            f"--case: no case starts with {', '.join(unknown)}; see --list"
        )
    return [c for c in cases if not names or c.name.startswith(tuple(names))]


def _run(cases: list[Case], budget: float, console: Console) -> Iterator[list[Row]]:
    for i, case in enumerate(cases, 1):
        free = free_memory()
        if free is not None and case.memory > free // 3:
            wanted, room = case.memory / 2**30, free / 3 / 2**30
            console.print(
                f"{case.name} skipped: it takes {wanted:.1f} GiB, a third of free "
                f"memory is {room:.1f} GiB"
            )
            continue
        console.print(f"{i}/{len(cases)} {case.title}", highlight=False)
        rows = run_case(case, budget)
        for line in absent([rows]):
            console.print(f"  {line}", markup=False, highlight=False)
        yield rows
        gc.collect()  # what JAX and PyTorch hold in cycles


def free_memory() -> int | None:
    """Bytes, where the system says."""
    try:
        text = Path("/proc/meminfo").read_text()
    except OSError:
        return None
    found = re.search(r"MemAvailable:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else None


def machine() -> str:
    """The processor's name and how many of its cores there are."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    found = re.search(r"model name\s*: (.+)", text)
    return f"{found[1] if found else os.uname().machine}, {cores()} cores"


def _write(directory: Path, part: str, measured: list[list[Row]]) -> list[Path]:
    if not measured:
        return []
    directory.mkdir(parents=True, exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "-", machine().lower()).strip("-")
    stem = f"{datetime.date.today()}-{slug}{part}"
    rows, goals = directory / f"{stem}.csv", directory / f"{stem}-goals.csv"
    write_rows(rows, measured)
    write_goals(goals, measured)
    return [rows, goals, *plots(directory, stem, measured)]


if __name__ == "__main__":
    raise SystemExit(main())
