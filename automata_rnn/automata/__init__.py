"""Automata: the machines on the symbolic side."""

from automata_rnn.automata.cascade import Cascade, Level, uncovered
from automata_rnn.automata.classical import (
    dfa_from_table,
    dfa_from_wfa,
    table_from_dfa,
    wfa_from_dfa,
)
from automata_rnn.automata.counter import CounterMachine, Counters
from automata_rnn.automata.counter_program import (
    CounterProgram,
    counter_machine_from_program,
)
from automata_rnn.automata.counter_steps import (
    ScaledCounters,
    read_scaled,
    with_large_increments,
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
from automata_rnn.automata.pushdown import (
    PushdownMachine,
    clocked,
    read_pushdown,
    stack_machine_from_dpda,
)
from automata_rnn.automata.regex import (
    dfa_from_regex,
    nfa_from_regex,
    wfa_from_regex,
)
from automata_rnn.automata.stack import StackMachine, Stacks
from automata_rnn.automata.turing import (
    TapeMachine,
    Tapes,
    halted,
    read_tapes,
    stack_machine_from_tm,
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
    "CounterMachine",
    "CounterProgram",
    "Counters",
    "Cycle",
    "DFATable",
    "Language",
    "Level",
    "Minimization",
    "NotSolvable",
    "PushdownMachine",
    "ScaledCounters",
    "StackMachine",
    "Stacks",
    "TapeMachine",
    "Tapes",
    "TooManyStates",
    "Verdict",
    "absorb_bos",
    "clocked",
    "compare",
    "compare_languages",
    "counter_machine_from_program",
    "counterexample",
    "determinize",
    "dfa_from_regex",
    "dfa_from_table",
    "dfa_from_wfa",
    "find_cycle",
    "halted",
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
    "read_pushdown",
    "read_scaled",
    "read_tapes",
    "stack_machine_from_dpda",
    "stack_machine_from_tm",
    "table_from_dfa",
    "uncovered",
    "wfa_from_dfa",
    "wfa_from_hmm",
    "wfa_from_nfa",
    "wfa_from_ngram_counts",
    "wfa_from_regex",
    "with_large_increments",
    "with_semiring",
]
