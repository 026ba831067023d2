"""What machines accept, checked, and the classes they belong to, with certificates."""

from automata_rnn.membership.ambiguity import Ambiguity, ambiguity
from automata_rnn.membership.classify import classifier, classify
from automata_rnn.membership.groups import Subgroup, maximal_subgroups
from automata_rnn.membership.linear import classify_numbers
from automata_rnn.membership.machines import classify_counters, classify_stacks
from automata_rnn.membership.regular import classify_language
from automata_rnn.membership.report import Line, Report
from automata_rnn.membership.syntactic import (
    Green,
    SyntacticMonoid,
    green,
    syntactic_monoid,
)
from automata_rnn.membership.triangular import Triangularity, triangularity
from automata_rnn.membership.validate import validate
from automata_rnn.membership.validation import (
    Check,
    Disagreement,
    Validation,
    record,
)

__all__ = [
    "Ambiguity",
    "Check",
    "Disagreement",
    "Green",
    "Line",
    "Report",
    "Subgroup",
    "SyntacticMonoid",
    "Triangularity",
    "Validation",
    "ambiguity",
    "classifier",
    "classify",
    "classify_counters",
    "classify_language",
    "classify_numbers",
    "classify_stacks",
    "green",
    "maximal_subgroups",
    "record",
    "syntactic_monoid",
    "triangularity",
    "validate",
]
