"""Files: the same bytes each time, readable by others, written whole or not at all."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import safetensors.numpy
from automata.fa.dfa import DFA
from safetensors import safe_open

from automata_rnn import INTEGER, RATIONAL, Alphabet
from automata_rnn.automata import WFA
from automata_rnn.formats import FormatError, load, save, to_json
from tests.format_files import AB, MACHINES, every_machine


@every_machine
def test_saving_twice_makes_the_same_bytes(tmp_path: Path, name: str) -> None:
    for copy in ("first", "second"):
        (tmp_path / copy).mkdir()
        save(MACHINES[name], tmp_path / copy / name)
    first = (tmp_path / "first" / name).read_bytes()
    assert first == (tmp_path / "second" / name).read_bytes()
    save(load(tmp_path / "first" / name), tmp_path / name)
    assert first == (tmp_path / name).read_bytes()


def test_bytes_do_not_depend_on_hashing(tmp_path: Path) -> None:
    program = """
import sys
from automata.fa.dfa import DFA
from automata_rnn import RATIONAL, Alphabet
from automata_rnn.automata import WFA, table_from_dfa
from automata_rnn.formats import save
names = ["p", "q", ("r", 1), frozenset({"s", "t", 3, None}), b"u"]
dfa = DFA(
    states=set(names),
    input_symbols={"a", "b", 1},
    transitions={q: {s: q for s in ("a", "b", 1)} for q in set(names)},
    initial_state="p",
    final_states=set(names[1:4]),
)
save(dfa, sys.argv[1] + "/dfa.json")
save(table_from_dfa(dfa), sys.argv[1] + "/table.safetensors")
sigma = Alphabet([frozenset({"x", "y", "z"}), "a"])
save(WFA(RATIONAL, sigma, [1], [[[1]], [[2]]], [1]), sys.argv[1] + "/wfa.safetensors")
"""
    written = []
    for seed in ("1", "2"):
        target = tmp_path / seed
        target.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()}
        command = [sys.executable, "-c", program, str(target)]
        subprocess.run(command, check=True, env=environment)
        written.append({f.name: f.read_bytes() for f in target.iterdir()})
    assert len(written[0]) == 3
    assert written[0] == written[1]


def test_dfa_json_has_the_constructors_keywords() -> None:
    record = json.loads(to_json(MACHINES["dfa.json"]))
    assert record == {
        "states": [{"tuple": ["odd", 1]}, "even"],
        "input_symbols": ["a", "b"],
        "transitions": [
            [{"tuple": ["odd", 1]}, "a", "even"],
            ["even", "a", {"tuple": ["odd", 1]}],
            ["even", "b", "even"],
        ],
        "initial_state": "even",
        "final_states": [{"tuple": ["odd", 1]}],
        "allow_partial": True,
    }


def test_wfa_json_is_readable() -> None:
    record = json.loads(to_json(WFA(RATIONAL, AB, ["1/2"], [[[0]], [["-2/3"]]], [3])))
    assert record["semiring"] == "rational"
    assert record["initial"] == ["1/2"]
    assert record["weights"] == [[0, "b", 0, "-2/3"]]
    assert record["final"] == ["3"]


def test_large_integers_are_text() -> None:
    n = 2**53
    dfa: Any = DFA.universal_language({n - 1, n, -n})  # type: ignore[arg-type]
    symbols = json.loads(to_json(dfa))["input_symbols"]
    assert symbols == [{"int": str(-n)}, {"int": str(n)}, n - 1]


def test_other_readers_of_safetensors_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    save(MACHINES["linear.safetensors"], path)
    tensors = safetensors.numpy.load_file(path)
    assert tensors["recurrent"].tolist() == [[[[2, 0]]], [[[0, 0.5]]]]
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    assert metadata["format"] == "pt"
    record = json.loads(metadata["automata_rnn"])
    assert record["type"] == "LinearRNN"
    assert record["semiring"] == "complex"
    assert record["fields"]["recurrent"] == {
        "dtype": "complex128",
        "shape": [2, 1, 1],
        "stored": "complex",
    }


def test_tensors_are_aligned(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    save(MACHINES["table.safetensors"], path)
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    assert length % 8 == 0
    assert header["successors"]["data_offsets"] == [0, 32]
    assert header["accepting"]["data_offsets"] == [32, 34]


# Writing whole or not at all -----------------------------------------------------


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "m.json"
    save(MACHINES["dfa.json"], path)
    before = path.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="disk full"):
        save(MACHINES["nfa.json"], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_machine_that_has_no_file_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    save(MACHINES["dfa.json"], path)
    before = path.read_bytes()
    odd = WFA(INTEGER, Alphabet([object()]), [1], [[[1]]], [1])
    with pytest.raises(FormatError, match=r"m\.json: alphabet\.symbols"):
        save(odd, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640)])
def test_the_umask_gives_the_mode(tmp_path: Path, umask: int, mode: int) -> None:
    old = os.umask(umask)
    try:
        for name in ("wfa.safetensors", "dfa.json"):
            save(MACHINES[name], tmp_path / name)
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode
    finally:
        os.umask(old)
