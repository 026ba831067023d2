"""Files: there and back exactly, the same bytes, whole or not at all, no surprises."""

import json
import os
import stat
import subprocess
import sys
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from automata_rnn import (
    COMPLEX,
    INTEGER,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    galois_field,
    integers_mod,
)
from automata_rnn.automata import (
    WFA,
    CounterMachine,
    DFATable,
    StackMachine,
    table_from_dfa,
)
from automata_rnn.formats import FormatError, from_json, load, save, to_json
from automata_rnn.formats.machines import from_record, to_record
from automata_rnn.formats.tensors import MAX_HEADER, MAX_TENSORS, pack, unpack
from automata_rnn.rnns import MLPRNN, PDRNN, DiagonalRNN, LinearRNN, ReLURNN
from tests.strategies import (
    HEADS,
    SEMIRINGS,
    dfas,
    diagonal_rnns,
    heads,
    linear_rnns,
    nfas,
    pd_rnns,
    relu_rnns,
    wfas,
)

every_semiring = pytest.mark.parametrize("semiring", SEMIRINGS, ids=str)
every_suffix = pytest.mark.parametrize("suffix", [".safetensors", ".json"])
AB = Alphabet("ab")


def typed(value: Any) -> Any:
    """A value that is equal only for values of equal types, inside too."""
    if isinstance(value, tuple):
        return tuple, [typed(item) for item in value]
    if isinstance(value, frozenset):
        return frozenset, {(type(item), item) for item in value}
    return type(value), value


def content(value: Any) -> Any:
    """All that a machine holds, such that equal means the same bits and types."""
    if isinstance(value, tuple):
        return tuple, [content(item) for item in value]
    if isinstance(value, np.ndarray):
        data = (
            list(map(typed, value.flat)) if value.dtype == object else value.tobytes()
        )
        return value.dtype, value.shape, data
    if isinstance(value, Alphabet):
        return typed(value.symbols), typed(value.bos)
    if isinstance(value, DFA | NFA):
        return type(value), {k: typed(v) for k, v in value.input_parameters.items()}
    if is_dataclass(value) and not isinstance(value, Semiring):
        return type(value), [content(getattr(value, f.name)) for f in fields(value)]
    return value


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats")


def there_and_back(machine: Any, path: Path) -> Any:
    save(machine, path)
    return load(path)


def through_bytes(machine: Any, suffix: str) -> Any:
    """The same without a disk, for many machines."""
    if suffix == ".json":
        return from_json(to_json(machine))
    return from_record(*unpack(pack(*to_record(machine))))


# There and back ------------------------------------------------------------------


@every_semiring
@settings(max_examples=10)
@given(data=st.data())
def test_networks_come_back_bit_by_bit(semiring: Semiring, data: st.DataObject) -> None:
    kinds = (wfas, linear_rnns, diagonal_rnns, pd_rnns)
    machine = data.draw(st.one_of(*(kind(semiring) for kind in kinds)))
    back = through_bytes(machine, ".safetensors")
    assert content(back) == content(machine)


@pytest.mark.parametrize("semiring", [RATIONAL, INTEGER, REAL], ids=str)
@given(data=st.data())
def test_relu_networks_come_back_bit_by_bit(
    semiring: Semiring, data: st.DataObject
) -> None:
    machine = data.draw(relu_rnns(semiring))
    back = through_bytes(machine, ".safetensors")
    assert content(back) == content(machine)


