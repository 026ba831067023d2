"""galois' Fibonacci LFSR as a transition system over a one-letter alphabet.

A register S = (S₀, …, S_{n-1}) with taps T outputs S_{n-1} and steps to

    (Σ_i S_i T_i, S₀, …, S_{n-2}).

galois' object steps by changing itself; here a step makes a new state.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.semiring import Array, Semiring, galois_field
from automata_rnn.system import adapter

CLOCK = "1"
"""The only letter: the word 1ᵗ makes t steps."""


@dataclass(frozen=True, eq=False)
class LFSRSystem:
    """A register over GF(q): f(1ᵗ) is its t-th output symbol, counted from 0.

    Attributes:
        semiring: galois_field(q).
        taps, initial: T and S, shape (n,).
    """

    semiring: Semiring
    taps: npt.NDArray[np.int64]
    initial: npt.NDArray[np.int64]

    @property
    def alphabet(self) -> Alphabet:
        return Alphabet((CLOCK,))

    def step(self, state: Array, symbol: Symbol) -> Array:
        """Every symbol, whatever it is, is one tick of the clock."""
        fed_back = self.semiring.dot(state, self.taps)
        return np.concatenate([[fed_back], state[:-1]])

    def output(self, state: Array) -> int:
        return int(state[-1])


@adapter("galois.FLFSR")
def lfsr_system(register: Any) -> LFSRSystem:
    """The system of a galois.FLFSR, from the state that the register is in now."""
    semiring = galois_field(int(register.field.order))
    taps, state = np.array(register.taps), np.array(register.state)
    return LFSRSystem(semiring, semiring.array(taps), semiring.array(state))
