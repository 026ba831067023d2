"""Automata that forget: where the state does not depend on the distant past.

If all n states lead to the same one over the letters just before some place, that is
the state there, whatever came earlier: an exact start for another walk. A permutation
automaton never forgets; then nothing is known but the first state.
"""

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.semiring import Array

LOOK_BACK = (64, 512, 4096)
"""Letters before a start over which all states are followed, until they meet."""
STRIDE = 16
"""Letters after which states that met are merged."""


@compiled
def follow(codes: Array, table: Array, states: Array) -> None:
    """states[i] ← the state after all codes, from states[i]."""
    for t in range(len(codes)):
        row = table[codes[t]]
        for i in range(len(states)):
            states[i] = row[states[i]]


def meeting_state(before: Array, successors: Array, effort: int) -> int | None:
    """The state to which every state leads over some last letters of `before`.

    Follows all states over longer and longer stretches, merging those that met; at
    most about `effort` steps for each stretch. None if they do not meet.
    """
    k, n = successors.shape
    for length in LOOK_BACK:
        states = np.arange(n, dtype=successors.dtype)
        window = before[-length:]
        spent = 0
        for start in range(0, len(window), STRIDE):
            piece = window[start : start + STRIDE]
            spent += len(piece) * len(states)
            if spent > effort or int(piece.max()) >= k:
                return None
            follow(piece, successors, states)
            states = np.unique(states)
        if len(states) == 1:
            return int(states[0])
    return None


def starts_if_forgotten(
    codes: Array, successors: Array, state: int, length: int, count: int
) -> list[int] | None:
    """The states before the letters 0, `length`, …, (count - 1) `length`.

    None if some of them depends on more than the last letters before it, or if that is
    more work to find out than it saves.
    """
    if count > 1 and length < 4 * LOOK_BACK[-1]:
        return None
    starts = [state]
    for i in range(1, count):
        met = meeting_state(codes[: i * length], successors, effort=length // 16)
        if met is None:
            return None
        starts.append(met)
    return starts