@pytest.mark.parametrize("semiring", [RATIONAL, REAL], ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_heads_come_back_bit_by_bit(semiring: Semiring, data: st.DataObject) -> None:
    machine = data.draw(st.one_of(*(heads(kind, semiring) for kind in HEADS)))
    back = through_bytes(machine, ".safetensors")
    assert content(back) == content(machine)


@every_semiring
@settings(max_examples=10)
@given(data=st.data())
def test_wfas_come_back_from_json(semiring: Semiring, data: st.DataObject) -> None:
    machine = data.draw(wfas(semiring))
    assert content(from_json(to_json(machine))) == content(machine)


@given(dfa=dfas())
def test_dfa_tables_come_back(dfa: DFA) -> None:
    table = table_from_dfa(dfa)
    assert content(through_bytes(table, ".safetensors")) == content(table)


@given(dfa=dfas())
def test_dfas_come_back_with_their_names(dfa: DFA) -> None:
    back = through_bytes(dfa, ".json")
    assert content(back) == content(dfa)
    assert back == dfa


@given(nfa=nfas(acyclic=False))
def test_nfas_come_back(nfa: NFA) -> None:
    back = through_bytes(nfa, ".json")
    assert type(back) is NFA
    assert back == nfa


atoms = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers(2**52, 2**80)
    | st.text(max_size=3)
    | st.binary(max_size=3)
    | st.floats(allow_nan=False)
    | st.sampled_from(["\ud800", "1", "null", '{"int": "1"}'])
)
symbols = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3)
    ),
    max_leaves=5,
)


@every_suffix
@given(names=st.lists(symbols, unique=True, max_size=6), with_bos=st.booleans())
def test_symbols_of_all_kinds_stay_apart(
    suffix: str, names: list[Any], with_bos: bool
) -> None:
    bos = names[0] if with_bos and names and names[0] is not None else None
    sigma = Alphabet(names if bos is None else names[1:], bos)
    machine = WFA(INTEGER, sigma, [1], np.ones((sigma.num_codes, 1, 1), int), [1])
    back = through_bytes(machine, suffix)
    assert content(back) == content(machine)


@given(names=st.lists(symbols, unique=True, min_size=1, max_size=6))
def test_states_of_all_kinds_stay_apart(names: list[Any]) -> None:
    ring = dict(zip(names, [*names[1:], names[0]], strict=True))
    moves: Any = {q: {1: ring[q], "1": q} for q in names}
    letters: Any = {1, "1"}
    dfa = DFA(
        states=set(names),
        input_symbols=letters,
        transitions=moves,
        initial_state=names[0],
        final_states=set(names[1:]),
    )
    back = from_json(to_json(dfa))
    assert isinstance(back, DFA)
    kinds = {(typed(q)[0], q) for q in dfa.states}
    assert {(typed(q)[0], q) for q in back.states} == kinds
    assert content(back.initial_state) == content(dfa.initial_state)
    assert back == dfa


SPECIAL = [0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1, -1 / 3]


@every_suffix
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_keep_dtype_and_sign_of_zero(
    tmp_path: Path, suffix: str, dtype: str
) -> None:
    values = np.array([0.0, -0.0, 0.1, -1 / 3, 6e-5, 6e4], dtype)
    wide = np.array(SPECIAL) if dtype == "float64" else values
    machine = WFA(REAL, Alphabet("a"), values, np.diag(wide)[None], wide)
    back = there_and_back(machine, tmp_path / f"m{suffix}")
    assert content(back) == content(machine)
    assert back.initial.dtype == dtype


@every_suffix
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_numbers_keep_both_signs(
    tmp_path: Path, suffix: str, dtype: str
) -> None:
    signs = (0.0, -0.0, 1e-30, -2.5)
    values = np.array([complex(x, y) for x in signs for y in signs], dtype)
    machine = WFA(COMPLEX, Alphabet("a"), values, np.diag(values)[None], values)
    assert content(there_and_back(machine, tmp_path / f"m{suffix}")) == content(machine)


@every_suffix
@pytest.mark.parametrize("semiring", [MAX_PLUS, MIN_PLUS], ids=str)
def test_infinite_weights(tmp_path: Path, suffix: str, semiring: Semiring) -> None:
    weights = np.full((2, 3, 3), semiring.zero)
    weights[1, 2, 0] = 1.5
    machine = WFA(semiring, AB, weights[0, 0], weights, weights[1, 2])
    assert content(there_and_back(machine, tmp_path / f"m{suffix}")) == content(machine)


