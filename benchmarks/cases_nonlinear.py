"""Counters and stacks in ReLU networks, exactly, beside other exact numbers."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np

from automata_rnn import Alphabet
from automata_rnn.automata.stack import NOOP, POP, PUSH
from automata_rnn.automata.stack_rules import tabulate
from automata_rnn.problems import sink_machine
from automata_rnn.rnns import ReLURNN, final_state
from automata_rnn.semiring import to_rational
from automata_rnn.system import trace
from benchmarks.case import Case, Contender, Goal, Run
from translations import Translation, translate

FEW = 256
"""Steps of peers, from the start, where their numbers are the shortest."""
FASTER = Goal("faster", 10.0, ("Fraction", "sympy"))


def cases(shrink: int) -> list[Case]:
    stacks, counters = 100_000 >> shrink, 1_000_000 >> shrink
    return [
        Case(
            "stacks-relu",
            f"ReLU network of two stacks, {stacks:,} pushes on both, exact",
            stacks,
            stacks * 100,
            partial(_contenders, stack_network, "ab", stacks, _pushed),
            (Goal("seconds", 60.0), FASTER),
        ),
        Case(
            "counters-relu",
            f"ReLU network of two counters, {counters:,} steps, exact",
            counters,
            counters * 100,
            partial(_contenders, counter_network, "0|", counters, _counted),
            (Goal("seconds", 5.0), FASTER),
        ),
    ]


@cache
def stack_network() -> Translation:
    """A letter is pushed on stack 0, the old top of stack 0 on stack 1; p pops both."""

    def rule(control: Any, symbol: Any, tops: tuple[int, ...]) -> Any:
        if symbol == "p":
            return control, tuple(POP if top else NOOP for top in tops)
        return control, (PUSH + "ab".index(symbol), PUSH + max(0, tops[0] - 1))

    alphabet = Alphabet("abp")
    made = tabulate(alphabet, "ab", "only", rule, lambda _, mask: mask == 0, ((), ()))
    return translate(made.machine, ReLURNN)


@cache
def counter_network() -> Translation:
    """Sorted connectivity with a sink as its target."""
    return translate(sink_machine(), ReLURNN)


def _pushed(word: str) -> Any:
    """State 0 and the stacks that a word without p makes."""
    codes = [int(letter == "b") for letter in word]
    return 0, (tuple(codes), (0, *codes[:-1]))


def _counted(word: str) -> Any:
    *_, last = trace(sink_machine(), word)
    return last


def _contenders(
    network: Callable[[], Translation],
    letters: str,
    steps: int,
    run: Callable[[str], Any],
) -> list[Contender]:
    translation = network()
    rnn: Any = translation.rnn
    word = "".join(np.random.default_rng(0).choice(list(letters), steps))
    few = word[:FEW]
    plain = plain_steps(rnn, few, Fraction)

    def with_sympy() -> Run:
        from sympy import Rational

        return plain_steps(rnn, few, Rational)

    return [
        Contender(
            "ours",
            "ours",
            lambda: partial(final_state, rnn, word),
            steps,
            lambda: _flat(run(word)),
            lambda state: _flat(translation.decode(state)),
        ),
        Contender("Fraction steps", "peer", lambda: plain, len(few), plain),
        Contender("sympy Rational steps", "peer", with_sympy, len(few), plain, _exact),
    ]


def _flat(configuration: Any) -> Any:
    """A state and counters, or a state and stacks, as one array."""
    state, parts = configuration
    return np.concatenate([[state], *map(np.atleast_1d, parts)])


def _exact(state: Any) -> Any:
    return np.array([Fraction(int(x.p), int(x.q)) for x in state], dtype=object)


def plain_steps(network: Any, word: str, number: Callable[[int, int], Any]) -> Run:
    """h ↦ ReLU(h U + v_σ) over the nonzero weights, in numbers of another library."""

    def convert(value: Any) -> Any:
        exact = to_rational(value)
        return number(int(exact.p), int(exact.q))

    matrix = network.recurrent
    rows: list[list[tuple[int, Any]]] = [[] for _ in range(network.hidden_size)]
    for i, j, v in zip(matrix.rows, matrix.columns, matrix.values, strict=True):
        rows[i].append((int(j), convert(v)))
    bias = [[convert(x) for x in row] for row in network.bias]
    first, zero = [convert(x) for x in network.initial], number(0, 1)
    codes = network.alphabet.encode(word).tolist()

    def run() -> Any:
        state = first
        for code in codes:
            after = list(bias[code])
            for row, value in zip(rows, state, strict=True):
                if value:
                    for j, weight in row:
                        after[j] += value * weight
            state = [max(x, zero) for x in after]
        return np.array(state, dtype=object)

    return run
