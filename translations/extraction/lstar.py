"""DFAs of networks that can only be asked: L* and Kearns-Vazirani.

The learner asks whether words are accepted and proposes hypotheses; our equivalence
oracle (`translations.extraction.oracle`) looks for words on which the network differs.
A network whose language is not regular refutes every hypothesis: the budget then ends
the search, and the result says so, with all hypotheses and what refuted them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.automata import DFATable, dfa_from_table
from automata_rnn.black_box import BlackBox, MembershipOracle, ask, black_box
from automata_rnn.rnns.stacked import StackedRNN
from automata_rnn.system import evaluate
from translations.extraction.budget import (
    Budget,
    BudgetSpent,
    Say,
    check_time,
    elapsed,
    progress_line,
)
from translations.extraction.invariant import find_invariant
from translations.extraction.learners import learn
from translations.extraction.oracle import (
    EquivalenceOracle,
    Trials,
    equivalence_oracle,
    find_difference,
    guarantee,
)
from translations.extraction.result import Extraction, Guarantee, Hypothesis
from translations.extraction.search import Tick, w_method_fits
from translations.extraction.suffixes import access_words, separating_suffixes


@dataclass(frozen=True, eq=False)
class _Run:
    """What a learner's run has found so far."""

    membership: MembershipOracle
    equivalence: EquivalenceOracle
    budget: Budget
    say: Say
    tables: list[DFATable] = field(default_factory=list)
    refuted_by: list[Word | None] = field(default_factory=list)


def lstar(network: Any, **options: Any) -> Extraction:
    """Learn the minimal DFA of the words that `network` accepts, by L*.

    Args:
        network, alphabet, bos, initial, output, batched, threshold, accepting: see
            `automata_rnn.black_box.black_box`.
        examples, max_length, max_words, extra_states, clusters, epsilon, delta,
            walk_length, seed: words to try, see `Trials` in
            `translations.extraction.oracle`.
        max_rounds, max_states, seconds: the budget. Where it is used up, and on an
            interruption from the keyboard, the result is the hypothesis whose shortest
            known disagreement with the network is longest, the smallest among equals,
            and there is no guarantee.
        progress: whether to show where the search is, on standard error.

    Where a network of saturated cells has an inductive invariant that is found, the
    guarantee is a proof (`translations.extraction.invariant`).

    Raises TypeError for other options, ImportError where AALpy is absent.
    """
    return _extract("lstar", network, options)


def kv(network: Any, **options: Any) -> Extraction:
    """The same by the algorithm of Kearns and Vazirani: fewer queries, more rounds."""
    return _extract("kv", network, options)


def _extract(method: str, network: Any, options: dict[str, Any]) -> Extraction:
    tests, limits, rest = split_options(options)
    shown = rest.pop("progress", False)
    box = black_box(network, **rest)
    budget = Budget(**limits)
    tick = partial(check_time, budget)
    with progress_line(shown) as say:
        equivalence = equivalence_oracle(box, Trials(**tests), tick)
        run = _Run(MembershipOracle(box), equivalence, budget, say)
        ended = _learn(method, run, tick)
    return _result(method, network, run, ended, tick)


BOX_OPTIONS = (
    "alphabet",
    "bos",
    "initial",
    "output",
    "batched",
    "threshold",
    "accepting",
    "progress",
)
_TESTS = tuple(f.name for f in fields(Trials))
_LIMITS = tuple(f.name for f in fields(Budget) if f.name != "begin")
LEARNER_OPTIONS = (*_TESTS, *_LIMITS, *BOX_OPTIONS)
"""Every option of `lstar` and `kv`."""


