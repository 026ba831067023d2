"""Words over an alphabet: states and products from codes, automata, regexes."""

from functools import partial
from typing import Any

import numpy as np

from benchmarks import inputs, ours
from benchmarks.case import Case, Contender, Goal, Role, rounding
from benchmarks.languages import Language, languages
from benchmarks.limits import copy_limit, fill_limit, read_limit
from benchmarks.peers import jax_scans, numba_walks, numpy_scans, regexes

LONG = 100_000_000
"""Letters of the words of automata: 100 MB."""
SLOW = {"re": 1_000_000, "automata-lib": 100_000}
"""Letters for engines that would take minutes."""


def cases(shrink: int) -> list[Case]:
    """All of them, with T divided by 2^shrink."""
    count = max(1000, LONG >> shrink)
    found = [_symbols(1 << max(10, 24 - shrink)), _symbol_product(count)]
    found += [_language(language, count) for language in languages()]
    found += [_final(n, k, count) for n, k in ((16, 4), (16, 16), (16, 256), (60, 16))]
    found += [_states(16, k, count) for k in (2, 4, 16)]
    return found


def _symbols(steps: int) -> Case:
    return Case(
        "symbol-states-4",
        "states from codes and a table, float32, n = 4, 4 letters",
        steps,
        steps * 120,
        partial(_symbol_contenders, steps),
        (Goal("faster", 4.0, ("numba",)), Goal("faster", 20.0, ("jax lax.scan",))),
    )


def _symbol_contenders(steps: int) -> list[Contender]:
    codes, table = inputs.letters(steps, 4), inputs.orthogonal(4, 4)
    initial = np.array([1, 0, 0, 0], np.float32)
    out = inputs.empty((steps, 4), np.float32)
    scan = partial(ours.prefix, table, ours.DENSE, codes=codes, initial=initial)
    scan(out=out)
    few, slow = min(steps, 1 << 20), min(steps, 1 << 14)

    def entry(name: str, build: Any, count: int = steps, role: Role = "peer") -> Any:
        tolerance = rounding(count)
        return Contender(
            name, role, build, count, lambda: out[:count], tolerance=tolerance
        )

    def peer(name: str, run: Any, count: int = steps) -> Any:
        return entry(name, partial(run, codes[:count], table, initial), count)

    return [
        entry("ours, out=", lambda: partial(scan, out=out), role="ours"),
        entry("ours, fresh output", lambda: scan, role="ours"),
        entry("ours, 1 thread", lambda: partial(scan, out=out, threads=1), role="ours"),
        fill_limit(codes, out, steps),
        peer("numpy loop", numpy_scans.loop_states, slow),
        peer("numba walk", numba_walks.states),
        peer("jax lax.scan", jax_scans.states),
        peer("jax associative_scan", jax_scans.states_associative, few),
    ]


def _symbol_product(steps: int) -> Case:
    return Case(
        "symbol-product-4",
        "product from codes and a table, float32, n = 4, 4 letters",
        steps,
        3 * steps,
        partial(_symbol_product_contenders, steps),
        (Goal("faster", 20.0, ("numba",)),),
    )


def _symbol_product_contenders(steps: int) -> list[Contender]:
    codes, table = inputs.letters(steps, 4), inputs.orthogonal(4, 4)
    few = min(steps, 10_000_000)

    def scan(count: int, **options: Any) -> Any:
        return partial(
            ours.prefix,
            table,
            ours.DENSE,
            codes=codes[:count],
            reduce=True,
            **options,
        )

    def entry(name: str, build: Any, count: int = steps, role: Role = "peer") -> Any:
        tolerance = rounding(count)
        return Contender(name, role, build, count, scan(count), tolerance=tolerance)

    return [
        entry("ours", lambda: scan(steps), role="ours"),
        entry("ours, 1 thread", lambda: scan(steps, threads=1), role="ours"),
        read_limit(codes, steps),
        entry(
            "numba walk", lambda: numba_walks.symbol_product(codes[:few], table), few
        ),
    ]


def _language(language: Language, steps: int) -> Case:
    states = language.successors.shape[1]
    engines = ("hyperscan", "rust regex")
    goals = [Goal("rate", 3e9, of="ours, 1 thread")]
    goals += [Goal("faster", 1.0, (name,), "ours, 1 thread") for name in engines]
    if states > 16:
        goals = [
            Goal("rate", 1e9, of="ours, letters, 1 thread"),
            Goal("faster", 2.0, ("rust regex",), "ours, letters, 1 thread"),
        ]
    return Case(
        f"dfa-{language.name}",
        f"DFA, final state: {language.title}, {states} states, {steps / 1e6:g} MB",
        steps,
        4 * steps,
        partial(_language_contenders, language, steps),
        tuple(goals),
    )


