"""Krohn-Rhodes cascades: covers of every small automaton, and who is refused."""

import re
from dataclasses import replace
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import Alphabet
from automata_rnn.automata import (
    Cascade,
    DFATable,
    Level,
    NotSolvable,
    TooManyStates,
    dfa_from_regex,
    find_cycle,
    holonomy,
    krohn_rhodes,
    table_from_dfa,
    uncovered,
    wfa_from_regex,
)
from automata_rnn.automata.cycles import Cycle
from automata_rnn.automata.holonomy import TooManyImages
from automata_rnn.automata.permutations import (
    GroupTooLarge,
    compose,
    identity,
    inverse,
)
from tests.groups import (
    GENERATORS,
    STAR_FREE,
    action,
    is_aperiodic,
    to_sympy,
    word_problem,
)
from tests.small_dfas import COUNTS, minimal_tables

# Covers ----------------------------------------------------------------------------


def covers(cascade: Cascade) -> bool:
    """Commutes with every letter at every reachable state, and meets every state."""
    met, pending = {cascade.initial}, [cascade.initial]
    for state in pending:  # grows while it is read
        for symbol in cascade.alphabet:
            after = cascade.step(state, symbol)
            moved = cascade.table.step(cascade.decode(state), symbol)
            if cascade.decode(after) != moved:
                return False
            if after not in met:
                met.add(after)
                pending.append(after)
    reached = {cascade.decode(state) for state in met}
    return cascade.decode(cascade.initial) == cascade.table.initial and (
        len(reached) == cascade.table.num_states
    )


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_small_automaton_is_covered(n: int) -> None:
    count = 0
    for table in minimal_tables(n):
        cascade = krohn_rhodes(table)
        assert covers(cascade)
        assert uncovered(cascade) is None
        aperiodic = is_aperiodic(table)
        assert (not cascade.orders) == aperiodic
        assert set(cascade.orders) <= {2, 3}
        cycle = find_cycle(holonomy(table))
        assert (cycle is None) == aperiodic
        assert cycle is None or counts(table, cycle)
        odd = find_cycle(holonomy(table), odd=True)
        assert (odd is None) == (3 not in cascade.orders)
        assert odd is None or (counts(table, odd) and len(odd.states) == 3)
        count += 1
    assert count == COUNTS[n]


def counts(table: DFATable, cycle: Cycle) -> bool:
    """The word leads each state of the cycle to the next one."""

    def after(state: int) -> int:
        for symbol in cycle.word:
            state = table.step(state, symbol)
        return state

    following = (*cycle.states[1:], cycle.states[0])
    return len(cycle.states) > 1 and tuple(map(after, cycle.states)) == following


def test_words_that_count_count_modulo_a_prime() -> None:
    """The letter of Z6 has order 6; its cube and its square count."""
    sixths = action(GENERATORS["Z6"])
    assert find_cycle(holonomy(sixths)) == Cycle(("a",) * 3, (0, 3))
    assert find_cycle(holonomy(sixths), odd=True) == Cycle(("a",) * 2, (0, 2, 4))
    eighths = action([(1, 2, 3, 4, 5, 6, 7, 0)])
    assert find_cycle(holonomy(eighths), odd=True) is None


@pytest.mark.parametrize("name", STAR_FREE)
def test_star_free_languages_take_resets_only(name: str) -> None:
    cascade = krohn_rhodes(dfa_from_regex(STAR_FREE[name]))
    assert uncovered(cascade) is None
    assert covers(cascade)
    assert {level.kind for level in cascade.levels} <= {"reset"}


@pytest.mark.parametrize("name", ["Z6", "S3", "S4", "A4"])
@pytest.mark.parametrize("automaton", [action, word_problem])
def test_solvable_groups_take_cyclic_levels_only(name: str, automaton: object) -> None:
    generators = GENERATORS[name]
    table = automaton(generators)  # type: ignore[operator]
    order = to_sympy(generators).order()
    for prime in (True, False):
        cascade = krohn_rhodes(table, prime=prime)
        assert uncovered(cascade) is None
        assert len(cascade.orders) == len(cascade.levels)
        assert prod(cascade.orders) == order == cascade.num_states
    assert krohn_rhodes(action(GENERATORS["Z6"]), prime=False).orders == (6,)


@pytest.mark.parametrize("name", ["A5", "S5", "PSL(2,7)"])
def test_groups_that_are_not_solvable_are_refused_by_name(name: str) -> None:
    simple = {"S5": "A5"}.get(name, name)
    for table in (action(GENERATORS[name]), word_problem(GENERATORS[name])):
        with pytest.raises(
            NotSolvable, match=re.escape(f"simple factor {simple}")
        ) as caught:
            krohn_rhodes(table)
        check_refusal(table, caught.value)


def check_refusal(table: DFATable, refusal: NotSolvable) -> None:
    """The words permute the states, and by sympy their group is not solvable.

    What is refused is how they permute tiles, a quotient of this group.
    """
    place = {state: i for i, state in enumerate(refusal.states)}
    generators = []
    for word in refusal.words:
        images = []
        for state in refusal.states:
            for symbol in word:
                state = table.step(state, symbol)
            images.append(place[state])
        generators.append(tuple(images))
    peer = to_sympy(generators)
    assert not peer.is_solvable
    assert peer.order() % refusal.order == 0


@st.composite
def tables(draw: st.DrawFn, most: int = 6) -> DFATable:
    n, k = draw(st.integers(1, most)), draw(st.integers(1, 3))
    row = st.lists(st.integers(0, n - 1), min_size=n, max_size=n)
    rows = draw(st.lists(row, min_size=k, max_size=k))
    accepting = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    sigma = Alphabet("abc"[:k])
    return DFATable(sigma, 0, np.array(rows, dtype=np.intp), np.array(accepting))


