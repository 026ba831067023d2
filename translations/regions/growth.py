"""Directions of growth: loops of the search that move states by a constant.

Where a word w leads from a region to another one that differs in its corner only, the
network may add the same vector each time it reads w. This is tried on a few states; a
guess that is wrong costs time, not soundness.
"""

from collections.abc import Callable, Iterator
from random import Random

from flint import fmpq

from translations.regions.forms import Vector, difference
from translations.regions.network import Network, step
from translations.regions.placement import Region
from translations.regions.rays import Rays, refine

REPEATS = 4  # of a loop that must move by the same vector
CANDIDATES = 12  # regions of each kind to look for loops to
WORDS, LENGTH = 12, 40  # of the sample that `strides` looks at


def grown(
    network: Network,
    rays: Rays,
    regions: list[Region],
    parents: list[tuple[int, int]],
    tick: Callable[[], None],
) -> Rays:
    """The rays with those that loops to a few telling regions suggest, if any.

    `tick` is called before each loop is tried; it may raise.
    """
    for last in _candidates(regions):
        for first, word in _ancestors(parents, last):
            if regions[first].live != regions[last].live:
                continue
            for start in _starts(rays, regions[first], len(word)):
                tick()
                finer = _try(network, rays, start, word)
                if finer != rays:
                    return finer
    return rays


def _candidates(regions: list[Region]) -> list[int]:
    """The latest regions, and where the units of most values have their largest."""
    values: dict[int, dict[fmpq, int]] = {}
    for number, region in enumerate(regions):
        for unit, value in region.base:
            values.setdefault(unit, {}).setdefault(value, number)
    various = sorted(values.values(), key=len, reverse=True)[:CANDIDATES]
    extreme = [found[max(found)] for found in various]
    latest = range(len(regions) - 1, max(0, len(regions) - CANDIDATES), -1)
    return list(dict.fromkeys([*extreme, *latest]))


def _ancestors(
    parents: list[tuple[int, int]], node: int
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The regions that led to this one, nearest first, and the words from them."""
    word: tuple[int, ...] = ()
    while node:
        node, code = parents[node]
        word = (code, *word)
        yield node, word


def _starts(rays: Rays, region: Region, length: int) -> Iterator[Vector]:
    """Vectors of a region: its corner, and one far along all its rays."""
    for x in (0, 8 * (length + 1)) if region.live else (0,):
        start = dict(region.base)
        for i in region.live:
            for unit, value in rays[i].step:
                start[unit] = start.get(unit, fmpq(0)) + x * value
        yield start


def _try(network: Network, rays: Rays, start: Vector, word: tuple[int, ...]) -> Rays:
    """The rays with the directions of a loop, if it moves by a constant vector."""
    state, shift = start, None
    for _ in range(REPEATS):
        before = state
        for code in word:
            state = step(network, state, code)
        moved = difference(state, before)
        if shift not in (None, moved):
            return rays
        shift = moved
    rest = shift = shift or {}
    for ray in rays:
        ratio = shift.get(ray.unit, fmpq(0)) / ray.size
        rest = difference(rest, {u: ratio * v for u, v in ray.step})
    parts = [{u: s * v for u, v in rest.items() if s * v > 0} for s in (1, -1)]
    return refine(rays, parts) if rest else rays


def strides(network: Network, tick: Callable[[], None]) -> Vector:
    """By unit, the least by which a symbol of a few long words moves it.

    A guess of what a ray's step should add to its unit; any value would do, but a
    larger one means more residues, and a smaller one is corrected. `tick` may raise.
    """
    random, least = Random(0), dict[int, fmpq]()
    letters = len(network.alphabet)
    for _ in range(WORDS if letters else 0):
        state = network.initial
        for _ in range(LENGTH):
            tick()
            before, state = state, step(network, state, random.randrange(letters))
            for unit, value in difference(state, before).items():
                least[unit] = min(least.get(unit, abs(value)), abs(value))
    return least
