"""What the command line gives: machines by file or regex, words, and target types."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from automata_rnn.alphabet import Alphabet, Symbol, Word, abbreviate
from automata_rnn.automata import WFA, dfa_from_regex
from automata_rnn.formats import load
from automata_rnn.rnns import (
    PDRNN,
    RWKV7,
    DeltaProduct,
    DiagonalNetwork,
    DiagonalRNN,
    LinearRNN,
    Network,
    ReLURNN,
)
from automata_rnn.semiring import semiring_named
from automata_rnn.system import as_system

REGEX = "regex:"
TARGETS: dict[str, type] = {
    "linear": LinearRNN,
    "diagonal": DiagonalRNN,
    "stack": DiagonalNetwork,
    "pd": PDRNN,
    "deltaproduct": DeltaProduct,
    "rwkv7": RWKV7,
    "network": Network,
    "relu": ReLURNN,
    "wfa": WFA,
    "dfa": DFA,
}
AUTOMATA = ("wfa", "dfa")
SUFFIXES = (".safetensors", ".json")  # that `save` writes


class BadInput(click.ClickException):
    """What the user gave cannot be used: one line, exit status 2."""

    exit_code = 2


@contextmanager
def bad_input() -> Iterator[None]:
    """Turn the library's errors about a user's machine into one line."""
    try:
        yield
    except OSError as error:
        named = error.filename is not None
        text = f"{error.filename}: {error.strerror}" if named else str(error)
        raise BadInput(text) from error
    except (ValueError, TypeError) as error:
        raise BadInput(str(error)) from error


def read_machine(source: str, alphabet: str | None = None) -> Any:
    """The machine in a file, or the minimal DFA of `regex:PATTERN`."""
    if source.startswith(REGEX):
        return dfa_from_regex(source.removeprefix(REGEX), alphabet)
    if not Path(source).is_file():
        raise BadInput(f"{source}: no such file, and not {REGEX}PATTERN either")
    return load(source)


def check_output(path: str) -> None:
    """Refuse a file that cannot be written before the work, not after it."""
    folder = Path(path).parent
    if not folder.is_dir():
        raise BadInput(f"{path}: wanted a folder that exists, got {str(folder)!r}")
    if not path.lower().endswith(SUFFIXES):
        raise BadInput(f"{path}: suffix: wanted one of {', '.join(SUFFIXES)}")


def parse_word(alphabet: Alphabet, text: str) -> Word:
    """A word as typed: its characters where all symbols are single characters.

    Otherwise symbols are separated by white space, and each is the alphabet's symbol
    that prints like it. Raises ValueError naming the piece that is no symbol.
    """
    if all(isinstance(s, str) and len(s) == 1 for s in alphabet):
        alphabet.encode(text)
        return text
    printed: dict[str, Symbol] = {str(symbol): symbol for symbol in alphabet}
    pieces = text.split()
    for piece in pieces:
        if piece not in printed:
            raise ValueError(
                f"word: wanted symbols of {abbreviate(alphabet.symbols)} separated by "
                f"spaces, got {piece!r}"
            )
    return tuple(printed[piece] for piece in pieces)


def parse_threshold(machine: Any, text: str) -> Any:
    """The threshold as an element of the machine's weights, or a plain float."""
    semiring = getattr(as_system(machine), "semiring", None)
    if semiring is not None and semiring.field == "Q":
        return semiring_named("rational").scalar(text, "threshold")
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"threshold: wanted a number, got {text!r}") from None
    if math.isnan(number):
        raise ValueError(f"threshold: wanted a number, got {text!r}")
    return int(number) if number.is_integer() else number


def show_word(word: Word) -> str:
    """A word as `parse_word` reads it; ε is the empty one."""
    if not word:
        return "ε"
    separator = "" if all(isinstance(s, str) and len(s) == 1 for s in word) else " "
    text = separator.join(str(symbol) for symbol in word)
    return text if text.isprintable() else repr(text)


def describe(machine: Any) -> str:
    """One line: type, weights, sizes."""
    kind = type(machine).__name__
    if isinstance(machine, DFA | NFA):
        letters = len(machine.input_symbols)
        return f"{kind}, {len(machine.states)} states, {letters} letters"
    size = _SIZES.get(kind, _units)(machine)
    semiring = getattr(machine, "semiring", None)
    over = f" over {semiring.name}" if semiring is not None else ""
    letters = len(as_system(machine).alphabet)
    return f"{kind}{over}, {size}, {letters} letters"


def _states(machine: Any) -> str:
    return f"{machine.num_states} states"


def _units(machine: Any) -> str:
    return f"{machine.hidden_size} hidden units"


_SIZES: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("WFA", "DFATable"), _states),
    "CounterMachine": lambda m: f"{_states(m)}, {m.num_counters} counters",
    "StackMachine": lambda m: f"{_states(m)}, {m.num_stacks} stacks",
    "Network": lambda m: f"{len(m.layers)} layers, width {m.width}",
    "StackedRNN": lambda m: f"{m.hidden_size} numbers in a state",
    "DiagonalNetwork": lambda m: f"{len(m.layers)} layers, {_units(m)}",
    "DeltaProduct": lambda m: f"{_units(m)}, {m.num_factors} steps for each token",
}
