"""The images of the states under words, and how letters permute what they contain.

The sets Q·w, w any word, with Q and all singletons, are the image sets. P ≤ R where
P ⊆ R·w for some w; equivalent sets (P ≤ R ≤ P) have one size, and words map them onto
one another. The tiles of P are the largest image sets properly inside P. Words that
map P onto P permute its tiles: the holonomy group of P (Eilenberg 1976, chapter II).

Every word either maps P onto an equivalent set, and tiles onto tiles, or maps all of P
into one tile of what comes: that is all a cascade needs.

Sets of states are integers whose bits are the members.
"""

from dataclasses import dataclass
from functools import cached_property

from automata_rnn.alphabet import Symbol
from automata_rnn.automata.finite import DFATable
from automata_rnn.automata.permutations import Permutation


class TooManyImages(ValueError):
    """The automaton has more image sets than may be looked at."""


@dataclass(frozen=True, eq=False)
class ImageClass:
    """Equivalent image sets of more than one state.

    Attributes:
        depth: 1 for Q; else one more than the greatest depth above.
        tiles: of each set its tiles, numbered so that the word that leads from the
            first set, the representative, to this one keeps numbers.
        outward: those words.
        homeward: for each set a word that maps it onto the representative.
    """

    depth: int
    tiles: dict[int, tuple[int, ...]]
    outward: dict[int, tuple[Symbol, ...]]
    homeward: dict[int, tuple[Symbol, ...]]

    @property
    def representative(self) -> int:
        return next(iter(self.tiles))

    @property
    def num_tiles(self) -> int:
        return len(self.tiles[self.representative])


@dataclass(frozen=True, eq=False)
class Holonomy:
    """All image sets of an automaton.

    Attributes:
        images: successors by letter code of each image set, in the order found.
        classes: by increasing depth.
    """

    table: DFATable
    images: dict[int, tuple[int, ...]]
    classes: tuple[ImageClass, ...]

    @cached_property
    def class_of(self) -> dict[int, int]:
        """The position of a set's class; singletons have none."""
        return {s: i for i, c in enumerate(self.classes) for s in c.tiles}

    @property
    def depth(self) -> int:
        """The greatest depth: 0 for one state."""
        return self.classes[-1].depth if self.classes else 0

    @property
    def top(self) -> int:
        """Q."""
        return (1 << self.table.num_states) - 1

    def tiles(self, states: int) -> tuple[int, ...]:
        """The tiles of an image set of more than one state, by number."""
        return self.classes[self.class_of[states]].tiles[states]

    def permutation(self, source: int, code: int) -> Permutation:
        """How a letter that maps a set onto an equivalent one moves tile numbers."""
        after = self.tiles(self.image(source, code))
        place = {tile: i for i, tile in enumerate(after)}
        return tuple(place[self.image(tile, code)] for tile in self.tiles(source))

    def image(self, states: int, code: int) -> int:
        """Where a letter leads an image set."""
        return self.images[states][code]

    def loops(self, group: ImageClass) -> dict[Permutation, tuple[Symbol, ...]]:
        """Words that generate the holonomy group, by how they permute tiles.

        Each leads from the representative outward to a set P, by a letter to P′, and
        home. With h(P′) = outward and home again, which is one of them, u a h(P′)⁻¹ is
        a generator of Schreier; so together they generate all.
        """
        tiles = group.tiles[group.representative]
        place = {tile: i for i, tile in enumerate(tiles)}
        found: dict[Permutation, tuple[Symbol, ...]] = {}
        for source in group.tiles:
            for code, target in enumerate(self.images[source]):
                if target not in group.tiles:
                    continue
                symbol = self.table.alphabet.symbols[code]
                word = (*group.outward[source], symbol, *group.homeward[target])
                images = tiles
                for step in map(self.table.alphabet.code, word):
                    images = tuple(self.images[tile][step] for tile in images)
                permutation = tuple(place[tile] for tile in images)
                if len(word) < len(found.get(permutation, (*word, symbol))):
                    found[permutation] = word
        return found


def members(states: int) -> list[int]:
    """The numbers of the bits that are 1."""
    return [i for i in range(states.bit_length()) if states >> i & 1]


