"""Minimal weighted automata over a field, by forward and backward reduction.

The forward space F = span{α W_w} holds every state vector of a run; a basis R of it
gives an automaton with dim F states. Doing the same to the transpose, with
B = span{W_w ω}, merges states that no word tells apart. The result has as many states
as the Hankel matrix (f(uv))_{u,v} has rank, and none has fewer (Schützenberger 1961;
Carlyle and Paz 1971; Fliess 1974).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automata_rnn.automata.wfa import WFA, absorb_bos, with_semiring
from automata_rnn.exact import invariant_row_space, require_field
from automata_rnn.semiring import INTEGER, RATIONAL, REAL, Array


@dataclass(frozen=True, eq=False)
class Minimization:
    """A minimal automaton and how states map to its states.

    Attributes:
        wfa: the minimal automaton. It has no beginning-of-sequence symbol: α W_bos is
            its initial vector where the old machine had one.
        matrix: M of shape (old states, new states), with h M = h' for the vectors h, h'
            that any word reaches in the old and the new automaton.
    """

    wfa: WFA
    matrix: Array


def over_field(wfa: WFA) -> WFA:
    """`wfa` with exact field weights: ℤ and floats as the rationals that they are."""
    if wfa.semiring in (INTEGER, REAL):
        return with_semiring(wfa, RATIONAL)
    require_field(wfa.semiring)
    return wfa


def minimize(wfa: WFA, *, tolerance: float | None = None) -> Minimization:
    """A minimal automaton with the same function, and the map of states.

    Exact over ℚ and finite fields; floats and integers are taken as rationals. With a
    `tolerance`, floats are reduced numerically instead: directions whose singular value
    is below tolerance times the largest are dropped.

    Raises ValueError for a semiring that is not a field, and for a tolerance that is
    not between 0 and 1 or given for exact weights.
    """
    plain = absorb_bos(wfa)
    if tolerance is not None:
        return _minimize_numerically(plain, tolerance)
    return _minimize_exactly(over_field(plain))


def _minimize_exactly(wfa: WFA) -> Minimization:
    """h = h[J] R on the forward space (pivots J); then h[J] C for the backward one."""
    semiring = wfa.semiring
    forward = invariant_row_space(semiring, wfa.initial[None], wfa.weights)
    basis, pivots = forward.basis, list(forward.pivots)
    weights, final = wfa.weights, wfa.final[:, None]
    if len(pivots) < wfa.num_states:  # else the basis is the identity
        weights = semiring.matmul(basis[None], weights)[..., pivots]
        final = semiring.matmul(basis, final)

    transposed = np.ascontiguousarray(weights.transpose(0, 2, 1))
    backward = invariant_row_space(semiring, final.T, transposed)
    columns, rows = backward.basis.T, list(backward.pivots)
    matrix = semiring.zeros((wfa.num_states, len(rows)), like=wfa.weights)
    matrix[pivots] = columns
    if len(rows) < len(pivots):
        weights = semiring.matmul(weights, columns[None])[:, rows]
    initial = semiring.vecmat(wfa.initial, matrix)
    minimal = WFA(semiring, wfa.alphabet, initial, weights, final[rows, 0])
    return Minimization(minimal, matrix)


def _minimize_numerically(wfa: WFA, tolerance: float) -> Minimization:
    if wfa.semiring is not REAL:
        raise ValueError(
            f"tolerance: wanted none for exact weights, got {tolerance} for "
            f"{wfa.semiring.name}"
        )
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance: wanted a number in (0, 1), got {tolerance}")
    forward = _orthonormal_rows(wfa.initial, wfa.weights, tolerance)
    weights = forward @ wfa.weights @ forward.T
    final = forward @ wfa.final
    backward = _orthonormal_rows(final, weights.transpose(0, 2, 1), tolerance)
    matrix = forward.T @ backward.T
    minimal = WFA(
        REAL,
        wfa.alphabet,
        wfa.initial @ matrix,
        backward @ weights @ backward.T,
        backward @ final,
    )
    return Minimization(minimal, matrix)


def _orthonormal_rows(
    row: npt.NDArray[np.float64], matrices: npt.NDArray[np.float64], tolerance: float
) -> npt.NDArray[np.float64]:
    """An orthonormal basis (r, n) of the closure of `row` under the matrices."""
    scale = np.linalg.norm(row)
    norms = np.linalg.norm(matrices, axis=(1, 2), keepdims=True)
    unit = matrices / np.where(norms > 0, norms, 1)
    basis = row[None] / scale if scale > 0 else np.zeros((0, len(row)))
    while True:
        images = np.concatenate([basis, *(basis @ matrix for matrix in unit)])
        _, values, directions = np.linalg.svd(images, full_matrices=False)
        rank = int(np.sum(values > tolerance * values[0])) if values.size else 0
        if rank <= len(basis):
            return basis
        basis = directions[:rank]
