"""The search for states that all symbols lead from one to another.

From h₀ on, states are followed under each combination of tops that their rests may
have. A rest's next top after a pop is any symbol over which the popped one was ever
pushed. When a pass meets no state that is not covered, every step from every state,
for all contents with these tops, was computed as an affine map whose effect on each
stack is a push, a pop or nothing, and led into a state of the table: by induction on
words, the table describes all of them.
"""

from collections import Counter, deque
from dataclasses import dataclass, replace
from itertools import pairwise, product

from translations.regions.forms import Vector
from translations.regions.network import Network
from translations.stacks.boxes import box_network
from translations.stacks.codes import Code, NotStacks, Word, content, read_code
from translations.stacks.guess import Guess
from translations.stacks.moves import (
    EMPTY,
    Move,
    Reading,
    Revise,
    Tops,
    first_state,
    move,
    output,
)
from translations.stacks.states import Deeper, Key, State, combine, covers, join

MAX_LOOKAHEAD = 3
MAX_REVISIONS = 200
MAX_PASSES = 100
Config = tuple[State, Tops]
Library = dict[Key, list[State]]


class TooManyStates(Exception):
    """More states than allowed.

    Attributes:
        error: the unit with most values.
        vectors: one of each state. They need not be reachable, but the search goes on
            from there, so that it is worth looking at what the network does on them.
    """

    def __init__(self, error: NotStacks, vectors: list[Vector]) -> None:
        super().__init__(str(error))
        self.error, self.vectors = error, vectors


@dataclass(frozen=True, eq=False)
class Closure:
    """States closed under all symbols: a proof of what the network does.

    Attributes:
        states: the first is that of h₀.
        library: the states by key.
        rests: those of h₀.
        moves: by state, tops and symbol code, with the state that is led to. A `bos`
            is followed from h₀ only.
        outputs: whether the output is above 0.
    """

    reading: Reading
    states: list[State]
    library: Library
    rests: tuple[Word, ...]
    moves: dict[tuple[State, Tops, int], tuple[State, Move]]
    outputs: dict[Config, bool]


def close(network: Network, guess: Guess, max_states: int) -> Closure:
    """The closed states; NotStacks with a unit and the reason where none are found.

    Raises TooManyStates past `max_states`.
    """
    boxes = box_network(network)
    reading = Reading(network, boxes, guess.codes, guess.varying, guess.owners, 1)
    error = NotStacks(-1, f"needs more than {MAX_REVISIONS} corrections of codes")
    for _ in range(MAX_REVISIONS):
        try:
            return _closed(reading, max_states)
        except Revise as other:
            reading = other.reading
        except Deeper as deeper:
            error = deeper.error
            if reading.lookahead == MAX_LOOKAHEAD:
                break
            reading = replace(reading, lookahead=reading.lookahead + 1)
    raise error


@dataclass(eq=False)
class _Pass:
    """What a pass has found so far.

    Attributes:
        library: states by key, of all passes.
        cache: moves that were computed, of all passes.
        joined: whether a state was joined to others in this pass.
        seen: the configurations, as tops by state.
        pending: configurations to follow by a symbol.
        below: by stack, what each symbol was pushed over.
        popped: moves whose next tops depend on `below`.
    """

    reading: Reading
    max_states: int
    library: Library
    cache: dict[tuple[State, Tops, int], Move]
    joined: bool
    seen: dict[State, dict[Tops, None]]
    pending: deque[tuple[State, Tops, int]]
    below: list[dict[int, set[int]]]
    popped: list[Move]
    moves: dict[tuple[State, Tops, int], tuple[State, Move]]


def _closed(reading: Reading, max_states: int) -> Closure:
    library: Library = {}
    cache: dict[tuple[State, Tops, int], Move] = {}
    for _ in range(MAX_PASSES):
        below: list[dict[int, set[int]]] = [{} for _ in reading.codes]
        table = _Pass(
            reading, max_states, library, cache, False, {}, deque(), below, [], {}
        )
        first, words = _explore(table)
        if not table.joined:
            states = list(dict.fromkeys([first, *table.seen]))
            seen = [(s, tops) for s, found in table.seen.items() for tops in found]
            outputs = {config: output(reading, *config) for config in seen}
            rests = tuple(word[reading.lookahead :] for word in words)
            return Closure(reading, states, library, rests, table.moves, outputs)
    raise NotStacks(-1, f"needs more than {MAX_PASSES} passes")


