"""automata-lib's NFA in and out: weights that count its accepting paths."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Symbol
from automata_rnn.automata.classical import alphabet_of, sorted_symbols
from automata_rnn.automata.wfa import WFA, absorb_bos
from automata_rnn.semiring import BOOLEAN, Array, Semiring
from automata_rnn.system import adapter

EPSILON = ""  # automata-lib's label of a move that reads nothing


@adapter("automata.fa.nfa.NFA")
def wfa_from_nfa(
    nfa: NFA,
    semiring: Semiring = BOOLEAN,
    *,
    alphabet: Iterable[Symbol] | None = None,
) -> WFA:
    """The sum over accepting paths of an NFA: over INTEGER, how many there are.

    Over BOOLEAN the value is acceptance. Moves on ε are closed: with E the matrix of
    ε-moves, W_σ = M_σ E* and α = e₀ E*, where E* = Σ_k Eᵏ. Only states on some
    accepting path are kept.

    Raises ValueError where E has a cycle on an accepting path, since a word then has
    infinitely many paths; where 1 ⊕ 1 = 1, as over BOOLEAN, cycles are harmless.
    """
    sigma = alphabet_of(nfa, alphabet)
    states = _useful_states(nfa)
    position = {state: i for i, state in enumerate(states)}
    arcs = np.zeros((len(sigma) + 1, len(states), len(states)), dtype=bool)  # ε last
    for state in states:
        for label, targets in nfa.transitions.get(state, {}).items():
            code = len(sigma) if label == EPSILON else sigma.code(label)
            for target in set(targets) & set(position):
                arcs[code, position[state], position[target]] = True
    weights = semiring.array(_units(arcs, semiring))
    closure = _epsilon_closure(weights[-1], arcs[-1], semiring, states)
    first = np.array([state == nfa.initial_state for state in states], dtype=bool)
    final = np.array([state in nfa.final_states for state in states], dtype=bool)
    return WFA(
        semiring,
        sigma,
        semiring.vecmat(semiring.array(_units(first, semiring)), closure),
        semiring.matmul(weights[:-1], closure[None]),
        _units(final, semiring),
    )


def _units(flags: npt.NDArray[np.bool_], semiring: Semiring) -> Array:
    values = np.empty(flags.shape, dtype=object)
    values[flags], values[~flags] = semiring.one, semiring.zero
    return values


def _useful_states(nfa: NFA) -> list[Any]:
    """States on some path from the initial state to a final one, breadth-first."""
    ahead = {
        state: [
            target
            for _, targets in sorted(moves.items(), key=str)
            for target in sorted_symbols(targets)
        ]
        for state, moves in nfa.transitions.items()
    }
    behind: dict[Any, list[Any]] = {}
    for state, targets in ahead.items():
        for target in targets:
            behind.setdefault(target, []).append(state)
    alive = set(_reach(nfa.final_states, behind))
    return [s for s in _reach((nfa.initial_state,), ahead) if s in alive]


def _reach(first: Iterable[Any], edges: dict[Any, list[Any]]) -> list[Any]:
    found = dict.fromkeys(first)
    pending = list(found)
    for state in pending:  # grows while it is read
        for target in edges.get(state, ()):
            if target not in found:
                found[target] = None
                pending.append(target)
    return pending


def _epsilon_closure(
    moves: Array, arcs: npt.NDArray[np.bool_], semiring: Semiring, states: list[Any]
) -> Array:
    """Σ_k Eᵏ, which ends where E has no cycle, and settles where 1 ⊕ 1 = 1."""
    power = total = semiring.eye(len(states), moves)
    for _ in states:
        power = semiring.matmul(power, moves)
        if np.all(semiring.is_zero(power)):
            return total
        total = semiring.plus(total, power)
    if np.array_equal(semiring.plus(total, total), total):
        return total
    paths = arcs
    for _ in states:
        paths = paths | (paths @ arcs)
    cycle = [state for state, on in zip(states, np.diag(paths), strict=True) if on]
    raise ValueError(
        f"nfa: wanted no cycle of ε-moves on an accepting path, since over "
        f"{semiring.name} weights every pass counts, got one through states {cycle}"
    )


def nfa_from_wfa(wfa: WFA) -> NFA:
    """automata-lib's NFA of the words of nonzero weight.

    Right where sums and products of nonzero weights are never zero: over BOOLEAN, the
    tropical semirings, LOG, and nonnegative numbers. ValueError naming the field with
    weights that can cancel.
    """
    wfa = absorb_bos(wfa)
    for name in ("initial", "weights", "final"):
        array = getattr(wfa, name)
        if _may_cancel(wfa.semiring, array):
            raise ValueError(
                f"wfa.{name}: wanted weights that cannot cancel, got {array.min()} "
                f"over {wfa.semiring.name}"
            )
    arcs = ~wfa.semiring.is_zero(wfa.weights)
    starts = np.flatnonzero(~wfa.semiring.is_zero(wfa.initial)).tolist()
    finals = np.flatnonzero(~wfa.semiring.is_zero(wfa.final)).tolist()
    symbols: list[Any] = list(wfa.alphabet)
    transitions: dict[Any, dict[Any, set[Any]]] = {q: {} for q in range(wfa.num_states)}
    for code, source, target in np.argwhere(arcs).tolist():
        transitions[source].setdefault(symbols[code], set()).add(target)
    transitions["start"] = {EPSILON: set(starts)} if starts else {}
    return NFA(
        states=set(transitions),
        input_symbols=set(symbols),
        transitions=transitions,
        initial_state="start",
        final_states=set(finals),
    )


def _may_cancel(semiring: Semiring, array: Array) -> bool:
    if semiring.zero is False or np.isinf(float(semiring.zero)):
        return False  # BOOLEAN, tropical, LOG
    if array.dtype.kind in "ic":
        return True  # finite rings, COMPLEX
    return bool(np.any(array < 0))
