"""Random machines and words for Hypothesis."""

import re
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import strategies as st

from automata_rnn import (
    BOOLEAN,
    COMPLEX,
    INTEGER,
    LOG,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    galois_field,
    integers_mod,
)
from automata_rnn.automata import WFA, CounterMachine, StackMachine
from automata_rnn.automata.stack import POP, PUSH, tops_at
from automata_rnn.rnns import (
    MLPRNN,
    PDRNN,
    RWKV7,
    DeltaNet,
    DeltaProduct,
    DiagonalRNN,
    GatedDeltaNet,
    LinearRNN,
    ReLURNN,
)

SEMIRINGS = [
    REAL,
    COMPLEX,
    BOOLEAN,
    MAX_PLUS,
    MIN_PLUS,
    LOG,
    RATIONAL,
    INTEGER,
    integers_mod(7),
    integers_mod(12),
    integers_mod(2**61 - 1),
    galois_field(2),
    galois_field(7),
    galois_field(8),
    galois_field(9),
]
FIELDS = [s for s in SEMIRINGS if s.field is not None]

small_floats = st.floats(-2, 2, width=32).map(lambda x: round(x, 3))
small_integers = st.integers(-3, 3)


def elements(semiring: Semiring) -> st.SearchStrategy[Any]:
    """Elements of a semiring, zero often."""
    zero = st.just(semiring.zero)
    if semiring is BOOLEAN:
        return st.booleans()
    if semiring is REAL:
        return zero | small_floats
    if semiring is COMPLEX:
        return zero | st.builds(complex, small_floats, small_floats)
    if semiring in (MAX_PLUS, MIN_PLUS):
        return zero | small_integers.map(float)
    if semiring is LOG:
        return zero | small_floats
    if semiring is RATIONAL:
        return zero | st.builds(Fraction, small_integers, st.integers(1, 4))
    if semiring is INTEGER:
        return zero | small_integers
    size = int(re.sub(r"\D", "", semiring.name))
    return zero | st.integers(0, size - 1)


def arrays(semiring: Semiring, shape: tuple[int, ...]) -> st.SearchStrategy[Any]:
    """Arrays of elements."""
    size = int(np.prod(shape))
    flat = st.lists(elements(semiring), min_size=size, max_size=size)

    def build(values: list[Any]) -> Any:
        array = np.empty(size, dtype=object)
        array[:] = values
        return semiring.array(array.reshape(shape))

    return flat.map(build)


def alphabets(max_size: int = 3) -> st.SearchStrategy[Alphabet]:
    symbols = st.sampled_from(["ab", "abc", "a", (0, 1), ("x", 1, None)])
    bos = st.sampled_from([None, "<s>"])
    fitting = symbols.filter(lambda s: len(s) <= max_size)
    return st.builds(Alphabet, fitting, bos)


def words(alphabet: Alphabet, max_size: int = 8) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(alphabet.symbols), max_size=max_size).map(tuple)


@st.composite
def wfas(
    draw: st.DrawFn,
    semiring: Semiring,
    max_states: int = 4,
    alphabet: Alphabet | None = None,
    min_states: int = 0,
) -> WFA:
    sigma = draw(alphabets()) if alphabet is None else alphabet
    n = draw(st.integers(min_states, max_states))
    return WFA(
        semiring,
        sigma,
        draw(arrays(semiring, (n,))),
        draw(arrays(semiring, (sigma.num_codes, n, n))),
        draw(arrays(semiring, (n,))),
    )


@st.composite
def deterministic_wfas(draw: st.DrawFn, semiring: Semiring) -> WFA:
    sigma = draw(alphabets())
    n = draw(st.integers(1, 4))
    weights = semiring.zeros((sigma.num_codes, n, n), semiring.array([semiring.zero]))
    for code in range(sigma.num_codes):
        for state in range(n):
            target = draw(st.integers(0, n - 1))
            weights[code, state, target] = draw(arrays(semiring, ()))[()]
    initial = semiring.zeros((n,), weights)
    initial[draw(st.integers(0, n - 1))] = draw(arrays(semiring, ()))[()]
    return WFA(semiring, sigma, initial, weights, draw(arrays(semiring, (n,))))


