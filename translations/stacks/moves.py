"""One step from a state under known tops: an affine map, and what the stacks do."""

from dataclasses import dataclass, replace

from flint import fmpq

from automata_rnn.automata.stack import NOOP, POP, PUSH
from translations.regions.forms import ZERO, Column, Form, Undetermined, point
from translations.regions.network import Network, read
from translations.stacks.boxes import BoxNetwork, apply_on_box, bounds, reaches_zero
from translations.stacks.codes import Code, NotStacks, Word, touching, with_digit
from translations.stacks.states import Deeper, Key, State, combine

EMPTY = -1  # the top of an empty stack; other tops are symbols
Tops = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Reading:
    """How a network is read.

    Attributes:
        boxes: the network's layers for forms on boxes.
        codes: one for each stack.
        varying: units that are not part of the finite control.
        owners: the only stack that a unit reads, for some units.
        lookahead: how many symbols of each stack a state knows.
    """

    network: Network
    boxes: BoxNetwork
    codes: tuple[Code, ...]
    varying: frozenset[int]
    owners: dict[int, int]
    lookahead: int


class Revise(Exception):
    """The search starts again with another reading."""

    def __init__(self, reading: Reading) -> None:
        super().__init__("another reading")
        self.reading = reading


@dataclass(frozen=True, eq=False)
class Move:
    """What a symbol does.

    Attributes:
        target: the next state, perhaps only a part of a known one.
        actions: on the rests, by stack.
        tops: of the rests afterwards, where they are known.
        under: by stack, the symbol under which the next top lies that is not known;
            None where it is known.
    """

    target: State
    actions: tuple[int, ...]
    tops: Tops
    under: tuple[int | None, ...]


@dataclass(frozen=True)
class Known:
    """A stack's first symbols, over a rest below them with a variable code or none.

    Attributes:
        row: the row of the form whose variable U says the code low + (high - low) U of
            what is below; None where nothing is.
    """

    symbols: Word
    row: int | None


def move(reading: Reading, state: State, tops: Tops, code: int) -> Move:
    """The step on a symbol from the vectors of `state` with these tops of the rests.

    Raises Deeper, Revise or NotStacks where it is not affine, or no stack's action.
    """
    form, known = corner(reading, state, tops)
    width = 1 + sum(k.row is not None for k in known)
    try:
        after = apply_on_box(reading.boxes.steps[code], form, width)
    except Undetermined as error:
        raise Deeper(undecided(error)) from None
    new = [
        _after(reading, j, known[j], form, after, width)
        for j in range(len(reading.codes))
    ]
    words = tuple(k.symbols[: reading.lookahead] for k in new)
    rests = [k.symbols[reading.lookahead :] for k in new]
    actions, next_tops, under = [], [], []
    for j, (before, now) in enumerate(zip(known, rests, strict=True)):
        change = len(now) - len(before.symbols[len(state.key.words[j]) :])
        actions.append(PUSH + now[0] if change > 0 else POP if change else NOOP)
        hidden = not now and before.row is not None
        next_tops.append(now[0] if now else EMPTY)
        under.append(before.symbols[-1] if hidden else None)
    rows = [k.row for k in known]
    target = _state(reading, after, words, rests, rows)
    return Move(target, tuple(actions), tuple(next_tops), tuple(under))


def corner(reading: Reading, state: State, tops: Tops) -> tuple[Form, list[Known]]:
    """The vectors with these tops as a form on a box, and what is known of stacks."""
    base, slopes, known = state.base, [], []
    parts = zip(reading.codes, state.slopes, state.rests, tops, strict=True)
    for j, (code, slope, rest, top) in enumerate(parts):
        word = state.key.words[j]
        if slope is None:
            known.append(Known(word + (rest or ()), None))
        elif top == EMPTY:
            base = combine(base, (code.bottom, slope))
            known.append(Known(word, None))
        else:
            low, high = code.hull
            base = combine(base, (code.put((top,), low), slope))
            factor = (high - low) / code.base
            slopes.append({unit: factor * value for unit, value in slope.items()})
            known.append(Known((*word, top), len(slopes)))
    units = base.keys() | {unit for slope in slopes for unit in slope}
    vectors = [base, *slopes]
    return {u: tuple(v.get(u, ZERO) for v in vectors) for u in units}, known


