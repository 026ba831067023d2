r"""Regular expressions as automata, in the dialect of Python's `re`.

A pattern becomes a tree, and the tree an automaton with one state for each letter of
the pattern and one to start in (Glushkov 1961): p goes to q by σ where q's letter can
come right after p's and matches σ. Which symbols a letter or a class such as `[^\W_]`
matches is asked of `re` itself.
"""

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Alphabet, Symbol, abbreviate
from automata_rnn.automata.classical import dfa_from_table, table_from_dfa
from automata_rnn.automata.finite import DFATable, explore
from automata_rnn.automata.language import DEFAULT_MAX_STATES, indicator, table_of
from automata_rnn.automata.wfa import WFA
from automata_rnn.checks import check_type
from automata_rnn.semiring import RATIONAL, Semiring

MAX_LETTERS = 10_000
MAX_NESTING = 100  # far from where Python's own stack ends

_QUANTIFIER = r"(?:[*+?]|\{(?:[0-9]+|[0-9]*,[0-9]*)\})"
_REFUSED = {
    "a back-reference": r"\(\?P=|\\(?![0-7]{3})[1-9]",
    "a look-around": r"\(\?<?[=!]",
    "a conditional": r"\(\?\(",
    "an atomic group": r"\(\?>",
    "an inline flag": r"\(\?(?!P<)[a-zA-Z-]",
    "a word boundary": r"\\[bB]",
    "a possessive quantifier": _QUANTIFIER + r"\+",
}
_TOKENS = {
    "refused": "|".join(_REFUSED.values()),
    "comment": r"\(\?\#[^)]*\)",
    "open": r"\((?:\?:|\?P<\w+>)?",
    "close": r"\)",
    "bar": r"\|",
    "anchor": r"[\^$]|\\[AZz]",  # \z since Python 3.14
    "repeat": _QUANTIFIER + r"\??",
    "class": r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\[dDsSwW]|\.",
    "letter": r"\\(?:x..|u.{4}|U.{8}|N\{[^}]*\}|0[0-7]{0,2}|[0-7]{3}|.)|.",
}
_TOKEN = re.compile("|".join(f"(?P<{k}>{v})" for k, v in _TOKENS.items()), re.DOTALL)


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
    tree = _tree(pattern)
    return _glushkov(tree, _alphabet(tree, alphabet))


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
    return dfa_from_table(_minimal_table(pattern, alphabet, max_states), minify=False)


def wfa_from_regex(
    pattern: str,
    semiring: Semiring = RATIONAL,
    *,
    alphabet: Iterable[str] | None = None,
    max_states: int = DEFAULT_MAX_STATES,
) -> WFA:
    """The WFA of value 1̄ on the words of `dfa_from_regex` and 0̄ on the others."""
    return indicator(_minimal_table(pattern, alphabet, max_states), semiring)


def _minimal_table(
    pattern: str, symbols: Iterable[str] | None, max_states: int
) -> DFATable:
    """The minimal DFA, computed on one leader of all symbols that the pattern treats
    alike: the first, so that the followers' rows do not change the numbering."""
    tree = _tree(pattern)
    alphabet = _alphabet(tree, symbols)
    matched = [_matched(text, alphabet) for text in {x.text for x in _letters(tree)}]
    alike: dict[tuple[bool, ...], Symbol] = {}
    leader = [alike.setdefault(tuple(s in m for m in matched), s) for s in alphabet]
    leaders = Alphabet(alike.values())
    system = _Subsets(_glushkov(tree, leaders), leaders)
    explored = explore(system, lambda state: state, max_states)
    accepting = [system.output(state) for state in explored.states]
    dfa = dfa_from_table(table_of(explored, leaders, accepting))
    minimal = table_from_dfa(dfa, leaders)
    rows = minimal.successors[leaders.encode(leader)]
    return DFATable(alphabet, minimal.initial, rows, minimal.accepting)


@dataclass(frozen=True)
class _Subsets:
    """The sets of states of an NFA without ε-moves that words lead to, from {0}."""

    nfa: NFA
    alphabet: Alphabet
    initial: frozenset[int] = frozenset({0})

    def step(self, state: frozenset[int], symbol: Symbol) -> frozenset[int]:
        moves = self.nfa.transitions
        return frozenset().union(*(moves[q].get(str(symbol), ()) for q in state))

    def output(self, state: frozenset[int]) -> bool:
        return not state.isdisjoint(self.nfa.final_states)


@dataclass(frozen=True)
class _Letter:
    """What matches one symbol: a letter or escape, or a class."""

    text: str
    position: int
    is_class: bool


@dataclass(frozen=True)
class _Anchor:
    text: str
    position: int


@dataclass(frozen=True)
class _Sequence:
    parts: "tuple[_Node, ...]"


