"""Which network types hold a regular language, in how many layers, and why not."""

from collections.abc import Iterator

import numpy as np

from automata_rnn.automata import indicator, minimize
from automata_rnn.exact import NotDiagonalizable, check_diagonalizable, factorize
from automata_rnn.exact.rational import to_flint
from automata_rnn.membership.algebra import Algebra
from automata_rnn.membership.complexity import group_text, non_solvable
from automata_rnn.membership.report import Line, no, unknown, yes
from automata_rnn.membership.varieties import longest_cycle
from automata_rnn.semiring import RATIONAL, Array

POSITIVE = "diagonal layers, gates ≥ 0"
SIGNED = "diagonal layers, gates of either sign"
COMPLEX_GATES = "diagonal layers, complex gates"
ONE_DIAGONAL = "one diagonal layer, linear readout"
PD = "PD, one layer"
HOUSEHOLDER = "DeltaProduct, one head"
FOUR = "RWKV-7 or DeltaNet, four layers"
PERIODS = "finite precision: periods are powers of 2 (Grazzi et al. 2025, Theorem 2)"
SIGN_CASCADE = "resets and Z2 in a cascade (Krohn, Rhodes 1965), layers not known"
CASCADE = "resets and roots of unity in a cascade (Krohn, Rhodes; Sarrof et al. 2024)"
IN_TC0 = "diagonal layers are in TC⁰ (Merrill et al. 2024); no if TC⁰ ≠ NC¹"
MANY_STATES = 40  # up to which matrices of the DFA are factorised


def positive_gates(algebra: Algebra) -> Line:
    """Sarrof et al. 2024, Theorem 4: exactly the star-free languages."""
    reason = "finite precision: exactly the star-free languages (Sarrof et al. 2024)"
    turning = np.flatnonzero(~algebra.steady)
    if len(turning):
        x = int(turning[0])
        cycle = longest_cycle(algebra.monoid.maps.elements[x])
        said = f"{algebra.show(x)} turns states in a cycle of {len(cycle)}"
        return no(POSITIVE, said, reason, word=algebra.letters(x))
    return yes(POSITIVE, "fewest layers not known", reason, layers=None)


def signed_gates(algebra: Algebra) -> Line:
    """Products of real gates have real eigenvalues: groups must be 2-groups.

    After k times x, a layer of finite precision with real gates has a period in k that
    is a power of two if what it reads has; so acceptance of u xᵏ v has, too.
    Conversely the cascade of a monoid with 2-groups is resets and ℤ₂ (Krohn, Rhodes
    1965), a gate 0 and a gate -1.
    """
    orders = sorted(group.order for group in algebra.subgroups)
    if any(order & (order - 1) for order in orders):  # then odd cycles (Cauchy)
        x, size = next(_odd_turns(algebra))
        said = f"{algebra.show(x)} turns states in a cycle of {size}"
        word = algebra.letters(x)
        return no(SIGNED, said, PERIODS, word=word, cycle=size)
    said = f"groups of orders {orders}" if orders else "no groups"
    return yes(SIGNED, said, SIGN_CASCADE, orders=orders, layers=None)


def _odd_turns(algebra: Algebra) -> Iterator[tuple[int, int]]:
    """Elements with a cycle whose length is not a power of two, and its length."""
    for x in np.flatnonzero(~algebra.steady):
        for size in sorted(cycle_lengths(algebra.monoid.maps.elements[x])):
            if size & (size - 1):
                yield int(x), size


def cycle_lengths(mapping: Array) -> set[int]:
    """The lengths of the cycles of a map."""
    found = set()
    for start in range(len(mapping)):
        state, size = int(mapping[start]), 1
        while state != start and size <= len(mapping):
            state, size = int(mapping[state]), size + 1
        if state == start:
            found.add(size)
    return found


