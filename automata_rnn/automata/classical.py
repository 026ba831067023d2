"""automata-lib's DFA in and out: as tables and as weighted automata."""

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.finite import DFATable
from automata_rnn.automata.language import indicator
from automata_rnn.automata.wfa import WFA, absorb_bos, nondeterminism
from automata_rnn.semiring import RATIONAL, Semiring
from automata_rnn.system import adapter


def sorted_symbols(symbols: Iterable[Any]) -> tuple[Symbol, ...]:
    """Symbols in an order that does not depend on hashing: by type, then value."""
    try:
        return tuple(sorted(symbols, key=lambda s: (type(s).__name__, s)))
    except TypeError:
        return tuple(sorted(symbols, key=lambda s: (type(s).__name__, repr(s))))


def alphabet_of(automaton: DFA | NFA, symbols: Iterable[Symbol] | None) -> Alphabet:
    """The automaton's input symbols, in the caller's order where one is given."""
    if symbols is None:
        return Alphabet(sorted_symbols(automaton.input_symbols))
    alphabet = Alphabet(symbols)
    if set(alphabet) != set(automaton.input_symbols):
        raise ValueError(
            f"alphabet: wanted the input symbols "
            f"{sorted_symbols(automaton.input_symbols)}, got {alphabet.symbols}"
        )
    return alphabet


@adapter("automata.fa.dfa.DFA")
def table_from_dfa(dfa: DFA, alphabet: Iterable[Symbol] | None = None) -> DFATable:
    """The reachable part of a DFA as a table, numbered breadth-first.

    Missing transitions of a partial DFA lead to a rejecting sink. The numbering depends
    on the automaton and the order of the alphabet only, not on names or hashing.
    """
    sigma = alphabet_of(dfa, alphabet)
    sink = object()
    order: dict[Hashable, int] = {dfa.initial_state: 0}
    rows: list[list[int]] = []
    pending: list[Any] = [dfa.initial_state]
    for state in pending:  # grows while it is read
        moves: Any = {} if state is sink else dfa.transitions[state]
        row = []
        for symbol in sigma:
            target = moves.get(symbol, sink)
            if target not in order:
                order[target] = len(order)
                pending.append(target)
            row.append(order[target])
        rows.append(row)
    accepting = np.array([state in dfa.final_states for state in pending])
    successors = np.array(rows, dtype=np.intp).reshape(len(rows), len(sigma)).T
    return DFATable(sigma, 0, np.ascontiguousarray(successors), accepting)


def dfa_from_table(table: DFATable, *, minify: bool = True) -> DFA:
    """automata-lib's DFA with states 0, …, n - 1, breadth-first; minimal by default."""
    states = range(table.num_states)
    symbols: list[Any] = list(table.alphabet)
    dfa = DFA(
        states=set(states),
        input_symbols=set(symbols),
        transitions={
            q: {s: int(table.successors[code, q]) for code, s in enumerate(symbols)}
            for q in states
        },
        initial_state=table.initial,
        final_states={q for q in states if table.accepting[q]},
    )
    if not minify:
        return dfa
    minimal = dfa.minify()
    return dfa_from_table(table_from_dfa(minimal, table.alphabet), minify=False)


def wfa_from_dfa(
    dfa: DFA,
    semiring: Semiring = RATIONAL,
    *,
    alphabet: Iterable[Symbol] | None = None,
) -> WFA:
    """The WFA of value 1̄ on accepted words and 0̄ on others; deterministic."""
    return indicator(table_from_dfa(dfa, alphabet), semiring)


def dfa_from_wfa(wfa: WFA) -> DFA:
    """automata-lib's DFA of a deterministic WFA with weights 0̄ and 1̄ only.

    Raises ValueError naming the weight or the choice that a DFA cannot have. For other
    weighted automata, `translations.translate(wfa, DFA)` explores state vectors.
    """
    wfa = absorb_bos(wfa)
    reason = nondeterminism(wfa)
    if reason is not None:
        raise ValueError(f"wfa: wanted a deterministic automaton, but {reason}")
    units = (wfa.semiring.zero, wfa.semiring.one)
    for name in ("initial", "weights", "final"):
        for value in getattr(wfa, name).ravel().tolist():
            if value not in units:
                raise ValueError(f"wfa.{name}: wanted weights {units}, got {value}")
    n = wfa.num_states
    arcs = ~wfa.semiring.is_zero(wfa.weights)
    successors = np.where(arcs.any(axis=2), arcs.argmax(axis=2), n)  # n is the sink
    successors = np.hstack([successors, np.full((len(successors), 1), n)])
    starts = np.flatnonzero(~wfa.semiring.is_zero(wfa.initial))
    accepting = np.append(~wfa.semiring.is_zero(wfa.final), False)
    first = int(starts[0]) if len(starts) else n
    return dfa_from_table(DFATable(wfa.alphabet, first, successors, accepting))
