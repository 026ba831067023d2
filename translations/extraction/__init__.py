"""Automata from networks that nobody compiled: one signature, one kind of result.

| method | what it asks for | what it gives |
|---|---|---|
| `exact` | weights, linear in the state | the minimal automaton, with proof |
| | weights of ReLU layers that count | a DFA or a counter machine, with proof |
| `numerical` | the same, rounded | the size that was meant, by a stated rule |
| `lstar`, `kv` | whether words are accepted | a DFA, PAC and all words up to a length |
| `quantise` | hidden vectors | a DFA or deterministic WFA, all words up to a length |
| `hankel` | exact values, counterexamples | the minimal WFA, as sure as its oracle |
| `spectral` | values of words | a WFA over REAL, PAC |
| `weighted_lstar` | next-symbol distributions | a PDFA, within a tolerance |

`extract(network)` takes the strongest method that applies, and says why.
"""

from collections.abc import Callable
from dataclasses import replace
from inspect import Parameter, signature
from typing import Any, TypeAlias

from automata_rnn.rnns.stacked import StackedRNN
from translations.extraction.agreement import Agreement, agreement
from translations.extraction.boxed import (
    ASKING,
    spectral_of_box,
    weighted_lstar_of_box,
)
from translations.extraction.budget import Budget, elapsed
from translations.extraction.compare import Comparison, compare_all
from translations.extraction.exact import exact
from translations.extraction.hankel import hankel, query_bound
from translations.extraction.lstar import LEARNER_OPTIONS, kv, lstar, split_options
from translations.extraction.numerical import numerical, numerical_rank
from translations.extraction.pdfa import compare_predictions, next_symbols
from translations.extraction.quantise import quantise
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.simulate import Simulation, simulate
from translations.extraction.singular import NumericalRank
from translations.extraction.spectral import spectral
from translations.extraction.weighted_lstar import weighted_lstar
from translations.extraction.weights import read_weights

__all__ = [
    "EXTRACTORS",
    "Agreement",
    "Comparison",
    "Extraction",
    "Guarantee",
    "Hypothesis",
    "NumericalRank",
    "Simulation",
    "agreement",
    "compare_extractors",
    "compare_predictions",
    "exact",
    "extract",
    "hankel",
    "kv",
    "lstar",
    "next_symbols",
    "numerical",
    "numerical_rank",
    "options_of",
    "quantise",
    "query_bound",
    "read_weights",
    "simulate",
    "spectral",
    "weighted_lstar",
]

Extractor: TypeAlias = Callable[..., Extraction]

EXTRACTORS: dict[str, Extractor] = {
    "exact": read_weights,
    "numerical": numerical,
    "lstar": lstar,
    "kv": kv,
    "quantise": quantise,
    "hankel": hankel,
    "spectral": spectral_of_box,
    "weighted_lstar": weighted_lstar_of_box,
}
"""Every method by its name: a network and options ↦ an `Extraction`."""

_ALSO: dict[str, tuple[str, ...]] = {
    "lstar": LEARNER_OPTIONS,
    "kv": LEARNER_OPTIONS,
    "quantise": (*ASKING, "threshold", "accepting"),
    "spectral": (*ASKING, *signature(spectral).parameters),
    "weighted_lstar": (*ASKING, *signature(weighted_lstar).parameters),
}


READING = 10.0
"""Seconds that "auto" spends on weights before it asks the network."""


def options_of(method: str) -> frozenset[str]:
    """The options that a method takes.

    >>> sorted(options_of("exact"))
    ['max_states', 'progress', 'seconds', 'threshold']
    """
    parameters = signature(EXTRACTORS[method]).parameters.values()
    named = {p.name for p in parameters if p.kind is not Parameter.VAR_KEYWORD}
    return frozenset(named | {*_ALSO.get(method, ())}) - {"network", "target"}


