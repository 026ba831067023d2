"""The observation table of weighted L*: what prefixes predict, and which are alike.

Row p holds, for each suffix s, the next-symbol distribution after p s. Two rows are as
far apart as the largest difference of two probabilities; where p s has probability 0
for one of the two, nothing is compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from automata_rnn.alphabet import Alphabet
from translations.extraction.budget import BudgetSpent
from translations.extraction.pdfa import Floats, PDFATable
from translations.extraction.queries import Key, Queries


@dataclass(eq=False)
class Table:
    """The table, which grows.

    Attributes:
        ask: word ↦ its next-symbol distribution, shape (k + 1,).
        tolerance: t; rows at most t apart count as alike.
        states: prefixes that stand for the states; the first is ε.
        prefixes: prefixes of counterexamples, which must be explained, too.
        suffixes: the columns; the first is ε. With each word there are its prefixes,
            so that what is possible after a prefix shows in its row, too.
    """

    ask: Queries[Floats]
    alphabet: Alphabet
    tolerance: float
    states: list[Key] = field(default_factory=lambda: [()])
    prefixes: dict[Key, None] = field(default_factory=dict)
    suffixes: list[Key] = field(default_factory=lambda: [()])
    rows: dict[Key, Floats] = field(default_factory=dict)

    def row(self, prefix: Key) -> Floats:
        """Distributions by suffix, shape (len(suffixes), k + 1); nan is impossible."""
        known = self.rows.get(prefix, np.zeros((0, len(self.alphabet) + 1)))
        if len(known) < len(self.suffixes):
            new = [self.entry(prefix, s) for s in self.suffixes[len(known) :]]
            known = self.rows[prefix] = np.concatenate([known, new])
        return known

    def entry(self, prefix: Key, suffix: Key) -> Floats:
        """The distribution after prefix and suffix; nan where that is impossible."""
        for i, symbol in enumerate(suffix):
            if self.ask((*prefix, *suffix[:i]))[self.alphabet.code(symbol)] == 0:
                return np.full(len(self.alphabet) + 1, np.nan)
        return self.ask((*prefix, *suffix))

    def possible(self, prefix: Key) -> list[Key]:
        """The prefix with one more symbol, for symbols of positive probability."""
        chances = self.ask(prefix)
        return [
            (*prefix, symbol)
            for code, symbol in enumerate(self.alphabet)
            if chances[code] > 0
        ]

    def prepare(self, prefixes: Iterable[Key]) -> None:
        """Ask at once for what is new in the rows of these prefixes.

        Suffixes of one length at a time, since what follows a symbol of probability 0
        is never asked.
        """
        if self.ask.many is None:
            return
        short = [p for p in prefixes if len(self.rows.get(p, ())) < len(self.suffixes)]
        known = self.ask.known
        for length in range(max(map(len, self.suffixes)) + 1):
            ends = [suffix for suffix in self.suffixes if len(suffix) == length]
            words = [(*prefix, *suffix) for prefix in short for suffix in ends]
            if length:
                code = self.alphabet.code
                words = [w for w in words if w[:-1] in known]
                words = [w for w in words if known[w[:-1]][code(w[-1])] > 0]
            self.ask.prepare(words)

    def nearest(self, prefix: Key) -> tuple[int, float]:
        """The state whose row is nearest, the first of several, and how near."""
        self.prepare([*self.states, prefix])
        rows = np.array([self.row(state) for state in self.states])
        apart = distances(rows, self.row(prefix))
        state = int(apart.argmin())
        return state, float(apart[state])

    def add_state(self, prefix: Key) -> None:
        """One more state; BudgetSpent past the limit."""
        limit = self.ask.limits.max_states
        if limit is not None and len(self.states) >= limit:
            raise BudgetSpent(f"max_states: more than {limit} states are needed")
        self.states.append(prefix)
        self.ask.say(f"{len(self.states)} states, {len(self.ask.known)} words")


def distances(rows: Floats, row: Floats) -> Floats:
    """How far each of `rows` (n, s, k + 1) is: the largest difference of numbers."""
    apart = np.abs(rows - row)
    largest: Floats = np.where(np.isnan(apart), 0, apart).max(axis=(1, 2))
    return largest


def close(table: Table) -> None:
    """Add states until the table is closed.

    After each state, each possible symbol leads to a row at most t from that of a
    state, and so does each prefix of a counterexample.
    """
    position = ready = 0
    while position < len(table.states):  # grows while it is read
        if position == ready:  # what all states found so far need, at once
            table.ask.prepare(table.states[ready:])
            table.prepare(p for s in table.states[ready:] for p in table.possible(s))
            ready = len(table.states)
        for after in table.possible(table.states[position]):
            _cover(table, after)
        position += 1
        if position == len(table.states):
            table.prepare(table.prefixes)
            for prefix in table.prefixes:
                _cover(table, prefix)


def _cover(table: Table, prefix: Key) -> None:
    """A state of the prefix, where its row is more than t from all states'."""
    if table.nearest(prefix)[1] > table.tolerance:
        table.add_state(prefix)


