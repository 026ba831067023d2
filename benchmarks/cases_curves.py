"""Families of cases that are drawn as curves: over T, and over n."""

from functools import partial
from typing import Any

import numpy as np

from benchmarks import inputs, ours
from benchmarks.case import Case, Contender, Goal, Role, rounding
from benchmarks.peers import jax_scans, numba_walks, numpy_scans

GROWTH = "growth"
PD = "pd"
SIZES = (16, 32, 64, 128, 256, 512)
WIDE = 256
"""n of the case of one-hot times diagonal maps that has a goal."""


def cases(shrink: int) -> list[Case]:
    """All of them; T or the budget of entries is divided by 2^shrink."""
    longest = 8 if shrink == 0 else 5
    found = [_growth(10**power) for power in range(4, longest + 1)]
    entries = max(1 << 14, 1 << (24 - shrink))
    found += [_maps(n, entries // n, f"pd-{n}", PD) for n in SIZES]
    return [*found, _maps(WIDE, max(64, 10**6 >> shrink), "pd-256-1e6", "")]


def _growth(steps: int) -> Case:
    return Case(
        f"growth-{steps:.0e}".replace("+0", ""),
        f"time per step, T = {steps:.0e}",
        steps,
        steps * 45,
        partial(_growth_contenders, steps),
        curve=GROWTH,
        x=float(steps),
    )


def _growth_contenders(steps: int) -> list[Contender]:
    """Ours for three jobs, each against a compiled walk on at most 10⁶ steps."""
    few = min(steps, 1_000_000)
    codes, successors = inputs.letters(steps, 4), inputs.permutations(4, 16)
    table, elements = inputs.orthogonal(4, 4), inputs.orthogonal_steps((steps,), 2)
    out = inputs.empty(elements.shape, np.float32)
    final = partial(ours.prefix, successors, ours.DFA, initial=0, reduce=True)
    product = partial(ours.prefix, table, ours.DENSE, reduce=True)
    prefixes = partial(ours.prefix, elements, ours.DENSE, out=out)

    def walk() -> Any:
        return numba_walks.prefixes(elements[:few])()

    def last() -> Any:
        return ours.prefix(elements, ours.DENSE, reduce=True)

    def entry(name: str, run: Any, expected: Any, answer: Any, exact: bool) -> Any:
        tolerance = 0.0 if exact else rounding(steps)
        return Contender(name, "ours", lambda: run, steps, expected, answer, tolerance)

    return [
        entry(
            "DFA final state, 16 states",
            partial(final, codes=codes),
            numba_walks.dfa_final(codes, successors, 0),
            np.asarray,
            True,
        ),
        entry(
            "product from codes, float32, n = 4",
            partial(product, codes=codes),
            numba_walks.symbol_product(codes, table),
            np.asarray,
            False,
        ),
        entry(
            "all prefixes, float32, n = 2",
            prefixes,
            lambda: np.concatenate([walk(), last()[None]]),
            lambda x: np.concatenate([x[:few], x[-1:]]),
            False,
        ),
    ]


def _maps(n: int, steps: int, name: str, curve: str) -> Case:
    return Case(
        name,
        f"one-hot times diagonal maps, n = {n}, T = {steps:,}, states",
        steps,
        steps * n * 18,
        partial(_maps_contenders, n, steps),
        () if curve else (Goal("faster", 10.0, ("dense",)),),
        curve,
        float(n),
    )


def _maps_contenders(n: int, steps: int) -> list[Contender]:
    random = inputs.generator()
    index = random.permuted(np.tile(np.arange(n, dtype=np.uint16), (64, 1)), axis=1)
    index = index[random.integers(0, 64, steps)]
    scale = random.integers(0, 2, (steps, n), np.int8).astype(np.float32) * 2 - 1
    initial = random.normal(size=n).astype(np.float32)
    states = partial(ours.prefix, (index, scale), ours.PD, initial=initial)
    few = min(steps, (1 << 19) // n)
    dense = min(steps, (1 << 24) // n**2)

    def entry(name: str, role: Role, build: Any, count: int) -> Contender:
        def expected() -> Any:
            parts = (index[:count], scale[:count])
            return ours.prefix(parts, ours.PD, initial=initial)

        return Contender(name, role, build, count, expected)

    def product(name: str, role: Role, build: Any, count: int) -> Contender:
        def expected() -> Any:
            parts = (index[:count], scale[:count])
            return ours.prefix(parts, ours.PD, reduce=True)[1]

        return Contender(name, role, build, count, expected, lambda x: x[1])

    parts = (index[:few], scale[:few])
    walk = partial(numba_walks.one_hot_states, index, scale, initial)
    whole = partial(ours.prefix, (index, scale), ours.PD, reduce=True)
    return [
        entry("ours", "ours", lambda: states, steps),
        product("ours, product only", "ours", lambda: whole, steps),
        _dense(index[:dense], scale[:dense]),
        entry("numba walk", "peer", walk, steps),
        Contender(
            "numpy Blelloch",
            "peer",
            partial(numpy_scans.all_prefixes, parts, ours.PD),
            few,
            lambda: ours.prefix(parts, ours.PD)[0],
        ),
        Contender(
            "jax associative_scan",
            "peer",
            partial(jax_scans.associative_scan, parts, "one-hot"),
            few,
            lambda: ours.prefix(parts, ours.PD)[0],
            lambda x: np.asarray(x[0]),
        ),
    ]


def _dense(index: Any, scale: Any) -> Contender:
    """The product of the same maps as matrices, with nothing known about them."""
    steps, n = scale.shape
    matrices = np.zeros((steps, n, n), np.float32)
    np.put_along_axis(matrices, index[..., None].astype(np.intp), scale[..., None], 2)

    def expected() -> Any:
        target, factor = ours.prefix((index, scale), ours.PD, reduce=True)
        product = np.zeros((n, n), np.float32)
        product[np.arange(n), target] = factor
        return product

    run = partial(ours.prefix, matrices, ours.DENSE, reduce=True)
    return Contender("dense, ours", "peer", lambda: run, steps, expected)
