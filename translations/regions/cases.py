"""What a symbol, and the readout, do on a region: affine on each of its cases.

A case says of each live ray that x = 0, that x ≥ 1, or nothing. A region is split only
where some ReLU, floor or output asks for it; where it asks for more than one step of
look-ahead, the ray's floor is raised instead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from flint import fmpq

from translations.regions.forms import Column, Form, Layer, Undetermined, apply, sign
from translations.regions.network import Network, read
from translations.regions.placement import Below, Region, place
from translations.regions.rays import (
    NotCounters,
    Rays,
    Refine,
    higher,
    longer,
    refine,
)

Split = tuple[int | None, ...]  # by live ray: 0 where x = 0, 1 where x ≥ 1
T = TypeVar("T")
LAG = 3  # steps by which a unit of a ray may be behind, before it is taken off it


@dataclass(frozen=True)
class Case:
    """A step from the part of a region that `split` describes.

    Attributes:
        moves: x' - x by live ray of the target, in {-1, 0, 1}. A ray that was not live
            counts as x = 0.
        flows: pairs of a ray and the one that it becomes, for rays with x unbounded.
    """

    split: Split
    target: Region
    moves: dict[int, int]
    flows: tuple[tuple[int, int], ...]


def step_cases(rays: Rays, region: Region, layers: tuple[Layer, ...]) -> list[Case]:
    """The cases of a symbol; raises Refine or NotCounters where they are not affine."""

    def step(form: Form, split: Split) -> Case:
        sources = tuple(
            ray for ray, x in zip(region.live, split, strict=True) if x != 0
        )
        after = apply(layers, form, 1 + len(sources))
        placed = place(rays, after, sources)
        starts = dict(zip(region.live, split, strict=True))
        moves, flows = dict(placed.offsets), []
        for ray, row in placed.origins.items():
            source = sources[row - 1]
            flows.append((source, ray))
            moves[ray] -= starts[source] or 0
        for ray, move in moves.items():
            if move > 1:
                raise Refine(longer(rays, ray, _stretch(rays, ray, form, after, move)))
        return Case(split, placed.region, moves, tuple(flows))

    return list(_cases(rays, region, step))


def _stretch(rays: Rays, ray: int, form: Form, after: Form, move: int) -> fmpq:
    """The factor by which one step of a ray becomes the constant that was added."""
    unit = rays[ray].unit
    added = after[unit][0] - form.get(unit, (fmpq(0),))[0]
    factor = added / rays[ray].size
    return factor if 1 < factor < move + 1 else fmpq(move)


def output_cases(rays: Rays, region: Region, network: Network) -> list[Any]:
    """Pairs (split, whether the output is above 0); raises as `step_cases`."""

    def output(form: Form, split: Split) -> tuple[Split, bool]:
        width = 1 + sum(x != 0 for x in split)
        column = read(network, form, width)
        if sign(column) == 1 and (column[0] == 0) and any(column):
            raise Undetermined(-1, 0, (fmpq(-1), *column[1:]))
        if sign(column) is None:
            raise Undetermined(-1, 0, column)
        return split, column[0] > 0

    return list(_cases(rays, region, output))


def corner(rays: Rays, region: Region, split: Split) -> Form:
    """The vectors of a case, with one variable in ℕ for each ray not fixed at 0."""
    sources = [(ray, x) for ray, x in zip(region.live, split, strict=True) if x != 0]
    width = 1 + len(sources)
    columns = {unit: [value, *[fmpq(0)] * (width - 1)] for unit, value in region.base}
    for row, (ray, x) in enumerate(sources, 1):
        for unit, value in rays[ray].step:
            column = columns.setdefault(unit, [fmpq(0)] * width)
            column[row] += value
            column[0] += (x or 0) * value
    return {unit: tuple(column) for unit, column in columns.items()}


def _cases(
    rays: Rays, region: Region, evaluate: Callable[[Form, Split], T]
) -> Iterator[T]:
    """`evaluate` on the coarsest cases on which it is affine."""
    pending: list[Split] = [(None,) * len(region.live)]
    while pending:
        split = pending.pop()
        rows = [i for i, x in enumerate(split) if x != 0]
        try:
            result = evaluate(corner(rays, region, split), split)
        except Undetermined as error:
            _same_direction(rays, region, error)
            blocking = [rows[j] for j, b in enumerate(error.column[1:]) if b]
            finer = _higher(rays, region, blocking[0], error.column)
        except Below as error:
            blocking = [rows[error.row - 1]]
            finer = longer(rays, error.ray, 1 + int(error.steps.ceil()))
        else:
            yield result
            continue
        chosen = next((i for i in blocking if split[i] is None), None)
        if chosen is None:
            raise Refine(finer)
        pending += [(*split[:chosen], x, *split[chosen + 1 :]) for x in (0, 1)]


def _same_direction(rays: Rays, region: Region, error: Undetermined) -> None:
    """Raise NotCounters where counters move a sign both ways.

    Or Refine, where a unit of a ray is not positive at the corner: it lags behind the
    ray's own unit, which a higher floor mends, or does not belong to the ray.
    """
    slopes = error.column[1:]
    if not min(slopes) < 0 < max(slopes):
        return
    base = dict(region.base)
    for ray in region.live:
        for unit, value in rays[ray].step:
            if base.get(unit, 0) <= 0:
                if rays[ray].floor < LAG * rays[ray].size:
                    raise Refine(higher(rays, ray, 1))
                raise Refine(refine(rays, [{unit: value}]))
    reason = "has a sign that depends on two counters"
    if error.unit < 0:
        raise NotCounters(error.unit, "is the output and " + reason, 0)
    raise NotCounters(error.unit, reason, error.layer)


def _higher(rays: Rays, region: Region, position: int, column: Column) -> Rays:
    """Rays with a floor above which the form has the sign that it has at infinity."""
    slope = next(b for b in column[1:] if b)
    steps = int((-column[0] / slope).ceil())
    return higher(rays, region.live[position], max(1, steps))
