"""The hidden state after a long word, exactly, faster than step by step."""

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.alphabet import Word
from automata_rnn.rnns.mlp import MLPRNN
from automata_rnn.rnns.relu import Layers, ReLURNN
from automata_rnn.rnns.symbolic_run import SymbolicRun, value_of
from automata_rnn.rnns.symbolic_run import start as as_mode
from automata_rnn.semiring import INTEGER, RATIONAL, REAL, Array
from automata_rnn.system import start, trace

Recurrent: TypeAlias = ReLURNN | MLPRNN


class InexactError(ArithmeticError):
    """A float64 run left the numbers that float64 holds.

    Attributes:
        step: the first step, from 1, after which the state is not exact.
        unit: a unit that is not.
    """

    def __init__(self, step: int, unit: int, wanted: Any, got: Any) -> None:
        super().__init__(
            f"step {step}: unit {unit} is not exact in float64: wanted {wanted}, "
            f"got {got!r}; use a network over RATIONAL or INTEGER"
        )
        self.step, self.unit = step, unit


def final_state(network: Recurrent, word: Word) -> Array:
    """The last state of `trace(network, word)`, the same exact numbers.

    Integer networks run in 64-bit registers for as long as no sum can pass 2⁶², and
    rational ones by `symbolic_run`, whose steps cost a look-up and one pass over the
    digits of the few numbers that are large. Float networks take plain steps.
    """
    if network.semiring is INTEGER:
        return _integer_state(network, word)
    if network.semiring is RATIONAL:
        return _rational_state(network, word)
    state = start(network)
    for symbol in word:
        state = network.step(state, symbol)
    return state


@lru_cache(maxsize=4)
def _modes(network: Recurrent) -> SymbolicRun:
    """What is known of a network's steps, kept for its next words."""
    return SymbolicRun(network.layers)


def _rational_state(network: Recurrent, word: Word) -> Array:
    run = _modes(network)
    mode, atoms = as_mode(start(network))
    for code in network.alphabet.encode(word).tolist():
        mode, atoms = run.advance(mode, atoms, code)
    state = network.semiring.array(np.zeros(network.hidden_size, int)).copy()
    for unit, form in mode:
        state[unit] = value_of(form, atoms)
    return state


def _integer_state(network: Recurrent, word: Word) -> Array:
    from automata_rnn.rnns.integer_kernel import run  # numba waits for its users

    state, codes = start(network), network.alphabet.encode(word)
    done, layers = 0, network.layers
    numbers = [state, *(part for m, b in layers for part in (m.values, b))]
    if all(abs(x) < 2**31 for part in numbers for x in part.ravel()):
        registers = state.astype(np.int64)
        done = run(codes.astype(np.int64), registers, *_flat(layers))
        state = network.semiring.array(registers)
    for code in codes[done:].tolist():
        state = network.step(state, network.alphabet.symbols[code])
    return state


def _flat(layers: Layers) -> tuple[Array, ...]:
    """Sizes, row starts, columns, values, first and other biases, all of int64."""
    matrices = [m for m, _ in layers]
    ends = np.cumsum([0, *(len(m.values) for m in matrices)])
    starts = [m.starts[:-1] + end for m, end in zip(matrices, ends, strict=False)]
    parts = (
        [matrices[0].shape[0], *(m.shape[1] for m in matrices)],
        np.concatenate([*starts, ends[-1:]]),
        np.concatenate([m.columns for m in matrices]),
        np.concatenate([m.values for m in matrices]),
        layers[0][1],
        np.concatenate([[], *(bias for _, bias in layers[1:])]),
    )
    return tuple(np.asarray(part).astype(np.int64) for part in parts)


def check_exact(network: Recurrent, word: Word) -> Array:
    """The last state of a float64 network, after checking every state of the run.

    Raises InexactError naming the first step and a unit where float64 rounded: its
    weights are taken as the rationals that they are and run exactly beside it.
    """
    if network.semiring is not REAL:
        raise ValueError(f"network.semiring: wanted REAL, got {network.semiring}")
    exact = over_rationals(network)
    runs = zip(trace(network, word), trace(exact, word), strict=True)
    for step, (got, wanted) in enumerate(runs):
        wrong = np.flatnonzero(RATIONAL.array(got) != wanted)
        if len(wrong):
            unit = int(wrong[0])
            raise InexactError(step, unit, wanted[unit], got[unit])
    return got


def over_rationals(network: Recurrent) -> Recurrent:
    """The same network with its weights as rationals."""
    head = (network.readout, network.head, network.head_bias)
    first = (RATIONAL, network.alphabet, network.initial)
    if isinstance(network, ReLURNN):
        return ReLURNN(*first, network.recurrent, network.bias, *head)
    return MLPRNN(*first, network.weights, network.bias, network.biases, *head)