def _language_contenders(language: Language, steps: int) -> list[Contender]:
    codes, table, initial = language.word(steps), language.successors, language.initial

    def scan(**options: Any) -> Any:
        options = {"codes": codes, "initial": initial, "reduce": True, **options}
        return partial(ours.prefix, table, ours.DFA, **options)

    def accepted() -> Any:
        return bool(language.accepting[scan()()])

    def entry(name: str, role: Role, **options: Any) -> Contender:
        run = scan(**options)
        expected = numba_walks.dfa_final(codes, table, initial)
        return Contender(name, role, lambda: run, steps, expected)

    def engine(name: str, run: Any, count: int = steps) -> Contender:
        word = codes if count == steps else language.word(count)
        build = partial(run, language.pattern, word.tobytes())
        return Contender(name, "peer", build, count, accepted)

    walk = partial(numba_walks.dfa_final, codes, table, initial)
    slow = {name: min(steps, count) for name, count in SLOW.items()}
    library = partial(language.automata_lib, language.word(slow["automata-lib"]))
    return [
        entry("ours", "ours"),
        entry("ours, 1 thread", "ours", threads=1),
        *_by_letters(language, codes, walk()),
        read_limit(codes, steps),
        Contender("numba walk", "peer", walk, steps, scan()),
        engine("hyperscan", regexes.hyperscan),
        engine("rust regex", regexes.rust_regex),
        engine("google-re2", regexes.google_re2),
        engine("re", regexes.python_re, slow["re"]),
        Contender(
            "automata-lib",
            "peer",
            library,
            slow["automata-lib"],
            accepted,
        ),
    ]


def _by_letters(language: Language, codes: Any, final: Any) -> list[Contender]:
    """Ours on codes 0, …, k - 1 in place of bytes, where the alphabet is small."""
    if len(language.letters) > 16:
        return []
    numbers = np.zeros(256, np.uint8)
    numbers[language.letters] = range(len(language.letters))
    coded, table = numbers[codes], language.successors[language.letters]
    options = {"codes": coded, "initial": language.initial, "reduce": True}

    def entry(name: str, **more: Any) -> Contender:
        run = partial(ours.prefix, table, ours.DFA, **options, **more)
        return Contender(name, "ours", lambda: run, len(codes), final)

    return [
        entry("ours, letters"),
        entry("ours, letters, 1 thread", threads=1),
    ]


def _final(n: int, k: int, steps: int) -> Case:
    rate = (Goal("rate", 3e9, of="ours, 1 thread"),) if n <= 16 else ()
    return Case(
        f"dfa-permutations-{n}-{k}",
        f"DFA, final state: random permutations, {n} states, {k} letters",
        steps,
        3 * steps,
        partial(_final_contenders, n, k, steps),
        rate,
    )


def _final_contenders(n: int, k: int, steps: int) -> list[Contender]:
    codes, table = inputs.letters(steps, k), inputs.permutations(k, n)
    few = min(steps, 10_000_000)

    def scan(count: int = steps, **options: Any) -> Any:
        part = codes[:count]
        return partial(
            ours.prefix,
            table,
            ours.DFA,
            codes=part,
            initial=0,
            reduce=True,
            **options,
        )

    def entry(name: str, role: Role, build: Any, count: int = steps) -> Contender:
        return Contender(name, role, build, count, scan(count))

    return [
        entry("ours", "ours", scan),
        entry("ours, 1 thread", "ours", lambda: scan(threads=1)),
        read_limit(codes, steps),
        entry("numba walk", "peer", partial(numba_walks.dfa_final, codes, table, 0)),
        entry(
            "numpy gather",
            "peer",
            partial(numpy_scans.gather_maps, codes[:few], table, 0),
            few,
        ),
    ]


def _states(n: int, k: int, steps: int) -> Case:
    rate = 4e9 if k <= 4 else 2e9
    return Case(
        f"dfa-states-{n}-{k}",
        f"all DFA states, {n} states, {k} letters",
        steps,
        4 * steps,
        partial(_states_contenders, n, k, steps),
        (Goal("rate", rate), Goal("faster", 6.0, ("numba",))),
    )


def _states_contenders(n: int, k: int, steps: int) -> list[Contender]:
    codes, table = inputs.letters(steps, k), inputs.permutations(k, n)
    out = inputs.empty((steps,), np.uint8)
    scan = partial(ours.prefix, table, ours.DFA, codes=codes, initial=0)
    scan(out=out)

    def entry(name: str, role: Role, build: Any) -> Contender:
        return Contender(name, role, build, steps, lambda: out)

    return [
        entry("ours, out=", "ours", lambda: partial(scan, out=out)),
        entry("ours, fresh output", "ours", lambda: scan),
        entry("ours, 1 thread", "ours", lambda: partial(scan, out=out, threads=1)),
        copy_limit(codes, out, steps),
        entry("numba walk", "peer", partial(numba_walks.dfa_states, codes, table, 0)),
    ]
