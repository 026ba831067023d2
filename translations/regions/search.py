"""The search for regions that all symbols lead from one to another.

Rays are found on the way, and each correction of them starts the search again. When
nothing is left to follow, every step from every region of the table was computed as
an affine map on all its vectors, and led into a region of the table: by induction, the
table describes every word.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from translations.regions.cases import Case, Split, output_cases, step_cases
from translations.regions.forms import point
from translations.regions.growth import grown, strides
from translations.regions.network import Network
from translations.regions.placement import Region, place
from translations.regions.rays import NotCounters, Rays, Refine, higher, rescale

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


def close(
    network: Network, max_regions: int, tick: Callable[[], None] = lambda: None
) -> Closure:
    """The closed regions; NotCounters with a unit and the reason where none are found.

    Past `max_regions`, the unit with most values is blamed. `tick` is called now and
    then; it may raise to end the search.
    """
    rays: Rays = ()
    likely = strides(network, tick)
    for _ in range(MAX_REFINEMENTS):
        try:
            return _explore(network, rays, max_regions, tick)
        except Refine as error:
            rays = rescale(error.rays, rays, likely)
    unit = max(rays, key=lambda ray: ray.floor).unit
    raise NotCounters(unit, f"needs more than {MAX_REFINEMENTS} corrections of rays")


@dataclass(frozen=True, eq=False)
class _Table:
    """What a search has found so far; the lists grow.

    Attributes:
        parents: the region and code that each region was first reached by.
        pending: regions and codes, in the order in which they are followed.
        failures: regions that no counters describe, unless other rays do.
        tick: called now and then; may raise.
    """

    regions: list[Region]
    parents: list[tuple[int, int]]
    index: dict[Region, int]
    pending: list[tuple[int, int]]
    cases: dict[tuple[int, int], list[Case]]
    failures: list[NotCounters]
    tick: Callable[[], None]


def _explore(
    network: Network, rays: Rays, max_regions: int, tick: Callable[[], None]
) -> Closure:
    """One search with given rays.

    Raises Refine for other rays. Two counters that were only seen to move together ask
    for ever higher floors, or seem to be compared: a loop that parts them is the better
    correction, so that a failure is raised only after more was seen.
    """
    first = _first(network, rays)
    letters, bos = len(network.alphabet), network.alphabet.bos
    codes = range(letters) if bos is None else (letters,)
    pending = [(0, code) for code in codes]
    table = _Table([first], [(0, 0)], {first: 0}, pending, {}, [], tick)
    limit = FIRST_CHECK
    try:
        for number, code in table.pending:  # grows while it is read
            tick()
            _follow(network, rays, table, number, code)
            if len(table.regions) >= min(limit, max_regions):
                _grow(network, rays, table)
                limit *= 2
                if len(table.regions) >= max_regions:
                    raise _too_many(table.regions)
        outputs = [output_cases(rays, region, network) for region in table.regions]
    except Refine as error:
        _grow(network, rays, table)
        raise error from None
    if table.failures:
        _grow(network, rays, table)
    return Closure(rays, tuple(table.regions), table.index, table.cases, outputs)


def _follow(
    network: Network, rays: Rays, table: _Table, number: int, code: int
) -> None:
    """Add the cases of a region and a symbol, and the regions they lead to."""
    if (number, code) in table.cases:
        return
    try:
        found = step_cases(rays, table.regions[number], network.steps[code])
    except NotCounters as error:
        table.failures.append(error)
        found = []
    table.cases[number, code] = found
    letters = range(len(network.alphabet))
    for case in found:
        target = table.index.setdefault(case.target, len(table.regions))
        if target == len(table.regions):
            table.regions.append(case.target)
            table.parents.append((number, code))
            table.pending.extend((target, c) for c in letters)
        elif target == 0:
            table.pending.extend((0, c) for c in letters)


def _grow(network: Network, rays: Rays, table: _Table) -> None:
    """Raise Refine where loops suggest other rays, else the first failure, if any."""
    finer = grown(network, rays, table.regions, table.parents, table.tick)
    if finer != rays:
        raise Refine(finer)
    if table.failures:
        raise table.failures[0]


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
