"""Reduce-then-scan: the order of kernels, on any device that can launch them.

A sequence of T elements is cut into chains of `chunk` elements. Then

    totals:  x₁⋯x_chunk, …, the product of each chain;
    carries: rows after each chain, the same problem on T / chunk totals;
    results: rows after each element, each chain from the carry before it,

and for last rows only the carries are the answer. Chunks depend on T and the number of
sequences only, and carries go from left to right, so that runs repeat bit for bit.
"""

from math import isqrt

from automata_rnn.scan.gpu.programs import Family
from automata_rnn.scan.gpu.walk import Device, Sequences, walk
from automata_rnn.scan.monoid import Element

SHORT = 32
"""Elements up to which a sequence is one chain."""
CHUNK = 64
"""Elements of a chain, where that makes enough chains and not too many."""
CHAINS = 1 << 16
"""Chains that keep a device busy: 132 processors with 512 of them each."""
TILE_CHAINS = 1 << 9
"""The same for large matrices, of which a whole block takes one chain."""
ALIGNED = 16
"""What lengths of chains are multiples of: so are those of words."""


def chunk_length(length: int, batch: int, tiles: bool) -> int:
    """Elements of each chain.

    With enough sequences each is one chain, which saves the totals. Short sequences
    are cut into √T chains of √T, in two levels; longer ones into chains of CHUNK until
    there are CHAINS of them.
    """
    wanted = TILE_CHAINS if tiles else CHAINS
    if length <= SHORT or 16 * batch >= wanted:
        return max(length, 1)
    chunk = max(min(CHUNK, isqrt(length - 1) + 1), -(-length * batch // wanted))
    return -(-chunk // ALIGNED) * ALIGNED


def run(
    device: Device,
    family: Family,
    sequences: Sequences,
    start: Element | None,
    *,
    states: bool,
    every: bool,
) -> Element:
    """Rows after every element, (B, T, *core), or after the last, (B, *core).

    Args:
        device: where to.
        family: of the elements.
        sequences: the elements.
        start: rows before the first element, components (B, *core) or (1, *core), of
            a product or a state; None for the identity.
        states: whether `start` and the result are states, 1-tuples.
        every: whether rows after every element are wanted.
    """
    batch, length = sequences.batch, sequences.length
    tiles = family.action == "tiles"
    chunk = chunk_length(length, batch, tiles)
    if chunk >= length:
        rows = walk(device, family, sequences, start, None, length, states, every)
        return rows if every else tuple(part[:, 0] for part in rows)
    totals = walk(device, family, sequences, None, None, chunk, False, False)
    shorter = Sequences(totals, batch, -(-length // chunk))
    carries = run(device, family, shorter, start, states=states, every=every)
    if not every:
        return carries
    return walk(device, family, sequences, start, carries, chunk, states, True)
