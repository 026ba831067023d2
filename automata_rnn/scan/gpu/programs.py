"""Which kernel computes what, chosen in one place by (monoid, dtype, n).

A `Family` is a kind of elements; a `Program` is one kernel for it, with all that is
fixed when it is compiled.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import Literal, TypeAlias

import numpy as np

Action: TypeAlias = Literal["rows", "tiles", "diagonal", "maps", "bits"]

THREADS = 128
"""Threads of a block that walks along rows; more where a chain has more rows."""
WARP = 32
TILE_THREADS = 256
FEWEST_THREADS = 64
SHARED = 48 << 10
"""Bytes of shared memory that every device gives a block without being asked."""
PIECE = 128
"""Bytes of a chain that are copied at a time: a line of the cache."""
LONGEST_STAGE = 64
PANEL = 8 << 10
"""Bytes of a panel of a large matrix."""
SPAN = 24
MICRO = 4
LARGEST_ROW = 16
"""The largest n for which rows of matrices are kept in registers."""
LARGEST_LOG_ROW = 8
"""The same where a term takes an exponential: n² of them take long to compile."""
LARGEST_LANES = 1024

ALGEBRAS = {
    ("real", "float32"): "Real<float>",
    ("real", "float64"): "Real<double>",
    ("complex", "complex64"): "Complex<float>",
    ("complex", "complex128"): "Complex<double>",
    ("max-plus", "float32"): "MaxPlus<float>",
    ("max-plus", "float64"): "MaxPlus<double>",
    ("min-plus", "float32"): "MinPlus<float>",
    ("min-plus", "float64"): "MinPlus<double>",
    ("log", "float32"): "Log<float>",
    ("log", "float64"): "Log<double>",
    ("boolean", "bool"): "Boolean",
}
C_TYPES = {
    "uint8": "unsigned char",
    "uint16": "unsigned short",
    "uint32": "unsigned int",
    "int32": "int",
    "int64": "long long",
}
CODES = ("uint8", "uint16", "uint32")


@dataclass(frozen=True)
class Family:
    """Elements that one set of kernels takes.

    Attributes:
        action: the file that says how an element acts on rows.
        algebra: the semiring of the entries, as it is called in algebra.cu.
        dtypes: of the components.
        n: rows and columns, places or states.
        bias: rows of the bias of affine maps; 1 for diagonal maps with a bias.
        state_rows: rows of a state, for matrices and affine maps.
        modulus: of integers, or 0.
    """

    action: Action
    algebra: str
    dtypes: tuple[str, ...]
    n: int
    bias: int = 0
    state_rows: int = 1
    modulus: int = 0

    @property
    def cores(self) -> tuple[tuple[int, ...], ...]:
        """The shape of each component of an element."""
        n = self.n
        if self.action in ("rows", "tiles"):
            return ((n, n), (self.bias, n))[: len(self.dtypes)]
        return ((n,),) * len(self.dtypes)

    @property
    def state_core(self) -> tuple[int, ...]:
        """The shape of a state, all rows of it."""
        if self.action in ("rows", "tiles"):
            return (self.state_rows, self.n)
        return (self.n,) if self.action == "diagonal" else ()

    def lanes(self, states: bool) -> int:
        """Rows of a product or of a state: so many threads share a chain."""
        if self.action in ("rows", "tiles"):
            return self.state_rows if states else self.n + self.bias
        return self.n if self.action == "diagonal" or not states else 1

    def element_bytes(self) -> tuple[int, int]:
        """Bytes of the two components of an element, 0 for one that is missing."""
        sizes = [
            prod(core) * np.dtype(dtype).itemsize
            for core, dtype in zip(self.cores, self.dtypes, strict=True)
        ]
        return (*sizes, 0)[0], (*sizes, 0)[1]

    def out_bytes(self, states: bool) -> tuple[int, int]:
        """Bytes of the two components of a product, or of a state."""
        if not states:
            return self.element_bytes()
        return prod(self.state_core) * np.dtype(self.dtypes[0]).itemsize, 0


@dataclass(frozen=True)
class Program:
    """One kernel.

    Attributes:
        family: of the elements.
        code: the dtype of codes that choose elements from a table, or "".
        states: whether rows are those of states, not of products.
        every: whether rows are stored after every element, not after each chain.
        shared_table: whether the table is copied to shared memory.
        threads: of a block.
        stage: elements of each chain, or rows of a large matrix, that a block copies
            at once.
        groups: of 4 rows that a block multiplies, for large matrices.
        word: letters whose product is looked up at once.
    """

    family: Family
    code: str
    states: bool
    every: bool
    shared_table: bool
    threads: int
    stage: int
    groups: int = 0
    word: int = 1

    @property
    def lanes(self) -> int:
        return self.family.lanes(self.states)

    @property
    def chains_per_block(self) -> int:
        return 1 if self.family.action == "tiles" else self.threads // self.lanes

    @property
    def blocks_per_chain(self) -> int:
        if self.family.action != "tiles":
            return 1
        return -(-self.lanes // (MICRO * self.groups))

    def shared_bytes(self, table: int = 0) -> int:
        """The dynamic shared memory of a block, for a table of so many elements."""
        if self.family.action == "tiles":
            width = -(-self.family.n // MICRO) * MICRO
            item = np.dtype(self.family.dtypes[0]).itemsize
            return (MICRO * self.groups + self.stage) * width * item
        sizes = self.family.element_bytes()
        moved = [np.dtype(self.code).itemsize] if self.code else list(sizes)
        if self.every:
            moved += self.family.out_bytes(self.states)
        pitches = sum((self.stage * b + 7) // 8 * 8 + 8 for b in moved if b)
        tables = sum((table * b + 7) // 8 * 8 for b in sizes if self.shared_table)
        return self.chains_per_block * (SPAN + pitches) + tables


@lru_cache(maxsize=1024)
def choose(
    family: Family, code: str, states: bool, every: bool, table: int, word: int = 1
) -> Program | None:
    """The kernel for a task, with a table of so many elements if there are codes; None
    where its blocks need too much shared memory."""
    lanes = family.lanes(states)
    if lanes > LARGEST_LANES:
        return None
    if family.action == "tiles":
        return _choose_tiles(family, code, states, every)
    read = (np.dtype(code).itemsize,) if code else family.element_bytes()
    largest = max((*read, *(family.out_bytes(states) if every else ())))
    stage = max(1, min(LONGEST_STAGE, PIECE // largest))
    threads = max(THREADS, -(-lanes // WARP) * WARP)
    while True:
        bare = Program(family, code, states, every, False, threads, stage)
        if bare.shared_bytes() <= SHARED:
            break
        if threads // 2 < lanes:
            return None
        threads //= 2
    bare = replace(bare, word=word)
    with_table = replace(bare, shared_table=bool(code))
    return with_table if with_table.shared_bytes(table) <= SHARED else bare


def _choose_tiles(
    family: Family, code: str, states: bool, every: bool
) -> Program | None:
    """As many rows of a product for each block as threads and memory allow."""
    columns = -(-family.n // MICRO)
    row = columns * MICRO * np.dtype(family.dtypes[0]).itemsize
    depth = max(1, min(16, PANEL // row))
    needed = -(-family.lanes(states) // MICRO)
    groups = min(needed, TILE_THREADS // columns, (SHARED // row - depth) // MICRO)
    if groups < 1:
        return None
    threads = max(FEWEST_THREADS, columns * groups)
    return Program(family, code, states, every, False, threads, depth, groups)


def fits(family: Family) -> bool:
    """Whether there are kernels for products and states of these elements."""
    tasks = [(False, True), (False, False), (True, True)]
    return all(choose(family, "", states, every, 0) for states, every in tasks)
