"""How many bits a machine's state takes, step by step (Definition 10).

Log precision is O(log n) bits after n symbols, what counters bounded by n need; stacks
need polynomial precision, a bit or so for each symbol on them.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from flint import fmpq

from automata_rnn.alphabet import Word
from automata_rnn.semiring import to_rational
from automata_rnn.system import trace


def bits(state: Any) -> int:
    """Bits to write a state down: of all its numbers, at least one for each.

    Of an integer its binary digits, of a rational or a float those of numerator and
    denominator in lowest terms; signs and separators are not counted. States are
    numbers, arrays of them, and tuples of states.

    >>> bits((3, (0, -8)))
    7
    """
    if isinstance(state, np.ndarray):
        return sum(map(bits, state.ravel().tolist()))
    if isinstance(state, int):
        return max(1, state.bit_length())
    if isinstance(state, Iterable):
        return sum(map(bits, state))
    value: fmpq = to_rational(state)
    return max(1, int(value.p).bit_length()) + int(value.q).bit_length() - 1


def precision(machine: Any, word: Word) -> list[int]:
    """`bits` of the states s₀, …, s_T of a run."""
    return [bits(state) for state in trace(machine, word)]
