"""How fast values of a weighted automaton grow, and how parallel they are."""

import numpy as np

from automata_rnn.automata import WFA
from automata_rnn.exact import smallest_field
from automata_rnn.exact.rational import to_flint
from automata_rnn.membership.counting import ambiguity_lines
from automata_rnn.membership.image import Image, largest_image
from automata_rnn.membership.report import Line, no, show, unknown, yes
from automata_rnn.membership.spectrum import factors, radius
from automata_rnn.membership.triangular import Triangularity
from automata_rnn.semiring import RATIONAL

FINITE = "finitely many values"
TRIANGULAR = "triangularisable over ℂ"
POLYNOMIAL = "polynomial growth"
TC0, NC1 = "values in TC⁰", "values in NC¹"
LARGEST_ALGEBRA = 12  # states up to which n² × n² elimination is tried


def finitely_many_values(minimal: WFA, image: Image) -> Line:
    """Whether {f(w)} is finite: whether {W_w} of the minimal automaton is."""
    reason = "the matrices of a minimal WFA are finitely many exactly then"
    if image.size is not None:
        return yes(FINITE, f"{image.size:,} matrices", reason, matrices=image.size)
    if image.word is None:
        because = f"the search met {image.seen:,} matrices and no reason why not"
        if image.seen >= largest_image(minimal.num_states):
            return unknown(FINITE, f"{because}; more would be too large")
        return unknown(FINITE, f"{because}; raise max_matrices to go on")
    word = minimal.alphabet.decode(image.word)
    said = f"that of {show(word)} has {image.reason}"
    return no(FINITE, said, reason, word=list(map(str, word)), why=str(image.reason))


def triangularisable(minimal: WFA, found: Triangularity | None) -> Line:
    """McCoy's criterion, by traces over a basis of the algebra."""
    reason = "commutators are in the radical of the algebra (McCoy 1936)"
    if found is None:
        states = minimal.num_states
        return unknown(TRIANGULAR, f"{states} states are more than {LARGEST_ALGEBRA}")
    if found.pair is None:
        said = f"traces with all {found.dimension} words of a basis vanish"
        return yes(TRIANGULAR, said, reason, dimension=found.dimension)
    a, b = (str(minimal.alphabet.symbols[code]) for code in found.pair)
    word = minimal.alphabet.decode(found.word)
    said = f"tr([{a}, {b}] · {show(word)}) = {found.trace}"
    data = {"pair": [a, b], "word": list(map(str, word)), "trace": str(found.trace)}
    return no(TRIANGULAR, said, reason, **data)


def polynomial_growth(
    given: WFA, minimal: WFA, image: Image, triangular: Triangularity | None
) -> Line:
    """Whether the largest |f(w)| of length t is at most polynomial in t.

    Joint spectral radius ≤ 1 is undecidable in general (Blondel, Tsitsiklis 2000).
    """
    if image.size is not None:
        return yes(POLYNOMIAL, f"{image.size:,} matrices", "finitely many values")
    if image.growing is not None:
        word = minimal.alphabet.decode(image.growing)
        said = f"that of {show(word)} has {image.reason}, above 1"
        data = list(map(str, word))
        return no(POLYNOMIAL, said, "an eigenvalue above 1 in some word", word=data)
    if any(np.all(abs(given.weights).sum(axis=axis) <= 1) for axis in (1, 2)):
        return yes(POLYNOMIAL, "sums of |rows| (or columns) ≤ 1", "‖A_σ‖ ≤ 1: bounded")
    if triangular is not None and triangular.triangular and _letters_within(minimal):
        degree = max(0, minimal.num_states - 1)
        said, reason = f"degree at most {degree}", "triangular, |eigenvalues| ≤ 1"
        return yes(POLYNOMIAL, said, reason, degree=degree)
    counted = next(iter(ambiguity_lines(given)), None)
    if counted is not None and counted.verdict == "no":
        return no(POLYNOMIAL, counted.certificate, counted.reason)
    if counted is not None and counted.verdict == "yes":
        exact = counted.data["degree"]
        return yes(POLYNOMIAL, f"degree {exact}", counted.reason, degree=exact)
    because = f"none of {image.seen:,} words has an eigenvalue above 1"
    return unknown(POLYNOMIAL, f"{because} (undecidable in general)")


def _letters_within(minimal: WFA) -> bool:
    sizes = (
        radius(factor)
        for matrix in minimal.weights
        for factor, _ in factors(to_flint(matrix))
    )
    return all(size in ("below 1", "1") for size in sizes)


def in_tc0(minimal: WFA, triangular: Triangularity | None) -> Line:
    """Triangular products are sums of few iterated products of rationals."""
    if triangular is None or not triangular.triangular:
        because = "the minimal matrices are not known to be triangular in one basis"
        return unknown(TC0, because)
    if smallest_field(minimal.weights) is not RATIONAL:
        return unknown(TC0, "eigenvalues are not all rational")
    reason = "iterated sums and products are (Hesse, Allender, Barrington 2002)"
    return yes(TC0, "triangular in one basis over ℚ", reason)


def in_nc1(image: Image, *one_hot: Line) -> Line:
    """PD machines are in NC¹ (Theorem 7), and finite monoids.

    `one_hot`: the lines that say whether the machine is one.
    """
    if image.size is not None:
        return yes(NC1, f"{image.size:,} matrices", "products in a finite monoid")
    for line in one_hot:
        if line.verdict == "yes":
            return yes(NC1, f"PD with {line.certificate}", "Theorem 7, as repaired")
    return unknown(NC1, "only PNC¹ is known of WFAs over ℚ (Theorem 3)")
