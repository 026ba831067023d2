"""Networks of recurrent heads: embedding, layers, residual stream, linear readout.

    x_t = embedding of w_t;   in each layer:  S_t = S_{t-1} A(x_t) + B(x_t),
    o_t = S_t q(x_t),   x_t ← x_t + Σ output · o_t,   x_t ← x_t + W ReLU(U x_t)

All parameters of a head are linear projections of the layer's input (Definitions 4 to
9, with the identity for the norm). A unit that is always 1 is what biases are made of.
S_t is read after the update, in the rows convention of `automata_rnn.rnns.heads`. A
word is accepted where the readout is above 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape, check_type
from automata_rnn.rnns.feedforward import FeedForward
from automata_rnn.rnns.heads import act, delta_step, rwkv7_step
from automata_rnn.rnns.lookup import Conjunctions, Intervals
from automata_rnn.rnns.projection import projector
from automata_rnn.scan.dplr import Steps
from automata_rnn.semiring import RATIONAL, REAL, Array, Semiring

Sublayer: TypeAlias = "FeedForward | Conjunctions | Intervals"

PARTS: dict[str, dict[str, str]] = {
    "rwkv7": {
        "decay": "n",
        "removal": "n",
        "rate": "n",
        "strength": "1",
        "value": "d",
        "key": "n",
    },
    "deltanet": {"beta": "1", "key": "n", "value": "d"},
}
"""The parameters of each kind of head in order, and how many numbers each has."""


def part_sizes(kind: str, d: int, n: int) -> dict[str, int]:
    """How many numbers each parameter of a head with states (d, n) has."""
    return {name: {"1": 1, "d": d, "n": n}[size] for name, size in PARTS[kind].items()}


@dataclass(frozen=True, eq=False)
class HeadGroup:
    """h heads of one kind, with states (d, n) each.

    Attributes:
        kind: "rwkv7" or "deltanet", parametrised as in the paper (any rationals).
        parameters: projections to all parameters in the order of `PARTS`, shape
            (h, size, width).
        query: projection to q, shape (h, n, width).
        output: where o = S q is added to the stream, shape (h, d, width).

    Raises ValueError for unknown kinds and shapes that do not fit.
    """

    kind: str
    parameters: Array
    query: Array
    output: Array

    def __post_init__(self) -> None:
        if self.kind not in PARTS:
            raise ValueError(
                f"HeadGroup.kind: wanted one of {list(PARTS)}, got {self.kind!r}"
            )
        for name in ("parameters", "query", "output"):
            if getattr(self, name).ndim != 3:
                raise ValueError(
                    f"HeadGroup.{name}: wanted shape (h, ·, width), "
                    f"got {getattr(self, name).shape}"
                )
        h, n, width = self.query.shape
        d = self.output.shape[1]
        size = sum(part_sizes(self.kind, d, n).values())
        why = f"{h} {self.kind} heads with states {(d, n)}, width {width}"
        check_shape("HeadGroup.parameters", self.parameters, (h, size, width), why)
        check_shape("HeadGroup.output", self.output, (h, d, width), why)

    @property
    def state_shape(self) -> tuple[int, int, int]:
        """(h, d, n)."""
        heads, n, _ = self.query.shape
        return heads, self.output.shape[1], n

    @cached_property
    def maps(self) -> tuple[Callable[[Array], Array], ...]:
        """The projections: parameters, query, output."""
        flat = self.output.reshape(-1, self.output.shape[-1]).T
        return projector(self.parameters), projector(self.query), projector(flat)


def steps_of(group: HeadGroup, stream: Array) -> Steps:
    """The heads' steps at one token, each part (h, n) or (h, d)."""
    _, d, n = group.state_shape
    flat, start, parts = group.maps[0](stream), 0, {}
    for name, size in part_sizes(group.kind, d, n).items():
        parts[name] = flat[:, start : start + size]
        start += size
    if group.kind == "deltanet":
        return delta_step(parts["beta"][:, 0], parts["key"], parts["value"])
    return rwkv7_step(
        parts["decay"],
        parts["removal"],
        parts["rate"],
        parts["value"],
        parts["key"],
        parts["strength"][:, 0],
    )


