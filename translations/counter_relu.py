"""CounterMachine → ReLURNN: one ReLU layer for each step, in lock step.

The paper's Lemma 3 spends several layers on a step. One is enough, since over ℕ

    [q and σ and c_i = 0 for all i ∈ S]  =  ReLU([q] + [σ] - 1 - Σ_{i ∈ S} c_i)

for a set S of counters: the bracket is 1 or at most 0. These are the units. Those of
one (q, σ) for all S give every zero mask by inclusion and exclusion,

    [q, σ, exactly Z is zero]  =  Σ_{S ⊇ Z} (-1)^{|S - Z|} unit(q, σ, S),

so that the next state and the next counters, c_i + Σ u_i · gates, are linear in units.
Over ℤ a machine first becomes one over ℕ, its counters' signs held in the states.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from automata_rnn.automata import CounterMachine, Counters
from automata_rnn.automata.counter import naturalize
from automata_rnn.rnns import ReLURNN
from automata_rnn.semiring import INTEGER, Array, Semiring
from automata_rnn.system import above
from translations.registry import Translation, translator
from translations.units import ONE, Form, Forms, Reads, combine, layer, reader, vector


@dataclass(frozen=True)
class State:
    """1 where the machine is in this state, else 0."""

    state: int


@dataclass(frozen=True)
class Counter:
    """The value of a counter."""

    counter: int


@dataclass(frozen=True)
class Gate:
    """1 where state and symbol are these and all counters of the set are zero."""

    state: int
    code: int
    zeros: int


@dataclass(frozen=True)
class Carry:
    """A counter's value before the last step."""

    counter: int


START = "start"  # 1 before the first symbol: the gate that led to the initial state


@translator(CounterMachine, ReLURNN)
def counter_machine_to_relu_rnn(
    machine: CounterMachine, *, semiring: Semiring = INTEGER
) -> Translation:
    """A network of one ReLU layer that accepts with value 1; always, exact.

    With n states over ℕ and c symbol codes it has n c 2ᵏ + k + 1 units; over ℤ n counts
    the reachable pairs of a state and signs, at most 2ᵏ for each state. `decode` reads
    the configuration. With REAL, values are exact below 2⁵³.
    """
    natural, pairs = (
        (machine, [(q, 0) for q in range(machine.num_states)])
        if machine.natural
        else naturalize(machine)
    )
    names, quantities = _quantities(natural)
    units = _units(natural)
    codes = natural.alphabet.num_codes
    weights = layer(semiring, names, quantities, units, codes)
    head, head_bias, readout = acceptance_head(
        semiring, names, quantities, natural, _counter_form
    )
    rnn = ReLURNN(
        semiring,
        machine.alphabet,
        vector(semiring, names, {START: 1}),
        weights.matrix,
        weights.bias,
        readout,
        head,
        head_bias,
    )
    read = reader(names, quantities)

    def decode(hidden: Array) -> Counters:
        return decode_counters(read(hidden), pairs, machine.num_counters)

    return Translation(machine, rnn, decode, read=above)


def _quantities(machine: CounterMachine) -> tuple[list[Hashable], Forms]:
    """The units' names, and states and counters as forms over them."""
    k = machine.num_counters
    states: list[dict[Hashable, int]] = [{} for _ in range(machine.num_states)]
    counters: list[dict[Hashable, int]] = [{Carry(i): 1} for i in range(k)]
    names: list[Hashable] = [START, *map(Carry, range(k))]
    states[machine.initial_state][START] = 1
    for q, code, zeros in _gates(machine):
        gate = Gate(q, code, zeros)
        names.append(gate)
        for sign, mask in signed_masks(zeros, k):
            target = states[int(machine.successors[code, q, mask])]
            target[gate] = target.get(gate, 0) + sign
            for i, u in enumerate(machine.increments[code, q, mask].tolist()):
                counters[i][gate] = counters[i].get(gate, 0) + sign * u
    forms: dict[Hashable, Form] = {State(q): form for q, form in enumerate(states)}
    forms |= {Counter(i): form for i, form in enumerate(counters)}
    return names, {name: combine((1, form)) for name, form in forms.items()}


def _gates(machine: CounterMachine) -> Iterator[tuple[int, int, int]]:
    for q in range(machine.num_states):
        for code in range(machine.alphabet.num_codes):
            for zeros in range(1 << machine.num_counters):
                yield q, code, zeros


def signed_masks(zeros: int, k: int) -> Iterator[tuple[int, int]]:
    """(±1, mask) for the exact masks whose inclusion-exclusion uses the set `zeros`.

    The mask of nonzero counters whose zero set is Z, for each Z ⊆ zeros.
    """
    for z in range(1 << k):
        if z & ~zeros == 0:
            sign = -1 if (zeros & ~z).bit_count() % 2 else 1
            yield sign, ~z & ((1 << k) - 1)


def members(mask: int) -> list[int]:
    """The positions of the bits that are set."""
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def _units(machine: CounterMachine) -> Forms:
    units: dict[Hashable, Form] = {START: {}}
    units |= {Carry(i): {Counter(i): 1} for i in range(machine.num_counters)}
    for q, code, zeros in _gates(machine):
        empty: Form = {Counter(i): -1 for i in members(zeros)}
        units[Gate(q, code, zeros)] = {State(q): 1, Reads(code): 1, ONE: -1, **empty}
    return units


def _counter_form(i: int) -> Form:
    return {Counter(i): 1}


def acceptance_head(
    semiring: Semiring,
    names: list[Hashable],
    quantities: Forms,
    machine: Any,
    size: Callable[[int], Form],
) -> tuple[Any, Array, Array]:
    """head, head_bias and readout of value 1 on accepting configurations, else 0.

    Units ReLU([q] - Σ_{i ∈ S} size_i) as the gates above, for a size that is 0 where
    counter or stack i is empty and at least 1 elsewhere: n 2ᵏ of them.
    """
    masks = machine.accepting.shape[1]
    k = masks.bit_length() - 1
    units: dict[Hashable, Form] = {}
    readout: dict[Hashable, int] = {}
    for q in range(machine.num_states):
        for zeros in range(masks):
            unit = Gate(q, -1, zeros)
            empty = [(-1, size(i)) for i in members(zeros)]
            units[unit] = combine((1, {State(q): 1}), *empty)
            readout[unit] = sum(
                sign * int(machine.accepting[q, mask])
                for sign, mask in signed_masks(zeros, k)
            )
    head = layer(semiring, names, quantities, units, 1)
    return head.matrix, head.bias[0], vector(semiring, list(units), readout)


def decode_counters(
    values: dict[Any, Any], pairs: list[tuple[int, int]], k: int
) -> Counters:
    """The configuration of states and counters that were read off a hidden vector."""
    (number,) = (name.state for name, v in values.items() if v and _is_state(name))
    state, signs = pairs[number]
    sizes = [int(values.get(Counter(i), 0)) for i in range(k)]
    return Counters(
        state, tuple(-c if signs >> i & 1 else c for i, c in enumerate(sizes))
    )


def _is_state(name: Any) -> bool:
    return isinstance(name, State)
