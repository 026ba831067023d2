"""Whether two automata compute the same function: a shortest counterexample or a proof.

- Over a field: linear algebra decides (`automata.difference`).
- Otherwise pairs of states are searched breadth-first. Over finite semirings, and for
  acceptors, the search closes, which is a proof. Over the tropical semirings
  equivalence is undecidable (Krob 1994), and floats of LOG and COMPLEX round: the
  search may still close; else the verdict says up to which length words agree.
"""

from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Word, abbreviate
from automata_rnn.automata.difference import difference, shortest_nonzero
from automata_rnn.automata.finite import DFATable
from automata_rnn.automata.language import (
    indicator,
    language,
    never_rounds,
    positive_representative,
)
from automata_rnn.automata.minimize import minimize, over_field
from automata_rnn.automata.pairs import Pair, Verdict, View, search_pairs
from automata_rnn.automata.wfa import WFA, absorb_bos
from automata_rnn.semiring import (
    BOOLEAN,
    INTEGER,
    LOG,
    MAX_PLUS,
    MIN_PLUS,
    RATIONAL,
    REAL,
)
from automata_rnn.system import TransitionSystem, above, as_system

DEFAULT_PAIRS = 100_000


def compare(
    a: Any,
    b: Any,
    *,
    max_length: int | None = None,
    max_pairs: int = DEFAULT_PAIRS,
) -> Verdict:
    """Compare the values of two automata on all words.

    Takes WFAs, DFATables and what has an adapter (automata-lib's DFA and NFA). Two
    automata with weights need the same semiring; ℤ, ℚ and floats, which are the
    rationals that they are, compare with one another. Acceptors, also WFAs over
    BOOLEAN, compare by their languages; beside weights they count as 1 and 0.

    Args:
        max_length: where no proof is possible, the longest words to check; a default
            of None goes as far as `max_pairs` allows.
        max_pairs: pairs of states to look at where pairs decide.

    Raises ValueError for different alphabets or incomparable semirings.
    """
    left, right = _same_alphabet(_plain(a), _plain(b))
    if _is_acceptor(left) and _is_acceptor(right):
        return _by_pairs(left, right, max_length, max_pairs)
    if _is_acceptor(left) and isinstance(right, WFA):
        left = _as_weights(left, right, max_pairs)
    if _is_acceptor(right) and isinstance(left, WFA):
        right = _as_weights(right, left, max_pairs)
    if not (isinstance(left, WFA) and isinstance(right, WFA)):
        raise TypeError(
            f"compare: wanted automata, got {type(a).__name__} and {type(b).__name__}"
        )
    left, right = _common_semiring(left, right)
    if left.semiring.field is None:
        return _by_pairs(left, right, max_length, max_pairs)
    word = shortest_nonzero(difference(left, right))
    reason = f"by linear algebra over {_field_name(left)}"
    return Verdict(word, word is None, None, reason)


def counterexample(
    a: Any,
    b: Any,
    *,
    max_length: int | None = None,
    max_pairs: int = DEFAULT_PAIRS,
) -> Word | None:
    """The shortest word on which two automata differ, or None.

    None is a proof of equality, unless `max_length` is given and no proof was found:
    then it means that all words up to `max_length` agree. Raises ValueError where there
    is neither a proof nor a `max_length` that the search reached; see `compare`.
    """
    verdict = compare(a, b, max_length=max_length, max_pairs=max_pairs)
    reached = max_length is not None and verdict.checked_length == max_length
    if verdict.counterexample is None and not verdict.proved and not reached:
        raise ValueError(
            f"max_length: wanted a bound on the words to check, since {verdict.reason}"
        )
    return verdict.counterexample


def _plain(machine: Any) -> TransitionSystem:
    """The machine's system; a WFA without its beginning-of-sequence symbol."""
    system = as_system(machine)
    return absorb_bos(system) if isinstance(system, WFA) else system


def _is_acceptor(system: TransitionSystem) -> bool:
    return isinstance(system, DFATable) or (
        isinstance(system, WFA) and system.semiring is BOOLEAN
    )


