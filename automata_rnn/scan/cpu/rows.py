"""Rows times dense matrices, with or without biases, by plain loops.

    h_t = h_{t-1} ⊗ A_t [⊕ b_t]

over real, complex, max-plus, min-plus and logarithmic numbers, for one state or a stack
of states that share A. The product of A_1, …, A_t is what they make of all rows of the
identity, and the bias of a product of affine maps is what they make of zero; so one
loop does all. A row takes O(n²) per step. Products without biases have faster kernels
in `automata_rnn.scan.cpu.dense`, except for logarithms, which are added as

    log Σ_k exp x_k = p + log Σ_k exp(x_k - p)    with p = max_k x_k,

so that no exponential overflows and the largest one never underflows.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from automata_rnn.scan import monoid as monoids
from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.structured import run
from automata_rnn.scan.cpu.structured_checks import cast_floats
from automata_rnn.scan.cpu.structured_schedule import Family, Track
from automata_rnn.scan.monoid import Element
from automata_rnn.semiring import Array, semiring_named

SEMIRINGS = ("real", "max-plus", "min-plus", "log")
SHARE = 1 << 14
"""Entries of elements that are worth waking one more thread."""


def prefix_rows(
    semiring_name: str,
    elements: Array,
    bias: Array | None = None,
    *,
    state_rank: int = 1,
    initial: Any = None,
    reduce: bool = False,
    threads: int | None = None,
) -> Any:
    """Prefix products, or states, of s ↦ s ⊗ A_t [⊕ b_t].

    Args:
        semiring_name: "real" (also for complex numbers), "max-plus", "min-plus" or
            "log". Numbers must not be NaN, nor be infinite but for the semiring's zero.
        elements: A, (*batch, T, n, n), float32, float64, or complex.
        bias: b, (*batch, T, n), or (*batch, T, d, n).
        state_rank: 1 for states (n,), 2 for states (d, n); biases are as states are.
        initial: a state, or one for each sequence; then states are returned, of the
            dtype of the elements.
        reduce: only the last product or state of each sequence.
        threads: at most so many; by default one for each processor.

    Returns:
        As `prefix_products` with `matrices` or `affine`. Real results differ from the
        definition by the order of additions, logarithms by the rounding of `exp` and
        `log`; others are the same to the bit.

    Raises:
        ValueError: an unknown semiring, shapes that do not fit, fewer than one thread;
            TypeError: other dtypes.

    >>> import numpy as np
    >>> coin = np.log(np.full((5, 2, 2), 0.5))
    >>> np.exp(prefix_rows("log", coin, reduce=True)).round(12)
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    if semiring_name not in SEMIRINGS:
        wanted = ", ".join(SEMIRINGS)
        raise ValueError(f"semiring: wanted one of {wanted}, got {semiring_name!r}")
    if state_rank not in (1, 2):
        raise ValueError(f"state_rank: wanted 1 or 2, got {state_rank}")
    parts: Element = (elements,) if bias is None else (elements, bias)
    parts, initial = cast_floats(parts, initial)
    number = parts[0].dtype
    if number.kind == "c" and semiring_name != "real":
        raise TypeError(f"elements: wanted floats for {semiring_name}, got {number}")
    semiring = semiring_named("complex" if number.kind == "c" else semiring_name)
    if state_rank == 1:
        parts = (parts[0], *(b[..., None, :] for b in parts[1:]))
        initial = None if initial is None else initial[..., None, :]
    plain = Track(_kernel(semiring_name, False), (0, 0), (0,))
    biased = Track(_kernel(semiring_name, True), (0, 1), (0,))
    if bias is None:
        family = Family(monoids.matrices(semiring, 2), (plain,), plain, False, False)
    else:
        monoid, both = (
            monoids.affine(semiring, 2),
            (plain, biased._replace(carries=(1,))),
        )
        family = Family(monoid, both, biased, False, False)
    results = run(family, parts, initial, reduce, threads, SHARE)
    return results if state_rank == 2 else single(results, initial is not None)


def single(results: Any, states: bool) -> Any:
    """The same without the axis of length 1 of states and biases."""
    if states:
        return results[..., 0, :]
    return (
        (results[0], results[1][..., 0, :]) if isinstance(results, tuple) else results
    )


@lru_cache(maxsize=8)
def _kernel(semiring: str, biased: bool) -> Callable[..., None]:
    """The loop over rows, which are the columns of `structured_kernels`."""
    real, logs, largest = (semiring == s for s in ("real", "log", "max-plus"))
    zero = 0.0 if real else np.inf if semiring == "min-plus" else -np.inf

    @compiled
    def scan_rows(
        elements: Any,
        bias: Any,
        carry: Any,
        out: Any,
        sequences: Any,
        times: Any,
        rows: Any,
    ) -> None:
        n = elements.shape[3]
        total = np.empty(n, elements.dtype)
        peak = np.empty(n, elements.dtype)
        for s in range(sequences[0], sequences[1]):
            for t in range(times[0], times[1]):
                a = elements[s, t]
                for r in range(rows[0], rows[1]):
                    h = carry[s, r]
                    if logs:
                        add_logarithms(h, a, peak, total)
                    else:
                        total[:] = zero
                        for k in range(n):
                            x = h[k]
                            for j in range(n):
                                if real:
                                    total[j] += x * a[k, j]
                                else:
                                    y, best = x + a[k, j], total[j]
                                    better = y > best if largest else y < best
                                    total[j] = y if better else best
                    for j in range(n):
                        x = total[j]
                        if biased:
                            y = bias[s, t, r, j]
                            if real:
                                x += y
                            elif logs:
                                x = add_two(x, y)
                            else:
                                better = y > x if largest else y < x
                                x = y if better else x
                        h[j] = x
                        if out.shape[1] > 0:
                            out[s, t, r, j] = x

    return scan_rows


@compiled
def add_logarithms(h: Array, a: Array, peak: Array, total: Array) -> None:
    """total_j = log Σ_k exp(h_k + a_kj)."""
    peak[:] = -np.inf
    for k in range(len(h)):
        for j in range(len(h)):
            peak[j] = max(peak[j], h[k] + a[k, j])
    total[:] = 0.0
    for k in range(len(h)):
        for j in range(len(h)):
            if peak[j] > -np.inf:
                total[j] += np.exp(h[k] + a[k, j] - peak[j])
    for j in range(len(h)):
        total[j] = peak[j] + np.log(total[j]) if peak[j] > -np.inf else peak[j]


@compiled
def add_two(x: float, y: float) -> float:
    """log(exp x + exp y)."""
    high, low = max(x, y), min(x, y)
    return high + np.log1p(np.exp(low - high)) if high > -np.inf else high
