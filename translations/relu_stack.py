"""ReLURNN, MLPRNN → StackMachine: back from the weights alone.

No layout is assumed: units may be permuted, scaled, copied or useless. A stack is a
linear functional X = ℓ · h of the hidden vector that each step maps by

    x ↦ (x + d_b) / B,   x ↦ B x - d_b,   x ↦ x        (push b, pop b, nothing)

with intervals that do not touch, so that X says what is on top (`translations.stacks`).
The machine's states are sets of hidden vectors, affine in the codes of what lies below
the first symbols of each stack, which the state knows. So the machine's own stacks hold
the rest, and its tops are the symbols below those.
"""

from typing import Any

import numpy as np

from automata_rnn.automata import StackMachine, Stacks
from automata_rnn.automata.stack import tops_index
from automata_rnn.rnns import MLPRNN, ReLURNN
from automata_rnn.semiring import Array
from automata_rnn.system import above
from translations.layout import Layout, StackUnits, layout
from translations.regions import Network, as_network
from translations.regions.forms import Vector
from translations.regions.network import vector
from translations.registry import Translation, translator
from translations.stacks import (
    EMPTY,
    Closure,
    Guess,
    Key,
    NotStacks,
    State,
    TooManyStates,
    close,
    content,
    covers,
    guess,
    read_code,
    sample,
)

DEFAULT_MAX_STATES = 4096
RUNS, LENGTH = 45, 40  # of the samples
FIRST_CHECK, GROWTH = 256, 4  # states after which other samples are taken


@translator(ReLURNN, StackMachine)
def relu_rnn_to_stack_machine(
    rnn: ReLURNN, *, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The stack machine that accepts where the output is positive.

    Exact for all words: the table of states is closed, each transition computed for all
    contents of the stacks below the symbols that it reads. Raises NotStacks, a
    ValueError, with a unit and the reason where a unit neither takes finitely many
    values nor reads a stack, where stack symbols have intervals that touch, or where a
    sign depends on two stacks. A network that counts is refused: see CounterMachine.
    """
    return network_to_stack_machine(rnn, max_states)


@translator(MLPRNN, StackMachine)
def mlp_rnn_to_stack_machine(
    rnn: MLPRNN, *, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """As `relu_rnn_to_stack_machine`, for any number of layers."""
    return network_to_stack_machine(rnn, max_states)


def network_to_stack_machine(
    rnn: ReLURNN | MLPRNN, max_states: int = DEFAULT_MAX_STATES
) -> Translation:
    """The translation of either type of network."""
    network = as_network(rnn)
    closure = _closed(network, max_states)
    index = {state: number for number, state in enumerate(closure.states)}
    machine = _machine(rnn, closure, index)

    def decode(hidden: Array) -> Stacks:
        known = vector(hidden).items()
        h = {unit: value for unit, value in known if unit in network.units}
        state, rests = _locate(closure, h)
        if state not in index:
            raise ValueError("hidden: wanted a state that the network reaches")
        return Stacks(index[state], tuple(rest[::-1] for rest in rests))

    units = _layout(rnn.hidden_size, network, closure)
    return Translation(machine, rnn, decode, read=above, layout=units)


def _layout(hidden_size: int, network: Network, closure: Closure) -> Layout:
    """A stack's units are those that are not constant in its code, in some state."""
    stacks = []
    for j, code in enumerate(closure.reading.codes):
        slopes = [state.slopes[j] or {} for state in closure.states]
        units = sorted({unit for slope in slopes for unit in slope})
        stacks.append(StackUnits(tuple(units), code.weights, code.base))
    return layout(hidden_size, network.units, stacks=tuple(stacks))


def _closed(network: Network, max_states: int) -> Closure:
    """The closed states; where no stack is found, a refusal says what was seen.

    Too many states may mean that the samples missed a stack, so that vectors of the
    states are sampled too.
    """
    vectors: list[Vector] = []
    limit = FIRST_CHECK
    while True:
        found = guess(network, sample(network, RUNS, LENGTH, vectors))
        try:
            return close(network, found, min(limit, max_states))
        except TooManyStates as many:
            if limit >= max_states:
                raise _refusal(found, many.error) from None
            vectors = many.vectors
            limit *= GROWTH
        except NotStacks as error:
            raise _refusal(found, error) from None


def _refusal(found: Guess, error: NotStacks) -> NotStacks:
    """The error, or why nothing was a code."""
    if found.codes or not found.refused:
        return error
    return NotStacks(*found.refused[0])


def _locate(closure: Closure, h: Vector) -> tuple[State | None, list[Any]]:
    """The state that a hidden vector is in, and the rests of its stacks."""
    reading = closure.reading
    words = [content(code, read_code(code, h)) for code in reading.codes]
    heads = tuple(word[: reading.lookahead] for word in words)
    rests = [word[reading.lookahead :] for word in words]
    entries = sorted(h.items())
    key = Key(
        tuple((u, value) for u, value in entries if u not in reading.varying),
        tuple(u for u, _ in entries if u in reading.varying),
        heads,
    )
    point = State(key, h, (None,) * len(words), tuple(rests))
    members = closure.library.get(key, [])
    found = (m for m in members if covers(reading.codes, m, point))
    return next(found, None), rests


def _machine(
    rnn: ReLURNN | MLPRNN, closure: Closure, index: dict[State, int]
) -> StackMachine:
    codes, k = rnn.alphabet.num_codes, len(closure.reading.codes)
    s = max((len(code.digits) for code in closure.reading.codes), default=0)
    n, rows = len(index), (s + 1) ** k
    successors = np.broadcast_to(np.arange(n)[:, None], (codes, n, rows)).copy()
    actions = np.zeros((codes, n, rows, k), np.intp)
    accepting = np.zeros((n, 1 << k), bool)
    for (state, tops, code), (target, move) in closure.moves.items():
        row = code, index[state], tops_index(tuple(t + 1 for t in tops), s)
        successors[row] = index[target]
        actions[row] = move.actions
    for (state, tops), positive in closure.outputs.items():
        mask = sum((top != EMPTY) << i for i, top in enumerate(tops))
        accepting[index[state], mask] = positive
    rests = tuple(rest[::-1] for rest in closure.rests)
    symbols = tuple(range(s))
    return StackMachine(rnn.alphabet, symbols, 0, successors, actions, accepting, rests)