@st.composite
def linear_rnns(draw: st.DrawFn, semiring: Semiring, max_size: int = 3) -> LinearRNN:
    sigma = draw(alphabets())
    n = draw(st.integers(1, max_size))
    shape = (n,) if draw(st.booleans()) else (draw(st.integers(1, 2)), n)
    codes = sigma.num_codes
    return LinearRNN(
        semiring,
        sigma,
        draw(arrays(semiring, shape)),
        draw(arrays(semiring, (codes, n, n))),
        draw(arrays(semiring, shape)),
        draw(st.none() | arrays(semiring, (codes, *shape))),
    )


@st.composite
def diagonal_rnns(draw: st.DrawFn, semiring: Semiring) -> DiagonalRNN:
    sigma = draw(alphabets())
    n, codes = draw(st.integers(0, 4)), sigma.num_codes
    return DiagonalRNN(
        semiring,
        sigma,
        draw(arrays(semiring, (n,))),
        draw(arrays(semiring, (codes, n))),
        draw(arrays(semiring, (n,))),
        draw(st.none() | arrays(semiring, (codes, n))),
    )


@st.composite
def pd_rnns(draw: st.DrawFn, semiring: Semiring, *, bias: bool = True) -> PDRNN:
    sigma = draw(alphabets())
    n, codes = draw(st.integers(1, 4)), sigma.num_codes
    units = st.lists(st.integers(0, n - 1), min_size=codes * n, max_size=codes * n)
    some_bias = arrays(semiring, (codes, n)) if bias else st.none()
    return PDRNN(
        semiring,
        sigma,
        draw(arrays(semiring, (n,))),
        np.array(draw(units)).reshape(codes, n),
        draw(arrays(semiring, (codes, n))),
        draw(arrays(semiring, (n,))),
        draw(st.none() | some_bias),
    )


@st.composite
def heads(
    draw: st.DrawFn, kind: type, semiring: Semiring = RATIONAL, max_size: int = 3
) -> Any:
    """DeltaNet, GatedDeltaNet, DeltaProduct and RWKV7 networks, not restricted."""
    sigma = draw(alphabets())
    codes, n = sigma.num_codes, draw(st.integers(1, max_size))
    d = draw(st.integers(1, 2))
    factors = (draw(st.integers(1, 3)),) if kind is DeltaProduct else ()
    wide, narrow = (codes, *factors, n), (codes, *factors)

    def some(*shape: int) -> Any:
        return draw(arrays(semiring, shape))

    def perhaps(*shape: int) -> Any:
        return draw(st.none() | arrays(semiring, shape))

    fields = {"initial": some(d, n), "query": some(n), "readout": some(d)}
    if kind is RWKV7:
        fields |= {name: some(*wide) for name in ("decay", "removal", "rate")}
        fields["strength"] = perhaps(codes)
        if draw(st.booleans()):
            fields |= {"keys": some(*wide), "values": some(codes, d)}
        return RWKV7(semiring, sigma, **fields)
    fields |= {"keys": some(*wide), "beta": some(*narrow)}
    fields["values"] = perhaps(*narrow, d)
    if kind is not DeltaNet:
        fields["gate"] = some(codes) if kind is GatedDeltaNet else perhaps(codes)
    return kind(semiring, sigma, **fields)


HEADS = (DeltaNet, GatedDeltaNet, DeltaProduct, RWKV7)


@st.composite
def dfas(draw: st.DrawFn, max_states: int = 5, letters: str = "ab") -> DFA:
    n = draw(st.integers(1, max_states))
    partial = draw(st.booleans())
    target = st.integers(-1 if partial else 0, n - 1)
    moves = {q: {s: draw(target) for s in letters} for q in range(n)}
    return DFA(
        states=set(range(n)),
        input_symbols=set(letters),
        transitions={
            q: {s: t for s, t in row.items() if t >= 0} for q, row in moves.items()
        },
        initial_state=0,
        final_states=set(draw(st.sets(st.integers(0, n - 1)))),
        allow_partial=True,
    )


