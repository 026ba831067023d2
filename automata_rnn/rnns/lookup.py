"""Finite lookups of the stream, as tables whose rows are computed when first needed.

Each is also one hidden layer of rectified units (`automata_rnn.rnns.compiled`): a
table is what such a layer computes, for keys too many to write down. Two kinds:

    Conjunctions   the key is which unit is 1 in some groups of units
    Intervals      the key is the interval that one linear form of the stream is in
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from automata_rnn.rnns.projection import projector, rounded
from automata_rnn.semiring import Array

Group: TypeAlias = tuple[int, ...]  # units of the stream of which one is 1
Row: TypeAlias = tuple[tuple[int, Any], ...]  # what is added: (unit, value) pairs


class Key(NamedTuple):
    """The position of the 1 in each control group, and in each group that matters."""

    control: tuple[int, ...]
    tokens: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Conjunctions:
    """Rows by the units that are 1.

    Attributes:
        controls: groups that say where in the schedule this position is.
        windows: which groups matter, by the positions in the control groups; where
            there are none, nothing is added.
        row: key ↦ what is added.
        keys: all keys that occur and add something.
        count: how many they are.
    """

    controls: tuple[Group, ...]
    windows: Mapping[tuple[int, ...], tuple[Group, ...]]
    row: Callable[[Key], Row]
    keys: Callable[[], Iterable[Key]]
    count: int

    def find(self, stream: Array) -> Key | None:
        """The key of a stream, None where no group matters; floats: the largest."""
        values = stream.tolist()
        control = tuple(_largest(values, group) for group in self.controls)
        groups = self.windows.get(control)
        if groups is None:
            return None
        return Key(control, tuple(_largest(values, group) for group in groups))

    def added(self, stream: Array) -> Array:
        key = self.find(stream)
        return _vector(() if key is None else self.row(key), stream)


class Interval(NamedTuple):
    """A key, and the least and largest value of the form that stands for it."""

    low: Any
    high: Any
    key: Any


@dataclass(frozen=True, eq=False)
class Intervals:
    """Rows by the value of one linear form.

    Attributes:
        form: shape (width,).
        classify: value of the form ↦ key.
        row: key ↦ what is added.
        intervals: all that occur, disjoint and in increasing order.
        count: how many they are.
    """

    form: Array
    classify: Callable[[Any], Any]
    row: Callable[[Any], Row]
    intervals: Callable[[], Iterable[Interval]]
    count: int

    @cached_property
    def _map(self) -> Callable[[Array], Array]:
        return projector(self.form[None])

    def find(self, stream: Array) -> Any:
        return self.classify(self._map(stream)[0])

    def added(self, stream: Array) -> Array:
        return _vector(self.row(self.find(stream)), stream)


def _largest(values: list[Any], group: Group) -> int:
    picked = [values[unit] for unit in group]
    return picked.index(1) if 1 in picked else picked.index(max(picked))


def _vector(row: Row, like: Array) -> Array:
    total = np.full_like(like, like[0] * 0)
    for unit, value in row:
        exact = like.dtype == object
        total[unit] += value if exact else rounded(value, like.dtype)
    return total
