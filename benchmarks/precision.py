"""`python -m benchmarks.precision`: bits of a network's state, step by step, as a plot.

Counters bounded by the length of the input take O(log T) bits (Theorem 2), a stack a
bit or more for each symbol on it: O(T) (Theorem 1).
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from automata_rnn.problems import (
    Problem,
    circuit_values,
    connectivity,
    precision,
)
from automata_rnn.rnns import MLPRNN
from benchmarks.scan import RESULTS
from translations import translate


def runs(steps: int) -> dict[str, list[int]]:
    """Bits of the states of a run of about this many steps, by what is run."""
    graphs, circuits = connectivity(), circuit_values()
    words = {
        graphs.name: (graphs, long_word(graphs, steps)),
        f"{circuits.name}, random gates": (circuits, long_word(circuits, steps)),
        f"{circuits.name}, constants": (circuits, "TF" * (steps // 2)),
    }
    return {
        name: precision(translate(problem.machine, MLPRNN).rnn, word)
        for name, (problem, word) in words.items()
    }


def long_word(problem: Problem, steps: int) -> str:
    """The word of a random instance, of at least this many symbols."""
    rng, word, size = np.random.default_rng(0), "", 4
    while len(word) < steps:
        word = str(problem.generate(rng, size)[0])
        size += max(1, size // 4)
    return word


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.precision", description=__doc__
    )
    parser.add_argument("--steps", type=int, default=4000, help="of each run, about")
    parser.add_argument("--output", type=Path, default=RESULTS, help="a directory")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    measured = runs(options.steps)
    path = options.output / "precision.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["problem", "step", "bits"])
        for name, bits in measured.items():
            every = max(1, len(bits) // 200)
            rows.writerows((name, t, bits[t]) for t in range(0, len(bits), every))
    for name, bits in measured.items():
        line = f"{name}: {len(bits) - 1} steps, at most {max(bits)} bits\n"
        sys.stdout.write(line)
    _plot(options.output / "precision.png", measured)
    return 0


def _plot(path: Path, measured: dict[str, list[int]]) -> None:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        sys.stdout.write("no plot: matplotlib is not installed\n")
        return
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    plot = figure.subplots()
    for name, bits in measured.items():
        plot.loglog(range(1, len(bits) + 1), bits, label=name)
    longest = max(map(len, measured.values()))
    plot.loglog([10, longest], [10, longest], "k:", linewidth=0.8, label="T bits")
    plot.set_xlabel("steps")
    plot.set_ylabel("bits of the hidden state")
    plot.legend(fontsize="small")
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    sys.exit(main())
