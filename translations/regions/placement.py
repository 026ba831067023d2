"""Regions {base + Σ_j x_j step_j : x ∈ ℕᵏ}, and the one that a hidden vector is in.

A vector is along each ray that its unit says:

    value < floor: not at all;   else x = ⌊(value - floor) / step[unit]⌋ steps.

Hence the region of a vector is a function of the vector, and `place` also computes it
for all vectors of a form at once.
"""

from dataclasses import dataclass

from flint import fmpq

from translations.regions.forms import Form, Vector
from translations.regions.rays import NotCounters, Rays, Refine, longer, refine


@dataclass(frozen=True)
class Region:
    """{base + Σ_{j ∈ live} x_j step_j}.

    Attributes:
        live: positions of its rays.
        base: the nonzero entries of the corner, in order of units.
    """

    live: tuple[int, ...]
    base: tuple[tuple[int, fmpq], ...]


@dataclass(frozen=True)
class Placement:
    """Where the vectors of a form are.

    Attributes:
        offsets: x' - y by live ray, y the variable that moves along it, or 0.
        origins: the row of the form that moves along each ray that has one.
    """

    region: Region
    offsets: dict[int, int]
    origins: dict[int, int]


def place(rays: Rays, form: Form, sources: tuple[int, ...] = ()) -> Placement:
    """The region of a form whose variables were along the rays `sources`.

    Raises Below where a variable's ray may be left, and what `_match` raises.
    """
    base = {unit: column[0] for unit, column in form.items()}
    origins: dict[int, int] = {}
    for row, source in enumerate(sources, 1):
        target = _match(rays, {u: c[row] for u, c in form.items() if c[row]}, source)
        if target in origins:
            raise NotCounters(rays[target].unit, "adds two counters")
        origins[target] = row
    offsets = {}
    for i, ray in enumerate(rays):
        above = base.get(ray.unit, fmpq(0)) - ray.floor
        if above >= 0:
            offsets[i] = int((above / ray.size).floor())
            for unit, value in ray.step:
                base[unit] = base.get(unit, fmpq(0)) - offsets[i] * value
        elif i in origins:
            raise Below(i, origins[i], -above / ray.size)
    corner = tuple(sorted((u, v) for u, v in base.items() if v != 0))
    return Placement(Region(tuple(offsets), corner), offsets, origins)


class Below(Exception):
    """A variable whose ray's unit may be below its floor, by `steps` of the ray."""

    def __init__(self, ray: int, row: int, steps: fmpq) -> None:
        super().__init__(f"ray {ray} may be left")
        self.ray, self.row, self.steps = ray, row, steps


def _match(rays: Rays, direction: Vector, source: int) -> int:
    """The ray whose step this is.

    Raises Refine for a new direction or step, and NotCounters where a counter is
    forgotten, multiplied, or added to others.
    """
    unit = rays[source].unit
    if not direction:
        raise NotCounters(unit, "is forgotten at values without bound")
    for i, ray in enumerate(rays):
        ratio = direction.get(ray.unit, fmpq(0)) / ray.size
        if ratio and direction == {u: ratio * v for u, v in ray.step}:
            if ratio == 1:
                return i
            if i == source:
                raise NotCounters(unit, f"is multiplied by {ratio}")
            grown, factor = (i, ratio) if ratio > 1 else (source, 1 / ratio)
            raise Refine(longer(rays, grown, factor))
    finer = refine(rays, [direction])
    if finer == rays:
        moved = next(u for u in direction if u != unit)
        raise NotCounters(moved, f"moves by amounts that unit {unit} counts")
    raise Refine(finer)
