"""Real-time counter machines (Fischer, Meyer and Rosenberg 1968; section 2.5).

A machine with k counters reads one symbol in each step. The state q, the symbol σ and
the zero mask m of the counters decide everything:

    q' = δ(q, σ, m),   c'_i = c_i + u_i(q, σ, m),   u_i ∈ {-1, 0, 1},

and a word is accepted by the state and the mask at its end. There is no reset: no fixed
ReLU network can do one, since c ↦ 0 beside c ↦ c is not Lipschitz (the paper's Lemma 3
asks for it, its Lemma 2 does not need it).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape, check_type, read_only


class Counters(NamedTuple):
    """A configuration of a counter machine: the state and the counters' values."""

    state: int
    counters: tuple[int, ...]


def zero_mask(counters: tuple[int, ...]) -> int:
    """Bit i is set where counter i is not zero.

    >>> zero_mask((3, 0, -1))
    5
    """
    return sum(1 << i for i, value in enumerate(counters) if value != 0)


@dataclass(frozen=True, eq=False)
class CounterMachine:
    """A real-time machine with k counters; its states are 0, …, n - 1.

    A mask m has bit i set where counter i is nonzero; there are 2ᵏ.

    Attributes:
        initial_state: all counters start at 0.
        successors: δ(q, σ, m) by code, state and mask, shape (num_codes, n, 2ᵏ).
        increments: u(q, σ, m) in {-1, 0, 1}, shape (num_codes, n, 2ᵏ, k).
        accepting: by state and mask, shape (n, 2ᵏ).
        natural: whether counters are in ℕ, so that no row may decrement a counter
            which its mask says is zero. Otherwise they are in ℤ.

    Raises ValueError where shapes do not fit, a successor is no state, an increment is
    not in {-1, 0, 1}, or a natural machine may go below zero.
    """

    alphabet: Alphabet
    initial_state: int
    successors: npt.NDArray[np.intp]
    increments: npt.NDArray[np.int8]
    accepting: npt.NDArray[np.bool_]
    natural: bool = False

    def __post_init__(self) -> None:
        check_type("CounterMachine.alphabet", self.alphabet, Alphabet)
        integer_field(self, "successors", np.intp)
        integer_field(self, "increments", np.int8)
        object.__setattr__(self, "accepting", read_only(np.asarray(self.accepting)))
        if self.accepting.ndim != 2 or self.increments.ndim != 4:
            raise ValueError(
                "CounterMachine: wanted accepting of shape (n, 2^k) and increments of "
                f"shape (codes, n, 2^k, k), got {self.accepting.shape} and "
                f"{self.increments.shape}"
            )
        if self.accepting.dtype != bool:
            got = self.accepting.dtype
            raise ValueError(f"CounterMachine.accepting: wanted booleans, got {got}")
        k, n = self.num_counters, self.num_states
        codes, masks = self.alphabet.num_codes, 1 << k
        why = f"{codes} symbols, {n} states, {k} counters"
        check_shape("CounterMachine.accepting", self.accepting, (n, masks), why)
        rows = (codes, n, masks)
        check_shape("CounterMachine.successors", self.successors, rows, why)
        check_shape("CounterMachine.increments", self.increments, (*rows, k), why)
        check_states("CounterMachine", self.initial_state, self.successors, n)
        if self.increments.size and np.abs(self.increments).max() > 1:
            most = np.abs(self.increments).max()
            raise ValueError(
                f"CounterMachine.increments: wanted -1, 0 or 1, got one of size {most}"
            )
        if self.natural:
            _check_natural(self)

    @property
    def num_counters(self) -> int:
        """k."""
        return int(self.increments.shape[-1])

    @property
    def num_states(self) -> int:
        """n."""
        return len(self.accepting)

    @property
    def initial(self) -> Counters:
        """The configuration before the first symbol."""
        return Counters(self.initial_state, (0,) * self.num_counters)

    def step(self, state: Counters, symbol: Symbol) -> Counters:
        q, counters = state
        row = self.alphabet.code(symbol), q, zero_mask(counters)
        moves = self.increments[row].tolist()
        after = tuple(c + u for c, u in zip(counters, moves, strict=True))
        return Counters(int(self.successors[row]), after)

    def output(self, state: Counters) -> bool:
        q, counters = state
        return bool(self.accepting[q, zero_mask(counters)])


