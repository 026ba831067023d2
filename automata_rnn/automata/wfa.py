"""Weighted finite automata over a semiring."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.checks import check_shape, check_type
from automata_rnn.scan import Element, Monoid, matrices
from automata_rnn.semiring import Array, Semiring
from automata_rnn.system import start


@dataclass(frozen=True, eq=False)
class WFA:
    """A weighted finite automaton (Σ, α, {W_σ}, ω) over a semiring (Definition 13).

    f(w₁…w_T) = α W_{w₁} ⋯ W_{w_T} ω. The state of a run is the forward vector
    α W_{w₁} ⋯ W_{w_t}, a row. Over BOOLEAN this is a nondeterministic automaton.

    Attributes:
        initial: α, shape (n,).
        weights: W_σ by symbol code, shape (alphabet.num_codes, n, n).
        final: ω, shape (n,).

    Raises ValueError where shapes do not fit or entries are not of the semiring. The
    arrays are copied and read-only. n = 0 is the zero function.
    """

    semiring: Semiring
    alphabet: Alphabet
    initial: Array
    weights: Array
    final: Array

    def __post_init__(self) -> None:
        check_type("WFA.semiring", self.semiring, Semiring)
        check_type("WFA.alphabet", self.alphabet, Alphabet)
        for name in ("initial", "weights", "final"):
            array = self.semiring.array(getattr(self, name), f"WFA.{name}")
            object.__setattr__(self, name, array)
        if self.initial.ndim != 1:
            raise ValueError(
                f"WFA.initial: wanted shape (n,), got {self.initial.shape}"
            )
        n, k = len(self.initial), self.alphabet.num_codes
        check_shape("WFA.weights", self.weights, (k, n, n), f"{k} symbols, {n} states")
        check_shape("WFA.final", self.final, (n,), f"{n} states")

    @property
    def num_states(self) -> int:
        return len(self.initial)

    def step(self, state: Array, symbol: Symbol) -> Array:
        return self.semiring.vecmat(state, self.weights[self.alphabet.code(symbol)])

    def output(self, state: Array) -> Any:
        return self.semiring.dot(state, self.final)

    @property
    def monoid(self) -> Monoid:
        return matrices(self.semiring)

    @property
    def table(self) -> Element:
        return (self.weights,)


def nondeterminism(wfa: WFA) -> str | None:
    """Why `wfa` is not deterministic, or None where it is.

    Deterministic: at most one initial state, and at most one successor of each state
    by each symbol, so that f(w) is one product of weights. (A state without a
    successor has one of weight 0.)
    """
    starts = np.flatnonzero(~wfa.semiring.is_zero(wfa.initial))
    if len(starts) > 1:
        return f"states {starts.tolist()} are all initial"
    arcs = ~wfa.semiring.is_zero(wfa.weights)
    crowded = np.argwhere(arcs.sum(axis=2) > 1)
    if not len(crowded):
        return None
    code, state = (int(v) for v in crowded[0])
    targets = np.flatnonzero(arcs[code, state]).tolist()
    symbol = (*wfa.alphabet, wfa.alphabet.bos)[code]
    return f"symbol {symbol!r} leads from state {state} to states {targets}"


def is_deterministic(wfa: WFA) -> bool:
    """Whether every word has at most one run of nonzero weight through `wfa`."""
    return nondeterminism(wfa) is None


def with_semiring(wfa: WFA, semiring: Semiring) -> WFA:
    """The same weights read in another semiring, e.g. floats as exact rationals.

    A homomorphism, hence the same function, for ℤ → ℚ, REAL ↔ RATIONAL up to rounding,
    and 0/1 weights of unambiguous automata everywhere.
    """
    arrays = (wfa.initial, wfa.weights, wfa.final)
    if wfa.semiring is not semiring:
        arrays = tuple(_translate_units(x, wfa.semiring, semiring) for x in arrays)
    return WFA(semiring, wfa.alphabet, *arrays)


def _translate_units(array: Array, source: Semiring, target: Semiring) -> Array:
    """0̄ to 0̄ and 1̄ to 1̄; other weights keep their number."""
    plain = array.astype(object)
    moved = plain.copy()
    moved[source.is_zero(array)] = target.zero
    moved[np.equal(array, source.one).astype(bool)] = target.one
    return moved


def absorb_bos(wfa: WFA) -> WFA:
    """The same function of words without a beginning-of-sequence symbol: α W_bos."""
    if wfa.alphabet.bos is None:
        return wfa
    return WFA(
        wfa.semiring,
        Alphabet(wfa.alphabet),
        start(wfa),
        wfa.weights[: len(wfa.alphabet)],
        wfa.final,
    )
