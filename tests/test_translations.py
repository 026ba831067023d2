"""One contract test over the registry, and the claims of each translation."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import galois
import numpy as np
import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import translations
from automata_rnn import (
    BOOLEAN,
    COMPLEX,
    INTEGER,
    LOG,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    accepts,
    evaluate,
    galois_field,
    integers_mod,
)
from automata_rnn.automata import (
    WFA,
    TooManyStates,
    dfa_from_table,
    dfa_from_wfa,
    is_deterministic,
    minimize,
    wfa_from_dfa,
    wfa_from_nfa,
    with_semiring,
)
from automata_rnn.rnns import (
    MLPRNN,
    PDRNN,
    RWKV7,
    DeltaNet,
    DeltaProduct,
    DiagonalNetwork,
    DiagonalRNN,
    GatedDeltaNet,
    LinearRNN,
    Network,
    ReLURNN,
)
from automata_rnn.system import as_system
from tests.brute import all_words
from tests.counter_networks import counting_rnns, disguised_networks
from tests.stack_networks import disguised_stack_networks
from tests.strategies import (
    HEADS,
    SEMIRINGS,
    alphabets,
    arrays,
    counter_machines,
    deterministic_wfas,
    dfas,
    diagonal_rnns,
    heads,
    linear_rnns,
    nfas,
    pd_rnns,
    stack_machines,
    wfas,
    words,
)
from translations import (
    MatrixProduct,
    Translation,
    counterexample,
    pairs,
    translate,
    translator,
)

AB = Alphabet("ab")
EXACT = [s for s in SEMIRINGS if s.exact]
every_semiring = st.sampled_from(SEMIRINGS)
numeric = st.sampled_from([REAL, RATIONAL, INTEGER, BOOLEAN, integers_mod(7)])


# Sources of each pair ---------------------------------------------------------------


LONGEST = MappingProxyType({1: 12, 2: 5, 3: 3})


class Case(NamedTuple):
    """How to draw a source of a pair, and the options to translate it with."""

    sources: st.SearchStrategy[Any]
    options: Callable[[Any], st.SearchStrategy[dict[str, Any]]] = lambda _: st.just({})
    longest: Mapping[int, int] = LONGEST  # of all words, by letters


@st.composite
def permutation_wfas(draw: st.DrawFn) -> WFA:
    """Deterministic weights ±1 and 2: finitely many (state, sign), unbounded values."""
    n = draw(st.integers(1, 3))
    weights = np.zeros((2, n, n), dtype=int)
    for code in range(2):
        targets = draw(st.lists(st.integers(0, n - 1), min_size=n, max_size=n))
        weights[code, range(n), targets] = draw(
            st.lists(st.sampled_from([-1, 0, 1, 2]), min_size=n, max_size=n)
        )
    final = draw(st.lists(st.integers(-2, 2), min_size=n, max_size=n))
    return WFA(RATIONAL, AB, [1] + [0] * (n - 1), weights, final)


@st.composite
def diagonalizable_wfas(draw: st.DrawFn) -> WFA:
    """V diag(a_σ) V⁻¹ over ℚ, or a rotation by a quarter, or a pair ±√2."""
    n = draw(st.integers(1, 3))
    gates = draw(
        st.lists(st.integers(-2, 2), min_size=2 * n, max_size=2 * n).map(
            lambda v: np.array(v, dtype=object).reshape(2, n)
        )
    )
    weights = np.zeros((2, n + 2, n + 2), dtype=object)
    weights[:, range(n), range(n)] = gates
    turn = draw(
        st.sampled_from([[[0, 1], [-1, 0]], [[0, 1], [2, 0]], [[3, 0], [0, 1]]])
    )
    weights[0, n:, n:] = turn
    weights[1, n:, n:] = np.eye(2, dtype=int)
    mixing = np.triu(np.ones((n + 2, n + 2), dtype=int)).astype(object)
    inverse = np.eye(n + 2, dtype=int) - np.eye(n + 2, k=1, dtype=int)
    vector = st.lists(st.integers(-2, 2), min_size=n + 2, max_size=n + 2)
    return WFA(
        RATIONAL,
        AB,
        np.array(draw(vector), dtype=object) @ mixing,
        inverse.astype(object) @ weights @ mixing,
        inverse.astype(object) @ np.array(draw(vector), dtype=object),
    )


@st.composite
def registers(draw: st.DrawFn) -> Any:
    order = draw(st.sampled_from([2, 3, 8]))
    size = draw(st.integers(1, 5))
    taps = draw(st.lists(st.integers(0, order - 1), min_size=size, max_size=size))
    assume(taps[-1] != 0)
    state = draw(st.lists(st.integers(0, order - 1), min_size=size, max_size=size))
    field = galois.GF(order)
    return galois.FLFSR.Taps(field(taps), state=field(state))


@st.composite
def one_letter_rnns(draw: st.DrawFn) -> LinearRNN:
    """Invertible one-letter networks: permutations times units, of GF(2) or GF(7)."""
    ring = draw(st.sampled_from([galois_field(2), integers_mod(2), galois_field(7)]))
    n = draw(st.integers(1, 4))
    order = draw(st.permutations(range(n)))
    matrix = np.eye(n, dtype=int)[list(order)]
    matrix[np.triu_indices(n, 1)] += matrix[np.triu_indices(n, 1)] * 0
    vector = st.lists(st.integers(0, 1), min_size=n, max_size=n)
    return LinearRNN(ring, Alphabet("x"), draw(vector), matrix[None], draw(vector))


def in_semiring(source: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"semiring": numeric})


def finite_linear(max_size: int = 3) -> st.SearchStrategy[LinearRNN]:
    """Networks over finite rings, and one-hot ones over ℚ."""
    finite = st.sampled_from(
        [BOOLEAN, integers_mod(2), integers_mod(3), integers_mod(4)]
    )
    one_hot = permutation_wfas().map(lambda wfa: translate(wfa, LinearRNN).rnn)
    return finite.flatmap(lambda s: linear_rnns(s, max_size=2)) | one_hot


kinds_of_heads = st.sampled_from(["rwkv7", "deltanet"])
SHORT = {1: 6, 2: 3, 3: 2}
FEW = {1: 8, 2: 4, 3: 3}


def network_options(source: Any) -> st.SearchStrategy[dict[str, Any]]:
    """All constructions; pad symbols are read a whole block long, so seldom."""
    real_time = st.fixed_dictionaries({"heads": kinds_of_heads})
    flushed = st.just({"heads": "rwkv7", "readout": "flush"})
    return real_time | real_time | flushed | st.just({"layers": 2})


@st.composite
def small_networks(draw: st.DrawFn) -> Network:
    """Networks whose lower layers have a few hundred configurations."""
    wfa = draw(wfas(RATIONAL, max_states=2, alphabet=draw(alphabets(2)), min_states=1))
    network = translate(wfa, Network, max_rows=draw(st.sampled_from([0, 4096]))).rnn
    assert isinstance(network, Network)
    return network


@st.composite
def rwkv7_wfas(draw: st.DrawFn) -> WFA:
    """diag(w) - l (a ⊙ l)ᵀ for each symbol, over ℚ."""
    n = draw(st.integers(0, 4))
    rows = [draw(arrays(RATIONAL, (2, n))) for _ in range(3)]
    weights = -rows[1][:, :, None] * (rows[1] * rows[2])[:, None, :]
    weights[:, range(n), range(n)] += rows[0]
    ends = draw(arrays(RATIONAL, (2, n)))
    return WFA(RATIONAL, AB, ends[0], weights, ends[1])


def rwkv7_dfas() -> st.SearchStrategy[DFA]:
    """Letters that exchange two states, send some to one that stays, or all to one."""
    return dfas().filter(lambda dfa: all(map(_fits, as_system(dfa).successors)))  # type: ignore[attr-defined]


def _fits(successors: Any) -> bool:
    moved = np.flatnonzero(successors != np.arange(len(successors)))
    targets = set(successors[moved].tolist())
    swap = len(moved) == 2 and targets == set(moved.tolist())
    return (
        swap
        or len(set(successors.tolist())) == 1
        or (len(targets) <= 1 and not targets & set(moved.tolist()))
    )


def parametrizations(_: Any) -> st.SearchStrategy[dict[str, Any]]:
    known = st.sampled_from(["paper", "shipped"])
    return st.fixed_dictionaries({"parametrization": known})


def exactly(_: Any) -> st.SearchStrategy[dict[str, Any]]:
    known = st.sampled_from([INTEGER, RATIONAL, REAL])
    return st.fixed_dictionaries({"semiring": known})


def encodings(_: Any) -> st.SearchStrategy[dict[str, Any]]:
    known = st.sampled_from(["one-hot", "integer"])
    rings = st.sampled_from([REAL, INTEGER, RATIONAL])
    return st.fixed_dictionaries({"encoding": known, "semiring": rings})


@st.composite
def finite_deltanets(draw: st.DrawFn, kind: type) -> Any:
    """Two cells of 0 or 1: letters keep them, exchange them, or write one."""
    codes, ones = 2, [1, 1]
    actions = draw(st.lists(st.sampled_from(range(4)), min_size=codes, max_size=codes))
    keys = [[[0, 1], [1, -1], [1, 0], [0, 1]][action] for action in actions]
    beta = [int(action > 0) for action in actions]
    bit = st.integers(0, 1)
    values = [[draw(bit) if action > 1 else 0] for action in actions]
    gate = {"gate": ones} if kind is GatedDeltaNet else {}
    return kind(
        RATIONAL,
        AB,
        initial=[[draw(bit), draw(bit)]],
        keys=keys,
        beta=beta,
        query=[draw(st.integers(-1, 1)), draw(st.integers(-1, 1))],
        readout=[1],
        values=draw(st.just(values) | st.none()),
        **gate,
    )


def roots_of_unity(_: Any) -> st.SearchStrategy[dict[str, Any]]:
    gates = st.sampled_from(["complex", "modular"])
    return st.fixed_dictionaries({"gates": gates, "prime": st.booleans()})


def stacks() -> st.SearchStrategy[DiagonalNetwork]:
    return st.builds(
        lambda dfa, gates: translate(dfa, DiagonalNetwork, gates=gates).rnn,
        dfas(max_states=3),
        st.sampled_from(["complex", "modular"]),
    )


CASES: dict[str, Case] = {
    "DFA → DeltaProduct": Case(dfas(), parametrizations),
    "DFA → DiagonalNetwork": Case(dfas(max_states=4), roots_of_unity, FEW),
    "DFA → LinearRNN": Case(dfas(), in_semiring),
    "DFA → PDRNN": Case(dfas(), in_semiring),
    "CounterMachine → MLPRNN": Case(counter_machines(), exactly),
    "CounterMachine → ReLURNN": Case(counter_machines(2), exactly),
    "StackMachine → MLPRNN": Case(stack_machines()),
    "StackMachine → ReLURNN": Case(stack_machines(max_states=2, max_symbols=2)),
    "DFA → ReLURNN": Case(dfas(), encodings),
    "ReLURNN → DFA": Case(
        st.tuples(dfas(max_states=3), encodings(None)).map(
            lambda pair: translate(pair[0], ReLURNN, **pair[1]).rnn
        )
    ),
    "MLPRNN → DFA": Case(
        counter_machines(max_counters=0, max_states=3).map(
            lambda machine: translate(machine, MLPRNN).rnn
        )
    ),
    "DFA → RWKV7": Case(rwkv7_dfas()),
    "NFA → LinearRNN": Case(nfas(), in_semiring),
    "WFA → DeltaProduct": Case(
        st.sampled_from([RATIONAL, INTEGER, REAL]).flatmap(wfas), parametrizations
    ),
    "WFA → RWKV7": Case(rwkv7_wfas() | wfas(RATIONAL, max_states=2)),
    **{f"{kind.__name__} → WFA": Case(heads(kind)) for kind in HEADS},
    **{
        f"{kind.__name__} → DFA": Case(finite_deltanets(kind))
        for kind in (DeltaNet, GatedDeltaNet)
    },
    "DeltaProduct → DFA": Case(
        dfas(max_states=3).map(lambda dfa: translate(dfa, DeltaProduct).rnn)
    ),
    "RWKV7 → DFA": Case(rwkv7_dfas().map(lambda dfa: translate(dfa, RWKV7).rnn)),
    "WFA → LinearRNN": Case(every_semiring.flatmap(wfas)),
    "LinearRNN → WFA": Case(every_semiring.flatmap(linear_rnns)),
    "WFA → PDRNN": Case(every_semiring.flatmap(deterministic_wfas)),
    "PDRNN → WFA": Case(every_semiring.flatmap(pd_rnns)),
    "WFA → DiagonalRNN": Case(diagonalizable_wfas()),
    "DiagonalRNN → WFA": Case(every_semiring.flatmap(diagonal_rnns)),
    "WFA → DFA": Case(
        st.sampled_from([BOOLEAN, integers_mod(3), integers_mod(4)]).flatmap(
            lambda s: wfas(s, max_states=2)
        )
        | permutation_wfas()
    ),
    "LinearRNN → DFA": Case(finite_linear()),
    "PDRNN → DFA": Case(
        permutation_wfas().map(lambda wfa: translate(wfa, PDRNN).rnn)
        | st.sampled_from([BOOLEAN, integers_mod(3)]).flatmap(pd_rnns)
    ),
    "DiagonalRNN → DFA": Case(
        st.sampled_from([BOOLEAN, integers_mod(3)]).flatmap(diagonal_rnns)
    ),
    "WFA → Network": Case(
        st.sampled_from([RATIONAL, INTEGER]).flatmap(lambda s: wfas(s, max_states=3)),
        network_options,
        SHORT,
    ),
    "DFA → Network": Case(dfas(max_states=4), network_options, SHORT),
    "Network → WFA": Case(small_networks(), longest=SHORT),
    "MatrixProduct → Network": Case(
        st.builds(
            MatrixProduct,
            st.sampled_from(["rows", "columns"]),
            st.sampled_from([None, (0, 0), (2, 1)]),
        ),
        lambda _: st.fixed_dictionaries(
            {"heads": kinds_of_heads, "max_rows": st.just(0)}
        ),
        {3: 0},
    ),
    "DiagonalNetwork → DFA": Case(stacks(), longest=FEW),
    "DiagonalNetwork → WFA": Case(stacks(), longest=FEW),
    "FLFSR → LinearRNN": Case(registers()),
    "LinearRNN → FLFSR": Case(one_letter_rnns()),
    "MLPRNN → CounterMachine": Case(disguised_networks()),
    "ReLURNN → CounterMachine": Case(counting_rnns()),
    "MLPRNN → StackMachine": Case(
        disguised_stack_networks(MLPRNN, states=2, stacks=1, symbols=2)
    ),
    "ReLURNN → StackMachine": Case(
        disguised_stack_networks(ReLURNN, states=1, stacks=1, symbols=1)
    ),
}


def test_every_pair_has_a_case() -> None:
    missing = {str(pair) for pair in pairs()} - set(CASES)
    assert not missing, (
        f"no test for {sorted(missing)}: add to CASES in tests/test_translations.py an "
        "entry '<Source> → <Target>': Case(strategy that draws sources, options), and "
        "the contract is checked on it"
    )
    assert not set(CASES) - {str(pair) for pair in pairs()}, "cases of no pair"


def test_a_new_pair_without_a_case_fails_with_advice() -> None:
    """The completeness test itself can fail, and says what to write."""

    class Source: ...

    registry = translations.registry._TRANSLATORS
    translator(Source, LinearRNN)(lambda machine: None)  # type: ignore[arg-type]
    try:
        with pytest.raises(AssertionError, match="add to CASES in tests/test_transl"):
            test_every_pair_has_a_case()
        with pytest.raises(ValueError, match="already registered"):
            translator(Source, LinearRNN)(lambda machine: None)  # type: ignore[arg-type]
    finally:
        registry.pop(next(p for p in registry if str(p) == "Source → LinearRNN"))
    test_every_pair_has_a_case()


@pytest.mark.parametrize("pair", sorted(CASES))
@settings(max_examples=60)
@given(data=st.data())
def test_contract(pair: str, data: st.DataObject) -> None:
    """decode commutes with every step, and outputs agree at every prefix."""
    case = CASES[pair]
    source = data.draw(case.sources)
    target = next(p.target for p in pairs() if str(p) == pair)
    options = data.draw(case.options(source))
    translation = translate(source, target, **options)
    alphabet = translation.rnn.alphabet
    longest = case.longest[len(alphabet)]
    drawn = [data.draw(words(alphabet, max_size=20)) for _ in range(3)]
    assert counterexample(translation, [*all_words(alphabet, longest), *drawn]) is None
    exact = getattr(source, "semiring", BOOLEAN).exact
    rounds = pair == "WFA → DiagonalRNN" or options.get("parametrization") == "shipped"
    assert translation.tolerance == 0.0 or not exact or rounds


def test_the_contract_sees_a_wrong_network() -> None:
    """Negative control: one changed readout, weight or decode is found."""
    dfa = DFA.from_nfa(NFA.from_regex("(ab)*", input_symbols={"a", "b"}))
    good = translate(dfa, LinearRNN, semiring=INTEGER)
    rnn = good.rnn
    assert isinstance(rnn, LinearRNN)
    wrong_readout = LinearRNN(
        INTEGER, rnn.alphabet, rnn.initial, rnn.recurrent, 1 - rnn.readout
    )
    wrong_step = LinearRNN(
        INTEGER, rnn.alphabet, rnn.initial, rnn.recurrent[::-1], rnn.readout
    )
    every = list(all_words(AB, 4))
    assert counterexample(good, every) is None
    assert counterexample(Translation(dfa, wrong_readout, good.decode), every) == ()
    found = counterexample(Translation(dfa, wrong_step, good.decode), every)
    assert found is not None
    assert len(found) == 1
    assert counterexample(Translation(dfa, rnn, lambda h: 0), every) is not None


def test_the_shortest_diverging_prefix_is_reported() -> None:
    dfa = DFA.from_nfa(NFA.from_regex("a*", input_symbols={"a", "b"}))
    other = translate(DFA.universal_language({"a", "b"}), LinearRNN)
    wrong = Translation(dfa, other.rnn, lambda hidden: 0)
    assert counterexample(wrong, ["aaab", "aabbb", "ab"]) == "ab"


# The registry ----------------------------------------------------------------------


def test_unknown_pairs_list_those_there_are() -> None:
    with pytest.raises(
        TypeError,
        match="from DFA there is: DeltaProduct, DiagonalNetwork, LinearRNN, Network",
    ):
        translate(DFA.universal_language({"a"}), DiagonalRNN)
    with pytest.raises(TypeError, match="from int there is: none"):
        translate(3, LinearRNN)


# Claims -------------------------------------------------------------------------------


@given(dfas())
def test_dfa_sizes_are_as_stated(dfa: DFA) -> None:
    reachable = len(as_system(dfa).accepting)  # type: ignore[attr-defined]
    for target in (LinearRNN, PDRNN):
        assert translate(dfa, target).rnn.hidden_size == reachable  # type: ignore[attr-defined]
    pd = translate(dfa, PDRNN).rnn
    assert set(pd.scale.ravel()) <= {1.0}  # type: ignore[attr-defined]


@given(dfas(), st.sampled_from([LOG, MAX_PLUS]))
def test_acceptors_need_numeric_units(dfa: DFA, semiring: Semiring) -> None:
    for target in (LinearRNN, PDRNN):
        with pytest.raises(ValueError, match="semiring: wanted one whose units"):
            translate(dfa, target, semiring=semiring)


@given(nfas())
def test_nfa_values_count_paths(nfa: NFA) -> None:
    """Against a count of runs by recursion over moves."""
    wfa = wfa_from_nfa(nfa, INTEGER)
    network = translate(nfa, LinearRNN, semiring=INTEGER).rnn

    def runs(state: Any, word: Any) -> int:
        moves = nfa.transitions.get(state, {})
        count = sum(runs(target, word) for target in moves.get("", ()))
        if not word:
            return count + (state in nfa.final_states)
        return count + sum(runs(t, word[1:]) for t in moves.get(word[0], ()))

    for word in all_words(AB, 4):
        expected = runs(nfa.initial_state, word)
        assert evaluate(wfa, word) == evaluate(network, word) == expected


@given(nfas(acyclic=False))
def test_cycles_of_empty_moves_count_only_where_they_matter(nfa: NFA) -> None:
    for word in all_words(AB, 4):
        assert accepts(wfa_from_nfa(nfa), word) == nfa.accepts_input("".join(word))  # type: ignore[arg-type]


def test_infinitely_many_paths_are_refused_with_the_cycle() -> None:
    transitions: Any = {
        0: {"": {1}, "a": {2}},
        1: {"": {0}},
        2: {"": {3}},
        3: {"": {2}},
    }
    nfa = NFA(
        states={0, 1, 2, 3},
        input_symbols={"a"},
        transitions=transitions,
        initial_state=0,
        final_states={0},
    )
    with pytest.raises(
        ValueError, match=r"cycle of ε-moves .* through states \[0, 1\]"
    ):
        wfa_from_nfa(nfa, INTEGER)
    assert accepts(wfa_from_nfa(nfa, BOOLEAN), "")


@given(deterministic_wfas(RATIONAL))
def test_pd_networks_of_deterministic_automata_come_back(wfa: WFA) -> None:
    back = translate(translate(wfa, PDRNN).rnn, WFA).automaton
    assert is_deterministic(back)
    assert np.array_equal(back.weights, wfa.weights)
    assert np.array_equal(back.initial, wfa.initial)


def test_choices_are_refused_by_pd_networks_unless_directions_are_few() -> None:
    wfa = WFA(INTEGER, AB, [1, 1], [[[1, 1], [1, 1]], [[2, 0], [0, 2]]], [1, 3])
    found = translate(wfa, PDRNN)
    assert translations.compare(wfa, found.rnn).equal
    spread = WFA(INTEGER, AB, [1, 1], [[[1, 0], [0, 2]]] * 2, [1, 3])
    with pytest.raises(ValueError, match=r"\[0, 1\] are all initial, .* than 20 dir"):
        translate(spread, PDRNN, max_states=20)
    tropical = WFA(MAX_PLUS, AB, [0.0, 0.0], np.zeros((2, 2, 2)), [0.0, 0.0])
    with pytest.raises(ValueError, match="max-plus weights are no field"):
        translate(tropical, PDRNN)


@given(permutation_wfas())
def test_a_deterministic_automaton_is_a_dfa_over_state_and_sign(wfa: WFA) -> None:
    network = translate(wfa, PDRNN).rnn
    for source in (wfa, network):
        dfa = translate(source, DFA).automaton
        assert len(dfa.states) <= 2 * wfa.num_states + 1
        for word in all_words(AB, 6):
            assert dfa.accepts_input("".join(word)) == accepts(wfa, word)  # type: ignore[arg-type]


def test_infinitely_many_states_are_refused_with_what_was_seen() -> None:
    """a^n b^m is accepted when n > m: not regular."""
    weights = [[[1, 1], [0, 1]], [[1, -1], [0, 1]]]
    wfa = WFA(INTEGER, AB, [1, 0], weights, [0, 1])
    for source in (wfa, translate(wfa, LinearRNN).rnn):
        with pytest.raises(TooManyStates, match="more than 100 distinct") as caught:
            translate(source, DFA, max_states=100)
        assert caught.value.seen == 100
        assert caught.value.longest == len(caught.value.example)


def test_a_threshold_moves_the_language() -> None:
    """The number of a's modulo 3 as a value 0, 1, 2."""
    weights = [
        np.eye(3, k=1, dtype=int) + np.eye(3, k=-2, dtype=int),
        np.eye(3, dtype=int),
    ]
    wfa = WFA(INTEGER, AB, [1, 0, 0], weights, [0, 1, 2])
    for threshold, count in ((0, 3), (1, 3), (2, 1)):
        dfa = translate(wfa, DFA, threshold=threshold).automaton
        assert len(dfa.states) == count
        for word in all_words(AB, 5):
            assert dfa.accepts_input("".join(word)) == (word.count("a") % 3 > threshold)  # type: ignore[arg-type]