@every_suffix
def test_numbers_of_thousands_of_digits(tmp_path: Path, suffix: str) -> None:
    for digits in (500, 6000):  # Python's own int() stops at 4300
        n, d = 10**digits + 7, -(3**digits)
        sigma = Alphabet("a")
        rational = WFA(RATIONAL, sigma, [Fraction(n, d)], [[[fmpq(d, n)]]], [0])
        integer = WFA(INTEGER, sigma, [n], [[[d]]], [0])
        modular = WFA(integers_mod(10**30), sigma, [n % 10**30], [[[3]]], [0])
        for machine in (rational, integer, modular):
            back = there_and_back(machine, tmp_path / f"m{suffix}")
            assert content(back) == content(machine)


def test_arrays_that_are_not_contiguous(tmp_path: Path) -> None:
    base = np.arange(48).reshape(4, 12)
    views = [
        base[:, ::6].T % 4,
        base.T[::-6] % 4,
        np.asfortranarray(base[:2, :4] % 4),
        np.broadcast_to(np.arange(4), (2, 4)),
        np.arange(8).reshape(4, 2)[::-1].T // 2,
        (base[:2, :4] % 4).astype(">i8"),
    ]
    for successors in (view[:, ::-1][:, ::-1] for view in views):
        table = DFATable(Alphabet("ab"), 3, successors, np.array([1, 0, 1, 0]) > 0)
        back = there_and_back(table, tmp_path / "t.safetensors")
        np.testing.assert_array_equal(back.successors, successors)
        assert back.successors.flags.c_contiguous
        assert back.successors.dtype.isnative


def test_arrays_of_a_device_are_copied_from_it(tmp_path: Path) -> None:
    on_host = np.zeros((2, 1), np.intp)

    class DeviceArray:
        __module__ = "cupy"
        shape, size, min, max = on_host.shape, 2, on_host.min, on_host.max
        dtype = on_host.dtype

        def get(self) -> Any:
            return on_host

    table = DFATable(AB, 0, DeviceArray(), np.array([True]))  # type: ignore[arg-type]
    back = there_and_back(table, tmp_path / "t.safetensors")
    np.testing.assert_array_equal(back.successors, on_host)


# Bytes ---------------------------------------------------------------------------

MACHINES: dict[str, Any] = {
    "wfa.safetensors": WFA(
        RATIONAL, AB, [1, 0], [[["1/3", 1], [2, 0]], [[0, 0], [1, "-7/5"]]], [0, 1]
    ),
    "linear.safetensors": LinearRNN(
        COMPLEX, Alphabet("a", bos="<s>"), [1j], [[[2]], [[0.5j]]], [1], [[0], [1]]
    ),
    "diagonal.safetensors": DiagonalRNN(
        MAX_PLUS, Alphabet([("x", 1), None]), [0.5], [[1], [2]], [-np.inf]
    ),
    "pd.safetensors": PDRNN(
        integers_mod(12),
        AB,
        [1, 5],
        np.array([[1, 0], [0, 0]]),
        [[7, 1], [2, 3]],
        [1, 0],
    ),
    "table.safetensors": DFATable(
        AB, 1, np.array([[1, 0], [1, 1]]), np.array([True, False])
    ),
    "counter.safetensors": CounterMachine(
        AB,
        0,
        np.array([[[0, 0]], [[0, 0]]]),
        np.array([[[[1], [1]]], [[[0], [-1]]]]),
        np.array([[True, False]]),
        True,
    ),
    "stack.safetensors": StackMachine(
        Alphabet("a"),
        ("x", ("y", 1)),
        0,
        np.zeros((1, 1, 3), int),
        np.array([[[[2], [1], [3]]]]),
        np.array([[True, False]]),
        ((0, 1),),
    ),
    "relu.safetensors": ReLURNN(
        RATIONAL, AB, [1, 0], [["1/3", 0], [0, -2]], [[0, 1], [2, 0]], [1, 1]
    ),
    "head.safetensors": ReLURNN(
        REAL, AB, [1.0], [[0.5]], [[0], [1]], [1, 2], [[1, 0]], [0.5, 1]
    ),
    "mlp.safetensors": MLPRNN(
        INTEGER, AB, [7], ([[1, 0]], [[2], [3]]), [[0, 1], [2**70, 0]], ([5],), [1]
    ),
    "wfa.json": WFA(
        REAL, Alphabet("a", bos=1), [1, 0.1], [np.eye(2), [[0, 2], [-0.0, 0]]], [0, 1]
    ),
    "field.json": WFA(galois_field(8), AB, [1], [[[3]], [[7]]], [5]),
    "dfa.json": DFA(
        states={"even", ("odd", 1)},
        input_symbols={"a", "b"},
        transitions={"even": {"a": ("odd", 1), "b": "even"}, ("odd", 1): {"a": "even"}},
        initial_state="even",
        final_states={("odd", 1)},
        allow_partial=True,
    ),
    "nfa.json": NFA(
        states={0, 1, "2"},
        input_symbols={"a"},
        transitions={0: {"a": {0, 1}, "": {"2"}}, "2": {"a": {1}}},
        initial_state=0,
        final_states={1},
    ),
}
every_machine = pytest.mark.parametrize("name", MACHINES)


