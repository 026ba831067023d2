"""StackMachine → ReLURNN: one ReLU layer for each step, in lock step.

Let e be a stack's code in the gapped base B (`translations.cantor`), and an *effect* a
next state with the actions taken on the way to it. After step t the units hold

- which gate fired: [effect of step t - 1, σ_t, case of the table];
- for each gate and stack the code after the action, or 0 where another gate fired;
- step functions of the codes *before* step t, as ReLU(B² e - level), one level deep.

So the effect and the codes after step t are sums of units, and the tops are not: they
are an AND of the last action and of what the steps say. If it was a push, the top is
known; if nothing happened, it is the top before; after a pop, the second symbol before.
The gates of step t + 1 are asked for each effect, so that each is one AND of linear
quantities, ReLU(Σ conditions - (number - 1)), and the codes that go with it are

    ReLU(value + B (Σ conditions - number)),   0 ≤ value < 1 if they hold, < B if not.

The paper's Theorem 1 leaves the number of layers open.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from automata_rnn.automata import StackMachine, Stacks
from automata_rnn.automata.stack import NOOP, POP, PUSH
from automata_rnn.rnns import ReLURNN
from automata_rnn.semiring import RATIONAL, Array, Semiring
from automata_rnn.system import above
from translations.cantor import (
    Threshold,
    act_form,
    base,
    encode_stack,
    second_is,
    second_thresholds,
    threshold_form,
    top_at_least_by_second,
    top_is,
)
from translations.counter_relu import START, State, acceptance_head
from translations.registry import Translation, translator
from translations.stack_mlp import Stack, decode_stacks
from translations.stack_rows import StackRow, stack_rows
from translations.units import ONE, Form, Forms, Reads, combine, layer, reader, vector


@dataclass(frozen=True)
class Effect:
    """1 where the last step led to this state by these actions, else 0."""

    state: int
    actions: tuple[int, ...]


@dataclass(frozen=True)
class Gate:
    """1 where, after this effect, the step took this case of the table."""

    effect: Effect
    row: StackRow


@dataclass(frozen=True)
class Value:
    """The code of a stack after a step by this gate, else 0."""

    gate: Gate | None  # None: before the first step
    stack: int


class _Plan(NamedTuple):
    """Every gate and the conditions that open it, and the sizes of the machine."""

    gates: dict[Gate, tuple[Form, ...]]
    k: int
    s: int

    @property
    def values(self) -> list[Value]:
        """Codes before the first step, and after each gate that may leave some."""
        found = [Value(None, i) for i in range(self.k)]
        for gate in self.gates:
            tops = dict(gate.row.tops)
            kept = [
                i
                for i, action in enumerate(gate.row.actions)
                if action != NOOP or tops.get(i) != 0
            ]
            found += [Value(gate, i) for i in kept]
        return found


@translator(StackMachine, ReLURNN)
def stack_machine_to_relu_rnn(
    machine: StackMachine, *, semiring: Semiring = RATIONAL, max_units: int = 4000
) -> Translation:
    """A network of one ReLU layer that accepts with value 1; always, exact.

    With g gates, one for each effect and case of the table that can follow it, there
    are at most (k + 1)(g + 1) + 2 k s (s + 1) units. `decode` reads the configuration.
    REAL needs s to be a power of two and shallow stacks, as for an `MLPRNN`.

    Raises ValueError past `max_units`: an `MLPRNN` of the machine is far smaller.
    """
    plan = _plan(machine, max_units)
    quantities, units = _quantities(machine, plan), _units(plan)
    names = list(units)
    weights = layer(semiring, names, quantities, units, machine.alphabet.num_codes)
    head, head_bias, readout = acceptance_head(
        semiring, names, quantities, machine, lambda i: {Stack(i): base(plan.s)}
    )
    rnn = ReLURNN(
        semiring,
        machine.alphabet,
        vector(semiring, names, _initial(machine, names)),
        weights.matrix,
        weights.bias,
        readout,
        head,
        head_bias,
    )
    read = reader(names, _configuration(quantities))

    def decode(hidden: Array) -> Stacks:
        return decode_stacks(read(hidden), machine)

    return Translation(machine, rnn, decode, read=above)


def _plan(machine: StackMachine, max_units: int) -> _Plan:
    k, s = machine.num_stacks, len(machine.stack_symbols)
    rows = stack_rows(machine, pops_know=True)
    by_state: dict[int, list[StackRow]] = {}
    for row in rows:
        by_state.setdefault(row.state, []).append(row)
    gates: dict[Gate, tuple[Form, ...]] = {}
    pending = [Effect(machine.initial_state, (NOOP,) * k)]
    known = set(pending)
    for effect in pending:  # grows while it is read
        for row in by_state[effect.state]:
            conditions = _conditions(effect, row, s)
            if conditions is None:
                continue
            gates[Gate(effect, row)] = conditions
            after = Effect(row.successor, row.actions)
            if after not in known:
                known.add(after)
                pending.append(after)
        if len(gates) * (k + 1) > max_units:
            raise ValueError(
                f"machine: wanted one whose network has at most {max_units} units, got "
                f"more than {len(gates) * (k + 1)}; translate it to MLPRNN, or raise "
                "max_units"
            )
    return _Plan(gates, k, s)


def _conditions(effect: Effect, row: StackRow, s: int) -> tuple[Form, ...] | None:
    """Quantities that are all 1 exactly where the gate opens; None where none can."""
    conditions: list[Form] = [{effect: 1}, {Reads(row.code): 1}]
    for i, top in row.tops:
        action = effect.actions[i]
        if action >= PUSH:
            if top != action - PUSH + 1:
                return None
        elif action == POP:
            conditions.append(second_is(i, top, s))
        else:
            conditions.append(
                top_is(i, top, s, lambda j, t: top_at_least_by_second(j, t, s))
            )
    return tuple(conditions)


def _quantities(machine: StackMachine, plan: _Plan) -> Forms:
    """Effects, states and codes as sums of units."""
    first = Effect(machine.initial_state, (NOOP,) * plan.k)
    effects: dict[Hashable, dict[Hashable, int]] = {first: {START: 1}}
    states: dict[Hashable, dict[Hashable, int]] = {
        State(q): {} for q in range(machine.num_states)
    }
    states[State(machine.initial_state)][START] = 1
    for gate in plan.gates:
        successor = gate.row.successor
        effects.setdefault(Effect(successor, gate.row.actions), {})[gate] = 1
        states[State(successor)][gate] = 1
    codes: dict[Hashable, dict[Hashable, int]] = {Stack(i): {} for i in range(plan.k)}
    for value in plan.values:
        codes[Stack(value.stack)][value] = 1
    return {**effects, **states, **codes}


def _configuration(quantities: Forms) -> Forms:
    """Of the quantities, those that a configuration is made of."""
    return {q: f for q, f in quantities.items() if isinstance(q, State | Stack)}


def _units(plan: _Plan) -> Forms:
    units: dict[Hashable, Form] = {START: {}}
    for gate, conditions in plan.gates.items():
        all_hold = ((1, form) for form in conditions)
        units[gate] = combine(*all_hold, (1 - len(conditions), {ONE: 1}))
    for value in plan.values:
        units[value] = _value_form(value.gate, value.stack, plan)
    for unit in _threshold_units(plan):
        units[unit] = threshold_form(unit, plan.s, Stack(unit.stack))
    return units


def _value_form(gate: Gate | None, i: int, plan: _Plan) -> Form:
    if gate is None:
        return {}
    conditions, b = plan.gates[gate], base(plan.s)
    top = dict(gate.row.tops).get(i, 0)
    code = act_form(gate.row.actions[i], top, plan.s, Stack(i))
    all_hold = ((b, form) for form in conditions)
    return combine((1, code), *all_hold, (-b * len(conditions), {ONE: 1}))


def _threshold_units(plan: _Plan) -> Iterator[Threshold]:
    for i in range(plan.k):
        yield from second_thresholds(i, plan.s)


def _initial(machine: StackMachine, names: list[Hashable]) -> Form:
    """Before the first symbol: as after a step that kept all stacks."""
    s = len(machine.stack_symbols)
    codes = [encode_stack(stack, s) for stack in machine.initial_stacks]
    values: dict[Hashable, Any] = {START: 1}
    for name in names:
        if isinstance(name, Value) and name.gate is None:
            values[name] = codes[name.stack]
        elif isinstance(name, Threshold):
            excess = codes[name.stack] * base(s) ** name.depth - name.level
            values[name] = max(Fraction(0), excess)
    return values
