"""Networks that are linear in their state, read exactly: the true number of states.

For each symbol such a network applies one affine map to its state, and it reads one
number off the state linearly. So it is a weighted automaton, over the field of its
weights, floats being the rationals that they are, and `automata.minimize` finds the
smallest one. Its size is the rank of the network's Hankel matrix, whatever the hidden
size is: units that no word reaches, that nothing reads, or that repeat others are gone.
"""

from typing import Any

from automata_rnn.automata import WFA, minimize
from automata_rnn.automata.minimize import over_field
from automata_rnn.semiring import REAL
from translations.equivalence import compare
from translations.extraction.budget import (
    Budget,
    BudgetSpent,
    all_or_nothing,
    check_time,
    elapsed,
)
from translations.extraction.queries import guarantee_of
from translations.extraction.result import Extraction, Hypothesis
from translations.routes import as_wfa

FLOATS = "floats were taken as the rationals that they are; a run in floats rounds"


PRODUCTS_PER_SECOND = 4_000_000
"""What k n³ of a network of n units and k symbols is divided by for the time that it
takes over ℚ, about."""


def exact(network: Any, *, seconds: float | None = 60.0) -> Extraction:
    """The smallest WFA of a network that is linear in its state, and the proof.

    Takes LinearRNN, DiagonalRNN, PDRNN, RWKV7, DeltaNet, GatedDeltaNet, DeltaProduct, a
    Network whose layers below the last are finite-state, and automata; over ℚ, ℤ, a
    finite field, or floats. The automaton is over ℚ or the finite field, reads no
    beginning-of-sequence symbol, and no automaton of the function has fewer states.

    The proof is about exact arithmetic with the weights as they are stored; a run in
    floats rounds. Rounded weights rarely have the rank that was meant:
    `numerical` looks for it.

    Raises TypeError for machines that no translation reads as an automaton, and
    ValueError for weights of no field and where more than `seconds` would be needed,
    before the work where that shows in the size.

    >>> from automata_rnn import REAL, Alphabet
    >>> from automata_rnn.rnns import DiagonalRNN
    >>> gates = [[0.5, 0.5, 0.25], [1, 1, 1]]  # two channels that do the same
    >>> found = exact(DiagonalRNN(REAL, Alphabet("ab"), [1, 2, 3], gates, [1, 1, 0]))
    >>> found.num_states, found.guarantee.kind
    (1, 'proof')
    """
    with all_or_nothing():
        return exact_within(network, Budget(seconds=seconds))


def exact_within(network: Any, budget: Budget) -> Extraction:
    """As `exact`; BudgetSpent where the time is over."""
    wfa = as_wfa(network)
    floats = wfa.semiring is REAL
    plain = over_field(wfa)
    check_size(plain, budget)
    smallest = minimize(plain).wfa
    check_time(budget)
    verdict = compare(plain, smallest)
    hidden = getattr(network, "hidden_size", wfa.num_states)
    notes = [f"{hidden} units are {smallest.num_states} states; none are fewer"]
    if floats:
        notes.append(FLOATS)
    return Extraction(
        smallest,
        "exact",
        0,
        elapsed(budget),
        guarantee_of(verdict),
        verdict.counterexample,
        (Hypothesis(smallest.num_states, verdict.counterexample, smallest),),
        tuple(notes),
    )


def check_size(wfa: WFA, budget: Budget) -> None:
    """BudgetSpent where linear algebra over ℚ is sure to take longer than is left."""
    n, k = wfa.num_states, len(wfa.alphabet)
    needed = k * n**3 / PRODUCTS_PER_SECOND
    if budget.seconds is None or wfa.semiring.field != "Q":
        return
    if needed > budget.seconds - elapsed(budget):
        raise BudgetSpent(
            f"linear algebra over ℚ with {n} units and {k} symbols takes about "
            f"{needed:.0f} s, more than {budget.seconds:g} s"
        )
