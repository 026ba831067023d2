"""Automata: the machines on the symbolic side."""

from automata_rnn.automata.cascade import Cascade, Level, uncovered
from automata_rnn.automata.classical import (
    dfa_from_table,
    dfa_from_wfa,
    table_from_dfa,
    wfa_from_dfa,
)
from automata_rnn.automata.cycles import Cycle, find_cycle
from automata_rnn.automata.determinize import determinize
from automata_rnn.automata.equivalence import (
    compare,
    compare_languages,
    counterexample,
)
from automata_rnn.automata.finite import DFATable, TooManyStates, matching_states
from automata_rnn.automata.holonomy import holonomy
from automata_rnn.automata.krohn_rhodes import NotSolvable, krohn_rhodes
from automata_rnn.automata.language import Language, indicator, language
from automata_rnn.automata.minimize import Minimization, minimize
from automata_rnn.automata.nfa import nfa_from_wfa, wfa_from_nfa
from automata_rnn.automata.pairs import Verdict
from automata_rnn.automata.probabilistic import wfa_from_hmm, wfa_from_ngram_counts
from automata_rnn.automata.regex import (
    dfa_from_regex,
    nfa_from_regex,
    wfa_from_regex,
)
from automata_rnn.automata.wfa import (
    WFA,
    absorb_bos,
    is_deterministic,
    nondeterminism,
    with_semiring,
)

__all__ = [
    "WFA",
    "Cascade",
    "Cycle",
    "DFATable",
    "Language",
    "Level",
    "Minimization",
    "NotSolvable",
    "TooManyStates",
    "Verdict",
    "absorb_bos",
    "compare",
    "compare_languages",
    "counterexample",
    "determinize",
    "dfa_from_regex",
    "dfa_from_table",
    "dfa_from_wfa",
    "find_cycle",
    "holonomy",
    "indicator",
    "is_deterministic",
    "krohn_rhodes",
    "language",
    "matching_states",
    "minimize",
    "nfa_from_regex",
    "nfa_from_wfa",
    "nondeterminism",
    "table_from_dfa",
    "uncovered",
    "wfa_from_dfa",
    "wfa_from_hmm",
    "wfa_from_nfa",
    "wfa_from_ngram_counts",
    "wfa_from_regex",
    "with_semiring",
]
