"""The cost table counts what the library does: operations are counted one by one."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from automata_rnn import (
    BOOLEAN,
    MAX_PLUS,
    RATIONAL,
    REAL,
    Alphabet,
    Semiring,
    integers_mod,
)
from automata_rnn.automata import WFA, dfa_from_regex, wfa_from_dfa
from automata_rnn.circuits import (
    CostRow,
    ParallelCost,
    arithmetic_circuit,
    parallel_cost,
)
from automata_rnn.circuits.cost_rows import batched_rounds
from automata_rnn.circuits.operation_counts import dot_depth
from automata_rnn.rnns import (
    MLPRNN,
    PDRNN,
    DeltaProduct,
    DiagonalNetwork,
    DiagonalRNN,
    HeadGroup,
    Layer,
    LinearRNN,
    Network,
    ReLURNN,
)
from automata_rnn.rnns.feedforward import FeedForward
from automata_rnn.rnns.heads import act
from automata_rnn.scan import affine, diagonal, matrices, one_hot_diagonal
from automata_rnn.scan.dplr import Steps, dplr_states
from automata_rnn.scan.methods import blelloch, sequential_states, tree
from translations import translate


class Counted:
    """A number that counts the sums and products that are made of it."""

    operations = 0

    def __init__(self, value: int) -> None:
        self.value = value

    def _result(self) -> "Counted":
        Counted.operations += 1
        return self

    def __add__(self, other: Any) -> "Counted":
        return self._result()

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __add__


def total(x: Any, axis: int) -> Any:
    return np.add.reduce(x, axis=axis)


COUNTING = Semiring(
    "counting",
    Counted(0),
    Counted(1),
    np.add,
    np.multiply,
    total,
    lambda x: x,
    True,
)


def counted(*shape: int) -> Any:
    array = np.empty(shape, dtype=object)
    array.ravel()[:] = [Counted(i) for i in range(array.size)]
    return array


def operations(call: Any) -> int:
    Counted.operations = 0
    call()
    return Counted.operations


def row(cost: ParallelCost, method: str) -> CostRow:
    return next(r for r in cost.rows if r.method.startswith(method))


T, N = 13, 3


def machines() -> Iterator[tuple[str, Any, Any, Any, Any]]:
    """A machine, its monoid over COUNTING, its elements, and its start state."""
    sigma = Alphabet("ab")
    ones, square = np.ones((2, N)), np.ones((2, N, N))
    flat, matrix = counted(T, N), counted(T, N, N)
    index = np.array([[1, 2, 0]] * T)
    pd = PDRNN(REAL, sigma, ones[0], index[:2], ones, ones[0])
    pd_bias = PDRNN(REAL, sigma, ones[0], index[:2], ones, ones[0], ones)
    wfa = WFA(REAL, sigma, ones[0], square, ones[0])
    biased = LinearRNN(REAL, sigma, ones[0], square, ones[0], ones)
    two = np.ones((2, N))
    rows = LinearRNN(REAL, sigma, two, square, two, np.ones((2, 2, N)))
    gates = DiagonalRNN(REAL, sigma, ones[0], ones, ones[0])
    gates_bias = DiagonalRNN(REAL, sigma, ones[0], ones, ones[0], ones)
    start = counted(N)
    ring = COUNTING
    yield "matrices", wfa, matrices(ring), (matrix,), start
    yield "affine", biased, affine(ring), (matrix, flat), start
    rank_two = (matrix, counted(T, 2, N))
    yield "rows", rows, affine(ring, 2), rank_two, counted(2, N)
    yield "diagonal", gates, diagonal(ring), (flat,), start
    yield "gates", gates_bias, diagonal(ring, bias=True), (flat, flat), start
    yield "pd", pd, one_hot_diagonal(ring), (index, flat), start
    biases = (index, flat, flat)
    yield "pd bias", pd_bias, one_hot_diagonal(ring, bias=True), biases, start


CASES = list(machines())


@pytest.mark.parametrize(
    ("machine", "monoid", "elements", "start"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_work_is_what_the_scan_does(
    machine: Any, monoid: Any, elements: Any, start: Any
) -> None:
    cost = parallel_cost(machine, T)
    one_by_one = operations(lambda: sequential_states(elements, monoid, start))
    assert row(cost, "sequential").work == one_by_one
    scan = operations(lambda: monoid.act(start, blelloch(elements, monoid)))
    assert row(cost, "scan").work == scan
    last = operations(lambda: monoid.act(start, tree(elements, monoid)))
    assert row(cost, "last state").work == last


def test_rounds_are_calls_of_combine() -> None:
    plain = matrices(REAL)
    for length in range(1, 40):
        calls: list[int] = []

        def combine(x: Any, y: Any, calls: list[int] = calls) -> Any:
            calls.extend([1] if len(x[0]) else [])
            return plain.combine(x, y)

        blelloch((np.ones((length, 1, 1)),), replace(plain, combine=combine))
        assert len(calls) == batched_rounds(length) <= 2 * np.log2(length)


@pytest.mark.parametrize(("factors", "d", "chunk"), [(1, 1, 4), (2, 2, 8), (1, 3, 16)])
def test_work_of_chunks_of_heads(factors: int, d: int, chunk: int) -> None:
    """T = 16: whole chunks in WY form, and factors one by one."""
    n, length = 3, 16
    keys = np.ones((2, factors, n), int)
    head = DeltaProduct(
        RATIONAL,
        Alphabet("ab"),
        initial=np.ones((d, n), int),
        keys=keys,
        beta=np.ones((2, factors), int),
        query=np.ones(n, int),
        readout=np.ones(d, int),
        values=np.ones((2, factors, d), int),
    )
    cost = parallel_cost(head, length, chunk=chunk)
    steps = length * factors
    parts = Steps(*(counted(steps, size) for size in (n, n, n, d, n)))
    options = {"decay": parts.decay, "values": parts.values, "keys": parts.keys}
    first = counted(d, n)
    by_chunks = operations(
        lambda: dplr_states(first, parts.left, parts.right, chunk=chunk, **options)
    )
    assert row(cost, "chunked").work == by_chunks
    one = Steps(*(part[0] for part in parts))
    assert row(cost, "sequential").work == steps * operations(lambda: act(first, one))


@pytest.mark.parametrize("length", [1, 2, 5, 64, 100])
def test_depth_of_the_scan_is_that_of_its_circuit(length: int) -> None:
    for name, machine, *_ in CASES:
        if name.startswith("pd"):
            continue  # circuits have matrices there
        cost = parallel_cost(machine, length)
        size = machine.initial.size
        for method, prefixes in (("scan", True), ("last state", False)):
            circuit = arithmetic_circuit(
                machine, length, prefixes=prefixes, inputs="entries"
            )
            assert row(cost, method).depth == circuit.depth - dot_depth(size)


def test_networks_of_layers() -> None:
    """One group of heads without projections counted apart is the head's own row."""
    rng = np.random.default_rng(0)
    d, n, h, width, units = 2, 3, 2, 5, 4
    group = HeadGroup(
        "deltanet",
        rng.normal(size=(h, 1 + n + d, width)),
        rng.normal(size=(h, n, width)),
        rng.normal(size=(h, d, width)),
    )
    ffn = FeedForward(np.ones((units, width)), np.ones((units, width)))
    layer = Layer((group,), (ffn,))
    network = Network(
        REAL, Alphabet("ab"), np.ones((2, width)), (layer, layer), np.ones(width)
    )
    cost = parallel_cost(network, 64, chunk=8)
    assert cost.machine == "Network, 2 layers, width 5"
    stream, parts = counted(width), counted(1 + n + d, width)
    projected = h * operations(lambda: parts @ stream)
    projected += h * operations(lambda: counted(n, width) @ stream)
    reading = h * operations(lambda: counted(d, n) @ counted(n))
    adding = operations(lambda: stream + counted(width, h * d) @ counted(h * d))
    inward = operations(lambda: counted(units, width) @ stream) + units  # ReLU
    outward = operations(lambda: stream + counted(width, units) @ counted(units))
    alone = projected + reading + adding + inward + outward
    state = counted(d, n)
    one = Steps(*(counted(size) for size in (n, n, n, d, n)))
    step = h * operations(lambda: act(state, one))
    assert row(cost, "sequential").work == 2 * 64 * (alone + step)
    steps = Steps(*(counted(64, size) for size in (n, n, n, d, n)))
    options = {"decay": steps.decay, "values": steps.values, "keys": steps.keys}
    heads = h * operations(
        lambda: dplr_states(state, steps.left, steps.right, chunk=8, **options)
    )
    assert row(cost, "chunked").work == 2 * (64 * alone + heads)
    assert row(cost, "scan").rounds == 2 * (batched_rounds(64) + 2 + 2)
    assert row(cost, "sequential").rounds == 2 * 64


