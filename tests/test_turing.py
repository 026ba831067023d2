"""automata-lib's Turing machines and pushdown automata as stacks and networks."""

from itertools import product
from typing import Any

import pytest
from automata.base.exceptions import RejectionException
from automata.pda.dpda import DPDA
from automata.tm.dtm import DTM
from automata.tm.mntm import MNTM

from automata_rnn import evaluate, trace
from automata_rnn.automata import (
    clocked,
    halted,
    read_pushdown,
    read_tapes,
    stack_machine_from_dpda,
    stack_machine_from_tm,
)
from automata_rnn.automata.stack import Stacks
from automata_rnn.rnns import MLPRNN, ReLURNN
from tests.turing_files import (
    BEAVERS,
    MACHINES,
    Beaver,
    beaver_machine,
    beavers,
    gallery_machine,
    simulate,
)
from translations import translate

CLOCK = "·"


def all_texts(letters: str, longest: int) -> list[str]:
    return ["".join(w) for n in range(longest + 1) for w in product(letters, repeat=n)]


def until_rejected(machine: Any, word: str) -> tuple[list[Any], bool]:
    """automata-lib's configurations, and whether it accepts."""
    found: list[Any] = []
    try:
        for configuration in machine.read_input_stepwise(word):
            found.append(configuration)
    except RejectionException:
        return found, False
    return found, True


def trimmed(tape: Any) -> tuple[Any, Any, Any]:
    """Left of the head, under it and right of it, without outer blanks."""
    left = list(tape.tape[: tape.current_position])
    right = list(tape.tape[tape.current_position + 1 :])
    while left and left[0] == tape.blank_symbol:
        del left[0]
    while right and right[-1] == tape.blank_symbol:
        del right[-1]
    return tuple(left), tape.read_symbol(), tuple(right)


EQUAL_COUNTS = DTM(  # 0ⁿ1ⁿ, n > 0
    states={"q0", "q1", "q2", "q3", "q4"},
    input_symbols={"0", "1"},
    tape_symbols={"0", "1", "x", "y", "."},
    transitions={
        "q0": {"0": ("q1", "x", "R"), "y": ("q3", "y", "R")},
        "q1": {"0": ("q1", "0", "R"), "1": ("q2", "y", "L"), "y": ("q1", "y", "R")},
        "q2": {"0": ("q2", "0", "L"), "x": ("q0", "x", "R"), "y": ("q2", "y", "L")},
        "q3": {"y": ("q3", "y", "R"), ".": ("q4", ".", "N")},
    },
    initial_state="q0",
    blank_symbol=".",
    final_states={"q4"},
)
PALINDROMES = MNTM(  # w = its reverse, by a copy on the second tape
    states={"copy", "back", "match", "yes"},
    input_symbols={"0", "1"},
    tape_symbols={"0", "1", "#"},
    n_tapes=2,
    transitions={
        "copy": {
            ("0", "#"): [("copy", (("0", "R"), ("0", "R")))],
            ("1", "#"): [("copy", (("1", "R"), ("1", "R")))],
            ("#", "#"): [("back", (("#", "L"), ("#", "N")))],
        },
        "back": {
            ("0", "#"): [("back", (("0", "L"), ("#", "N")))],
            ("1", "#"): [("back", (("1", "L"), ("#", "N")))],
            ("#", "#"): [("match", (("#", "R"), ("#", "L")))],
        },
        "match": {
            ("0", "0"): [("match", (("0", "R"), ("#", "L")))],
            ("1", "1"): [("match", (("1", "R"), ("#", "L")))],
            ("#", "#"): [("yes", (("#", "N"), ("#", "N")))],
        },
    },
    initial_state="copy",
    blank_symbol="#",
    final_states={"yes"},
)


@pytest.mark.parametrize("tm", [EQUAL_COUNTS, PALINDROMES], ids=["DTM", "MNTM"])
def test_every_configuration_is_that_of_automata_lib(tm: Any) -> None:
    reading = stack_machine_from_tm(tm)
    for word in all_texts("01", 6):
        found, accepted = until_rejected(tm, word)
        if isinstance(tm, MNTM):
            found = [configuration for (configuration,) in found]
        tapes = [getattr(c, "tapes", None) or (c.tape,) for c in found]
        expected = [
            (c.state, tuple(map(trimmed, t))) for c, t in zip(found, tapes, strict=True)
        ]
        given = stack_machine_from_tm(tm, tape=word)
        long = len(expected) + 2
        runs = [
            (given, list(trace(given.machine, CLOCK * long))),
            (reading, list(trace(reading.machine, word + CLOCK * (len(word) + long)))),
        ]
        for made, run in runs:
            shown = [read_tapes(made, state) for state in run[-long - 1 :]]
            assert shown == [*expected, *expected[-1:] * (long + 1 - len(expected))]
            stops = [halted(made, state) for state in run[-long - 1 :]]
            assert stops == [t + 1 >= len(expected) for t in range(long + 1)]
            assert made.machine.output(run[-1]) == accepted
        if word:
            assert all(read_tapes(reading, s) is None for s in run[1 : len(word) + 1])


