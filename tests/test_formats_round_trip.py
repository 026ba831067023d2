"""Files: machines come back with the same bits, types and names."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import (
    COMPLEX,
    INTEGER,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    integers_mod,
)
from automata_rnn.automata import WFA, DFATable, table_from_dfa
from automata_rnn.formats import from_json, to_json
from automata_rnn.formats.machines import to_record
from automata_rnn.formats.tensors import pack, unpack
from tests.format_files import (
    AB,
    MACHINES,
    content,
    every_machine,
    every_suffix,
    there_and_back,
    through_bytes,
    typed,
)
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


@every_machine
def test_the_gallery_comes_back(tmp_path: Path, name: str) -> None:
    back = there_and_back(MACHINES[name], tmp_path / name)
    if name == "nfa.json":  # where states without moves are left out, or not
        assert back == MACHINES[name]
    else:
        assert content(back) == content(MACHINES[name])


def test_unpack_is_the_inverse_of_pack() -> None:
    for machine in MACHINES.values():
        if type(machine) in (DFA, NFA):
            continue
        record, tensors = to_record(machine)
        back, arrays = unpack(pack(record, tensors))
        assert back == record
        assert arrays.keys() == tensors.keys()
        for name, tensor in tensors.items():
            assert content(arrays[name]) == content(tensor)


def test_second_objects_of_one_semiring_are_saved(tmp_path: Path) -> None:
    second = integers_mod.__wrapped__(5)  # as after many others, by the bounded cache
    machine = WFA(second, Alphabet("a"), [1], [[[4]]], [1])
    assert second is not integers_mod(5)
    assert there_and_back(machine, tmp_path / "m.json").semiring is integers_mod(5)


# Random machines -----------------------------------------------------------------


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


# Symbols and states --------------------------------------------------------------


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


# Numbers and arrays --------------------------------------------------------------


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
