"""How permutation groups act: orbits, blocks, quotients on them, words and cycles."""

from collections.abc import Iterator

from automata_rnn.automata.permutations import Permutation, compose, identity

MOST_MOVES = 10**7  # degree² · generators up to which blocks are looked for


def orbits(generators: list[Permutation]) -> list[list[int]]:
    """The orbits of more than one point, each sorted."""
    left, found = set(range(len(generators[0]))), []
    while left:
        orbit = [left.pop()]
        for point in orbit:  # grows while it is read
            moved = {g[point] for g in generators} & left
            left -= moved
            orbit += sorted(moved)
        found.append(sorted(orbit))
    return [orbit for orbit in found if len(orbit) > 1]


def blocks_of(generators: list[Permutation]) -> list[int] | None:
    """A block system of a transitive group, as the least point of each point's block.

    None where there is none but the trivial ones: the group is primitive. The finest
    one in which 0 and j are together is tried for each j (Atkinson 1975).
    """
    degree = len(generators[0])
    for j in range(1, degree):
        leader = list(range(degree))

        def root(x: int, leader: list[int] = leader) -> int:
            while leader[x] != x:
                x = leader[x]
            return x

        pending = [(0, j)]
        for a, b in pending:  # grows while it is read
            low, high = sorted((root(a), root(b)))
            if low != high:
                leader[high] = low
                pending += [(g[low], g[high]) for g in generators]
        system = [root(x) for x in range(degree)]
        if any(system):
            return system
    return None


def quotients(
    generators: list[Permutation],
) -> Iterator[tuple[list[int], list[Permutation]]]:
    """Points and the action on them: orbits, then blocks of these, blocks of blocks."""
    for orbit in orbits(generators):
        points, acting = orbit, _restricted(generators, orbit)
        yield points, acting
        while len(points) ** 2 * len(acting) <= MOST_MOVES:
            system = blocks_of(acting)
            if system is None:
                break
            leaders = sorted(set(system))
            moves = [tuple(system[image] for image in g) for g in acting]
            points = [points[i] for i in leaders]
            acting = _restricted(moves, leaders)
            yield points, acting


def _restricted(generators: list[Permutation], points: list[int]) -> list[Permutation]:
    """How permutations that send these points to each other act on them, numbered."""
    position = {point: i for i, point in enumerate(points)}
    return [tuple(position[g[point]] for point in points) for g in generators]


def product_of(generators: list[Permutation], word: tuple[int, ...]) -> Permutation:
    """The generators at these positions, one after the other."""
    result = identity(len(generators[0]))
    for position in word:
        result = compose(result, generators[position])
    return result


def cycle_lengths(permutation: Permutation) -> list[int]:
    """The lengths of all cycles, fixed points too."""
    left, lengths = set(range(len(permutation))), []
    while left:
        start = left.pop()
        point, size = permutation[start], 1
        while point != start:
            left.discard(point)
            point, size = permutation[point], size + 1
        lengths.append(size)
    return lengths
