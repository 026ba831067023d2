"""WFA over ℚ → networks of RWKV-7 or DeltaNet heads (Theorems 9 and 11, repaired).

In real time: one symbol is one step of the network. `translations.positions`,
`.windows`, `.overwrites` and `.blocks` say how and why, `.wfa_layers` puts it together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata import WFA, absorb_bos, wfa_from_dfa, with_semiring
from automata_rnn.rnns import Network
from automata_rnn.rnns.compiled import compile_network
from automata_rnn.rnns.coordinates import ONE, Coordinates, Form, assemble
from automata_rnn.rnns.network import NetworkState
from automata_rnn.semiring import INTEGER, RATIONAL, REAL, Array
from automata_rnn.system import above
from translations.blocks import Blocks, Schedule
from translations.network_plan import ROWS, plan_network
from translations.positions import BOS
from translations.registry import Translation, translator
from translations.wfa_layers import VALUE, Construction, read_window, slot_layers
from translations.wfa_two_layers import read_memory, two_layers
from translations.windows import token

Heads: TypeAlias = Literal["rwkv7", "deltanet"]
Readout: TypeAlias = Literal["every", "flush"]


@translator(WFA, Network)
def wfa_to_network(
    wfa: WFA,
    *,
    heads: Heads = "rwkv7",
    readout: Readout = "every",
    layers: int | None = None,
    max_rows: int = ROWS,
    pad: Symbol = "<pad>",
) -> Translation:
    """A network whose value at every position is the WFA's, exactly.

    Args:
        readout: "every" looks up queries by both the block before and this one;
            "flush" looks up none, so that there are far fewer rows: the value is there
            after pad symbols (`Flushed`, which is the translation's network).
        layers: 2 for the short form with RWKV-7 heads; None for the fewest layers
            whose lower ones are finite-state: four up to twelve states for RWKV-7 and
            up to four for DeltaNet.
        max_rows: compile lookups to rectified units up to so many rows.
        pad: what "flush" reads after a word, outside the alphabet.

    `decode` gives the forward vector, the pending work of the last blocks done. The
    result's `plan` says how many layers and rows there are, and why; `plan_network`
    says so without building. Raises ValueError for weights that are not rationals,
    integers or floats, which are the rationals that they are.
    """
    exact = _rational(wfa)
    plan = plan_network(
        wfa, heads=heads, readout=readout, layers=layers, max_rows=max_rows
    )
    plain = _with_a_state(absorb_bos(exact))
    blocks = Blocks(plan.heads, plain.weights, Schedule(plan.block))
    made = Construction(plain, plan, blocks)
    network, coordinates = _build(made, wfa.alphabet.bos, pad)
    read = read_memory if layers == 2 else read_window

    def decode(state: NetworkState) -> Array:
        p, previous, current = read(made, coordinates, state.stream)
        vector = np.empty(plain.num_states, dtype=object)
        vector[:] = blocks.forward(p, previous, current, state.memories[-1][0, 0])
        return vector[: wfa.num_states]

    if readout == "every":
        return Translation(exact, network, decode, plan=plan)

    def pads(state: NetworkState) -> int:
        place = blocks.schedule.place(read(made, coordinates, state.stream)[0])
        return 2 * plan.block - place

    return Translation(exact, Flushed(network, pad, pads), decode, plan=plan)


@translator(DFA, Network)
def dfa_to_network(
    dfa: DFA,
    *,
    heads: Heads = "rwkv7",
    readout: Readout = "every",
    layers: int | None = None,
    max_rows: int = ROWS,
) -> Translation:
    """A network that is 1 on accepted words and 0 on the others, at every position.

    That of the DFA's indicator: a block's product is a map of the states, so that each
    coordinate is a sum of copies, with entries 0 and 1. `decode` gives the state's
    number in `table_from_dfa`. Options and errors as in `wfa_to_network`.
    """
    wfa = wfa_from_dfa(dfa, RATIONAL)
    made = wfa_to_network(
        wfa, heads=heads, readout=readout, layers=layers, max_rows=max_rows
    )

    def decode(state: NetworkState) -> int:
        return int(np.flatnonzero(made.decode(state))[0])

    return Translation(dfa, made.rnn, decode, above, plan=made.plan)


@dataclass(frozen=True, eq=False)
class Flushed:
    """A network that is read after it was given pad symbols: m to 2m of them.

    `step` is the network's; `output` is what it says at the end of the next block that
    holds only pad symbols, so that every symbol of the word has been applied.

    Attributes:
        pads: how many pad symbols that takes, by the state.
    """

    network: Network
    pad: Symbol
    pads: Callable[[NetworkState], int]

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
        for _ in range(self.pads(state)):
            state = self.network.step(state, self.pad)
        return self.network.output(state)


def _build(
    made: Construction, bos: Symbol | None, pad: Symbol
) -> tuple[Network, Coordinates]:
    flush = made.plan.readout == "flush"
    alphabet = _alphabet(made.wfa.alphabet, bos, [pad] if flush else [])
    embedding: dict[Symbol, Form] = {
        symbol: {ONE: 1, token(code): 1} for code, symbol in enumerate(alphabet)
    }
    embedding[alphabet.bos] = {ONE: 1, BOS: 1}
    layers = two_layers(made) if made.plan.layers == 2 else slot_layers(made)
    network, coordinates = assemble(alphabet, embedding, layers, [{VALUE: 1}])
    if made.plan.compiled:
        network = compile_network(network, max_rows=made.plan.total_rows)
    return network, coordinates


def _rational(wfa: WFA) -> WFA:
    if wfa.semiring not in (RATIONAL, INTEGER, REAL):
        raise ValueError(
            f"wfa.semiring: wanted rational, integer or real, got {wfa.semiring.name}"
        )
    return with_semiring(wfa, RATIONAL)


def _with_a_state(wfa: WFA) -> WFA:
    """A WFA without states as one with a state of weight 0."""
    if wfa.num_states:
        return wfa
    weights = np.full((len(wfa.alphabet), 1, 1), RATIONAL.zero, dtype=object)
    return WFA(RATIONAL, wfa.alphabet, [0], weights, [0])


def _alphabet(alphabet: Alphabet, bos: Symbol | None, pads: list[Symbol]) -> Alphabet:
    """The symbols and the pads, and a BOS in any case."""
    symbols = [*alphabet, *pads]
    names = ["<bos>", *(f"<bos{i}>" for i in range(len(symbols)))]
    fresh = next(name for name in names if name not in symbols)
    return Alphabet(symbols, fresh if bos is None else bos)
