"""The NFA of a pattern's tree, without ε-moves (Glushkov 1961).

One state for each letter of the pattern and one to start in: p goes to q by σ where q's
letter can come right after p's and matches σ.
"""

from dataclasses import dataclass
from itertools import pairwise

from automata.fa.nfa import NFA

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.regex.letters import matched
from automata_rnn.automata.regex.syntax import (
    Choice,
    Letter,
    Node,
    Repeat,
    Sequence,
    size,
)


@dataclass(frozen=True)
class _Part:
    """The states where the words of a subpattern begin and end; whether ε is one."""

    nullable: bool
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()


def glushkov(tree: Node, alphabet: Alphabet) -> NFA:
    """The NFA of a tree: state 0 and one for each letter after expansion."""
    letters: list[Letter] = []
    follow: list[set[int]] = [set()]
    whole = _place(tree, letters, follow)
    follow[0].update(whole.first)
    matches = {x.text: matched(x.text, alphabet) for x in letters}
    transitions: dict[int, dict[str, set[int]]] = {}
    for state, successors in enumerate(follow):
        transitions[state] = {}
        for target in successors:
            for symbol in matches[letters[target - 1].text]:
                transitions[state].setdefault(symbol, set()).add(target)
    return NFA(
        states=set(transitions),
        input_symbols=set(map(str, alphabet)),
        transitions=transitions,
        initial_state=0,
        final_states={*whole.last, *([0] if whole.nullable else [])},
    )


def _place(node: Node, letters: list[Letter], follow: list[set[int]]) -> _Part:
    """Number the letters of a subpattern and note which can follow which."""
    match node:
        case Letter():
            letters.append(node)
            follow.append(set())
            return _Part(False, (len(letters),), (len(letters),))
        case Sequence(children):
            whole = _Part(True)
            for child in children:
                whole = _joined(whole, _place(child, letters, follow), follow)
            return whole
        case Choice(children):
            parts = []
            for child in children:
                parts.append(_place(child, letters, follow))
            return _Part(
                any(part.nullable for part in parts),
                tuple(p for part in parts for p in part.first),
                tuple(p for part in parts for p in part.last),
            )
        case Repeat() if size(node):
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


def _repeated(copies: list[_Part], node: Repeat, follow: list[set[int]]) -> _Part:
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


@dataclass(frozen=True)
class Subsets:
    """The sets of states of an NFA without ε-moves that words lead to, from {0}."""

    nfa: NFA
    alphabet: Alphabet
    initial: frozenset[int] = frozenset({0})

    def step(self, state: frozenset[int], symbol: Symbol) -> frozenset[int]:
        moves = self.nfa.transitions
        return frozenset().union(*(moves[q].get(str(symbol), ()) for q in state))

    def output(self, state: frozenset[int]) -> bool:
        return not state.isdisjoint(self.nfa.final_states)
