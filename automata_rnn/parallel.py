"""Run a machine on a whole word at once, when its transitions compose."""

from typing import Any, Protocol, runtime_checkable

import numpy as np

from automata_rnn.alphabet import Word
from automata_rnn.scan import Element, Method, Monoid, aligned, prefix_products
from automata_rnn.scan.validate import on_device
from automata_rnn.semiring import Array
from automata_rnn.system import TransitionSystem, as_system, start


@runtime_checkable
class ParallelSystem(TransitionSystem, Protocol):
    """A system whose step by a symbol is the action of a monoid element.

    That is, step(s, a) = monoid.act(s, the element of a). `table` holds the elements
    of all symbols by code, components of shape (alphabet.num_codes, *element).
    """

    @property
    def monoid(self) -> Monoid: ...

    @property
    def table(self) -> Element: ...


def states(
    machine: Any, word: Word | Array, *, method: Method = "auto", out: Any = None
) -> Array:
    """States s₀, …, s_T of a run, stacked, shape (len(word) + 1, *state).

    The same as `trace`, computed at once by `automata_rnn.scan.prefix_products`, which
    picks the kernel from the machine's monoid and the dtype of its table.

    Args:
        machine: one with a monoid and a table, or with an adapter to one.
        word: symbols; or their codes, as an array of unsigned integers. Where codes are
            a CuPy array, the run is on the GPU, and so are its states.
        method: "sequential" takes T steps from state to state.
        out: where to write, see `prefix_products`.

    Raises:
        TypeError: a machine whose steps do not compose; ValueError: symbols outside the
            alphabet, codes outside the table, an `out` that does not fit.
    """
    system = as_system(machine)
    if not isinstance(system, ParallelSystem):
        raise TypeError(
            f"machine: wanted one with monoid and table, got {type(system).__name__}"
        )
    known = getattr(getattr(word, "dtype", None), "kind", "") == "u"
    codes: Array = word if known else system.alphabet.encode(word)
    if np.ndim(codes) != 1:
        raise ValueError(f"word: wanted codes (T,), got shape {np.shape(codes)}")
    monoid, table = system.monoid, system.table
    elements = table if len(monoid.ranks) > 1 else table[0]
    first = np.asarray(start(system))
    dtype = table[-1].dtype
    plain = monoid.state_rank == 0 or (first.dtype == dtype and dtype.kind in "bfc")
    if not (plain and dtype.isnative):  # the states of no word have the dtype of all
        dtype = prefix_products(elements, monoid, codes=codes[:0], initial=first).dtype
    shape = (len(codes) + 1, *first.shape)
    if out is None and on_device(codes):
        out = np.empty_like(codes, dtype, shape=shape)
    elif out is None:
        out = aligned(shape, dtype, skip=1)
    elif getattr(out, "shape", None) != shape or out.dtype != dtype:
        got = f"{np.shape(out)} {getattr(out, 'dtype', type(out).__name__)}"
        raise ValueError(f"out: wanted {shape} {dtype}, got {got}")
    out[0] = np.asarray(first, like=out)
    prefix_products(
        elements,
        monoid,
        codes=codes,
        initial=first,
        out=out[1:],
        method=method,
    )
    return out
