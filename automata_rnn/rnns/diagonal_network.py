"""Stacks of diagonal recurrent layers: what a stack of Mamba-like layers can hold.

Each layer reads a context c_t, one of finitely many: the first layer's is the symbol.

    h_t = h_{t-1} ⊙ gates[c_t] + bias[c_t]
    next layer's c_t = emits[c_t, the codeword that h_{t-1} is]

As a context is a one-hot vector, gates and bias are linear projections of the layer's
input, and the lookup is one hidden layer of rectified units (`rectified`). The hidden
state is read before its update, as in Definition 4 of the paper: a reset forgets what
the layers above need to know. After the last layer the context picks the output.

A state h stands for the nearest of the layer's codewords, so what is rounded in one
layer is not seen by the next ones.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Symbol, Word
from automata_rnn.checks import check_shape, check_type
from automata_rnn.rnns.feedforward import FeedForward
from automata_rnn.scan import Element, Method, Monoid, diagonal, prefix_products
from automata_rnn.semiring import COMPLEX, INTEGER, RATIONAL, REAL, Array, Semiring

Codes = npt.NDArray[np.intp]
CLOSE = 1e-9
"""How far from a codeword a gate may lead from another one, in floats."""


@dataclass(frozen=True, eq=False)
class DiagonalLayer:
    """One diagonal layer, over any semiring, and the lookup after it.

    Attributes:
        initial: h₀, shape (n,).
        gates, bias: by context, shape (contexts, n).
        codewords: the hidden states that occur, shape (m, n).
        emits: the next layer's context by context and codeword, shape (contexts, m).

    Raises ValueError where shapes do not fit, entries are not of the semiring, or a
    context leads from a codeword to none.
    """

    semiring: Semiring
    initial: Array
    gates: Array
    bias: Array
    codewords: Array
    emits: Codes

    def __post_init__(self) -> None:
        for name in ("initial", "gates", "bias", "codewords"):
            array = self.semiring.array(getattr(self, name), f"DiagonalLayer.{name}")
            object.__setattr__(self, name, array)
        (k, n), m = self.gates.shape, len(self.codewords)
        why = f"{k} contexts, {n} units, {m} codewords"
        check_shape("DiagonalLayer.initial", self.initial, (n,), why)
        check_shape("DiagonalLayer.bias", self.bias, (k, n), why)
        check_shape("DiagonalLayer.codewords", self.codewords, (m, n), why)
        check_shape("DiagonalLayer.emits", self.emits, (k, m), why)
        after = self.monoid.act(
            self.codewords[None], (self.gates[:, None], self.bias[:, None])
        )
        states = np.concatenate([self.initial[None], after.reshape(-1, n)])
        far = self._distances(states).min(axis=1)
        if np.any(far > (0 if self.semiring.exact else CLOSE)):
            raise ValueError(
                "DiagonalLayer.codewords: wanted all states that contexts lead to, got "
                f"none for {states[int(far.argmax())].tolist()}"
            )

    @property
    def num_contexts(self) -> int:
        return len(self.gates)

    @property
    def hidden_size(self) -> int:
        return len(self.initial)

    @cached_property
    def monoid(self) -> Monoid:
        return diagonal(self.semiring, bias=True)

    @property
    def table(self) -> Element:
        return self.gates, self.bias

    def _distances(self, states: Array) -> npt.NDArray[np.float64]:
        """From each state to each codeword: shape (len(states), m)."""
        pairs = states[:, None], self.codewords[None]
        if self.semiring in (REAL, COMPLEX):
            return np.asarray(np.abs(pairs[0] - pairs[1]).max(axis=2))
        different: npt.NDArray[np.bool_] = np.not_equal(*pairs).any(axis=2)
        return different.astype(np.float64)

    def read_all(self, states: Array) -> Codes:
        """The number of the nearest codeword of each state, shape (len(states),)."""
        return np.asarray(self._distances(states).argmin(axis=1))

    @cached_property
    def _numbers(self) -> dict[tuple[Any, ...], int]:
        return {tuple(word): x for x, word in enumerate(self.codewords.tolist())}

    def read(self, state: Array) -> int:
        """The number of the nearest codeword of one state."""
        found = self._numbers.get(tuple(state.tolist()))
        return int(self.read_all(state[None])[0]) if found is None else found


class StackState(NamedTuple):
    """The hidden state of each layer, and the context after the last one.

    The context is -1, the place of the last output, before the first symbol.
    """

    hidden: tuple[Array, ...]
    context: int


@dataclass(frozen=True, eq=False)
class DiagonalNetwork:
    """A stack of diagonal layers over an alphabet without `bos`.

    Attributes:
        layers: from the first to the last; the contexts of the first are the symbols.
        readout: the output by the context after the last layer, and last of all that
            of the empty word, shape (contexts + 1,).

    Raises ValueError where a layer emits what the next one has no row for.
    """

    alphabet: Alphabet
    layers: tuple[DiagonalLayer, ...]
    readout: Array

    def __post_init__(self) -> None:
        check_type("DiagonalNetwork.alphabet", self.alphabet, Alphabet)
        if self.alphabet.bos is not None:
            raise ValueError(
                f"DiagonalNetwork.alphabet: wanted no bos, got {self.alphabet.bos!r}"
            )
        given = len(self.alphabet)
        for i, layer in enumerate(self.layers):
            if layer.num_contexts != given:
                raise ValueError(
                    f"DiagonalNetwork.layers[{i}]: wanted {given} contexts, got "
                    f"{layer.num_contexts}"
                )
            following = self.layers[i + 1 :]
            given = following[0].num_contexts if following else len(self.readout) - 1
            inside = (layer.emits >= 0) & (layer.emits < given)
            if not np.all(inside):
                raise ValueError(
                    f"DiagonalNetwork.layers[{i}].emits: wanted contexts 0 to "
                    f"{given - 1}, got {layer.emits[~inside][0]}"
                )
        why = f"{given} contexts at the end, and the empty word"
        check_shape("DiagonalNetwork.readout", self.readout, (given + 1,), why)

    @property
    def hidden_size(self) -> int:
        """Recurrent units of all layers."""
        return sum(layer.hidden_size for layer in self.layers)

    @property
    def initial(self) -> StackState:
        return StackState(tuple(layer.initial for layer in self.layers), -1)

    def step(self, state: StackState, symbol: Symbol) -> StackState:
        context, after = self.alphabet.code(symbol), []
        for layer, hidden in zip(self.layers, state.hidden, strict=True):
            gates, bias = layer.table
            after.append(layer.monoid.act(hidden, (gates[context], bias[context])))
            context = int(layer.emits[context, layer.read(hidden)])
        return StackState(tuple(after), context)

    def output(self, state: StackState) -> Any:
        return self.readout[state.context]

    def read(self, state: StackState) -> tuple[int, ...]:
        """The number of each layer's codeword."""
        pairs = zip(self.layers, state.hidden, strict=True)
        return tuple(layer.read(hidden) for layer, hidden in pairs)


