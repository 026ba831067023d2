"""Networks put together from named units: no index arithmetic in constructions.

A construction names what the units of the stream mean, such as ("token", "a") or
("residue", 24, 5), and writes every weight as a linear form {unit: coefficient} of
them. `assemble` numbers the units and makes the matrices, once.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.rnns.lookup import Conjunctions, Interval, Intervals, Key, Row
from automata_rnn.rnns.network import PARTS, HeadGroup, Layer, Network
from automata_rnn.semiring import RATIONAL, Array

Unit: TypeAlias = Hashable
Form: TypeAlias = Mapping[Unit, Any]
ONE: Unit = "one"
"""The unit that is 1 at every position."""


@dataclass(frozen=True)
class HeadSketch:
    """One head by linear forms of named units.

    Attributes:
        kind: "rwkv7" or "deltanet".
        parts: the forms of each parameter, by its name in `PARTS`.
        query: the n forms of q.
        output: for each of the d numbers of S q, the units it is added to.
    """

    kind: str
    parts: Mapping[str, Sequence[Form]]
    query: Sequence[Form]
    output: Sequence[Form]


@dataclass(frozen=True)
class ConjunctionSketch:
    """`Conjunctions` by named units; a row is {unit: value}."""

    controls: Sequence[Sequence[Unit]]
    windows: Mapping[tuple[int, ...], Sequence[Sequence[Unit]]]
    row: Callable[[Key], Form]
    keys: Callable[[], Iterable[Key]]
    count: int
    outputs: Sequence[Unit]


@dataclass(frozen=True)
class IntervalSketch:
    """`Intervals` by named units; a row is {unit: value}."""

    form: Form
    classify: Callable[[Any], Any]
    row: Callable[[Any], Form]
    intervals: Callable[[], Iterable[Interval]]
    count: int
    outputs: Sequence[Unit]


LookupSketch: TypeAlias = ConjunctionSketch | IntervalSketch


@dataclass(frozen=True)
class LayerSketch:
    heads: Sequence[HeadSketch] = ()
    lookups: Sequence[LookupSketch] = field(default=())


@dataclass(frozen=True)
class Coordinates:
    """The units of a stream in order."""

    units: tuple[Unit, ...]

    @cached_property
    def index(self) -> dict[Unit, int]:
        return {unit: i for i, unit in enumerate(self.units)}

    def matrix(self, forms: Sequence[Form]) -> Array:
        """One row for each form, shape (len(forms), width)."""
        array = np.full((len(forms), len(self.units)), RATIONAL.zero, dtype=object)
        for row, form in zip(array, forms, strict=True):
            for unit, value in form.items():
                if unit not in self.index:
                    raise ValueError(f"form: wanted units that exist, got {unit!r}")
                row[self.index[unit]] += RATIONAL.scalar(value)
        return array

    def row(self, form: Form) -> Row:
        """The form as (position, value) pairs."""
        return tuple((self.index[unit], value) for unit, value in form.items())


def read_one_hot(coordinates: Coordinates, stream: Array, units: Sequence[Unit]) -> int:
    """Which of the units is 1."""
    values = [stream[coordinates.index[unit]] for unit in units]
    return values.index(max(values))


def assemble(
    alphabet: Alphabet,
    embedding: Mapping[Symbol, Form],
    layers: Sequence[LayerSketch],
    readout: Sequence[Form],
) -> tuple[Network, Coordinates]:
    """The network of these sketches, and the place of each unit in its stream.

    A readout of one form gives one number, of several an array. Unit 0 is `ONE`.
    """
    seen: dict[Unit, None] = {ONE: None}
    for form in embedding.values():
        seen.update(dict.fromkeys(form))
    for layer in layers:
        for head in layer.heads:
            for form in head.output:
                seen.update(dict.fromkeys(form))
        for lookup in layer.lookups:
            seen.update(dict.fromkeys(lookup.outputs))
    coordinates = Coordinates(tuple(seen))
    symbols = (*alphabet, alphabet.bos)[: alphabet.num_codes]
    network = Network(
        RATIONAL,
        alphabet,
        coordinates.matrix([embedding[symbol] for symbol in symbols]),
        tuple(_layer(coordinates, layer) for layer in layers),
        coordinates.matrix(readout)[0 if len(readout) == 1 else slice(None)],
    )
    return network, coordinates


def _layer(coordinates: Coordinates, layer: LayerSketch) -> Layer:
    groups: dict[tuple[str, int, int], list[HeadSketch]] = {}
    for head in layer.heads:
        shape = (head.kind, len(head.output), len(head.query))
        groups.setdefault(shape, []).append(head)
    heads = tuple(_group(coordinates, group) for group in groups.values())
    return Layer(heads, tuple(_lookup(coordinates, part) for part in layer.lookups))


def _group(coordinates: Coordinates, heads: list[HeadSketch]) -> HeadGroup:
    kind = heads[0].kind
    forms = [[f for name in PARTS[kind] for f in head.parts[name]] for head in heads]
    return HeadGroup(
        kind,
        np.stack([coordinates.matrix(form) for form in forms]),
        np.stack([coordinates.matrix(head.query) for head in heads]),
        np.stack([coordinates.matrix(head.output) for head in heads]),
    )


def _lookup(coordinates: Coordinates, sketch: LookupSketch) -> Conjunctions | Intervals:
    @lru_cache(maxsize=2**16)
    def row(key: Any) -> Row:
        return coordinates.row(sketch.row(key))

    if isinstance(sketch, IntervalSketch):
        form = coordinates.matrix([sketch.form])[0]
        rest = (sketch.classify, row, sketch.intervals, sketch.count)
        return Intervals(form, *rest)

    def positions(groups: Sequence[Sequence[Unit]]) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(coordinates.index[u] for u in group) for group in groups)

    windows = {key: positions(groups) for key, groups in sketch.windows.items()}
    controls = positions(sketch.controls)
    return Conjunctions(controls, windows, row, sketch.keys, sketch.count)
