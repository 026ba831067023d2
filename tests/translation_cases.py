"""Sources and options of every registered pair, for the contract test."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import galois
import numpy as np
from automata.fa.dfa import DFA
from hypothesis import assume
from hypothesis import strategies as st

from automata_rnn import (
    BOOLEAN,
    INTEGER,
    RATIONAL,
    REAL,
    Alphabet,
    galois_field,
    integers_mod,
)
from automata_rnn.automata import WFA
from automata_rnn.rnns import (
    MLPRNN,
    PDRNN,
    RWKV7,
    DeltaNet,
    DeltaProduct,
    DiagonalNetwork,
    GatedDeltaNet,
    LinearRNN,
    Network,
    ReLURNN,
)
from automata_rnn.system import as_system
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
)
from translations import MatrixProduct, translate

AB = Alphabet("ab")
every_semiring = st.sampled_from(SEMIRINGS)
numeric = st.sampled_from([REAL, RATIONAL, INTEGER, BOOLEAN, integers_mod(7)])

# The longest words that are all read, by the number of letters.
LONGEST = MappingProxyType({1: 12, 2: 5, 3: 3})
SHORT = {1: 6, 2: 3, 3: 2}
FEW = {1: 8, 2: 4, 3: 3}


class Case(NamedTuple):
    """How to draw a source of a pair, and the options to translate it with."""

    sources: st.SearchStrategy[Any]
    options: Callable[[Any], st.SearchStrategy[dict[str, Any]]] = lambda _: st.just({})
    longest: Mapping[int, int] = LONGEST


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
    ring, largest = draw(
        st.sampled_from(
            [(galois_field(2), 1), (integers_mod(2), 1), (galois_field(7), 6)]
        )
    )
    n = draw(st.integers(1, 4))
    order = draw(st.permutations(range(n)))
    units = draw(st.lists(st.integers(1, largest), min_size=n, max_size=n))
    matrix = np.diag(units)[list(order)]
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
