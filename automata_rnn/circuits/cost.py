"""What evaluating a machine in parallel costs, beside what theory allows.

Work counts operations of the semiring (look-ups, where transitions are maps of a finite
set), depth those on the longest path, rounds the array operations that must follow one
another: what a device with enough cores waits for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automata_rnn.automata import WFA, DFATable, is_deterministic
from automata_rnn.checks import check_count
from automata_rnn.circuits.cost_rows import CostRow, linear_rows
from automata_rnn.circuits.linear_form import (
    DIAGONAL,
    DIAGONAL_AFFINE,
    ONE_HOT,
    ONE_HOT_AFFINE,
)
from automata_rnn.circuits.network_cost import diagonal_network_rows, network_rows
from automata_rnn.circuits.newton_cost import (
    StepCosts,
    layered_step,
    newton_rows,
    vector_step,
)
from automata_rnn.parallel import ParallelSystem
from automata_rnn.rnns import MLPRNN, DiagonalNetwork, Network, ReLURNN
from automata_rnn.semiring import BOOLEAN, INTEGER, RATIONAL, REAL, Semiring
from automata_rnn.system import as_system, start

LENGTHS = tuple(2**k for k in range(16, 21))
"""64 K to 1 M."""


@dataclass(frozen=True)
class ParallelCost:
    """Costs of a machine by method and length; `str` is a table.

    Attributes:
        machine: its type and size.
        theory: the circuit class of its language, and by which theorem.
        bound: the depth of Boolean circuits that theory gives.
    """

    machine: str
    theory: str
    bound: str
    rows: tuple[CostRow, ...]

    def __str__(self) -> str:
        header = ("T", "method", "work", "depth", "rounds")
        lines = [
            (f"{r.length:,}", r.method, f"{r.work:,}", f"{r.depth:,}", f"{r.rounds:,}")
            for r in self.rows
        ]
        columns = zip(header, *lines, strict=True)
        widths = [max(map(len, column)) for column in columns]
        text = [f"{self.machine}: {self.theory}; depth {self.bound}"]
        for line in (header, *lines):
            cells = zip(line, widths, strict=True)
            aligned = (
                cell.ljust(width) if place == 1 else cell.rjust(width)
                for place, (cell, width) in enumerate(cells)
            )
            text.append("  ".join(aligned).rstrip())
        return "\n".join(text)


def parallel_cost(
    machine: Any,
    lengths: int | Sequence[int] = LENGTHS,
    *,
    chunk: int = 64,
    newton_iterations: int | None = None,
) -> ParallelCost:
    """The cost of all states of a run, by each method that the machine allows.

    sequential   T steps, one after the other.
    scan         prefix products in Blelloch's layout, then T steps from the start.
    last state   a balanced tree: only the value of the whole word.
    chunked      products within chunks of `chunk` symbols, step by step, all chunks
                 side by side; from chunk to chunk; then T steps, chunks side by side.
                 Heads that are diagonal plus low rank are multiplied in WY form.
    Newton       (nonlinear machines) one affine scan of n × n Jacobians for each
                 iteration: 1 at best, `newton_iterations` where they were measured,
                 and T at worst. Steps and Jacobians count as one round; they are
                 those of its layers for a ReLURNN or MLPRNN, else a step on n
                 numbers counts as a product with an n × n matrix.

    Args:
        machine: one whose steps compose; a `Network` or `DiagonalNetwork`, whose layers
            follow one another; or one whose state is a vector of numbers.
        lengths: T, or several.
        newton_iterations: what Newton's method took on a word of such a length.

    Raises TypeError for machines whose states are neither, ValueError for lengths,
    chunks and iterations below 1.
    """
    every = list(lengths) if isinstance(lengths, Iterable) else [lengths]
    tried = [] if newton_iterations is None else [newton_iterations]
    for name, counts in (
        ("lengths", every),
        ("chunk", [chunk]),
        ("newton_iterations", tried),
    ):
        for count in counts:
            check_count(name, count, least=1)
    every = [int(length) for length in every]
    system = as_system(machine)
    theory, bound = theory_of(system)
    if isinstance(system, Network):
        rows = [row for T in every for row in network_rows(system, T, chunk)]
    elif isinstance(system, DiagonalNetwork):
        rows = [r for T in every for r in diagonal_network_rows(system, T, chunk)]
    elif isinstance(system, ParallelSystem):
        rows = [row for T in every for row in linear_rows(system, T, chunk)]
    else:
        step = _step_costs(system)
        rows = [r for T in every for r in newton_rows(step, T, newton_iterations)]
    name = f"{type(machine).__name__}, {_size(system)}"
    return ParallelCost(name, theory, bound, tuple(rows))


def theory_of(system: Any) -> tuple[str, str]:
    """The class of the languages of such machines, and Boolean depth in n = T."""
    log, jung = "O(log n)", "O(log n log* n)"
    if isinstance(system, Network):
        return "PNC¹: a fixed number of linear layers (Theorem 3)", f"{jung}"
    if isinstance(system, DiagonalNetwork):
        return "TC⁰: a fixed number of diagonal layers and lookups", log
    if not isinstance(system, ParallelSystem):
        return (
            "in P, complete for it in general (Corollary 2)",
            "no power of log n unless NC = P (Corollary 3)",
        )
    monoid = system.monoid
    ring = monoid.semiring
    if ring is None or _is_finite(ring):
        return "NC¹: a finite monoid of transitions (Theorem 7)", log
    deterministic = isinstance(system, WFA) and is_deterministic(system)
    if monoid.kind in (ONE_HOT, ONE_HOT_AFFINE) or deterministic:
        return "NC¹: one-hot times diagonal transitions (Theorem 7)", log
    if monoid.kind in (DIAGONAL, DIAGONAL_AFFINE):
        return "TC⁰: iterated products and sums of numbers", log
    if ring in (RATIONAL, INTEGER, REAL):
        return (
            "PNC¹: iterated products of matrices (Theorem 3)",
            f"{jung} (Corollary 5)",
        )
    return f"arithmetic NC¹ over the {ring.name} semiring (Theorem 3)", f"{log} gates"


def _is_finite(ring: Semiring) -> bool:
    named = ring.name.startswith("integers-mod-")
    return ring is BOOLEAN or named or isinstance(ring.field, int)


def _size(system: Any) -> str:
    if isinstance(system, DFATable):
        return f"{system.num_states} states"
    if isinstance(system, DiagonalNetwork):
        return f"{len(system.layers)} layers"
    if isinstance(system, Network):
        return f"{len(system.layers)} layers, width {system.width}"
    return f"state of shape {np.shape(start(system))}"


def _step_costs(system: Any) -> StepCosts:
    """Of a nonlinear step; TypeError where its state is no array of numbers."""
    if isinstance(system, ReLURNN | MLPRNN):
        return layered_step(system)
    state = start(system)
    if not isinstance(state, np.ndarray) or state.ndim != 1:
        raise TypeError(
            "machine: wanted steps that compose, or a state that is a vector, got "
            f"{type(system).__name__} with a state of type {type(state).__name__}"
        )
    return vector_step(len(state))
