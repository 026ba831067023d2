"""AALpy's learners, asking our oracles. Imported where they are used only."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.automata import DFATable
from automata_rnn.black_box import MembershipOracle, ask

Refute: TypeAlias = Callable[[DFATable], "Word | None"]


def learn(
    name: str, oracle: MembershipOracle, refute: Refute, check: Callable[[], None]
) -> None:
    """Run L* or KV until `refute` finds nothing against a hypothesis, or raises.

    Args:
        name: "lstar" (Angluin 1987) or "kv" (Kearns and Vazirani 1994), both with
            counterexamples processed as by Rivest and Schapire (1993).
        check: called before each membership query; may raise to end the run.

    Raises ImportError naming the extra where AALpy is absent.
    """
    try:
        from aalpy import SUL, Oracle, run_KV, run_Lstar
    except ImportError as error:
        raise ImportError(
            "lstar and kv need AALpy: pip install 'automata-rnn[learn]'"
        ) from error
    alphabet = Alphabet(oracle.box.alphabet)

    class Membership(SUL):  # type: ignore[misc, unused-ignore]
        """Answers for all prefixes of a word, asked for in one batch."""

        def query(self, word: tuple[Any, ...]) -> list[bool]:
            check()
            return ask(oracle, [word[:t] for t in range(1, len(word) + 1)] or [()])

        def pre(self) -> None:
            """Nothing: a query does not change the network."""

        def post(self) -> None:
            """Nothing, likewise."""

        def step(self, letter: Any) -> bool:
            raise TypeError(f"letters are asked for in words only, got {letter!r}")

    class Equivalence(Oracle):  # type: ignore[misc, unused-ignore]
        """Hands the hypothesis to `refute`."""

        def find_cex(self, hypothesis: Any) -> tuple[Any, ...] | None:
            word = refute(table_of_hypothesis(hypothesis, alphabet))
            return None if word is None else tuple(word)

    letters = list(alphabet)
    membership = Membership()
    equivalence = Equivalence(letters, membership)
    run = {"lstar": run_Lstar, "kv": run_KV}[name]
    run(
        letters,
        membership,
        equivalence,
        "dfa",
        cache_and_non_det_check=False,
        print_level=0,
    )


def table_of_hypothesis(hypothesis: Any, alphabet: Alphabet) -> DFATable:
    """AALpy's DFA as a table of its reachable states, breadth-first."""
    order = [hypothesis.initial_state]
    index = {id(hypothesis.initial_state): 0}
    rows = []
    for state in order:  # grows while it is read
        row = []
        for symbol in alphabet:
            target = state.transitions[symbol]
            if id(target) not in index:
                index[id(target)] = len(order)
                order.append(target)
            row.append(index[id(target)])
        rows.append(row)
    successors = np.array(rows, dtype=np.intp).reshape(len(rows), len(alphabet)).T
    accepting = np.array([bool(state.is_accepting) for state in order])
    return DFATable(alphabet, 0, np.ascontiguousarray(successors), accepting)