@settings(max_examples=150)
@given(tables())
def test_random_automata_are_covered_or_refused(table: DFATable) -> None:
    try:
        cascade = krohn_rhodes(table)
    except NotSolvable as refusal:
        check_refusal(table, refusal)
        return
    if cascade.num_states <= 3000:
        assert uncovered(cascade) is None


@settings(max_examples=60)
@given(tables(most=7), st.data())
def test_random_words_lead_to_the_same_states(
    table: DFATable, data: st.DataObject
) -> None:
    """For cascades that are too large to explore."""
    try:
        cascade = krohn_rhodes(table)
    except NotSolvable:
        return
    letters = st.sampled_from(table.alphabet.symbols)
    word = data.draw(st.lists(letters, min_size=20, max_size=200))
    state, expected = cascade.initial, table.initial
    for symbol in word:
        assert cascade.decode(state) == expected
        state, expected = cascade.step(state, symbol), table.step(expected, symbol)
    assert cascade.output(state) == table.output(expected)


def test_a_wrong_cascade_is_seen() -> None:
    """Negative control: one changed move, context or reading is found."""
    good = krohn_rhodes(dfa_from_regex("(ab|c)*(aa)*"))
    assert uncovered(good) is None
    changed = 0
    for i, level in enumerate(good.levels):
        for field in ("moves", "emits", "reads"):
            array = getattr(level, field)
            for place in np.ndindex(*array.shape):
                other = array.copy()
                other[place] = 0 if array[place] else array.max()
                if other[place] == array[place]:
                    continue
                wrong = replace(level, **{field: other})
                levels = (*good.levels[:i], wrong, *good.levels[i + 1 :])
                changed += uncovered(replace(good, levels=levels)) is not None
    assert changed >= 10
    flipped = replace(good, accepts=~good.accepts)
    found = uncovered(flipped)
    assert found is not None
    assert len(found) == 1
    start = tuple(
        (x + 1) % v.size for x, v in zip(good.initial, good.levels, strict=True)
    )
    assert uncovered(replace(good, initial=start)) is not None


# Holonomy --------------------------------------------------------------------------


@given(tables(most=5))
def test_image_sets_and_tiles_are_as_defined(table: DFATable) -> None:
    found = holonomy(table)
    n = table.num_states
    by_words = {frozenset(range(n)), *(frozenset([q]) for q in range(n))}
    pending = list(by_words)
    for states in pending:  # grows while it is read
        for row in table.successors:
            image = frozenset(int(row[q]) for q in states)
            if image not in by_words:
                by_words.add(image)
                pending.append(image)
    masks = {sum(1 << q for q in s): s for s in by_words}
    assert set(found.images) == set(masks)
    for group in found.classes:
        for mask, tiles in group.tiles.items():
            inside = [s for s in by_words if s < masks[mask]]
            largest = {s for s in inside if not any(s < t for t in inside)}
            assert {masks[t] for t in tiles} == largest
            home = masks[mask]
            for symbol in group.homeward[mask]:
                home = frozenset(table.step(q, symbol) for q in home)
            assert home == masks[group.representative]


@given(st.permutations(range(5)), st.permutations(range(5)))
def test_permutations_compose_in_the_order_of_words(g: object, h: object) -> None:
    first, second = tuple(g), tuple(h)  # type: ignore[call-overload]
    both = compose(first, second)
    assert [both[i] for i in range(5)] == [second[first[i]] for i in range(5)]
    assert compose(first, inverse(first)) == identity(5)


# Refusals --------------------------------------------------------------------------


def test_budgets_are_named() -> None:
    table = table_from_dfa(dfa_from_regex("(a|b)*a(a|b)(a|b)(a|b)"))
    with pytest.raises(TooManyImages, match="max_images: wanted at most 20 images"):
        krohn_rhodes(table, max_images=20)
    with pytest.raises(ValueError, match="max_contexts: wanted at most 3 contexts"):
        krohn_rhodes(table, max_contexts=3)
    with pytest.raises(GroupTooLarge, match="max_order: wanted groups of at most 10"):
        krohn_rhodes(action(GENERATORS["S4"]), max_order=10)
    with pytest.raises(TooManyStates):
        uncovered(krohn_rhodes(action(GENERATORS["S4"])), max_states=10)


def test_what_is_no_dfa_is_refused() -> None:
    with pytest.raises(TypeError, match=r"machine: wanted a DFA, got .*WFA"):
        krohn_rhodes(wfa_from_regex("ab"))


def test_malformed_levels_and_cascades_are_refused() -> None:
    two = np.zeros((1, 2), dtype=np.intp)
    with pytest.raises(ValueError, match="kind: wanted 'reset' or 'cyclic', got"):
        Level("other", 2, two[:, 0], two, two)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"emits: wanted shape \(1, 3\)"):
        Level("cyclic", 3, two[:, 0], two, two)
    with pytest.raises(ValueError, match="moves: wanted numbers from 0 to 1"):
        Level("cyclic", 2, two[:, 0] - 1, two, two)
    good = krohn_rhodes(dfa_from_regex("(aa)*"))
    with pytest.raises(ValueError, match="initial: wanted 1 states, one for each"):
        replace(good, initial=(0, 0))
    (level,) = good.levels
    for field in ("emits", "reads"):
        wrong = replace(level, **{field: getattr(level, field) + 2})
        with pytest.raises(ValueError, match=rf"levels\[0\]\.{field}: wanted numbers"):
            replace(good, levels=(wrong,))
    twice = replace(level, moves=level.moves.repeat(2), emits=level.emits.repeat(2, 0))
    with pytest.raises(ValueError, match="wanted 1 contexts and one row of reads"):
        replace(good, levels=(twice,))
