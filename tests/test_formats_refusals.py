"""Files: machines that have none and records that are wrong, with what is wrong."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from automata_rnn import REAL, Alphabet, Semiring
from automata_rnn.automata import WFA, DFATable
from automata_rnn.formats import FormatError, from_json, load, save, to_json
from automata_rnn.formats.machines import to_record
from automata_rnn.formats.tensors import MAX_HEADER, MAX_TENSORS, pack
from tests.format_files import MACHINES


def refused(machine: Any, path: Path) -> str:
    with pytest.raises(FormatError) as error:
        save(machine, path)
    assert list(path.parent.iterdir()) == []
    return str(error.value)


def test_suffixes_and_types_without_a_file(tmp_path: Path) -> None:
    wfa, table, dfa = (
        MACHINES[name] for name in ("wfa.json", "table.safetensors", "dfa.json")
    )
    assert ".safetensors, .json" in refused(wfa, tmp_path / "m.pkl")
    assert "write_att" in refused(dfa, tmp_path / "m.att")
    assert ".safetensors" in refused(table, tmp_path / "m.json")
    assert ".json" in refused(dfa, tmp_path / "m.safetensors")
    assert "one of WFA" in refused(object(), tmp_path / "m.safetensors")
    with pytest.raises(FormatError, match=r"\.att, \.fst\.txt"):
        load(tmp_path / "m.pkl")


def test_machines_without_a_file(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    sigma = Alphabet("a")
    odd = Semiring(
        **{f.name: getattr(REAL, f.name) for f in fields(Semiring)}
        | {"times": np.minimum}
    )
    assert "semiring_named" in refused(WFA(odd, sigma, [1], [[[1]]], [1]), path)
    long = np.array([1], np.longdouble)
    if long.dtype != np.float64:
        assert "dtype" in refused(WFA(REAL, sigma, long, long[None, None], long), path)
    flags = DFATable(sigma, 0, np.array([[0]]), np.array([1]))
    assert "DFATable.accepting" in refused(flags, path)
    deep: Any = ()
    for _ in range(3000):
        deep = (deep,)
    assert "alphabet.symbols" in refused(
        WFA(REAL, Alphabet([deep]), [1], [[[1]]], [1]), path
    )
    named = type("Name", (str,), {})("a")
    assert "got Name 'a'" in refused(
        WFA(REAL, Alphabet([named]), [1], [[[1]]], [1]), path
    )


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for suffix in (".safetensors", ".json", ".att"):
        with pytest.raises(FileNotFoundError):
            load(tmp_path / f"absent{suffix}")
        (tmp_path / f"folder{suffix}").mkdir()
        with pytest.raises(FormatError, match="directory"):
            load(tmp_path / f"folder{suffix}")


# Records that are wrong ----------------------------------------------------------


def test_the_polynomial_of_a_field_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    save(MACHINES["field.json"], path)
    text = path.read_text()
    assert '"polynomial": "x^3 + x + 1"' in text
    path.write_text(text.replace("x^3 + x + 1", "x^3 + x^2 + 1"))
    with pytest.raises(FormatError, match=r"m\.json: polynomial: wanted x\^3 \+ x \+"):
        load(path)


def signed(name: str, **changes: Any) -> bytes:
    """The file of a machine with a changed record, with the right checksum."""
    record, tensors = to_record(MACHINES[name])
    return pack({**record, **changes}, tensors)


def test_messages_name_file_and_field(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    cases = {
        r"version: wanted 1, .*, got 2": signed("wfa.safetensors", version=2),
        r"type: wanted one of WFA, .*, got 'Gru'": signed(
            "wfa.safetensors", type="Gru"
        ),
        r"unknown \['hook'\]": signed("wfa.safetensors", hook="os.system"),
        r"semiring: wanted one of real": signed("wfa.safetensors", semiring="Q"),
        r"exact: wanted True": signed("wfa.safetensors", exact=False),
        r"alphabet: .*missing \['bos'\]": signed(
            "wfa.safetensors", alphabet={"symbols": []}
        ),
        r"WFA.weights: wanted shape \(1, 2, 2\)": signed(
            "wfa.safetensors", alphabet={"symbols": ["a"], "bos": None}
        ),
        r"wanted a safetensors file, got 3 bytes": b"abc",
        r"header: wanted at most": (2**40).to_bytes(8, "little") + b"{}",
    }
    for message, data in cases.items():
        path.write_bytes(data)
        if "at most" in message:  # a header that long must be there to be too long
            data = (MAX_HEADER + 8).to_bytes(8, "little") + b" " * (MAX_HEADER + 8)
            path.write_bytes(data)
        with pytest.raises(FormatError, match=rf"^{path}: .*{message}"):
            load(path)


def changed_json(name: str, **changes: Any) -> str:
    return json.dumps({**json.loads(to_json(MACHINES[name])), **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": [[0, "a", 0, "1"]] * 2}, "weights: wanted one weight for each"),
        ({"weights": [[-1, "a", 0, "1"]]}, "weights: wanted states 0 to 1, got -1"),
        ({"weights": [[0, "a", 2, "1"]]}, "weights: wanted states 0 to 1, got 2"),
        ({"weights": [[0, True, 0, "1"]]}, "weights: wanted a symbol of the alphabet"),
        ({"weights": [[0, "a", 0, 1]]}, "weights: wanted a JSON value of type str"),
        ({"initial": ["1", "nan"]}, "initial: wanted a number that float64 holds"),
        ({"initial": ["1", "inf"]}, "WFA.initial: .* not finite"),
        ({"final": ["1"]}, r"WFA.final: wanted shape \(2,\)"),
        ({"semiring": "boolean"}, "exact: wanted True"),
        (
            {"dtypes": dict.fromkeys(("initial", "weights", "final"), "float32")},
            "initial: wanted a number that float32 holds, got '0.1'",
        ),
        (
            {"dtypes": dict.fromkeys(("initial", "weights", "final"), "float16")},
            "initial: wanted a number that float16 holds",
        ),
        (
            {"dtypes": {"initial": "float64", "weights": "int64", "final": "float64"}},
            "weights: wanted int64 as text",
        ),
        (
            {
                "dtypes": {"initial": "float64", "weights": "bool", "final": "float64"},
                "weights": [],
            },
            "WFA.weights: wanted dtype float64, got dtype",
        ),
    ],
    ids=str,
)
def test_wfa_json_that_is_wrong(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        from_json(changed_json("wfa.json", **changes))


def test_dfa_json_that_is_wrong() -> None:
    deep: Any = 1
    for _ in range(33):
        deep = {"tuple": [deep]}
    cases: dict[str, dict[str, Any]] = {
        "initial_state: wanted an encoded symbol": {"initial_state": deep},
        "states: wanted distinct values, got True": {"states": [1, True]},
        "transitions: wanted one item": {"transitions": [["even", "a", "even"]] * 2},
        "DFA: .* ghost": {"transitions": [["even", "a", "ghost"]]},
        "final_states: wanted a JSON value of type list": {"final_states": "even"},
    }
    for message, changes in cases.items():
        with pytest.raises(FormatError, match=message):
            from_json(changed_json("dfa.json", **changes))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "1e5",
        "NaN",
        '{"a": 1, "a": 2}',
        "[" * 100_000,
        '{"type": ' * 100_000,
        "1" * 5000,
        '{"type": "WFA"}',
        '{"type": "DFA", "version": 1}',
        '{"type": ["WFA"], "version": 1}',
        '{"version": 1}',
        "\ufeff{}",
    ],
    ids=lambda text: text[:20],
)
def test_text_that_is_no_automaton(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(text, "utf-8")
    with pytest.raises(FormatError, match=f"^{path}: "):
        load(path)


def test_short_text_does_not_describe_an_enormous_array() -> None:
    record = json.loads(to_json(MACHINES["wfa.json"]))
    record["initial"] = record["final"] = ["0.0"] * 20_000
    with pytest.raises(FormatError, match="zeros included"):
        from_json(json.dumps(record))


# Tensors that are wrong ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tensor", "array", "shape", "message"),
    [
        ("table", "accepting", np.ones((2, 1), bool), [2, 1], "vector of booleans"),
        ("table", "accepting", np.array(True), [], "vector of booleans"),
        ("table", "accepting", np.ones(2, np.uint8), [2], "vector of booleans"),
        ("table", "successors", np.zeros((2, 2)), [2, 2], "array of integers"),
        ("table", "successors", np.full((2, 2), 2), [2, 2], "states 0 to 1"),
        ("diagonal", "initial", np.ones(1, np.int64), [1], "dtype float64, got"),
        ("diagonal", "initial", np.array(1.0), [], r"wanted shape \(n,\)"),
        ("diagonal", "other", np.ones(1), [1], r"tensors: .* unknown \['other'\]"),
        ("diagonal", "initial", np.ones(2), [1], r"float64 \(1,\), got .*\(2,\)"),
        ("wfa", "initial", np.frombuffer(b"1\n2\n3", np.uint8), [2], "2 lines, got 3"),
        ("wfa", "initial", np.frombuffer(b"1\n2", np.uint8), [-1, -2], "at least 0"),
        ("wfa", "initial", np.frombuffer(b"1\n0x2", np.uint8), [2], "got '0x2'"),
        ("wfa", "initial", np.frombuffer(b"1\n1/0", np.uint8), [2], "got '1/0'"),
        ("wfa", "initial", np.frombuffer(b"", np.uint8), [0] * 80, "that NumPy has"),
        ("wfa", "initial", np.frombuffer(b"1\n\xff", np.uint8), [2], "as text"),
        ("wfa", "initial", np.ones(2), [2], "a vector of uint8"),
    ],
)
def test_tensors_that_are_wrong(
    tmp_path: Path, name: str, tensor: str, array: Any, shape: list[int], message: str
) -> None:
    record, tensors = to_record(MACHINES[f"{name}.safetensors"])
    old = record["fields"].get(tensor)
    if old is not None:
        stored = old["stored"]
        dtype = "object" if stored == "text" else array.dtype.name
        entry = {"dtype": dtype, "shape": shape, "stored": stored}
        record = {**record, "fields": {**record["fields"], tensor: entry}}
    path = tmp_path / "wrong.safetensors"
    path.write_bytes(pack(record, {**tensors, tensor: array}))
    with pytest.raises(FormatError, match=message):
        load(path)


@pytest.mark.parametrize("shape", [[0, 2**62, 2**62], [0] * 80])
def test_shapes_that_numpy_does_not_have(tmp_path: Path, shape: list[int]) -> None:
    entry = {"dtype": "F64", "shape": shape, "data_offsets": [0, 0]}
    metadata = {"automata_rnn": json.dumps({"sha256": ""})}
    header = json.dumps({"__metadata__": metadata, "t": entry}).encode()
    path = tmp_path / "shape.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(FormatError, match="wanted a safetensors file"):
        load(path)


def test_foreign_safetensors_files(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    tensor = np.zeros(1, np.float32)
    for metadata in (None, {"format": "pt"}):
        path.write_bytes(safetensors.numpy.save({"w": tensor}, metadata))
        with pytest.raises(FormatError, match="the key automata_rnn"):
            load(path)
    many = {f"t{i}": tensor for i in range(MAX_TENSORS + 1)}
    path.write_bytes(safetensors.numpy.save(many, {"automata_rnn": "{}"}))
    with pytest.raises(FormatError, match=f"at most {MAX_TENSORS} tensors"):
        load(path)
