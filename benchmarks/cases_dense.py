"""Products of explicit matrices: float32, max-plus, batches, single calls."""

from functools import partial
from typing import Any

import numpy as np

from benchmarks import inputs, ours
from benchmarks.case import Case, Contender, Goal, Role, rounding
from benchmarks.limits import copy_limit, matmul_limit, read_limit
from benchmarks.peers import jax_scans, numba_walks, numpy_scans, torch_scans

LIBRARIES = ("jax", "torch")
ALLOCATING = (*LIBRARIES, "numpy")
"""Peers that allocate their results, as ours does without `out`; the numba walk writes
to memory that is in use."""


def cases(shrink: int) -> list[Case]:
    """All of them, with T divided by 2^shrink."""
    limits = {2: (0.9, 0.65, 8.0), 4: (0.8, 0.7, 7.0), 8: (0.6, 0.55, 8.0)}
    found: list[Case] = []
    for n, (cached, beyond, peers) in limits.items():
        sizes = {20: cached, {2: 24, 4: 22, 8: 20}[n]: beyond}
        if n == 8:
            sizes = {18: cached, 20: beyond}
        for power, share in sizes.items():
            goals = [Goal("limit", share), Goal("faster", peers, LIBRARIES)]
            if (n, power) == (8, 20):
                goals.append(Goal("limit", cached))
            if 4 * n * n << power >= 64 << 20:
                goals.append(
                    Goal("faster", 3.0, than=ALLOCATING, of="ours, fresh output")
                )
            found.append(_prefixes(n, power, tuple(goals), shrink))
    for n, power in ((16, 18), (32, 16)):
        goal = Goal("faster", 2.0, than=ALLOCATING, of="ours, fresh output")
        found.append(_prefixes(n, power, (goal,), shrink))
    large = (Goal("limit", 0.6), Goal("faster", 3.0, ("jax lax.scan",)))
    fresh = Goal("faster", 2.0, than=ALLOCATING, of="ours, fresh output")
    found.append(_prefixes(64, 14, (*large, fresh), shrink))
    for n, share in ((2, 1.0), (4, 0.9), (8, 0.7)):
        found.append(_product(n, {2: 24, 4: 22, 8: 20}[n], share, shrink))
    found += [_cached(n) for n in limits]
    return [*found, _batches(shrink), _one_call(), _tropical(shrink)]


def length(power: int, shrink: int) -> int:
    return 1 << max(6, power - shrink)


def _prefixes(n: int, power: int, goals: tuple[Goal, ...], shrink: int) -> Case:
    steps = length(power, shrink)
    return Case(
        f"prefix-{n}-2^{power}",
        f"all prefixes, float32, n = {n}, T = 2^{power}",
        steps,
        8 * steps * n * n * 4,
        partial(_prefix_contenders, n, steps, shrink == 0),
        goals,
    )


