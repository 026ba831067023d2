"""The monoids in which transitions compose, and how they act on states.

An element is a tuple of arrays; leading axes are batches, the last `ranks[i]` axes of
component i are the element itself. Products are in the order of the word:
`combine(x, y)` is "first x, then y", matching states written as row vectors. The law
that fixes a monoid is not associativity alone but

    act(s, combine(x, y)) = act(act(s, x), y).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.semiring import Array, Semiring

Element: TypeAlias = tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class Monoid:
    """How two transitions become one, and what one does to a state.

    Attributes:
        kind: what its elements are; with `semiring`, what kernels are found by.
        semiring: whose numbers elements hold, None where they hold none.
        ranks: trailing axes of each component of an element.
        state_rank: trailing axes of a state.
        combine: (x, y) ↦ "first x, then y", broadcasting over leading axes.
        identity: an element e with combine(e, x) = x, shaped and typed as its
            argument's trailing axes, without leading axes.
        act: (state, x) ↦ the state that x sends `state` to, broadcasting.
        indexed: whether the first component holds indices 0, …, n - 1.
    """

    kind: str
    semiring: Semiring | None
    ranks: tuple[int, ...]
    state_rank: int
    combine: Callable[[Element, Element], Element]
    identity: Callable[[Element], Element]
    act: Callable[[Array, Element], Array]
    indexed: bool = False

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.semiring.name} {self.kind}" if self.semiring else self.kind


def _apply(semiring: Semiring, state: Array, matrix: Array, state_rank: int) -> Array:
    """state · matrix, for a state that is a row or a stack of rows."""
    if state_rank == 2:
        return semiring.matmul(state, matrix)
    return semiring.vecmat(state, matrix)


def matrices(semiring: Semiring, state_rank: int = 1) -> Monoid:
    """(A,): s ↦ s A over a semiring. A is (n, n), s is (n,), or (d, n) for rank 2."""
    return Monoid(
        "matrices",
        semiring,
        (2,),
        state_rank,
        lambda x, y: (semiring.matmul(x[0], y[0]),),
        lambda like: (semiring.eye(like[0].shape[-1], like[0]),),
        lambda state, x: _apply(semiring, state, x[0], state_rank),
    )


def affine(semiring: Semiring, state_rank: int = 1) -> Monoid:
    """(A, b): s ↦ s A ⊕ b. A is (n, n); s and b are (n,), or (d, n) for rank 2."""

    def act(state: Array, x: Element) -> Array:
        return semiring.plus(_apply(semiring, state, x[0], state_rank), x[1])

    def identity(like: Element) -> Element:
        matrix, bias = like
        zeros = semiring.zeros(bias.shape[bias.ndim - state_rank :], bias)
        return semiring.eye(matrix.shape[-1], matrix), zeros

    return Monoid(
        "affine maps",
        semiring,
        (2, state_rank),
        state_rank,
        lambda x, y: (semiring.matmul(x[0], y[0]), act(x[1], y)),
        identity,
        act,
    )


def diagonal(semiring: Semiring, *, bias: bool = False) -> Monoid:
    """(a,): s ↦ s ⊙ a, or with a bias (a, b): s ↦ s ⊙ a ⊕ b. All are (n,)."""

    def act(state: Array, x: Element) -> Array:
        product = semiring.times(state, x[0])
        return semiring.plus(product, x[1]) if bias else product

    def combine(x: Element, y: Element) -> Element:
        gates = semiring.times(x[0], y[0])
        return (gates, act(x[1], y)) if bias else (gates,)

    def identity(like: Element) -> Element:
        n = (like[0].shape[-1],)
        ones = np.full_like(like[0], semiring.one, shape=n)
        return (ones, semiring.zeros(n, like[1])) if bias else (ones,)

    ranks = (1, 1) if bias else (1,)
    kind = "diagonal affine maps" if bias else "diagonal maps"
    return Monoid(kind, semiring, ranks, 1, combine, identity, act)


def one_hot_diagonal(semiring: Semiring, *, bias: bool = False) -> Monoid:
    """(f, d): (s A)_j = ⊕_{i: f(i) = j} s_i ⊗ d_i, or with a bias (f, d, b) … ⊕ b_j.

    A is the matrix whose row i is d_i at column f(i), the transpose of P·diag(d) with
    P column-one-hot. All components are (n,); f holds indices. A product takes O(n):

        (f, d)(f', d') = (i ↦ f'(f(i)), d_i ⊗ d'_{f(i)}).

    The published recursion d̃_t = (P_t d̃_{t-1}) ⊙ d_t needs Pᵀ, which is the gather
    d'_{f(i)} here (repair of Theorem 7).
    """

    def act(state: Array, x: Element) -> Array:
        moved = _scatter(semiring, semiring.times(state, x[1]), x[0])
        return semiring.plus(moved, x[2]) if bias else moved

    def combine(x: Element, y: Element) -> Element:
        leading = np.broadcast_shapes(x[0].shape, y[0].shape)
        first = np.broadcast_to(x[0], leading)
        index = np.take_along_axis(np.broadcast_to(y[0], leading), first, axis=-1)
        scale = np.take_along_axis(np.broadcast_to(y[1], leading), first, axis=-1)
        product = (index, semiring.times(x[1], scale))
        return (*product, act(x[2], y)) if bias else product

    def identity(like: Element) -> Element:
        n = like[0].shape[-1]
        index = np.zeros_like(like[0], shape=(n,))
        index[:] = range(n)
        one = np.full_like(like[1], semiring.one, shape=(n,))
        zero = (semiring.zeros((n,), like[2]),) if bias else ()
        return (index, one, *zero)

    ranks = (1, 1, 1) if bias else (1, 1)
    kind = f"one-hot times diagonal {'affine ' if bias else ''}maps"
    return Monoid(kind, semiring, ranks, 1, combine, identity, act, indexed=True)


def _scatter(semiring: Semiring, values: Array, index: Array) -> Array:
    """out[..., f(i)] ⊕= values[..., i], with `index` f broadcast over leading axes."""
    shape = np.broadcast_shapes(values.shape, index.shape)
    values, index = np.broadcast_to(values, shape), np.broadcast_to(index, shape)
    out = semiring.zeros(shape, values)
    if isinstance(semiring.plus, np.ufunc):
        leading = np.indices(shape, sparse=True)[:-1]
        semiring.plus.at(out, (*leading, index), values)
        return out
    for i in range(shape[-1]):
        at = index[..., i : i + 1]
        old = np.take_along_axis(out, at, axis=-1)
        np.put_along_axis(out, at, semiring.plus(old, values[..., i : i + 1]), axis=-1)
    return out


def _then_map(x: Element, y: Element) -> Element:
    shape = np.broadcast_shapes(x[0].shape, y[0].shape)
    first, second = np.broadcast_to(x[0], shape), np.broadcast_to(y[0], shape)
    return (np.take_along_axis(second, first, axis=-1),)


def _identity_map(like: Element) -> Element:
    identity = np.zeros_like(like[0], shape=(like[0].shape[-1],))
    identity[:] = range(like[0].shape[-1])
    return (identity,)


def _act_map(state: Any, x: Element) -> Array:
    index = np.broadcast_to(np.asarray(state), x[0].shape[:-1])
    return np.take_along_axis(x[0], index[..., None], axis=-1)[..., 0]


MAPS = Monoid(
    "maps of a finite set",
    None,
    (1,),
    0,
    _then_map,
    _identity_map,
    _act_map,
    indexed=True,
)
"""(f,): q ↦ f[q], a DFA's letters; f is (n,) of indices."""
