"""Labelled words in files: one example a line.

    .tsv, .txt   label, tab, word:      1<TAB>abab
                 after a first line of the two names `word` and `label`, in that order
                 or the other, the columns are what it says
    .jsonl       an object a line:      {"word": "abab", "label": true}
                 a word is a string, or a list of symbols

Labels are 1, true, yes, accept or + and 0, false, no, reject or -, in any case; in JSON
also true, false, 1 and 0. A word in text is read as the machine's alphabet says. Empty
lines are skipped, an empty word is not: its line ends with the tab.
"""

import json
from typing import Any, TypeAlias

from automata_rnn.formats.atomic import FilePath, decode_text, naming, read_bytes
from automata_rnn.formats.errors import FormatError, mismatch

RawWord: TypeAlias = "str | list[Any]"

_LABELS = {
    **dict.fromkeys(("1", "true", "yes", "accept", "+"), True),
    **dict.fromkeys(("0", "false", "no", "reject", "-"), False),
}
_NAMES = ["label", "word"]


def read_examples(path: FilePath) -> list[tuple[RawWord, bool]]:
    """The words and labels of a file; FormatError with the line where it is malformed.

    The suffix says which format, see above.
    """
    with naming(path):
        name = str(path).lower()
        text = decode_text(read_bytes(path))
        if name.endswith(".jsonl"):
            return [_from_json(number, line) for number, line in _lines(text)]
        if name.endswith((".tsv", ".txt")):
            return _from_columns(text)
        raise mismatch("suffix", "one of .tsv, .txt, .jsonl", name.rpartition(".")[2])


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that are not empty, by number from 1."""
    numbered = enumerate(text.split("\n"), start=1)
    lines = [(number, line.removesuffix("\r")) for number, line in numbered]
    return [(number, line) for number, line in lines if line]


def _from_columns(text: str) -> list[tuple[RawWord, bool]]:
    lines = _lines(text)
    columns = _NAMES
    if lines and sorted(lines[0][1].lower().split("\t")) == _NAMES:
        columns = lines.pop(0)[1].lower().split("\t")
    place = columns.index("label")
    examples: list[tuple[RawWord, bool]] = []
    for number, line in lines:
        parts = line.split("\t")
        if len(parts) != 2:
            raise FormatError(
                f"line {number}: wanted {columns[0]}, tab, {columns[1]}, got {line!r}"
            )
        examples.append((parts[1 - place], _label(number, parts[place])))
    return examples


def _from_json(number: int, line: str) -> tuple[RawWord, bool]:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        raise FormatError(f"line {number}: wanted a JSON object, {error}") from error
    if not isinstance(entry, dict) or set(entry) != set(_NAMES):
        raise FormatError(
            f"line {number}: wanted an object with word and label, got {line!r}"
        )
    word = entry["word"]
    if not isinstance(word, str | list):
        raise FormatError(
            f"line {number}: wanted a word that is a string or a list, got {word!r}"
        )
    return word, _label(number, entry["label"])


def _label(number: int, value: Any) -> bool:
    text = str(value).strip().lower()
    if text not in _LABELS or not isinstance(value, str | int):
        raise FormatError(
            f"line {number}: wanted a label among {', '.join(_LABELS)}, got {value!r}"
        )
    return _LABELS[text]
