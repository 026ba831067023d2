"""Automata of known minimal size, hidden by padding and a change of basis.

The sizes come from sympy's exact ranks, which share nothing with the library.
"""

from fractions import Fraction
from typing import Any

import numpy as np
from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from automata_rnn import RATIONAL, Alphabet
from automata_rnn.automata import WFA
from automata_rnn.rnns import LinearRNN

AB = Alphabet("ab")


def exact_rank(rows: Any) -> int:
    """The rank over ℚ, by sympy."""
    table = [[Fraction(int(v.p), int(v.q)) for v in row] for row in rows]
    if not table or not table[0]:
        return 0
    entries = [[QQ(v.numerator, v.denominator) for v in row] for row in table]
    return DomainMatrix(entries, (len(table), len(table[0])), QQ).rank()


def hankel_rank(wfa: WFA) -> int:
    """Rank of (α A_u A_v ω), u and v from bases of the reachable rows and columns."""
    rows = _span(wfa.initial, wfa.weights)
    columns = _span(wfa.final, wfa.weights.transpose(0, 2, 1))
    return exact_rank(rows @ columns.T)


def _span(row: Any, matrices: Any) -> Any:
    """row · A_w for enough words w to span all, one that adds to the rank at a time."""
    kept = np.empty((0, len(row)), dtype=object)
    pending = [row]
    for candidate in pending:  # grows while it is read
        larger = np.concatenate([kept, candidate[None]])
        if exact_rank(larger) == len(larger):
            kept = larger
            pending += [candidate @ matrix for matrix in matrices]
    return kept


def rationals(rng: np.random.Generator, *shape: int) -> Any:
    """Small fractions, as elements of ℚ."""
    flat = [
        Fraction(int(rng.integers(-3, 4)), int(rng.integers(1, 4)))
        for _ in range(int(np.prod(shape)))
    ]
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return RATIONAL.array(array.reshape(shape))


def padded(
    rng: np.random.Generator, core: WFA, unobservable: int, unreachable: int
) -> tuple[Any, Any, Any]:
    """The core's function with states that nothing reads, and that no word reaches."""
    d, k = core.num_states, len(core.weights)
    n, seen = d + unobservable + unreachable, d + unobservable
    initial = np.concatenate([core.initial, rationals(rng, n - d)])
    initial[seen:] = RATIONAL.zero
    final = np.concatenate([core.final, rationals(rng, n - d)])
    final[d:seen] = RATIONAL.zero
    weights = rationals(rng, k, n, n).copy()
    weights[:, :d, :d] = core.weights
    weights[:, d:seen, :d] = RATIONAL.zero
    weights[:, :seen, seen:] = RATIONAL.zero
    return initial, weights, final


def rebased(
    rng: np.random.Generator, initial: Any, weights: Any, final: Any, steps: int
) -> tuple[Any, Any, Any]:
    """The same in a random basis: h ↦ h T with T a product of h_j += c h_i."""
    initial, weights, final = initial.copy(), weights.copy(), final.copy()
    n = len(initial)
    for _ in range(steps if n > 1 else 0):
        i, j = rng.choice(n, size=2, replace=False)
        c = int(rng.choice([-2, -1, 1, 2]))
        initial[j] += c * initial[i]
        weights[:, :, j] += c * weights[:, :, i]
        weights[:, i, :] -= c * weights[:, j, :]
        final[i] -= c * final[j]
    return initial, weights, final


def random_core(rng: np.random.Generator, size: int) -> WFA:
    """A random WFA over ℚ."""
    return WFA(
        RATIONAL,
        AB,
        rationals(rng, size),
        rationals(rng, 2, size, size),
        rationals(rng, size),
    )


def hidden_network(
    rng: np.random.Generator, size: int, more: int
) -> tuple[WFA, LinearRNN]:
    """A core, and the linear network that hides it among more units."""
    core = random_core(rng, size)
    unobservable = int(rng.integers(0, more + 1))
    wide = padded(rng, core, unobservable, more - unobservable)
    mixed = rebased(rng, *wide, steps=4 * len(wide[0]))
    return core, LinearRNN(RATIONAL, AB, *mixed)
