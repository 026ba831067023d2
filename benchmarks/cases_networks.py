"""Networks on the scan engine, beside their own recurrence."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn import trace
from automata_rnn.parallel import states
from automata_rnn.rnns import DeltaProduct
from automata_rnn.semiring import REAL
from benchmarks.case import Case, Contender, Run
from translations import translate

LETTERS = {"c": (1, 2, 3, 4, 0), "s": (1, 0, 2, 3, 4)}
"""A cycle and a swap generate S5."""
FEW = 1 << 13


def cases(shrink: int) -> list[Case]:
    steps = 1_000_000 >> shrink
    return [
        Case(
            "s5-deltaproduct",
            f"S5 word problem in one layer of DeltaProduct, T = {steps:,}, all states",
            steps,
            steps * 800,
            partial(_contenders, steps),
        )
    ]


def network() -> Any:
    """A DeltaProduct network in floats whose state is the whole permutation."""
    dfa = DFA(
        states=set(range(5)),
        input_symbols=set(LETTERS),
        transitions={
            q: {letter: move[q] for letter, move in LETTERS.items()} for q in range(5)
        },
        initial_state=0,
        final_states={0},
    )
    one_row: Any = translate(dfa, DeltaProduct).rnn
    return replace(one_row, semiring=REAL, initial=np.eye(5), readout=np.ones(5))


def _contenders(steps: int) -> list[Contender]:
    machine = network()
    codes = np.random.default_rng(0).integers(0, 2, steps).astype(np.uint8)

    def expected(count: int) -> Any:
        """Row i of a state is the unit that letters have sent unit i to."""
        moves = [np.argmax(machine.table[0][c], axis=1) for c in range(2)]
        place, found = np.arange(5), np.zeros((count + 1, 5, 5))
        found[0] = np.eye(5)
        for t, code in enumerate(codes[:count].tolist()):
            place = moves[code][place]
            found[t + 1, np.arange(5), place] = 1
        return found

    def one_by_one() -> Run:
        word = machine.alphabet.decode(codes[:FEW])
        return lambda: list(trace(machine, word))

    few = min(FEW, steps)
    whole = partial(expected, steps)
    return [
        Contender(
            "ours", "ours", lambda: partial(states, machine, codes), steps, whole
        ),
        Contender("recurrence", "peer", one_by_one, few, partial(expected, few)),
        Contender(
            "numpy Blelloch",
            "peer",
            lambda: partial(states, machine, codes[:few], method="blelloch"),
            few,
            partial(expected, few),
        ),
    ]