def test_diagonal_layers_follow_one_another() -> None:
    """Each costs what a diagonal network of its size does, and a lookup a position."""
    dfa = dfa_from_regex("a*b(a|b)*c(a|b|c)*")
    network = translate(dfa, DiagonalNetwork).rnn
    assert isinstance(network, DiagonalNetwork)
    assert len(network.layers) > 1
    cost, sigma = parallel_cost(network, 100, chunk=8), Alphabet("a")
    assert cost.theory.startswith("TC⁰")
    for method in ("sequential", "scan", "chunked"):
        work = depth = rounds = 0
        for layer in network.layers:
            ones = np.ones(layer.hidden_size)
            alone = DiagonalRNN(REAL, sigma, ones, [ones], ones, [ones])
            one = row(parallel_cost(alone, 100, chunk=8), method)
            once = 100 if method == "sequential" else 1
            work, depth = work + one.work + 100, depth + one.depth + once
            rounds += one.rounds + (method != "sequential")
        found = row(cost, method)
        assert (found.work, found.depth, found.rounds) == (work, depth, rounds)


class Recurrent:
    """h ↦ max(h, 0): nonlinear, with a state of four numbers."""

    alphabet = Alphabet("a")
    initial = np.zeros(4)

    def step(self, state: Any, symbol: Any) -> Any:
        return np.maximum(state, 0)

    def output(self, state: Any) -> Any:
        return state[0]


