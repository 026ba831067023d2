"""Formulas from text, by precedence climbing; nothing in the text is ever run.

    Boolean      or | < xor ^ < and & < not ! ~     true false 1 0
    arithmetic   + - < * < unary -                  integers

Names are letters, digits and underscores. A chain of one associative operator, such as
x and y and z and w, is split in the middle, so that m operands are ⌈log₂ m⌉ deep.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from automata_rnn.circuits.formulas import Constant, Formula, Operation, Variable

MAX_NESTING = 100
"""Parentheses and negations in one another."""


class FormulaError(ValueError):
    """Text that is not a formula; the message says where and what was wanted."""


class Grammar(NamedTuple):
    """A kind of formula.

    Attributes:
        levels: binary operators by spelling, the loosest first.
        unary: the prefix operators by spelling.
        constants: by spelling; integers too where `integers`.
    """

    levels: tuple[dict[str, str], ...]
    unary: dict[str, str]
    constants: dict[str, bool]
    integers: bool


BOOLEAN_GRAMMAR = Grammar(
    (
        {"or": "or", "|": "or", "||": "or"},
        {"xor": "xor", "^": "xor"},
        {"and": "and", "&": "and", "&&": "and"},
    ),
    {"not": "not", "!": "not", "~": "not"},
    {"true": True, "false": False, "1": True, "0": False},
    False,
)
ARITHMETIC_GRAMMAR = Grammar(
    ({"+": "+", "-": "-"}, {"*": "*"}), {"-": "negative"}, {}, True
)


class Token(NamedTuple):
    """A piece of text and where it starts; the last one is empty."""

    text: str
    position: int


_TOKEN = re.compile(r"\s*(?:([A-Za-z_]\w*|\d+|&&|\|\||[-+*&|^!~()])|(\S))")


def parse_boolean(text: str) -> Formula:
    """A Boolean formula; FormulaError where the text is none.

    >>> parse_boolean("x and not y")
    Operation(operator='and', operands=(Variable(name='x'), Operation(operator='not', \
operands=(Variable(name='y'),))))
    """
    return _parse(text, BOOLEAN_GRAMMAR)


def parse_arithmetic(text: str) -> Formula:
    """An arithmetic formula over the integers; FormulaError where the text is none.

    >>> from automata_rnn.circuits import formula_value
    >>> formula_value(parse_arithmetic("-x * (y - 2) + 3"), {"x": 2, "y": 1})
    5
    """
    return _parse(text, ARITHMETIC_GRAMMAR)


def _parse(text: str, grammar: Grammar) -> Formula:
    if not isinstance(text, str):
        raise TypeError(f"text: wanted str, got {type(text).__name__}")
    tokens = list(_tokens(text))
    formula, position = _chain(tokens, 0, grammar, 0, 0)
    if tokens[position].text:
        raise _error(tokens[position], "an operator or the end")
    return formula


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while match := _TOKEN.match(text, position):
        known, unknown = match.groups()
        if unknown:
            raise _error(Token(unknown, match.start(2)), "a name or an operator")
        yield Token(known, match.start(1))
        position = match.end()
    yield Token("", len(text))


def _error(token: Token, wanted: str) -> FormulaError:
    got = repr(token.text) if token.text else "the end"
    return FormulaError(
        f"formula: wanted {wanted} at position {token.position}, got {got}"
    )


def _chain(
    tokens: list[Token], position: int, grammar: Grammar, level: int, nesting: int
) -> tuple[Formula, int]:
    """Operands of one level of precedence, and where the text goes on."""
    if level == len(grammar.levels):
        return _operand(tokens, position, grammar, nesting)
    operators = grammar.levels[level]
    formula, position = _chain(tokens, position, grammar, level + 1, nesting)
    operands, between = [formula], []
    while tokens[position].text in operators:
        between.append(operators[tokens[position].text])
        formula, position = _chain(tokens, position + 1, grammar, level + 1, nesting)
        operands.append(formula)
    return _balanced(operands, between), position


def _balanced(operands: list[Formula], between: list[str]) -> Formula:
    """The chain split in the middle; after a minus, signs turn round."""
    if len(operands) == 1:
        return operands[0]
    middle = (len(operands) + 1) // 2
    operator, later = between[middle - 1], between[middle:]
    if operator == "-":
        later = [{"+": "-", "-": "+"}[sign] for sign in later]
    left = _balanced(operands[:middle], between[: middle - 1])
    return Operation(operator, (left, _balanced(operands[middle:], later)))


def _operand(
    tokens: list[Token], position: int, grammar: Grammar, nesting: int
) -> tuple[Formula, int]:
    token = tokens[position]
    if nesting > MAX_NESTING:
        raise FormulaError(
            f"formula: wanted at most {MAX_NESTING} parentheses and negations in one "
            f"another, got more at position {token.position}"
        )
    if token.text in grammar.unary:
        operator = grammar.unary[token.text]
        operand, after = _operand(tokens, position + 1, grammar, nesting + 1)
        return Operation(operator, (operand,)), after
    if token.text == "(":
        inside, after = _chain(tokens, position + 1, grammar, 0, nesting + 1)
        if tokens[after].text != ")":
            raise _error(tokens[after], "')'")
        return inside, after + 1
    if token.text in grammar.constants:
        return Constant(grammar.constants[token.text]), position + 1
    if token.text.isdecimal():
        if not grammar.integers or len(token.text) > 1000:
            raise _error(token, "a truth value or a short integer")
        return Constant(int(token.text)), position + 1
    words = {word for level in grammar.levels for word in level}
    if not token.text.isidentifier() or token.text in words:
        raise _error(token, "a variable, a constant or '('")
    return Variable(token.text), position + 1
