"""The syntax of patterns: tokens, the tree of a pattern, and what is refused."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from automata_rnn.checks import check_type

MAX_LETTERS = 10_000
MAX_NESTING = 100  # far from where Python's own stack ends

_QUANTIFIER = r"(?:[*+?]|\{(?:[0-9]+|[0-9]*,[0-9]*)\})"
_REFUSED = {
    "a back-reference": r"\(\?P=|\\(?![0-7]{3})[1-9]",
    "a look-around": r"\(\?<?[=!]",
    "a conditional": r"\(\?\(",
    "an atomic group": r"\(\?>",
    "an inline flag": r"\(\?(?!P<)[a-zA-Z-]",
    "a word boundary": r"\\[bB]",
    "a possessive quantifier": _QUANTIFIER + r"\+",
}
_TOKENS = {
    "refused": "|".join(_REFUSED.values()),
    "comment": r"\(\?\#[^)]*\)",
    "open": r"\((?:\?:|\?P<\w+>)?",
    "close": r"\)",
    "bar": r"\|",
    "anchor": r"[\^$]|\\[AZz]",  # \z since Python 3.14
    "repeat": _QUANTIFIER + r"\??",
    "class": r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\[dDsSwW]|\.",
    "letter": r"\\(?:x..|u.{4}|U.{8}|N\{[^}]*\}|0[0-7]{0,2}|[0-7]{3}|.)|.",
}
_TOKEN = re.compile("|".join(f"(?P<{k}>{v})" for k, v in _TOKENS.items()), re.DOTALL)


@dataclass(frozen=True)
class Letter:
    """What matches one symbol: a letter or escape, or a class."""

    text: str
    position: int
    is_class: bool


@dataclass(frozen=True)
class Anchor:
    text: str
    position: int


@dataclass(frozen=True)
class Sequence:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Choice:
    options: "tuple[Node, ...]"


@dataclass(frozen=True)
class Repeat:
    """`least` to `most` times the body; None is no bound."""

    body: "Node"
    least: int
    most: int | None

    @property
    def copies(self) -> int:
        return max(self.least, 1) if self.most is None else self.most


Node: TypeAlias = Letter | Anchor | Sequence | Choice | Repeat


def parse_pattern(pattern: str) -> Node:
    """The tree of a pattern, whose size is checked before anything is expanded."""
    check_type("pattern", pattern, str)
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"pattern: wanted what re compiles, got {error}") from None
    tree = _parse(pattern)
    _check_anchors(tree, True, True)
    if size(tree) > MAX_LETTERS:
        raise ValueError(
            f"pattern: wanted at most {MAX_LETTERS} letters, where x{{m,n}} is n "
            f"copies of x, got {size(tree)}"
        )
    return tree


def _parse(pattern: str) -> Node:
    groups: list[list[list[Node]]] = [[[]]]  # open groups, options, parts
    for token in _TOKEN.finditer(pattern):
        kind, text, position = token.lastgroup, token[0], token.start()
        parts = groups[-1][-1]
        if kind == "refused":
            name = next(k for k, v in _REFUSED.items() if re.match(v, text))
            raise ValueError(
                f"pattern: wanted constructs of regular languages, got {name} at "
                f"position {position}"
            )
        if kind == "open":
            groups.append([[]])
        elif kind == "close":
            group = _choice(groups.pop())
            groups[-1][-1].append(group)
        elif kind == "bar":
            groups[-1].append([])
        elif kind == "anchor":
            parts.append(Anchor(text, position))
        elif kind == "repeat":
            parts[-1] = Repeat(parts[-1], *_bounds(text))
        elif kind != "comment":
            parts.append(Letter(text, position, kind == "class"))
        if len(groups) > MAX_NESTING + 1:
            raise ValueError(
                f"pattern: wanted at most {MAX_NESTING} nested groups, got one more "
                f"at position {position}"
            )
    return _choice(groups[0])


def _choice(options: list[list[Node]]) -> Node:
    nodes = tuple(
        parts[0] if len(parts) == 1 else Sequence(tuple(parts)) for parts in options
    )
    return nodes[0] if len(nodes) == 1 else Choice(nodes)


def _bounds(quantifier: str) -> tuple[int, int | None]:
    """Least and most of `*`, `+`, `?`, `{m}`, `{m,}`, `{,n}`, `{m,n}`, lazy or not."""
    if quantifier[0] in "*+?":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[quantifier[0]]
    least, comma, most = quantifier.rstrip("?")[1:-1].partition(",")
    if not comma:
        return int(least), int(least)
    return int(least or 0), int(most) if most else None


def _check_anchors(node: Node, at_start: bool, at_end: bool) -> None:
    """ValueError for an anchor where a full match need not start or end."""
    if isinstance(node, Anchor):
        if not (at_start if node.text in ("^", r"\A") else at_end):
            raise ValueError(
                f"pattern: wanted anchors at the ends only, got {node.text} at "
                f"position {node.position}"
            )
    elif isinstance(node, Choice):
        for option in node.options:
            _check_anchors(option, at_start, at_end)
    elif isinstance(node, Repeat):
        _check_anchors(node.body, False, False)
    elif isinstance(node, Sequence):
        solid = [i for i, x in enumerate(node.parts) if not isinstance(x, Anchor)]
        first, last = (solid[0], solid[-1]) if solid else (len(node.parts), -1)
        for i, part in enumerate(node.parts):
            _check_anchors(part, at_start and i <= first, at_end and i >= last)


def letters_of(node: Node) -> list[Letter]:
    """The letters of the tree, a repeated one once."""
    pending, found = [node], []
    while pending:
        match pending.pop():
            case Letter() as letter:
                found.append(letter)
            case Sequence(children) | Choice(children):
                pending.extend(reversed(children))
            case Repeat(body):
                pending.append(body)
    return found


def size(node: Node) -> int:
    """How many letters there are after expanding x{m,n} to n copies of x."""
    match node:
        case Sequence(children) | Choice(children):
            return sum(map(size, children))
        case Repeat():
            return node.copies * size(node.body)
    return int(isinstance(node, Letter))