def test_newton_for_nonlinear_machines() -> None:
    cost = parallel_cost(Recurrent(), 1024, newton_iterations=7)
    best, measured, worst = (
        row(cost, f"Newton, {x}") for x in ("at best", "measured", "at worst")
    )
    assert "Corollary 2" in cost.theory
    assert best.rounds == batched_rounds(1024) + 3
    assert (measured.work, measured.depth) == (7 * best.work, 7 * best.depth)
    assert worst.work == 1024 * best.work
    assert best.depth < row(cost, "sequential").depth < worst.depth
    assert [r.method for r in parallel_cost(Recurrent(), 8).rows] == [
        "sequential",
        "Newton, at best (1)",
        "Newton, at worst (8)",
    ]


@pytest.mark.parametrize("sizes", [(4, 4), (3, 5, 3), (3, 5, 2, 3)])
def test_steps_and_jacobians_of_relu_layers(sizes: tuple[int, ...]) -> None:
    """Counted on dense layers, and steps on the weights that are not 0."""
    n, sigma = sizes[0], Alphabet("ab")
    shapes = list(pairwise(sizes))
    weights = [np.ones(shape) for shape in shapes]
    for matrix in weights:
        matrix[1, 0] = 0
    bias, others = np.ones((2, sizes[1])), tuple(np.ones(m) for m in sizes[2:])
    network: Any = MLPRNN(
        REAL, sigma, np.ones(n), tuple(weights), bias, others, np.ones(n)
    )
    if len(shapes) == 1:
        network = ReLURNN(REAL, sigma, np.ones(n), weights[0], bias, np.ones(n))
    step = jacobians = relus = 0
    for place, (before, units) in enumerate(shapes):
        sums = operations(
            lambda b=before, u=units: counted(b) @ counted(b, u) + counted(u)
        )
        moved = operations(lambda b=before, u=units: counted(n, b) @ counted(b, u))
        step, relus = step + sums, relus + units
        jacobians += n * units + (moved if place else 0)
    cost = parallel_cost(network, 8)
    zeros = 2 * len(shapes)  # products and sums that are left out
    assert row(cost, "sequential").work == 8 * (step + relus - zeros)
    counts = operations(lambda: counted(n) - counted(n) @ counted(n, n))
    elements, monoid = (counted(8, n, n), counted(8, n)), affine(COUNTING)
    scan = operations(lambda: monoid.act(counted(n), blelloch(elements, monoid)))
    one = 8 * (step + relus + jacobians + counts) + scan
    assert row(cost, "Newton, at best").work == one
    full = [2 + dot_depth(before) for before, _ in shapes]
    assert row(cost, "sequential").depth == 8 * sum(full)  # a column without zeros


