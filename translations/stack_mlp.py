"""StackMachine → MLPRNN: three ReLU layers for each step (Theorem 1, repaired).

The hidden state is the state as a one-hot vector and the code E of each stack, in the
gapped base of `translations.cantor`, as a sum of units of which one is not zero.

1. Copies of states and codes, the symbol as a one-hot vector, and ReLU(B E - m) for
   m = 0, …, B - 1, whose differences tell the top.
2. A gate for each case of the table, exactly one of which is 1; E; and what a pop
   leaves, a spline that is B E - (2b + 1) where b is on top:
   Σ_m ± ReLU(B E - m) with slopes 1, -1, 1, … from m = 1.
3. The next state; and for each stack and each action ReLU(value + chosen - 1), exact
   since values are in [0, 1) and `chosen`, a sum of gates, is 0 or 1.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from automata_rnn.automata import StackMachine, Stacks
from automata_rnn.automata.stack import NOOP, POP, PUSH
from automata_rnn.rnns import MLPRNN
from automata_rnn.semiring import RATIONAL, Array, Semiring
from automata_rnn.system import above
from translations.cantor import (
    Threshold,
    act_form,
    base,
    decode_stack,
    encode_stack,
    threshold_form,
    top_at_least,
    top_is,
)
from translations.counter_mlp import Symbol, symbol_units
from translations.counter_relu import State, acceptance_head
from translations.registry import Translation, translator
from translations.stack_rows import StackRow, stack_rows
from translations.units import ONE, Form, Forms, combine, layer, reader, vector


@dataclass(frozen=True)
class Stack:
    """The code of a stack."""

    stack: int


@dataclass(frozen=True)
class Popped:
    """The code of a stack without its top."""

    stack: int


@dataclass(frozen=True)
class After:
    """The code of a stack where the last action on it was this one, else 0."""

    stack: int
    action: int


@translator(StackMachine, MLPRNN)
def stack_machine_to_mlp_rnn(
    machine: StackMachine, *, semiring: Semiring = RATIONAL
) -> Translation:
    """A network of three ReLU layers that accepts with value 1; always, exact.

    With n states, s stack symbols and c symbol codes: n + k (s + 2) hidden units,
    n + c + k (2s + 1) in the first layer, and in the second one for each case of the
    table (see `stack_rows`), plus 2k. Codes have as many digits as the stacks are deep.
    `decode` reads the configuration. REAL needs s to be a power of two, and stacks of
    at most 53 / log₂(2s) symbols.
    """
    k, s = machine.num_stacks, len(machine.stack_symbols)
    rows = stack_rows(machine)
    states: Forms = {State(q): {State(q): 1} for q in range(machine.num_states)}
    actions = [NOOP, POP, *range(PUSH, PUSH + s)]
    parts = [After(i, action) for i in range(k) for action in actions]
    codes: Forms = {
        Stack(i): {part: 1 for part in parts if part.stack == i} for i in range(k)
    }
    names: list[Hashable] = [*states, *parts]
    num_codes = machine.alphabet.num_codes
    first = {**states, **_codes(k), **_thresholds(k, s), **symbol_units(num_codes)}
    second = {**_gates(rows, s), **_codes(k), **_popped(k, s)}
    weights = [
        layer(semiring, names, codes, first, num_codes),
        layer(semiring, [*first], {}, second, 1),
        layer(semiring, [*second], {}, _next(machine, rows), 1),
    ]
    head, head_bias, readout = acceptance_head(
        semiring, names, codes, machine, lambda i: {Stack(i): base(s)}
    )
    initial: dict[Hashable, Any] = {State(machine.initial_state): 1}
    for i, stack in enumerate(machine.initial_stacks):
        initial[After(i, NOOP)] = encode_stack(stack, s)
    rnn = MLPRNN(
        semiring,
        machine.alphabet,
        vector(semiring, names, initial),
        tuple(w.matrix for w in weights),
        weights[0].bias,
        tuple(w.bias[0] for w in weights[1:]),
        readout,
        head,
        head_bias,
    )
    read = reader(names, {**states, **codes})

    def decode(hidden: Array) -> Stacks:
        return decode_stacks(read(hidden), machine)

    return Translation(machine, rnn, decode, read=above)


def _codes(k: int) -> Forms:
    return {Stack(i): {Stack(i): 1} for i in range(k)}


def _thresholds(k: int, s: int) -> Forms:
    units = [Threshold(i, 1, m) for i in range(k) for m in range(2 * s)]
    return {unit: threshold_form(unit, s, Stack(unit.stack)) for unit in units}


def _gates(rows: list[StackRow], s: int) -> Forms:
    """ReLU([q] + [σ] + Σ [top is right] - (1 + tops asked for)) for every case."""
    gates: dict[Hashable, Form] = {}
    for row in rows:
        asked = [(1, top_is(i, top, s, top_at_least)) for i, top in row.tops]
        conditions: Form = {State(row.state): 1, Symbol(row.code): 1}
        gates[row] = combine((1, conditions), *asked, (-1 - len(asked), {ONE: 1}))
    return gates


def _popped(k: int, s: int) -> Forms:
    return {
        Popped(i): {
            Threshold(i, 1, m): 1 if m == 1 else 2 * (-1) ** (m + 1)
            for m in range(1, 2 * s)
        }
        for i in range(k)
    }


def _next(machine: StackMachine, rows: list[StackRow]) -> Forms:
    k, s = machine.num_stacks, len(machine.stack_symbols)
    units: dict[Hashable, Form] = {
        State(q): {row: 1 for row in rows if row.successor == q}
        for q in range(machine.num_states)
    }
    for i in range(k):
        for action in (NOOP, POP, *range(PUSH, PUSH + s)):
            kept = act_form(action, 0, s, Stack(i))
            value: Form = {Popped(i): 1} if action == POP else kept
            chosen: Form = {row: 1 for row in rows if row.actions[i] == action}
            units[After(i, action)] = combine((1, value), (1, chosen), (-1, {ONE: 1}))
    return units


def decode_stacks(values: dict[Any, Any], machine: StackMachine) -> Stacks:
    """The configuration of states and codes that were read off a hidden vector."""
    (state,) = (n.state for n, v in values.items() if v and isinstance(n, State))
    s = len(machine.stack_symbols)
    stacks = (
        decode_stack(values.get(Stack(i), Fraction(0)), s)
        for i in range(machine.num_stacks)
    )
    return Stacks(state, tuple(stacks))
