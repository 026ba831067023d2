"""Whether f(w) > 0, as a question of Boolean matrices.

Two kinds of machines allow it. Where no weight is negative, f(w) > 0 exactly if some
path has positive weight: the support of each matrix decides. Where a machine is
deterministic, f(w) is one product of weights, whose sign is a product of signs: each
transition is a map of states, and a sign for each of them. These form a finite monoid,
which is why such machines are in NC¹ (Theorem 7, repaired): entries are -, 0 or +, kept
as a pair (P, N) of Boolean matrices, P where the entry is +, N where it is -, with

    (P, N)(P', N') = (P P' ∨ N N', P N' ∨ N P').
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import WFA, nondeterminism
from automata_rnn.circuits.linear_form import linear_form, one_row
from automata_rnn.scan import Element, Monoid
from automata_rnn.semiring import BOOLEAN, INTEGER, RATIONAL, REAL, Array, Semiring

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SignForm:
    """A machine by the signs of its weights, n states.

    Attributes:
        positive: where weights are positive, (k, n, n) by symbol code.
        negative: where they are negative, or None where none of them counts.
        initial, final: where weights are positive and where negative, (2, n); those
            of `negative` are all False where that is None.
    """

    alphabet: Alphabet
    positive: Booleans
    negative: Booleans | None
    initial: Booleans
    final: Booleans

    @property
    def num_states(self) -> int:
        """n."""
        return int(self.positive.shape[1])


def sign_form(machine: Any) -> SignForm:
    """The signs of a machine; f(w) > 0 if the product of signs has a +.

    Takes a DFA, and a WFA or linear network (a PD network among them) over BOOLEAN,
    INTEGER, RATIONAL or REAL whose weights are all ≥ 0, or which is deterministic: one
    initial state, at most one successor by each symbol, no bias. Floats are taken as
    the numbers that they are.

    Raises ValueError for other semirings, and for machines with negative weights that
    add up over several paths, naming the choice; TypeError for nonlinear ones.
    """
    form = one_row(linear_form(machine))
    ring = form.semiring
    if ring not in (BOOLEAN, INTEGER, RATIONAL, REAL):
        raise ValueError(
            f"machine: wanted weights with a sign (boolean, integer, rational, real), "
            f"got {ring.name}"
        )
    weights = form.table[0]
    parts = (weights, form.initial, form.final)
    if not any(np.any(_negative(ring, part)) for part in parts):
        positive = [_positive(ring, part) for part in parts]
        ends = [np.stack([part, 0 * part]) for part in positive[1:]]
        return SignForm(form.alphabet, positive[0], None, ends[0], ends[1])
    wfa = WFA(ring, form.alphabet, form.initial, weights, form.final)
    reason = nondeterminism(wfa)
    if reason is not None:
        raise ValueError(
            f"machine: wanted no negative weights or a deterministic machine, but "
            f"{reason}, and some weights are negative"
        )
    return _signed(wfa)


def _signed(wfa: WFA) -> SignForm:
    """Of a deterministic automaton; without N where transitions are all positive."""
    ring = wfa.semiring
    initial, final = (
        np.stack([_positive(ring, part), _negative(ring, part)])
        for part in (wfa.initial, wfa.final)
    )
    positive, negative = _positive(ring, wfa.weights), _negative(ring, wfa.weights)
    if np.any(negative):
        return SignForm(wfa.alphabet, positive, negative, initial, final)
    if np.any(initial[1]):  # one initial state, and it is negative
        initial, final = initial[::-1], final[::-1]
    only = final & np.array([[True], [False]])
    return SignForm(wfa.alphabet, positive, None, initial, only)


def _positive(ring: Semiring, array: Array) -> Booleans:
    found: Booleans = (array > ring.zero).astype(bool)
    return found


def _negative(ring: Semiring, array: Array) -> Booleans:
    found: Booleans = (array < ring.zero).astype(bool)
    return found


def signed_matrices(semiring: Semiring) -> Monoid:
    """Pairs (P, N) over a semiring of truth values, acting on pairs of rows (2, n)."""

    def product(x: Element, y: Element) -> Element:
        same = np.concatenate([x[0], x[1]], axis=-1)
        plus = np.concatenate([y[0], y[1]], axis=-2)
        minus = np.concatenate([y[1], y[0]], axis=-2)
        return semiring.matmul(same, plus), semiring.matmul(same, minus)

    def act(state: Array, x: Element) -> Array:
        both = np.concatenate([state[..., 0, :], state[..., 1, :]], axis=-1)
        plus = np.concatenate([x[0], x[1]], axis=-2)
        minus = np.concatenate([x[1], x[0]], axis=-2)
        rows = [semiring.vecmat(both, part) for part in (plus, minus)]
        return np.stack(np.broadcast_arrays(*rows), axis=-2)

    def identity(like: Element) -> Element:
        n = like[0].shape[-1]
        return semiring.eye(n, like[0]), semiring.zeros((n, n), like[1])

    return Monoid("signed maps", semiring, (2, 2), 2, product, identity, act)
