"""Exact products: Boolean, modulo a prime, integers."""

from functools import partial
from typing import Any

import numpy as np

from automata_rnn.scan.cpu.boolean import pack_boolean, unpack_boolean
from benchmarks import inputs, ours
from benchmarks.case import Case, Contender, Goal, Role
from benchmarks.limits import copy_limit, read_limit
from benchmarks.peers import flint_products, jax_scans, numba_walks, numpy_scans

MERSENNE = 2**31 - 1


def cases(shrink: int) -> list[Case]:
    """All of them, with T divided by 2^shrink."""
    exact = (Goal("faster", 2.0, ("flint tree, prebuilt",)),)
    return [
        _boolean(1 << max(8, 16 - shrink)),
        _modular(1 << max(8, 20 - shrink)),
        _integers("integers-3-1e5", max(100, 100_000 >> shrink), exact),
        _integers(
            "integers-3-1e6", max(200, 1_000_000 >> shrink), (Goal("seconds", 0.5),)
        ),
    ]


def _boolean(steps: int) -> Case:
    return Case(
        "boolean-64",
        "all prefixes, Boolean, n = 64, packed",
        steps,
        8 * steps * 512,
        partial(_boolean_contenders, steps),
        (Goal("rate", 1e7), Goal("faster", 50.0, ("jax",))),
    )


def _boolean_contenders(steps: int) -> list[Contender]:
    packed = inputs.permutation_steps(steps, 64)
    out = inputs.empty(packed.shape, np.uint64)
    ours.boolean(packed, out=out)
    few = min(steps, 1 << 12)

    def entry(name: str, run: Any, count: int = steps, role: Role = "peer") -> Any:
        build = partial(run, packed[:count])
        return Contender(name, role, build, count, lambda: out[:count])

    def scan(x: Any, **options: Any) -> Any:
        return partial(ours.boolean, x, **options)

    def floats() -> Any:
        numbers = unpack_boolean(packed[:few]).astype(np.float32)
        return jax_scans.scan(numbers, "floats")

    jax_tree = partial(jax_scans.associative_scan, how="packed")
    return [
        entry("ours, out=", partial(scan, out=out), role="ours"),
        entry("ours, fresh output", scan, role="ours"),
        copy_limit(packed, out, steps),
        entry("numba walk", numba_walks.boolean),
        entry("jax lax.scan, packed", partial(jax_scans.scan, how="packed"), few),
        entry("jax associative_scan, packed", jax_tree, few),
        Contender(
            "jax lax.scan, floats",
            "peer",
            floats,
            few,
            lambda: out[:few],
            lambda x: pack_boolean(np.asarray(x) > 0),
        ),
    ]


def _modular(steps: int) -> Case:
    return Case(
        "modular-3",
        "product only, modulo 2^31 - 1, n = 3",
        steps,
        4 * steps * 72,
        partial(_modular_contenders, steps),
        (Goal("faster", 5.0, ("flint",)),),
    )


def _modular_contenders(steps: int) -> list[Contender]:
    elements = inputs.residue_steps(steps, 3, MERSENNE)
    monoid = ours.modular(MERSENNE)
    few, slow = min(steps, 1 << 17), min(steps, 1 << 10)

    def scan(count: int) -> Any:
        return partial(ours.prefix, elements[:count], monoid, reduce=True)

    def entry(name: str, build: Any, count: int, answer: Any = np.asarray) -> Contender:
        return Contender(name, "peer", build, count, scan(count), answer)

    def flint(name: str, count: int, **how: bool) -> Contender:
        run = flint_products.modular_product
        build = partial(run, elements[:count], MERSENNE, **how)
        return entry(name, build, count, flint_products.residues_answer)

    numpy_tree = partial(numpy_scans.modular_tree, elements, MERSENNE)
    walk = partial(numba_walks.modular, elements, MERSENNE)
    galois = partial(flint_products.galois_loop, elements[:slow], MERSENNE)
    return [
        Contender("ours", "ours", lambda: scan(steps), steps, scan(steps)),
        read_limit(elements, steps),
        flint("flint in order, prebuilt", few, prebuilt=True, balanced=False),
        flint("flint tree, prebuilt", few, prebuilt=True, balanced=True),
        flint("flint in order, from lists", few, prebuilt=False, balanced=False),
        entry("galois", galois, slow),
        entry("numpy tree", numpy_tree, steps),
        entry("numba walk", walk, steps),
    ]


def _integers(name: str, steps: int, goals: tuple[Goal, ...]) -> Case:
    return Case(
        name,
        f"exact product, entries -1, 0, 1, n = 3, T = {steps:,}",
        steps,
        steps * 1000,
        partial(_integer_contenders, steps),
        goals,
    )


def _integer_contenders(steps: int) -> list[Contender]:
    elements = inputs.signed_steps(steps)
    scan = partial(ours.prefix, elements, ours.EXACT, reduce=True)
    product = scan()

    def entry(name: str, role: Role, build: Any, answer: Any = np.asarray) -> Contender:
        return Contender(name, role, build, steps, lambda: product, answer)

    def flint(name: str, prebuilt: bool) -> Contender:
        build = partial(flint_products.integer_tree, elements, prebuilt=prebuilt)
        return entry(name, "peer", build, flint_products.answer)

    found = [
        entry("ours", "ours", lambda: scan),
        flint("flint tree, prebuilt", True),
        flint("flint tree, from lists", False),
    ]
    if steps <= 100_000:
        trees = partial(numpy_scans.object_tree, elements)
        found.append(entry("numpy tree of Python ints", "peer", trees))
    if steps <= 10_000:
        loop = partial(flint_products.integer_loop, elements)
        found.append(entry("flint in order", "peer", loop, flint_products.answer))
    return found