def _as_weights(acceptor: TransitionSystem, other: WFA, max_states: int) -> WFA:
    """An acceptor as 1 and 0 in the other's semiring, over ℚ where that is REAL."""
    if isinstance(acceptor, WFA):
        acceptor = language(acceptor, BOOLEAN, max_states=max_states).table
    semiring = RATIONAL if other.semiring is REAL else other.semiring
    return indicator(acceptor, semiring)  # type: ignore[arg-type]


def _same_alphabet(
    a: TransitionSystem, b: TransitionSystem
) -> tuple[TransitionSystem, TransitionSystem]:
    """Both with their symbols in the order of `a`."""
    check_same_symbols(a, b)
    order = b.alphabet.encode(a.alphabet.symbols)
    plain = Alphabet(a.alphabet)
    if isinstance(b, WFA):
        b = WFA(b.semiring, plain, b.initial, b.weights[order], b.final)
    elif isinstance(b, DFATable):
        b = DFATable(plain, b.initial, b.successors[order], b.accepting)
    return a, b


def check_same_symbols(a: TransitionSystem, b: TransitionSystem) -> None:
    """Raise ValueError where only one of two machines reads some symbol."""
    only = [
        s for s in (*a.alphabet, *b.alphabet) if (s in a.alphabet) != (s in b.alphabet)
    ]
    if only:
        raise ValueError(
            f"alphabet: wanted two machines over the same symbols, but only one of "
            f"them reads {abbreviate(only)}"
        )


def _common_semiring(a: WFA, b: WFA) -> tuple[WFA, WFA]:
    rational = (RATIONAL, INTEGER, REAL)
    if a.semiring in rational and b.semiring in rational:
        return over_field(a), over_field(b)
    if a.semiring is not b.semiring:
        raise ValueError(
            f"semiring: wanted two machines over one semiring, got {a.semiring.name} "
            f"and {b.semiring.name}"
        )
    return a, b


def _field_name(wfa: WFA) -> str:
    return "ℚ" if wfa.semiring.field == "Q" else f"GF({wfa.semiring.field})"


def _by_pairs(
    a: TransitionSystem, b: TransitionSystem, max_length: int | None, max_pairs: int
) -> Verdict:
    left, right = (View(s, s.output, exact=_is_exact(s)) for s in (a, b))
    if _is_tropical(a) and _is_tropical(b):
        return search_pairs(left, right, max_length, max_pairs, _without_offset)
    return search_pairs(left, right, max_length, max_pairs)


def _is_tropical(system: TransitionSystem) -> bool:
    return isinstance(system, WFA) and system.semiring in (MAX_PLUS, MIN_PLUS, LOG)


def _is_exact(system: TransitionSystem) -> bool:
    return not isinstance(system, WFA) or never_rounds(system, system.semiring)


def _without_offset(pair: Pair) -> Pair:
    """Subtract one number from all entries of both: both outputs move by it, too."""
    finite = np.concatenate(pair)
    finite = finite[np.isfinite(finite)]
    offset = finite[0] if len(finite) else 0.0
    return pair[0] - offset, pair[1] - offset


def compare_languages(
    a: Any,
    b: Any,
    *,
    threshold: Any = 0,
    max_length: int | None = None,
    max_pairs: int = DEFAULT_PAIRS,
) -> Verdict:
    """Compare {w : f(w) > threshold} of two automata, which may be of any semirings.

    Whether two weighted automata have one language is undecidable in general; here the
    pairs of their state vectors, minimised and, at threshold 0, up to positive
    multiples, are searched. Where finitely many are reachable, that decides.

    Args and errors as in `compare`. An acceptor's language is what it accepts.
    """
    left, right = _same_alphabet(_plain(a), _plain(b))
    return search_pairs(
        language_view(left, threshold),
        language_view(right, threshold),
        max_length,
        max_pairs,
    )


def language_view(system: TransitionSystem, threshold: Any) -> View:
    """A WFA or an acceptor, and whether a state is above `threshold`: its language."""
    if not isinstance(system, WFA) or system.semiring is BOOLEAN:
        return View(system, lambda state: bool(system.output(state)))
    if system.semiring in (RATIONAL, INTEGER, REAL):
        small = minimize(system).wfa
        scale = positive_representative if threshold == 0 else (lambda state: state)
        return View(small, lambda state: above(small.output(state), threshold), scale)
    return View(
        system,
        lambda state: above(system.output(state), threshold),
        exact=_is_exact(system),
    )