@pytest.mark.parametrize("semiring", [LOG, COMPLEX], ids=str)
def test_rounding_arithmetic_is_not_explored(semiring: Semiring) -> None:
    one = semiring.one
    wfa = WFA(semiring, AB, [one], [[[one]]] * 2, [one])
    with pytest.raises(ValueError, match="arithmetic that does not round"):
        translate(wfa, DFA)


def test_tropical_integers_are_explored_and_fractions_are_not() -> None:
    whole = WFA(MAX_PLUS, AB, [0.0], [[[0.0]], [[-np.inf]]], [0.0])
    dfa = translate(whole, DFA, threshold=-np.inf).automaton
    assert [dfa.accepts_input(w) for w in ("", "aa", "ab")] == [True, True, False]
    with pytest.raises(ValueError, match="does not round"):
        translate(WFA(MAX_PLUS, AB, [0.5], np.zeros((2, 1, 1)), [0.0]), DFA)


@given(dfas())
def test_dfas_survive_every_semiring(dfa: DFA) -> None:
    minimal = dfa.to_complete().minify()
    for semiring in (RATIONAL, REAL, BOOLEAN, INTEGER, integers_mod(5), MAX_PLUS):
        wfa = wfa_from_dfa(dfa, semiring)
        assert dfa_from_wfa(wfa) == minimal


