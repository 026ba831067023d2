"""The benchmarks run, verify results and write files. No time is judged."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import inputs, limits
from benchmarks.case import Case, Contender, Goal, agree
from benchmarks.report import goal_lines
from benchmarks.results import evaluate, run_case
from benchmarks.scan import all_cases, main

CASES = ("integers-3-1e5", "symbol-product-4")


def test_command_verifies_results_and_writes_them(tmp_path):
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "benchmarks.scan", "--quick", "--output"]
    subprocess.run(
        [*command, str(tmp_path), "--case", *CASES],
        check=True,
        cwd=root,
        env={**os.environ, "COLUMNS": "160"},
        stdout=subprocess.DEVNULL,
    )
    (path,) = (p for p in tmp_path.glob("*.csv") if "goals" not in p.name)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert {row["case"] for row in rows} == set(CASES)
    for row in rows:
        assert row["status"] != "wrong result"
        if row["role"] == "ours":
            assert row["status"] == "timed"
        if row["status"] == "timed" and row["role"] != "limit":
            assert row["verified"] == "True"
            assert float(row["seconds_per_step"]) > 0


def test_unknown_case_is_an_error():
    with pytest.raises(SystemExit, match="no case starts with nothing"):
        main(["--case", "nothing"])


@pytest.mark.parametrize("lines", [4, 64, 3 * limits.PIECE // 64 + 8])
def test_limits_touch_all_bytes(lines):
    rng = np.random.default_rng(lines)
    source = inputs.empty((16 * lines,), np.uint32)
    source[:] = rng.integers(0, 1 << 32, len(source), np.uint32)
    target = inputs.empty(source.shape, source.dtype)
    for threads in (1, 2):
        target[:] = 0
        limits.copy(source, target, threads)()
        assert np.array_equal(target, source)
        total = np.sum(source, dtype=np.uint32)
        assert limits.read(source, threads)() == total == limits.read(source)()


def test_names_of_cases_are_distinct():
    names = [case.name for case in all_cases()]
    assert len(set(names)) == len(names)


def test_goals_name_contenders_that_exist():
    for case in all_cases(12):
        if not case.curve:
            names = [c.name for c in case.contenders()]
            for goal in case.goals:
                assert goal.of in ("", *names)
                for name in goal.than:
                    assert any(n.startswith(name) for n in names), (case.name, name)


def contender(name, role, result, steps=4):
    return Contender(name, role, lambda: lambda: result, steps, lambda: [1.0])


def fail():
    raise ImportError("no such library")


def test_wrong_and_absent_peers_are_not_timed():
    everyone = [
        contender("ours", "ours", [1.0]),
        contender("wrong", "peer", [2.0]),
        contender("right", "peer", [1.0], steps=2),
        Contender("absent", "peer", fail, 4),
    ]
    goals = (Goal("faster", 1.0, ("absent",)), Goal("seconds", 10.0))
    case = Case("a", "a", 4, 0, lambda: everyone, goals)
    ours, wrong, right, absent = rows = run_case(case, 0.001)
    assert ours.timed
    assert ours.verified
    assert ours.ratio == 1
    assert wrong.status == "wrong result"
    assert absent.status.startswith("absent: ImportError")
    assert right.scaled
    assert right.per_step == right.seconds / 2
    assert evaluate(goals[0], rows).reached is None
    assert [line[-1] for line in goal_lines([rows])] == [None, True]


@pytest.mark.parametrize(
    ("result", "tolerance", "right"),
    [
        ([[1.0, 2.0]], 0.0, True),
        ([[1.0, 2.1]], 0.0, False),
        ([[1.0, 2.1]], 0.06, True),
        ([[1.0, 2.1]], 0.04, False),
        ([[1.0, float("nan")]], 0.5, False),
        ([1.0, 2.0], 0.5, False),
    ],
)
def test_results_agree_up_to_a_tolerance(result, tolerance, right):
    expected = np.array([[1.0, 2.0]])
    assert agree(np.array(result), expected, tolerance) is right
