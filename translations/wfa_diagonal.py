"""Weighted automata ↔ diagonal networks.

A diagonal network is a WFA with diagonal matrices. Back: a function has a diagonal
network exactly when the matrices of its minimal WFA commute and are diagonalisable,
since every realisation has the minimal one as a quotient of a part, and both keep these
properties. In the basis of common eigenvectors, V⁻¹ A_σ V = diag(a_σ), the network is

    h₀ = α V,   a_σ,   c = V⁻¹ ω,   of the minimal size.
"""

from collections.abc import Callable
from typing import Any

import flint
import numpy as np
from flint import acb, acb_mat, arb, fmpq_mat

from automata_rnn.automata import WFA, minimize
from automata_rnn.exact import (
    check_diagonalizable,
    check_eigenvalues,
    from_flint,
    require_field,
    separating_combination,
    smallest_field,
    to_flint,
)
from automata_rnn.rnns import DiagonalRNN, LinearRNN
from automata_rnn.semiring import COMPLEX, RATIONAL, REAL, Array, Semiring
from translations.registry import Translation, translator
from translations.wfa_linear import linear_rnn_to_wfa

TOLERATED_STEPS = 1000


@translator(DiagonalRNN, WFA)
def diagonal_rnn_to_wfa(rnn: DiagonalRNN) -> Translation:
    """Always: size n → n, plus one where there is a bias; over the same semiring."""
    codes, n = rnn.gates.shape
    recurrent = rnn.semiring.zeros((codes, n, n), rnn.gates)
    recurrent[:, range(n), range(n)] = rnn.gates
    linear = LinearRNN(
        rnn.semiring, rnn.alphabet, rnn.initial, recurrent, rnn.readout, rnn.bias
    )
    step = linear_rnn_to_wfa(linear)
    return Translation(step.automaton, rnn, step.decode, tolerance=step.tolerance)


@translator(WFA, DiagonalRNN)
def wfa_to_diagonal_rnn(wfa: WFA, *, semiring: Semiring | None = None) -> Translation:
    """A network over RATIONAL, REAL or COMPLEX, as `semiring` asks; of minimal size.

    By default over the first of the three that holds all eigenvalues. The automaton of
    the result is the minimal WFA. Over RATIONAL everything is exact. Else each weight
    is within one unit in the last place of its exact value, and `tolerance` bounds, up
    to 1,000 symbols, the relative error of decoded states:

        1000 · 2⁻⁵⁰ · Σ_j |column j of V| |row j of V⁻¹|.

    Raises NotDiagonalizable (a ValueError) with the certificate where there is no such
    network: two matrices that do not commute, a Jordan block, or eigenvalues outside
    the field asked for; ValueError for weights that are not rational numbers.
    """
    if wfa.semiring is not REAL and require_field(wfa.semiring) != "Q":
        raise ValueError(
            f"wfa: wanted rational, integer or real weights, got {wfa.semiring.name}"
        )
    if semiring not in (None, RATIONAL, REAL, COMPLEX):
        raise ValueError(f"semiring: wanted RATIONAL, REAL or COMPLEX, got {semiring}")
    minimal = minimize(wfa).wfa
    symbols = minimal.alphabet.symbols
    check_diagonalizable(symbols, minimal.weights)
    field = semiring or smallest_field(minimal.weights)
    check_eigenvalues(symbols, minimal.weights, field)
    if minimal.num_states == 0 or not symbols:
        return _trivial(minimal, field)
    return _exact(minimal) if field is RATIONAL else _numerical(minimal, field)


def _trivial(minimal: WFA, field: Semiring) -> Translation:
    """No letters, or the zero function: nothing to diagonalise."""
    gates = np.zeros((len(minimal.weights), minimal.num_states), dtype=int)
    rnn = DiagonalRNN(field, minimal.alphabet, minimal.initial, gates, minimal.final)
    return Translation(minimal, rnn, lambda hidden: hidden)


