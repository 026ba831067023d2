"""The search for regions that all symbols lead from one to another.

Rays are found on the way, and each correction of them starts the search again. When
nothing is left to follow, every step from every region of the table was computed as
an affine map on all its vectors, and led into a region of the table: by induction, the
table describes every word.
"""

from collections import Counter
from dataclasses import dataclass

from translations.regions.cases import Case, Split, output_cases, step_cases
from translations.regions.growth import grown, strides
from translations.regions.network import Network, point
from translations.regions.rays import (
    NotCounters,
    Rays,
    Refine,
    Region,
    higher,
    place,
    rescale,
)

MAX_REFINEMENTS = 1000
FIRST_CHECK = 16  # regions; doubled each time that growth is looked for


@dataclass(frozen=True, eq=False)
class Closure:
    """Regions closed under all symbols: a proof of what the network does.

    Attributes:
        index: the positions of the regions; the first is that of h₀, at its corner.
        cases: those of each symbol, by region and code. A `bos` is followed from the
            first region only, which is followed elsewhere only if it is met again.
        outputs: whether the output is above 0, by region and split.
    """

    rays: Rays
    regions: tuple[Region, ...]
    index: dict[Region, int]
    cases: dict[tuple[int, int], list[Case]]
    outputs: list[list[tuple[Split, bool]]]


def close(network: Network, max_regions: int) -> Closure:
    """The closed regions; NotCounters with a unit and the reason where none are found.

    Past `max_regions`, the unit with most values is blamed.
    """
    rays: Rays = ()
    likely = strides(network)
    for _ in range(MAX_REFINEMENTS):
        try:
            return _explore(network, rays, max_regions)
        except Refine as error:
            rays = rescale(error.rays, rays, likely)
    unit = max(rays, key=lambda ray: ray.floor).unit
    raise NotCounters(unit, f"needs more than {MAX_REFINEMENTS} corrections of rays")


def _explore(network: Network, rays: Rays, max_regions: int) -> Closure:
    first = _first(network, rays)
    regions, parents, index = [first], [(0, 0)], {first: 0}
    cases: dict[tuple[int, int], list[Case]] = {}
    letters = range(len(network.alphabet))
    pending = [(0, c) for c in letters]
    if network.alphabet.bos is not None:
        pending = [(0, len(letters))]
    check = FIRST_CHECK
    for number, code in pending:  # grows while it is read
        if (number, code) in cases:
            continue
        try:
            found = step_cases(rays, regions[number], network.steps[code])
        except Refine as error:
            # Two counters that were only seen to move together ask for ever higher
            # floors; a loop that parts them is the better correction.
            finer = grown(network, rays, regions, parents)
            raise (error if finer == rays else Refine(finer)) from None
        cases[number, code] = found
        for case in found:
            target = index.setdefault(case.target, len(regions))
            if target == len(regions):
                regions.append(case.target)
                parents.append((number, code))
                pending += [(target, c) for c in letters]
            elif target == 0:
                pending += [(0, c) for c in letters]
        if len(regions) >= min(check, max_regions):
            check *= 2
            finer = grown(network, rays, regions, parents)
            if finer != rays:
                raise Refine(finer)
            if len(regions) >= max_regions:
                raise _too_many(regions)
    outputs = [output_cases(rays, region, network) for region in regions]
    return Closure(rays, tuple(regions), index, cases, outputs)


def _first(network: Network, rays: Rays) -> Region:
    """The region of h₀; Refine unless h₀ is its corner."""
    placed = place(rays, point(network.initial))
    for ray, x in placed.offsets.items():
        if x:
            raise Refine(higher(rays, ray, x))
    return placed.region


def _too_many(regions: list[Region]) -> NotCounters:
    values = Counter(unit for unit, _ in {e for r in regions for e in r.base})
    unit, count = values.most_common(1)[0]
    return NotCounters(
        unit,
        f"takes at least {count} values in the first {len(regions)} regions, and no "
        "loop that was tried moves it by a constant; max_regions may be too small",
    )
