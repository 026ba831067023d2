"""A GRU beside the automaton that was extracted from it."""

from functools import partial
from typing import Any

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn import Alphabet
from automata_rnn.automata import table_from_dfa
from automata_rnn.rnns.cells import Cell
from automata_rnn.rnns.stacked import Dense, StackedRNN, output_all, step_all
from benchmarks.case import Case, Contender, Goal
from benchmarks.peers import torch_scans
from translations.extraction import lstar, simulate

FEW = 1 << 13
MODULUS = 3


def cases(shrink: int) -> list[Case]:
    steps = 1_000_000 >> shrink
    return [
        Case(
            "simulate-gru",
            f"a GRU as its extracted DFA, T = {steps:,}, all decisions",
            steps,
            steps * 8,
            partial(_contenders, steps),
            (Goal("faster", 100.0, ("torch",)),),
        )
    ]


def network() -> StackedRNN:
    """A GRU of 50 units that counts a's modulo 3 in saturated units "p, then σ"."""
    letters = Alphabet("ab", bos="^")
    n, used = 50, 2 * MODULUS
    leads = [(p + (s == 0)) % MODULUS for p in range(MODULUS) for s in range(2)]
    candidate, reads = np.zeros((n, n)), np.zeros((n, 3))
    bias = np.zeros(3 * n)
    bias[:n], bias[n : 2 * n] = 9.0, -9.0
    for unit in range(used):
        before, symbol = divmod(unit, 2)
        candidate[unit, [u for u in range(used) if leads[u] == before]] = 4.0
        reads[unit, symbol] = 8.0
        reads[unit, 2] = 40.0 if unit == 2 * (MODULUS - 1) else -40.0
        bias[2 * n + unit] = 4.0 * leads.count(before) - 12.0
    rng = np.random.default_rng(0)
    candidate[used:] = rng.normal(scale=0.1, size=(n - used, n))  # units of no use
    none = np.zeros((2 * n, n))
    cell = Cell(
        "gru",
        np.vstack([none[:, :3], reads]),
        np.vstack([none, candidate]),
        bias,
        np.zeros(3 * n),
    )
    signs = np.zeros((1, n))
    signs[0, :used] = [2.0 if place == 0 else -2.0 for place in leads]
    head = Dense(signs, signs.sum(axis=1))
    return StackedRNN(letters, np.eye(3), (cell,), (head,), np.zeros(n))


def _contenders(steps: int) -> list[Contender]:
    gru = network()
    dfa = lstar(gru, max_words=1000, epsilon=0.05).automaton
    codes = np.random.default_rng(1).integers(0, 2, steps).astype(np.uint8)
    few = min(FEW, steps)

    def expected(count: int) -> Any:
        passed = np.cumsum(np.concatenate([[0], codes[:count] == 0]))
        return passed % MODULUS == 0

    def ours(**options: Any) -> Any:
        return partial(simulate, gru, [codes], dfa, **options)

    def decisions(result: Any) -> Any:
        return result.outputs[0]

    whole, part = partial(expected, steps), partial(expected, few)
    return [
        Contender("ours", "ours", ours, steps, whole, decisions),
        Contender(
            "ours, unchecked", "ours", partial(ours, windows=0), steps, whole, decisions
        ),
        Contender(
            "numpy cells", "peer", partial(_stepped, gru, codes[:few]), few, part
        ),
        Contender(
            "torch GRU, a symbol a call",
            "peer",
            partial(torch_scans.gru_steps, gru, codes[:few]),
            few,
            part,
        ),
        Contender(
            "torch GRU, a call",
            "peer",
            partial(torch_scans.gru_sequence, gru, codes[:few]),
            few,
            part,
        ),
        Contender(
            "automata-lib", "peer", partial(_automata_lib, dfa, codes[:few]), few, part
        ),
    ]


def _stepped(gru: StackedRNN, codes: Any) -> Any:
    def run() -> Any:
        state = step_all(gru, gru.initial[None], np.array([2]))
        found = [output_all(gru, state)[0] > 0]
        for code in codes:
            state = step_all(gru, state, code[None])
            found.append(output_all(gru, state)[0] > 0)
        return np.array(found)

    return run


def _automata_lib(dfa: DFA, codes: Any) -> Any:
    """The library's own stepping, of the same automaton."""
    table = table_from_dfa(dfa)
    letters = [str(symbol) for symbol in table.alphabet]
    word = "".join(letters[code] for code in codes)
    accepting = dfa.final_states

    def run() -> Any:
        visited = dfa.read_input_stepwise(word, ignore_rejection=True)
        return np.array([state in accepting for state in visited])

    return run
