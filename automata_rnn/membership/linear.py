"""What the minimal form of a weighted automaton says of it, line by line.

Numbers only: weights in ℚ, ℤ, or floats, which are the rationals that they are.
"""

from collections.abc import Iterator

from automata_rnn.automata import (
    WFA,
    TooManyStates,
    absorb_bos,
    language,
    minimize,
    with_semiring,
)
from automata_rnn.membership import fitting, growth
from automata_rnn.membership.affine import diagonal_with_inputs
from automata_rnn.membership.counting import ambiguity_lines
from automata_rnn.membership.image import matrix_image
from automata_rnn.membership.regular import classify_language
from automata_rnn.membership.report import Line, Report, unknown, yes
from automata_rnn.membership.triangular import triangularity
from automata_rnn.semiring import INTEGER, RATIONAL, REAL

REGULAR = "{f > 0} regular"
NUMBERS = (RATIONAL, INTEGER, REAL)

OF_ITS_LANGUAGE = (
    "star-free (aperiodic)",
    "in AC⁰",
    "in ACC⁰, within TC⁰",
    "NC¹-complete",
    "diagonal layers, gates ≥ 0",
    "diagonal layers, gates of either sign",
    "diagonal layers, complex gates",
)
"""Lines that are added where {w : f(w) > 0} is seen to be regular."""


def classify_numbers(
    wfa: WFA,
    *,
    max_elements: int = 50_000,
    max_products: int = 20_000_000,
    max_matrices: int = 2_000,
    max_states: int = 1_000,
) -> Report:
    """The report of a weighted automaton over ℚ, ℤ or floats.

    Args:
        max_elements, max_products: see `classify_language`, for {w : f(w) > 0}.
        max_matrices: different products of matrices to look at.
        max_states: of the deterministic automaton, and of the DFA of {w : f(w) > 0}.

    Raises ValueError for budgets below 1, and other weights.
    """
    for name, budget in (("max_matrices", max_matrices), ("max_states", max_states)):
        if budget < 1:
            raise ValueError(f"{name}: wanted at least 1, got {budget}")
    if wfa.semiring not in NUMBERS:
        raise ValueError(
            f"wfa.semiring: wanted rational, integer or real, got {wfa.semiring.name}"
        )
    given = with_semiring(absorb_bos(wfa), RATIONAL)
    minimal = minimize(given).wfa
    image = matrix_image(minimal, max_matrices)
    triangular = (
        triangularity(minimal.weights)
        if minimal.num_states <= growth.LARGEST_ALGEBRA
        else None
    )
    facts: dict[str, int | str] = {
        "states": given.num_states,
        "minimal states": minimal.num_states,
    }
    if image.size is not None:
        facts["matrices"] = image.size
    if triangular is not None:
        facts["dimension of the algebra"] = triangular.dimension
    one_hot = fitting.one_hot(given)
    directions = fitting.by_determinising(minimal, max_states)
    lines = [
        growth.finitely_many_values(minimal, image),
        fitting.deterministic(given),
        one_hot,
        directions,
        fitting.diagonalisable(minimal),
        diagonal_with_inputs(tuple(map(str, minimal.alphabet)), minimal.weights),
        growth.triangularisable(minimal, triangular),
        fitting.householder(given, minimal),
        fitting.rank_one(given),
        growth.polynomial_growth(given, minimal, image, triangular),
        growth.in_tc0(minimal, triangular),
        growth.in_nc1(image, one_hot, directions),
        *ambiguity_lines(given),
        *_of_language(minimal, max_states, max_elements, max_products),
    ]
    subject = f"WFA over {wfa.semiring.name}, {len(given.alphabet)} letters"
    return Report(subject, facts, tuple(lines))


def _of_language(
    minimal: WFA, max_states: int, max_elements: int, max_products: int
) -> Iterator[Line]:
    """Lines of {w : f(w) > 0}, where exploring states up to scale ends."""
    try:
        table = language(minimal, RATIONAL, max_states=max_states).table
    except TooManyStates as error:
        because = f"more than {error.seen:,} states up to scale were met"
        yield unknown(REGULAR, f"{because}; raise max_states to go on")
        return
    report = classify_language(
        table, max_elements=max_elements, max_products=max_products
    )
    states = report.facts["states of the minimal DFA"]
    yield yes(REGULAR, f"{states} states", "state vectors up to positive scale")
    for name in OF_ITS_LANGUAGE:
        line = report[name]
        yield Line(
            f"{{f > 0}} {name}", line.verdict, line.certificate, line.reason, line.data
        )
