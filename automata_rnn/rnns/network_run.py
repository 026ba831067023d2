"""A network on a whole word at once.

Layer by layer: heads that reach finitely many states run as maps of a finite set on the
scan engine (`prefix_products` with MAPS), the others as products of diagonal plus
low-rank steps (`dplr_states`). Streams, steps and states go by their numbers
(`automata_rnn.rnns.finite_layers`), so that what occurs again is not computed again.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Word
from automata_rnn.rnns.finite_layers import FiniteLayers, NumberedHead, text_key
from automata_rnn.rnns.network import HeadGroup, Network, steps_of
from automata_rnn.scan import MAPS, prefix_products
from automata_rnn.scan.dplr import Method, Steps, dplr_states
from automata_rnn.semiring import Array

Codes = npt.NDArray[np.intp]
MAX_HEAD_STATES = 256
"""Heads with more states run as diagonal plus low-rank products."""


def run(
    network: Network, word: Word, *, method: Method = "chunked", chunk: int = 64
) -> Array:
    """Outputs before and after each symbol: shape (len(word) + 1,), or (…, r).

    Exact for rational networks. Floats are rounded in another order than by `step`.
    """
    return next(run_all(network, [word], method=method, chunk=chunk))


def run_all(
    network: Network,
    words: Iterable[Word],
    *,
    method: Method = "chunked",
    chunk: int = 64,
) -> Iterator[Array]:
    """`run` of each word; what one word needed is known for the next ones."""
    alphabet = network.alphabet
    last = bool(network.layers) and not network.layers[-1].feedforward
    finite = FiniteLayers(network, len(network.layers) - int(last))
    for word in words:
        codes = alphabet.encode(word)
        if alphabet.bos is not None:
            codes = np.append(np.intp(alphabet.code(alphabet.bos)), codes)
        streams = _streams(finite, codes, method, chunk)
        inputs = np.stack([finite.streams[-1].values[i] for i in streams])
        values = np.matmul(inputs, network.readout.T)
        if last:
            for group in network.layers[-1].heads:
                values = values + _heads(network, group, finite, streams, method, chunk)
        if alphabet.bos is None:
            first = np.asarray(network.output(network.initial))
            values = np.concatenate([first[None], values])
        yield values


def _streams(finite: FiniteLayers, codes: Codes, method: Method, chunk: int) -> Codes:
    """The number of the stream after all layers of `finite`, at each position."""
    symbols = (*finite.alphabet, finite.alphabet.bos)
    numbers = {int(c): finite.embedded(symbols[c]) for c in np.unique(codes)}
    streams = np.array([numbers[int(c)] for c in codes], dtype=np.intp)
    for i, heads in enumerate(finite.heads):
        seen, at = np.unique(streams, return_inverse=True)
        table = np.array([finite.step_numbers(i, int(s)) for s in seen], dtype=np.intp)
        steps = table.reshape(len(seen), len(heads))[at]
        states = [
            _states(head, column, method, chunk)
            for head, column in zip(heads, steps.T, strict=True)
        ]
        rows = np.stack([streams, *states], axis=1)
        kinds, at = np.unique(rows, axis=0, return_inverse=True)
        after = [
            finite.next_stream(i, int(s), tuple(map(int, state))) for s, *state in kinds
        ]
        streams = np.array(after, dtype=np.intp)[at.reshape(-1)]
    return streams


def _states(head: NumberedHead, steps: Codes, method: Method, chunk: int) -> Codes:
    """The number of a head's state after each step."""
    table = _table(head, steps)
    if table is not None:
        start = np.asarray(0)
        return np.asarray(prefix_products(table, MAPS, codes=steps, initial=start))
    values = [head.steps.values[s] for s in steps]
    parts = Steps(*(np.stack(part) for part in zip(*values, strict=True)))
    found = _run_steps(head.states.values[0], parts, method, chunk)
    return np.array([head.states.number(text_key(s), s) for s in found], dtype=np.intp)


def _table(head: NumberedHead, steps: Codes) -> Codes | None:
    """The states by step and state, or None where there are many."""
    used, reached = np.unique(steps), [0]
    seen = {0}
    for state in reached:  # grows while it is read
        if len(reached) > MAX_HEAD_STATES:
            return None
        for step in used:
            after = head.move(state, int(step))
            if after not in seen:
                seen.add(after)
                reached.append(after)
    table = np.zeros((len(head.steps), len(head.states)), dtype=np.intp)
    for step in used:
        for state in reached:
            table[step, state] = head.move(state, int(step))
    return table


def _heads(
    network: Network,
    group: HeadGroup,
    finite: FiniteLayers,
    streams: Codes,
    method: Method,
    chunk: int,
) -> Array:
    """What a group of the last layer's heads adds to the outputs."""
    seen, at = np.unique(streams, return_inverse=True)
    values = [finite.streams[-1].values[s] for s in seen]
    steps = zip(*(steps_of(group, value) for value in values), strict=True)
    parts = Steps(*(np.stack(part, axis=1)[:, at] for part in steps))
    queries = np.stack([group.maps[1](value) for value in values], axis=1)[:, at]
    start = np.full_like(network.embedding, network.semiring.zero, shape=(1, 1, 1))
    start = np.broadcast_to(start, group.state_shape)
    states = _run_steps(start, parts, method, chunk)
    outputs = (states * queries[:, :, None]).sum(-1)  # (h, T, d)
    weights = np.matmul(group.output, network.readout.T)  # (h, d) or (h, d, r)
    if weights.ndim == 2:
        return (outputs * weights[:, None]).sum((0, 2))
    return np.matmul(outputs, weights).sum(0)


def _run_steps(start: Array, steps: Steps, method: Method, chunk: int) -> Array:
    return dplr_states(
        start,
        steps.left,
        steps.right,
        decay=steps.decay,
        values=steps.values,
        keys=steps.keys,
        chunk=chunk,
        method=method,
    )
