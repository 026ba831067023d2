"""Words that repeat: how the acceptance of u xᵏ v changes with k.

A cycle of distinct states q, δ_x(q), δ_x²(q), … of a minimal DFA has a suffix v that
tells two of them apart, so that k ↦ [u xᵏ v accepted] is periodic and not constant.
"""

from collections import deque
from dataclasses import dataclass

from automata_rnn.alphabet import Symbol
from automata_rnn.automata import DFATable

MAX_MAPS = 10_000


@dataclass(frozen=True)
class Period:
    """A language contains u xᵏ v for a set of k that has this least period, from 0 on.

    Attributes:
        prefix, repeated, suffix: u, x and v.
        accepted: whether u xᵏ v is in the language, for k = 0, …, period - 1.
    """

    prefix: tuple[Symbol, ...]
    repeated: tuple[Symbol, ...]
    suffix: tuple[Symbol, ...]
    accepted: tuple[bool, ...]

    @property
    def period(self) -> int:
        return len(self.accepted)

    def __str__(self) -> str:
        parts = (self.prefix, self.repeated, self.suffix)
        u, x, v = (" ".join(map(str, part)) or "ε" for part in parts)
        accepted = [k for k, a in enumerate(self.accepted) if a]
        return (
            f"({u}) ({x})^k ({v}) is accepted exactly for k in {accepted} modulo "
            f"{self.period}"
        )


def find_period(
    table: DFATable, *, longest: int | None = None, not_two: bool = False
) -> Period | None:
    """A shortest x, at most `longest` symbols, with a period of 2 or more, or None.

    Args:
        table: a minimal complete DFA.
        longest: None tries all words, up to `MAX_MAPS` different actions on states.
        not_two: wants a period that does not divide 2.
    """
    words = shortest_words(table)
    apart = 2 if not_two else 1
    for x, action in _actions(table, longest):
        for first in range(table.num_states):
            cycle = _cycle(action, first)
            if len(cycle) > apart and cycle[0] == first:
                v = distinguishing_suffix(table, cycle[0], cycle[apart])
                return _period(table, words[first], x, v, cycle)
    return None


def shortest_words(table: DFATable) -> dict[int, tuple[Symbol, ...]]:
    """A shortest word to each reachable state."""
    words: dict[int, tuple[Symbol, ...]] = {table.initial: ()}
    queue = deque([table.initial])
    while queue:
        state = queue.popleft()
        for symbol in table.alphabet:
            target = table.step(state, symbol)
            if target not in words:
                words[target] = (*words[state], symbol)
                queue.append(target)
    return words


def distinguishing_suffix(table: DFATable, left: int, right: int) -> tuple[Symbol, ...]:
    """A shortest word that one of two states of a minimal DFA accepts."""
    queue: deque[tuple[int, int, tuple[Symbol, ...]]] = deque([(left, right, ())])
    seen = {(left, right)}
    while queue:
        p, q, word = queue.popleft()
        if table.output(p) != table.output(q):
            return word
        for symbol in table.alphabet:
            pair = table.step(p, symbol), table.step(q, symbol)
            if pair not in seen:
                seen.add(pair)
                queue.append((*pair, (*word, symbol)))
    raise ValueError(f"table: wanted a minimal DFA; states {left}, {right} are one")


def _actions(
    table: DFATable, longest: int | None
) -> list[tuple[tuple[Symbol, ...], tuple[int, ...]]]:
    """Words and what they do to states, each action once, shorter words first."""
    identity = tuple(range(table.num_states))
    found: list[tuple[tuple[Symbol, ...], tuple[int, ...]]] = []
    seen: set[tuple[int, ...]] = set()
    queue: deque[tuple[tuple[Symbol, ...], tuple[int, ...]]] = deque([((), identity)])
    while queue and len(found) < MAX_MAPS:
        word, action = queue.popleft()
        if longest is not None and len(word) == longest:
            continue
        for symbol in table.alphabet:
            longer = tuple(table.step(state, symbol) for state in action)
            if longer not in seen:
                seen.add(longer)
                found.append(((*word, symbol), longer))
                queue.append(found[-1])
    return found


def _cycle(action: tuple[int, ...], first: int) -> list[int]:
    """States from `first` on, until one comes again; it is a cycle if that is first."""
    orbit = [first]
    while (state := action[orbit[-1]]) not in orbit:
        orbit.append(state)
    return orbit if state == first else [state]


def _period(
    table: DFATable,
    prefix: tuple[Symbol, ...],
    repeated: tuple[Symbol, ...],
    suffix: tuple[Symbol, ...],
    cycle: list[int],
) -> Period:
    accepted = []
    for state in cycle:
        for symbol in suffix:
            state = table.step(state, symbol)
        accepted.append(table.output(state))
    size = len(cycle)
    least = next(
        p
        for p in range(1, size + 1)
        if size % p == 0 and accepted == accepted[:p] * (size // p)
    )
    return Period(prefix, repeated, suffix, tuple(accepted[:least]))
