"""What the registry says to those who ask it for what there is not."""

from typing import Any

import pytest
from automata.tm.dtm import DTM

from automata_rnn import accepts
from automata_rnn.automata import (
    counter_machine_from_program,
    dfa_from_regex,
    stack_machine_from_tm,
)
from automata_rnn.rnns import MLPRNN, PDRNN, DeltaNet, DiagonalRNN, Network
from translations import compare, feasibility, plan_network, translate

DFA_AB = dfa_from_regex("(ab)*")
WRITES_X = DTM(
    states={"q", "end"},
    input_symbols={"0"},
    tape_symbols={"0", "x", "."},
    transitions={"q": {"0": ("q", "x", "R"), ".": ("end", ".", "R")}},
    initial_state="q",
    blank_symbol=".",
    final_states={"end"},
)


@pytest.mark.parametrize(
    ("machine", "hint"),
    [
        ("(ab)*", "dfa_from_regex"),
        (lambda word: True, "extraction.extract"),
        (stack_machine_from_tm(WRITES_X), "its `machine`"),
        (counter_machine_from_program("accept"), "its `machine`"),
        (translate(DFA_AB, PDRNN), "its `rnn`"),
        (3, "from int there is: none$"),
    ],
    ids=["pattern", "function", "tapes", "program", "translation", "number"],
)
def test_a_source_without_translations_is_told_what_to_do(
    machine: Any, hint: str
) -> None:
    with pytest.raises(TypeError, match=hint):
        translate(machine, MLPRNN)
    with pytest.raises(TypeError, match=hint):
        compare(DFA_AB, machine)


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        (DeltaNet, 'heads="deltanet"'),
        (DiagonalRNN, "wfa_from_dfa"),
        (MLPRNN, "RWKV7, "),
    ],
)
def test_a_target_that_a_dfa_has_not_is_told_what_to_take(
    target: type, hint: str
) -> None:
    with pytest.raises(TypeError, match=f"no translation DFA → .*{hint}"):
        translate(DFA_AB, target)


def test_what_the_hints_name_works() -> None:
    layers = translate(DFA_AB, Network, heads="deltanet").rnn
    assert accepts(layers, "abab")
    assert not accepts(layers, "aba")
    assert feasibility(DeltaNet, dfa_from_regex("(aa)*")).answer == "impossible"
    with pytest.raises(TypeError, match="wfa: wanted WFA, got DFA"):
        plan_network(DFA_AB)  # type: ignore[arg-type]


@pytest.mark.parametrize("target", ["PDRNN", "pd", DFA_AB, None])
def test_a_target_is_a_class_or_its_importable_name(target: Any) -> None:
    with pytest.raises(TypeError, match="target: wanted a class"):
        translate(DFA_AB, target)


def test_an_importable_name_is_a_target() -> None:
    by_name = translate(DFA_AB, "automata_rnn.rnns.pd.PDRNN").rnn
    assert isinstance(by_name, PDRNN)


def test_the_machine_of_a_tape_machine_reads_the_clock() -> None:
    found = stack_machine_from_tm(WRITES_X)
    network = translate(found.machine, MLPRNN).rnn
    assert compare(found.machine, network, max_length=6).counterexample is None
