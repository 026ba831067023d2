"""The syntactic monoid of a regular language, and Green's relations in it.

Two words are one element when they do the same in every context: u x v ∈ L exactly
when u y v ∈ L. That is the monoid of the maps of states of the minimal DFA. Its
syntactic semigroup is what nonempty words make, with or without the identity.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Symbol
from automata_rnn.automata import (
    WFA,
    DFATable,
    dfa_from_table,
    language,
    table_from_dfa,
    wfa_from_nfa,
)
from automata_rnn.automata.language import DEFAULT_MAX_STATES
from automata_rnn.membership.components import components
from automata_rnn.membership.maps import Indices, MapMonoid, generate
from automata_rnn.semiring import BOOLEAN

LARGEST_TABLE = 10**8  # entries of all maps together


@dataclass(frozen=True, eq=False)
class SyntacticMonoid:
    """The syntactic monoid of a language with its minimal DFA.

    Attributes:
        table: the minimal complete DFA.
        letters: one symbol for each generator: the first of those that do the same.
        maps: the elements; of words over `letters`.
    """

    table: DFATable
    letters: tuple[Symbol, ...]
    maps: MapMonoid

    def __len__(self) -> int:
        return len(self.maps)

    def word(self, x: int) -> tuple[Symbol, ...]:
        """The first of the shortest words for element x."""
        return tuple(self.letters[a] for a in self.maps.word(x))

    def nonempty_word(self, x: int) -> tuple[Symbol, ...]:
        """A shortest nonempty word for an element of the semigroup."""
        if x:
            return self.word(x)
        before, letter = (int(v) for v in np.argwhere(self.maps.right == 0)[0])
        return (*self.word(before), self.letters[letter])

    @cached_property
    def semigroup(self) -> Indices:
        """Positions of the elements that nonempty words make."""
        first = 0 if np.any(self.maps.right == 0) else 1
        return np.arange(first, len(self.maps), dtype=np.intp)

    @cached_property
    def idempotents(self) -> Indices:
        """Those of the syntactic semigroup."""
        found = self.maps.idempotents
        return found[found >= self.semigroup[0]] if len(self.semigroup) else found[:0]


@dataclass(frozen=True, eq=False)
class Green:
    """Green's relations: x 𝓡 y when x M = y M, 𝓛 when M x = M y, 𝓗 when both, and
    𝓓 = 𝓙 when M x M = M y M.

    Attributes:
        r, l, h, d: the class of each element, shape (N,). Classes of d are numbered so
            that M x M ⊆ M y M only if the class of x is at most that of y.
    """

    r: Indices
    l: Indices  # noqa: E741
    h: Indices
    d: Indices

    def counts(self) -> dict[str, int]:
        """How many classes of each relation there are."""
        return {name: int(getattr(self, name).max()) + 1 for name in "rlhd"}


def minimal_table(
    machine: DFA | NFA | WFA | DFATable, *, max_states: int = DEFAULT_MAX_STATES
) -> DFATable:
    """The minimal complete DFA of an acceptor, as a table numbered breadth-first.

    Raises TooManyStates where an NFA or WFA needs more than `max_states` on the way.
    """
    if isinstance(machine, NFA):
        machine = wfa_from_nfa(machine, BOOLEAN)
    if isinstance(machine, WFA):
        machine = language(machine, machine.semiring, max_states=max_states).table
    table = machine if isinstance(machine, DFATable) else table_from_dfa(machine)
    return table_from_dfa(dfa_from_table(table), table.alphabet)


def syntactic_monoid(
    machine: DFA | NFA | WFA | DFATable,
    *,
    max_elements: int = 50_000,
    max_states: int = DEFAULT_MAX_STATES,
) -> SyntacticMonoid:
    """The syntactic monoid of an acceptor's language, or its first elements.

    At most `max_elements`, and no more than 10⁸ entries of maps in all. Raises
    TooManyStates as `minimal_table`.

    >>> from automata_rnn.automata import dfa_from_regex
    >>> len(syntactic_monoid(dfa_from_regex("(ab)*")))
    6
    """
    table = minimal_table(machine, max_states=max_states)
    _, first = np.unique(table.successors, axis=0, return_index=True)
    chosen = np.sort(first)
    letters = tuple(table.alphabet.symbols[int(code)] for code in chosen)
    limit = max(1, min(max_elements, LARGEST_TABLE // table.num_states))
    if max_elements < 1:
        raise ValueError(f"max_elements: wanted at least 1, got {max_elements}")
    maps = generate(table.successors[chosen], limit)
    return SyntacticMonoid(table, letters, maps)


def green(maps: MapMonoid) -> Green:
    """Green's relations by components of the Cayley graphs; ValueError if incomplete.

    x M = y M exactly when x and y reach each other by right multiplications, and so on.
    """
    if not maps.complete:
        raise ValueError(f"maps: wanted all elements, got only {len(maps)} of them")
    r, l = components(maps.right), components(maps.left)  # noqa: E741
    d = components(np.concatenate([maps.left, maps.right], axis=1))
    _, h = np.unique(np.stack([r, l]), axis=1, return_inverse=True)
    return Green(r, l, h.reshape(-1).astype(np.intp), d)


def regular_classes(monoid: SyntacticMonoid, relations: Green) -> Indices:
    """One idempotent of the syntactic semigroup for each 𝓓-class that has one."""
    _, first = np.unique(relations.d[monoid.idempotents], return_index=True)
    chosen: npt.NDArray[np.intp] = np.sort(monoid.idempotents[first])
    return chosen
