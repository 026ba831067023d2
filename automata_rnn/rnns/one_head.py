"""What RWKV-7, DeltaNet, Gated DeltaNet and DeltaProduct networks share.

A network of one head, one layer, whose parameters are determined by the token:

    S ↦ S A_σ + B_σ,   A_σ = A_{σ,1} ⋯ A_{σ,n_h},   value = o (S_T q).

Each A_{σ,i} is diagonal plus rank one. Every type says what its `steps` are, and the
functions here do the rest.
"""

from typing import Any, Protocol, runtime_checkable

import numpy as np

from automata_rnn.alphabet import Symbol, Word
from automata_rnn.checks import check_shape
from automata_rnn.rnns.heads import act, dense_product
from automata_rnn.rnns.linear import convert_fields
from automata_rnn.rnns.ranges import check_parametrization
from automata_rnn.scan import Element, Monoid, affine, matrices
from automata_rnn.scan.dplr import Steps, dplr_states
from automata_rnn.semiring import RATIONAL, REAL, Array, Semiring
from automata_rnn.system import TransitionSystem, start


@runtime_checkable
class Head(TransitionSystem, Protocol):
    """A network of one head with token-determined parameters.

    Attributes:
        initial: S_0, shape (d, n).
        query: q, shape (n,).
        readout: o, shape (d,).
        values: what tokens write, or None where no token writes anything.
        steps: the factors of each token, arrays of shape (num_codes, n_h, n or d).
    """

    @property
    def semiring(self) -> Semiring: ...

    @property
    def query(self) -> Array: ...

    @property
    def readout(self) -> Array: ...

    @property
    def values(self) -> Array | None: ...

    @property
    def steps(self) -> Steps: ...

    @property
    def table(self) -> Element: ...


def check_head(head: Any, **tokens: tuple[int | str, ...]) -> None:
    """Convert and check the fields of a head; ValueError where they do not fit.

    `tokens` gives the shape of each parameter after its axis of tokens, "n" and "d"
    standing for the axes of the state, and any other letter for any size from 1 on that
    is the same wherever it occurs.
    """
    kind = type(head).__name__
    convert_fields(head, ("initial", "query", "readout", *tokens))
    if head.semiring not in (RATIONAL, REAL):
        raise ValueError(
            f"{kind}.semiring: wanted rational or real, got {head.semiring.name}"
        )
    check_parametrization(f"{kind}.parametrization", head.parametrization)
    if head.initial.ndim != 2 or 0 in head.initial.shape:
        raise ValueError(
            f"{kind}.initial: wanted shape (d, n), d and n at least 1, got "
            f"{head.initial.shape}"
        )
    d, n = head.initial.shape
    k = head.alphabet.num_codes
    sizes: dict[int | str, int] = {"d": d, "n": n}
    why = f"{k} symbols, a state of shape {(d, n)}"
    check_shape(f"{kind}.query", head.query, (n,), why)
    check_shape(f"{kind}.readout", head.readout, (d,), why)
    for name, axes in tokens.items():
        array = getattr(head, name)
        if array is None:
            continue
        for axis, size in zip(axes, array.shape[1:], strict=False):
            sizes.setdefault(axis, max(1, size))
        wanted = (k, *(sizes.get(axis, 1) for axis in axes))
        check_shape(f"{kind}.{name}", array, wanted, why)


def no_values(head: Any, *axes: int) -> Array:
    """The zeros that a head without values writes, (num_codes, *axes, d)."""
    shape = (head.alphabet.num_codes, *axes, len(head.initial))
    return head.semiring.zeros(shape, head.initial)


def with_factor_axis(steps: Steps) -> Steps:
    """The steps of tokens with one factor each, (num_codes, n) → (num_codes, 1, n)."""
    return Steps(*(part[:, None] for part in steps))


def head_step(head: Head, state: Array, symbol: Symbol) -> Array:
    """S A_σ + B_σ, one factor after the other, in O(n_h d n)."""
    code = head.alphabet.code(symbol)
    for factor in range(head.steps.left.shape[1]):
        state = act(state, Steps(*(part[code, factor] for part in head.steps)))
    return state


def head_output(head: Head, state: Array) -> Any:
    """o (S q)."""
    ring = head.semiring
    return ring.dot(head.readout, ring.dot(state, head.query))


def head_monoid(head: Head) -> Monoid:
    """Matrices, or affine maps where tokens write values; states are (d, n)."""
    return (matrices if head.values is None else affine)(head.semiring, 2)


def head_table(head: Head) -> Element:
    """(A_σ,) or (A_σ, B_σ), of all tokens."""
    transitions, written = dense_product(head.steps, head.semiring)
    return (transitions,) if head.values is None else (transitions, written)


def head_states(head: Head, word: Word, *, chunk: int = 64) -> Array:
    """States S_0, …, S_T, shape (len(word) + 1, d, n), from factors in chunks.

    The same as `parallel.states`, which multiplies dense n × n matrices: here a token
    takes O(n_h d n) and a chunk of L factors O(L² n), so that this is the faster route
    from n ≈ 16 on, where n_h is small.
    """
    first = np.asarray(start(head))
    codes = head.alphabet.encode(word)
    factors = head.steps.left.shape[1]
    parts = (part[codes] for part in head.steps)
    flat = Steps(*(p.reshape(len(codes) * factors, p.shape[-1]) for p in parts))
    every = dplr_states(
        first,
        flat.left,
        flat.right,
        decay=flat.decay,
        values=None if head.values is None else flat.values,
        keys=None if head.values is None else flat.keys,
        chunk=chunk,
    )
    return np.concatenate([first[None], every[factors - 1 :: factors]])


def row_form(head: Head) -> tuple[Array, Array, Array | None, Array]:
    """(h_0, A_σ, b_σ, q) of the only row that counts, h = o S, shape (n,).

    h ↦ h A_σ + b_σ with b_σ = o B_σ, or None where no token writes; value h q.
    """
    ring, table = head.semiring, head.table
    bias = ring.matmul(head.readout[None], table[1])[:, 0] if len(table) > 1 else None
    return ring.vecmat(head.readout, head.initial), table[0], bias, head.query
