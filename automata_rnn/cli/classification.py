"""`automata-rnn classify`: what class a machine belongs to, in one screen."""

from dataclasses import replace
from shutil import get_terminal_size

import click

from automata_rnn.cli.commands import alphabet_option, main
from automata_rnn.cli.inputs import REGEX, bad_input, describe, read_machine
from automata_rnn.membership import classify
from automata_rnn.membership.report import WIDTH


@main.command("classify")
@click.argument("source", metavar="IN")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--full", is_flag=True, help="Do not cut lines to the screen.")
@click.option(
    "--max-elements",
    type=click.IntRange(min=1),
    help="Of the syntactic monoid; more make lines unknown. Default: 50,000.",
)
@alphabet_option
def classify_command(
    source: str,
    as_json: bool,
    full: bool,
    max_elements: int | None,
    alphabet: str | None,
) -> None:
    """Say which classes IN (a file or regex:PATTERN) belongs to, and why.

    ✓ yes, ✗ no, ? unknown; after each the certificate and the theorem.
    """
    with bad_input():
        machine = read_machine(source, alphabet)
        budgets = {} if max_elements is None else {"max_elements": max_elements}
        report = classify(machine, **budgets)
    name = source if source.startswith(REGEX) else describe(machine)
    report = replace(report, subject=name)
    if as_json:
        click.echo(report.to_json(), nl=False)
    else:
        click.echo(report.text(10**6 if full else screen_width()))


def screen_width() -> int:
    """The terminal's, at most that of a report: which it is where there is none."""
    return min(WIDTH, get_terminal_size((WIDTH, 40)).columns)