def test_choices_are_refused() -> None:
    moves = (("0", "R"),)
    tm = MNTM(
        states={"q", "f"},
        input_symbols={"0"},
        tape_symbols={"0", "#"},
        n_tapes=1,
        transitions={"q": {("0",): [("q", moves), ("f", moves)]}},
        initial_state="q",
        blank_symbol="#",
        final_states={"f"},
    )
    with pytest.raises(ValueError, match="one result for each entry, got 2 in state"):
        stack_machine_from_tm(tm)


def pushdown(acceptance_mode: Any, pushed: tuple[str, ...]) -> DPDA:
    """aⁿ b … with moves on ε at the end; each a pushes more than one symbol."""
    return DPDA(
        states={"q0", "q1", "q2"},
        input_symbols={"a", "b"},
        stack_symbols={"0", "1"},
        transitions={
            "q0": {
                "a": {"0": ("q0", ("1", "0")), "1": ("q0", pushed)},
                "b": {"1": ("q1", "")},
            },
            "q1": {"b": {"1": ("q1", "")}, "": {"0": ("q2", "")}},
        },
        initial_state="q0",
        initial_stack_symbol="0",
        final_states={"q2"},
        acceptance_mode=acceptance_mode,
    )


@pytest.mark.parametrize("mode", ["final_state", "empty_stack", "both"])
@pytest.mark.parametrize("pushed", [("1",), ("1", "1"), ("1", "1", "1"), ("1",) * 5])
def test_pushdown_automata_step_by_step(mode: str, pushed: tuple[str, ...]) -> None:
    dpda = pushdown(mode, pushed)
    made = stack_machine_from_dpda(dpda)
    accepted = 0
    for word in all_texts("ab", 8):
        padded = clocked(made, word)
        assert [s for s in padded if s != CLOCK] == list(word)
        expected, accepts = until_rejected(dpda, word)
        run = list(trace(made.machine, padded))
        shown = [read_pushdown(made, state) for state in run]
        whole = [configuration for configuration in shown if configuration is not None]
        assert whole == [(c.state, c.stack.stack) for c in expected]
        assert evaluate(made.machine, padded) == accepts == dpda.accepts_input(word)
        accepted += accepts
    assert accepted


def test_moves_on_nothing_that_go_on_for_ever_are_refused() -> None:
    dpda = DPDA(
        states={"q"},
        input_symbols={"a"},
        stack_symbols={"0"},
        transitions={"q": {"": {"0": ("q", ("0", "0"))}}},
        initial_state="q",
        initial_stack_symbol="0",
        final_states=set(),
        acceptance_mode="final_state",
    )
    with pytest.raises(ValueError, match="more than 100 moves on ε"):
        clocked(stack_machine_from_dpda(dpda), "", max_clocks=100)


# Collections --------------------------------------------------------------------------


def check_run(tm: DTM, tape: str, target: type | None, limit: int) -> list[Any]:
    """Every configuration, of the machine or its network, against the simulation."""
    made = stack_machine_from_tm(tm, tape=tape)
    system: Any = made.machine
    decode: Any = Stacks._make
    if target is not None:
        translation = translate(made.machine, target)
        system, decode = translation.rnn, translation.decode
    expected = []
    for found in simulate(tm, tape):
        expected.append(found)
        if len(expected) > limit:
            break
    steps = len(expected) - 1
    for wanted, state in zip(expected, trace(system, CLOCK * steps), strict=True):
        configuration = decode(state)
        state_and_tape = wanted[0], (wanted[1:],)
        assert read_tapes(made, configuration) == state_and_tape
    stopped = tm.transitions.get(expected[-1][0], {}).get(expected[-1][2]) is None
    assert halted(made, configuration) == stopped
    return expected


