"""Nonlinear networks are classified by the machines that their weights turn out to be.

Finitely many states, else counters, else stacks: the first of these that a translation
finds, with its proof for all words. Beside it stands what the state takes on samples.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Literal, TypeAlias

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn.automata import CounterMachine, StackMachine, TooManyStates
from automata_rnn.membership import Line, Report, classifier, classify
from automata_rnn.membership.report import unknown, yes
from automata_rnn.problems import bits
from automata_rnn.rnns import MLPRNN, ReLURNN
from automata_rnn.rnns.relu_run import over_rationals
from automata_rnn.semiring import REAL
from automata_rnn.system import trace
from translations.layout import layout
from translations.regions import as_network
from translations.registry import Translation, translate

Growth: TypeAlias = Literal["constant", "logarithmic", "linear", "none of these"]


@classifier(ReLURNN, MLPRNN)
def classify_nonlinear(
    network: ReLURNN | MLPRNN,
    *,
    max_states: int = 1_000,
    max_regions: int = 4_096,
    sample_length: int = 256,
    max_elements: int = 50_000,
    max_products: int = 20_000_000,
) -> Report:
    """The report of the DFA, counters or stacks that a network computes with.

    Floats are the rationals that they are. Facts are the hidden size and the bits of
    state on sample words, with the growth that fits (`fitted_growth`): measured, not
    proved. Lines "as ..." say for each kind of machine whether the network is one; the
    "yes" names the hidden units that are its control, counters and stacks, and those
    that no output depends on (`translations.layout`, as data "units").

    Args:
        max_states: of a DFA.
        max_regions: of the searches for counters and stacks.
        sample_length: T of the sample words, at least 8.
        max_elements, max_products: see `classify_language`, where it is a DFA.

    Raises ValueError for a shorter sample.
    """
    if sample_length < 8:
        raise ValueError(f"sample_length: wanted at least 8, got {sample_length}")
    exact = over_rationals(network) if network.semiring is REAL else network
    made, refused = _machine(exact, max_states, max_regions)
    facts: dict[str, int | str] = {
        "hidden units": network.hidden_size,
        "bits of state on samples": _sampled(exact, sample_length),
    }
    subject = type(network).__name__
    if made is None:
        return Report(subject, facts, tuple(refused))
    found = made.automaton
    budgets = {"max_elements": max_elements, "max_products": max_products}
    report = classify(found, **(budgets if isinstance(found, DFA) else {}))
    kind = type(found).__name__
    units = made.layout or layout(network.hidden_size, as_network(exact).units)
    why = "read off the weights, proved for all words"
    line = yes(f"as a {kind}", str(units), why, units=units.record())
    return replace(
        report,
        subject=f"{subject}, as a {report.subject}",
        facts={**facts, **report.facts},
        lines=(*refused, line, *report.lines),
    )


def _machine(
    network: Any, max_states: int, max_regions: int
) -> tuple[Translation | None, list[Line]]:
    """To the first kind of machine that the network is; why not to those before it."""
    refused: list[Line] = []
    try:
        return translate(network, DFA, max_states=max_states), refused
    except TooManyStates as error:
        refused.append(unknown("as a DFA", f"{error.seen:,} states were met, and more"))
    for kind, name in ((CounterMachine, "max_regions"), (StackMachine, "max_states")):
        try:
            return translate(network, kind, **{name: max_regions}), refused
        except ValueError as error:
            refused.append(unknown(f"as a {kind.__name__}", str(error)))
    return None, refused


def _sampled(network: Any, length: int) -> str:
    """The growth of the largest state of sample words, and its bits at three times."""
    runs = [
        [bits(state) for state in trace(network, word)]
        for word in _samples(network.alphabet.symbols, length)
    ]
    largest = np.maximum.accumulate(np.max(runs, axis=0))
    times = [length // 4, length // 2, length]
    shown = ", ".join(str(largest[t]) for t in times)
    return (
        f"{shown} after {', '.join(map(str, times))} symbols: {fitted_growth(largest)}"
    )


def _samples(symbols: tuple[Any, ...], length: int) -> Iterator[list[Any]]:
    """Repeated letters, one letter and then another, and random words."""
    rng = np.random.default_rng(0)
    for a, b in product(symbols[:4], repeat=2):
        yield [a] * (length // 2) + [b] * (length - length // 2)
    for _ in range(8):
        codes = rng.integers(0, len(symbols), length).tolist() if symbols else []
        yield [symbols[code] for code in codes]


def fitted_growth(sizes: Any) -> Growth:
    """How numbers s_0, …, s_T grow, from what the last two doublings of t added.

    From T/4 to T/2 and from T/2 to T a constant adds nothing, a logarithm the same
    twice, a line twice as much the second time. The nearer of the last two is named if
    it is within half of the first increase, or within 2, since sizes are whole.

    >>> import math
    >>> fitted_growth([7] * 65), fitted_growth(range(65))
    ('constant', 'linear')
    >>> fitted_growth([3 * math.ceil(math.log2(t + 1)) for t in range(65)])
    'logarithmic'
    >>> fitted_growth([t * t for t in range(65)])
    'none of these'
    """
    last = len(sizes) - 1
    quarter, half, whole = (int(sizes[last // d]) for d in (4, 2, 1))
    first, second = half - quarter, whole - half
    if first == second == 0:
        return "constant"
    misses = abs(second - first), abs(second - 2 * first)
    if min(misses) > max(2, first / 2):
        return "none of these"
    return "logarithmic" if misses[0] <= misses[1] else "linear"
