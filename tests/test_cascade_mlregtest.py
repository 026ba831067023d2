"""MLRegTest's automata as cascades: star-free classes take resets only."""

import random
from pathlib import Path

import pytest
from automata.fa.dfa import DFA

from automata_rnn.automata import krohn_rhodes, table_from_dfa
from automata_rnn.formats import load
from automata_rnn.rnns import DiagonalNetwork, run_stack
from translations import translate

FOLDER = Path(__file__).parent.parent.parent / "shared" / "data" / "mlregtest" / "att"
FILES = sorted(FOLDER.glob("*.att"))
COUNTING = {"Reg", "Zp"}
"""The classes of languages that are not star-free, as names of files have them."""

pytestmark = pytest.mark.skipif(not FILES, reason=f"no MLRegTest at {FOLDER}")


def check_stack(path: Path) -> None:
    """One word of length 100 by parallel scans, against the automaton."""
    dfa = load(path)
    assert isinstance(dfa, DFA)
    counts = path.name.split(".")[2] in COUNTING
    network = translate(dfa, DiagonalNetwork).rnn
    assert isinstance(network, DiagonalNetwork)
    gates = {g for layer in network.layers for g in layer.gates.ravel().tolist()}
    assert (gates <= {0, 1}) == (not counts)
    table = table_from_dfa(dfa)
    word = random.Random(path.name).choices(table.alphabet.symbols, k=100)
    state = table.initial
    for symbol, output in zip(word, run_stack(network, word)[1:], strict=True):
        state = table.step(state, symbol)
        assert output == table.output(state)


def test_a_tenth_of_the_automata_have_stacks_as_their_class_says() -> None:
    for path in FILES[::10]:
        check_stack(path)


def test_counting_classes_take_cyclic_groups() -> None:
    counting = [p for p in FILES if p.name.split(".")[2] in COUNTING]
    orders = {krohn_rhodes(load(path)).orders for path in counting}
    assert {order for found in orders for order in found} == {2, 3, 5}
    for path in counting[::5]:
        check_stack(path)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_all_automata_have_stacks_as_their_class_says() -> None:
    for path in FILES:
        check_stack(path)