@every_machine
def test_the_gallery_comes_back(tmp_path: Path, name: str) -> None:
    back = there_and_back(MACHINES[name], tmp_path / name)
    if name == "nfa.json":  # where states without moves are left out, or not
        assert back == MACHINES[name]
    else:
        assert content(back) == content(MACHINES[name])


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


# Refusals ------------------------------------------------------------------------


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


def test_second_objects_of_one_semiring_are_saved(tmp_path: Path) -> None:
    second = integers_mod.__wrapped__(5)  # as after many others, by the bounded cache
    machine = WFA(second, Alphabet("a"), [1], [[[4]]], [1])
    assert second is not integers_mod(5)
    assert there_and_back(machine, tmp_path / "m.json").semiring is integers_mod(5)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for suffix in (".safetensors", ".json", ".att"):
        with pytest.raises(FileNotFoundError):
            load(tmp_path / f"absent{suffix}")
        (tmp_path / f"folder{suffix}").mkdir()
        with pytest.raises(FormatError, match="directory"):
            load(tmp_path / f"folder{suffix}")


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


def test_large_integers_are_text() -> None:
    n = 2**53
    dfa: Any = DFA.universal_language({n - 1, n, -n})  # type: ignore[arg-type]
    symbols = json.loads(to_json(dfa))["input_symbols"]
    assert symbols == [{"int": str(-n)}, {"int": str(n)}, n - 1]


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
    folder: Path, name: str, tensor: str, array: Any, shape: list[int], message: str
) -> None:
    record, tensors = to_record(MACHINES[f"{name}.safetensors"])
    old = record["fields"].get(tensor)
    if old is not None:
        stored = old["stored"]
        dtype = "object" if stored == "text" else array.dtype.name
        entry = {"dtype": dtype, "shape": shape, "stored": stored}
        record = {**record, "fields": {**record["fields"], tensor: entry}}
    path = folder / "wrong.safetensors"
    path.write_bytes(pack(record, {**tensors, tensor: array}))
    with pytest.raises(FormatError, match=message):
        load(path)


@pytest.mark.parametrize("shape", [[0, 2**62, 2**62], [0] * 80])
def test_shapes_that_numpy_does_not_have(folder: Path, shape: list[int]) -> None:
    entry = {"dtype": "F64", "shape": shape, "data_offsets": [0, 0]}
    metadata = {"automata_rnn": json.dumps({"sha256": ""})}
    header = json.dumps({"__metadata__": metadata, "t": entry}).encode()
    path = folder / "shape.safetensors"
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


# Damage --------------------------------------------------------------------------


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


@given(data=st.binary(max_size=40), claim=st.integers(0, 40))
def test_any_bytes_are_refused(folder: Path, data: bytes, claim: int) -> None:
    for prefix in (b"", claim.to_bytes(8, "little"), b"{" * claim):
        for suffix in (".safetensors", ".json"):
            assert outcome(folder / f"any{suffix}", prefix + data) is None


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


def test_unpack_is_the_inverse_of_pack() -> None:
    for machine in MACHINES.values():
        if type(machine) in (DFA, NFA):
            continue
        record, tensors = to_record(machine)
        back, arrays = unpack(pack(record, tensors))
        assert back == record
        assert content(list(arrays)) == content(sorted(arrays, key=list(arrays).index))
        for name, tensor in tensors.items():
            assert content(arrays[name]) == content(tensor)
