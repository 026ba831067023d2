"""Several extractors on one network, side by side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO

from rich.console import Console
from rich.table import Table

from automata_rnn.alphabet import Word
from automata_rnn.semiring import REAL
from translations.equivalence import compare
from translations.extraction.result import Extraction

FEW_PAIRS = 2000
"""Pairs of states that are compared where floats rule a proof out."""

INTERRUPTED = "interrupted from the keyboard"


@dataclass(frozen=True)
class Comparison:
    """What several extractors found.

    Attributes:
        found: the results by method, of those that applied.
        refused: of the others, the reasons.
        same: of each result, whether its language is that of the first one: "yes" is a
            proof; else a word on which they differ, or why it is not known.
    """

    found: dict[str, Extraction]
    refused: dict[str, str]
    same: dict[str, str]

    def __str__(self) -> str:
        text = StringIO()
        Console(file=text, width=100).print(comparison_table(self))
        return text.getvalue().rstrip()


def compare_all(runs: Mapping[str, Callable[[], Extraction]]) -> Comparison:
    """Run all of them; a TypeError or ValueError is a reason not to apply, and so is an
    interrupt from the keyboard where it leaves no result: the next one follows."""
    found: dict[str, Extraction] = {}
    refused: dict[str, str] = {}
    for name, run in runs.items():
        try:
            found[name] = run()
        except (TypeError, ValueError) as reason:
            refused[name] = str(reason)
        except KeyboardInterrupt:
            refused[name] = INTERRUPTED
    first = next(iter(found.values()), None)
    same = {n: _same(first, e) for n, e in found.items() if first is not None}
    return Comparison(found, refused, same)


def _same(first: Extraction, other: Extraction) -> str:
    """Whether two automata accept the same words."""
    if first is other:
        return "first"
    pair = first.automaton, other.automaton
    floats = any(getattr(machine, "semiring", None) is REAL for machine in pair)
    few: dict[str, int] = {"max_pairs": FEW_PAIRS} if floats else {}
    try:
        verdict = compare(*pair, reading="language", **few)
    except (TypeError, ValueError) as reason:
        return str(reason)
    except KeyboardInterrupt:
        return INTERRUPTED
    if verdict.equal:
        return "yes"
    return (
        verdict.reason
        if verdict.counterexample is None
        else "no: " + show(verdict.counterexample)
    )


def show(word: Word) -> str:
    """A word as text; ε is the empty one."""
    if not word:
        return "ε"
    plain = all(isinstance(s, str) and len(s) == 1 for s in word)
    return ("" if plain else " ").join(map(str, word))


def comparison_table(comparison: Comparison) -> Table:
    """One row for each method."""
    table = Table()
    for heading in ("method", "states", "queries", "seconds"):
        table.add_column(heading, justify="left" if heading == "method" else "right")
    for heading in ("guarantee", "differs from the network on", "same language"):
        table.add_column(heading)
    for name, found in comparison.found.items():
        word = found.disagreement
        table.add_row(
            name,
            str(found.num_states),
            str(found.queries),
            f"{found.seconds:.2f}",
            str(found.guarantee),
            "" if word is None else show(word),
            comparison.same[name],
        )
    for name, reason in comparison.refused.items():
        why = reason if reason == INTERRUPTED else f"does not apply: {reason}"
        table.add_row(name, "", "", "", why, "", "")
    return table
