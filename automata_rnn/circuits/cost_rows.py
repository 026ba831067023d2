"""Rows of the cost table: operations of each method, by formula.

Sums count as balanced trees in depths; what a step of a head counts is what
`automata_rnn.rnns.heads.act` does, and chunks of heads are those of
`automata_rnn.scan.dplr_chunks`. Tests count the operations that these do.
"""

from dataclasses import dataclass

from automata_rnn.circuits.linear_form import ONE_HOT, ONE_HOT_AFFINE, linear_form
from automata_rnn.circuits.operation_counts import (
    OperationCounts,
    dot_depth,
    dot_gates,
    log2_ceiling,
    operation_counts,
    prefix_products_count,
    prefix_rounds,
    product_then_act_depth,
    tree_products,
)
from automata_rnn.parallel import ParallelSystem
from automata_rnn.rnns import Head


@dataclass(frozen=True)
class CostRow:
    """One way to evaluate words of one length.

    Attributes:
        method: what it is called.
        length: T.
        work, depth: operations in all, and on the longest path.
        rounds: array operations one after the other, of a product or a step each.
    """

    method: str
    length: int
    work: int
    depth: int
    rounds: int


def linear_rows(system: ParallelSystem, length: int, chunk: int) -> list[CostRow]:
    """Sequential, scan, last state and chunked, for steps that compose."""
    counts = counts_of(system)
    step, step_depth = step_costs(system, counts)
    chunks = chunked_row(counts, length, chunk)
    if isinstance(system, Head):
        chunks = _wy_row(system, length, chunk)
    return [
        CostRow("sequential", length, length * step, length * step_depth, length),
        scan_row(counts, length),
        CostRow(
            "last state",
            length,
            tree_products(length) * counts.product + counts.act,
            product_then_act_depth(counts, log2_ceiling(length)),
            log2_ceiling(length) + 1,
        ),
        chunks,
    ]


def scan_row(counts: OperationCounts, length: int) -> CostRow:
    """All prefixes in Blelloch's layout, then all steps from the start."""
    products = prefix_products_count(length)
    return CostRow(
        "scan",
        length,
        products * counts.product + length * counts.act,
        product_then_act_depth(counts, prefix_rounds(length)),
        batched_rounds(length) + 1,
    )


def counts_of(system: ParallelSystem) -> OperationCounts:
    """Operations of a product and a step, as the library does them.

    One-hot times diagonal products gather, for n multiplications; their steps add what
    arrives to zeros, unit by unit. Products of maps are n look-ups.
    """
    kind, n = system.monoid.kind, int(system.table[0].shape[-1])
    if system.monoid.semiring is None:
        return OperationCounts(n, 1, 1, 1, 1, 1, 1, n)
    if kind not in (ONE_HOT, ONE_HOT_AFFINE):
        return operation_counts(linear_form(system))
    biased = int(kind == ONE_HOT_AFFINE)
    step, depth = (2 + biased) * n, dot_depth(n) + biased
    return OperationCounts(
        product=n + biased * step,
        product_depth=depth if biased else 1,
        lag=1,
        act=step,
        act_depth=depth,
        output=dot_gates(n),
        output_depth=dot_depth(n),
        entries=n * (1 + biased),
    )


def batched_rounds(length: int) -> int:
    """Products in Blelloch's layout one after the other, each of many pairs.

    At most 2 log₂ T.

    >>> [batched_rounds(t) for t in (1, 2, 3, 4, 8, 1024)]
    [0, 1, 2, 3, 5, 19]
    """
    rounds = 0
    while length > 1:
        rounds += 1 + (length > 2)
        length //= 2
    return rounds


def step_costs(system: ParallelSystem, counts: OperationCounts) -> tuple[int, int]:
    """Work and depth of one step: S (diag(w) - lᵀ r) + vᵀ k, factor by factor."""
    if not isinstance(system, Head):
        return counts.act, counts.act_depth
    d, n = system.initial.shape
    factors = system.steps.left.shape[1]
    return factors * factor_work(d, n), factors * factor_depth(n)


def chunked_row(counts: OperationCounts, length: int, chunk: int) -> CostRow:
    """Products within chunks; states from chunk to chunk; steps within chunks."""
    size = min(chunk, length)
    chunks = -(-length // size)
    work = chunks * (size - 1) * counts.product + (chunks + length) * counts.act
    depth = (size - 1) * counts.product_depth + (chunks + size) * counts.act_depth
    return CostRow(f"chunked ({size})", length, work, depth, 2 * size - 1 + chunks)


def _wy_row(head: Head, length: int, chunk: int) -> CostRow:
    """All factors of all tokens, in chunks."""
    factors = head.steps.left.shape[1]
    d, n = (int(size) for size in head.initial.shape)
    size = min(chunk, length * factors)
    return CostRow(f"chunked ({size})", length, *wy_costs(d, n, length * factors, size))


def factor_work(d: int, n: int) -> int:
    """Operations of S ↦ S (diag(w) - lᵀ r) + vᵀ k, for d rows and n columns."""
    return d * dot_gates(n) + 5 * d * n


def factor_depth(n: int) -> int:
    """Levels of the same."""
    return dot_depth(n) + 3


def wy_costs(d: int, n: int, steps: int, size: int) -> tuple[int, int, int]:
    """Work, depth and rounds of chunks of L = `size` steps, d rows and n columns.

    A product of L steps takes Σ_{t<L} 2 t dot(n) + (n + 2d) dot(t) + 2nt + 3n + d, and
    2dn dot(L) + dn for its bias; a state goes over a chunk by d L dot(n) + dn dot(L) +
    3dn; and then all steps are walked.
    """
    chunks = -(-steps // size)
    pairs = size * (size - 1) // 2
    rows = 2 * pairs * dot_gates(n) + (n + 2 * d) * (2 * pairs - (size - 1))
    rows += 2 * n * pairs + (3 * n + d) * (size - 1)
    product = rows + 2 * d * n * dot_gates(size) + d * n
    onward = d * size * dot_gates(n) + d * n * dot_gates(size) + 3 * d * n
    row_depth, meet = dot_depth(size) + 1, dot_depth(n)
    return (
        chunks * (product + onward + size * factor_work(d, n)),
        meet + size * (row_depth + factor_depth(n)) + chunks * (meet + row_depth + 1),
        2 * size - 1 + chunks,
    )
