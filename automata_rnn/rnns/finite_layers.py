"""Layers whose heads reach finitely many states, run by numbers instead of matrices.

Every head's states, every token's parameters and every stream between layers get a
number when they first occur. What a step does is then looked up by numbers, and is
computed once: a network's lower layers become the finite machine that they are.
"""

from collections.abc import Hashable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.rnns.heads import act
from automata_rnn.rnns.network import HeadGroup, Layer, Network, next_stream, steps_of
from automata_rnn.scan.dplr import Steps
from automata_rnn.semiring import Array

Numbers: TypeAlias = tuple[int, ...]


class Numbering:
    """Values by number, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def number(self, key: Hashable, value: Any) -> int:
        """The number of the value with this key."""
        found = self._numbers.setdefault(key, len(self.values))
        if found == len(self.values):
            self.values.append(value)
        return found

    def __len__(self) -> int:
        return len(self.values)


def text_key(*arrays: Array) -> tuple[str, ...]:
    """A key of exact numbers or floats; hashing rationals themselves is slow."""
    return tuple(str(x) for array in arrays for x in array.ravel().tolist())


class NumberedHead:
    """One head: its states (1, d, n) and its steps by number."""

    def __init__(self, group: HeadGroup, zero: Any) -> None:
        _, d, n = group.state_shape
        self.states, self.steps = Numbering(), Numbering()
        self._moves: dict[tuple[int, int], int] = {}
        start = np.full((d, n), zero, dtype=np.asarray(zero).dtype)
        self.states.number(text_key(start), start)

    def step_number(self, step: Steps) -> int:
        return self.steps.number(text_key(*step), step)

    def move(self, state: int, step: int) -> int:
        """The state after a step."""
        found = self._moves.get((state, step))
        if found is None:
            after = act(self.states.values[state], self.steps.values[step])
            found = self.states.number(text_key(after), after)
            self._moves[state, step] = found
        return found


class Configuration(NamedTuple):
    """The states of all heads by number, and of the stream that comes out."""

    states: Numbers
    stream: int


class FiniteLayers:
    """Some first layers of a network as a transition system over `Configuration`s."""

    def __init__(self, network: Network, layers: int) -> None:
        self.network, self.layers = network, network.layers[:layers]
        zero = network.semiring.zeros((), network.embedding)[()]
        self.heads = [
            [NumberedHead(g, zero) for g in layer.heads for _ in range(len(g.query))]
            for layer in self.layers
        ]
        self.streams = [Numbering() for _ in range(layers + 1)]
        self._inputs: dict[tuple[int, int], Numbers] = {}
        self._outputs: dict[tuple[int, int, Numbers], int] = {}

    @property
    def alphabet(self) -> Alphabet:
        return self.network.alphabet

    @property
    def initial(self) -> Configuration:
        return Configuration((0,) * sum(map(len, self.heads)), -1)

    def step(self, state: Configuration, symbol: Symbol) -> Configuration:
        stream = self.embedded(symbol)
        after: list[int] = []
        for i, heads in enumerate(self.heads):
            before = state.states[len(after) :][: len(heads)]
            steps = self.step_numbers(i, stream)
            moved = tuple(
                head.move(q, step)
                for head, q, step in zip(heads, before, steps, strict=True)
            )
            stream = self.next_stream(i, stream, moved)
            after += moved
        return Configuration(tuple(after), stream)

    def output(self, state: Configuration) -> Array:
        """The stream that goes into the next layer."""
        return self.streams[-1].values[state.stream]

    def locate(self, memories: tuple[Array, ...], symbol: Symbol) -> Configuration:
        """The configuration with these states of the heads, in the order of groups.

        `symbol` is the last one read.
        """
        stream = self.embedded(symbol)
        states: list[int] = []
        groups = iter(memories)
        for i, layer in enumerate(self.layers):
            singles = [head for _ in layer.heads for head in next(groups)]
            numbers = tuple(
                head.states.number(text_key(state), state)
                for head, state in zip(self.heads[i], singles, strict=True)
            )
            stream = self.next_stream(i, stream, numbers)
            states += numbers
        return Configuration(tuple(states), stream)

    def step_numbers(self, i: int, stream: int) -> Numbers:
        """The number of each head's step in layer i at this stream."""
        if (i, stream) not in self._inputs:
            value = self.streams[i].values[stream]
            steps = _split(self.layers[i], value)
            heads = zip(self.heads[i], steps, strict=True)
            self._inputs[i, stream] = tuple(h.step_number(step) for h, step in heads)
        return self._inputs[i, stream]

    def next_stream(self, i: int, stream: int, states: Numbers) -> int:
        """The number of the stream after layer i."""
        key = (i, stream, states)
        if key not in self._outputs:
            heads = zip(self.heads[i], states, strict=True)
            values = [head.states.values[q] for head, q in heads]
            memories, start = [], 0
            for group in self.layers[i].heads:
                count = len(group.query)
                memories.append(np.stack(values[start : start + count]))
                start += count
            value = next_stream(
                self.layers[i], memories, self.streams[i].values[stream]
            )
            self._outputs[key] = self.streams[i + 1].number(key, value)
        return self._outputs[key]

    def embedded(self, symbol: Symbol) -> int:
        """The number of a symbol's stream."""
        code = self.alphabet.code(symbol)
        return self.streams[0].number(code, self.network.embedding[code])


def _split(layer: Layer, stream: Array) -> list[Steps]:
    """The step of each single head, parts (n,) and (d,)."""
    result = []
    for group in layer.heads:
        steps = steps_of(group, stream)
        result += [Steps(*(part[h] for part in steps)) for h in range(len(group.query))]
    return result
