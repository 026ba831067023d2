"""Reduce-then-scan: the order of kernels, on any device that can launch them.

A sequence of T elements is cut into chains of `chunk` elements. Then

    totals:  x₁⋯x_chunk, …, the product of each chain;
    carries: rows after each chain, the same problem on T / chunk totals;
    results: rows after each element, each chain from the carry before it,

and for last rows only the carries are the answer. Chunks depend on T and the number of
sequences only, and carries go from left to right, so that runs repeat bit for bit.
"""

from dataclasses import dataclass, replace
from math import isqrt, prod
from typing import Any, Protocol

import numpy as np

from automata_rnn.scan.gpu.source import Family, Program, choose
from automata_rnn.scan.monoid import Element
from automata_rnn.semiring import Array

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
WORDS = (8, 4, 2)
WORD_TABLE = 24 << 10
"""Bytes of a table of words: two blocks with it fit a processor many times over."""
WORTH = 64
"""Codes for each word that repay its product."""


class Device(Protocol):
    """Where arrays live and kernels run."""

    def empty(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """A new array; MemoryError where there is no room."""

    def contiguous(self, array: Any, dtype: Any) -> Array:
        """The array on the device, copied if need be; MemoryError as before."""

    def to_host(self, array: Any) -> Array:
        """The array as one of NumPy."""

    def free(self) -> None:
        """Make room, if memory is kept for later."""

    def fault(self) -> int:
        """The bits of `Fault` in common.cu that launches set so far."""

    def launch(
        self,
        program: Program,
        blocks: tuple[int, int],
        shared: int,
        arguments: list[Array | int | None],
    ) -> None:
        """Run a kernel. Arguments are those of `PARAMETERS` in common.cu but for the
        last, the fault, which the device keeps."""


@dataclass(frozen=True)
class Sequences:
    """B sequences of T elements, contiguous arrays on one device.

    Attributes:
        parts: components (B, T, *core); with codes, of a table (k, *core).
        batch, length: B and T.
        codes: (B, T), of an unsigned dtype.
        lengths: (B,), int64; identities follow from there on.
        word: letters of the words whose products follow the k letters in the table, if
            more than 1 (`with_words`).
        letters: k.
    """

    parts: Element
    batch: int
    length: int
    codes: Array | None = None
    lengths: Array | None = None
    word: int = 1
    letters: int = 0


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
        rows = _walk(device, family, sequences, start, None, length, states, every)
        return rows if every else tuple(part[:, 0] for part in rows)
    totals = _walk(device, family, sequences, None, None, chunk, False, False)
    shorter = Sequences(totals, batch, -(-length // chunk))
    carries = run(device, family, shorter, start, states=states, every=every)
    if not every:
        return carries
    return _walk(device, family, sequences, start, carries, chunk, states, True)


def _walk(
    device: Device,
    family: Family,
    sequences: Sequences,
    start: Element | None,
    carries: Element | None,
    chunk: int,
    states: bool,
    every: bool,
) -> Element:
    """One launch: rows after every element, or after each chain, (B, C, *core)."""
    if not every:
        sequences = with_words(device, family, sequences)
    batch, length, codes = sequences.batch, sequences.length, sequences.codes
    per_sequence = max(1, -(-length // max(chunk, 1)))
    steps = length if every else per_sequence
    cores, dtypes = family.cores, family.dtypes
    if states:
        cores, dtypes = (family.state_core,), dtypes[:1]
    out = tuple(
        device.empty((batch, steps, *core), np.dtype(dtype))
        for core, dtype in zip(cores, dtypes, strict=True)
    )
    chains = batch * per_sequence
    if prod(out[0].shape) == 0:
        return out
    code = "" if codes is None else codes.dtype.name
    table = 0 if codes is None else len(sequences.parts[0])
    program = choose(family, code, states, every, table, sequences.word)
    if program is None:
        raise ValueError(f"family: wanted one with kernels, got {family}")
    stride = int(start is not None and len(start[0]) == batch)
    arguments: list[Array | int | None] = [
        *_pair(sequences.parts),
        codes,
        sequences.lengths,
        *_pair(start),
        stride,
        *_pair(carries),
        *_pair(out),
        *(chains, per_sequence, chunk, length, sequences.letters or table),
    ]
    across = -(-chains // program.chains_per_block)
    shared = program.shared_bytes(table)
    device.launch(program, (across, program.blocks_per_chain), shared, arguments)
    return out


def with_words(device: Device, family: Family, sequences: Sequences) -> Sequences:
    """The same with products of words behind the letters of the table.

    Words are as long as their products stay in shared memory and are few beside the
    codes. They come from a scan of their own: k^w sequences of w letters.
    """
    codes, parts = sequences.codes, sequences.parts
    if codes is None or family.action == "tiles":
        return sequences
    letters = len(parts[0])
    word = word_length(letters, sum(family.element_bytes()), codes.size)
    if word == 1:
        return sequences
    spelled = np.indices((letters,) * word).reshape(word, -1).T
    words = Sequences(
        parts, len(spelled), word, device.contiguous(spelled, codes.dtype)
    )
    products = _walk(device, family, words, None, None, word, False, True)
    tables = []
    for part, product in zip(parts, products, strict=True):
        shape = (letters + len(spelled), *part.shape[1:])
        table = device.empty(shape, part.dtype)
        table[:letters], table[letters:] = part, product[:, -1]
        tables.append(table)
    return replace(sequences, parts=tuple(tables), word=word, letters=letters)


def word_length(letters: int, size: int, codes: int) -> int:
    """How many letters a word has, for elements of so many bytes and so many codes.

    >>> word_length(4, 64, 1 << 20), word_length(4, 64, 1000), word_length(26, 64, 9999)
    (4, 1, 1)
    """
    for word in WORDS:
        count = letters + letters**word
        if letters > 1 and count * size <= WORD_TABLE and count * WORTH <= codes:
            return word
    return 1


def _pair(parts: Element | None) -> tuple[Array | None, Array | None]:
    first, second = (*(parts or ()), None, None)[:2]
    return first, second