def _prefix_contenders(n: int, steps: int, full: bool) -> list[Contender]:
    elements = inputs.orthogonal_steps((steps,), n)
    out = inputs.empty(elements.shape, np.float32)
    ours.prefix(elements, ours.DENSE, out=out)
    slow, middle = min(steps, 1 << 14), min(steps, (1 << 26) // n**3)

    def entry(name: str, run: Any, count: int = steps, role: Role = "peer") -> Any:
        build = partial(run, elements[:count])
        tolerance = rounding(count)
        return Contender(
            name, role, build, count, lambda: out[:count], tolerance=tolerance
        )

    limit = copy_limit(elements, out, steps) if n < 64 else matmul_limit(n)
    found = [
        entry("ours, out=", partial(_ours, out=out), role="ours"),
        entry("ours, fresh output", _ours, role="ours"),
        entry("ours, kernel alone, out=", partial(_kernel, out=out), role="ours"),
        limit,
        entry("numpy loop", numpy_scans.loop, slow),
        entry("numpy Blelloch", _blelloch, middle),
        entry("numba walk", numba_walks.prefixes),
        entry("jax lax.scan", partial(jax_scans.scan, how="matmul")),
        entry(
            "jax associative_scan",
            partial(jax_scans.associative_scan, how="matmul"),
        ),
        entry("torch tree of bmm", torch_scans.tree_prefixes),
        entry("torch associative_scan", torch_scans.associative_scan, middle),
    ]
    if n <= 8:
        unrolled = partial(jax_scans.associative_scan, how="unrolled")
        found.append(entry("jax associative_scan, unrolled", unrolled))
        found.append(
            entry("jax lax.scan, unrolled", partial(jax_scans.scan, how="unrolled"))
        )
    if full and n <= 8 and steps <= 1 << 20:
        compiled = partial(torch_scans.associative_scan, compiled=True)
        found.append(entry("torch.compile associative_scan", compiled))
    return found


def _cached(n: int) -> Case:
    """The time of the arithmetic: one thread, all data in the second-level cache.

    What is left of it on two threads, when it is more than the copy takes, explains
    why the same products from memory take longer than a copy.
    """
    steps = (1 << 16) // n**2
    return Case(
        f"cached-{n}",
        f"all prefixes, float32, n = {n}, T = {steps}, in cache, 1 thread",
        steps,
        8 * steps * n * n * 4,
        partial(_cached_contenders, n, steps),
    )


def _cached_contenders(n: int, steps: int) -> list[Contender]:
    elements = inputs.orthogonal_steps((steps,), n)
    out = inputs.empty(elements.shape, np.float32)

    def expected() -> Any:
        return numba_walks.prefixes(elements)()

    return [
        Contender(
            "ours, out=",
            "ours",
            lambda: partial(ours.dense, elements, out=out, threads=1),
            steps,
            expected,
            tolerance=rounding(steps),
        ),
        Contender(
            "numba walk",
            "peer",
            partial(numba_walks.prefixes, elements),
            steps,
            expected,
            tolerance=rounding(steps),
        ),
    ]


def _ours(elements: Any, **options: Any) -> Any:
    return partial(ours.prefix, elements, ours.DENSE, **options)


def _kernel(elements: Any, **options: Any) -> Any:
    """Without the checks of a call, which take longer where a scan before has emptied
    the caches."""
    return partial(ours.dense, elements, **options)


def _blelloch(elements: Any) -> Any:
    return numpy_scans.all_prefixes((elements,), ours.DENSE)


def _product(n: int, power: int, share: float, shrink: int) -> Case:
    steps = length(power, shrink)
    return Case(
        f"product-{n}-2^{power}",
        f"product only, float32, n = {n}, T = 2^{power}",
        steps,
        4 * steps * n * n * 4,
        partial(_product_contenders, n, steps),
        (Goal("limit", share), Goal("faster", 5.0, LIBRARIES)),
    )


def _product_contenders(n: int, steps: int) -> list[Contender]:
    elements = inputs.orthogonal_steps((steps,), n)
    few = min(steps, (1 << 26) // n**3)

    def expected(count: int) -> Any:
        return ours.prefix(elements[:count], ours.DENSE, reduce=True)

    def entry(name: str, run: Any, count: int = steps, role: Role = "peer") -> Any:
        build, answer = partial(run, elements[:count]), partial(expected, count)
        return Contender(name, role, build, count, answer, tolerance=rounding(count))

    return [
        entry("ours", partial(_ours, reduce=True), role="ours"),
        read_limit(elements, steps),
        entry("numpy tree", _tree, few),
        entry("numba walk", numba_walks.product),
        entry("jax lax.scan", partial(jax_scans.last, how="matmul")),
        entry("jax tree, unrolled", partial(jax_scans.tree, how="unrolled")),
        entry("torch tree of bmm", torch_scans.tree_product),
    ]


def _tree(elements: Any) -> Any:
    return numpy_scans.product((elements,), ours.DENSE)


def _batches(shrink: int) -> Case:
    steps = length(10, shrink)
    return Case(
        "batch-4",
        f"1,024 sequences of length {steps:,}, n = 4, all prefixes",
        1024 * steps,
        10 * 1024 * steps * 64,
        partial(_batch_contenders, steps),
        (Goal("limit", 0.85), Goal("faster", 12.0)),
    )


def _batch_contenders(steps: int) -> list[Contender]:
    elements = inputs.orthogonal_steps((1024, steps), 4)
    out = inputs.empty(elements.shape, np.float32)
    ours.prefix(elements, ours.DENSE, out=out)
    time_first = np.ascontiguousarray(elements.swapaxes(0, 1))

    def entry(name: str, run: Any, array: Any, role: Role = "peer") -> Any:
        by_time = array is time_first
        return Contender(
            name,
            role,
            partial(run, array),
            1024 * steps,
            lambda: out,
            lambda x: np.asarray(x).swapaxes(0, 1) if by_time else np.asarray(x),
            rounding(steps),
        )

    jax_scan, jax_tree = jax_scans.scan, jax_scans.associative_scan
    return [
        entry("ours, out=", partial(_ours, out=out), elements, "ours"),
        entry("ours, fresh output", _ours, elements, "ours"),
        copy_limit(elements, out, 1024 * steps),
        entry("numpy loop", numpy_scans.loop, time_first),
        entry("torch loop of bmm", torch_scans.loop, time_first),
        entry("jax lax.scan", partial(jax_scan, how="matmul"), time_first),
        entry("jax lax.scan, unrolled", partial(jax_scan, how="unrolled"), time_first),
        entry(
            "jax associative_scan, unrolled",
            partial(jax_tree, how="unrolled", axis=1),
            elements,
        ),
    ]


def _one_call() -> Case:
    return Case(
        "call-4-1024",
        "one call from Python, float32, n = 4, T = 1,024",
        1024,
        1 << 20,
        _call_contenders,
        (Goal("seconds", 25e-6),),
    )


def _call_contenders() -> list[Contender]:
    everyone = _prefix_contenders(4, 1024, False)
    skipped = "torch associative_scan"  # traces anew at every call
    return [c for c in everyone if c.role != "limit" and c.name != skipped]


def _tropical(shrink: int) -> Case:
    steps = length(20, shrink)
    return Case(
        "max-plus-4",
        "all prefixes, max-plus float32, n = 4, T = 2^20",
        steps,
        8 * steps * 64,
        partial(_tropical_contenders, steps),
        (Goal("limit", 0.7), Goal("faster", 5.0, ("jax",))),
    )


def _tropical_contenders(steps: int) -> list[Contender]:
    elements = inputs.tropical_steps(steps, 4)
    out = inputs.empty(elements.shape, np.float32)
    ours.prefix(elements, ours.TROPICAL, out=out)
    few = min(steps, 1 << 17)

    def entry(name: str, run: Any, count: int = steps, role: Role = "peer") -> Any:
        return Contender(
            name, role, partial(run, elements[:count]), count, lambda: out[:count]
        )

    def scan(x: Any, **options: Any) -> Any:
        return partial(ours.prefix, x, ours.TROPICAL, **options)

    def rounds(x: Any) -> Any:
        return numpy_scans.all_prefixes((x,), ours.TROPICAL)

    jax_tree = partial(jax_scans.associative_scan, how="tropical")
    return [
        entry("ours, out=", partial(scan, out=out), role="ours"),
        entry("ours, fresh output", scan, role="ours"),
        copy_limit(elements, out, steps),
        entry("numpy Blelloch", rounds, few),
        entry("numba walk", partial(numba_walks.prefixes, tropical=True)),
        entry("jax lax.scan", partial(jax_scans.scan, how="tropical")),
        entry("jax associative_scan", jax_tree),
    ]
