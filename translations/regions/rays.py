"""Rays: the directions in which hidden vectors go on for ever.

A ray has a unit of its own, which no other ray moves, so that this unit alone says how
far a vector is along the ray. Rays and floors are guesses, corrected by `Refine`;
nothing is claimed before regions along them are closed under all symbols.
"""

from dataclasses import dataclass, replace

from flint import fmpq

from translations.regions.forms import Vector


class NotCounters(ValueError):
    """A network that no counters describe, as far as the search went.

    Attributes:
        unit: the unit in its layer that is neither finite-valued nor a counter.
        layer: its layer in a step, from 1 (the last has the hidden units); 0: the head.
        reason: what it does.
    """

    def __init__(self, unit: int, reason: str, layer: int | None = None) -> None:
        place = "" if layer is None else f" of layer {layer}" if layer else " of head"
        super().__init__(
            f"rnn: wanted counters, got unit {unit}{place}, which {reason}"
        )
        self.unit, self.layer, self.reason = unit, layer, reason


@dataclass(frozen=True)
class Ray:
    """A direction of growth.

    Attributes:
        unit: the unit that no other ray moves.
        step: the nonzero entries of the direction, all positive.
        floor: the smallest value of the unit that counts as being on the ray.
    """

    unit: int
    step: tuple[tuple[int, fmpq], ...]
    floor: fmpq

    @property
    def size(self) -> fmpq:
        """What one step adds to the unit."""
        return dict(self.step)[self.unit]


Rays = tuple[Ray, ...]


class Refine(Exception):
    """The rays were too coarse; the search starts again with these."""

    def __init__(self, rays: Rays) -> None:
        super().__init__("other rays")
        self.rays = rays


def longer(rays: Rays, position: int, factor: fmpq | int) -> Rays:
    """The rays, one of them with a longer step."""
    ray = rays[position]
    step = tuple((u, factor * v) for u, v in ray.step)
    return (*rays[:position], replace(ray, step=step), *rays[position + 1 :])


def higher(rays: Rays, position: int, steps: int) -> Rays:
    """The rays, one of them starting `steps` further up."""
    ray = rays[position]
    raised = replace(ray, floor=ray.floor + steps * ray.size)
    return (*rays[:position], raised, *rays[position + 1 :])


def refine(rays: Rays, directions: list[Vector]) -> Rays:
    """Rays whose nonnegative combinations give the old ones and these directions.

    A direction whose support holds that of another loses as much of the other as
    leaves it nonnegative: counters that moved together so far may part. A ray keeps
    its unit and size where it can, and its floor where it stays the same. Raises
    NotCounters where some direction is left without a unit of its own.
    """
    vectors = _parted([dict(ray.step) for ray in rays] + directions)
    old = {ray.unit: ray for ray in rays}
    result = []
    for i, vector in enumerate(vectors):
        others = {u for j, v in enumerate(vectors) if j != i for u in v}
        own = [u for u in sorted(vector) if u not in others]
        if not own:
            raise NotCounters(min(vector), "depends on counters that no unit counts")
        unit = next((u for u in own if u in old), own[0])
        size = old[unit].size if unit in old else vector[unit]
        scale = size / vector[unit]
        step = tuple((u, scale * v) for u, v in sorted(vector.items()))
        same = unit in old and old[unit].step == step
        result.append(Ray(unit, step, old[unit].floor if same else size))
    return tuple(result)


def rescale(rays: Rays, old: Rays, strides: Vector) -> Rays:
    """The rays; of those that are not of `old`, no step is above its unit's stride."""
    known = {ray.unit for ray in old}
    result = []
    for ray in rays:
        stride = strides.get(ray.unit, ray.size)
        if ray.unit not in known and stride < ray.size:
            step = tuple((u, v * stride / ray.size) for u, v in ray.step)
            ray = Ray(ray.unit, step, stride)
        result.append(ray)
    return tuple(result)


def _parted(vectors: list[Vector]) -> list[Vector]:
    """Subtract vectors from those with larger supports until none has a larger one."""
    vectors = [dict(v) for v in vectors if v]
    while True:
        pairs = (
            (i, j)
            for i, v in enumerate(vectors)
            for j, w in enumerate(vectors)
            if i != j and w.keys() <= v.keys() and (i > j or w.keys() != v.keys())
        )
        found = next(pairs, None)
        if found is None:
            return vectors
        v, w = vectors[found[0]], vectors[found[1]]
        most = min(v[u] / w[u] for u in w)
        rest = {u: value - most * w.get(u, fmpq(0)) for u, value in v.items()}
        vectors[found[0]] = {u: value for u, value in rest.items() if value}
        vectors = [v for v in vectors if v]
