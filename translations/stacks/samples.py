"""Exact runs of a network on a few words, from which stacks are guessed.

Nothing is concluded from samples: they say where to look, and the search proves it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from translations.regions.forms import Vector, affine, point
from translations.regions.network import Network

Codes = tuple[int, ...]
Region = tuple[int, tuple[frozenset[int], ...]]  # symbol code, active units by layer


@dataclass(frozen=True, eq=False)
class Samples:
    """Runs from h₀.

    Attributes:
        runs: the hidden vectors of each run.
        regions: for each step of each run its symbol and the units that were active.
            On all vectors that share them the step is the same affine map.
    """

    runs: list[list[Vector]]
    regions: list[list[Region]]


def sample(
    network: Network, runs: int, length: int, words: Iterable[Codes] = ()
) -> Samples:
    """Runs on random words, on loops, and on symbols that were least tried before.

    `words` are the beginnings of runs that go on with one of their ends as a loop.
    """
    random, starts = Random(0), list(words)
    letters, bos = len(network.alphabet), network.alphabet.bos
    tried: Counter[tuple[frozenset[int], int]] = Counter()
    found = Samples([], [])
    for number in range(runs + len(starts) if letters else 1):
        weights = [random.random() ** 2 + 0.05 for _ in range(letters)]
        kind, start = number % 3, starts[number - runs] if number >= runs else ()
        loop = (
            start[-random.randint(1, len(start)) :] if start else _word(random, letters)
        )
        states, regions = [network.initial], []
        for t in range(length + len(start) if letters else 0):
            state = states[-1]
            support = frozenset(state)
            if t == 0 and bos is not None:
                code = letters
            elif t < len(start):
                code = start[t]
            elif start or (kind == 1 and t > number % 7):
                code = loop[t % len(loop)]
            elif kind == 2:
                code = min(range(letters), key=lambda c: (tried[support, c], c))
            else:
                code = random.choices(range(letters), weights)[0]
            tried[support, code] += 1
            after, region = _step(network, state, code)
            states.append(after)
            regions.append(region)
        found.runs.append(states)
        found.regions.append(regions)
    return found


def _word(random: Random, letters: int) -> Codes:
    """A short word."""
    size = random.randint(1, 4)
    return tuple(random.randrange(letters) for _ in range(size)) if letters else ()


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
