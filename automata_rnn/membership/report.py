"""What a classification says: facts, and lines of verdict, certificate and reason."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from automata_rnn.alphabet import Word

Answer: TypeAlias = Literal["yes", "no", "unknown"]
MARKS: Mapping[str, str] = {"yes": "✓", "no": "✗", "unknown": "?"}
WIDTH = 100  # of a screen


@dataclass(frozen=True)
class Line:
    """Whether a machine has one property, and why.

    Attributes:
        name: the property.
        verdict: "yes", "no" or "unknown".
        certificate: what anyone can check: words, numbers, matrices; may be empty.
        reason: the theorem; of "unknown", what was not enough to decide.
        data: the certificate as JSON values.
    """

    name: str
    verdict: Answer
    certificate: str
    reason: str
    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.verdict not in MARKS:
            raise ValueError(
                f"Line.verdict: wanted one of {[*MARKS]}, got {self.verdict!r}"
            )
        if not self.reason:
            raise ValueError(f"Line.reason: wanted a reason for {self.name!r}, got ''")

    def __str__(self) -> str:
        said = f"{self.certificate}; {self.reason}" if self.certificate else self.reason
        if self.verdict == "unknown":
            said = f"unknown, because {said}"
        return f"{MARKS[self.verdict]} {self.name}: {said}"


@dataclass(frozen=True)
class Report:
    """What `classify` found.

    Attributes:
        subject: the machine, in words.
        facts: sizes, by name, in the order in which they are shown.
        lines: the properties.
    """

    subject: str
    facts: Mapping[str, int | str]
    lines: tuple[Line, ...]

    def __getitem__(self, name: str) -> Line:
        """The line of a property; KeyError naming those there are."""
        for line in self.lines:
            if line.name == name:
                return line
        raise KeyError(f"{name!r} is not among {[line.name for line in self.lines]}")

    def __str__(self) -> str:
        """One line for each property, cut to one screen's width."""
        return self.text(WIDTH)

    def text(self, width: int) -> str:
        """The report with lines of at most this many characters."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        rows = [self.subject, *wrapped(facts, width)]
        rows += [cut(str(line), width) for line in self.lines]
        return "\n".join(rows)

    def to_json(self) -> str:
        """Everything, as JSON text with sorted keys."""
        record = {
            "subject": self.subject,
            "facts": dict(self.facts),
            "lines": [{**vars(line), "data": dict(line.data)} for line in self.lines],
        }
        return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def yes(name: str, certificate: str, reason: str, **data: Any) -> Line:
    return Line(name, "yes", certificate, reason, data)


def no(name: str, certificate: str, reason: str, **data: Any) -> Line:
    return Line(name, "no", certificate, reason, data)


def unknown(name: str, because: str, certificate: str = "", **data: Any) -> Line:
    return Line(name, "unknown", certificate, because, data)


def show(word: Word) -> str:
    """A word in text: its letters in a row where all are one character; ε if empty."""
    if not word:
        return "ε"
    parts = [str(symbol) for symbol in word]
    return ("" if all(len(part) == 1 for part in parts) else " ").join(parts)


def cut(text: str, width: int) -> str:
    """The text, its end left out where it is longer than a row."""
    return text if len(text) <= width else text[: width - 1] + "…"


def wrapped(text: str, width: int) -> list[str]:
    """The text in rows, broken between words."""
    rows: list[str] = []
    for word in text.split(" "):
        if rows and len(rows[-1]) + len(word) < width:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows
