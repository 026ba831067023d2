"""Real-time machines with k stacks (the paper's appendix A.1, any stack alphabet).

The state q, the symbol σ and the tops of the stacks decide the next state and one
action for each stack: keep it, pop it, or push a symbol. A machine that thinks between
inputs reads a clock symbol for each step that it takes alone.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.counter import check_states, integer_field, zero_mask
from automata_rnn.checks import check_shape, check_type, read_only

NOOP, POP, PUSH = 0, 1, 2  # the action PUSH + b pushes the stack symbol with code b


class Stacks(NamedTuple):
    """A configuration: the state, and each stack as codes of its symbols, top last."""

    state: int
    stacks: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class StackMachine:
    """A real-time machine with k stacks over s symbols; states are 0, …, n - 1.

    The top of a stack is 0 where it is empty and 1 + b where it is the symbol with code
    b. Tops t₀, …, t_{k-1} have the index Σ_i t_i (s + 1)ⁱ in tables; see `tops_index`.

    Attributes:
        stack_symbols: the s symbols of all stacks; a symbol's code is its position.
        initial_state, initial_stacks: the first configuration, k stacks, top last.
        successors: by code, state and tops, shape (num_codes, n, (s + 1)ᵏ).
        actions: NOOP, POP or PUSH + b, shape (num_codes, n, (s + 1)ᵏ, k).
        accepting: by state and mask, shape (n, 2ᵏ); bit i of a mask is set where stack
            i is not empty.

    Raises ValueError where shapes do not fit, an index is out of range, or a row pops a
    stack that its tops say is empty.
    """

    alphabet: Alphabet
    stack_symbols: tuple[Symbol, ...]
    initial_state: int
    successors: npt.NDArray[np.intp]
    actions: npt.NDArray[np.intp]
    accepting: npt.NDArray[np.bool_]
    initial_stacks: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        check_type("StackMachine.alphabet", self.alphabet, Alphabet)
        object.__setattr__(self, "stack_symbols", tuple(self.stack_symbols))
        integer_field(self, "successors", np.intp)
        integer_field(self, "actions", np.intp)
        object.__setattr__(self, "accepting", read_only(np.asarray(self.accepting)))
        if self.accepting.ndim != 2 or self.actions.ndim != 4:
            raise ValueError(
                "StackMachine: wanted accepting of shape (n, 2^k), actions of shape "
                f"(codes, n, tops, k), got {self.accepting.shape}, {self.actions.shape}"
            )
        k, n, s = self.num_stacks, self.num_states, len(self.stack_symbols)
        why = f"{n} states, {k} stacks, {s} stack symbols"
        rows = (self.alphabet.num_codes, n, (s + 1) ** k)
        check_shape("StackMachine.accepting", self.accepting, (n, 1 << k), why)
        check_shape("StackMachine.successors", self.successors, rows, why)
        check_shape("StackMachine.actions", self.actions, (*rows, k), why)
        check_states("StackMachine", self.initial_state, self.successors, n)
        _check_actions(self.actions, s)
        _check_stacks(self)

    @property
    def num_stacks(self) -> int:
        """k."""
        return int(self.actions.shape[-1])

    @property
    def num_states(self) -> int:
        """n."""
        return len(self.accepting)

    @property
    def initial(self) -> Stacks:
        """The configuration before the first symbol."""
        return Stacks(self.initial_state, self.initial_stacks)

    def step(self, state: Stacks, symbol: Symbol) -> Stacks:
        q, stacks = state
        tops = tops_index(tuple(map(top, stacks)), len(self.stack_symbols))
        row = self.alphabet.code(symbol), q, tops
        after = tuple(map(act, stacks, self.actions[row].tolist()))
        return Stacks(int(self.successors[row]), after)

    def output(self, state: Stacks) -> bool:
        q, stacks = state
        return bool(self.accepting[q, zero_mask(tuple(map(len, stacks)))])


def top(stack: tuple[int, ...]) -> int:
    """0 for an empty stack, else 1 + the code of its top."""
    return stack[-1] + 1 if stack else 0


def tops_index(tops: tuple[int, ...], num_symbols: int) -> int:
    """The position of these tops in a machine's tables.

    >>> tops_index((1, 0, 2), num_symbols=2)
    19
    """
    return sum(t * (num_symbols + 1) ** i for i, t in enumerate(tops))


def tops_at(index: int, num_symbols: int, num_stacks: int) -> tuple[int, ...]:
    """The tops at a position of the tables: the inverse of `tops_index`."""
    base = num_symbols + 1
    return tuple(index // base**i % base for i in range(num_stacks))


def act(stack: tuple[int, ...], action: int) -> tuple[int, ...]:
    """The stack after an action; a stack that is popped is not empty."""
    if action == NOOP:
        return stack
    return stack[:-1] if action == POP else (*stack, action - PUSH)


def _check_actions(actions: npt.NDArray[np.intp], s: int) -> None:
    if actions.size and not (0 <= actions.min() and actions.max() < PUSH + s):
        raise ValueError(
            f"StackMachine.actions: wanted 0 to {PUSH + s - 1} (noop, pop, push of {s} "
            f"symbols), got {actions.min()} to {actions.max()}"
        )
    tops, k = actions.shape[2:]
    for index in range(tops):
        empty = [t == 0 for t in tops_at(index, s, k)]
        wrong = np.argwhere((actions[:, :, index] == POP) & np.array(empty, bool))
        if len(wrong):
            code, q, i = wrong[0].tolist()
            raise ValueError(
                f"StackMachine.actions: wanted no pop of an empty stack, got one of "
                f"stack {i} (symbol code {code}, state {q}, tops {index})"
            )


def _check_stacks(machine: Any) -> None:
    k, s = machine.num_stacks, len(machine.stack_symbols)
    given = tuple(tuple(map(int, stack)) for stack in machine.initial_stacks)
    stacks = given or ((),) * k
    if len(stacks) != k or any(not 0 <= b < s for stack in stacks for b in stack):
        raise ValueError(
            f"StackMachine.initial_stacks: wanted {k} tuples of codes 0 to {s - 1}, "
            f"got {machine.initial_stacks}"
        )
    object.__setattr__(machine, "initial_stacks", stacks)
