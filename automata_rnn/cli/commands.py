"""The subcommands: thin, each a few calls of the library."""

import sys
import time
from collections.abc import Callable
from typing import Any

import click
from rich.console import Console

import translations
from automata_rnn.automata import Verdict, is_deterministic, minimize
from automata_rnn.cli.demo import run_demo
from automata_rnn.cli.extraction import (
    EXTRACTION_ONLY,
    extraction_options,
    run_extraction,
)
from automata_rnn.cli.inputs import (
    AUTOMATA,
    REGEX,
    TARGETS,
    bad_input,
    check_output,
    describe,
    parse_threshold,
    parse_word,
    read_machine,
    show_word,
)
from automata_rnn.formats import save
from automata_rnn.semiring import semiring_named
from automata_rnn.system import above, as_system, evaluate, trace

SOURCE_HELP = f"a file (.safetensors, .json, .att) or {REGEX}PATTERN"
alphabet_option = click.option(
    "--alphabet", help=f"Letters of a {REGEX}PATTERN; by default those it mentions."
)
threshold_option = click.option(
    "--threshold",
    default="0",
    show_default=True,
    help="Accept where the value is above it.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="automata-rnn")
def main() -> None:
    """Translate between automata and recurrent networks, both ways, with proofs."""


@main.command()
def demo() -> None:
    """Real automata to every network that holds them, back, and proved equal."""
    if not run_demo(Console()):
        raise SystemExit(1)


def conversion(command: Callable[..., None]) -> Callable[..., None]:
    """Arguments and options that `convert` and `extract` share."""
    for decorate in (
        click.option("-o", "--output", help="File to write."),
        click.option("--semiring", help="Weights, e.g. real, rational or GF(2)."),
        click.option("--max-states", type=int, help="States to explore at most."),
        threshold_option,
        alphabet_option,
    ):
        command = decorate(command)
    return command


@main.command()
@click.argument("source", metavar="IN")
@click.option(
    "--to",
    "kind",
    type=click.Choice([*TARGETS]),
    required=True,
    help="stack: several diagonal layers. network: four layers of RWKV-7.",
)
@conversion
def convert(source: str, kind: str, **options: Any) -> None:
    """Convert IN (a file or regex:PATTERN) to another type, and prove it equal."""
    if options["output"] is None:
        raise click.UsageError("Missing option '-o' / '--output'.")
    _convert(source, kind, **options)


@main.command()
@click.argument("model", metavar="MODEL")
@click.option("--to", "kind", type=click.Choice(AUTOMATA), help="Read weights exactly.")
@extraction_options
@conversion
def extract(model: str, kind: str | None, method: str, **options: Any) -> None:
    """Extract the automaton of the network MODEL, and say how sure it is.

    MODEL is a file of this library; a safetensors checkpoint of a PyTorch RNN, GRU or
    LSTM with --alphabet; or a DyNet text file (.rnn) with --alphabet. Without --to, the
    strongest --method that applies is taken, exact where the network is linear in its
    state, else one that asks it for words. Exit status 3 where nothing agrees.
    """
    if kind is None:
        run_extraction(model, method, **options)
        return
    asked = [name for name in EXTRACTION_ONLY if options.pop(name) is not None]
    if asked or method != "auto":
        raise click.UsageError("--to reads weights exactly; without it, give --method")
    if options["output"] is None:
        raise click.UsageError("--to needs -o, a file to write")
    _convert(model, kind, **options)


def _convert(
    source: str,
    kind: str,
    output: str,
    semiring: str | None,
    max_states: int | None,
    threshold: str,
    alphabet: str | None,
) -> None:
    with bad_input():
        check_output(output)
        machine = read_machine(source, alphabet)
        options: dict[str, Any] = {}
        if semiring is not None:
            options["semiring"] = semiring_named(semiring)
        if kind == "dfa":
            options["threshold"] = parse_threshold(machine, threshold)
        if max_states is not None:
            options["max_states"] = max_states
        begin = time.perf_counter()
        result = translations.convert(machine, TARGETS[kind], **options)
        seconds = time.perf_counter() - begin
        click.echo(f"{describe(machine)} -> {describe(result)} in {seconds:.3f} s")
        limit = options.get("threshold", 0)
        verdict = translations.verify(machine, result, threshold=limit)
        save(result, output)
    click.echo(_sentence(verdict))
    click.echo(f"wrote {output}")


def _sentence(verdict: Verdict) -> str:
    if verdict.counterexample is not None:
        return f"differ on {show_word(verdict.counterexample)} ({verdict.reason})"
    if verdict.proved:
        return f"equality proved: {verdict.reason}"
    return f"no difference found, not proved: {verdict.reason}"


@main.command()
@click.argument("model", metavar="MODEL")
@click.argument("words", nargs=-1)
@click.option("--states", is_flag=True, help="Print the state after every symbol.")
@threshold_option
@alphabet_option
def run(
    model: str,
    words: tuple[str, ...],
    states: bool,
    threshold: str,
    alphabet: str | None,
) -> None:
    """Run MODEL on WORDS, or on the lines of standard input for "-".

    Prints word, value and accept or reject, separated by tabs. Symbols of more than one
    character are separated by spaces within a word; "" is the empty word.
    """
    if not words:
        raise click.UsageError('wanted words, or "-" for lines of standard input')
    with bad_input():
        machine = read_machine(model, alphabet)
        sigma = as_system(machine).alphabet
        limit = parse_threshold(machine, threshold)
        texts = (line.rstrip("\n") for line in sys.stdin) if words == ("-",) else words
        for text in texts:
            word = parse_word(sigma, text)
            value = evaluate(machine, word)
            decision = "accept" if above(value, limit) else "reject"
            click.echo(f"{show_word(word)}\t{value}\t{decision}")
            if states:
                for t, state in enumerate(trace(machine, word)):
                    click.echo(f"  {t}\t{_flat(state)}")


def _flat(state: Any) -> str:
    return (
        " ".join(str(v) for v in state.ravel())
        if hasattr(state, "ravel")
        else str(state)
    )


@main.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--language", is_flag=True, help="Compare what is accepted instead of values."
)
@click.option("--max-length", type=int, help="Longest words where nothing decides.")
@threshold_option
@alphabet_option
def check(
    a: str,
    b: str,
    language: bool,
    max_length: int | None,
    threshold: str,
    alphabet: str | None,
) -> None:
    """Compare A and B: exit 0 when proved equal, 1 with a shortest counterexample.

    Exit 3 where no proof is possible and no difference was found, 2 on bad input.
    """
    with bad_input():
        left, right = read_machine(a, alphabet), read_machine(b, alphabet)
        verdict = translations.compare(
            left,
            right,
            reading="language" if language else "values",
            threshold=parse_threshold(left, threshold),
            max_length=max_length,
        )
        click.echo(_sentence(verdict))
        if verdict.counterexample is not None:
            word = verdict.counterexample
            click.echo(f"A: {evaluate(left, word)}   B: {evaluate(right, word)}")
            raise SystemExit(1)
    if not verdict.proved:
        raise SystemExit(3)


@main.command()
@click.argument("file", metavar="FILE")
@alphabet_option
def info(file: str, alphabet: str | None) -> None:
    """Say what is in FILE: type, weights, sizes, and the minimal size."""
    with bad_input():
        machine = read_machine(file, alphabet)
    click.echo(describe(machine))
    sigma = as_system(machine).alphabet
    click.echo("letters: " + " ".join(repr(s) for s in sigma))
    if sigma.bos is not None:
        click.echo(f"beginning of sequence: {sigma.bos!r}")
    try:
        wfa = translations.as_wfa(machine)
    except TypeError:
        return
    click.echo(f"deterministic: {'yes' if is_deterministic(wfa) else 'no'}")
    if wfa.semiring.field is not None or wfa.semiring.name == "real":
        click.echo(f"minimal weighted automaton: {minimize(wfa).wfa.num_states} states")
