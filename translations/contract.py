"""The one property every translation has, and a check of it on words."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from automata_rnn.alphabet import Word
from automata_rnn.semiring import COMPLEX
from automata_rnn.system import as_system, trace
from translations.registry import Translation


def agree(left: Any, right: Any, tolerance: float = 0.0) -> bool:
    """Equality of states or outputs; with a tolerance, relative to the larger norm.

    |left - right| ≤ tolerance · max(1, |left|, |right|), in the maximum norm, entries
    that are infinite being equal. Configurations, which are tuples, are equal or not.
    """
    if isinstance(left, tuple) or isinstance(right, tuple):
        return bool(left == right)
    x, y = np.asarray(left), np.asarray(right)
    if x.shape != y.shape:
        return False
    if tolerance == 0.0:
        return bool(np.all(x == y))
    x, y = (v if v.dtype.kind in "fc" else COMPLEX.array(v) for v in (x, y))
    finite = np.isfinite(x) & np.isfinite(y)
    if np.any(x[~finite] != y[~finite]):
        return False
    size = max([1.0, *np.abs(x[finite]).ravel(), *np.abs(y[finite]).ravel()])
    return bool(np.all(np.abs(x[finite] - y[finite]) <= tolerance * size))


def counterexample(
    translation: Translation,
    words: Iterable[Word],
    tolerance: float | None = None,
) -> Word | None:
    """The shortest prefix of a given word where the two machines part, if any.

    Compares states at every step and outputs at every prefix. The tolerance defaults
    to the translation's own.
    """
    automaton, rnn = as_system(translation.automaton), translation.rnn
    allowed = translation.tolerance if tolerance is None else tolerance
    found: Word | None = None
    for word in words:
        runs = zip(trace(automaton, word), trace(rnn, word), strict=True)
        for t, (configuration, hidden) in enumerate(runs):
            if found is not None and t >= len(found):
                break
            same_state = agree(translation.decode(hidden), configuration, allowed)
            value = translation.read(rnn.output(hidden))
            if not (
                same_state and agree(value, automaton.output(configuration), allowed)
            ):
                found = word[:t]
    return found
