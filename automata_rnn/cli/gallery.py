"""The automata of the demonstration, with words to run on them."""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Word
from automata_rnn.automata import (
    WFA,
    dfa_from_regex,
    wfa_from_hmm,
    wfa_from_nfa,
)
from automata_rnn.semiring import INTEGER


@dataclass(frozen=True)
class Example:
    """An automaton, words that it must accept and reject, and words to compare.

    Attributes:
        returns_to: what its networks are extracted as: DFA or WFA.
        compared: words whose values, not decisions, must agree.
    """

    name: str
    machine: Any
    returns_to: type
    accepted: tuple[Word, ...] = ()
    rejected: tuple[Word, ...] = ()
    compared: tuple[Word, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        return (*self.accepted, *self.rejected, *self.compared)

    def describe(self) -> str:
        kind = type(self.machine).__name__
        if isinstance(self.machine, DFA):
            return f"{kind}, {len(self.machine.states)} states"
        if isinstance(self.machine, WFA):
            size, name = self.machine.num_states, self.machine.semiring.name
            return f"{kind} over {name}, {size} states"
        return f"{kind}, {self.machine.order} cells"


def gallery() -> Iterator[Example]:
    """Regexes people use, parity, a counting NFA, an HMM and a shift register."""
    digits = string.digits
    yield Example(
        "IPv4 octet",
        dfa_from_regex("25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]", digits),
        DFA,
        accepted=("0", "9", "42", "199", "249", "255"),
        rejected=("", "00", "256", "300", "1234"),
    )
    yield Example(
        "ISO date",
        dfa_from_regex(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", digits + "-"),
        DFA,
        accepted=("2024-02-29", "1999-12-31", "0001-01-01"),
        rejected=("2024-13-01", "2024-00-10", "2024-1-1", "2024-01-32", ""),
    )
    yield Example(
        "C comment",
        dfa_from_regex(r"/\*([^*]|\*+[^*/])*\*+/", string.printable),
        DFA,
        accepted=("/**/", "/* a * b / c */", "/***\n***/"),
        rejected=("/*/", "/* open", "/* a */ b */", "// line"),
    )
    yield Example(
        "even number of 1s",
        dfa_from_regex("(0*10*1)*0*"),
        DFA,
        accepted=("", "0", "11", "10101010"),
        rejected=("1", "10", "111"),
    )
    pair = NFA(
        states={0, 1, 2},
        input_symbols={"a", "b"},
        transitions={
            0: {"a": {0, 1}, "b": {0}},
            1: {"b": {2}},
            2: {"a": {2}, "b": {2}},
        },
        initial_state=0,
        final_states={2},
    )
    yield Example(
        "how often ab occurs",
        wfa_from_nfa(pair, INTEGER),
        WFA,
        compared=("", "ab", "abab", "ba" * 10, "aabb" * 25),
    )
    yield Example(
        "weather HMM",
        wfa_from_hmm(
            startprob=[0.625, 0.375],
            transmat=[[0.75, 0.25], [0.375, 0.625]],
            emissionprob=[[0.125, 0.375, 0.5], [0.625, 0.25, 0.125]],
            alphabet=("walk", "shop", "clean"),
        ),
        WFA,
        compared=((), ("walk",), ("walk", "shop", "clean"), ("clean",) * 20),
    )
    yield Example(
        "LFSR x⁵+x²+1", shift_register(), WFA, compared=("", "1" * 31, "1" * 100)
    )


def shift_register() -> Any:
    """galois' register of a primitive polynomial over GF(2): period 31."""
    import galois  # 0.8 s: only the demonstration pays it

    return galois.FLFSR(galois.Poly.Degrees([5, 2, 0], field=galois.GF(2)))
