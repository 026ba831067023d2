"""Rows of the cost table for networks of layers.

What a layer does at one position from its stream alone (projections, reading the state,
feed-forward units) is the same for all methods and parallel over positions; its heads
are recurrences of diagonal plus low-rank steps, which each method runs in its own way.
Matrices count as dense, a lookup that is no matrix as one operation; what makes a step
of its parameters (a few products of n numbers) is not counted.
"""

from automata_rnn.circuits.cost_rows import (
    CostRow,
    batched_rounds,
    chunked_row,
    factor_depth,
    factor_work,
    scan_row,
    wy_costs,
)
from automata_rnn.circuits.operation_counts import (
    counts_for,
    dot_depth,
    dot_gates,
    prefix_products_count,
    prefix_rounds,
    product_then_act_depth,
)
from automata_rnn.rnns import DiagonalNetwork, HeadGroup, Layer, Network
from automata_rnn.rnns.feedforward import FeedForward


def network_rows(network: Network, length: int, chunk: int) -> list[CostRow]:
    """Sequential, scan and chunked; layers follow one another."""
    width, size = network.width, min(chunk, length)
    sequential = scan = chunked = (0, 0, 0)
    for layer in network.layers:
        work, depth = tokenwise(layer, width)
        alone = (length * work, depth, 2)
        steps = (length * work, length * depth, length)
        sequential = _sum(sequential, steps, *(_steps(g, length) for g in layer.heads))
        scan = _sum(scan, alone, _side_by_side([_scan(g, length) for g in layer.heads]))
        chunks = [_chunks(g, length, size) for g in layer.heads]
        chunked = _sum(chunked, alone, _side_by_side(chunks))
    return [
        CostRow("sequential", length, *sequential),
        CostRow("scan", length, *scan),
        CostRow(f"chunked ({size})", length, *chunked),
    ]


def diagonal_network_rows(
    network: DiagonalNetwork, length: int, chunk: int
) -> list[CostRow]:
    """Sequential, scan and chunked; a layer ends with a lookup at each position."""
    sequential = scan = chunked = (0, 0, 0)
    size = min(chunk, length)
    for layer in network.layers:
        counts = counts_for(layer.hidden_size, 1, dense=False, biased=True)
        lookups = (length, 1, 1)
        steps = (length * (counts.act + 1), length * (counts.act_depth + 1), length)
        sequential = _sum(sequential, steps)
        rows = (
            scan_row(counts, length),
            chunked_row(counts, length, size),
        )
        scanned, by_chunks = ((row.work, row.depth, row.rounds) for row in rows)
        scan = _sum(scan, scanned, lookups)
        chunked = _sum(chunked, by_chunks, lookups)
    return [
        CostRow("sequential", length, *sequential),
        CostRow("scan", length, *scan),
        CostRow(f"chunked ({size})", length, *chunked),
    ]


def _sum(*costs: tuple[int, int, int]) -> tuple[int, int, int]:
    """One after the other."""
    work, depth, rounds = (sum(column) for column in zip(*costs, strict=True))
    return work, depth, rounds


def _side_by_side(costs: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Groups of heads of one layer."""
    if not costs:
        return 0, 0, 0
    work, depth, rounds = zip(*costs, strict=True)
    return sum(work), max(depth), max(rounds)


def tokenwise(layer: Layer, width: int) -> tuple[int, int]:
    """Work and depth of a layer at one position, without its recurrences."""
    work = depth = 0
    for group in layer.heads:
        h, d, n = group.state_shape
        projected = h * (group.parameters.shape[1] + n)
        work += projected * dot_gates(width) + h * d * dot_gates(n)
        work += width * (dot_gates(h * d) + 1)
        own = dot_depth(width) + dot_depth(n) + dot_depth(h * d) + 1
        depth = max(depth, own)
    added = [_feedforward(part, width) for part in layer.feedforward]
    work += sum(cost for cost, _ in added)
    return work, depth + max((levels for _, levels in added), default=0)


def _feedforward(part: object, width: int) -> tuple[int, int]:
    """W ReLU(U x) and its addition; a lookup is one operation."""
    if not isinstance(part, FeedForward):
        return 1, 1
    units = part.units
    work = units * (dot_gates(width) + 1) + width * (dot_gates(units) + 1)
    return work, dot_depth(width) + dot_depth(units) + 2


def _steps(group: HeadGroup, length: int) -> tuple[int, int, int]:
    """One step after the other; the heads of a group at once."""
    h, d, n = group.state_shape
    return h * length * factor_work(d, n), length * factor_depth(n), 0


def _scan(group: HeadGroup, length: int) -> tuple[int, int, int]:
    """Dense affine elements, each of 2 n² + d n operations, in Blelloch's layout."""
    h, d, n = group.state_shape
    counts = counts_for(n, d, dense=True, biased=True)
    made = length * (2 * n * n + d * n)
    products = prefix_products_count(length) * counts.product + length * counts.act
    depth = 2 + product_then_act_depth(counts, prefix_rounds(length))
    return h * (made + products), depth, batched_rounds(length) + 2


def _chunks(group: HeadGroup, length: int, size: int) -> tuple[int, int, int]:
    h, d, n = group.state_shape
    work, depth, rounds = wy_costs(d, n, length, size)
    return h * work, depth, rounds