def test_theory_by_machine() -> None:
    dfa = dfa_from_regex("(ab|c)*")
    sigma, ones = Alphabet("a"), np.ones(2, int)
    full = np.ones((1, 2, 2), int)
    cases = [
        (dfa, "NC¹", "O(log n)"),
        (wfa_from_dfa(dfa), "NC¹: one-hot", "O(log n)"),
        (translate(dfa, PDRNN).rnn, "NC¹: one-hot", "O(log n)"),
        (DiagonalRNN(REAL, sigma, ones, [ones], ones), "TC⁰", "O(log n)"),
        (WFA(RATIONAL, sigma, ones, full, ones), "PNC¹", "O(log n log* n) (Corollary"),
        (WFA(BOOLEAN, sigma, ones, full, ones), "NC¹: a finite", "O(log n)"),
        (WFA(integers_mod(7), sigma, ones, full, ones), "NC¹: a finite", "O(log n)"),
        (WFA(integers_mod(2**61), sigma, ones, full, ones), "NC¹: a fin", "O(log n)"),
        (WFA(MAX_PLUS, sigma, ones, full, ones), "arithmetic NC¹ over", "O(log n) g"),
    ]
    for machine, theory, bound in cases:
        cost = parallel_cost(machine, 4)
        assert cost.theory.startswith(theory), cost.theory
        assert cost.bound.startswith(bound)


def test_the_table_of_long_words() -> None:
    """64 K to 1 M, five lengths; rounds grow with log T, work with T."""
    cost = parallel_cost(dfa_from_regex("(ab|c)*"))
    assert len(cost.rows) == 5 * 4
    scans = [r for r in cost.rows if r.method == "scan"]
    assert [r.length for r in scans] == [2**k for k in range(16, 21)]
    assert [r.rounds for r in scans] == [32, 34, 36, 38, 40]
    text = str(cost)
    assert text.splitlines()[0].startswith("DFA, 3 states: NC¹")
    assert "1,048,576  sequential" in text
    assert len(text.splitlines()) == 2 + 20


def test_bad_arguments_are_named() -> None:
    dfa = dfa_from_regex("a*")
    with pytest.raises(ValueError, match="wanted at least 1"):
        parallel_cost(dfa, 0)
    with pytest.raises(ValueError, match="wanted at least 1"):
        parallel_cost(dfa, 4, chunk=0)
    with pytest.raises(ValueError, match="newton_iterations: wanted at least 1"):
        parallel_cost(Recurrent(), 4, newton_iterations=0)
    with pytest.raises(TypeError, match="chunk: wanted an int"):
        parallel_cost(dfa, 4, chunk=2.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="lengths: wanted an int"):
        parallel_cost(dfa, [4, "8"])  # type: ignore[list-item]
    assert parallel_cost(dfa, np.int64(8)).rows == parallel_cost(dfa, 8).rows
    with pytest.raises(TypeError, match="state that is a vector"):
        parallel_cost(Steady(), 4)


class Steady:
    """Its state is no array."""

    alphabet = Alphabet("a")
    initial = "start"

    def step(self, state: str, symbol: Any) -> str:
        return state

    def output(self, state: str) -> int:
        return 0