def integer_field(machine: Any, name: str, dtype: type) -> None:
    """Make a field a read-only array of `dtype`; ValueError where not integers."""
    array = np.asarray(getattr(machine, name))
    if array.size and array.dtype.kind not in "iu":
        where = f"{type(machine).__name__}.{name}"
        raise ValueError(f"{where}: wanted integers, got dtype {array.dtype}")
    object.__setattr__(machine, name, read_only(array.astype(dtype)))


def check_states(
    kind: str, initial: int, successors: npt.NDArray[np.intp], n: int
) -> None:
    """Raise ValueError unless the initial state and all successors are in 0, …, n-1."""
    if not 0 <= initial < n:
        raise ValueError(f"{kind}.initial_state: wanted 0 to {n - 1}, got {initial}")
    if successors.size and not (0 <= successors.min() and successors.max() < n):
        raise ValueError(
            f"{kind}.successors: wanted states 0 to {n - 1}, "
            f"got {successors.min()} to {successors.max()}"
        )


def _check_natural(machine: CounterMachine) -> None:
    masks = np.arange(1 << machine.num_counters)
    for i in range(machine.num_counters):
        zero = (masks >> i) & 1 == 0
        below = np.argwhere(machine.increments[:, :, zero, i] < 0)
        if len(below):
            code, q, m = below[0].tolist()
            raise ValueError(
                f"CounterMachine.increments: wanted counters in ℕ, got a decrement of "
                f"counter {i} at zero (symbol code {code}, state {q}, "
                f"mask {int(masks[zero][m])})"
            )


def naturalize(machine: CounterMachine) -> tuple[CounterMachine, list[tuple[int, int]]]:
    """The machine over ℕ that counts |c_i| and keeps the signs in its states.

    Only reachable pairs (q, s) of a state and a sign mask are kept, at most n 2ᵏ; bit i
    of s is set where counter i is negative, and at zero it says what it last was.
    Returns the machine and the pair (q, s) of each of its states. A natural machine
    comes back with signs 0.
    """
    pairs = [(machine.initial_state, 0)]
    index = {pairs[0]: 0}
    rows: list[tuple[list[list[int]], Any]] = []
    for q, signs in pairs:  # grows while it is read
        targets, moves = _signed_rows(machine, q, signs)
        for pair in (p for row in targets for p in row):
            if pair not in index:
                index[pair] = len(pairs)
                pairs.append(pair)
        rows.append(([[index[p] for p in row] for row in targets], moves))
    successors = np.array([r[0] for r in rows], np.intp).transpose(1, 0, 2)
    increments = np.array([r[1] for r in rows], np.int8).transpose(1, 0, 2, 3)
    accepting = machine.accepting[[q for q, _ in pairs]]
    alphabet = machine.alphabet
    natural = CounterMachine(alphabet, 0, successors, increments, accepting, True)
    return natural, pairs


def _signed_rows(
    machine: CounterMachine, q: int, signs: int
) -> tuple[list[list[tuple[int, int]]], npt.NDArray[np.int8]]:
    """Targets (q', s') and the moves of |c| by code and mask, from the pair (q, s)."""
    k = machine.num_counters
    moves = machine.increments[:, q].copy()  # (codes, masks, k)
    targets = []
    for code in range(len(moves)):
        row = []
        for mask in range(1 << k):
            after = signs
            for i in range(k):
                if moves[code, mask, i] and not mask >> i & 1:  # at zero: a new sign
                    negative = moves[code, mask, i] < 0
                    after = (after | 1 << i) if negative else (after & ~(1 << i))
                if after >> i & 1:
                    moves[code, mask, i] *= -1
            row.append((int(machine.successors[code, q, mask]), after))
        targets.append(row)
    return targets, moves
