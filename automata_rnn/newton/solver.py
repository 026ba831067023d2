"""Newton's method for a nonlinear recurrence: all states at once, iterated (DEER).

The states h_t = f(h_{t-1}, x_t), t = 1 … T, solve a system of T equations. Newton's
step from a guess g makes each equation linear at g_{t-1}, with J_t = ∂f/∂h there (rows
on the left), and solves the linear system, which is one affine prefix product:

    h_t = h_{t-1} J_t + b_t,    b_t = f(g_{t-1}, x_t) - g_{t-1} J_t.

So a recurrence takes `iterations` scans of depth O(log T) in place of T steps. One that
is affine takes 1. For any f it takes T at most:

    After i iterations h_1 … h_i are exact. By induction: if g_{t-1} is exact, and the
    new h_{t-1} is exact too, then h_t = f(g_{t-1}, x_t) + (h_{t-1} - g_{t-1}) J_t has
    the difference 0, and is f(h_{t-1}, x_t). Exact states stay exact for the same
    reason, and h_0 is exact from the start.

The argument uses nothing of J, so the kinks of a ReLU do no harm: any element of the
subdifferential will do. How far below T the number of iterations stays is what
"parallelizable" means in practice. Were it bounded by a power of log T for a network
that solves a P-complete problem, P would be in NC (Corollary 3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.scan import Method, affine, prefix_products
from automata_rnn.semiring import Array, Semiring

Linearize: TypeAlias = Callable[[Array, Array], tuple[Array, Array]]
"""(states (T, n), codes (T,)) ↦ (f (T, n), J (T, n, n)); J[t, i, j] = ∂f_j/∂h_i."""


@dataclass(frozen=True, eq=False)
class NewtonRun:
    """What Newton's method found, and how long it took.

    Attributes:
        states: h₀, …, h_T, shape (T + 1, n).
        progress: for each iteration, how many leading steps were right after it; the
            last one is T.
    """

    states: Array
    progress: tuple[int, ...]

    @property
    def iterations(self) -> int:
        """Affine prefix products that it took; 0 where the first guess was right."""
        return len(self.progress)

    @property
    def depth(self) -> int:
        """Rounds of products one after the other: `scan_rounds` for each iteration."""
        return self.iterations * scan_rounds(len(self.states) - 1)


def scan_rounds(length: int) -> int:
    """2 ⌈log₂ T⌉, the rounds of one prefix product of T elements by Blelloch's scan."""
    return 2 * max(0, length - 1).bit_length()


def newton_states(
    linearize: Linearize,
    semiring: Semiring,
    initial: Array,
    codes: Array,
    *,
    guess: Array | None = None,
    method: Method = "auto",
) -> NewtonRun:
    """All states of h_t = f(h_{t-1}, x_t), by Newton's iteration from a guess.

    It stops when every equation h_t = f(h_{t-1}, x_t) holds with ==. In exact semirings
    the states are those of the steps one by one. In floats they are, too, where the
    sums and products of exact states are representable; guesses that overflowed are
    begun again at h₀. Nothing converges but exactly: where rounding keeps the
    equations from holding, T iterations are made, and then a ValueError is raised.

    Args:
        linearize: f and its Jacobians, batched.
        semiring: whose numbers h holds: a ring, REAL, INTEGER or RATIONAL.
        initial: h₀, shape (n,).
        codes: x_1 … x_T, shape (T,), unsigned integers.
        guess: of h_1 … h_T, shape (T, n); h₀ everywhere by default.
        method: of the prefix products.
    """
    length = len(codes)
    states = np.empty((length + 1, len(initial)), initial.dtype)
    states[:] = initial
    if guess is not None:
        states[1:] = guess
    progress: list[int] = []
    values, jacobians = _at(linearize, states, codes)
    while (right := correct_steps(states, values)) < length:
        if len(progress) == length:
            raise ValueError(
                f"recurrence: wanted steps whose arithmetic is exact, got a remainder "
                f"at step {right + 1} after {length} iterations"
            )
        states[1:] = _newton_step(semiring, states, values, jacobians, method)
        values, jacobians = _at(linearize, states, codes)
        progress.append(correct_steps(states, values))
    return NewtonRun(states, tuple(progress))


def _at(linearize: Linearize, states: Array, codes: Array) -> tuple[Array, Array]:
    """All steps from `states`, made linear there; guesses may overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        return linearize(states[:-1], codes)


def correct_steps(states: Array, values: Array) -> int:
    """How many leading t have h_t = f(h_{t-1}, x_t)."""
    wrong = np.any(states[1:] != values, axis=1).astype(bool)
    return int(np.argmax(wrong)) if wrong.any() else len(wrong)


def _newton_step(
    semiring: Semiring, states: Array, values: Array, jacobians: Array, method: Method
) -> Array:
    """The solution h_1 … h_T of the equations made linear at `states`."""
    with np.errstate(over="ignore", invalid="ignore"):
        bias = values - semiring.vecmat(states[:-1], jacobians)
        solved = prefix_products(
            (jacobians, bias), affine(semiring), initial=states[0], method=method
        )
        return _finite(solved, states[0])


def _finite(states: Array, initial: Array) -> Any:
    """Rows with an infinity or nan, in floats, replaced by `initial`."""
    if states.dtype.kind != "f":
        return states
    return np.where(np.isfinite(states).all(axis=1)[:, None], states, initial)