def test_registers_and_networks_agree_with_berlekamp_massey() -> None:
    """The minimal WFA of a one-letter sequence is its shortest register."""
    rng = np.random.default_rng(2)
    field = galois.GF(2)
    for n in range(1, 7):
        for _ in range(10):
            rnn = LinearRNN(
                galois_field(2),
                Alphabet("1"),
                rng.integers(0, 2, n),
                rng.integers(0, 2, (1, n, n)),
                rng.integers(0, 2, n),
            )
            outputs = [evaluate(rnn, "1" * t) for t in range(4 * n + 2)]
            shortest = galois.berlekamp_massey(field(outputs))
            size = minimize(translate(rnn, WFA).automaton).wfa.num_states
            if shortest.degree < size:  # outputs start outside every cycle
                with pytest.raises(ValueError, match="outside every cycle"):
                    translate(rnn, "galois.FLFSR")
                continue
            register = translate(rnn, galois.FLFSR).automaton
            assert register.characteristic_poly == shortest or size == 0
            stepped = np.atleast_1d(np.array(register.step(len(outputs))))
            assert stepped.tolist() == outputs


@pytest.mark.parametrize(
    ("alphabet", "semiring"), [("ab", galois_field(2)), ("a", INTEGER), ("a", REAL)]
)
def test_registers_have_one_letter_and_a_finite_field(
    alphabet: str, semiring: Semiring
) -> None:
    k = len(alphabet)
    rnn = LinearRNN(semiring, Alphabet(alphabet), [1], np.ones((k, 1, 1), int), [1])
    with pytest.raises(ValueError, match="rnn: wanted one letter"):
        translate(rnn, galois.FLFSR)


