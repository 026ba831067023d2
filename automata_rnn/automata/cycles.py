"""Words that count: w with q₀·w = q₁, …, q_{k-1}·w = q₀ for k > 1 different states.

An automaton has such a word exactly where its transition monoid has a group, that is
where it is not aperiodic (Schützenberger 1965; McNaughton and Papert 1971).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from automata_rnn.alphabet import Symbol
from automata_rnn.automata.holonomy import Holonomy, ImageClass, members
from automata_rnn.automata.permutations import Permutation, compose, identity


@dataclass(frozen=True)
class Cycle:
    """A word and the states that it leads through, the last one back to the first."""

    word: tuple[Symbol, ...]
    states: tuple[int, ...]

    def __str__(self) -> str:
        way = " → ".join(map(str, (*self.states, self.states[0])))
        return f"the word {''.join(map(str, self.word))!r} leads the states {way}"


def find_cycle(found: Holonomy, *, odd: bool = False) -> Cycle | None:
    """A word that counts modulo a prime, or None where there is none.

    With `odd` the prime is not 2: then None means that all groups in the transition
    monoid have orders that are powers of 2. The word is one of the shortest products
    of generators of the first holonomy group that has one.
    """
    for group in found.classes:
        for permutation, word in _elements(found, group):
            order = _order(permutation)
            primes = [p for p in _primes(order) if p > 2 or not odd]
            if primes:
                return _cycle(found, group, word * (order // primes[0]), primes[0])
    return None


def _elements(
    found: Holonomy, group: ImageClass
) -> Iterator[tuple[Permutation, tuple[Symbol, ...]]]:
    """The holonomy group with words, breadth-first."""
    loops = sorted(found.loops(group).items(), key=lambda pair: len(pair[1]))
    known = {identity(group.num_tiles): tuple[Symbol, ...]()}
    pending = list(known)
    for element in pending:  # grows while it is read
        yield element, known[element]
        for step, word in loops:
            product = compose(element, step)
            if product not in known:
                known[product] = (*known[element], *word)
                pending.append(product)


def _order(permutation: Permutation) -> int:
    order, power = 1, permutation
    while power != identity(len(permutation)):
        order, power = order + 1, compose(power, permutation)
    return order


def _primes(number: int) -> list[int]:
    factors = [d for d in range(2, number + 1) if number % d == 0]
    return [d for d in factors if all(d % e for e in factors if e < d)]


def _cycle(
    found: Holonomy, group: ImageClass, word: tuple[Symbol, ...], prime: int
) -> Cycle:
    """A cycle of states whose length the prime divides: w has that order on tiles."""
    table = found.table

    def after(state: int) -> int:
        for symbol in word:
            state = table.step(state, symbol)
        return state

    cycles = []
    for state in members(group.representative):
        cycle = [state]
        while (following := after(cycle[-1])) != state:
            cycle.append(following)
        cycles.append(tuple(cycle))
    return Cycle(word, next(c for c in cycles if len(c) % prime == 0))
