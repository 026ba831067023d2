"""WFA over ℚ → networks of RWKV-7 or DeltaNet heads (Theorems 9 and 11, repaired).

Layers, each with the lookup that follows it (`translations.positions`, `.windows`,
`.overwrites` and `.blocks` say how and why):

    router   u mod 2m of the position u, in two layers where 2m divides 24
    slots    the last 2m symbols; lookup of the step to apply and of the query
    top      one head, state [x | y] in ℚ^{2n}: a step I - lᵀ r for each symbol

BOS writes [α | α]. In real time: one symbol is one step, also of the network.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata import WFA, absorb_bos, with_semiring
from automata_rnn.exact import to_flint
from automata_rnn.rnns import Network
from automata_rnn.rnns.compiled import compile_network
from automata_rnn.rnns.coordinates import (
    ONE,
    ConjunctionSketch,
    Coordinates,
    Form,
    HeadSketch,
    LayerSketch,
    Unit,
    assemble,
    read_one_hot,
)
from automata_rnn.rnns.lookup import Key
from automata_rnn.rnns.network import NetworkState
from automata_rnn.semiring import INTEGER, RATIONAL, REAL, Array
from translations.blocks import Blocks, Schedule, full_windows, padded_windows
from translations.network_plan import ROWS, NetworkPlan, plan_network
from translations.overwrites import parameter_units
from translations.top_heads import top_head
from translations.positions import BOS, residues, router
from translations.registry import Translation, translator
from translations.windows import NONE, slot, slot_heads, token

Heads: TypeAlias = Literal["rwkv7", "deltanet"]
Readout: TypeAlias = Literal["every", "flush"]
VALUE: Unit = "value"


def query_unit(j: int) -> Unit:
    """The unit that holds q_j of the last layer."""
    return ("top", "query", j)


@translator(WFA, Network)
def wfa_to_network(
    wfa: WFA,
    *,
    heads: Heads = "rwkv7",
    readout: Readout = "every",
    max_rows: int = ROWS,
    pad: Symbol = "<pad>",
) -> Translation:
    """A network whose value at every position is the WFA's, exactly.

    Args:
        readout: "every" looks up queries by both the block before and this one;
            "flush" by none, so that there are far fewer rows: the value is there after
            pad symbols (`Flushed`, which is the translation's network).
        max_rows: compile lookups to rectified units up to so many rows.
        pad: what "flush" reads after a word, outside the alphabet.

    `decode` gives the forward vector, the pending work of the last blocks done. The
    result's `plan` says how many layers and rows there are, and why; `plan_network`
    says so without building. Raises ValueError for weights that are not numbers.
    """
    exact = _rational(wfa)
    plan = plan_network(wfa, heads=heads, readout=readout, max_rows=max_rows)
    builder = _Builder(absorb_bos(exact), plan, readout, wfa.alphabet.bos, pad)
    network, coordinates = builder.build()
    if plan.compiled:
        network = compile_network(network, max_rows=plan.total_rows)
    n = wfa.num_states

    def decode(state: NetworkState) -> Array:
        return builder.forward(coordinates, state)[:n]

    if readout == "every":
        return Translation(exact, network, decode, plan=plan)
    flushed = Flushed(network, pad, residues(plan.period), coordinates)
    return Translation(exact, flushed, decode, plan=plan)


def _rational(wfa: WFA) -> WFA:
    if wfa.semiring not in (RATIONAL, INTEGER, REAL):
        raise ValueError(
            f"wfa.semiring: wanted rational, integer or real, got {wfa.semiring.name}"
        )
    return with_semiring(wfa, RATIONAL)


@dataclass(frozen=True, eq=False)
class Flushed:
    """A network that is read after it was given pad symbols: m to 2m of them.

    `step` is the network's; `output` is what it says at the end of the next block that
    holds only pad symbols, so that every symbol of the word has been applied.
    """

    network: Network
    pad: Symbol
    positions: list[Unit]
    coordinates: Coordinates

    @property
    def alphabet(self) -> Alphabet:
        inner = self.network.alphabet
        return Alphabet([s for s in inner if s != self.pad], inner.bos)

    @property
    def initial(self) -> NetworkState:
        return self.network.initial

    def step(self, state: NetworkState, symbol: Symbol) -> NetworkState:
        return self.network.step(state, symbol)

    def output(self, state: NetworkState) -> Any:
        schedule = Schedule(len(self.positions) // 2)
        p = read_one_hot(self.coordinates, state.stream, self.positions)
        for _ in range(2 * schedule.block - schedule.place(p)):
            state = self.network.step(state, self.pad)
        return self.network.output(state)


class _Builder:
    """What all parts of one construction share."""

    def __init__(
        self, wfa: WFA, plan: NetworkPlan, readout: str, bos: Symbol, pad: Symbol
    ) -> None:
        self.wfa, self.plan = _with_a_state(wfa), plan
        self.schedule = Schedule(plan.block)
        self.blocks = Blocks(plan.heads, self.wfa.weights, self.schedule)
        self.letters, self.n = len(wfa.alphabet), self.wfa.num_states
        self.flush = readout == "flush"
        self.alphabet = _network_alphabet(wfa.alphabet, bos, pad if self.flush else None)

    def build(self) -> tuple[Network, Coordinates]:
        period, letters = self.schedule.period, self.letters
        embedding: dict[Symbol, Form] = {
            symbol: {ONE: 1, token(code): 1}
            for code, symbol in enumerate(self.alphabet)
        }
        embedding[self.alphabet.bos] = {ONE: 1, BOS: 1}
        blanks = [letters] if self.flush else []
        kind = self.plan.heads
        slots = slot_heads(kind, period, letters + 1, blanks)
        lookups = [self._steps()] if self.flush else [self._steps(), self._queries()]
        layers = [
            *router(kind, period),
            LayerSketch(slots, lookups),
            LayerSketch([self._top()]),
        ]
        return assemble(self.alphabet, embedding, layers, [{VALUE: 1}])

    def _slots(self, numbers: list[int]) -> list[list[Unit]]:
        return [slot(self.schedule.period, i, self.letters + 1) for i in numbers]

    def _steps(self) -> ConjunctionSketch:
        schedule, windows = self.schedule, range(self.schedule.period)
        before = padded_windows if self.flush else full_windows

        def keys() -> Iterator[Key]:
            for p in windows:
                for tokens in before(schedule, self.letters, p):
                    yield Key((p,), tokens)

        return ConjunctionSketch(
            [residues(schedule.period)],
            {(p,): self._slots(schedule.previous(p)) for p in windows},
            lambda key: self.blocks.step(key.control[0], key.tokens).parameters,
            keys,
            self.plan.rows["steps"],
            parameter_units(self.plan.heads, 2 * self.n),
        )

    def _queries(self) -> ConjunctionSketch:
        schedule, windows = self.schedule, range(self.schedule.period)
        m, final = schedule.block, to_flint(self.wfa.final[:, None])

        def keys() -> Iterator[Key]:
            for p in windows:
                for previous in full_windows(schedule, self.letters, p):
                    if p == 0 and previous[0] == NONE:
                        yield Key((0,), (NONE,) * (2 * m))
                        continue
                    for current in _words(self.letters, schedule.place(p)):
                        yield Key((p,), previous + current)

        def row(key: Key) -> Form:
            parts = key.tokens[:m], key.tokens[m:]
            query = self.blocks.value_query(key.control[0], *parts, final)
            return {query_unit(j): value for j, value in query.items()}

        return ConjunctionSketch(
            [residues(schedule.period)],
            {
                (p,): self._slots(schedule.previous(p) + schedule.current(p))
                for p in windows
            },
            row,
            keys,
            self.plan.rows["queries"],
            [query_unit(j) for j in range(2 * self.n)],
        )

    def _top(self) -> HeadSketch:
        start = [*self.wfa.initial, *self.wfa.initial]
        asked: list[Form] = [{query_unit(j): 1} for j in range(2 * self.n)]
        query = self._fixed_queries() if self.flush else asked
        at_bos = self.blocks.step(0, (NONE,) * self.schedule.block)
        return top_head(self.plan.heads, start, at_bos, query, {VALUE: 1})

    def _fixed_queries(self) -> list[Form]:
        """ω on the half just written, at the end of each block."""
        queries: list[dict[Unit, Any]] = [{} for _ in range(2 * self.n)]
        for p in (self.schedule.block, 0):
            half = (1 - self.schedule.source(p)) * self.n
            for i, value in enumerate(self.wfa.final):
                queries[half + i]["residue", self.schedule.period, p] = value
        return list(queries)

    def forward(self, coordinates: Coordinates, state: NetworkState) -> Array:
        """The WFA's state, from the slots and the top head."""
        schedule, stream = self.schedule, state.stream
        p = read_one_hot(coordinates, stream, residues(schedule.period))
        previous, current = (
            [read_one_hot(coordinates, stream, units) for units in self._slots(part)]
            for part in (schedule.previous(p), schedule.current(p))
        )
        row = state.memories[-1][0, 0]
        vector = np.empty(self.n, dtype=object)
        vector[:] = self.blocks.forward(p, previous, current, row)
        return vector


def _words(letters: int, length: int) -> Iterator[tuple[int, ...]]:
    return product(range(1, letters + 1), repeat=length)


def _with_a_state(wfa: WFA) -> WFA:
    """A WFA without states as one with a state of weight 0."""
    if wfa.num_states:
        return wfa
    weights = np.full((len(wfa.alphabet), 1, 1), RATIONAL.zero, dtype=object)
    return WFA(RATIONAL, wfa.alphabet, [0], weights, [0])


def _network_alphabet(alphabet: Alphabet, bos: Symbol, pad: Symbol) -> Alphabet:
    """The symbols, the pad symbol unless it is None, and a BOS in any case."""
    symbols = [*alphabet, *([] if pad is None else [pad])]
    names = ["<bos>", *(f"<bos{i}>" for i in range(len(symbols)))]
    fresh = next(name for name in names if name not in symbols)
    return Alphabet(symbols, fresh if bos is None else bos)
