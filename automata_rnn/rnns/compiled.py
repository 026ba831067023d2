"""Networks with every lookup written out as rectified units: weights, nothing else.

A row of `Conjunctions` is one hidden unit. Of k units of which each is 0 or 1,

    ReLU(x_1 + … + x_k - (k - 1) · one)

is 1 where all of them are 1, and 0 elsewhere; its weights are integers.

`Intervals` are a piecewise linear function of the form s, constant on each interval:
row_0 · one + Σ_i (row_{i+1} - row_i) ramp_i(s), where ramp_i rises from 0 at the end b
of interval i to 1 at the beginning c of the next one,

    ramp_i(s) = (ReLU(s - b · one) - ReLU(s - c · one)) / (c - b).
"""

from dataclasses import replace

import numpy as np

from automata_rnn.rnns.feedforward import FeedForward
from automata_rnn.rnns.lookup import Conjunctions, Intervals, Row
from automata_rnn.rnns.network import HeadGroup, Layer, Network, Sublayer
from automata_rnn.rnns.projection import rounded
from automata_rnn.semiring import RATIONAL, REAL, Array

MAX_ROWS = 4096


def rows_of(network: Network) -> int:
    """Rows of all lookups: what compiling would write out."""
    return sum(
        part.count
        for layer in network.layers
        for part in layer.feedforward
        if not isinstance(part, FeedForward)
    )


def compile_network(
    network: Network, one: int = 0, *, max_rows: int = MAX_ROWS
) -> Network:
    """The same network with every lookup as rectified units; `one` is always 1.

    Raises ValueError past `max_rows` rows, before anything is built.
    """
    rows = rows_of(network)
    if rows > max_rows:
        raise ValueError(
            f"max_rows: wanted at least {rows}, the rows of all lookups, got {max_rows}"
        )
    layers = tuple(
        Layer(layer.heads, tuple(_units(part, network, one) for part in layer[1]))
        for layer in network.layers
    )
    return replace(network, layers=layers)


def is_compiled(network: Network) -> bool:
    """Whether the network is weights and nothing else."""
    return rows_of(network) == 0


def _units(part: Sublayer, network: Network, one: int) -> FeedForward:
    if isinstance(part, Conjunctions):
        return _conjunctions(part, network.width, one)
    if isinstance(part, Intervals):
        return _intervals(part, network.width, one)
    return part


def _conjunctions(part: Conjunctions, width: int, one: int) -> FeedForward:
    inward, outward = _zeros(part.count, width), _zeros(part.count, width)
    count = 0
    for count, key in enumerate(part.keys(), start=1):
        hot = zip(part.controls, key.control, strict=True)
        groups = part.windows[key.control]
        for group, position in (*hot, *zip(groups, key.tokens, strict=True)):
            inward[count - 1, group[position]] += 1
        inward[count - 1, one] -= len(key.control) + len(key.tokens) - 1
        _add(outward[count - 1], part.row(key))
    if count != part.count:
        raise ValueError(f"Conjunctions.count: wanted {count}, got {part.count}")
    return FeedForward(inward, outward)


def _intervals(part: Intervals, width: int, one: int) -> FeedForward:
    intervals = list(part.intervals())
    inward = _zeros(2 * len(intervals) - 1, width)
    outward = inward.copy()
    inward[0, one] = RATIONAL.one
    _add(outward[0], part.row(intervals[0].key))
    for i in range(len(intervals) - 1):
        start, end = intervals[i].high, intervals[i + 1].low
        change = _zeros(1, width)[0]
        _add(change, part.row(intervals[i + 1].key))
        _add(change, part.row(intervals[i].key), sign=-1)
        for unit, knot, sign in ((2 * i + 1, start, 1), (2 * i + 2, end, -1)):
            inward[unit] = part.form
            inward[unit, one] -= RATIONAL.scalar(knot)
            outward[unit] = change * (sign / RATIONAL.scalar(end - start))
    return FeedForward(inward, outward)


def _zeros(rows: int, width: int) -> Array:
    return np.full((rows, width), RATIONAL.zero, dtype=object)


def _add(vector: Array, row: Row, sign: int = 1) -> None:
    for unit, value in row:
        vector[unit] += sign * RATIONAL.scalar(value)


def in_floats(network: Network, dtype: type = np.float64) -> Network:
    """The network with every weight rounded to a float of this dtype.

    Table lookups take the key that is nearest; compile them to see what rounding does
    to rectified units.
    """

    def convert(array: Array) -> Array:
        kind = np.dtype(dtype)
        flat = [rounded(value, kind) for value in array.ravel()]
        return np.array(flat, dtype=kind).reshape(array.shape)

    def sublayer(part: Sublayer) -> Sublayer:
        if isinstance(part, FeedForward):
            return FeedForward(convert(part.inward), convert(part.outward))
        if isinstance(part, Intervals):
            return replace(part, form=convert(part.form))
        return part

    def group(heads: HeadGroup) -> HeadGroup:
        arrays = (heads.parameters, heads.query, heads.output)
        return HeadGroup(heads.kind, *map(convert, arrays))

    layers = tuple(
        Layer(tuple(map(group, layer.heads)), tuple(map(sublayer, layer.feedforward)))
        for layer in network.layers
    )
    embedding, readout = convert(network.embedding), convert(network.readout)
    return Network(REAL, network.alphabet, embedding, layers, readout)
