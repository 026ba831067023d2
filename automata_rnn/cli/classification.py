"""`automata-rnn classify`: what class a machine belongs to, in one screen."""

from dataclasses import replace
from shutil import get_terminal_size
from typing import Any

import click

from automata_rnn.cli.commands import alphabet_option, main
from automata_rnn.cli.inputs import REGEX, bad_input, describe, read_machine
from automata_rnn.membership import classify
from automata_rnn.membership.report import WIDTH, Report
from automata_rnn.membership.screen import screen


@main.command("classify")
@click.argument("source", metavar="IN")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--full", is_flag=True, help="One line for each class, not cut.")
@click.option(
    "--max-elements",
    type=click.IntRange(min=1),
    help="Of the syntactic monoid; more make lines unknown. Default: 50,000.",
)
@click.option(
    "--max-states",
    type=click.IntRange(min=1),
    help="Of the DFA on the way; more make lines unknown. Default: 10,000 for a regex "
    "or NFA, else 1,000.",
)
@alphabet_option
def classify_command(
    source: str,
    as_json: bool,
    full: bool,
    max_elements: int | None,
    max_states: int | None,
    alphabet: str | None,
) -> None:
    """Say which classes IN (a file or regex:PATTERN) belongs to, and why.

    ✓ yes, ✗ no, ? unknown; after each the certificate and the theorem. Related classes
    share a row, with the last one's.
    """
    with bad_input():
        given = {"max_elements": max_elements, "max_states": max_states}
        options: dict[str, Any] = {n: v for n, v in given.items() if v is not None}
        report = _report(source, alphabet, options)
    if as_json:
        click.echo(report.to_json(), nl=False)
    else:
        click.echo(report.text(10**6) if full else screen(report, screen_width()))


def _report(source: str, alphabet: str | None, options: dict[str, Any]) -> Report:
    """Of a pattern by itself, since its DFA may be too large."""
    if source.startswith(REGEX):
        pattern = source.removeprefix(REGEX)
        found = classify(pattern, alphabet=alphabet, **options)
        return replace(found, subject=source)
    machine = read_machine(source, alphabet)
    return replace(classify(machine, **options), subject=describe(machine))


def screen_width() -> int:
    """The terminal's, at most that of a report: which it is where there is none."""
    return min(WIDTH, get_terminal_size((WIDTH, 40)).columns)
