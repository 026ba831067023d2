"""What the syntactic monoid says of a regular language, line by line."""

from collections.abc import Callable, Iterator

from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.automata import WFA, DFATable, TooManyStates
from automata_rnn.automata.language import DEFAULT_MAX_STATES
from automata_rnn.membership import complexity, holding, locality, varieties
from automata_rnn.membership.affine import WITH_INPUTS
from automata_rnn.membership.algebra import Algebra
from automata_rnn.membership.partial import partial_lines, too_large
from automata_rnn.membership.report import Line, Report, unknown, yes
from automata_rnn.membership.syntactic import syntactic_monoid

Test = Callable[[Algebra], Line]

FROM_LETTERS: dict[str, Test] = {
    varieties.COMMUTATIVE: varieties.commutative,
    varieties.GROUP: varieties.group_language,
}
"""What the letters' maps alone decide, however large the monoid is."""

OF_ALL_ELEMENTS: dict[str, Test] = {
    "piecewise testable": varieties.piecewise_testable,
    "R-trivial": varieties.r_trivial,
    "L-trivial": varieties.l_trivial,
    "two-variable FO²[<] (DA)": varieties.two_variable,
    "finite or cofinite (nilpotent)": varieties.nilpotent,
    "definite": varieties.definite,
    "reverse definite": varieties.reverse_definite,
    "generalised definite": varieties.generalised_definite,
    locality.LOCAL: locality.locally_testable,
    locality.THRESHOLD: locality.threshold_testable,
    complexity.AC0: complexity.in_ac0,
    complexity.ACC0: complexity.in_acc0,
    complexity.NC1: complexity.nc1_complete,
    holding.POSITIVE: holding.positive_gates,
    holding.SIGNED: holding.signed_gates,
    holding.COMPLEX_GATES: holding.complex_gates,
}
"""What needs all elements."""

OF_THE_AUTOMATON: dict[str, Test] = {
    holding.ONE_DIAGONAL: holding.one_diagonal_layer,
    WITH_INPUTS: holding.one_diagonal_layer_with_inputs,
    holding.PD: holding.one_hot_diagonal,
    holding.HOUSEHOLDER: holding.householder,
    holding.FOUR: holding.four_layers,
}
OF_EVERY_LANGUAGE = {holding.PD: holding.EVERY_DFA, holding.FOUR: holding.EVERY_WFA}
"""What no automaton is needed for, and why."""


def classify_language(
    machine: DFA | NFA | WFA | DFATable,
    *,
    max_elements: int = 50_000,
    max_products: int = 20_000_000,
    max_states: int = DEFAULT_MAX_STATES,
) -> Report:
    """The report of a regular language, given by any acceptor.

    Args:
        max_elements: of the syntactic monoid.
        max_products: of elements, in one test of locality or of images of Σᵗ.
        max_states: of the DFA that the subset construction makes of an NFA or a WFA,
            before it is minimised; past it, lines say "unknown, because".

    Raises ValueError for budgets below 1.
    """
    for name, budget in (("max_products", max_products), ("max_states", max_states)):
        if budget < 1:
            raise ValueError(f"{name}: wanted at least 1, got {budget}")
    try:
        monoid = syntactic_monoid(
            machine, max_elements=max_elements, max_states=max_states
        )
    except TooManyStates as error:
        return unexplored(f"language of a {type(machine).__name__}", error)
    algebra = Algebra(monoid, max_products)
    table = monoid.table
    kind = type(machine).__name__
    subject = f"language of a {kind} over {len(table.alphabet)} letters"
    facts: dict[str, int | str] = {"states of the minimal DFA": table.num_states}
    if algebra.complete:
        counts = algebra.relations.counts()
        facts |= {
            "elements of the syntactic monoid": len(monoid),
            "idempotents": len(monoid.maps.idempotents),
            **{f"{name.upper()}-classes": count for name, count in counts.items()},
            "groups": _orders(algebra),
        }
    else:
        facts["elements of the syntactic monoid"] = f"more than {len(monoid):,}"
    return Report(subject, facts, tuple(_lines(algebra)))


def unexplored(subject: str, error: TooManyStates) -> Report:
    """The report where the DFA was not found; what holds of every regular language."""
    seen = f"more than {error.seen:,}"
    because = f"{seen} states, not yet minimised; raise max_states"
    names = [varieties.STAR_FREE, *FROM_LETTERS, *OF_ALL_ELEMENTS, *OF_THE_AUTOMATON]
    said = "as many as the minimal DFA has states, not known"
    lines = [
        yes(name, said, OF_EVERY_LANGUAGE[name])
        if name in OF_EVERY_LANGUAGE
        else unknown(name, because)
        for name in names
    ]
    return Report(subject, {"states before minimising": seen}, tuple(lines))


def _lines(algebra: Algebra) -> Iterator[Line]:
    yield varieties.aperiodic(algebra)
    for test in FROM_LETTERS.values():
        yield test(algebra)
    large = {} if algebra.complete else partial_lines(algebra)
    for name, test in OF_ALL_ELEMENTS.items():
        if algebra.complete:
            yield test(algebra)
        else:
            yield large.get(name) or too_large(name, algebra)
    for test in OF_THE_AUTOMATON.values():
        yield test(algebra)


def _orders(algebra: Algebra) -> str:
    orders = [group.order for group in algebra.subgroups]
    return " ".join(map(str, sorted(orders))) or "trivial"
