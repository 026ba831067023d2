"""Random counter machines, networks that run them, and disguises of networks."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import strategies as st

from automata_rnn import RATIONAL, Alphabet
from automata_rnn.automata import CounterMachine
from automata_rnn.rnns import MLPRNN, ReLURNN


def random_machine(
    rng: np.random.Generator, states: int = 6, counters: int = 3, letters: str = "abc"
) -> CounterMachine:
    """At most this many states and counters, in ℤ or in ℕ."""
    n, k = int(rng.integers(1, states + 1)), int(rng.integers(0, counters + 1))
    masks, natural = 1 << k, bool(rng.integers(2))
    moves = rng.integers(-1, 2, (len(letters), n, masks, k))
    if natural:
        zero = (np.arange(masks)[:, None] >> np.arange(k)) & 1 == 0
        moves = np.where(zero, np.abs(moves), moves)
    successors = rng.integers(0, n, (len(letters), n, masks))
    accepting = rng.random((n, masks)) < 0.4
    return CounterMachine(Alphabet(letters), 0, successors, moves, accepting, natural)


def three_layers(machine: CounterMachine) -> MLPRNN:
    """Theory 3.1, with the acceptance of the new configuration as a hidden unit.

    Hidden units: states, p, n. Layer 1: states, p, n, |c|, ReLU(|c| - 1), symbols.
    Layer 2: p, n and a gate for each row of the table. Layer 3: the new units.
    """
    n, k, codes = machine.num_states, machine.num_counters, machine.alphabet.num_codes
    rows = list(product(range(codes), range(n), range(1 << k)))
    first = np.zeros((n + 2 * k, n + 4 * k + codes), int)
    first[: n + 2 * k, : n + 2 * k] = np.eye(n + 2 * k)
    for i in range(k):
        for column in (n + 2 * k + i, n + 3 * k + i):
            first[[n + i, n + k + i], column] = 1
    bias = np.zeros((codes, first.shape[1]), int)
    bias[:, n + 3 * k : n + 4 * k] = -1
    bias[:, n + 4 * k :] = np.eye(codes)
    second = np.zeros((first.shape[1], 2 * k + len(rows)), int)
    second[n : n + 2 * k, : 2 * k] = np.eye(2 * k)
    second_bias = np.zeros(second.shape[1], int)
    third = np.zeros((second.shape[1], n + 2 * k), int)
    for i in range(k):
        third[[i, k + i], n + i] = 1, -1
        third[[i, k + i], n + k + i] = -1, 1
    for g, (code, q, mask) in enumerate(rows, 2 * k):
        second[q, g] = second[n + 4 * k + code, g] = 1
        second_bias[g] = -1
        for i in range(k):
            sign = 1 if mask >> i & 1 else -1
            second[[n + 2 * k + i, n + 3 * k + i], g] = sign, -sign
            second_bias[g] -= sign == 1
        third[g, int(machine.successors[code, q, mask])] = 1
        third[g, n : n + k] = machine.increments[code, q, mask]
        third[g, n + k :] = -machine.increments[code, q, mask]
    head, head_bias, readout = _acceptance(machine)
    start = np.eye(n + 2 * k, dtype=int)[machine.initial_state]
    biases = (second_bias, np.zeros(n + 2 * k, int))
    weights: Any = (first, second, third)
    return MLPRNN(
        RATIONAL,
        machine.alphabet,
        start,
        weights,
        bias,
        biases,
        readout,
        head,
        head_bias,
    )


def _acceptance(machine: CounterMachine) -> tuple[Any, Any, Any]:
    """ReLU([q] - Σ |c_i| over a set of counters), and their inclusion-exclusion."""
    n, k = machine.num_states, machine.num_counters
    sets = list(product(range(n), range(1 << k)))
    head, readout = np.zeros((n + 2 * k, len(sets)), int), np.zeros(len(sets), int)
    for unit, (q, zeros) in enumerate(sets):
        head[q, unit] = 1
        for i in range(k):
            if zeros >> i & 1:
                head[[n + i, n + k + i], unit] = -1
        for exact in range(1 << k):
            if exact & ~zeros == 0:
                sign = (-1) ** (zeros & ~exact).bit_count()
                accepts = machine.accepting[q, ~exact & ((1 << k) - 1)]
                readout[unit] += sign * int(accepts)
    return head, np.zeros(len(sets), int), readout


def disguised(rng: np.random.Generator, rnn: Any, dead: int = 3) -> Any:
    """The network with hidden units permuted, scaled, and mixed with useless ones."""
    ring, n = rnn.semiring, rnn.hidden_size
    matrices = [RATIONAL.array(matrix.dense(ring)) for matrix, _ in rnn.layers]
    biases = [RATIONAL.array(bias) for _, bias in rnn.layers]
    order = rng.permutation(n + dead)
    sizes = [fmpq(int(a), int(b)) for a, b in rng.integers(1, 6, (n + dead, 2))]
    scale = np.array(sizes, dtype=object)
    noise = rng.integers(-2, 3, (matrices[-1].shape[0], dead))
    matrices[-1] = np.hstack([matrices[-1], RATIONAL.array(noise)])
    noise = rng.integers(-1, 2, (*biases[-1].shape[:-1], dead))
    biases[-1] = np.concatenate([biases[-1], RATIONAL.array(noise)], axis=-1)
    matrices[0] = _more_rows(matrices[0], dead)
    if len(matrices) == 1:
        matrices[0][n:, n:] = RATIONAL.array(rng.integers(-2, 3, (dead, dead)))
    matrices[-1], biases[-1] = (
        x[..., order] * scale for x in (matrices[-1], biases[-1])
    )
    matrices[0] = matrices[0][order] / scale[:, None]
    initial = _more_rows(RATIONAL.array(rnn.initial), dead)[order] * scale
    fields: dict[str, Any] = {"semiring": RATIONAL, "initial": initial}
    if rnn.head is None:
        fields["readout"] = _more_rows(RATIONAL.array(rnn.readout), dead)[order] / scale
    else:
        head = _more_rows(RATIONAL.array(rnn.head.dense(ring)), dead)
        fields["head"] = head[order] / scale[:, None]
    if isinstance(rnn, ReLURNN):
        return replace(rnn, recurrent=matrices[0], bias=biases[0], **fields)
    fields |= {"weights": tuple(matrices), "biases": tuple(biases[1:])}
    return replace(rnn, bias=biases[0], **fields)


def _more_rows(array: Any, rows: int) -> Any:
    zeros = np.full((rows, *array.shape[1:]), fmpq(0), dtype=object)
    return np.concatenate([array, zeros])


@st.composite
def disguised_networks(draw: st.DrawFn) -> Any:
    """Three-layer networks of random machines."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    machine = random_machine(rng, 3, 2, "ab")
    return disguised(rng, three_layers(machine))


@st.composite
def counting_rnns(draw: st.DrawFn) -> ReLURNN:
    """Signed counters as pairs ReLU(±c), moved by constants; the output reads one."""
    k = draw(st.integers(1, 2))
    pair = np.array([[1, -1], [-1, 1]])
    constants = draw(st.lists(st.integers(-3, 3), min_size=2 * k, max_size=2 * k))
    bias = np.kron(np.reshape(constants, (2, k)), [[1, -1]])
    readout = np.eye(2 * k, dtype=int)[draw(st.integers(0, 2 * k - 1))]
    start = np.zeros(2 * k, int)
    start[0] = draw(st.integers(0, 2))
    matrix: Any = np.kron(np.eye(k, dtype=int), pair)
    rnn = ReLURNN(RATIONAL, Alphabet("ab"), start, matrix, bias, readout)
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    return disguised(rng, rnn) if draw(st.booleans()) else rnn  # type: ignore[no-any-return]
