"""What each hidden unit of a network holds, where weights were read as a machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from flint import fmpq

Weights: TypeAlias = tuple[tuple[int, fmpq], ...]


@dataclass(frozen=True)
class StackUnits:
    """A stack's units and its code X = Σ weight · unit.

    Attributes:
        units: those whose value depends on what is in the stack, without bound.
        code: the nonzero (unit, weight); the code of a pushed symbol is (X + d) / base.
        base: B.
    """

    units: tuple[int, ...]
    code: Weights
    base: fmpq


@dataclass(frozen=True)
class Layout:
    """What the hidden units hold: each is control, unused, or in one store or more.

    Attributes:
        control: units with finitely many values.
        counters: by counter of the machine the (unit, step): where the unit counts, +1
            adds `step`. It may be another step in other states, and a unit that counts
            in some states may be constant in others.
        stacks: by stack of the machine.
        unused: units that no output depends on.
    """

    control: tuple[int, ...]
    counters: tuple[Weights, ...] = ()
    stacks: tuple[StackUnits, ...] = ()
    unused: tuple[int, ...] = ()

    def __str__(self) -> str:
        parts = [f"control: {ranges(self.control)}"]
        counters = [
            ", ".join(f"unit {unit} (step {step})" for unit, step in steps)
            for steps in self.counters
        ]
        stacks = [f"{ranges(s.units)} (base {s.base})" for s in self.stacks]
        for name, found in (("counter", counters), ("stack", stacks)):
            parts += [f"{name} {i}: {text or 'none'}" for i, text in enumerate(found)]
        parts += [f"unused: {ranges(self.unused)}"] if self.unused else []
        return "; ".join(parts)

    def record(self) -> dict[str, Any]:
        """As JSON values; fractions are text."""
        return {
            "control": list(self.control),
            "counters": [_texts(steps) for steps in self.counters],
            "stacks": [
                {"units": list(s.units), "code": _texts(s.code), "base": str(s.base)}
                for s in self.stacks
            ],
            "unused": list(self.unused),
        }


def layout(
    hidden_size: int,
    used: Iterable[int],
    counters: tuple[Weights, ...] = (),
    stacks: tuple[StackUnits, ...] = (),
) -> Layout:
    """The layout: what is used and in no store is control."""
    used = set(used)
    stored = {unit for steps in counters for unit, _ in steps}
    stored |= {unit for stack in stacks for unit in stack.units}
    unused = tuple(unit for unit in range(hidden_size) if unit not in used)
    return Layout(tuple(sorted(used - stored)), counters, stacks, unused)


def ranges(units: Iterable[int]) -> str:
    """Units in text, neighbours as ranges.

    >>> ranges([0, 1, 2, 5, 7, 8]), ranges([3]), ranges([])
    ('units 0-2, 5, 7-8', 'unit 3', 'none')
    """
    ordered = sorted(units)
    runs = groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0])
    ends = [[unit for _, unit in run] for _, run in runs]
    texts = [str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in ends]
    if not ordered:
        return "none"
    return f"unit{'s' if len(ordered) > 1 else ''} {', '.join(texts)}"


def _texts(weights: Weights) -> list[list[int | str]]:
    return [[unit, str(weight)] for unit, weight in weights]
