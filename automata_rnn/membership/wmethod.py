"""The W-method: finitely many words that tell a DFA from every other one as small.

Let A be a minimal DFA with n states, P a word to each state and those with one more
letter, and W words of which some one tells each two states apart. If the language of a
machine has a DFA with at most m ≥ n states, and the machine agrees with A on the words
P · Σ^{≤ m - n} · W, then the languages are equal (Vasilevskii 1973; Chow 1978).
"""

from collections import deque
from collections.abc import Iterator
from itertools import product

from automata_rnn.alphabet import Symbol, Word
from automata_rnn.automata import DFATable
from automata_rnn.membership.oracles import count_up_to


def state_cover(table: DFATable) -> dict[int, tuple[Symbol, ...]]:
    """A shortest word to each reachable state."""
    words: dict[int, tuple[Symbol, ...]] = {table.initial: ()}
    pending = [table.initial]
    for state in pending:  # grows while it is read
        for symbol in table.alphabet:
            target = table.step(state, symbol)
            if target not in words:
                words[target] = (*words[state], symbol)
                pending.append(target)
    return words


def telling_word(table: DFATable, first: int, second: int) -> Word | None:
    """A shortest word that just one of two states accepts, or None."""
    queue: deque[tuple[int, int, tuple[Symbol, ...]]] = deque([(first, second, ())])
    seen = {(first, second)}
    while queue:
        a, b, word = queue.popleft()
        if table.accepting[a] != table.accepting[b]:
            return word
        for symbol in table.alphabet:
            pair = table.step(a, symbol), table.step(b, symbol)
            if pair not in seen:
                seen.add(pair)
                queue.append((*pair, (*word, symbol)))
    return None


def characterising_set(table: DFATable) -> tuple[Word, ...]:
    """W: words such that no two states accept the same of them; at most n of them.

    Of the first two states that the words so far do not tell apart, a shortest word
    that does is added. Raises ValueError where the DFA is not minimal.
    """
    found: list[Word] = [()]
    while True:
        classes: dict[tuple[bool, ...], int] = {}
        for state in range(table.num_states):
            signature = tuple(accepts_from(table, state, word) for word in found)
            other = classes.setdefault(signature, state)
            if other != state:
                word = telling_word(table, other, state)
                if word is None:
                    raise ValueError(
                        f"table: wanted a minimal DFA, but states {other} and {state} "
                        "accept the same words"
                    )
                found.append(word)
                break
        else:
            return tuple(found)


def accepts_from(table: DFATable, state: int, word: Word) -> bool:
    """Whether a word leads from a state to an accepting one."""
    for symbol in word:
        state = table.step(state, symbol)
    return bool(table.accepting[state])


def suite_size(table: DFATable, suffixes: int, max_states: int) -> int:
    """At most how many words `suite` has, before any is made; see `count_up_to`."""
    n, k = table.num_states, len(table.alphabet)
    return (1 + n * k) * count_up_to(k, max(0, max_states - n)) * suffixes


def suite(
    table: DFATable, characterising: tuple[Word, ...], max_states: int
) -> Iterator[tuple[Symbol, ...]]:
    """P · Σ^{≤ m - n} · W, each word once."""
    cover = state_cover(table).values()
    extra = max(0, max_states - table.num_states)
    longer = ((*word, symbol) for word in cover for symbol in table.alphabet)
    seen: set[tuple[Symbol, ...]] = set()
    for start in ((), *longer):
        for length in range(extra + 1):
            for middle in product(table.alphabet.symbols, repeat=length):
                for end in characterising:
                    word = (*start, *middle, *end)
                    if word not in seen:
                        seen.add(word)
                        yield word
