"""Exact runs of a network on a few words, from which stacks are guessed.

Nothing is concluded from samples: they say where to look, and the search proves it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from translations.regions.forms import Vector, affine, point
from translations.regions.network import Network

Region = tuple[int, tuple[frozenset[int], ...]]  # symbol code, active units by layer
Tried = Counter[tuple[frozenset[int], int]]  # supports and symbols
AFTER = 4  # steps from a start that need not be reachable


@dataclass(frozen=True, eq=False)
class Samples:
    """Runs, the first of them from h₀.

    Attributes:
        runs: the hidden vectors of each run.
        regions: for each step of each run its symbol and the units that were active.
            On all vectors that share them the step is the same affine map.
    """

    runs: list[list[Vector]]
    regions: list[list[Region]]


def sample(
    network: Network, runs: int, length: int, starts: Iterable[Vector] = ()
) -> Samples:
    """Runs on random words, on loops, and on symbols that were least tried before.

    Then a few steps from each of the vectors `starts`, which need not be reachable.
    """
    random, found = Random(0), Samples([], [])
    letters, bos = len(network.alphabet), network.alphabet.bos
    tried: Tried = Counter()
    first = [] if bos is None else [letters]
    for number in range(runs if letters else 1):
        choose = _chooser(random, letters, number, tried)
        _run(network, network.initial, first, choose, length if letters else 0, found)
    for number, start in enumerate(starts):
        _run(network, start, [], _chooser(random, letters, number, tried), AFTER, found)
    return found


def _chooser(
    random: Random, letters: int, number: int, tried: Tried
) -> Callable[[Vector, int], int]:
    """How a run chooses its symbols, by its number."""
    weights = [random.random() ** 2 + 0.05 for _ in range(letters)]
    loop = [random.randrange(letters) for _ in range(random.randint(1, 4)) if letters]

    def choose(state: Vector, t: int) -> int:
        support = frozenset(state)
        code = random.choices(range(letters), weights)[0]
        if number % 3 == 1 and t > number % 7:
            code = loop[t % len(loop)]
        elif number % 3 == 2:
            code = min(range(letters), key=lambda c: (tried[support, c], c))
        tried[support, code] += 1
        return code

    return choose


def _run(
    network: Network,
    start: Vector,
    first: list[int],
    choose: Callable[[Vector, int], int],
    length: int,
    found: Samples,
) -> None:
    """Add a run on the symbols `first` and on those chosen after them."""
    states, regions = [start], []
    for t in range(length):
        code = first[t] if t < len(first) else choose(states[-1], t)
        after, region = _step(network, states[-1], code)
        states.append(after)
        regions.append(region)
    found.runs.append(states)
    found.regions.append(regions)


def _step(network: Network, state: Vector, code: int) -> tuple[Vector, Region]:
    active = []
    for layer in network.steps[code]:
        sums = affine(layer, point(state), 1)
        state = {unit: column[0] for unit, column in sums.items() if column[0] > 0}
        active.append(frozenset(state))
    return state, (code, tuple(active))


def various(samples: Samples, more_than: int) -> dict[int, int]:
    """The units that take more values than this, and how many."""
    values: dict[int, set[object]] = {}
    for run in samples.runs:
        for state in run:
            for unit, value in state.items():
                values.setdefault(unit, set()).add((value.p, value.q))
    counts = {unit: len(found) for unit, found in values.items()}
    return {unit: count for unit, count in counts.items() if count > more_than}