# Comparing machines of any kind -------------------------------------------------------


@given(dfas())
def test_networks_compare_with_automata(dfa: DFA) -> None:
    for target in (LinearRNN, PDRNN):
        network = translate(dfa, target).rnn
        assert translations.compare(network, dfa).equal
        assert translations.compare(dfa, network, reading="language").equal
        other = translations.compare(network, ~dfa.to_complete())
        assert other.counterexample == ()


def test_an_unknown_reading_is_refused() -> None:
    dfa = DFA.universal_language({"a"})
    with pytest.raises(ValueError, match="reading: wanted"):
        translations.compare(dfa, dfa, reading="best")  # type: ignore[arg-type]


def test_floats_of_a_network_are_compared_as_rationals() -> None:
    wfa = WFA(REAL, AB, [0.1], [[[0.2]], [[3.0]]], [1.0])
    network = translate(wfa, LinearRNN).rnn
    assert translations.compare(wfa, network).equal
    assert not translations.compare(
        with_semiring(wfa, RATIONAL), _nudged(network)
    ).equal


def _nudged(network: Any) -> LinearRNN:
    recurrent = np.nextafter(network.recurrent, 10)
    return LinearRNN(REAL, AB, network.initial, recurrent, network.readout)


def test_tables_compare_with_networks() -> None:
    dfa = DFA.from_nfa(NFA.from_regex("(a|b)*abb", input_symbols={"a", "b"}))
    table = as_system(dfa)
    assert translations.compare(table, translate(dfa, PDRNN).rnn).equal
    assert dfa_from_table(table) == dfa.minify()  # type: ignore[arg-type]


@given(dfas())
def test_close_comparison_finds_the_first_shortest_difference(dfa: DFA) -> None:
    wfa = wfa_from_dfa(dfa, REAL)
    same = translations.compare_closely(dfa, wfa, max_words=15)
    assert same.counterexample is None
    assert (same.proved, same.checked_length) == (False, 3)
    other = WFA(REAL, AB, wfa.initial, wfa.weights * [[[1]], [[0.75]]], wfa.final)
    expected = next(
        (w for w in all_words(AB, 3) if evaluate(dfa, w) != evaluate(other, w)), None
    )
    found = translations.compare_closely(dfa, other, max_words=15)
    assert found.counterexample == expected