def read(group: HeadGroup, memory: Array, stream: Array) -> Array:
    """What the heads add to the stream: Σ output · S q, shape (width,)."""
    query = group.maps[1](stream)
    seen = (memory * query[:, None, :]).sum(-1)
    return group.maps[2](seen.ravel())


class Layer(NamedTuple):
    """Recurrent heads in groups, then feed-forward sublayers, added up.

    Several sublayers are one: their hidden units side by side.
    """

    heads: tuple[HeadGroup, ...]
    feedforward: tuple[Sublayer, ...] = ()


class NetworkState(NamedTuple):
    """The state of every group of heads, layer by layer, and the last stream x_t."""

    memories: tuple[Array, ...]
    stream: Array


@dataclass(frozen=True, eq=False)
class Network:
    """A network of RWKV-7 or DeltaNet heads, over RATIONAL or REAL.

    Attributes:
        embedding: a stream for each symbol code, shape (alphabet.num_codes, width).
        layers: from the first to the last.
        readout: shape (width,), or (r, width) for r values at each position.

    The state is that of all heads and the stream, which holds what this position
    outputs; it is 0 before the first symbol. Raises ValueError where shapes do not fit
    and for other semirings.
    """

    semiring: Semiring
    alphabet: Alphabet
    embedding: Array
    layers: tuple[Layer, ...]
    readout: Array

    def __post_init__(self) -> None:
        check_type("Network.alphabet", self.alphabet, Alphabet)
        if self.semiring not in (RATIONAL, REAL):
            raise ValueError(
                f"Network.semiring: wanted rational or real, got {self.semiring}"
            )
        for name in ("embedding", "readout"):
            array = self.semiring.array(getattr(self, name), f"Network.{name}")
            object.__setattr__(self, name, array)
        width = self.readout.shape[-1]
        shape = (self.alphabet.num_codes, width)
        check_shape("Network.embedding", self.embedding, shape, f"width {width}")
        for i, layer in enumerate(self.layers):
            for group in layer.heads:
                if group.query.shape[-1] != width:
                    raise ValueError(
                        f"Network.layers[{i}].heads: wanted width {width}, "
                        f"got {group.query.shape[-1]}"
                    )

    @property
    def width(self) -> int:
        """Numbers in the residual stream."""
        return int(self.readout.shape[-1])

    @property
    def initial(self) -> NetworkState:
        groups = [group for layer in self.layers for group in layer.heads]
        zeros = self.semiring.zeros
        memories = tuple(zeros(g.state_shape, self.embedding) for g in groups)
        return NetworkState(memories, zeros((self.width,), self.embedding))

    def step(self, state: NetworkState, symbol: Symbol) -> NetworkState:
        stream = self.embedding[self.alphabet.code(symbol)]
        memories: list[Array] = []
        for layer in self.layers:
            before = state.memories[len(memories) :][: len(layer.heads)]
            after = [
                act(memory, steps_of(group, stream))
                for group, memory in zip(layer.heads, before, strict=True)
            ]
            memories += after
            stream = next_stream(layer, after, stream)
        return NetworkState(tuple(memories), stream)

    def output(self, state: NetworkState) -> Any:
        return self.semiring.dot(self.readout, state.stream)


def next_stream(layer: Layer, memories: list[Array], stream: Array) -> Array:
    """What a layer passes on, from its input and the states of its heads."""
    added = [
        read(group, memory, stream)
        for group, memory in zip(layer.heads, memories, strict=True)
    ]
    stream = sum(added, start=stream)
    return sum((part.added(stream) for part in layer.feedforward), start=stream)
