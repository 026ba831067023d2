"""AT&T (OpenFst) text of acceptors, as lists of arcs.

Fields are separated by spaces and tabs, states are numbers, a missing weight is 0:

    source target label [weight]             in a file with a line of 3 fields
    source target label label [weight]       in any other
    final [weight]

OpenFst is told by a flag whether there is one label or two; here lines of 3 fields
tell, and only files whose arcs all have 4 fields leave it open.
"""

import re
from math import isinf, isnan, nan
from typing import NamedTuple

from automata_rnn.formats.errors import FormatError

EPSILON_LABEL = "<eps>"

_STATE = re.compile(r"[0-9]{1,18}")
_WEIGHT = re.compile(
    r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|inf(?:inity)?)", re.I
)


class Arc(NamedTuple):
    """A move of an acceptor, and the line of the file that it is on."""

    source: int
    target: int
    label: str
    cost: float
    line: int


class Final(NamedTuple):
    """A final state, and the line of the file that it is on."""

    state: int
    cost: float
    line: int


class Graph(NamedTuple):
    """What a file lists; `initial` is the first state named in it."""

    initial: int
    arcs: list[Arc]
    finals: list[Final]

    @property
    def states(self) -> list[int]:
        """All states that occur, in increasing order."""
        ends = {state for arc in self.arcs for state in (arc.source, arc.target)}
        return sorted({self.initial, *ends, *(final.state for final in self.finals)})


def parse(text: str, *, one_label: bool = False) -> Graph:
    """The arcs and final states of a text; FormatError naming the line where wrong.

    `one_label` says that lines of 4 fields end in a weight, where nothing else does.
    """
    # not splitlines() nor split(), which split at characters that labels may be
    rows = [
        (number, fields)
        for number, line in enumerate(text.split("\n"), 1)
        if (fields := re.findall(r"[^ \t\r]+", line))
    ]
    if not rows:
        raise FormatError("line 1: wanted the initial state, got an empty file")
    widths = {len(fields) for _, fields in rows}
    labels = 1 if one_label or 3 in widths else 2
    arcs = [_arc(n, fields, labels) for n, fields in rows if len(fields) > 2]
    finals = [_final(n, fields) for n, fields in rows if len(fields) <= 2]
    if len({final.state for final in finals}) < len(finals):
        raise FormatError("final states: wanted one line for each, got two for one")
    return Graph(_state(rows[0][0], rows[0][1][0]), arcs, finals)


def _arc(line: int, fields: list[str], labels: int) -> Arc:
    if len(fields) not in (2 + labels, 3 + labels):
        raise FormatError(
            f"line {line}: wanted {2 + labels} fields, or {3 + labels} with a weight, "
            f"got {len(fields)}"
        )
    source, target, label, *rest = fields
    if labels == 2 and label != (output := rest.pop(0)):
        raise FormatError(
            f"line {line}: wanted the same input and output label, as of an acceptor, "
            f"got {label!r} and {output!r} (one_label=True reads the second as weight)"
        )
    cost = _cost(line, rest[0]) if rest else 0.0
    return Arc(_state(line, source), _state(line, target), label, cost, line)


def _final(line: int, fields: list[str]) -> Final:
    cost = _cost(line, fields[1]) if len(fields) == 2 else 0.0
    return Final(_state(line, fields[0]), cost, line)


def _state(line: int, text: str) -> int:
    if not _STATE.fullmatch(text):
        raise FormatError(f"line {line}: wanted the number of a state, got {text!r}")
    return int(text)


def _cost(line: int, text: str) -> float:
    match = _WEIGHT.fullmatch(text)
    cost = float(text) if match else nan
    # an infinite number is a cost too large, unless it says so
    if isnan(cost) or (isinf(cost) and not text.lower().startswith(("i", "+i"))):
        raise FormatError(
            f"line {line}: wanted a weight, which is a number or Infinity, got {text!r}"
        )
    return cost
