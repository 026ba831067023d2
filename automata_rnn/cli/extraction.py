"""`automata-rnn extract` on networks that nobody compiled."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from safetensors import SafetensorError, safe_open

from automata_rnn.alphabet import Alphabet
from automata_rnn.cli.inputs import (
    REGEX,
    bad_input,
    check_output,
    describe,
    parse_threshold,
    read_machine,
    show_word,
)
from automata_rnn.formats import save
from automata_rnn.formats.dynet import read_dynet_gru
from automata_rnn.formats.tensors import KEY
from automata_rnn.formats.torch_rnn import read_torch_checkpoint
from translations.extraction import (
    EXTRACTORS,
    Extraction,
    compare_extractors,
    extract,
    options_of,
)

EXTRACTION_ONLY = (
    "max_rounds",
    "seconds",
    "max_length",
    "bos",
    "nonlinearity",
    "accepting",
)
"""Options that mean nothing where weights are read exactly."""


def extraction_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options of `extract` that `convert` does not have."""
    methods = click.Choice(["auto", "all", *EXTRACTORS])
    for decorate in (
        click.option("--method", type=methods, default="auto", show_default=True),
        click.option("--max-rounds", type=int, help="Hypotheses at most."),
        click.option("--seconds", type=float, help="Time at most; 60 by default."),
        click.option("--max-length", type=int, help="Try all words up to this length."),
        click.option("--bos", help="Symbol of a checkpoint that begins every word."),
        click.option(
            "--accepting",
            type=int,
            help="Of several outputs, the one that accepts where it is the largest.",
        ),
        click.option(
            "--nonlinearity",
            type=click.Choice(["tanh", "relu"]),
            help="Of a checkpoint of an RNN; tanh by default.",
        ),
    ):
        command = decorate(command)
    return command


def run_extraction(
    model: str,
    method: str,
    output: str | None,
    semiring: str | None,
    max_states: int | None,
    threshold: str,
    alphabet: str | None,
    bos: str | None,
    nonlinearity: str | None,
    **limits: Any,
) -> None:
    """Extract by a method and print the result, or by all of them and compare."""
    with bad_input():
        if semiring is not None:
            raise ValueError("semiring: wanted it beside --to only")
        if output is not None:
            check_output(output)
        machine = read_network(model, alphabet, bos, nonlinearity)
        options = {name: value for name, value in limits.items() if value is not None}
        options |= {} if max_states is None else {"max_states": max_states}
        if threshold != "0":
            options["threshold"] = parse_threshold(machine, threshold)
        click.echo(describe(machine))
        if method == "all":
            click.echo(str(compare_extractors(machine, progress=True, **options)))
            return
        result = extract(machine, method, **_allowed(method, options))
        _report(result, output)
    if result.guarantee.kind == "none":
        raise SystemExit(3)


def _allowed(method: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options under the names that the method has for them, and progress.

    Raises ValueError for those that mean nothing to the method.
    """
    renamed = dict(options)
    if method == "quantise" and "max_length" in renamed:
        renamed["length"] = renamed.pop("max_length")
    known = options_of("lstar" if method == "auto" else method)
    strange = [name for name in renamed if name not in known]
    if strange:
        raise ValueError(f"{', '.join(strange)}: wanted no such option of {method}")
    return renamed | ({"progress": True} if "progress" in known else {})


def _report(result: Extraction, output: str | None) -> None:
    for note in result.notes[:1]:
        click.echo(note)
    click.echo(f"{describe(result.automaton)}, by {result.method}")
    click.echo(f"{result.queries} queries, {result.seconds:.2f} s")
    click.echo(f"guarantee: {result.guarantee}")
    if result.disagreement is not None:
        word = show_word(result.disagreement)
        click.echo(f"differs from the network on {word}")
    for note in result.notes[1:]:
        click.echo(note)
    if output is not None:
        save(result.automaton, output)
        click.echo(f"wrote {output}")


def read_network(
    path: str, alphabet: str | None, bos: str | None, nonlinearity: str | None
) -> Any:
    """A machine of this library, or a network of another one with its alphabet.

    Raises ValueError where the alphabet is missing, FormatError as the readers do.
    """
    foreign = path.endswith(".rnn") or _is_checkpoint(path)
    if not foreign:
        options = {"alphabet": alphabet, "bos": bos, "nonlinearity": nonlinearity}
        regex = path.startswith(REGEX)
        given = [
            name
            for name, value in options.items()
            if value is not None and not (regex and name == "alphabet")
        ]
        if given:
            raise ValueError(
                f"{', '.join(given)}: wanted none beside {path}, which says it itself"
            )
        return read_machine(path, alphabet)
    if alphabet is None:
        raise ValueError(
            f"{path}: wanted --alphabet, the symbols in the order of their numbers, "
            "since this file does not name them"
        )
    sigma = Alphabet(alphabet, bos)
    if path.endswith(".rnn"):
        if nonlinearity is not None:
            raise ValueError(
                f"nonlinearity: wanted none for {path}, a GRU, got {nonlinearity!r}"
            )
        return read_dynet_gru(path, sigma)
    kind: Any = {} if nonlinearity is None else {"nonlinearity": nonlinearity}
    return read_torch_checkpoint(path, sigma, **kind)


def _is_checkpoint(path: str) -> bool:
    """Whether a file is in safetensors, but not one that this library wrote."""
    if not path.endswith(".safetensors") or not Path(path).is_file():
        return False
    try:
        with safe_open(path, framework="np") as file:
            return KEY not in (file.metadata() or {})
    except SafetensorError:
        return False