def split_options(
    options: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Options of `Trials`, of `Budget`, and of `black_box` with `progress`.

    Raises TypeError naming those that are none of these.
    """
    unknown = [name for name in options if name not in LEARNER_OPTIONS]
    if unknown:
        known = sorted(LEARNER_OPTIONS)
        raise TypeError(f"options: wanted some of {known}, got {unknown}")
    first = {n: options[n] for n in _TESTS if n in options}
    second = {n: options[n] for n in _LIMITS if n in options}
    rest = {n: v for n, v in options.items() if n in BOX_OPTIONS}
    return first, second, rest


def _learn(method: str, run: _Run, tick: Callable[[], None]) -> str | None:
    """Run the learner; why it ended early, or None where no word refutes the last."""
    try:
        learn(method, run.membership, partial(_refute, run), tick)
    except BudgetSpent as spent:
        return str(spent)
    except KeyboardInterrupt:
        return "the search was interrupted"
    return None


def _refute(run: _Run, table: DFATable) -> Word | None:
    """What refutes a hypothesis; BudgetSpent where it was the last one allowed."""
    run.tables.append(table)
    run.refuted_by.append(None)
    count = len(run.tables)
    run.say(f"hypothesis {count}: {table.num_states} states")
    word = find_difference(run.equivalence, table, count)
    run.refuted_by[-1] = word
    if word is None:
        return None
    if table.num_states >= run.budget.max_states:
        raise BudgetSpent(f"the limit of {run.budget.max_states} states was reached")
    if count >= run.budget.max_rounds:
        raise BudgetSpent(f"the limit of {run.budget.max_rounds} rounds was reached")
    return word


def _result(
    method: str, network: Any, run: _Run, ended: str | None, tick: Tick
) -> Extraction:
    hypotheses = tuple(
        Hypothesis(table.num_states, word, dfa_from_table(table, minify=False))
        for table, word in zip(run.tables, run.refuted_by, strict=True)
    )
    table, word = _best(run)
    sure, notes = guarantee(run.equivalence), _bounds(run, ended is None)
    if ended is None:
        sure = _proof(network, run.membership.box, table, tick) or sure
    else:
        refuted = sum(word is not None for word in run.refuted_by)
        sure = Guarantee("none", reason=ended)
        verdict = "agrees" if word is not None else "is known to agree"
        notes = (
            f"no DFA found within the budget {verdict} with the network: {ended}; "
            f"{refuted} of {len(hypotheses)} hypotheses were refuted, of "
            f"{', '.join(str(h.num_states) for h in hypotheses) or 'no'} states",
            *notes,
        )
    return Extraction(
        dfa_from_table(table),
        method,
        len(run.membership.answers) + sum(run.equivalence.compared),
        elapsed(run.budget),
        sure,
        word,
        hypotheses,
        notes,
    )


def _proof(
    network: Any, box: BlackBox, table: DFATable, tick: Tick
) -> Guarantee | None:
    """A proof by an inductive invariant, where the network has one that is found.

    Where the time is over before, or on an interrupt from the keyboard, there is none.
    """
    if not isinstance(network, StackedRNN) or len(network.head[-1].weights) != 1:
        return None
    limit = float(box.threshold)
    try:
        invariant = find_invariant(network, table, threshold=limit, tick=tick)
    except (BudgetSpent, KeyboardInterrupt):
        return None
    if invariant is None:
        return None
    reason = (
        f"{invariant.table.num_states} boxes of hidden states that no symbol leads out "
        "of, rounding included"
    )
    return Guarantee("proof", reason=reason)


def _best(run: _Run) -> tuple[DFATable, Word | None]:
    """The hypothesis that agrees longest on all words found, and where it does not."""
    if not run.tables:
        return _of_the_empty_word(run.membership), None
    words = sorted((w for w in run.refuted_by if w is not None), key=len)
    answers = ask(run.membership, words)

    def first_error(table: DFATable) -> Word | None:
        pairs = zip(words, answers, strict=True)
        return next((w for w, yes in pairs if evaluate(table, w) != yes), None)

    errors = [first_error(table) for table in run.tables]
    lasting = [math.inf if word is None else len(word) for word in errors]
    sizes = [table.num_states for table in run.tables]
    best = max(range(len(errors)), key=lambda i: (lasting[i], -sizes[i]))
    return run.tables[best], errors[best]


def _of_the_empty_word(oracle: MembershipOracle) -> DFATable:
    """The DFA of one state that agrees on the empty word."""
    alphabet = Alphabet(oracle.box.alphabet)
    loops = np.zeros((len(alphabet), 1), dtype=np.intp)
    return DFATable(alphabet, 0, loops, np.array(ask(oracle, [()])))


def _bounds(run: _Run, agrees: bool) -> tuple[str, ...]:
    """What the queries prove about the size of the network's DFA."""
    if not run.tables:
        return ()
    table = run.tables[-1]
    least = separated_states(run.membership, table)
    notes = [
        f"every DFA that agrees with the network has at least {least} states, since so "
        "many words are told apart by suffixes"
    ]
    extra = run.equivalence.tests.extra_states
    if agrees and w_method_fits(table, extra, run.equivalence.tests.max_words):
        notes.append(
            f"if a DFA with at most {table.num_states + extra} states agrees with the "
            "network, it is this one (W-method)"
        )
    return tuple(notes)


def separated_states(oracle: MembershipOracle, table: DFATable) -> int:
    """How many words the network itself tells apart by suffixes (Myhill and Nerode).

    The words are those that reach the states of `table`, the suffixes those that tell
    its states apart. No DFA with fewer states than this agrees with the network.
    """
    decode = oracle.box.alphabet.decode
    words, suffixes = list(access_words(table).values()), separating_suffixes(table)
    flat = ask(oracle, [decode(word + end) for word in words for end in suffixes])
    width = len(suffixes)
    return len({tuple(flat[i : i + width]) for i in range(0, len(flat), width)})
