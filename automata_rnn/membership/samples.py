"""Words to try: of uniform length, accepted by a DFA, and one edit away from those."""

from collections.abc import Iterator
from random import Random

from automata_rnn.alphabet import Alphabet, Symbol, Word
from automata_rnn.automata import DFATable


def random_word(alphabet: Alphabet, longest: int, choose: Random) -> tuple[Symbol, ...]:
    """A length uniform from 0 to `longest`, then uniform symbols."""
    length = choose.randint(0, longest) if len(alphabet) else 0
    return tuple(choose.choices(alphabet.symbols, k=length))


def accepted_words(
    table: DFATable, longest: int, choose: Random
) -> Iterator[tuple[Symbol, ...]]:
    """Accepted words for ever: a length uniform among those that have any, then uniform
    among the accepted words of this length. None where no word that short is accepted.
    """
    counts = accepting_counts(table, longest)
    lengths = [n for n in range(longest + 1) if counts[n][table.initial]]
    while lengths:
        state, word = table.initial, []
        for rest in range(choose.choice(lengths), 0, -1):
            targets = [int(row[state]) for row in table.successors]
            weights = [counts[rest - 1][target] for target in targets]
            code = _pick(weights, choose)
            word.append(table.alphabet.symbols[code])
            state = targets[code]
        yield tuple(word)


def _pick(weights: list[int], choose: Random) -> int:
    """A position, with probability proportional to its weight; exact for any size."""
    left = choose.randrange(sum(weights))
    for position, weight in enumerate(weights):
        if left < weight:
            return position
        left -= weight
    raise ArithmeticError("weights: wanted a positive sum")


def accepting_counts(table: DFATable, longest: int) -> list[list[int]]:
    """How many words of each length lead from each state to an accepting one."""
    counts = [[int(accepts) for accepts in table.accepting]]
    rows = table.successors.tolist()
    for _ in range(longest):
        last = counts[-1]
        counts.append(
            [sum(last[row[state]] for row in rows) for state in range(len(last))]
        )
    return counts


def edited(word: Word, alphabet: Alphabet, choose: Random) -> tuple[Symbol, ...]:
    """One random edit: a symbol replaced by another, inserted, or removed."""
    symbols = list(word)
    others = len(alphabet) > 1
    kinds = ["insert"] + ["remove"] * bool(symbols)
    kinds += ["replace"] * (bool(symbols) and others)
    kind = choose.choice(kinds)
    if kind == "insert":
        symbols.insert(choose.randint(0, len(symbols)), choose.choice(alphabet.symbols))
        return tuple(symbols)
    place = choose.randrange(len(symbols))
    if kind == "remove":
        del symbols[place]
    else:
        others_there = [s for s in alphabet if s != symbols[place]]
        symbols[place] = choose.choice(others_there)
    return tuple(symbols)
