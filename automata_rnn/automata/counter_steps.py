"""Counters that move by larger constants, as real-time machines that move by one.

With K the largest move, a counter c is held as K c' + r, 0 ≤ r < K, its remainder r in
the state. A move by at most K changes c' by at most one, and c = 0 where c' = 0 and
r = 0, so each step stays one step: n Kᵏ states.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata.counter import CounterMachine, Counters

Pair = tuple[int, tuple[int, ...]]  # a state and the counters' remainders


@dataclass(frozen=True, eq=False)
class ScaledCounters:
    """A machine whose counters are divided by `factor`.

    Attributes:
        machine: the machine that moves by one.
        factor: K.
        pairs: for each state of `machine`, the state it stands for and the remainders.
    """

    machine: CounterMachine
    factor: int
    pairs: list[Pair]


def with_large_increments(
    alphabet: Alphabet,
    initial_state: int,
    successors: npt.NDArray[np.intp],
    increments: npt.NDArray[np.int64],
    accepting: npt.NDArray[np.bool_],
) -> ScaledCounters:
    """The real-time machine of a table whose increments are any integers.

    Arguments are as `CounterMachine`'s fields, counters in ℤ.
    """
    factor = max(1, int(np.abs(increments).max(initial=0)))
    k = increments.shape[-1]
    pairs: list[Pair] = [(initial_state, (0,) * k)]
    index = {pairs[0]: 0}
    targets, moves = [], []
    for pair in pairs:  # grows while it is read
        done = [
            _step(successors[code], increments[code], pair, mask, factor)
            for code, mask in product(range(len(successors)), range(1 << k))
        ]
        for target, _ in done:
            if target not in index:
                index[target] = len(pairs)
                pairs.append(target)
        targets.append([index[target] for target, _ in done])
        moves.append([move for _, move in done])
    shape = (len(pairs), len(successors), 1 << k)
    flags = [
        [accepting[q, _mask(mask, rest)] for mask in range(1 << k)] for q, rest in pairs
    ]
    machine = CounterMachine(
        alphabet,
        0,
        np.array(targets, np.intp).reshape(shape).transpose(1, 0, 2),
        np.array(moves, np.int8).reshape(*shape, k).transpose(1, 0, 2, 3),
        np.array(flags, bool),
    )
    return ScaledCounters(machine, factor, pairs)


def read_scaled(scaled: ScaledCounters, state: Counters) -> Counters:
    """The configuration of the machine with large increments."""
    q, rest = scaled.pairs[state.state]
    counters = zip(state.counters, rest, strict=True)
    return Counters(q, tuple(scaled.factor * c + r for c, r in counters))


def _mask(mask: int, rest: tuple[int, ...]) -> int:
    """The mask of K c' + r, given that of c'."""
    return mask | sum(1 << i for i, r in enumerate(rest) if r)


def _step(
    successors: npt.NDArray[np.intp],
    increments: npt.NDArray[np.int64],
    pair: Pair,
    mask: int,
    factor: int,
) -> tuple[Pair, list[int]]:
    q, rest = pair
    here = q, _mask(mask, rest)
    sums = [r + u for r, u in zip(rest, increments[here].tolist(), strict=True)]
    carried = [divmod(total, factor) for total in sums]
    return (int(successors[here]), tuple(r for _, r in carried)), [
        c for c, _ in carried
    ]
