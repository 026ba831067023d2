"""Directions of growth: loops of the search that move states by a constant.

Where a word w leads from a region to another one that differs in its corner only, the
network may add the same vector each time it reads w. This is tried on a few states; a
guess that is wrong costs time, not soundness.
"""

from collections.abc import Iterator
from itertools import pairwise

from flint import fmpq

from translations.regions.network import Network, Vector, apply
from translations.regions.rays import Rays, Region, refine

REPEATS = 4  # of a loop that must move by the same vector


def grown(
    network: Network,
    rays: Rays,
    regions: list[Region],
    parents: list[tuple[int, int]],
    recent: int = 24,
) -> Rays:
    """The rays with those that loops to the last `recent` regions suggest."""
    for last in range(len(regions) - 1, max(0, len(regions) - recent), -1):
        for first, word in _ancestors(parents, last):
            if regions[first].live != regions[last].live:
                continue
            for start in _starts(rays, regions[first], len(word)):
                finer = _try(network, rays, start, word)
                if finer != rays:
                    return finer
    return rays


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
    states = [start]
    for code in word:
        states.append(_step(network, states[-1], code))
    shift = _difference(states[-1], start)
    state = states[-1]
    for _ in range(REPEATS - 1):
        before = state
        for code in word:
            state = _step(network, state, code)
        if _difference(state, before) != shift:
            return rays
    rest = shift
    for ray in rays:
        ratio = shift.get(ray.unit, fmpq(0)) / ray.size
        rest = _difference(rest, {u: ratio * v for u, v in ray.step})
    parts = [{u: s * v for u, v in rest.items() if s * v > 0} for s in (1, -1)]
    return refine(rays, parts, _sizes(states, shift)) if rest else rays


def _step(network: Network, state: Vector, code: int) -> Vector:
    form = {unit: (value,) for unit, value in state.items()}
    after = apply(network.steps[code], form, 1)
    return {unit: column[0] for unit, column in after.items()}


def _difference(a: Vector, b: Vector) -> Vector:
    result = dict(a)
    for unit, value in b.items():
        result[unit] = result.get(unit, fmpq(0)) - value
    return {unit: value for unit, value in result.items() if value}


def _sizes(states: list[Vector], shift: Vector) -> Vector:
    """By unit, the most that one symbol of the loop moves it, at most the shift."""
    sizes: Vector = {}
    for before, after in pairwise(states):
        for unit, value in _difference(after, before).items():
            sizes[unit] = max(sizes.get(unit, abs(value)), abs(value))
    return {u: min(v, abs(shift[u])) if u in shift else v for u, v in sizes.items()}
