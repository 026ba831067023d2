"""Weighted automata → DeltaProduct in the shipped range, by polar decomposition.

A matrix of norm at most 1 is M = Q S, Q orthogonal and S = V diag(s) Vᵀ with
0 ≤ s ≤ 1. Q is at most n reflections H(2, k), and S = ∏ H(1 - s_i, v_i): at most 2n
steps with unit keys and β in [0, 2] (`allow_neg_eigval`), without scratch.
"""

import numpy as np
import numpy.typing as npt

from automata_rnn.automata import WFA
from automata_rnn.rnns import DeltaProduct
from automata_rnn.semiring import REAL
from translations.registry import Translation

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-9
EPSILON = float(np.finfo(np.float64).eps)


def contraction_network(wfa: WFA) -> Translation:
    """A float network of the WFA with weights W_σ/ρ, ρ = max(1, max ‖W_σ‖₂).

    Values are f(w) ρ^-|w| (one symbol more with a beginning-of-sequence symbol), of the
    sign of f(w). Each token is a contraction up to rounding, so errors add up without
    growing: after t tokens a state is off by at most

        t · 8 n_h (n + 2) 2⁻⁵² · ‖α‖₂,

    which is within the tolerance 10⁻⁹ for t up to 10³ where n ≤ 8. Signs are certain
    while |f(w)| ρ^-|w| is above that bound times ‖ω‖₂.
    """
    weights = REAL.array(wfa.weights)
    n = wfa.num_states
    rho = max([1.0, *(float(np.linalg.norm(m, 2)) for m in weights if n)])
    scaled = WFA(
        REAL,
        wfa.alphabet,
        REAL.array(wfa.initial),
        weights / rho,
        REAL.array(wfa.final),
    )
    size = max(1, n)
    factors = [contraction_factors(matrix) for matrix in scaled.weights]
    most = max([1, *(len(row) for row in factors)])
    beta = np.zeros((len(factors), most))
    keys = np.zeros((len(factors), most, size))
    keys[..., 0] = 1.0  # a shipped head has unit keys even where β = 0
    for code, row in enumerate(factors):
        for i, (b, k) in enumerate(row):
            beta[code, i], keys[code, i] = b, k
    initial, query = np.zeros((1, size)), np.zeros(size)
    initial[0, :n], query[:n] = scaled.initial, scaled.final
    rnn = DeltaProduct(
        REAL,
        wfa.alphabet,
        initial,
        keys,
        beta,
        query,
        readout=[1.0],
        parametrization="shipped",
        allow_neg_eigval=True,
    )
    return Translation(scaled, rnn, lambda state: state[0, :n], tolerance=TOLERANCE)


def contraction_factors(matrix: Floats) -> list[tuple[float, Floats]]:
    """Pairs (β, k), |k| = 1, β in [0, 2], whose product is M up to rounding.

    M (n, n) has norm at most 1 up to rounding, rows r ↦ r M. Steps that would move
    nothing by more than rounding are left out.
    """
    if not matrix.size:
        return []
    left, stretch, right = np.linalg.svd(matrix)
    reflections = _reflections(left @ right)
    removed = 1 - np.minimum(stretch, 1.0)
    least = 4 * len(matrix) * EPSILON
    pairs = zip(removed, right, strict=True)
    return reflections + [(float(b), k) for b, k in pairs if b > least]


def _reflections(orthogonal: Floats) -> list[tuple[float, Floats]]:
    """At most n reflections whose product is the matrix, up to rounding.

    Row x = e_i Q goes to e_i by k = x - e_i; its entry x_i - 1 is -Σ_{j≠i} x_j²/(1 +
    x_i) where x_i > 0, which does not cancel (Parlett), so that short keys are exact
    too.
    """
    rest = orthogonal.copy()
    found: list[tuple[float, Floats]] = []
    for i in range(len(rest)):
        entry, key = rest[i, i], rest[i].copy()
        key[: i + 1] = 0.0  # rounding in rows that are done would undo them
        others = float(key @ key)
        size = float(np.sqrt(others + entry**2))
        key[i] = -others / (size + entry) if entry > 0 else entry - size
        length = float(np.linalg.norm(key))
        if length > 4 * len(rest) * EPSILON:
            key /= length
            rest -= 2 * np.outer(rest @ key, key)
            found.insert(0, (2.0, key))
    return found
