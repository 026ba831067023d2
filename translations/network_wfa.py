"""Networks whose lower layers are finite-state → WFA over ℚ, exactly.

All layers but the last are explored exactly, configuration by configuration; the heads
of the last layer are linear in their state, and so is the readout. The result is
reduced backward (`translations.backward`), then minimised.
"""

from math import prod

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import WFA, TooManyStates, minimize
from automata_rnn.automata.finite import Exploration, explore
from automata_rnn.rnns import Network
from automata_rnn.rnns.finite_layers import (
    Configuration,
    FiniteLayers,
    NumberedHead,
    Numbering,
    text_key,
)
from automata_rnn.rnns.network import (
    HeadGroup,
    NetworkState,
    next_stream,
    steps_of,
)
from automata_rnn.semiring import RATIONAL, Array
from automata_rnn.system import start
from translations.backward import Cascade, merge, reduce_backward
from translations.registry import Translation, translator

MAX_STATES = 2**20
HEAD_STATES = 1000


@translator(Network, WFA)
def network_to_wfa(network: Network, *, max_states: int = MAX_STATES) -> Translation:
    """The minimal WFA of a network with one value at each position.

    Raises ValueError where weights are not rationals, there are several values, or the
    last layer has a feed-forward sublayer, and past `max_states` configurations of the
    lower layers: the message names the first layer that is too large, and how many
    configurations would be enough where its heads are finite.

    `decode` reads the rows of the top heads in the configuration of the lower ones.
    """
    _check(network)
    lower = FiniteLayers(network, len(network.layers) - 1)
    found = _explored(network, lower, max_states)
    streams = [state.stream for state in found.states]
    kinds = Numbering()
    numbers = np.array([_kind(network, lower, kinds, stream) for stream in streams])
    cascade = _cascade(network, found.successors, numbers, kinds)
    smaller, labels = merge(cascade)
    reduced = reduce_backward(smaller)
    wfa = WFA(
        RATIONAL,
        Alphabet(network.alphabet),
        reduced.initial,
        reduced.weights,
        reduced.final,
    )
    minimal = minimize(wfa)

    def decode(state: NetworkState) -> Array:
        at = labels[found.index[_configuration(network, lower, state)]]
        rows = np.concatenate([m.ravel() for m in _top_memories(network, state)])
        vector = np.append(rows, RATIONAL.one)
        full = RATIONAL.vecmat(vector, reduced.basis[at])
        return RATIONAL.vecmat(full, minimal.matrix)

    return Translation(minimal.wfa, network, decode)


def _check(network: Network) -> None:
    if network.semiring is not RATIONAL:
        raise ValueError(
            f"network.semiring: wanted rational, got {network.semiring.name}"
        )
    if network.readout.ndim != 1:
        raise ValueError(
            f"network.readout: wanted one value at each position, got "
            f"{len(network.readout)}"
        )
    if not network.layers or network.layers[-1].feedforward:
        raise ValueError(
            "network.layers: wanted a last layer of heads only, whose outputs are "
            "linear in their states"
        )


def _explored(network: Network, lower: FiniteLayers, max_states: int) -> Exploration:
    try:
        return explore(lower, lambda state: state, max_states)
    except TooManyStates as error:
        raise ValueError(_refusal(network, lower, max_states)) from error


def _refusal(network: Network, lower: FiniteLayers, max_states: int) -> str:
    """Which layer is too large, and how many configurations would be enough."""
    below = 1
    for i in range(len(lower.layers)):
        first = FiniteLayers(network, i + 1)
        try:
            below = len(explore(first, lambda state: state, max_states).states)
        except TooManyStates:
            sizes = [_closure(head) for head in first.heads[i]]
            infinite = [h for h, size in enumerate(sizes) if size is None]
            why = (
                f"head {infinite[0]} of it has more than {HEAD_STATES} states, as it "
                "has where it is not finite-state"
                if infinite
                else f"its heads have {prod(map(int, filter(None, sizes))):,} states "
                f"together, times {below:,} configurations below"
            )
            return (
                f"max_states: more than {max_states:,} configurations of the lower "
                f"layers; layer {i + 1} is too large: {why}"
            )
    return f"max_states: more than {max_states:,} configurations of the lower layers"


def _closure(head: NumberedHead) -> int | None:
    """How many states the head can reach by the steps it has seen; None if many."""
    reached, pending = {0}, [0]
    for state in pending:  # grows while it is read
        for step in range(len(head.steps)):
            after = head.move(state, step)
            if after not in reached:
                reached.add(after)
                pending.append(after)
        if len(pending) > HEAD_STATES:
            return None
    return len(reached)


def _configuration(
    network: Network, lower: FiniteLayers, state: NetworkState
) -> Configuration:
    """That of the lower layers; the last symbol is the one that gives this stream."""
    count = len(state.memories) - len(network.layers[-1].heads)
    symbols = (*network.alphabet, network.alphabet.bos)
    for symbol in symbols[: network.alphabet.num_codes]:
        found = lower.locate(state.memories[:count], symbol)
        memories = list(_top_memories(network, state))
        stream = next_stream(network.layers[-1], memories, lower.output(found))
        if np.array_equal(stream, state.stream):
            return found
    raise KeyError("state: wanted one that the network reaches")


def _top_memories(network: Network, state: NetworkState) -> tuple[Array, ...]:
    count = len(state.memories) - len(network.layers[-1].heads)
    return state.memories[count:]


def _kind(network: Network, lower: FiniteLayers, kinds: Numbering, stream: int) -> int:
    """The number of the top heads' steps and queries at this stream."""
    value = lower.streams[-1].values[stream]
    parts: list[Array] = [np.array([RATIONAL.dot(network.readout, value)])]
    for group in network.layers[-1].heads:
        parts += [*steps_of(group, value), _counts(network, group, value)]
    return kinds.number(text_key(*parts), parts)


def _counts(network: Network, group: HeadGroup, stream: Array) -> Array:
    """What each entry of the heads' states counts in the value, shape (h, d, n)."""
    weights = RATIONAL.dot(group.output, network.readout)
    return weights[:, :, None] * group.maps[1](stream)[:, None, :]


def _cascade(
    network: Network,
    successors: npt.NDArray[np.intp],
    numbers: npt.NDArray[np.intp],
    kinds: Numbering,
) -> Cascade:
    """All groups of top heads, of one shape, side by side."""
    groups = len(network.layers[-1].heads)

    def joined(i: int) -> Array:
        each = [
            np.concatenate([parts[1 + 6 * g + i] for g in range(groups)])
            for parts in kinds.values
        ]
        return np.stack(each)

    decay, left, right, values, keys, queries = map(joined, range(6))
    constants = np.concatenate([parts[0] for parts in kinds.values])
    top = _top_memories(network, start(network))
    return Cascade(
        successors,
        numbers,
        decay,
        left,
        right,
        values,
        keys,
        queries,
        constants,
        np.concatenate(top),
    )
