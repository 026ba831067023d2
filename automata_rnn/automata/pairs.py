"""Breadth-first search over pairs of states: for what linear algebra cannot decide."""

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.alphabet import Symbol, Word
from automata_rnn.automata.finite import array_key
from automata_rnn.system import TransitionSystem, start

ROUNDING = 1e-9  # values of machines that round are equal when they are this close

Pair: TypeAlias = tuple[Any, Any]


@dataclass(frozen=True)
class Verdict:
    """What comparing two machines found.

    Attributes:
        counterexample: a shortest word on which they differ, or None.
        proved: whether None is a proof of equality.
        checked_length: where it is not, all words up to this length agree.
        reason: how it was decided, in words.
    """

    counterexample: Word | None
    proved: bool
    checked_length: int | None
    reason: str

    @property
    def equal(self) -> bool:
        """No counterexample, and a proof that there is none."""
        return self.counterexample is None and self.proved


@dataclass(frozen=True, eq=False)
class View:
    """A machine, and what of it is compared.

    Attributes:
        value: state ↦ what must agree.
        represent: state ↦ the representative of the states with the same future.
        exact: whether steps and values never round.
    """

    system: TransitionSystem
    value: Callable[[Any], Any]
    represent: Callable[[Any], Any] = lambda state: state
    exact: bool = True


def search_pairs(
    a: View,
    b: View,
    max_length: int | None,
    max_pairs: int,
    normalize: Callable[[Pair], Pair] = lambda pair: pair,
) -> Verdict:
    """A shortest word that tells two views apart; a proof where the search closes.

    `normalize` makes equal those pairs that no word tells apart as pairs.
    """
    exact = a.exact and b.exact

    def pair_of(state: Any, other: Any) -> Pair:
        return normalize((a.represent(state), b.represent(other)))

    first = pair_of(start(a.system), start(b.system))
    if _differ(a, b, first, exact):
        return Verdict((), False, None, "the empty word tells them apart")
    queue: deque[tuple[Pair, tuple[Symbol, ...]]] = deque([(first, ())])
    seen = {_key(first)}
    while queue and (max_length is None or len(queue[0][1]) < max_length):
        (state, other), word = queue.popleft()
        for symbol in a.system.alphabet:
            pair = pair_of(a.system.step(state, symbol), b.system.step(other, symbol))
            if _key(pair) in seen:
                continue
            if len(seen) >= max_pairs:
                return _undecided(len(word))
            longer = (*word, symbol)
            if _differ(a, b, pair, exact):
                return Verdict(longer, False, None, "a shortest word, by search")
            seen.add(_key(pair))
            queue.append((pair, longer))
    if queue:
        return _undecided(max_length)
    if not exact:
        reason = "all reachable pairs of states agree, but their arithmetic rounds"
        return Verdict(None, False, None, reason)
    return Verdict(None, True, None, f"all {len(seen)} reachable pairs of states agree")


def _undecided(length: int | None) -> Verdict:
    return Verdict(None, False, length, f"all words up to length {length} agree")


def _key(pair: Pair) -> Hashable:
    return tuple(array_key(s) if isinstance(s, np.ndarray) else s for s in pair)


def _differ(a: View, b: View, pair: Pair, exact: bool) -> bool:
    left, right = a.value(pair[0]), b.value(pair[1])
    if exact:
        return bool(left != right)
    return not np.isclose(left, right, rtol=ROUNDING, atol=ROUNDING)
