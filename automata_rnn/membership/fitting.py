"""Weighted automata as networks: what their matrices fit, and in which numbers.

"Given basis" asks of the matrices as they are; the rest of the minimal automaton, so
that it does not depend on the basis.
"""

import numpy as np

from automata_rnn.automata import (
    WFA,
    TooManyStates,
    determinize,
    nondeterminism,
)
from automata_rnn.exact import (
    NotDiagonalizable,
    check_diagonalizable,
    factorize,
    smallest_field,
)
from automata_rnn.membership.ranks import diagonal_rank, identity_rank
from automata_rnn.membership.report import Line, no, unknown, yes

DETERMINISTIC = "deterministic, given basis"
ONE_HOT = "PD, given basis"
DIRECTIONS = "PD, by determinising"
DIAGONAL = "one diagonal layer"
HOUSEHOLDER = "DeltaProduct, one head"
RANK_ONE = "diagonal plus rank one, given basis"
LARGEST_FACTORIZED = 12  # states


def deterministic(given: WFA) -> Line:
    """Whether each word has one run."""
    reason = "at most one initial state, and one successor of each state by a symbol"
    why = nondeterminism(given)
    if why is None:
        return yes(DETERMINISTIC, f"{given.num_states} states", reason)
    return no(DETERMINISTIC, why, reason)


def one_hot(given: WFA) -> Line:
    """Whether each row of each matrix has one entry: PD with any initial state."""
    reason = "each row of A_σ has at most one entry, so A_σ is one-hot times diagonal"
    crowded = np.argwhere((given.weights != 0).sum(axis=2) > 1)
    if not len(crowded):
        units = given.num_states
        return yes(ONE_HOT, f"{units} units", reason, units=units, layers=1)
    code, row = (int(v) for v in crowded[0])
    symbol = str(given.alphabet.symbols[code])
    said = f"row {row} of {symbol} has several entries"
    return no(ONE_HOT, said, reason, symbol=symbol, row=row)


def by_determinising(minimal: WFA, max_states: int) -> Line:
    """Whether state vectors have finitely many directions (Mohri 1997)."""
    reason = "state vectors of the minimal WFA have finitely many directions"
    try:
        units = determinize(minimal, max_states=max_states).num_states
    except TooManyStates as error:
        because = f"more than {error.seen:,} directions were met"
        return unknown(DIRECTIONS, f"{because}; raise max_states to go on")
    return yes(DIRECTIONS, f"{units} units", reason, units=units, layers=1)


def diagonalisable(minimal: WFA) -> Line:
    """Whether the minimal matrices are diagonal in one basis over ℂ; exact."""
    reason = "minimal matrices commute and are diagonalisable over ℂ exactly then"
    try:
        check_diagonalizable(minimal.alphabet.symbols, minimal.weights)
    except NotDiagonalizable as error:
        found = error.obstruction
        symbols = list(map(str, found.symbols))
        said = f"{found.kind} of {' and '.join(symbols)}"
        return no(DIAGONAL, said, reason, kind=found.kind, symbols=symbols)
    units, field = minimal.num_states, smallest_field(minimal.weights).name
    said = f"{units} units with {field} gates"
    return yes(DIAGONAL, said, reason, units=units, gates=field, layers=1)


def householder(given: WFA, minimal: WFA) -> Line:
    """The number n_h of steps I - β kᵀk that a symbol takes, with bounds."""
    least = {
        str(symbol): identity_rank(matrix)
        for symbol, matrix in zip(minimal.alphabet, minimal.weights, strict=True)
    }
    most = min(_most_steps(wfa) for wfa in (given, minimal))
    below = max([0, *least.values()])
    reason = "steps ≥ rank(A - I), in every basis; β unrestricted"
    said = f"n_h = {most}, minimal"
    if below < most:
        said = f"n_h between {below} and {most}, minimum not known"
    return yes(HOUSEHOLDER, said, reason, n_h=most, least=least, layers=1)


def _most_steps(wfa: WFA) -> int:
    """Of a symbol; for large automata the bound of `exact.schedule`."""
    if wfa.num_states > LARGEST_FACTORIZED:
        return 4 * wfa.num_states
    return max([0, *(len(factorize(matrix).factors) for matrix in wfa.weights)])


def rank_one(given: WFA) -> Line:
    """min over diagonal D of rank(A_σ - D) is at most 1 for all symbols."""
    reason = "min over diagonal D of rank(A - D) is at most 1"
    bounds = {
        str(symbol): diagonal_rank(matrix)
        for symbol, matrix in zip(given.alphabet, given.weights, strict=True)
    }
    shown = {symbol: list(pair) for symbol, pair in bounds.items()}
    worst = max(bounds, key=lambda symbol: bounds[symbol], default=None)
    if worst is None or bounds[worst][1] <= 1:
        return yes(RANK_ONE, f"{given.num_states} units", reason, ranks=shown)
    least, most = bounds[worst]
    size = f"{least}" if least == most else f"{least} to {most}"
    return no(RANK_ONE, f"{size} for {worst}", reason, ranks=shown)
