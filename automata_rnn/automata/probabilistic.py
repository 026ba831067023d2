"""Probabilistic models of words as weighted automata: HMMs and n-grams.

Weights are probabilities over REAL and RATIONAL, their logarithms over LOG and
MAX_PLUS, and minus their logarithms over MIN_PLUS.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

import numpy as np
from flint import fmpq

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata.classical import sorted_symbols
from automata_rnn.automata.wfa import WFA
from automata_rnn.checks import check_shape
from automata_rnn.semiring import (
    LOG,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    REAL,
    Array,
    Semiring,
)

Gram: TypeAlias = tuple[Symbol, ...]
G = TypeVar("G", bound=Gram)

ROUNDING = fmpq(1, 10**8)  # how far from 1 a sum of rounded probabilities may be


def wfa_from_hmm(
    startprob: Any,
    transmat: Any,
    emissionprob: Any,
    *,
    alphabet: Iterable[Symbol] | None = None,
    semiring: Semiring = REAL,
) -> WFA:
    """The probability that the first observations of a hidden Markov model are w.

    f(w₁…w_T) = ⊕ over hidden paths z₁…z_T of ⊗_t P(z_t | z_{t-1}) P(w_t | z_t). Over
    REAL, RATIONAL and LOG these are n states: α = startprob, ω = 1 and

        W_σ = diag(emissionprob[:, σ]) transmat,

    since the rows of transmat have sum 1. Over MAX_PLUS and MIN_PLUS, f is the best
    path, as Viterbi's algorithm finds it. A row's best entry is not 1̄, so z_T must not
    be left; n + 1 states, "before z₁" and z_t, do it: α = e₀, ω = 1̄ and

        W_σ[z, z'] = transmat[z, z'] ⊗ emissionprob[z', σ],  from state 0 startprob[z'].

    Args:
        startprob: P(z₁), shape (n,). Numbers, or text such as "1/3".
        transmat: P(z' | z), shape (n, n).
        emissionprob: P(σ | z), shape (n, k).
        alphabet: the k symbols. Default: 0, …, k - 1.
        semiring: REAL, RATIONAL (exact), LOG, MAX_PLUS or MIN_PLUS.

    Raises ValueError for other semirings, shapes that do not fit, and rows with
    negative entries or a sum other than 1, exactly over RATIONAL, else within 1e-8.
    """
    elements = _elements(semiring)
    start = _distributions("startprob", startprob, 1, semiring)
    moves = _distributions("transmat", transmat, 2, semiring)
    emissions = _distributions("emissionprob", emissionprob, 2, semiring)
    n, k = len(start), emissions.shape[1]
    check_shape("transmat", moves, (n, n), f"{n} states")
    check_shape("emissionprob", emissions, (n, k), f"{n} states, {k} symbols")
    sigma = Alphabet(range(k) if alphabet is None else alphabet)
    if len(sigma) != k:
        raise ValueError(
            f"alphabet: wanted {k} symbols as emissionprob has columns, got "
            f"{len(sigma)}"
        )
    initial, rows, columns = elements(start), elements(moves), elements(emissions.T)
    if semiring not in (MAX_PLUS, MIN_PLUS):
        weights = semiring.times(columns[:, :, None], rows[None])
    else:
        entering = np.concatenate([initial[None], rows])
        weights = semiring.zeros((k, n + 1, n + 1), like=rows)
        weights[:, :, 1:] = semiring.times(columns[:, None, :], entering[None])
        initial = semiring.eye(n + 1, like=rows)[0]
    final = np.full_like(initial, semiring.one)
    return WFA(semiring, sigma, initial, weights, final)


def wfa_from_ngram_counts(
    counts: Mapping[G, int],
    *,
    bos: Symbol | None = None,
    eos: Symbol | None = None,
    semiring: Semiring = REAL,
) -> WFA:
    """The n-gram model of relative frequencies; a deterministic automaton.

    Its states are the contexts of n - 1 symbols, first the initial one (bos, …, bos).
    From c by σ it goes to the last n - 1 symbols of c σ, with weight

        P(σ | c) = counts[c σ] / Σ_τ counts[c τ].

    So f(w) = Π_t P(w_t | context) is the probability that a text begins with w, or with
    `eos`, times P(eos | context), that it is w. A context that no n-gram of positive
    count begins with has no arcs, and with `eos` the final weight 0.

    Args:
        counts: how often each n-gram occurs, all of one length n ≥ 1. Their symbols,
            sorted and without bos and eos, are the alphabet.
        bos: what pads a text on the left, n - 1 times. Needed where n > 1.
        eos: what ends a text; the last symbol of the n-grams that have it.
        semiring: REAL, RATIONAL (exact), LOG, MAX_PLUS or MIN_PLUS.

    Raises ValueError for other semirings, n-grams of different lengths, counts that are
    not nonnegative integers, bos elsewhere than in front, eos elsewhere than last, and
    where no n-gram begins with the initial context.
    """
    elements = _elements(semiring)
    start = _initial_context(counts, bos, eos)
    known: dict[Gram, int] = {
        gram: int(count) for gram, count in counts.items() if count
    }
    totals = {start: 0}
    for gram, count in known.items():
        totals[gram[:-1]] = totals.get(gram[:-1], 0) + count
    if not totals[start]:
        raise ValueError(f"counts: wanted n-grams that begin with {start}, got none")
    chance = {gram: fmpq(count, totals[gram[:-1]]) for gram, count in known.items()}
    arcs = [gram for gram in chance if not _is(gram[-1], eos)]
    states = list(dict.fromkeys([*totals, *(gram[1:] for gram in arcs)]))
    position = {context: i for i, context in enumerate(states)}
    symbols = {s for gram in counts for s in gram if not (_is(s, bos) or _is(s, eos))}
    sigma = Alphabet(sorted_symbols(symbols))

    initial = semiring.eye(len(states), like=elements(_column([fmpq(1)])))[0]
    weights = semiring.zeros((len(sigma), len(states), len(states)), like=initial)
    values = elements(_column([chance[gram] for gram in arcs]))
    for gram, value in zip(arcs, values, strict=True):
        source, target = position[gram[:-1]], position[gram[1:]]
        weights[sigma.code(gram[-1]), source, target] = value
    stop = [fmpq(1) if eos is None else chance.get((*c, eos), fmpq(0)) for c in states]
    return WFA(semiring, sigma, initial, weights, elements(_column(stop)))


def _initial_context(
    counts: Mapping[G, int], bos: Symbol | None, eos: Symbol | None
) -> Gram:
    """n - 1 times bos; ValueError for counts that do not count n-grams."""
    if bos is not None and bos == eos:
        raise ValueError(f"eos: wanted another symbol than bos, got {eos!r} for both")
    lengths = {len(gram) if isinstance(gram, tuple) else 0 for gram in counts}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(
            f"counts: wanted tuples of one length n ≥ 1, got lengths {sorted(lengths)}"
        )
    n = lengths.pop()
    if n > 1 and bos is None:
        raise ValueError(f"bos: wanted a symbol that pads {n}-grams, got None")
    for gram, count in counts.items():
        whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
        if not whole or count < 0:
            raise ValueError(
                f"counts: wanted nonnegative integers, got {count!r} for {gram}"
            )
        padded = [_is(s, bos) for s in gram]
        if padded[-1] or padded != sorted(padded, reverse=True):
            raise ValueError(f"counts: wanted {bos!r} in front only, got {gram}")
        if any(_is(s, eos) for s in gram[:-1]):
            raise ValueError(f"counts: wanted {eos!r} last only, got {gram}")
    return (bos,) * (n - 1)


def _is(symbol: Symbol, special: Symbol | None) -> bool:
    return special is not None and symbol == special


def _column(values: list[fmpq]) -> Array:
    return np.array(values, dtype=object)


def _distributions(field: str, data: Any, ndim: int, semiring: Semiring) -> Array:
    """Probabilities as the rationals that they are; along the last axis they sum to 1.

    Raises ValueError where they do not.
    """
    array = np.array(data, dtype=object)
    if array.ndim != ndim:
        raise ValueError(f"{field}: wanted {ndim} axes, got shape {array.shape}")
    exact = RATIONAL.array(array, field)
    for i, row in enumerate(np.atleast_2d(exact)):
        for p in row:
            if p < 0:
                raise ValueError(f"{field}: wanted probabilities, got {p} in row {i}")
        total = sum(row, fmpq(0))
        if abs(total - 1) > (0 if semiring is RATIONAL else ROUNDING):
            shown = total if semiring is RATIONAL else REAL.scalar(total)
            raise ValueError(f"{field}: wanted rows of sum 1, got {shown} in row {i}")
    return exact


def _elements(semiring: Semiring) -> Callable[[Array], Array]:
    """What makes elements of a semiring of probabilities given as rationals."""
    if semiring not in _OF_PROBABILITIES:
        names = ", ".join(s.name for s in _OF_PROBABILITIES)
        raise ValueError(f"semiring: wanted one of {names}, got {semiring.name}")
    return _OF_PROBABILITIES[semiring]


def _log(probabilities: Array) -> Array:
    with np.errstate(divide="ignore"):  # log 0 = -inf is the semiring's zero
        return np.log(REAL.array(probabilities))


def _minus_log(probabilities: Array) -> Array:
    return 0.0 - _log(probabilities)  # not -log, which makes -0.0 of 1


_OF_PROBABILITIES: dict[Semiring, Callable[[Array], Array]] = {
    REAL: REAL.array,
    RATIONAL: RATIONAL.array,
    LOG: _log,
    MAX_PLUS: _log,
    MIN_PLUS: _minus_log,
}
