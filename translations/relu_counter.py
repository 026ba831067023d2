"""ReLURNN, MLPRNN → CounterMachine: back from the weights alone.

No layout is assumed: units may be permuted, scaled, copied or useless. The hidden
vectors are covered by regions {base + Σ_j x_j step_j : x ∈ ℕᵏ} on which every step is
affine (`translations.regions`). The machine's states are the regions and its counters
the x_j: a region's rows say, for each zero mask, which region is next and how each x_j
moves. A counter below a floor is part of the state, so that its small values may
decide anything; so is its residue where the network adds different constants.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq

from automata_rnn.automata import CounterMachine, Counters
from automata_rnn.rnns import MLPRNN, ReLURNN
from automata_rnn.semiring import Array
from automata_rnn.system import above
from translations.layout import Layout, layout
from translations.regions import (
    Closure,
    Network,
    NotCounters,
    as_network,
    close,
    place,
)
from translations.regions.cases import Split
from translations.regions.forms import point
from translations.regions.network import vector
from translations.registry import Translation, translator

DEFAULT_MAX_REGIONS = 4096


@translator(ReLURNN, CounterMachine)
def relu_rnn_to_counter_machine(
    rnn: ReLURNN, *, max_regions: int = DEFAULT_MAX_REGIONS
) -> Translation:
    """The counter machine over ℕ that accepts where the output is positive.

    Exact for all words: the table of regions is closed, each transition computed for
    all counter values of its region. Raises NotCounters, a ValueError, with a unit and
    the reason where a unit neither takes finitely many values nor counts, or a sign
    depends on two counters.
    """
    return network_to_counter_machine(rnn, max_regions)


@translator(MLPRNN, CounterMachine)
def mlp_rnn_to_counter_machine(
    rnn: MLPRNN, *, max_regions: int = DEFAULT_MAX_REGIONS
) -> Translation:
    """As `relu_rnn_to_counter_machine`, for any number of layers."""
    return network_to_counter_machine(rnn, max_regions)


def network_to_counter_machine(
    rnn: ReLURNN | MLPRNN,
    max_regions: int = DEFAULT_MAX_REGIONS,
    tick: Callable[[], None] = lambda: None,
) -> Translation:
    """The translation of either type of network; `tick` may raise to end it."""
    network = as_network(rnn)
    closure = close(network, max_regions, tick)
    counter = assign_counters(closure)
    machine = _machine(rnn, closure, counter)

    def decode(hidden: Array) -> Counters:
        known = vector(hidden).items()
        state = {unit: value for unit, value in known if unit in network.units}
        placed = place(closure.rays, point(state))
        if placed.region not in closure.index:
            raise ValueError("hidden: wanted a state that the network reaches")
        values = [0] * machine.num_counters
        for ray, x in placed.offsets.items():
            values[counter[ray]] = x
        return Counters(closure.index[placed.region], tuple(values))

    units = _layout(rnn.hidden_size, network, closure, counter)
    return Translation(machine, rnn, decode, read=above, layout=units)


def _layout(
    hidden_size: int, network: Network, closure: Closure, counter: list[int]
) -> Layout:
    """A counter's units are those that its rays move, of rays that some region has."""
    live = sorted({ray for region in closure.regions for ray in region.live})
    steps: list[set[tuple[int, fmpq]]] = [set() for _ in set(counter)]
    for ray in live:
        steps[counter[ray]] |= {*closure.rays[ray].step}
    counters = tuple(tuple(sorted(found)) for found in steps)
    return layout(hidden_size, network.units, counters)


def assign_counters(closure: Closure) -> list[int]:
    """A counter for each ray, few in all.

    Rays that become each other share a counter, and so may rays that are live in no
    region together, such as c and -c. NotCounters where both hold of two rays.
    """
    size = len(closure.rays)
    group = list(range(size))
    cases = [case for found in closure.cases.values() for case in found]
    for before, after in {flow for case in cases for flow in case.flows}:
        old, new = group[before], group[after]
        group = [new if g == old else g for g in group]
    clash: set[tuple[int, int]] = set()
    for live in {region.live for region in closure.regions}:
        for i, j in product(live, live):
            if i != j and group[i] == group[j]:
                unit = closure.rays[j].unit
                raise NotCounters(unit, "exchanges its value with another counter's")
            clash.add((group[i], group[j]))
    colour: dict[int, int] = {}
    for g in dict.fromkeys(group):
        taken = {colour[h] for h in colour if (g, h) in clash}
        colour[g] = min(set(range(size)) - taken)
    return [colour[g] for g in group]


def _machine(
    rnn: ReLURNN | MLPRNN, closure: Closure, counter: list[int]
) -> CounterMachine:
    k, n = max(counter, default=-1) + 1, len(closure.regions)
    codes = rnn.alphabet.num_codes
    successors = np.broadcast_to(np.arange(n)[:, None], (codes, n, 1 << k)).copy()
    increments = np.zeros((codes, n, 1 << k, k), np.int8)
    accepting = np.zeros((n, 1 << k), bool)
    for (number, code), cases in closure.cases.items():
        live = [counter[ray] for ray in closure.regions[number].live]
        for case in cases:
            masks = _masks(live, case.split, k)
            successors[code, number, masks] = closure.index[case.target]
            for ray, move in case.moves.items():
                increments[code, number, masks, counter[ray]] = move
    for number, outputs in enumerate(closure.outputs):
        live = [counter[ray] for ray in closure.regions[number].live]
        for split, positive in outputs:
            accepting[number, _masks(live, split, k)] = positive
    return CounterMachine(rnn.alphabet, 0, successors, increments, accepting, True)


def _masks(live: list[int], split: Split, k: int) -> Any:
    """The zero masks of a case, a counter that is not live being 0."""
    bits: list[tuple[int, ...]] = [(0,)] * k
    for i, x in zip(live, split, strict=True):
        bits[i] = (0, 1) if x is None else (x,)
    return [sum(b << i for i, b in enumerate(mask)) for mask in product(*bits)]