def _exact(minimal: WFA) -> Translation:
    combination = separating_combination(minimal.weights)
    n = minimal.num_states
    vectors = []
    for factor, _ in combination.minpoly().factor()[1]:
        root = -factor[0] / factor[1]
        identity = fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
        kernel, _ = (combination - root * identity).numer_denom()[0].nullspace()
        vectors.append([kernel[i, 0] for i in range(n)])
    basis = fmpq_mat(vectors).transpose()
    inverse = basis.inv()
    gates = [_diagonal_of(inverse * to_flint(a) * basis) for a in minimal.weights]
    rnn = DiagonalRNN(
        RATIONAL,
        minimal.alphabet,
        from_flint(to_flint(minimal.initial[None]) * basis)[0],
        np.array(gates, dtype=object),
        from_flint(inverse * to_flint(minimal.final[:, None]))[:, 0],
    )
    back = from_flint(inverse)
    return Translation(minimal, rnn, lambda hidden: RATIONAL.vecmat(hidden, back))


def _diagonal_of(matrix: Any) -> list[Any]:
    return [matrix[i, i] for i in range(matrix.nrows())]


def _numerical(minimal: WFA, field: Semiring) -> Translation:
    """Eigenvectors in ball arithmetic, at the precision where every weight is sure."""
    combination = separating_combination(minimal.weights)
    precision = 128
    while True:
        with flint.ctx.workprec(precision):
            parts = _eigenbasis(minimal, combination, field)
        if parts is not None:
            break
        precision *= 2
    initial, gates, readout, basis, back = parts
    rnn = DiagonalRNN(field, minimal.alphabet, initial, gates, readout)
    spread = np.sum(np.linalg.norm(basis, axis=0) * np.linalg.norm(back, axis=1))
    return Translation(
        minimal,
        rnn,
        lambda hidden: hidden @ back,
        tolerance=float(TOLERATED_STEPS * 2.0**-50 * spread),
    )


def _eigenbasis(
    minimal: WFA, combination: fmpq_mat, field: Semiring
) -> tuple[Array, ...] | None:
    """α V, gates, V⁻¹ ω, V and V⁻¹ rounded to floats, or None: more bits are needed."""
    try:
        _, vectors = _balls(combination).eig(right=True)
        basis = _normalize(vectors)
        inverse = basis.inv()
    except (ValueError, ZeroDivisionError):
        return None
    gates = [
        _diagonal_of(inverse * _balls(to_flint(a)) * basis) for a in minimal.weights
    ]
    initial = _balls(to_flint(minimal.initial[None])) * basis
    readout = inverse * _balls(to_flint(minimal.final[:, None]))
    n, k = minimal.num_states, len(minimal.weights)
    balls = [
        (initial.entries(), (n,)),
        ([gate for row in gates for gate in row], (k, n)),
        (readout.entries(), (n,)),
        (basis.entries(), (n, n)),
        (inverse.entries(), (n, n)),
    ]
    if not all(_is_sharp(ball) for entries, _ in balls for ball in entries):
        return None
    number: Callable[[acb], Any] = (
        (lambda ball: float(ball.real.mid())) if field is REAL else complex
    )
    return tuple(
        np.array([number(ball) for ball in entries]).reshape(shape)
        for entries, shape in balls
    )


def _balls(matrix: fmpq_mat) -> acb_mat:
    entries = [acb(arb(value)) for value in matrix.entries()]
    return acb_mat(matrix.nrows(), matrix.ncols(), entries)


def _normalize(vectors: acb_mat) -> acb_mat:
    """Columns divided by their largest entry, so that real eigenvectors become real."""
    n = vectors.nrows()
    columns = [[vectors[i, j] for i in range(n)] for j in range(n)]
    scaled = []
    for column in columns:
        largest = max(column, key=lambda ball: float(abs(ball).mid()))
        scaled.append([entry / largest for entry in column])
    return acb_mat(scaled).transpose()


def _is_sharp(ball: acb) -> bool:
    """Whether the radius is below 2⁻⁶⁰ of the value, or of 1 for values around 0."""
    radius = float(ball.rad())
    return radius <= 2.0**-60 * max(float(abs(ball).mid()), 2.0**-60)