def holonomy(table: DFATable, *, max_images: int = 4096) -> Holonomy:
    """The image sets of a DFA in classes; TooManyImages past `max_images` sets."""
    images = _image_sets(table, max_images)
    tiles = _tiles(images)
    above = _components(images)
    depths = _depths(images, tiles, above)
    symbols = table.alphabet.symbols
    classes = [
        _image_class(component, depth, images, tiles, symbols)
        for component, depth in zip(above, depths, strict=True)
        if component[0].bit_count() > 1
    ]
    return Holonomy(table, images, tuple(sorted(classes, key=lambda c: c.depth)))


def _image_sets(table: DFATable, max_images: int) -> dict[int, tuple[int, ...]]:
    n = table.num_states
    rows = [[1 << int(target) for target in row] for row in table.successors]
    pending = [(1 << n) - 1, *(1 << q for q in range(n))]
    found: dict[int, tuple[int, ...]] = {}
    known = set(pending)
    for states in pending:  # grows while it is read
        inside = members(states)
        after = []
        for row in rows:
            image = 0
            for q in inside:
                image |= row[q]
            after.append(image)
            if image not in known:
                if len(known) >= max_images:
                    raise TooManyImages(
                        f"max_images: wanted at most {max_images:,} images of the "
                        f"states under words, got more, of {n} states"
                    )
                known.add(image)
                pending.append(image)
        found[states] = tuple(after)
    return found


def _tiles(images: dict[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """The maximal image sets properly inside each one."""
    ordered = sorted(images, key=int.bit_count, reverse=True)
    result = {}
    for states in images:
        largest: list[int] = []
        for inner in ordered:
            proper = inner & ~states == 0 and inner != states
            if proper and not any(inner & ~tile == 0 for tile in largest):
                largest.append(inner)
        result[states] = tuple(sorted(largest))
    return result


def _components(images: dict[int, tuple[int, ...]]) -> list[list[int]]:
    """Strongly connected components under letters, successors before (Tarjan 1972)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    closed: set[int] = set()
    components = []
    for root in images:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        walk = [(root, iter(images[root]))]
        while walk:
            node, targets = walk[-1]
            target = next((t for t in targets if t not in closed), None)
            if target is None:
                walk.pop()
                if walk:
                    parent = walk[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    start = stack.index(node)
                    components.append(stack[start:])
                    closed.update(stack[start:])
                    del stack[start:]
            elif target in index:
                low[node] = min(low[node], index[target])
            else:
                index[target] = low[target] = len(index)
                stack.append(target)
                walk.append((target, iter(images[target])))
    return components


def _depths(
    images: dict[int, tuple[int, ...]],
    tiles: dict[int, tuple[int, ...]],
    components: list[list[int]],
) -> list[int]:
    """The longest chain of classes from Q down to each; by steps of letters and tiles.

    Sizes never grow along them, and within one size only letters lead on, from later
    components to earlier ones.
    """
    place = {s: i for i, component in enumerate(components) for s in component}
    depths = [1] * len(components)
    order = sorted(
        range(len(components)), key=lambda i: (-components[i][0].bit_count(), -i)
    )
    for i in order:
        for states in components[i]:
            for below in (*images[states], *tiles[states]):
                if (target := place[below]) != i:
                    depths[target] = max(depths[target], depths[i] + 1)
    return depths


def _image_class(
    component: list[int],
    depth: int,
    images: dict[int, tuple[int, ...]],
    tiles: dict[int, tuple[int, ...]],
    symbols: tuple[Symbol, ...],
) -> ImageClass:
    """Charts from the representative, breadth-first; ways back likewise."""
    inside = set(component)
    first = min(component)
    charts = {first: tiles[first]}
    outward: dict[int, tuple[Symbol, ...]] = {first: ()}
    pending = [first]
    for source in pending:  # grows while it is read
        for code, target in enumerate(images[source]):
            if target in inside and target not in charts:
                charts[target] = tuple(images[tile][code] for tile in charts[source])
                outward[target] = (*outward[source], symbols[code])
                pending.append(target)
    homeward: dict[int, tuple[Symbol, ...]] = {first: ()}
    while len(homeward) < len(inside):
        for source in component:
            for code, target in enumerate(images[source]):
                if source not in homeward and target in homeward:
                    homeward[source] = (symbols[code], *homeward[target])
    return ImageClass(depth, charts, outward, homeward)
