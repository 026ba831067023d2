"""Which network types hold a regular language, in how many layers, and why not."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from automata_rnn.exact import NotDiagonalizable, check_diagonalizable, factorize
from automata_rnn.membership.affine import REASON, WITH_INPUTS, diagonal_with_inputs
from automata_rnn.membership.algebra import Algebra
from automata_rnn.membership.complexity import group_text, non_solvable
from automata_rnn.membership.ranks import identity_rank
from automata_rnn.membership.report import Line, no, show, unknown, yes
from automata_rnn.membership.varieties import commutative, longest_cycle
from automata_rnn.semiring import RATIONAL, Array

POSITIVE = "diagonal layers, gates ≥ 0"
SIGNED = "diagonal layers, gates of either sign"
COMPLEX_GATES = "diagonal layers, complex gates"
ONE_DIAGONAL = "one diagonal layer, linear readout"
PD = "PD, one layer"
HOUSEHOLDER = "DeltaProduct, one head"
FOUR = "RWKV-7 or DeltaNet, four layers"
PERIODS = "finite precision: periods are powers of 2 (Grazzi et al. 2025, Theorem 2)"
SIGN_CASCADE = "groups are 2-groups: resets and Z2 in a cascade (Krohn, Rhodes 1965)"
CASCADE = "resets and roots of unity in a cascade (Krohn, Rhodes; Sarrof et al. 2024)"
IN_TC0 = "diagonal layers are in TC⁰ (Merrill et al. 2024); no if TC⁰ ≠ NC¹"
EVERY_DFA = "every DFA, states as units (Theorem 8; PD-SSM, Proposition 2)"
EVERY_WFA = "every WFA over ℚ, parameters unrestricted (Theorem 6)"
MANY_STATES = 40  # up to which the automaton is minimised over ℚ
FEW_STATES = 16  # up to which matrices are factorised


def positive_gates(algebra: Algebra) -> Line:
    """Sarrof et al. 2024, Theorem 4: exactly the star-free languages."""
    reason = "finite precision: exactly the star-free languages (Sarrof et al. 2024)"
    turning = np.flatnonzero(~algebra.steady)
    if len(turning):
        x = int(turning[0])
        cycle = longest_cycle(algebra.monoid.maps.elements[x])
        said = f"{algebra.show(x)} turns states in a cycle of {len(cycle)}"
        return no(POSITIVE, said, reason, word=algebra.letters(x))
    layers = algebra.cascade_layers
    return yes(POSITIVE, layers_text(layers), reason, layers=layers)


def layers_text(layers: int | None) -> str:
    """What is known of the number of layers."""
    if layers is None:
        return "fewest layers not known"
    return f"at most {layers} layer{'s' if layers != 1 else ''}, fewest not known"


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
    layers = algebra.cascade_layers
    said = layers_text(layers)
    return yes(SIGNED, said, SIGN_CASCADE, orders=orders, layers=layers)


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
        return no(COMPLEX_GATES, group_text(bad), IN_TC0)
    layers = algebra.cascade_layers
    return yes(COMPLEX_GATES, layers_text(layers), CASCADE, layers=layers)


def one_diagonal_layer(algebra: Algebra) -> Line:
    """Whether h ⊙ a_σ and a linear readout have value 1 on the language, else 0.

    The minimal WFA tells all elements of M apart, so that letters must commute in M.
    """
    reason = "h ⊙ a_σ: minimal matrices commute and are diagonalisable exactly then"
    order = commutative(algebra)
    if order.verdict == "no":
        return no(ONE_DIAGONAL, order.certificate, reason, **order.data)
    table = algebra.monoid.table
    if table.num_states > MANY_STATES:
        because = f"the minimal DFA has {table.num_states} states"
        return unknown(ONE_DIAGONAL, f"{because}, more than {MANY_STATES}")
    minimal = algebra.minimal_weights
    try:
        check_diagonalizable(algebra.monoid.letters, minimal)
    except NotDiagonalizable as error:
        (symbol,) = map(str, error.obstruction.symbols)
        said = f"{error.obstruction.kind} of {symbol}"
        return no(ONE_DIAGONAL, said, reason, symbol=symbol)
    units = minimal.shape[1]
    return yes(ONE_DIAGONAL, f"{units} units", reason, units=units, layers=1)


def one_diagonal_layer_with_inputs(algebra: Algebra) -> Line:
    """Whether h ⊙ a_σ + b_σ and a linear readout have value 1 on the language.

    Reading x y instead of y x moves h by a vector that does not depend on h. So where
    x y and y x are one after some word and not after another, there is no such network.
    """
    letters = algebra.monoid.letters
    rows = algebra.letter_maps
    for i, x in enumerate(rows):
        for j, y in enumerate(rows[:i]):
            same = y[x] == x[y]
            if np.any(same) and not np.all(same):
                pair = [str(letters[j]), str(letters[i])]
                states = [int(np.argmax(same)), int(np.argmin(same))]
                said = f"{show(pair)} and {show(pair[::-1])} differ after some words"
                return no(WITH_INPUTS, said, REASON, letters=pair, states=states)
    states_now = algebra.monoid.table.num_states
    if states_now > FEW_STATES:
        because = f"the minimal DFA has {states_now} states, more than {FEW_STATES}"
        return unknown(WITH_INPUTS, because)
    return diagonal_with_inputs(tuple(map(str, letters)), algebra.minimal_weights)


def one_hot_diagonal(algebra: Algebra) -> Line:
    """PD-SSM holds every regular language: states are units, letters maps."""
    units = algebra.monoid.table.num_states
    return yes(PD, f"{units} units", EVERY_DFA, units=units, layers=1)


def four_layers(algebra: Algebra) -> Line:
    """Theorem 6: every regular language, in layers with unrestricted parameters."""
    states = algebra.monoid.table.num_states
    said = f"{states} states; as compiled here, more layers past 12 (4) states"
    return yes(FOUR, said, EVERY_WFA, states=states, layers=4)


def householder(algebra: Algebra) -> Line:
    """The number n_h of steps I - β kᵀk that a letter takes in one layer, with bounds.

    Above: the steps of each letter's map, or of `factorize` for small automata. Below:
    rank(A_σ - I) in the minimal WFA, whose matrices are parts of those of every other
    linear realisation.
    """
    maps = algebra.letter_maps
    few = algebra.monoid.table.num_states <= FEW_STATES
    count = fewest_steps if few else map_steps
    most = [count(tuple(row)) for row in maps.tolist()]
    reason = "steps of a letter ≥ rank(A - I) of the minimal WFA; β unrestricted"
    ranks = map(identity_rank, algebra.minimal_weights) if few else ()
    least = max([0, *ranks])
    steps = max([0, *most])
    said = f"n_h = {steps}, minimal"
    if least < steps:
        said = f"n_h between {least} and {steps}, minimum not known"
    letters = dict(zip(map(str, algebra.monoid.letters), most, strict=True))
    return yes(HOUSEHOLDER, said, reason, n_h=steps, least=least, letters=letters)


@lru_cache(maxsize=4096)
def fewest_steps(mapping: tuple[int, ...]) -> int:
    """The fewest that are known for a map of few states, by `factorize` too."""
    matrix = RATIONAL.array(np.eye(len(mapping), dtype=int)[list(mapping)])
    return min(map_steps(mapping), len(factorize(matrix).factors))


def map_steps(mapping: Sequence[int]) -> int:
    """How many steps `exact.factors.map_factors` takes for a map of states.

    b + 1 for each b ≥ 2 states that become one. The states that stand for their blocks
    then go home, along paths that are closed to cycles: a cycle of m states is m - 1.
    """
    steps = 0
    home: dict[int, int] = {}
    blocks: dict[int, list[int]] = {}
    for state, to in enumerate(mapping):
        blocks.setdefault(to, []).append(state)
    for image, block in sorted(blocks.items()):
        home[image if image in block else block[0]] = image
        steps += len(block) + 1 if len(block) > 1 else 0
    seen: set[int] = set()
    # Paths first, each from a state that nothing goes to; what remains are cycles.
    ends = set(home.values())
    for start in sorted(home, key=lambda state: state in ends):
        state, size = start, 0
        while state not in seen:
            seen.add(state)
            size += 1
            state = home.get(state, start)
        steps += max(0, size - 1)
    return steps
