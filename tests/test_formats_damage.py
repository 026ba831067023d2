"""Files: whatever the bytes are, a machine or a FormatError, and no other machine."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn.formats import FormatError, load, save, to_json
from automata_rnn.formats.machines import to_record
from automata_rnn.formats.tensors import pack
from tests.format_files import MACHINES, content, every_machine, through_bytes


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats")


def outcome(path: Path, data: bytes) -> Any:
    """The machine in the damaged file, or None where it is refused by FormatError."""
    path.write_bytes(data)
    try:
        return load(path)
    except FormatError as error:
        message = str(error)
    assert message.startswith(f"{path}: ")
    return None


def file_of(name: str, folder: Path) -> bytes:
    path = folder / name
    if not path.exists():
        save(MACHINES[name], path)
    return path.read_bytes()


@every_machine
def test_truncated_files_are_refused(folder: Path, name: str) -> None:
    data = file_of(name, folder)
    step = 1 + len(data) // 120
    last = len(data) - (1 if name.endswith(".json") else 0)  # but for the line end
    for length in [*range(0, last - 8, step), *range(last - 8, last)]:
        assert outcome(folder / f"cut-{name}", data[:length]) is None


@every_machine
@given(data=st.data())
def test_changed_bytes_are_noticed(
    folder: Path, name: str, data: st.DataObject
) -> None:
    original = file_of(name, folder)
    damaged = bytearray(original)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(original) - 1))
        damaged[place] ^= data.draw(st.integers(1, 255))
    machine = outcome(folder / f"flip-{name}", bytes(damaged))
    # a checksum guards .safetensors; text is for editing, so that it may say
    # something else now, if it is an automaton
    if machine is not None and name.endswith(".safetensors"):
        assert content(machine) == content(MACHINES[name])


@every_machine
@given(data=st.data())
def test_moved_bytes_are_noticed(folder: Path, name: str, data: st.DataObject) -> None:
    original = file_of(name, folder)
    ends = st.integers(0, len(original))
    start, stop, to = data.draw(ends), data.draw(ends), data.draw(ends)
    damaged = original[:to] + original[start:stop] + original[data.draw(ends) :]
    machine = outcome(folder / f"move-{name}", damaged)
    if machine is not None and name.endswith(".safetensors"):
        assert content(machine) == content(MACHINES[name])


@given(data=st.binary(max_size=40), claim=st.integers(0, 40))
def test_any_bytes_are_refused(folder: Path, data: bytes, claim: int) -> None:
    for prefix in (b"", claim.to_bytes(8, "little"), b"{" * claim):
        for suffix in (".safetensors", ".json"):
            assert outcome(folder / f"any{suffix}", prefix + data) is None


# Records that are random in places -----------------------------------------------


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from([2**31, 2**63, -(2**70), 10**30])
    | st.text(max_size=3)
    | st.sampled_from(["nan", "inf", "-inf", "1/0", "0", "1", "1e999", "object"])
    | st.sampled_from(["real", "GF(4)", "GF(6)", "integers-mod-1", "float32", "bool"])
    | st.sampled_from(["complex", "boolean", "min-plus", "int8", "DFATable", "PDRNN"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["int", "float", "bytes", "tuple", "frozenset", "x"]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """`value` with one place in it replaced, removed, doubled or added to."""
    if isinstance(value, dict | list) and value and draw(st.integers(0, 5)):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = draw(st.sampled_from(list(keys)))
        changed: Any = dict(value) if isinstance(value, dict) else list(value)
        what = draw(st.sampled_from(["deeper"] * 6 + ["remove", "add", "swap"]))
        if what == "remove":
            del changed[key]
        elif what == "swap":
            other = draw(st.sampled_from(list(keys)))
            changed[key], changed[other] = changed[other], changed[key]
        elif what == "add" and isinstance(changed, dict):
            changed[draw(st.text(max_size=2))] = draw(junk)
        elif what == "add":
            changed.insert(key, draw(junk))
        else:
            changed[key] = draw(mutated(changed[key]))
        return changed
    return draw(junk)


@pytest.mark.parametrize("name", [n for n in MACHINES if n.endswith(".safetensors")])
@settings(max_examples=80)
@given(data=st.data())
def test_any_record_is_a_machine_or_refused(
    folder: Path, name: str, data: st.DataObject
) -> None:
    record, tensors = to_record(MACHINES[name])
    record = data.draw(mutated(record))
    if not isinstance(record, dict):
        return
    names = data.draw(st.permutations(list(tensors)))
    if data.draw(st.booleans()):
        tensors = dict(zip(names, tensors.values(), strict=True))
    if data.draw(st.integers(0, 3)) == 0:
        tensors.pop(names[0])
    if data.draw(st.integers(0, 3)) == 0:
        dtype = data.draw(st.sampled_from(["uint8", "int64", "float64", "bool"]))
        tensors[names[-1]] = np.ones(data.draw(st.integers(0, 3)), dtype)
    machine = outcome(folder / f"record-{name}", pack(record, tensors))
    if machine is not None:
        again = through_bytes(machine, Path(name).suffix)
        assert content(again) == content(machine)


@pytest.mark.parametrize("name", [n for n in MACHINES if n.endswith(".json")])
@settings(max_examples=80)
@given(data=st.data())
def test_any_json_is_an_automaton_or_refused(
    folder: Path, name: str, data: st.DataObject
) -> None:
    record = data.draw(mutated(json.loads(to_json(MACHINES[name]))))
    text = json.dumps(record).encode()
    machine = outcome(folder / f"record-{name}", text)
    if machine is not None:
        again = through_bytes(machine, Path(name).suffix)
        assert to_json(again) == to_json(machine)


@given(
    entry=st.fixed_dictionaries(
        {},
        optional={
            "dtype": junk | st.sampled_from(["F64", "BF16", "U8"]),
            "shape": junk | st.lists(st.sampled_from([0, 1, 2**62]), max_size=80),
            "data_offsets": junk | st.just([0, 0]),
        },
    )
)
def test_any_header_is_refused(folder: Path, entry: dict[str, Any]) -> None:
    record = json.dumps({"sha256": ""})
    header = json.dumps({"__metadata__": {"automata_rnn": record}, "t": entry}).encode()
    data = len(header).to_bytes(8, "little") + header
    assert outcome(folder / "header.safetensors", data) is None
