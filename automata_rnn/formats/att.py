"""Finite automata in AT&T text, which OpenFst and foma read and write.

Weights are costs, so that an automaton without weights is one whose weights are all 0
(the semiring's one) or Infinity (its zero: no such move). `<eps>` is ε.
"""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, TypeAlias

from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Symbol
from automata_rnn.automata.classical import sorted_symbols
from automata_rnn.automata.nfa import EPSILON
from automata_rnn.formats.atomic import (
    FilePath,
    decode_text,
    naming,
    read_bytes,
    write_atomically,
)
from automata_rnn.formats.att_text import EPSILON_LABEL, Arc, Final, Graph, parse
from automata_rnn.formats.errors import FormatError, mismatch

Symbols: TypeAlias = Iterable[Symbol] | Mapping[str, Symbol] | None


def read_att(
    path: FilePath, *, symbols: Symbols = None, one_label: bool = False
) -> DFA | NFA:
    """The automaton in an AT&T text file: a DFA where it is deterministic, else an NFA.

    States keep their numbers; a DFA is partial where moves are missing.

    Args:
        symbols: the alphabet, where it is more than the labels of the moves; or a
            symbol table, from labels to symbols (to "" for ε).
        one_label: whether a line of 4 fields ends in a weight instead of a second
            label, in a file that does not tell.

    Raises FormatError naming the file and line: two labels of a move differ, a weight
    is neither 0 nor Infinity (see `read_att_wfa`), or a label is not in `symbols`.
    """
    with naming(path):
        return from_att(decode_text(read_bytes(path)), symbols, one_label)


def from_att(text: str, symbols: Symbols = None, one_label: bool = False) -> DFA | NFA:
    """The automaton in an AT&T text; see `read_att`.

    >>> from_att("0 1 a a\\n1 1 b b\\n1").accepts_input("abb")
    True
    """
    graph = parse(text, one_label=one_label)
    names, sigma = symbol_table(graph, symbols)
    moves: dict[int, dict[Any, set[int]]] = {state: {} for state in graph.states}
    for arc in filter(_is_there, graph.arcs):
        targets = moves[arc.source].setdefault(symbol_of(arc, names), set())
        targets.add(arc.target)
    arguments: dict[str, Any] = {
        "states": set(moves),
        "input_symbols": set(sigma),
        "initial_state": graph.initial,
        "final_states": {final.state for final in filter(_is_there, graph.finals)},
    }
    choices = any(len(to) > 1 for row in moves.values() for to in row.values())
    if choices or any(EPSILON in row for row in moves.values()):
        return NFA(transitions=moves, **arguments)
    return DFA(
        transitions={q: {s: min(to) for s, to in moves[q].items()} for q in moves},
        allow_partial=any(len(row) < len(sigma) for row in moves.values()),
        **arguments,
    )


def _is_there(item: Arc | Final) -> bool:
    if item.cost not in (0, inf):
        raise FormatError(
            f"line {item.line}: wanted no weight (0 or Infinity), got {item.cost}; "
            "read_att_wfa reads weights"
        )
    return item.cost == 0


def symbol_table(
    graph: Graph, symbols: Symbols
) -> tuple[dict[str, Symbol], tuple[Symbol, ...]]:
    """Symbols by label, ε among them, and the alphabet in order."""
    if symbols is None:
        symbols = sorted_symbols({arc.label for arc in graph.arcs} - {EPSILON_LABEL})
    table: Any = symbols if isinstance(symbols, Mapping) else {s: s for s in symbols}
    names = {EPSILON_LABEL: EPSILON, **table}
    return names, tuple(s for s in dict.fromkeys(names.values()) if s != EPSILON)


def symbol_of(arc: Arc, names: dict[str, Symbol]) -> Symbol:
    """The symbol that an arc's label stands for; FormatError where there is none."""
    if arc.label not in names:
        raise mismatch(f"line {arc.line}: label", f"one of {list(names)}", arc.label)
    return names[arc.label]


def write_att(dfa: DFA, path: FilePath) -> None:
    """Write a DFA as AT&T text: two labels a move, states numbered breadth-first.

    Only reachable states are written, and no alphabet: a symbol without a move is lost
    unless `read_att` is told it. Raises FormatError for symbols that are not text or
    have space in them.
    """
    with naming(path):
        write_atomically(path, to_att(dfa).encode("utf-8"))


def to_att(dfa: DFA) -> str:
    """A DFA as AT&T text; see `write_att`."""
    if not isinstance(dfa, DFA):
        raise mismatch("machine", "a DFA", dfa)
    labels: dict[Any, str] = {s: _label(s) for s in sorted_symbols(dfa.input_symbols)}
    number = {dfa.initial_state: 0}
    lines = []
    pending = [dfa.initial_state]
    for state in pending:  # grows while it is read
        moves = dfa.transitions[state]
        for symbol in (s for s in labels if s in moves):
            target = moves[symbol]
            if target not in number:
                number[target] = len(number)
                pending.append(target)
            ends = f"{number[state]}\t{number[target]}"
            lines.append(f"{ends}\t{labels[symbol]}\t{labels[symbol]}\n")
    lines += [f"{number[state]}\n" for state in pending if state in dfa.final_states]
    return "".join(lines or ["0\tInfinity\n"])  # a lone 0 would be final


def _label(symbol: Any) -> str:
    text = symbol if type(symbol) is str else ""
    encodable = text.encode("utf-8", "replace").decode("utf-8") == text
    if not text or text == EPSILON_LABEL or set(text) & set(" \t\r\n") or not encodable:
        raise mismatch("input_symbols", "text without space, not <eps>", symbol)
    return text