def check_beaver(beaver: Beaver, target: type) -> None:
    tm = beaver_machine(beaver.text)
    run = check_run(tm, "", target, limit=2000)
    assert len(run) - 1 == beaver.steps
    left, head, right = run[-1][1:]
    assert sum(symbol != "0" for symbol in (*left, head, *right)) == beaver.ones


no_beavers = pytest.mark.skipif(
    not BEAVERS.exists(), reason=f"no machines at {BEAVERS}"
)


@no_beavers
@pytest.mark.parametrize("name", ["2x2", "3x2", "2x3"])
def test_busy_beavers_as_one_layer_relu_networks(name: str) -> None:
    for beaver in beavers(name)[:15]:
        check_beaver(beaver, ReLURNN)
        check_beaver(beaver, MLPRNN)


@no_beavers
@pytest.mark.slow
@pytest.mark.parametrize("part", range(12))
def test_every_listed_busy_beaver(part: int) -> None:
    listed = [b for name in ("2x2", "3x2", "2x3") for b in beavers(name)]
    assert len(listed) == 2260
    for beaver in listed[part::12]:
        check_beaver(beaver, ReLURNN)


def two_state_machines() -> list[str]:
    """All tables of two states and two symbols, whose moves may halt: (2·2·3)⁴."""
    moves = ["".join(move) for move in product("01", "LR", "ABZ")]
    return ["{}{}_{}{}".format(*cells) for cells in product(moves, repeat=4)]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_all_two_state_machines_for_fifty_steps(part: int) -> None:
    every = two_state_machines()
    assert len(every) == 20_736
    for text in every[part::8]:
        check_run(beaver_machine(text), "", None, limit=50)


def test_some_two_state_machines_for_fifty_steps() -> None:
    for text in two_state_machines()[::97]:
        check_run(beaver_machine(text), "", None, limit=50)


# (machine, tape, what the file documents: a final state, or what stands on the tape)
DOCUMENTED = [
    ("binaryIncrement", "1011", "1100"),
    ("binaryAdd", "11+1", "100 1"),
    ("binaryAdd", "1011+11001", "100100 11001"),
    ("binaryMult", "11*101", "1111"),
    ("binaryMult", "11*11", "1001"),
    ("binaryMult", "111*110", "101010"),
    ("busyBeaver3", "", 6),
    ("busyBeaver4", "", 13),
    ("copy1s", "111", "1110111"),
    ("unaryMult", "||*|||", "||*||| ||||||"),
    *(("divisibleBy3", format(n, "b"), n % 3 == 0) for n in (9, 15, 20, 57)),
    *(("divisibleBy3Base10", str(n), n % 3 == 0) for n in (4728, 42, 1337, 314159265)),
    *(("lengthMult", w, True) for w in ("aabbbcccccc", "abc", "aabcc")),
    *(("lengthMult", w, False) for w in ("aabcbc", "b", "aabbccc")),
    *(("matchBinaryStrings", w, True) for w in ("01001#01001", "#", "10#10")),
    *(("matchBinaryStrings", w, False) for w in ("1#10", "10#1")),
    *(("matchThreeLengths", w, False) for w in ("bac", "aabc", "aabcc", "aabcbc")),
    ("matchThreeLengths", "aabbcc", True),
    *(("palindrome", w, w == w[::-1]) for w in ("abba", "a", "ab", "bb", "babab")),
    *(("powersOfTwo", "0" * n, n in (1, 2, 4, 8)) for n in (1, 2, 3, 4, 8)),
]


@pytest.mark.skipif(not MACHINES.exists(), reason=f"no machines at {MACHINES}")
@pytest.mark.parametrize(("name", "tape", "result"), DOCUMENTED)
def test_documented_results_through_the_network(
    name: str, tape: str, result: Any
) -> None:
    tm = gallery_machine(name)
    *_, (state, left, head, right) = check_run(tm, tape, MLPRNN, limit=2000)
    content = "".join((*left, head, *right))
    if isinstance(result, bool):
        assert (state == "accept") == result
    elif isinstance(result, int):
        assert len(content.replace(tm.blank_symbol, "")) == result
    else:
        assert content.strip(tm.blank_symbol) == result


@pytest.mark.skipif(not MACHINES.exists(), reason=f"no machines at {MACHINES}")
def test_turings_first_machine_writes_for_ever() -> None:
    tm = gallery_machine("repeat01")
    *_, (_, left, _, _) = check_run(tm, "", ReLURNN, limit=200)
    assert "".join(left).replace(" ", "") == "01" * 50
