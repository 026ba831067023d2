"""Any machine whose states are linear in its start state, in one form."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import DFATable, indicator
from automata_rnn.parallel import ParallelSystem
from automata_rnn.scan import Element, affine, diagonal, matrices
from automata_rnn.semiring import BOOLEAN, Array, Semiring
from automata_rnn.system import as_system, start

MATRICES, AFFINE = "matrices", "affine maps"
DIAGONAL, DIAGONAL_AFFINE = "diagonal maps", "diagonal affine maps"
ONE_HOT, ONE_HOT_AFFINE = (
    "one-hot times diagonal maps",
    "one-hot times diagonal affine maps",
)
KINDS = (MATRICES, AFFINE, DIAGONAL, DIAGONAL_AFFINE)


@dataclass(frozen=True, eq=False)
class LinearForm:
    """h_t = h_{t-1} A_{w_t} (⊕ b_{w_t}), value ⊕ h_T ⊙ c, after any `bos`.

    Attributes:
        kind: one of KINDS, what the elements of symbols are.
        initial: h₀, shape (n,) or (d, n).
        table: (A,) or (A, b) by symbol code: A is (k, n, n), or (k, n) if diagonal, and
            b is (k, *state).
        final: c, shaped as the state.
    """

    semiring: Semiring
    alphabet: Alphabet
    kind: str
    initial: Array
    table: Element
    final: Array

    @property
    def num_columns(self) -> int:
        """n."""
        return int(self.initial.shape[-1])

    @property
    def num_rows(self) -> int:
        """d, 1 where the state is a row."""
        return int(self.initial.shape[0]) if self.initial.ndim == 2 else 1


def linear_form(machine: Any) -> LinearForm:
    """The linear form of a WFA, a DFA (over BOOLEAN) or a linear network.

    One-hot times diagonal transitions become matrices. The readout is found by
    linearity, as the outputs at unit states. Raises TypeError for machines whose steps
    are not linear maps.
    """
    system = as_system(machine)
    if isinstance(system, DFATable):
        system = indicator(system, BOOLEAN)
    if not isinstance(system, ParallelSystem):
        raise _not_linear(machine)
    monoid = system.monoid
    if monoid.semiring is None or monoid.kind not in _FORMS:
        raise _not_linear(machine)
    ring, symbols = monoid.semiring, len(system.alphabet)
    first = np.asarray(start(system))
    table = tuple(part[:symbols] for part in system.table)
    kind, table = _FORMS[monoid.kind], _dense(ring, monoid.kind, table)
    plain = Alphabet(system.alphabet)
    return LinearForm(ring, plain, kind, first, table, _final(system, ring, first))


def _not_linear(machine: Any) -> TypeError:
    return TypeError(
        "machine: wanted one whose steps are linear maps over a semiring (a DFA, a "
        f"WFA, a linear network), got {type(machine).__name__}"
    )


_FORMS = {kind: kind for kind in KINDS} | {ONE_HOT: MATRICES, ONE_HOT_AFFINE: AFFINE}


def _dense(ring: Semiring, kind: str, table: Element) -> Element:
    """One-hot times diagonal components as matrices; others as they are."""
    if kind not in (ONE_HOT, ONE_HOT_AFFINE):
        return table
    index, scale, *bias = table
    codes, n = index.shape
    dense = ring.zeros((codes, n, n), scale)
    np.put_along_axis(dense, index[..., None].astype(np.intp), scale[..., None], axis=2)
    return (dense, *bias)


def _final(system: ParallelSystem, ring: Semiring, like: Array) -> Array:
    """The value of each unit state."""
    final = ring.zeros(like.shape, like)
    for place in np.ndindex(like.shape):
        unit = ring.zeros(like.shape, like)
        unit[place] = ring.one
        final[place] = system.output(unit)
    return final


def with_matrices(form: LinearForm) -> LinearForm:
    """The same machine with full matrices where they were diagonal."""
    if form.kind in (MATRICES, AFFINE):
        return form
    gates, *bias = form.table
    n = form.num_columns
    dense = form.semiring.zeros((*gates.shape, n), gates)
    dense[:, range(n), range(n)] = gates
    kind = AFFINE if bias else MATRICES
    table = (dense, *bias)
    ring, sigma = form.semiring, form.alphabet
    return LinearForm(ring, sigma, kind, form.initial, table, form.final)


def one_row(form: LinearForm) -> LinearForm:
    """The same machine with one row of state, matrices and no bias: a WFA.

    n becomes n + d for a bias, and d times as many for d rows.
    """
    return _without_rows(_without_bias(with_matrices(form)))


def _without_bias(form: LinearForm) -> LinearForm:
    """h A + b as [h | I] times [[A, 0], [b, I]], with one unit more for each row."""
    if len(form.table) == 1:
        return form
    ring, (weights, bias) = form.semiring, form.table
    k, n, d = len(weights), form.num_columns, form.num_rows
    square = ring.zeros((k, n + d, n + d), weights)
    square[:, :n, :n] = weights
    square[:, n:, :n] = bias.reshape(k, d, n)
    square[:, range(n, n + d), range(n, n + d)] = ring.one
    initial, final = (ring.zeros((d, n + d), weights) for _ in range(2))
    initial[:, :n] = form.initial.reshape(d, n)
    final[:, :n] = form.final.reshape(d, n)
    initial[range(d), range(n, n + d)] = ring.one
    return LinearForm(ring, form.alphabet, MATRICES, initial, (square,), final)


def _without_rows(form: LinearForm) -> LinearForm:
    """d rows that share A as one row of d blocks."""
    if form.initial.ndim == 1:
        return form
    ring, (weights,) = form.semiring, form.table
    d, n = form.initial.shape
    blocks = ring.zeros((len(weights), d, n, d, n), weights)
    for row in range(d):
        blocks[:, row, :, row] = weights
    square = blocks.reshape(len(weights), d * n, d * n)
    ends = (form.initial.ravel(), form.final.ravel())
    return LinearForm(ring, form.alphabet, MATRICES, ends[0], (square,), ends[1])


def monoid_over(form: LinearForm, semiring: Semiring) -> Any:
    """The monoid of the form's elements, over another semiring (one of wires)."""
    rank = form.initial.ndim
    makers = {
        MATRICES: lambda: matrices(semiring, rank),
        AFFINE: lambda: affine(semiring, rank),
        DIAGONAL: lambda: diagonal(semiring),
        DIAGONAL_AFFINE: lambda: diagonal(semiring, bias=True),
    }
    return makers[form.kind]()
