"""Probabilistic deterministic automata (PDFAs): states that predict the next symbol.

A PDFA is a deterministic WFA over REAL whose weights are probabilities: at state q the
symbol σ comes with probability A_σ[q, δ(q, σ)], and the word ends with probability
ω_q. So f(w) is the probability of the word w. This is the form in which
`automata.wfa_from_ngram_counts` gives n-gram models with an end symbol.
"""

from collections import deque
from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.automata import WFA, Verdict, nondeterminism
from automata_rnn.semiring import REAL
from translations.extraction.queries import Key

Floats = npt.NDArray[np.float64]
SUM_TOLERANCE = 1e-3  # how far from 1 the sum of a distribution may be


class PDFATable(NamedTuple):
    """A PDFA as tables.

    Attributes:
        initial: the initial state.
        successors: δ, shape (k, n); -1 where the symbol has probability 0.
        distributions: next-symbol probabilities, the end last, shape (n, k + 1).
    """

    alphabet: Alphabet
    initial: int
    successors: npt.NDArray[np.intp]
    distributions: Floats


def pdfa_from_table(table: PDFATable) -> WFA:
    """The WFA of a PDFA: state q is unit q."""
    k, n = table.successors.shape
    weights = np.zeros((k, n, n))
    for code, state in np.argwhere(table.successors >= 0):
        target = table.successors[code, state]
        weights[code, state, target] = table.distributions[state, code]
    initial = np.zeros(n)
    initial[table.initial] = 1
    return WFA(REAL, table.alphabet, initial, weights, table.distributions[:, k])


def table_from_pdfa(wfa: WFA) -> PDFATable:
    """The tables of a PDFA; ValueError for an automaton that is none.

    >>> from automata_rnn.automata import wfa_from_ngram_counts
    >>> counts = {("^", "a"): 3, ("^", "$"): 1, ("a", "$"): 1}
    >>> pdfa = wfa_from_ngram_counts(counts, bos="^", eos="$")
    >>> table_from_pdfa(pdfa).distributions
    array([[0.75, 0.25],
           [0.  , 1.  ]])
    """
    if wfa.semiring is not REAL or wfa.alphabet.bos is not None:
        raise ValueError(
            f"pdfa: wanted weights over REAL and no beginning-of-sequence symbol, got "
            f"{wfa.semiring.name} and {wfa.alphabet.bos!r}"
        )
    reason = nondeterminism(wfa)
    if reason is not None or not np.isin(wfa.initial, (0, 1)).all():
        raise ValueError(
            "pdfa: wanted one run for each word, of initial weight 1, but "
            f"{reason or 'the initial weight is another'}"
        )
    if not wfa.initial.any():
        raise ValueError("pdfa: wanted an initial state, got none")
    chances = wfa.weights.max(axis=2, initial=0).T
    distributions = np.concatenate([chances, wfa.final[:, None]], axis=1)
    for state, row in enumerate(distributions):
        check_distribution(row, len(wfa.alphabet) + 1, f"pdfa, state {state}")
    arcs = wfa.weights != 0
    successors = np.where(arcs.any(axis=2), arcs.argmax(axis=2), -1)
    return PDFATable(wfa.alphabet, int(wfa.initial.argmax()), successors, distributions)


def check_distribution(data: Any, size: int, name: str) -> Floats:
    """Probabilities as an array of this size; ValueError where they are none."""
    row = np.asarray(data, dtype=np.float64)
    if row.shape != (size,):
        raise ValueError(
            f"{name}: wanted {size} probabilities, of the symbols and of the end, got "
            f"shape {row.shape}"
        )
    if not (np.isfinite(row).all() and (row >= 0).all()):
        raise ValueError(f"{name}: wanted probabilities, got {row}")
    if abs(row.sum() - 1) > SUM_TOLERANCE:
        raise ValueError(f"{name}: wanted probabilities of sum 1, got {row.sum()}")
    return row


