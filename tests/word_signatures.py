"""Languages decided by what words contain, straight from the definitions.

A signature machine reads a word and keeps all that a kind of test may see of it: its
subwords of length k, its factors, its ends. A language is decided by the signature
exactly when no two words with the same one differ, which a search over pairs of
(signature, state of the DFA) settles.
"""

from collections.abc import Callable, Hashable
from itertools import combinations

from automata_rnn.automata import DFATable

Step = Callable[[Hashable, str], Hashable]


def subwords(k: int) -> tuple[Hashable, Step]:
    """All scattered subwords of length at most k."""

    def step(found, letter):  # type: ignore[no-untyped-def]
        return found | {w + letter for w in found if len(w) < k}

    return frozenset([""]), step


def factors(k: int, threshold: int = 1) -> tuple[Hashable, Step]:
    """First and last k - 1 letters; factors of length k, counted up to a threshold."""

    def step(state, letter):  # type: ignore[no-untyped-def]
        first, last, counts = state
        window = last + letter
        if len(first) < k - 1:
            first += letter
        if len(window) == k:
            have = dict(counts)
            have[window] = min(threshold, have.get(window, 0) + 1)
            counts = frozenset(have.items())
            window = window[1:]
        return first, window, counts

    return ("", "", frozenset()), step


def ends(first: int, last: int) -> tuple[Hashable, Step]:
    """The first and last few letters."""

    def step(state, letter):  # type: ignore[no-untyped-def]
        start, end = state
        if len(start) < first:
            start += letter
        return start, (end + letter)[max(0, len(end) + 1 - last) :] if last else ""

    return ("", ""), step


class Signatures:
    """The reachable part of a signature machine over letters, as a table."""

    def __init__(self, machine: tuple[Hashable, Step], letters: str = "ab") -> None:
        start, step = machine
        numbers = {start: 0}
        pending = [start]
        self.rows: list[list[int]] = []
        for state in pending:
            row = []
            for letter in letters:
                after = step(state, letter)
                if after not in numbers:
                    numbers[after] = len(pending)
                    pending.append(after)
                row.append(numbers[after])
            self.rows.append(row)

    def decide(self, table: DFATable) -> bool:
        """Whether words with one signature are all accepted or all rejected."""
        successors = table.successors.T.tolist()
        accepting = table.accepting.tolist()
        verdict: dict[int, bool] = {}
        seen = {(0, table.initial)}
        pending = [(0, table.initial)]
        for signature, state in pending:
            if verdict.setdefault(signature, accepting[state]) != accepting[state]:
                return False
            for after, target in zip(
                self.rows[signature], successors[state], strict=True
            ):
                if (after, target) not in seen:
                    seen.add((after, target))
                    pending.append((after, target))
        return True


def idempotent_power(x: tuple[int, ...]) -> tuple[int, ...]:
    """x^ω, by taking powers until one repeats itself."""
    power = x
    while tuple(power[q] for q in power) != power:
        power = tuple(x[q] for q in power)
    return power


class NaiveMonoid:
    """A transition monoid as Python tuples, with everything by definition."""

    def __init__(self, table: DFATable) -> None:
        letters = [tuple(row) for row in table.successors.tolist()]
        identity = tuple(range(table.num_states))
        self.semigroup = set(letters)
        pending = list(self.semigroup)
        for x in pending:
            for a in letters:
                product = self.times(x, a)
                if product not in self.semigroup:
                    self.semigroup.add(product)
                    pending.append(product)
        self.letters = letters
        self.elements = self.semigroup | {identity}

    @staticmethod
    def times(*factors: tuple[int, ...]) -> tuple[int, ...]:
        result = tuple(range(len(factors[0])))
        for x in factors:
            result = tuple(x[q] for q in result)
        return result

    def ideals(self, side: str) -> dict[tuple[int, ...], frozenset[tuple[int, ...]]]:
        """x M, M x or M x M of each x."""
        m, t = self.elements, self.times
        if side == "r":
            return {x: frozenset(t(x, s) for s in m) for x in m}
        left = {x: frozenset(t(s, x) for s in m) for x in m}
        if side == "l":
            return left
        right = self.ideals("r")
        return {x: frozenset().union(*(right[y] for y in left[x])) for x in m}

    def idempotents(self) -> set[tuple[int, ...]]:
        return {e for e in self.semigroup if self.times(e, e) == e}

    def between(self, e: tuple[int, ...], f: tuple[int, ...]) -> set[tuple[int, ...]]:
        return {self.times(e, s, f) for s in self.semigroup}

    def commutative(self) -> bool:
        return all(
            self.times(x, y) == self.times(y, x)
            for x in self.elements
            for y in self.elements
        )

    def permutes(self) -> bool:
        return all(len(set(x)) == len(x) for x in self.elements)

    def aperiodic(self) -> bool:
        return all(self.times(w := idempotent_power(x), x) == w for x in self.elements)

    def two_variable(self) -> bool:
        """(x y)^ω x (x y)^ω = (x y)^ω."""
        return all(
            self.times(w := idempotent_power(self.times(x, y)), x, w) == w
            for x in self.elements
            for y in self.elements
        )

    def threshold_testable(self) -> bool:
        t = self.times
        if not self.aperiodic():
            return False
        for e in self.idempotents():
            for f in self.idempotents():
                there, back = self.between(e, f), self.between(f, e)
                for p, u in combinations(there, 2):
                    if any(t(p, q, u) != t(u, q, p) for q in back):
                        return False
        return True

    def quasi_aperiodic(self) -> bool:
        """Whether no η(Σᵗ), for any t, holds x, x², …, x^p with x^(p+1) = x ≠ x²."""
        level = frozenset(self.letters)
        seen = set()
        while level not in seen:
            seen.add(level)
            for x in level:
                w = idempotent_power(x)
                turning = self.times(w, x)  # in the group of x
                powers = {turning}
                while (more := self.times(turning, *[x])) not in powers:
                    powers.add(more)
                    turning = more
                if len(powers) > 1 and powers <= level:
                    return False
            level = frozenset(self.times(x, a) for x in level for a in self.letters)
        return True