def output(reading: Reading, state: State, tops: Tops) -> bool:
    """Whether the output is above 0; raises Deeper where that is not known."""
    form, known = corner(reading, state, tops)
    width = 1 + sum(k.row is not None for k in known)
    try:
        inner = apply_on_box(reading.boxes.head, form, width, first=0)
    except Undetermined as error:
        raise Deeper(undecided(error)) from None
    bare = replace(reading.network, head=())
    column = read(bare, inner, width)
    low, high = bounds(column)
    if high <= 0:
        return False
    if low < 0 or reaches_zero(column, _bottoms(reading, known)):
        raise Deeper(NotStacks(-1, "depends on more of the stacks than their tops"))
    return True


def undecided(error: Undetermined) -> NotStacks:
    """Why a sign is not known."""
    several = sum(map(bool, error.column[1:])) > 1
    what = "two stacks" if several else "more of a stack than its first symbols"
    return NotStacks(error.unit, f"has a sign that depends on {what}", error.layer)


def _value(code: Code, form: Form, width: int) -> Column:
    """ℓ · h as an affine form."""
    total = [ZERO] * width
    for unit, weight in code.weights:
        for i, part in enumerate(form.get(unit, ())):
            total[i] += weight * part
    return tuple(total)


def _after(
    reading: Reading, j: int, known: Known, form: Form, after: Form, width: int
) -> Known:
    """A stack after a step, from its code before and after it."""
    code = reading.codes[j]
    old, new = _value(code, form, width), _value(code, after, width)
    top = code.digits[known.symbols[0]] if known.symbols else None
    if old == new:
        return known
    scaled = [code.base * x for x in old]
    if top is not None and list(new) == [scaled[0] - top, *scaled[1:]]:
        return Known(known.symbols[1:], known.row)
    back = [code.base * y - x for x, y in zip(old, new, strict=True)]
    if any(back[1:]):
        reason = "takes the value of no push, pop or kept stack"
        raise Deeper(NotStacks(code.unit, reason))
    if back[0] in code.digits:
        return Known((code.digits.index(back[0]), *known.symbols), known.row)
    more = with_digit(code, back[0])
    if top is None and scaled[0] - new[0] in code.digits:
        more = replace(code, bottom=new[0])
    if touching(more):
        reason = "would have a stack symbol whose interval touches another's"
        raise Deeper(NotStacks(code.unit, reason))
    codes = (*reading.codes[:j], more, *reading.codes[j + 1 :])
    raise Revise(replace(reading, codes=codes))


def _bottoms(reading: Reading, known: list[Known]) -> tuple[fmpq, ...]:
    """The variables' values where nothing is below the known symbols."""
    found = []
    for code, k in zip(reading.codes, known, strict=True):
        if k.row is not None:
            low, high = code.hull
            found.append((code.bottom - low) / (high - low))
    return tuple(found)


def _state(
    reading: Reading,
    form: Form,
    words: tuple[Word, ...],
    rests: list[Word],
    rows: list[int | None],
) -> State:
    """The vectors of a form as a state, in terms of the codes of the rests."""
    used = [code for code, row in zip(reading.codes, rows, strict=True) if row]
    ends = [code.hull for code in used]
    pairs = zip(used, ends, strict=True)
    bottoms = tuple((c.bottom - low) / (high - low) for c, (low, high) in pairs)
    control, support = [], []
    for unit, column in sorted(form.items()):
        if unit in reading.varying:
            if any(column[1:]) and reaches_zero(column, bottoms):
                reason = "is 0 or not by what is deep in a stack"
                raise Deeper(NotStacks(unit, reason))
            support.append(unit)
        elif any(column[1:]):
            raise Revise(replace(reading, varying=reading.varying | {unit}))
        else:
            control.append((unit, column[0]))
    base = {unit: column[0] for unit, column in form.items()}
    slopes: list[dict[int, fmpq] | None] = []
    fixed: list[Word | None] = []
    for code, rest, row in zip(reading.codes, rests, rows, strict=True):
        if row is None:
            slopes.append(None)
            fixed.append(rest)
            continue
        low, high = code.hull
        factor = code.base ** len(rest) / (high - low)
        slope = {u: column[row] * factor for u, column in form.items() if column[row]}
        base = combine(base, (-code.put(rest, low), slope))
        slopes.append(slope)
        fixed.append(None)
    key = Key(tuple(control), tuple(support), words)
    return State(key, combine(base), tuple(slopes), tuple(fixed))


def first_state(reading: Reading, words: list[Word]) -> State:
    """h₀, given the contents of all stacks."""
    form = point(reading.network.initial)
    cut = reading.lookahead
    tops = tuple(word[:cut] for word in words)
    rests = [word[cut:] for word in words]
    return _state(reading, form, tops, rests, [None] * len(words))
