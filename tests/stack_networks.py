"""Random stack machines whose stacks grow and shrink, and networks in other layouts."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from automata_rnn import RATIONAL, Alphabet
from automata_rnn.automata import StackMachine
from automata_rnn.automata.stack import POP, PUSH, tops_at
from automata_rnn.rnns import MLPRNN, ReLURNN
from tests.counter_networks import disguised
from translations import translate


def random_stack_machine(
    rng: np.random.Generator,
    states: int = 3,
    stacks: int = 2,
    symbols: int = 3,
    letters: str = "ab",
) -> StackMachine:
    """At most this many states, stacks and symbols, from stacks of up to 3 symbols."""
    n, k = int(rng.integers(1, states + 1)), int(rng.integers(1, stacks + 1))
    s = int(rng.integers(1, symbols + 1))
    rows = (len(letters), n, (s + 1) ** k)
    actions = rng.integers(0, PUSH + s, (*rows, k))
    actions = np.where(rng.random(actions.shape) < 0.25, POP, actions)
    for index, i in product(range(rows[2]), range(k)):
        here = actions[:, :, index, i]
        if tops_at(index, s, k)[i] == 0:
            here[here == POP] = 0
    depths = rng.integers(0, 4, k)
    return StackMachine(
        Alphabet(letters),
        tuple(range(s)),
        0,
        rng.integers(0, n, rows),
        actions,
        rng.random((n, 1 << k)) < 0.5,
        tuple(tuple(rng.integers(0, s, d).tolist()) for d in depths),
    )


def words_of(rng: np.random.Generator, letters: str, number: int) -> Iterator[str]:
    """Random words, and words that repeat one short word and then another."""
    for _ in range(number):
        yield "".join(rng.choice(list(letters), 40))
    for _ in range(number // 2):
        first, second = ("".join(rng.choice(list(letters), 3)) for _ in range(2))
        yield first[: rng.integers(1, 4)] * 20 + second[: rng.integers(1, 4)] * 30


@st.composite
def disguised_stack_networks(draw: st.DrawFn, target: type, **sizes: Any) -> Any:
    """Networks of random machines, permuted, scaled, mixed with useless units."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    machine = random_stack_machine(rng, **sizes)
    rnn = translate(machine, target).rnn
    return disguised(rng, rnn) if draw(st.booleans()) else rnn


FIFTH = Fraction(1, 5)


def one_unit(readout: int = 1, mix: Fraction = Fraction(0), stacks: int = 1) -> MLPRNN:
    """Stacks of two symbols in base 5, digits 1 and 3, each in one hidden unit E.

    For each stack the symbols push a, push b and pop, as six gated units:
    (E + 1)/5, (E + 3)/5; and E + Σ of 5 E - 1 less twice the step from 2 to 3, less E,
    where pop; E where another stack moves. A pop of the empty stack changes nothing.
    The first stack's pushes add `mix` times the second one's E.
    """
    units, letters = 6, 3 * stacks
    first = np.zeros((stacks, units * stacks), object)
    bias = np.full((letters, units * stacks), -10, object)
    second = np.zeros((units * stacks, stacks), object)
    for i in range(stacks):
        at, code = units * i, 3 * i
        first[i, at : at + units] = FIFTH, FIFTH, 5, 5, 5, 1
        if i == 0 and stacks > 1:
            first[1, :2] = mix
        bias[code, at] = FIFTH
        bias[code + 1, at + 1] = 3 * FIFTH
        bias[code + 2, at + 2 : at + 5] = -1, -2, -3
        others = [c for c in range(letters) if c // 3 != i]
        bias[others, at + 5] = 0
        second[at : at + units, i] = 1, 1, 1, -2, 2, 1
    read = np.array([1, readout][:stacks], object)
    weights: Any = (first, second)
    return MLPRNN(
        RATIONAL,
        Alphabet("abpcdq"[:letters]),
        np.zeros(stacks, int),
        weights,
        bias,
        (np.zeros(stacks, int),),
        read,
    )


def shift_register(base: int, digits: tuple[int, ...], start: int = 0) -> ReLURNN:
    """One unit h' = (h + d)/B: a stack that is only pushed."""
    biases = [[Fraction(d, base)] for d in digits]
    weights: Any = [[Fraction(1, base)]]
    letters = Alphabet("abcd"[: len(digits)])
    return ReLURNN(RATIONAL, letters, [start], weights, biases, [1])