def add_suffix(table: Table, suffix: Key) -> None:
    """A column for the suffix and for each of its prefixes that has none yet."""
    for i in range(1, len(suffix) + 1):
        if suffix[:i] not in table.suffixes:
            table.suffixes.append(suffix[:i])


def widest_column(table: Table, a: Key, b: Key) -> tuple[int, float]:
    """The column where two rows differ most, and by how much."""
    apart = np.abs(table.row(a) - table.row(b))
    by_column = np.where(np.isnan(apart), 0, apart).max(axis=1)
    column = int(by_column.argmax())
    return column, float(by_column[column])


def hypothesis(table: Table) -> PDFATable:
    """The PDFA of a closed table: q σ goes to the state that is nearest to its row."""
    n, k = len(table.states), len(table.alphabet)
    successors = np.full((k, n), -1, dtype=np.intp)
    for i, state in enumerate(table.states):
        for after in table.possible(state):
            successors[table.alphabet.code(after[-1]), i] = table.nearest(after)[0]
    distributions = np.array([table.ask(state) for state in table.states])
    return PDFATable(table.alphabet, 0, successors, distributions)


def split(table: Table, word: Key, guess: PDFATable) -> None:
    """Make a state of a prefix of a counterexample that a closed table leaves wrong.

    Let the hypothesis be at the state nearest to w₁…w_{i-1} =: p, but not at the one
    nearest to p w_i. So p and its state r are at most t apart, and their successors by
    w_i are nearest to different states: their rows differ. The suffix that shows it
    is added, and p becomes a state, unless another one is nearer now. Prefixes that
    predict the same have the same rows, and are never split.
    """
    state = guess.initial
    for i, symbol in enumerate(word):
        after = int(guess.successors[guess.alphabet.code(symbol), state])
        if table.nearest(word[: i + 1])[0] != after:
            prefix, other = word[:i], table.states[state]
            column, _ = widest_column(table, word[: i + 1], (*other, symbol))
            add_suffix(table, (symbol, *table.suffixes[column]))
            if table.nearest(prefix)[0] == state:
                table.add_state(prefix)
            return
        state = after


def known_hypothesis(table: Table) -> tuple[PDFATable, int]:
    """A PDFA from the answers so far, without a question; and its loose transitions.

    A successor goes to the state that is nearest on the columns that all rows have, or,
    where its row is not known, stays where it is: a loose transition.
    """
    states = [state for state in table.states if state in table.rows] or [()]
    n, k = len(states), len(table.alphabet)
    columns = min(len(table.rows.get(state, ())) for state in states)
    rows = np.array([table.rows[state][:columns] for state in states if columns])
    successors = np.full((k, n), -1, dtype=np.intp)
    loose = 0
    for i, state in enumerate(states):
        for after in table.possible(state):
            width = min(columns, len(table.rows.get(after, ())))
            target = i
            if width:
                apart = distances(rows[:, :width], table.rows[after][:width])
                target = int(apart.argmin())
            loose += not width
            successors[table.alphabet.code(after[-1]), i] = target
    distributions = np.array([table.ask(state) for state in states])
    return PDFATable(table.alphabet, 0, successors, distributions), loose
