"""From machines with finitely many states to DFA tables, and back to weights.

The language of a machine is {w : f(w) > threshold}. Its states may be merged when they
accept the same suffixes: for a linear machine at threshold 0, when one is a positive
multiple of the other. So a deterministic WFA is a DFA over (state, sign).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata.finite import (
    DFATable,
    Exploration,
    array_key,
    explore,
)
from automata_rnn.automata.wfa import WFA
from automata_rnn.semiring import (
    INTEGER,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    Array,
    Semiring,
)
from automata_rnn.system import TransitionSystem, above

DEFAULT_MAX_STATES = 10_000


@dataclass(frozen=True, eq=False)
class Language:
    """A machine's language as a DFA, and the DFA state of each of its states.

    Attributes:
        table: the DFA, whose states are classes of the machine's states.
        classify: the machine's state ↦ the DFA's state; KeyError where unreachable.
    """

    table: DFATable
    classify: Callable[[Any], int]


def language(
    system: TransitionSystem,
    semiring: Semiring,
    *,
    threshold: Any = 0,
    linear: bool = True,
    max_states: int = DEFAULT_MAX_STATES,
    tick: Callable[[], None] = lambda: None,
) -> Language:
    """The DFA of {w : f(w) > threshold}, by exact exploration of state vectors.

    Args:
        system: a machine whose states are arrays over `semiring`.
        linear: whether states and outputs scale together (no bias), so that at
            threshold 0 positive multiples are one state.
        tick: called for each state; may raise to end the search.

    Raises TooManyStates past `max_states`, and ValueError where arithmetic rounds.
    """
    if not never_rounds(system, semiring):
        raise ValueError(
            f"semiring: wanted arithmetic that does not round, to explore states, got "
            f"{semiring.name}"
        )
    scale = linear and threshold == 0 and semiring in (RATIONAL, INTEGER)
    represent = positive_representative if scale else _same
    explored = explore(system, array_key, max_states, represent, tick)
    accepting = [above(system.output(state), threshold) for state in explored.states]
    table = table_of(explored, system.alphabet, accepting)
    index = explored.index
    return Language(table, lambda state: index[array_key(represent(state))])


def table_of(
    explored: Exploration, alphabet: Alphabet, accepting: list[bool]
) -> DFATable:
    """The DFA of an exploration, whose first state is initial."""
    plain = Alphabet(alphabet)
    flags = np.array(accepting, dtype=bool)
    return DFATable(plain, 0, explored.successors, flags)


def _same(state: Any) -> Any:
    return state


def positive_representative(state: Array) -> Array:
    """The state divided by the absolute value of its first nonzero entry."""
    nonzero = np.flatnonzero(state)
    if not len(nonzero):
        return state
    return RATIONAL.array(state) / abs(RATIONAL.scalar(state.ravel()[nonzero[0]]))


def never_rounds(system: Any, semiring: Semiring) -> bool:
    """Whether all steps are exact: exact semirings, and tropical ones on integers."""
    if semiring in (MAX_PLUS, MIN_PLUS):
        parts = (*system.table, system.initial)
        return all(np.all((a == np.round(a)) | np.isinf(a)) for a in parts)
    return semiring.exact


def indicator(table: DFATable, semiring: Semiring) -> WFA:
    """The WFA of value 1̄ on the words that `table` accepts and 0̄ on the others."""
    n, codes = table.num_states, len(table.successors)
    zeros = semiring.array(np.full((codes, n, n), semiring.zero, dtype=object))
    weights = zeros.copy()
    for code in range(codes):
        weights[code, range(n), table.successors[code]] = semiring.one
    initial = semiring.zeros((n,), like=zeros)
    initial[table.initial] = semiring.one
    final = semiring.zeros((n,), like=zeros)
    final[table.accepting] = semiring.one
    return WFA(semiring, table.alphabet, initial, weights, final)
