"""One launch: rows that walk along all chains of a batch of sequences.

    rows after element t = (rows after element t - 1) · x_t,

from a start, from carries, or from the identity (`kernels/walk.cu`, `tiles.cu`).
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Any, Protocol

import numpy as np

from automata_rnn.scan.gpu.programs import Family, Program, choose
from automata_rnn.scan.monoid import Element
from automata_rnn.semiring import Array

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


def walk(
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
    products = walk(device, family, words, None, None, word, False, True)
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
