"""Bounds of a network's states, for whole boxes of states at once.

A box is a pair of arrays (low, high). Each function encloses what the network computes
in floating point for every state in a box, in whatever order it adds: exact interval
bounds, widened at each operation by a bound of the rounding errors, which is

    (m + 16) u (|W| max(|low|, |high|) + |b|)   for W x + b with m terms (Higham 2002),
    16 u for tanh and 1/(1 + e⁻ˣ),  16 u |value| for products and sums,

u being the spacing of the network's floats at 1; and by 2⁻¹²⁶ for each rounding of what
is not 0, since small floats round absolutely. That tanh is right to 8 units in the
last place is assumed of the mathematical library.
"""

from typing import NamedTuple

import numpy as np

from automata_rnn.rnns.cells import Cell
from automata_rnn.rnns.stacked import ACTIVATIONS, StackedRNN
from automata_rnn.semiring import Array

_SLACK = 16
_TINY = 2.0**-126  # the smallest normal float32


class Box(NamedTuple):
    """low ≤ x ≤ high, entry by entry; any shape."""

    low: Array
    high: Array


def hull(a: Box, b: Box) -> Box:
    """The smallest box around both."""
    return Box(np.minimum(a.low, b.low), np.maximum(a.high, b.high))


def inside(a: Box, b: Box) -> Array:
    """Whether each row of `a` lies in that of `b`."""
    return np.all((b.low <= a.low) & (a.high <= b.high), axis=-1)


def step_box(network: StackedRNN, states: Box, code: int) -> Box:
    """Boxes (B, state_size) after one symbol."""
    unit = _unit(network)
    count = len(states.low)
    seen = np.repeat(network.embedding[code][None].astype(float), count, axis=0)
    below, start = Box(seen, seen), 0
    after = []
    for cell in network.cells:
        stop = start + cell.state_size
        mine = Box(states.low[:, start:stop], states.high[:, start:stop])
        after.append(_cell_box(cell, mine, below, unit))
        n, start = cell.num_units, stop
        below = Box(after[-1].low[:, :n], after[-1].high[:, :n])
    return Box(*(np.concatenate(part, axis=1) for part in zip(*after, strict=True)))


def output_box(network: StackedRNN, states: Box) -> Box:
    """Bounds of the outputs (B, r) of boxes (B, state_size)."""
    unit = _unit(network)
    top = network.cells[-1]
    start = network.hidden_size - top.state_size
    chosen = slice(start, start + top.num_units)
    box = Box(states.low[:, chosen], states.high[:, chosen])
    for dense in network.head:
        box = _affine(dense.weights, dense.bias, box, unit)
        if dense.activation in ("tanh", "sigmoid"):
            box = _squashed(box, unit, dense.activation)
        elif dense.activation == "relu":
            box = Box(np.maximum(box.low, 0), np.maximum(box.high, 0))
    return box


def _unit(network: StackedRNN) -> float:
    """The spacing at 1 of the coarsest floats that the network holds."""
    parts = [network.embedding, network.initial]
    parts += [cell.recurrent for cell in network.cells]
    parts += [dense.weights for dense in network.head]
    return max(float(np.finfo(part.dtype).eps) for part in parts)


def _affine(weights: Array, bias: Array, x: Box, unit: float) -> Box:
    matrix, shift = weights.astype(float).T, bias.astype(float)
    centre, radius = (x.low + x.high) / 2, (x.high - x.low) / 2
    largest = np.maximum(np.abs(x.low), np.abs(x.high))
    size = largest @ np.abs(matrix) + np.abs(shift)
    errors = unit * size + _TINY * (size > 0)
    reach = radius @ np.abs(matrix) + (len(matrix) + _SLACK) * errors
    middle = centre @ matrix + shift
    return Box(middle - reach, middle + reach)


def _widened(low: Array, high: Array, unit: float) -> Box:
    slack = _rounding(np.maximum(np.abs(low), np.abs(high)), unit)
    return Box(low - slack, high + slack)


def _rounding(size: Array, unit: float) -> Array:
    """What a few operations on values up to `size` round by."""
    slack: Array = _SLACK * (unit * size + _TINY * (size > 0))
    return slack


def _squashed(x: Box, unit: float, name: str = "tanh") -> Box:
    low, high = (ACTIVATIONS[name](part) for part in x)
    return Box(low - _SLACK * unit, high + _SLACK * unit)


def _sum(a: Box, b: Box, unit: float) -> Box:
    return _widened(a.low + b.low, a.high + b.high, unit)


def _product(a: Box, b: Box, unit: float) -> Box:
    corners = [x * y for x in a for y in b]
    return _widened(np.minimum.reduce(corners), np.maximum.reduce(corners), unit)


def _columns(x: Box, start: int, stop: int) -> Box:
    return Box(x.low[:, start:stop], x.high[:, start:stop])


def _cell_box(cell: Cell, state: Box, below: Box, unit: float) -> Box:
    n = cell.num_units
    read = _affine(cell.inputs, cell.input_bias, below, unit)
    fed = _affine(cell.recurrent, cell.recurrent_bias, _columns(state, 0, n), unit)
    if cell.kind == "tanh":
        return _squashed(_sum(read, fed, unit), unit)
    if cell.kind == "relu":
        total = _sum(read, fed, unit)
        return Box(np.maximum(total.low, 0), np.maximum(total.high, 0))
    if cell.kind == "lstm":
        return _lstm_box(_sum(read, fed, unit), _columns(state, n, 2 * n), unit)
    width = read.low.shape[1]
    gates = _sum(_columns(read, 0, width - n), _columns(fed, 0, width - n), unit)
    gates = _squashed(gates, unit, "sigmoid")
    new = _columns(fed, width - n, width)
    if cell.kind == "gru":
        new = _product(_columns(gates, 0, n), new, unit)
    new = _squashed(_sum(_columns(read, width - n, width), new, unit), unit)
    return _mixed(_columns(gates, width - 2 * n, width - n), new, state, unit)


def _mixed(keep: Box, new: Box, old: Box, unit: float) -> Box:
    """(1 - z) n + z h: linear in z, and increasing in n and h where 0 ≤ z ≤ 1."""
    keep = Box(np.clip(keep.low, 0, 1), np.clip(keep.high, 0, 1))
    lows = [(1 - z) * new.low + z * old.low for z in keep]
    highs = [(1 - z) * new.high + z * old.high for z in keep]
    low, high = np.minimum(*lows), np.maximum(*highs)
    sizes = (np.maximum(np.abs(x.low), np.abs(x.high)) for x in (new, old))
    slack = _rounding(sum(sizes), unit)
    return Box(low - slack, high + slack)


def _lstm_box(total: Box, memory: Box, unit: float) -> Box:
    n = memory.low.shape[1]
    admit, keep, show = (
        _squashed(_columns(total, k * n, (k + 1) * n), unit, "sigmoid")
        for k in (0, 1, 3)
    )
    new = _squashed(_columns(total, 2 * n, 3 * n), unit)
    after = _sum(_product(keep, memory, unit), _product(admit, new, unit), unit)
    hidden = _product(show, _squashed(after, unit), unit)
    return Box(*(np.concatenate(p, axis=1) for p in zip(hidden, after, strict=True)))