def _explore(table: _Pass) -> tuple[State, list[Word]]:
    """One pass from h₀; returns its state, and the stacks' contents."""
    reading = table.reading
    network = reading.network
    initial = network.initial
    words = [content(code, read_code(code, initial)) for code in reading.codes]
    start = first_state(reading, words)
    tops = tuple(
        rest[0] if rest else EMPTY for rest in (w[reading.lookahead :] for w in words)
    )
    first = _resolve(table, start)
    if network.alphabet.bos is None:
        _enter(table, first, tops)
    else:
        table.pending.append((first, tops, len(network.alphabet)))
    while table.pending:
        while table.pending:
            _follow(table, *table.pending.popleft())
        for popped in table.popped:
            _arrive(table, popped)
    return first, words


def _follow(table: _Pass, state: State, tops: Tops, code: int) -> None:
    """Add the move of a configuration, and what it leads to."""
    place = state, tops, code
    if place in table.moves or state not in table.library[state.key]:
        return
    found = table.cache.get(place)
    if found is None:
        found = table.cache[place] = move(table.reading, state, tops, code)
    for j, action in enumerate(found.actions):
        if action >= 2:
            table.below[j].setdefault(found.tops[j], set()).add(tops[j])
    if any(symbol is not None for symbol in found.under):
        table.popped.append(found)
    table.moves[place] = _arrive(table, found), found


def _arrive(table: _Pass, found: Move) -> State:
    """Enter the configurations that a move leads to."""
    target = _resolve(table, found.target)
    choices = [
        [top] if symbol is None else sorted(table.below[j].get(symbol, ()))
        for j, (top, symbol) in enumerate(zip(found.tops, found.under, strict=True))
    ]
    for tops in product(*choices):
        _enter(table, target, tops)
    return target


def _enter(table: _Pass, state: State, tops: Tops) -> None:
    seen = table.seen.setdefault(state, {})
    if tops not in seen:
        seen[tops] = None
        letters = range(len(table.reading.network.alphabet))
        table.pending += [(state, tops, code) for code in letters]


def _resolve(table: _Pass, state: State) -> State:
    """The state of the library that covers this one, joined or added if need be."""
    codes = table.reading.codes
    members = table.library.setdefault(state.key, [])
    result = next((m for m in members if covers(codes, m, state)), None)
    if result is None:
        result = (
            join(codes, table.reading.owners, [*members, state]) if members else state
        )
        if result is None:
            members.append(state)
            result = state
        else:
            table.joined = table.joined or bool(members)
            old, members[:] = list(members), [result]
            for member in old:
                for tops in table.seen.pop(member, {}):
                    _enter(table, result, tops)
                _fill(table, result, member)
        if len(table.library) + len(members) > table.max_states:
            raise _too_many(table)
    _fill(table, result, state)
    return result


def _fill(table: _Pass, general: State, state: State) -> None:
    """Note what is pushed over what in rests that the general state does not fix."""
    for j, rest in enumerate(state.rests):
        if rest is not None and general.rests[j] is None:
            for symbol, other in pairwise((*rest, EMPTY)):
                table.below[j].setdefault(symbol, set()).add(other)


def _too_many(table: _Pass) -> TooManyStates:
    states = [state for found in table.library.values() for state in found]
    values = Counter(u for u, _ in {e for s in states for e in s.base.items()})
    unit, count = values.most_common(1)[0]
    error = NotStacks(
        unit,
        f"takes at least {count} values in the first {len(states)} states, which no "
        "stack that was found explains; max_states may be too small",
    )
    codes = table.reading.codes
    return TooManyStates(error, [_example(codes, state) for state in states])


def _example(codes: tuple[Code, ...], state: State) -> Vector:
    """A vector of a state."""
    parts = zip(codes, state.slopes, strict=True)
    terms = [(code.put((0,), code.bottom), slope) for code, slope in parts if slope]
    h = combine(state.base, *terms)
    return {unit: value for unit, value in h.items() if value > 0}
