"""A report that fits a terminal of 80 columns and 24 rows.

Every verdict is shown. Related classes share a row, where only the last one's reason
has room, and sizes have short names: `Report.text` and `to_json` keep everything.
"""

from collections.abc import Iterator, Mapping

from automata_rnn.membership import locality
from automata_rnn.membership.report import MARKS, Line, Report, cut, wrapped

TOGETHER = (
    ("piecewise testable", "R-trivial", "L-trivial"),
    ("definite", "reverse definite", "generalised definite"),
    (locality.LOCAL, locality.THRESHOLD),
)
"""Properties that follow each other in a report and share a row, names to the front."""

SHORT = {
    "states of the minimal DFA": "minimal DFA",
    "elements of the syntactic monoid": "monoid",
}


def screen(report: Report, width: int) -> str:
    """The report in rows of at most this many characters."""
    rows = [cut(report.subject, width), *wrapped(_sizes(report.facts), width)]
    rows += [cut(row, width) for row in _rows(report.lines, width)]
    return "\n".join(rows)


def _rows(lines: tuple[Line, ...], width: int) -> Iterator[str]:
    """One for each line, or for all lines of a group where their names fit."""
    waiting: list[Line] = []
    for line, after in zip(lines, (*lines[1:], None), strict=True):
        waiting.append(line)
        group = next((names for names in TOGETHER if line.name in names), ())
        if after is None or after.name not in group:
            heads = "  ".join(f"{MARKS[one.verdict]} {one.name}" for one in waiting)
            if len(waiting) == 1 or len(heads) > width:
                yield from map(str, waiting)
            else:
                yield heads + str(line).removeprefix(
                    f"{MARKS[line.verdict]} {line.name}"
                )
            waiting = []


def _sizes(facts: Mapping[str, int | str]) -> str:
    """Sizes by short names; those of Green's classes as one."""
    classes = {name[0]: value for name, value in facts.items() if "-classes" in name}
    green = f"{'/'.join(classes)}-classes {'/'.join(map(str, classes.values()))}"
    shown = {
        green if "-classes" in name else f"{SHORT.get(name, name)} {value}": None
        for name, value in facts.items()
    }
    return ", ".join(shown)