def extract(network: Any, method: str = "auto", **options: Any) -> Extraction:
    """An automaton that computes what `network` does, as surely as can be said.

    Args:
        network: a machine of this library, or what `automata_rnn.black_box.black_box`
            takes, then with its options.
        method: a name in `EXTRACTORS`, or "auto": `exact` where the weights determine
            an automaton, as they do for layers that are linear in their states, perhaps
            above finite-state ones, and for ReLU layers that count (a proof); else
            `weighted_lstar` for a StackedRNN with an output for each symbol and the
            end, unless `accepting` is given; else `lstar`. The first note of the result
            says which it was and why.
        options: those of the method; with "auto", those of `lstar`, of which the other
            methods take theirs: `exact` the threshold, and of the time half of it and
            10 s at most.

    Raises ValueError for unknown methods, and as the method does.

    >>> result = extract(lambda word: word.count("a") % 3 == 0, alphabet="ab")
    >>> result.num_states, result.method, result.guarantee.kind
    (3, 'lstar', 'pac')
    """
    if method == "auto":
        return _strongest(network, options)
    if method not in EXTRACTORS:
        known = ("auto", *EXTRACTORS)
        raise ValueError(f"method: wanted one of {known}, got {method!r}")
    return EXTRACTORS[method](network, **options)


def _strongest(network: Any, options: dict[str, Any]) -> Extraction:
    """`exact`, or another method with the reason why `exact` does not apply."""
    _, limits, _ = split_options(options)  # unknown ones are refused, whatever follows
    budget = Budget(**limits)
    kind = type(network).__name__
    try:
        own = {n: v for n, v in options.items() if n in ("threshold", "progress")}
        share = READING if budget.seconds is None else min(READING, budget.seconds / 2)
        found = EXTRACTORS["exact"](network, seconds=share, **own)
        reason = f"the weights of a {kind} determine an automaton"
    except (TypeError, ValueError) as error:
        why = "exact does not apply"
        if isinstance(error, ValueError):
            why += f": {error}"
        else:
            why = f"a {kind} is not known to be linear in its state, so that {why}"
        if budget.seconds is not None:
            left = budget.seconds - elapsed(budget)
            options = {**options, "seconds": max(left, budget.seconds / 2)}
        if _predicts(network) and options.get("accepting") is None:
            known = options_of("weighted_lstar")
            own = {n: v for n, v in options.items() if n in known}
            found = weighted_lstar_of_box(network, **own)
            reason = (
                f"{why}, and outputs are as many as the symbols and the end: the next "
                "symbol is predicted"
            )
        else:
            found, reason = lstar(network, **options), why
    chosen = f"{found.method} was chosen, since {reason}"
    return replace(found, notes=(chosen, *found.notes))


def _predicts(network: Any) -> bool:
    """Whether a trained network has an output for each symbol and for the end."""
    if not isinstance(network, StackedRNN):
        return False
    return len(network.head[-1].weights) == len(network.alphabet) + 1 > 1


def compare_extractors(
    network: Any,
    methods: tuple[str, ...] = tuple(EXTRACTORS),
    options: dict[str, dict[str, Any]] | None = None,
    **common: Any,
) -> Comparison:
    """Run several methods on one network; `print` the result for a table.

    Args:
        methods: names in `EXTRACTORS`.
        options: of each method by its name.
        common: options of all methods that take them; but `threshold`, from which value
            on words are accepted, is another thing to `spectral`.

    A method that does not apply has its reason in the table. Raises ValueError for
    unknown methods, TypeError for options that no method takes.
    """
    unknown = [name for name in methods if name not in EXTRACTORS]
    if unknown:
        raise ValueError(f"methods: wanted some of {list(EXTRACTORS)}, got {unknown}")
    own = options or {}
    taken = {name: options_of(name) for name in methods}
    if "spectral" in taken:
        taken["spectral"] -= {"threshold"}
    strange = [n for n in common if not any(n in names for names in taken.values())]
    if strange:
        raise TypeError(f"options: wanted some of a method's, got {strange}")
    runs = {}
    for name in methods:
        shared = {n: value for n, value in common.items() if n in taken[name]}
        settings = {**shared, **own.get(name, {})}
        runs[name] = lambda n=name, s=settings: extract(network, n, **s)
    return compare_all(runs)