@dataclass(frozen=True)
class _Choice:
    options: "tuple[_Node, ...]"


@dataclass(frozen=True)
class _Repeat:
    """`least` to `most` times the body; None is no bound."""

    body: "_Node"
    least: int
    most: int | None

    @property
    def copies(self) -> int:
        return max(self.least, 1) if self.most is None else self.most


_Node: TypeAlias = _Letter | _Anchor | _Sequence | _Choice | _Repeat


def _tree(pattern: str) -> _Node:
    """The tree of a pattern, whose size is checked before anything is expanded."""
    check_type("pattern", pattern, str)
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"pattern: wanted what re compiles, got {error}") from None
    tree = _parse(pattern)
    _check_anchors(tree, True, True)
    if _size(tree) > MAX_LETTERS:
        raise ValueError(
            f"pattern: wanted at most {MAX_LETTERS} letters, where x{{m,n}} is n "
            f"copies of x, got {_size(tree)}"
        )
    return tree


def _parse(pattern: str) -> _Node:
    groups: list[list[list[_Node]]] = [[[]]]  # open groups, options, parts
    for token in _TOKEN.finditer(pattern):
        kind, text, position = token.lastgroup, token[0], token.start()
        parts = groups[-1][-1]
        if kind == "refused":
            name = next(k for k, v in _REFUSED.items() if re.match(v, text))
            raise ValueError(
                f"pattern: wanted constructs of regular languages, got {name} at "
                f"position {position}"
            )
        if kind == "open":
            groups.append([[]])
        elif kind == "close":
            group = _choice(groups.pop())
            groups[-1][-1].append(group)
        elif kind == "bar":
            groups[-1].append([])
        elif kind == "anchor":
            parts.append(_Anchor(text, position))
        elif kind == "repeat":
            parts[-1] = _Repeat(parts[-1], *_bounds(text))
        elif kind != "comment":
            parts.append(_Letter(text, position, kind == "class"))
        if len(groups) > MAX_NESTING + 1:
            raise ValueError(
                f"pattern: wanted at most {MAX_NESTING} nested groups, got one more "
                f"at position {position}"
            )
    return _choice(groups[0])


def _choice(options: list[list[_Node]]) -> _Node:
    nodes = tuple(
        parts[0] if len(parts) == 1 else _Sequence(tuple(parts)) for parts in options
    )
    return nodes[0] if len(nodes) == 1 else _Choice(nodes)


def _bounds(quantifier: str) -> tuple[int, int | None]:
    """Least and most of `*`, `+`, `?`, `{m}`, `{m,}`, `{,n}`, `{m,n}`, lazy or not."""
    if quantifier[0] in "*+?":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[quantifier[0]]
    least, comma, most = quantifier.rstrip("?")[1:-1].partition(",")
    if not comma:
        return int(least), int(least)
    return int(least or 0), int(most) if most else None


def _check_anchors(node: _Node, at_start: bool, at_end: bool) -> None:
    """ValueError for an anchor where a full match need not start or end."""
    if isinstance(node, _Anchor):
        if not (at_start if node.text in ("^", r"\A") else at_end):
            raise ValueError(
                f"pattern: wanted anchors at the ends only, got {node.text} at "
                f"position {node.position}"
            )
    elif isinstance(node, _Choice):
        for option in node.options:
            _check_anchors(option, at_start, at_end)
    elif isinstance(node, _Repeat):
        _check_anchors(node.body, False, False)
    elif isinstance(node, _Sequence):
        solid = [i for i, x in enumerate(node.parts) if not isinstance(x, _Anchor)]
        first, last = (solid[0], solid[-1]) if solid else (len(node.parts), -1)
        for i, part in enumerate(node.parts):
            _check_anchors(part, at_start and i <= first, at_end and i >= last)


def _letters(node: _Node) -> list[_Letter]:
    """The letters of the tree, a repeated one once."""
    pending, found = [node], []
    while pending:
        match pending.pop():
            case _Letter() as letter:
                found.append(letter)
            case _Sequence(children) | _Choice(children):
                pending.extend(reversed(children))
            case _Repeat(body):
                pending.append(body)
    return found


def _size(node: _Node) -> int:
    """How many letters there are after expanding x{m,n} to n copies of x."""
    match node:
        case _Sequence(children) | _Choice(children):
            return sum(map(_size, children))
        case _Repeat():
            return node.copies * _size(node.body)
    return int(isinstance(node, _Letter))


