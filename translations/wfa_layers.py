"""The layers of a weighted automaton's network: slots with their lookups, and the top.

    slots    the last 2m symbols; lookup of the step to apply, and of the query
    top      one head, state [x | y] ∈ ℚ^{2n}: a step I - lᵀ r for each symbol

Queries are looked up by both the block before and this one, or, with readout="flush",
are ω at the end of each block, which takes no rows at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from flint import fmpq_mat

from automata_rnn.automata import WFA
from automata_rnn.exact import to_flint
from automata_rnn.rnns.coordinates import (
    ConjunctionSketch,
    Coordinates,
    Form,
    HeadSketch,
    LayerSketch,
    Unit,
    read_one_hot,
)
from automata_rnn.rnns.lookup import Key
from automata_rnn.semiring import Array
from translations.blocks import Blocks, Schedule, full_windows, padded_windows
from translations.network_plan import NetworkPlan
from translations.overwrites import Overwrite, parameter_units
from translations.positions import residues
from translations.router import counter, router
from translations.top_heads import top_head
from translations.windows import NONE, slot, slot_heads

VALUE: Unit = "value"


def query_unit(j: int) -> Unit:
    """The unit that holds q_j of the last layer."""
    return ("top", "query", j)


@dataclass(frozen=True, eq=False)
class Construction:
    """What all parts of one network share: the automaton, the plan, the products.

    Attributes:
        wfa: over ℚ, without a BOS, with at least one state.
    """

    wfa: WFA
    plan: NetworkPlan
    blocks: Blocks

    @property
    def schedule(self) -> Schedule:
        return self.blocks.schedule

    @property
    def letters(self) -> int:
        return len(self.wfa.alphabet)

    @property
    def final(self) -> fmpq_mat:
        return to_flint(self.wfa.final[:, None])

    @property
    def query_units(self) -> list[Unit]:
        return [query_unit(j) for j in range(2 * self.wfa.num_states)]

    def step(self, p: int, previous: Sequence[int]) -> Overwrite:
        return self.blocks.step(p, previous)

    def query(self, p: int, previous: Sequence[int], current: Sequence[int]) -> Form:
        """The query that gives the value, as units."""
        found = self.blocks.value_query(p, previous, current, self.final)
        return {query_unit(j): value for j, value in found.items()}


def slot_layers(made: Construction) -> list[LayerSketch]:
    """The router, the slots, the top: four layers where 2m divides 24."""
    kind, period, letters = made.plan.heads, made.plan.period, made.letters
    flush = made.plan.readout == "flush"
    first = [counter(period)] if made.plan.counter else router(kind, period)
    heads = slot_heads(kind, period, letters + 1, [letters] if flush else [])
    lookups = [_steps(made, flush)] + ([] if flush else [_queries(made)])
    return [*first, LayerSketch(heads, lookups), LayerSketch([top(made)])]


def top(made: Construction) -> HeadSketch:
    """BOS writes [α | α]; then the steps are as looked up."""
    start = [*made.wfa.initial, *made.wfa.initial]
    asked: list[Form] = [{unit: 1} for unit in made.query_units]
    query = _fixed_queries(made) if made.plan.readout == "flush" else asked
    at_bos = made.step(0, (NONE,) * made.plan.block)
    return top_head(made.plan.heads, start, at_bos, query, {VALUE: 1})


def read_window(
    made: Construction, coordinates: Coordinates, stream: Array
) -> tuple[int, list[int], list[int]]:
    """(u mod 2m, tokens of the block before, tokens of this one) of a stream."""
    schedule = made.schedule
    p = read_one_hot(coordinates, stream, residues(schedule.period))
    previous, current = (
        [read_one_hot(coordinates, stream, units) for units in _slots(made, part)]
        for part in (schedule.previous(p), schedule.current(p))
    )
    return p, previous, current


def _slots(made: Construction, numbers: list[int]) -> list[list[Unit]]:
    return [slot(made.plan.period, i, made.letters + 1) for i in numbers]


def _steps(made: Construction, flush: bool) -> ConjunctionSketch:
    schedule, positions = made.schedule, range(made.plan.period)
    before = padded_windows if flush else full_windows

    def keys() -> Iterator[Key]:
        for p in positions:
            for tokens in before(schedule, made.letters, p):
                yield Key((p,), tokens)

    return ConjunctionSketch(
        [residues(schedule.period)],
        {(p,): _slots(made, schedule.previous(p)) for p in positions},
        lambda key: made.step(key.control[0], key.tokens).parameters,
        keys,
        made.plan.rows["steps"],
        parameter_units(made.plan.heads, 2 * made.wfa.num_states),
    )


def _queries(made: Construction) -> ConjunctionSketch:
    schedule, positions, m = made.schedule, range(made.plan.period), made.plan.block

    def row(key: Key) -> Form:
        return made.query(key.control[0], key.tokens[:m], key.tokens[m:])

    return ConjunctionSketch(
        [residues(schedule.period)],
        {
            (p,): _slots(made, schedule.previous(p) + schedule.current(p))
            for p in positions
        },
        row,
        lambda: (Key((p,), (*b, *c)) for p, b, c in windows(made)),
        made.plan.rows["queries"],
        made.query_units,
    )


def windows(
    made: Construction,
) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """All (u mod 2m, block before, this block so far) that occur."""
    schedule, m = made.schedule, made.plan.block
    letters = range(1, made.letters + 1)
    for p in range(schedule.period):
        for previous in full_windows(schedule, made.letters, p):
            if p == 0 and previous[0] == NONE:  # BOS
                yield 0, previous, (NONE,) * m
                continue
            for current in product(letters, repeat=schedule.place(p)):
                yield p, previous, current


def _fixed_queries(made: Construction) -> list[Form]:
    """ω on the half just written, at the end of each block."""
    n, schedule = made.wfa.num_states, made.schedule
    queries: list[dict[Unit, Any]] = [{} for _ in range(2 * n)]
    for p in (schedule.block, 0):
        half = (1 - schedule.source(p)) * n
        for i, value in enumerate(made.wfa.final):
            queries[half + i]["residue", schedule.period, p] = value
    return list(queries)