def complex_gates(algebra: Algebra) -> Line:
    """Solvable: a cascade of resets and roots of unity. Else not, if TC⁰ ≠ NC¹."""
    bad = non_solvable(algebra)
    if bad is not None:
        reason = "diagonal layers are in TC⁰ (Merrill et al. 2024); no if TC⁰ ≠ NC¹"
        return no(COMPLEX_GATES, group_text(bad), reason)
    reason = (
        "resets and roots of unity in a cascade (Krohn, Rhodes 1965; Sarrof et al.)"
    )
    said = "all groups solvable, fewest layers not known"
    return yes(COMPLEX_GATES, said, CASCADE, layers=None)


def one_diagonal_layer(algebra: Algebra) -> Line:
    """Whether h ⊙ a_σ and a linear readout have value 1 on the language, else 0."""
    reason = "minimal matrices commute and are diagonalisable exactly then"
    table = algebra.monoid.table
    if table.num_states > MANY_STATES:
        return unknown(ONE_DIAGONAL, _many(algebra))
    minimal = minimize(indicator(table, RATIONAL)).wfa
    try:
        check_diagonalizable(minimal.alphabet.symbols, minimal.weights)
    except NotDiagonalizable as error:
        found = error.obstruction
        symbols = list(map(str, found.symbols))
        said = f"{found.kind} of {' and '.join(symbols)}"
        return no(ONE_DIAGONAL, said, reason, kind=found.kind, symbols=symbols)
    units = minimal.num_states
    return yes(ONE_DIAGONAL, f"{units} units", reason, units=units, layers=1)


def one_hot_diagonal(algebra: Algebra) -> Line:
    """PD-SSM holds every regular language: states are units, letters maps."""
    units = algebra.monoid.table.num_states
    reason = "every DFA, states as units (Theorem 8; PD-SSM, Proposition 2)"
    return yes(PD, f"{units} units", reason, units=units, layers=1)


def four_layers(algebra: Algebra) -> Line:
    """Theorem 6: every regular language, in layers with unrestricted parameters."""
    states = algebra.monoid.table.num_states
    reason = "every WFA over ℚ, parameters unrestricted (Theorem 6)"
    said = f"{states} states; as compiled here, more layers past 12 (4) states"
    return yes(FOUR, said, reason, states=states, layers=4)


def householder(algebra: Algebra) -> Line:
    """The number n_h of steps I - β kᵀk a letter takes in one layer, with bounds.

    Above: `factorize` of the letters' matrices. Below: rank(A_σ - I) in the minimal
    WFA, which has every other linear realisation's matrices as blocks.
    """
    table = algebra.monoid.table
    if table.num_states > MANY_STATES:
        return yes(
            HOUSEHOLDER,
            f"at most {4 * table.num_states} steps a letter; fewest not known",
            "every rational matrix is a product of 4n steps",
            layers=1,
        )
    dfa = indicator(table, RATIONAL)
    most = {
        str(symbol): len(factorize(matrix).factors)
        for symbol, matrix in zip(table.alphabet, dfa.weights, strict=True)
    }
    minimal = minimize(dfa).wfa
    least = max([0, *(distance_from_identity(a) for a in minimal.weights)])
    steps = max([0, *most.values()])
    reason = "steps of a letter ≥ rank(A - I) of the minimal WFA; β unrestricted"
    if steps == least:
        said = f"n_h = {steps}, minimal"
    else:
        said = f"n_h between {least} and {steps}, minimum not known"
    return yes(HOUSEHOLDER, said, reason, n_h=steps, least=least, letters=most)


def distance_from_identity(matrix: Array) -> int:
    """rank(A - I), over ℚ."""
    shifted = matrix - RATIONAL.eye(len(matrix), matrix)
    return int(to_flint(shifted).rank()) if len(matrix) else 0


def _many(algebra: Algebra) -> str:
    states = algebra.monoid.table.num_states
    return f"the minimal DFA has {states} states, more than {MANY_STATES}"
