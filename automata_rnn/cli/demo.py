"""The main job on real input: automata to networks, back to automata, proved equal."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from automata.fa.dfa import DFA
from rich.console import Console
from rich.table import Table

import translations
from automata_rnn.alphabet import Word
from automata_rnn.automata import WFA
from automata_rnn.cli.gallery import Example, gallery
from automata_rnn.rnns import PDRNN, DiagonalRNN, LinearRNN
from automata_rnn.system import accepts, evaluate

NETWORKS = (LinearRNN, PDRNN, DiagonalRNN)


@dataclass(frozen=True)
class Row:
    """What happened to one automaton and one kind of network.

    Attributes:
        holds: whether the network type can hold the automaton.
        size: hidden units; words: how many examples ran on both, with one result.
        verdict: the proof, or the reason why not; correct: nothing went wrong.
    """

    network: str
    holds: bool
    size: str
    words: str
    back: str
    verdict: str
    seconds: float
    correct: bool


def run_demo(console: Console) -> bool:
    """Print the table; whether every conversion agreed and every proof went through."""
    begin = time.perf_counter()
    table = Table(
        title="Automata to recurrent networks and back",
        caption="✓ converted, run, extracted and proved equal    ✗ refused, and why",
        show_lines=False,
    )
    for heading in ("automaton", "network", "size", "words", "back", "verdict", "time"):
        justify: Any = "right" if heading in ("size", "words", "time") else "left"
        table.add_column(heading, justify=justify, no_wrap=heading == "network")
    correct = True
    for example in gallery():
        with console.status(example.name):
            rows = list(demonstrate(example))
        for i, row in enumerate(rows):
            correct &= row.correct
            first = f"[bold]{example.name}[/]\n{example.describe()}" if i == 0 else ""
            table.add_row(first, *_cells(row))
        table.add_section()
    console.print(table)
    seconds = time.perf_counter() - begin
    outcome = "all conversions agree" if correct else "[red]a conversion is wrong[/]"
    console.print(f"{outcome}; {seconds:.1f} s in all")
    return correct


def _cells(row: Row) -> tuple[str, ...]:
    mark = "[green]✓[/]" if row.holds else "[yellow]✗[/]"
    if not row.correct:
        mark = "[red]wrong[/]"
    took = f"{row.seconds * 1000:.0f} ms"
    return f"{mark} {row.network}", row.size, row.words, row.back, row.verdict, took


def demonstrate(example: Example) -> Iterator[Row]:
    """One row for each kind of network."""
    for target in NETWORKS:
        begin = time.perf_counter()
        try:
            network = translations.convert(example.machine, target)
        except ValueError as reason:
            text = str(reason).removeprefix("wfa: ")
            seconds = time.perf_counter() - begin
            yield Row(target.__name__, False, "", "", "", text, seconds, True)
            continue
        yield _converted(example, network, begin)


def _converted(example: Example, network: Any, begin: float) -> Row:
    """Run the examples on both, extract, and compare with the source."""
    same = [_agrees(example, network, word) for word in example.words]
    back = translations.convert(network, example.returns_to)
    there = translations.verify(example.machine, network)
    home = translations.verify(example.machine, back)
    rounded = isinstance(network, DiagonalRNN) and not network.semiring.exact
    sure = there.equal or (rounded and there.counterexample is None)
    closed = home.equal or (rounded and isinstance(back, WFA))
    kind = "DFA" if isinstance(back, DFA) else "WFA"
    count = len(back.states) if isinstance(back, DFA) else back.num_states
    return Row(
        type(network).__name__,
        True,
        str(network.hidden_size),
        f"{sum(same)}/{len(same)}",
        f"{kind}, {count} states",
        f"equal, {there.reason}" if there.equal else there.reason,
        time.perf_counter() - begin,
        all(same) and sure and closed,
    )


def _agrees(example: Example, network: Any, word: Word) -> bool:
    """The network's value is the automaton's, and for acceptors the expected one."""
    if word in example.accepted or word in example.rejected:
        return accepts(network, word) == (word in example.accepted)
    left, right = evaluate(example.machine, word), evaluate(network, word)
    return translations.agree(left, right, 1e-9)
