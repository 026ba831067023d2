"""`automata-rnn validate`: does a machine accept what it should, and what says so."""

import json
from collections.abc import Iterator
from typing import Any

import click

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.cli.commands import (
    alphabet_option,
    main,
    threshold_option,
)
from automata_rnn.cli.inputs import (
    REGEX,
    bad_input,
    parse_threshold,
    parse_word,
    read_machine,
)
from automata_rnn.formats.examples import RawWord, read_examples
from automata_rnn.membership import record, validate
from automata_rnn.membership.methods import METHODS
from automata_rnn.system import as_system


@main.command("validate")
@click.argument("source", metavar="MACHINE")
@click.option(
    "--examples",
    metavar="FILE",
    help="Labelled words: .tsv of label, tab, word; or .jsonl of word and label.",
)
@click.option("--against", metavar="FILE", help=f"A reference, also {REGEX}PATTERN.")
@click.option(
    "--method",
    "methods",
    multiple=True,
    type=click.Choice([*METHODS]),
    help="How to compare with the reference; may be repeated.",
)
@click.option("--max-length", type=int, help="Longest words to try.")
@click.option("--words", type=int, help="Random words to try. Default: 1,000.")
@click.option("--error", type=float, help="What pac bounds the error by. Default: 0.01")
@click.option("--confidence", type=float, help="Of all bounds. Default: 0.99")
@click.option("--max-states", type=int, help="States of MACHINE at most, for w.")
@click.option("--max-words", type=int, help="To try at most. Default: 100,000")
@click.option("--seed", type=int, help="Of the random words. Default: 0")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@threshold_option
@alphabet_option
def validate_command(
    source: str,
    examples: str | None,
    against: str | None,
    methods: tuple[Any, ...],
    as_json: bool,
    threshold: str,
    alphabet: str | None,
    **numbers: Any,
) -> None:
    """Check MACHINE (a file or regex:PATTERN) on examples, a reference, or both.

    Prints how many words agree, the guarantee that each check gives, and the shortest
    disagreements. Exit 0 where there are none, 1 where there are, 2 on bad input.
    """
    with bad_input():
        machine = read_machine(source, alphabet)
        sigma = as_system(machine).alphabet
        labelled = None
        if examples is not None:
            labelled = list(_labelled(examples, sigma))
        found = validate(
            machine,
            labelled,
            None if against is None else read_machine(against, alphabet),
            methods=methods or None,
            threshold=parse_threshold(machine, threshold),
            **{name: value for name, value in numbers.items() if value is not None},
        )
    text = json.dumps(record(found), indent=1, ensure_ascii=False)
    click.echo(text if as_json else str(found))
    if not found.agree:
        raise SystemExit(1)


def _labelled(path: str, alphabet: Alphabet) -> Iterator[tuple[Word, bool]]:
    """The examples of a file; ValueError where there are none, or one is not a word."""
    raw = read_examples(path)
    if not raw:
        raise ValueError(f"{path}: wanted at least one labelled word, got none")
    for number, (word, label) in enumerate(raw, start=1):
        try:
            yield _word(alphabet, word), label
        except ValueError as error:
            raise ValueError(f"{path}: example {number}: {error}") from error


def _word(alphabet: Alphabet, raw: RawWord) -> Word:
    """A word of a file: a list of symbols, or text as it is typed elsewhere."""
    if isinstance(raw, str):
        return parse_word(alphabet, raw)
    printed = {str(symbol): symbol for symbol in alphabet}
    word = tuple(printed.get(str(symbol), symbol) for symbol in raw)
    alphabet.encode(word)
    return word
