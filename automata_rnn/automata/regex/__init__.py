r"""Regular expressions as automata, in the dialect of Python's `re`.

A pattern becomes a tree (`syntax`), its letters sets of symbols (`letters`), and the
tree automata-lib's NFA (`glushkov`). automata-lib's own pattern language is not used.
"""

from collections.abc import Iterable

from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.classical import dfa_from_table, table_from_dfa
from automata_rnn.automata.finite import DFATable, explore
from automata_rnn.automata.language import DEFAULT_MAX_STATES, indicator, table_of
from automata_rnn.automata.regex.glushkov import Subsets, glushkov
from automata_rnn.automata.regex.letters import alphabet_of_tree, matched
from automata_rnn.automata.regex.syntax import (
    MAX_LETTERS,
    MAX_NESTING,
    letters_of,
    parse_pattern,
)
from automata_rnn.automata.wfa import WFA
from automata_rnn.semiring import RATIONAL, Semiring

__all__ = [
    "MAX_LETTERS",
    "MAX_NESTING",
    "dfa_from_regex",
    "nfa_from_regex",
    "wfa_from_regex",
]


def nfa_from_regex(pattern: str, alphabet: Iterable[str] | None = None) -> NFA:
    r"""automata-lib's NFA of the words w with `re.fullmatch(pattern, w, re.ASCII)`.

    It has no ε-moves; its states are 0 and one for each letter of the pattern, where
    x{m,n} is n copies of x.

    Args:
        pattern: regular constructs of `re`: letters, escapes, classes, groups, `|` and
            quantifiers; a lazy quantifier has the language of the greedy one. `^`, `\A`
            and `$`, `\Z` are dropped where a match starts or ends anyway. `&` and other
            operators of automata-lib's own patterns are letters, as in `re`.
        alphabet: distinct characters. Default: those that the pattern mentions, sorted;
            with a `.` or a complement (`[^…]`, `\D`, `\S`, `\W`) string.printable too.
            Of a class only what is in the alphabet counts, which may be nothing.

    Raises ValueError where `re` does; for back-references, look-around, conditionals,
    atomic groups, possessive quantifiers, inline flags, word boundaries and anchors
    elsewhere, with the position; for a letter outside a given alphabet; and for more
    than MAX_LETTERS letters or MAX_NESTING nested groups.

    >>> nfa_from_regex("R&D{0,2}").accepts_input("R&DD")
    True
    """
    tree = parse_pattern(pattern)
    return glushkov(tree, alphabet_of_tree(tree, alphabet))


def dfa_from_regex(
    pattern: str,
    alphabet: Iterable[str] | None = None,
    *,
    max_states: int = DEFAULT_MAX_STATES,
) -> DFA:
    """The minimal complete DFA of a pattern, its states 0, …, n - 1 breadth-first.

    Pattern, alphabet and errors as for `nfa_from_regex`; also raises TooManyStates
    where the subset construction needs more than `max_states`.

    >>> sorted(dfa_from_regex("(a|b)*abb").states)
    [0, 1, 2, 3]
    """
    return dfa_from_table(minimal_table(pattern, alphabet, max_states), minify=False)


def wfa_from_regex(
    pattern: str,
    semiring: Semiring = RATIONAL,
    *,
    alphabet: Iterable[str] | None = None,
    max_states: int = DEFAULT_MAX_STATES,
) -> WFA:
    """The WFA of value 1̄ on the words of `dfa_from_regex` and 0̄ on the others."""
    return indicator(minimal_table(pattern, alphabet, max_states), semiring)


def minimal_table(
    pattern: str, symbols: Iterable[str] | None, max_states: int
) -> DFATable:
    """The minimal DFA, computed on one leader of all symbols that the pattern treats
    alike: the first, so that the followers' rows do not change the numbering."""
    tree = parse_pattern(pattern)
    alphabet = alphabet_of_tree(tree, symbols)
    matches = [matched(text, alphabet) for text in {x.text for x in letters_of(tree)}]
    alike: dict[tuple[bool, ...], Symbol] = {}
    leader = [alike.setdefault(tuple(s in m for m in matches), s) for s in alphabet]
    leaders = Alphabet(alike.values())
    system = Subsets(glushkov(tree, leaders), leaders)
    explored = explore(system, lambda state: state, max_states)
    accepting = [system.output(state) for state in explored.states]
    dfa = dfa_from_table(table_of(explored, leaders, accepting))
    minimal = table_from_dfa(dfa, leaders)
    rows = minimal.successors[leaders.encode(leader)]
    return DFATable(alphabet, minimal.initial, rows, minimal.accepting)