def next_symbols(pdfa: WFA, word: Word) -> Floats:
    """The distribution after `word`, the end last, shape (k + 1,).

    Zeros where the word has probability 0. Raises ValueError for symbols outside the
    alphabet and automata that are no PDFA.
    """
    return prediction(table_from_pdfa(pdfa), word)


def prediction(table: PDFATable, word: Word) -> Floats:
    """The distribution after `word`; zeros where the word has probability 0."""
    state = run(table, word)
    found: Floats = (
        table.distributions[state] if state >= 0 else np.zeros(len(table.alphabet) + 1)
    )
    return found


def run(table: PDFATable, word: Word) -> int:
    """The state after `word`; -1 where the word has probability 0."""
    state = table.initial
    for code in table.alphabet.encode(word).tolist():
        if state >= 0:
            state = int(table.successors[code, state])
    return state


def reduced(table: PDFATable) -> PDFATable:
    """The smallest PDFA with the same predictions, its states in breadth-first order.

    States that no word reaches go; those with the same distributions after all words
    are one (Moore 1956).
    """
    states = [table.initial]
    for state in states:  # grows while it is read
        for after in table.successors[:, state].tolist():
            if after >= 0 and after not in states:
                states.append(after)
    rows = [tuple(table.distributions[state].tolist()) for state in states]
    kinds, count = _numbered(dict(zip(states, rows, strict=True)))
    while True:
        pairs = {
            q: (kinds[q], *(kinds.get(t, -1) for t in table.successors[:, q].tolist()))
            for q in states
        }
        kinds, finer = _numbered(pairs)
        if finer == count:
            break
        count = finer
    first = [next(q for q in states if kinds[q] == i) for i in range(count)]
    to_kind = np.array(
        [*(kinds.get(q, -1) for q in range(len(table.distributions))), -1]
    )
    return PDFATable(
        table.alphabet,
        0,
        to_kind[table.successors[:, first]],
        table.distributions[first],
    )


def _numbered(keys: Mapping[int, Hashable]) -> tuple[dict[int, int], int]:
    """Equal keys to equal numbers, in order of appearance; and how many there are."""
    numbers = {key: i for i, key in enumerate(dict.fromkeys(keys.values()))}
    return {state: numbers[key] for state, key in keys.items()}, len(numbers)


def compare_predictions(a: WFA, b: WFA, tolerance: float) -> Verdict:
    """Whether two PDFAs predict the same, up to `tolerance`, after every word.

    The pairs of states that words possible in both reach are all looked at, so that no
    counterexample is a proof. The verdict's word is a shortest one after which two
    probabilities differ by more; its reason gives the largest difference.
    """
    left, right = table_from_pdfa(a), table_from_pdfa(b)
    if left.alphabet.symbols != right.alphabet.symbols:
        raise ValueError(
            f"alphabet: wanted the same symbols in the same order, got "
            f"{left.alphabet.symbols} and {right.alphabet.symbols}"
        )
    begin = (left.initial, right.initial)
    seen: dict[tuple[int, int], Key] = {begin: ()}
    queue = deque([begin])
    largest = 0.0
    while queue:
        i, j = pair = queue.popleft()
        difference = float(np.abs(left.distributions[i] - right.distributions[j]).max())
        if difference > tolerance:
            reason = f"probabilities differ by {difference:.2e}"
            return Verdict(seen[pair], False, None, reason)
        largest = max(largest, difference)
        for code, symbol in enumerate(left.alphabet):
            after = int(left.successors[code, i]), int(right.successors[code, j])
            if min(after) >= 0 and after not in seen:
                seen[after] = (*seen[pair], symbol)
                queue.append(after)
    reason = (
        f"all {len(seen)} pairs of states predict the same within {tolerance:g}; the "
        f"largest difference is {largest:.2e}"
    )
    return Verdict(None, True, None, reason)