@st.composite
def nfas(
    draw: st.DrawFn, max_states: int = 4, letters: str = "ab", *, acyclic: bool = True
) -> NFA:
    """NFAs with ε-moves, which go to higher states only if `acyclic`."""
    n = draw(st.integers(1, max_states))
    targets = st.sets(st.integers(0, n - 1), max_size=2)
    transitions: dict[Any, dict[str, set[int]]] = {}
    for state in range(n):
        row = {letter: draw(targets) for letter in letters}
        row[""] = {t for t in draw(targets) if t > state or not acyclic}
        transitions[state] = {label: to for label, to in row.items() if to}
    return NFA(
        states=set(range(n)),
        input_symbols=set(letters),
        transitions=transitions,
        initial_state=0,
        final_states=set(draw(st.sets(st.integers(0, n - 1)))),
    )


@st.composite
def counter_machines(
    draw: st.DrawFn, max_counters: int = 3, max_states: int = 6
) -> CounterMachine:
    """Counters in ℤ and ℕ, any table."""
    sigma = draw(alphabets())
    k, n = draw(st.integers(0, max_counters)), draw(st.integers(1, max_states))
    natural = draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = (sigma.num_codes, n, 1 << k)
    increments = rng.integers(-1, 2, (*rows, k))
    if natural:
        for i in range(k):
            zero = np.arange(1 << k) >> i & 1 == 0
            increments[:, :, zero, i] = np.abs(increments[:, :, zero, i])
    return CounterMachine(
        sigma,
        int(rng.integers(n)),
        rng.integers(0, n, rows),
        increments,
        rng.integers(0, 2, rows[1:]) > 0,
        natural,
    )


@st.composite
def stack_machines(
    draw: st.DrawFn, max_stacks: int = 2, max_states: int = 3, max_symbols: int = 3
) -> StackMachine:
    """Any table that pops no empty stack, from any stacks."""
    sigma = draw(alphabets(max_size=2))
    k, n = draw(st.integers(0, max_stacks)), draw(st.integers(1, max_states))
    s = draw(st.integers(0, max_symbols))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = (sigma.num_codes, n, (s + 1) ** k)
    actions = rng.integers(0, PUSH + s, (*rows, k))
    for index in range(rows[2]):
        for i, top in enumerate(tops_at(index, s, k)):
            here = actions[:, :, index, i]
            here[(here == POP) & (top == 0)] = 0
    depth = st.lists(st.integers(0, s - 1), max_size=3) if s else st.just([])
    return StackMachine(
        sigma,
        tuple("xyz"[:s]),
        int(rng.integers(n)),
        rng.integers(0, n, rows),
        actions,
        rng.integers(0, 2, (n, 1 << k)) > 0,
        tuple(tuple(draw(depth)) for _ in range(k)),
    )


@st.composite
def relu_rnns(draw: st.DrawFn, semiring: Semiring, max_size: int = 3) -> Any:
    """Any `ReLURNN` or `MLPRNN`, with or without a head."""
    sigma = draw(alphabets())
    codes, n = sigma.num_codes, draw(st.integers(0, max_size))

    def some(*shape: int) -> Any:
        return draw(arrays(semiring, shape))

    m = draw(st.integers(0, 3)) if draw(st.booleans()) else None
    head = (some(n),) if m is None else (some(m), some(n, m), some(m))
    if draw(st.booleans()):
        return ReLURNN(semiring, sigma, some(n), some(n, n), some(codes, n), *head)
    inner = draw(st.lists(st.integers(0, 3), max_size=2))
    sizes = [n, *inner, n]
    weights = tuple(some(a, b) for a, b in pairwise(sizes))
    biases = tuple(some(size) for size in sizes[2:])
    return MLPRNN(
        semiring, sigma, some(n), weights, some(codes, sizes[1]), biases, *head
    )