def run_stack(
    network: DiagonalNetwork, word: Word, *, method: Method = "auto"
) -> Array:
    """Outputs before and after each symbol, shape (len(word) + 1,), layer by layer.

    Each layer is one parallel scan over the whole word, so that the depth is the number
    of layers times O(log T).
    """
    contexts = network.alphabet.encode(word).astype(np.intp)
    for layer in network.layers:
        if not len(contexts):
            break
        table = tuple(np.asarray(part) for part in layer.table)
        codes = contexts.astype(np.min_scalar_type(layer.num_contexts))
        states = prefix_products(
            table, layer.monoid, codes=codes, initial=layer.initial, method=method
        )
        before = np.concatenate([layer.initial[None], states[:-1]])
        contexts = layer.emits[contexts, layer.read_all(before)]
    return network.readout[np.append(-1, contexts)]


def rectified(layer: DiagonalLayer) -> FeedForward:
    """The lookup of a layer as one hidden layer of rectified units, weights only.

    It reads (one-hot context, Re h, Im h, 1) and adds the one-hot next context after
    these. Unit (c, x) is ReLU([context is c] + s_x(h) - 1), where the score

        s_x(h) = 1 - (|x|² - Re⟨h, x⟩) / gap,   gap = min over y ≠ x of |x|² - Re⟨y, x⟩,

    is linear, 1 at the codeword x and at most 0 at the other ones: for 0 and 1, for ±1,
    and for roots of unity alike. Floats. Raises ValueError for semirings that are not
    numbers, and codewords of which one is a convex combination of others.
    """
    if layer.semiring not in (REAL, COMPLEX, RATIONAL, INTEGER):
        raise ValueError(f"layer.semiring: wanted numbers, got {layer.semiring.name}")
    words = COMPLEX.array(layer.codewords)
    (k, m), n = layer.emits.shape, layer.hidden_size
    products = (words @ words.conj().T).real
    squares = products.diagonal()
    gaps = squares[None] - products + np.where(np.eye(m, dtype=bool), np.inf, 0)
    if np.any(gaps <= CLOSE):
        raise ValueError("layer.codewords: wanted each one alone in some direction")
    gap = gaps.min(axis=0) if m > 1 else np.ones(1)
    scores = np.hstack([words.real, words.imag]) / gap[:, None]  # (m, 2n)
    constants = -squares / gap
    one_hot = np.eye(k)
    width = k + 2 * n + 1
    inward = np.hstack(
        [
            np.repeat(one_hot, m, axis=0),
            np.tile(scores, (k, 1)),
            np.tile(constants, k)[:, None],
        ]
    )
    targets = np.eye(int(layer.emits.max()) + 1)[layer.emits.ravel()]
    outward = np.hstack([np.zeros((k * m, width)), targets])
    return FeedForward(np.hstack([inward, np.zeros_like(targets)]), outward)
