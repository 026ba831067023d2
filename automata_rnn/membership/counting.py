"""Ambiguity lines of automata whose weights count: ℕ, or arcs of an NFA."""

import numpy as np

from automata_rnn.automata import WFA
from automata_rnn.membership.ambiguity import Ambiguity, ambiguity
from automata_rnn.membership.report import Line, no, unknown, yes
from automata_rnn.semiring import BOOLEAN

DEGREE = "polynomially ambiguous"
UNAMBIGUOUS = "unambiguous"
LARGEST_COUNTED = 40
WEBER = "no state has two runs to itself on one word (Weber, Seidl 1991)"


def ambiguity_lines(wfa: WFA) -> tuple[Line, ...]:
    """Two lines where weights are natural numbers or Booleans, else none."""
    if wfa.semiring is not BOOLEAN and not _natural(wfa):
        return ()
    if wfa.num_states > LARGEST_COUNTED:
        because = f"{wfa.num_states} states are more than {LARGEST_COUNTED}"
        return (unknown(DEGREE, because), unknown(UNAMBIGUOUS, because))
    arrays = (_counts(part) for part in (wfa.initial, wfa.weights, wfa.final))
    found = ambiguity(*arrays)
    return degree(found), unambiguous(found)


def degree(found: Ambiguity) -> Line:
    """The growth of the number of runs."""
    if found.degree is None:
        (state,) = found.states[0]
        said = f"state {state} has two runs to itself: exponentially many"
        return no(DEGREE, said, WEBER, state=state)
    pairs = [list(pair) for pair in found.states]
    growth = "finitely ambiguous" if found.degree == 0 else f"degree {found.degree}"
    return yes(DEGREE, growth, WEBER, degree=found.degree, pairs=pairs)


def unambiguous(found: Ambiguity) -> Line:
    """Whether no word has two accepting runs."""
    reason = "no pair of different states is on two accepting runs of one word"
    if found.unambiguous:
        return yes(UNAMBIGUOUS, "", reason)
    return no(UNAMBIGUOUS, "some word has two accepting runs", reason)


def _natural(wfa: WFA) -> bool:
    if wfa.semiring.field != "Q":
        return False
    parts = np.concatenate([x.ravel() for x in (wfa.initial, wfa.weights, wfa.final)])
    return all(v >= 0 and int(v) == v for v in parts.tolist())


def _counts(array: np.ndarray) -> np.ndarray:
    """Counts above 2 say no more than 2 does."""
    flat = [min(2, int(v)) for v in array.ravel().tolist()]
    return np.array(flat, dtype=np.int64).reshape(array.shape)
