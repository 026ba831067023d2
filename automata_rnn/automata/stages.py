"""The levels of a holonomy cascade as functions; `automata.krohn_rhodes` says why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from automata_rnn.automata.cascade import KEEP, Kind
from automata_rnn.automata.holonomy import Holonomy
from automata_rnn.automata.permutations import (
    Factor,
    Permutation,
    compose,
    identity,
    inverse,
)


class Place(NamedTuple):
    """A context before it has a number: where the chain is, and where it goes.

    Attributes:
        source, target: P_d and P′_d.
        code: of the letter.
        old: h of the class of P_d, as far as the levels of this depth were read; empty
            where P_d is deeper.
        new: h of the class of P′_d before the step, likewise.
        rest: what is left to apply to h, where tiles are permuted.
    """

    source: int
    target: int
    code: int
    old: Permutation
    new: Permutation
    rest: Permutation | None


class Seen(NamedTuple):
    """A chain as far as `Cascade.decode` has read it: P_d, and h as in `Place.old`."""

    states: int
    turned: Permutation


@dataclass(frozen=True, eq=False)
class Stage:
    """A level as functions of contexts and states; `first` is the initial state."""

    kind: Kind
    size: int
    first: int
    move: Callable[[Place], int]
    emit: Callable[[Place, int], Place]
    read: Callable[[Seen, int], Seen]


def stages(found: Holonomy, factors: list[tuple[Factor, ...]]) -> Iterator[Stage]:
    """Depth by depth: cyclic stages of each class, then one for the resets.

    The initial chain takes at each depth the first tile with the initial state.
    """
    chain, start = found.top, 1 << found.table.initial
    for depth in range(1, found.depth + 1):
        here = [i for i, c in enumerate(found.classes) if c.depth == depth]
        for i in here:
            for factor in factors[i]:
                yield _cyclic_stage(found, i, factor)
        size, first = max(found.classes[i].num_tiles for i in here), 0
        if unturned(found, depth, chain):
            tiles = found.tiles(chain)
            first = next(i for i, tile in enumerate(tiles) if tile & start)
            chain = tiles[first]
        yield _reset_stage(found, depth, size, first)


def _cyclic_stage(found: Holonomy, group: int, factor: Factor) -> Stage:
    """One factor of the holonomy group of a class."""
    powers = [factor.power(e) for e in range(factor.order)]

    def inside(states: int) -> bool:
        return found.class_of.get(states) == group

    def move(place: Place) -> int:
        if place.rest is None or not inside(place.source):
            return 0
        return factor.exponents[place.rest]

    def emit(place: Place, exponent: int) -> Place:
        power, rest = powers[exponent], place.rest
        old, new = place.old, place.new
        if inside(place.source):
            old = compose(power, old)
        if inside(place.target):
            new = compose(power, new)
        if rest is not None and inside(place.source):
            after = powers[(exponent + move(place)) % factor.order]
            rest = compose(compose(power, rest), inverse(after))
        return place._replace(old=old, new=new, rest=rest)

    def read(seen: Seen, exponent: int) -> Seen:
        if not inside(seen.states):
            return seen
        return seen._replace(turned=compose(powers[exponent], seen.turned))

    return Stage("cyclic", factor.order, 0, move, emit, read)


def _reset_stage(found: Holonomy, depth: int, size: int, first: int) -> Stage:
    """The resets of all classes of one depth, of which one is there at a time.

    States that a class has no tile for are not reached in it, and taken modulo the
    number of its tiles.
    """

    def goal(place: Place) -> int | None:
        """The tile to reset to, or None where tiles are permuted."""
        image = found.image(place.source, place.code)
        if image == place.target:
            return None
        tiles = enumerate(found.tiles(place.target))
        return next(i for i, tile in tiles if image & ~tile == 0)

    def move(place: Place) -> int:
        tile = goal(place) if place.new else None
        return KEEP if tile is None else inverse(place.new)[tile]

    def inner(states: int, turned: Permutation, y: int) -> int:
        return found.tiles(states)[turned[y % len(turned)]] if turned else states

    def emit(place: Place, y: int) -> Place:
        source = inner(place.source, place.old, y)
        if not place.new:
            target = place.target
        elif (tile := goal(place)) is None:
            target = found.image(source, place.code)
        else:
            target = found.tiles(place.target)[tile]
        return prepared(found, depth + 1, source, target, place.code)

    def read(seen: Seen, y: int) -> Seen:
        states = inner(seen.states, seen.turned, y)
        return Seen(states, unturned(found, depth + 1, states))

    return Stage("reset", size, first, move, emit, read)


def prepared(found: Holonomy, depth: int, source: int, target: int, code: int) -> Place:
    """The context at the beginning of a depth."""
    old, new = unturned(found, depth, source), unturned(found, depth, target)
    permuted = old and new and found.image(source, code) == target
    rest = found.permutation(source, code) if permuted else None
    return Place(source, target, code, old, new, rest)


def unturned(found: Holonomy, depth: int, states: int) -> Permutation:
    """The identity of the tiles of a set of this depth; empty for deeper ones."""
    group = found.class_of.get(states)
    if group is None or found.classes[group].depth != depth:
        return ()
    return identity(found.classes[group].num_tiles)
