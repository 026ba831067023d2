"""Run a machine on a whole word at once, when its transitions compose."""

from typing import Any, Protocol, runtime_checkable

import numpy as np

from automata_rnn.alphabet import Word
from automata_rnn.scan import Element, Method, Monoid, prefix_products
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


def states(machine: Any, word: Word, *, method: Method = "blelloch") -> Array:
    """States s₀, …, s_T of a run, stacked, shape (len(word) + 1, *state).

    The same as `trace`, in O(log T) rounds of products; "sequential" takes T steps
    from state to state. Raises TypeError for a machine whose steps do not compose.
    """
    system = as_system(machine)
    if not isinstance(system, ParallelSystem):
        raise TypeError(
            f"machine: wanted one with monoid and table, got {type(system).__name__}"
        )
    first = np.asarray(start(system))
    after = prefix_products(
        system.table if len(system.monoid.ranks) > 1 else system.table[0],
        system.monoid,
        codes=system.alphabet.encode(word),
        initial=first,
        method=method,
    )
    return np.concatenate([first[None], after])