def _alphabet(tree: _Node, symbols: Iterable[str] | None) -> Alphabet:
    """The default alphabet of a pattern, or the given one if it has its letters."""
    letters = _letters(tree)
    if symbols is None:
        texts = {x.text for x in letters}
        return Alphabet(sorted(set().union(*map(_mentioned, texts))))
    alphabet = Alphabet(symbols)
    for symbol in alphabet:
        if not (isinstance(symbol, str) and len(symbol) == 1):
            raise ValueError(f"alphabet: wanted characters, got {symbol!r}")
    for letter in letters:
        if not letter.is_class and not _matched(letter.text, alphabet):
            (outside,) = _mentioned(letter.text)
            raise ValueError(
                f"pattern: wanted letters of {abbreviate(alphabet.symbols)}, got "
                f"{outside!r} at position {letter.position}"
            )
    return alphabet


def _matched(text: str, symbols: Iterable[Symbol]) -> frozenset[str]:
    """The symbols that a letter or class matches."""
    return frozenset(re.compile(text, re.ASCII).findall("".join(map(str, symbols))))


@lru_cache(maxsize=1024)
def _mentioned(text: str) -> frozenset[str]:
    """The characters that a letter or class mentions, in its complement or not."""
    if len(text) == 1:
        return frozenset(string.printable if text == "." else text)
    # A mention of \W is one of \w: the class with \W for \w mentions the same.
    positive = re.sub(r"\\(.)", _uncomplemented, text)
    far = not text.isascii() or re.search(r"\\[uUN]", text)
    universe = _characters(0x110000 if far else 0x100)
    mentioned = _matched(positive, universe)
    if positive.startswith("[^"):
        mentioned = frozenset(universe) - mentioned
    complement = positive != text or positive.startswith("[^")
    return mentioned.union(string.printable if complement else ())


def _uncomplemented(escape: re.Match[str]) -> str:
    return escape[0].lower() if escape[1] in "DSW" else escape[0]


@lru_cache(maxsize=2)
def _characters(limit: int) -> str:
    return "".join(map(chr, range(limit)))


@dataclass(frozen=True)
class _Part:
    """The states where the words of a subpattern begin and end; whether ε is one."""

    nullable: bool
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()


def _glushkov(tree: _Node, alphabet: Alphabet) -> NFA:
    """The NFA of a tree: state 0 and one for each letter after expansion."""
    letters: list[_Letter] = []
    follow: list[set[int]] = [set()]
    whole = _place(tree, letters, follow)
    follow[0].update(whole.first)
    matched = {x.text: _matched(x.text, alphabet) for x in letters}
    transitions: dict[int, dict[str, set[int]]] = {}
    for state, successors in enumerate(follow):
        transitions[state] = {}
        for target in successors:
            for symbol in matched[letters[target - 1].text]:
                transitions[state].setdefault(symbol, set()).add(target)
    return NFA(
        states=set(transitions),
        input_symbols=set(map(str, alphabet)),
        transitions=transitions,
        initial_state=0,
        final_states={*whole.last, *([0] if whole.nullable else [])},
    )


def _place(node: _Node, letters: list[_Letter], follow: list[set[int]]) -> _Part:
    """Number the letters of a subpattern and note which can follow which."""
    match node:
        case _Letter():
            letters.append(node)
            follow.append(set())
            return _Part(False, (len(letters),), (len(letters),))
        case _Sequence(children):
            whole = _Part(True)
            for child in children:
                whole = _joined(whole, _place(child, letters, follow), follow)
            return whole
        case _Choice(children):
            parts = []
            for child in children:
                parts.append(_place(child, letters, follow))
            return _Part(
                any(part.nullable for part in parts),
                tuple(p for part in parts for p in part.first),
                tuple(p for part in parts for p in part.last),
            )
        case _Repeat() if _size(node):
            copies = []
            for _ in range(node.copies):
                copies.append(_place(node.body, letters, follow))
            return _repeated(copies, node, follow)
    return _Part(True)  # an anchor, or the empty word a number of times


def _joined(left: _Part, right: _Part, follow: list[set[int]]) -> _Part:
    for state in left.last:
        follow[state].update(right.first)
    return _Part(
        left.nullable and right.nullable,
        left.first + (right.first if left.nullable else ()),
        right.last + (left.last if right.nullable else ()),
    )


def _repeated(copies: list[_Part], node: _Repeat, follow: list[set[int]]) -> _Part:
    """x{m,n} as n copies of x without ε in a chain that may end after the m-th.

    So each state has few successors, though n be large. Where x has ε, m is 0.
    """
    least = 0 if copies[0].nullable else node.least
    links = list(pairwise(copies))
    if node.most is None:
        links.append((copies[-1], copies[-1]))
    for left, right in links:
        for state in left.last:
            follow[state].update(right.first)
    ends = copies[max(least, 1) - 1 :]
    return _Part(least == 0, copies[0].first, tuple(p for x in ends for p in x.last))
