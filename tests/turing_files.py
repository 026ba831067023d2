"""Turing machines of two public collections, and a plain simulation of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automata.tm.dtm import DTM

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
BEAVERS = SHARED / "busy_beaver"
MACHINES = SHARED / "turing_machines"
HALT = "Z"


@dataclass(frozen=True)
class Beaver:
    """A listed machine, the steps it takes from a blank tape and the ones it leaves."""

    text: str
    steps: int
    ones: int


def beavers(name: str) -> list[Beaver]:
    """The machines of a list, e.g. "2x3" for two states and three symbols."""
    lines = (BEAVERS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split() for line in lines if line]
    return [Beaver(text, int(steps), int(ones)) for text, _, steps, ones in fields]


def beaver_table(text: str) -> dict[str, dict[str, tuple[str, str, str]]]:
    """1RB1LB_1LA1RZ: for each state and symbol what to write, where to go, the next."""
    table: dict[str, dict[str, tuple[str, str, str]]] = {}
    for state, row in zip("ABCDEF", text.split("_"), strict=False):
        cells = [row[i : i + 3] for i in range(0, len(row), 3)]
        table[state] = {
            str(symbol): (cell[2], cell[0], cell[1])
            for symbol, cell in enumerate(cells)
            if cell != "---"
        }
    return table


def beaver_machine(text: str) -> DTM:
    table = beaver_table(text)
    symbols = {str(i) for i in range(len(text.split("_")[0]) // 3)}
    return DTM(
        states={*table, HALT},
        input_symbols=symbols - {"0"},
        tape_symbols=symbols,
        transitions=table,
        initial_state="A",
        blank_symbol="0",
        final_states={HALT},
    )


def simulate(tm: Any, tape: str) -> Iterator[tuple[Any, Any, Any, Any]]:
    """(state, left, symbol, right) at each step, outer blanks left out, by a dict."""
    blank, cells, position = tm.blank_symbol, dict(enumerate(tape)), 0
    state = tm.initial_state
    while True:
        filled = [p for p, symbol in cells.items() if symbol != blank]
        low = min([position, *filled])
        high = max([position, *filled])
        left = tuple(cells.get(p, blank) for p in range(low, position))
        right = tuple(cells.get(p, blank) for p in range(position + 1, high + 1))
        head = cells.get(position, blank)
        yield state, left, head, right
        move = tm.transitions.get(state, {}).get(head)
        if move is None:
            return
        state, cells[position], direction = move
        position += {"L": -1, "N": 0, "R": 1}[direction]


# Files of turingmachine.io: a small part of YAML


def gallery_machine(name: str) -> DTM:
    """A machine of the gallery for automata-lib; `accept`, `done` and `H` are final."""
    text = (MACHINES / f"{name}.yaml").read_text(encoding="utf-8")
    source = text.split("source code: |\n")[1].split("\npositions:")[0]
    data = _block([_uncomment(line[2:]) for line in source.splitlines()])
    table = {state: row or {} for state, row in data["table"].items()}
    blank = data["blank"]
    symbols = {s for row in table.values() for s in row} | {blank}
    synonyms = data.get("synonyms", {})
    transitions: dict[str, dict[str, tuple[str, str, str]]] = {}
    for state, row in table.items():
        for symbol, action in row.items():
            action = synonyms.get(action, action) if isinstance(action, str) else action
            move = _action(state, symbol, action)
            transitions.setdefault(state, {})[symbol] = move
            symbols.add(move[1])
    return DTM(
        states=set(table),
        input_symbols=symbols - {blank},
        tape_symbols=symbols,
        transitions=transitions,
        initial_state=data["start state"],
        blank_symbol=blank,
        final_states={"accept", "done", "H"} & set(table),
    )


def _action(state: str, symbol: str, action: Any) -> tuple[str, str, str]:
    if isinstance(action, str):
        return state, symbol, action
    direction = "L" if "L" in action else "R"
    return action[direction] or state, action.get("write", symbol), direction


def _uncomment(line: str) -> str:
    quoted = False
    for i, character in enumerate(line):
        quoted ^= character == "'"
        if character == "#" and not quoted:
            return line[:i].rstrip()
    return line.rstrip()


def _block(lines: list[str]) -> dict[str, Any]:
    """Nested mappings by indentation; values on one line are in flow style."""
    lines = [line for line in lines if line.strip()]
    data: dict[str, Any] = {}
    i = 0
    while i < len(lines):
        depth = len(lines[i]) - len(lines[i].lstrip())
        end = i + 1
        while end < len(lines) and len(lines[end]) - len(lines[end].lstrip()) > depth:
            end += 1
        parser = _Flow(lines[i].strip())
        keys = parser.key()
        nested = lines[i + 1 : end]
        value = _block(nested) if nested else parser.value()
        data.update(dict.fromkeys(keys, value))
        i = end
    return data


class _Flow:
    """{write: x, L: q}, [0,1], 'quoted' and plain scalars."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def peek(self) -> str:
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def scalar(self, stops: str) -> str:
        if self.peek() == "'":
            end = self.text.index("'", self.at + 1)
            found, self.at = self.text[self.at + 1 : end], end + 1
            return found
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in stops:
            self.at += 1
        return self.text[start : self.at].strip()

    def key(self) -> list[str]:
        if self.peek() == "[":
            keys = []
            while self.peek() in "[,":
                self.at += 1
                keys.append(self.scalar(",]"))
            self.at += 1
        else:
            keys = [self.scalar(":,}")]
        if self.peek() == ":":
            self.at += 1
        return keys

    def value(self) -> Any:
        if self.peek() != "{":
            return self.scalar(",}") or None
        found: dict[str, Any] = {}
        while self.peek() in "{,":
            self.at += 1
            keys = self.key()
            value = None if self.peek() in ",}" else self.value()
            found.update(dict.fromkeys(keys, value))
        self.at += 1
        return found
