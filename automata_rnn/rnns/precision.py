"""How long a network in floats is certain to decide as the exact one does.

The float network is evaluated as it is (`compiled.in_floats`), and each number gets a
running error bound (`automata_rnn.rnns.bounded`). A decision "x > 0" is certified where
x̂ > e or x̂ ≤ -e. Exact arithmetic is the judge: `drift` compares both with it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from automata_rnn.alphabet import Symbol, Word
from automata_rnn.rnns.bounded import (
    Bounded,
    Floats,
    Format,
    dots,
    format_of,
    minus,
    project,
    rectified,
    rounded_weights,
    times,
    total,
)
from automata_rnn.rnns.compiled import in_floats, is_compiled
from automata_rnn.rnns.network import HeadGroup, Network, part_sizes
from automata_rnn.rnns.network_run import run
from automata_rnn.semiring import RATIONAL


@dataclass(frozen=True)
class Horizon:
    """How far decisions are certified.

    Attributes:
        length: on all words, every decision up to this length is certified.
        reached_end: whether that is the length of the longest word.
        uncertain: the shortest prefix whose decision is not certified, or None.
        dtype: the format.
    """

    length: int
    reached_end: bool
    uncertain: Word | None
    dtype: str


class Drift(NamedTuple):
    """After each symbol: the float value, its bound, and its true error."""

    values: Floats
    bounds: Floats
    errors: Floats


def precision_horizon(
    network: Network, words: Iterable[Word], dtype: Any = np.float64
) -> Horizon:
    """The longest length at which every decision on these words is certified.

    Raises ValueError for networks that are not rational, compiled, or with one value,
    and for dtypes other than float32 and float64.
    """
    machine = _bounded(network, dtype)
    longest, uncertain = 0, None
    for word in words:
        longest = max(longest, len(word))
        for t, value in enumerate(_outputs(machine, word)):
            if uncertain is not None and t >= len(uncertain):
                break
            if not is_certified(value):
                uncertain = word[:t]
                break
    length = longest if uncertain is None else len(uncertain) - 1
    return Horizon(length, uncertain is None, uncertain, np.dtype(dtype).name)


def is_certified(value: Bounded) -> bool:
    """Whether the sign of the float is certainly that of the exact number."""
    return bool(value.value > value.error or value.value <= -value.error)


def drift(network: Network, word: Word, dtype: Any = np.float64) -> Drift:
    """Values, bounds and true errors after each symbol, shape (len(word) + 1,) each."""
    found = list(_outputs(_bounded(network, dtype), word))
    values = np.array([float(value.value) for value in found])
    exact = run(network, word)
    gaps = (
        abs(x - RATIONAL.scalar(v)) if np.isfinite(v) else None
        for x, v in zip(exact, values.tolist(), strict=True)
    )
    errors = [np.inf if gap is None else int(gap.p) / int(gap.q) for gap in gaps]
    return Drift(values, np.array([float(v.error) for v in found]), np.array(errors))


class _Group(NamedTuple):
    group: HeadGroup
    parameters: Bounded
    query: Bounded
    output: Bounded


class _Machine(NamedTuple):
    """A network with bounds beside all its weights."""

    network: Network
    form: Format
    embedding: Bounded
    groups: list[list[_Group]]
    hidden: list[list[tuple[Bounded, Bounded]]]
    readout: Bounded


def _bounded(network: Network, dtype: Any) -> _Machine:
    form = format_of(dtype)
    if network.semiring is not RATIONAL or network.readout.ndim != 1:
        raise ValueError("network: wanted rational weights and one value")
    if not is_compiled(network):
        raise ValueError("network: wanted one without table lookups; compile it")
    floats = in_floats(network, dtype)
    groups, hidden = [], []
    for exact, near in zip(network.layers, floats.layers, strict=True):
        pairs = zip(exact.heads, near.heads, strict=True)
        groups.append([_group(a, b) for a, b in pairs])
        parts: Any = zip(exact.feedforward, near.feedforward, strict=True)
        hidden.append(
            [
                (
                    rounded_weights(a.inward, b.inward),
                    rounded_weights(a.outward.T, b.outward.T),
                )
                for a, b in parts
            ]
        )
    return _Machine(
        network,
        form,
        rounded_weights(network.embedding, floats.embedding),
        groups,
        hidden,
        rounded_weights(network.readout, floats.readout),
    )


def _group(exact: HeadGroup, near: HeadGroup) -> _Group:
    width = exact.output.shape[-1]
    flat = [g.output.reshape(-1, width).T for g in (exact, near)]
    return _Group(
        near,
        rounded_weights(exact.parameters, near.parameters),
        rounded_weights(exact.query, near.query),
        rounded_weights(flat[0], flat[1]),
    )


def _outputs(machine: _Machine, word: Word) -> Iterator[Bounded]:
    """The bounded value after each symbol of the word."""
    alphabet = machine.network.alphabet
    zero = machine.embedding.value[0, 0] * 0
    memories = [
        [_zeros(g.group.state_shape, zero) for g in groups] for groups in machine.groups
    ]
    with np.errstate(over="ignore", invalid="ignore"):
        if alphabet.bos is None:
            yield Bounded(zero, np.float64(0))  # type: ignore[arg-type]
        else:
            yield _step(machine, memories, alphabet.bos)
        for symbol in word:
            yield _step(machine, memories, symbol)


def _zeros(shape: tuple[int, ...], zero: Any) -> Bounded:
    return Bounded(np.full(shape, zero), np.zeros(shape))


def _step(machine: _Machine, memories: list[list[Bounded]], symbol: Symbol) -> Bounded:
    """Read one symbol: `memories` become those after it."""
    form, code = machine.form, machine.network.alphabet.code(symbol)
    stream = Bounded(*(part[code] for part in machine.embedding))
    for i, groups in enumerate(machine.groups):
        added = []
        for g, group in enumerate(groups):
            memories[i][g] = _act(group, memories[i][g], stream, form)
            added.append(_read(group, memories[i][g], stream, form))
        stream = total(stream, *added, form=form)
        more = [
            project(outward, rectified(project(inward, stream, form)), form)
            for inward, outward in machine.hidden[i]
        ]
        stream = total(stream, *more, form=form)
    return dots(machine.readout, stream, form)


def _act(group: _Group, memory: Bounded, stream: Bounded, form: Format) -> Bounded:
    """S ↦ S (diag(w) - lᵀ r) + vᵀ k, as `heads.act` does it."""
    decay, left, right, values, keys = _parts(group, stream, form)
    removed = dots(memory, _axis(left, 1), form)
    kept = memory if decay is None else times(memory, _axis(decay, 1), form)
    lost = times(_axis(removed, 2), _axis(right, 1), form)
    written = times(_axis(values, 2), _axis(keys, 1), form)
    return total(kept, minus(lost), written, form=form)


def _parts(
    group: _Group, stream: Bounded, form: Format
) -> tuple[Bounded | None, Bounded, Bounded, Bounded, Bounded]:
    _, d, n = group.group.state_shape
    flat, start, parts = project(group.parameters, stream, form), 0, {}
    for name, size in part_sizes(group.group.kind, d, n).items():
        parts[name] = Bounded(*(x[:, start : start + size] for x in flat))
        start += size
    if group.group.kind == "deltanet":
        beta, keys = parts["beta"], parts["key"]
        values = times(beta, parts["value"], form)
        return None, times(beta, keys, form), keys, values, keys
    left = times(parts["strength"], parts["removal"], form)
    right = times(parts["rate"], parts["removal"], form)
    return parts["decay"], left, right, parts["value"], parts["key"]


def _axis(x: Bounded, axis: int) -> Bounded:
    return Bounded(*(np.expand_dims(part, axis) for part in x))


def _read(group: _Group, memory: Bounded, stream: Bounded, form: Format) -> Bounded:
    query = project(group.query, stream, form)
    seen = dots(memory, _axis(query, 1), form)
    return project(group.output, Bounded(*(part.ravel() for part in seen)), form)
