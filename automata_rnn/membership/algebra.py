"""What is computed once of a regular language and asked by many tests."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet
from automata_rnn.automata import DFATable, indicator, krohn_rhodes, minimize
from automata_rnn.automata.side_by_side import blocks
from automata_rnn.membership.groups import Subgroup, maximal_subgroups
from automata_rnn.membership.maps import (
    Indices,
    Maps,
    settled,
    settling_power,
)
from automata_rnn.membership.report import show
from automata_rnn.membership.syntactic import (
    Green,
    SyntacticMonoid,
    green,
    regular_classes,
)
from automata_rnn.semiring import RATIONAL, Array

PART = 10**6  # entries of the maps whose powers are taken at a time
SMALL_CASCADE = 8  # states up to which a cascade is built to count its layers


@dataclass(frozen=True, eq=False)
class Algebra:
    """A syntactic monoid with what follows from it.

    Attributes:
        monoid: possibly incomplete; `relations`, `representatives` and `subgroups`
            then raise ValueError.
        max_products: how many maps a single test may multiply.
    """

    monoid: SyntacticMonoid
    max_products: int

    @property
    def complete(self) -> bool:
        return self.monoid.maps.complete

    @cached_property
    def letter_maps(self) -> Indices:
        """The maps of states by the different letters, shape (k, n)."""
        table = self.monoid.table
        codes = table.alphabet.encode(self.monoid.letters).astype(np.intp)
        maps: Indices = table.successors[codes]
        return maps

    @cached_property
    def minimal_weights(self) -> Array:
        """W_σ of the minimal WFA of value 1 on the language, by different letters."""
        table = self.monoid.table
        letters = Alphabet(self.monoid.letters)
        part = DFATable(letters, table.initial, self.letter_maps, table.accepting)
        return minimize(indicator(part, RATIONAL)).wfa.weights

    @cached_property
    def cascade_layers(self) -> int | None:
        """Layers of the stack that runs a Krohn-Rhodes cascade; None where none was
        built: groups are not solvable, or the automaton is too large."""
        if self.monoid.table.num_states > SMALL_CASCADE:
            return None
        try:
            cascade = krohn_rhodes(self.monoid.table, max_images=256, max_contexts=4096)
        except ValueError:
            return None
        return len(blocks(cascade))

    @cached_property
    def relations(self) -> Green:
        return green(self.monoid.maps)

    @cached_property
    def representatives(self) -> Indices:
        """One idempotent of the semigroup for each regular 𝓓-class."""
        return regular_classes(self.monoid, self.relations)

    @cached_property
    def subgroups(self) -> tuple[Subgroup, ...]:
        return maximal_subgroups(self.monoid, self.relations)

    @cached_property
    def _locals(self) -> dict[tuple[int, int], Indices]:
        return {}

    def local(self, e: int, f: int) -> Indices:
        """e S f, sorted, for elements e and f; remembered."""
        key = int(e), int(f)
        if key not in self._locals:
            maps = self.monoid.maps
            some = np.unique(maps.times(key[0])[self.monoid.semigroup])
            self._locals[key] = np.unique(maps.followed_by(some, key[1]))
        return self._locals[key]

    @cached_property
    def steady(self) -> npt.NDArray[np.bool_]:
        """Whether xⁿ = xⁿ⁺¹ for some n, by element."""
        return np.concatenate([settled(part) for part in self._parts()])

    @cached_property
    def power(self) -> int:
        """The least n with xⁿ = xⁿ⁺¹ for all elements that have one."""
        return max(settling_power(part[settled(part)]) for part in self._parts())

    def _parts(self) -> list[Maps]:
        """All elements, a few at a time: not to hold many powers of all of them."""
        maps = self.monoid.maps.elements
        few = max(1, PART // maps.shape[1])
        return [maps[i : i + few] for i in range(0, len(maps), few)]

    def show(self, x: int) -> str:
        """A shortest word for an element, nonempty where there is one."""
        return show(self.letters(x))

    def letters(self, x: int) -> list[str]:
        """The same word as a list of its symbols in text."""
        inside = len(self.monoid.semigroup) and x >= self.monoid.semigroup[0]
        word = self.monoid.nonempty_word if inside else self.monoid.word
        return list(map(str, word(int(x))))
