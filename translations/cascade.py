"""DFA → stacks of diagonal layers, one for each level of its cascade.

A cascade of resets and cyclic groups (`automata_rnn.automata.krohn_rhodes`) is run by
diagonal layers, since both kinds of levels are:

    reset    one-hot, gate 1 to keep; gate 0 and a bias to go to a state;
    Z_2      one unit ±1, gates ±1;
    Z_m      one unit ζˣ with ζ of order m, gates ζˢ.

So star-free languages need gates 0 and 1 only, and every solvable automaton has its
stack (Sarrof et al. 2024, arXiv 2405.17394). What other gates cannot do is refused:

- with gates in [0, 1], what is not star-free (their theorem 4; for counting modulo 2,
  Grazzi et al. 2025, arXiv 2411.12537, theorem 1);
- with real gates, counting modulo an odd prime (Grazzi et al., theorem 2);
- groups that are not solvable: no number of diagonal layers follows them at finite
  precision.
"""

from dataclasses import dataclass
from itertools import count
from math import floor, pi, sin
from typing import Literal, TypeAlias, get_args

import numpy as np
from automata.fa.dfa import DFA
from flint import fmpz

from automata_rnn.automata.cascade import KEEP, Cascade, Level
from automata_rnn.automata.cycles import Cycle, find_cycle
from automata_rnn.automata.holonomy import holonomy
from automata_rnn.automata.krohn_rhodes import krohn_rhodes
from automata_rnn.rnns.diagonal_network import (
    DiagonalLayer,
    DiagonalNetwork,
    StackState,
)
from automata_rnn.semiring import COMPLEX, INTEGER, Array, Semiring, integers_mod
from automata_rnn.system import above
from translations.registry import Translation, translator

LOG_HORIZON = 47
"""Roots of order m in float64 are told apart up to length 2⁴⁷ sin(π/m)."""

Gates: TypeAlias = Literal["positive", "signed", "complex", "modular"]


class GatesTooWeak(ValueError):
    """An automaton counts modulo what diagonal layers with such gates cannot.

    Attributes:
        gates: "positive" or "signed".
        cycle: a word that counts, and the states it leads through.
    """

    def __init__(self, gates: str, cycle: Cycle, theorem: str) -> None:
        super().__init__(
            f"gates: wanted more than {gates} ones, since {cycle}: {theorem}"
        )
        self.gates, self.cycle = gates, cycle


_THEOREMS = {
    "positive": "layers with gates in [0, 1] recognise star-free languages only, at "
    "finite precision (Sarrof et al. 2024, theorem 4; Grazzi et al. 2025, theorem 1); "
    "signed gates count modulo 2, complex ones modulo any number",
    "signed": "counting modulo what is no power of 2 needs an eigenvalue that is not "
    "real (Grazzi et al. 2025, theorem 2); complex gates have it",
}


@dataclass(frozen=True)
class StackPlan:
    """What was built, in numbers.

    Attributes:
        levels: of the cascade from the top, Z for cyclic groups and U for resets.
        layers: how many there are: one for each level.
        units: recurrent units of all layers.
        rows: contexts times codewords of all lookups: rectified units.
        gates: what the gates are, in words.
        horizon: up to which length rounded roots of unity are surely told apart; None
            where nothing is rounded.
    """

    levels: str
    layers: int
    units: int
    rows: int
    gates: str
    horizon: int | None

    def __str__(self) -> str:
        bound = f", right up to length {self.horizon:.1e}" if self.horizon else ""
        return (
            f"{self.layers} diagonal layers ({self.levels}), {self.units} units, "
            f"{self.rows:,} rows of lookups; gates {self.gates}{bound}"
        )


@translator(DFA, DiagonalNetwork)
def dfa_to_diagonal_network(
    dfa: DFA,
    *,
    gates: Gates = "complex",
    prime: bool = True,
    max_images: int = 4096,
    max_order: int = 20_000,
    max_contexts: int = 100_000,
) -> Translation:
    """A stack of diagonal layers that outputs 1 on accepted words and 0 on others.

    Args:
        gates: which may be used: "positive", 0 and 1; "signed", also -1; "complex",
            also roots of unity in complex floats; "modular", the roots of unity of the
            least prime field that has them instead, exactly.
        prime, max_images, max_order, max_contexts: see `krohn_rhodes`; with "signed"
            orders are always prime.

    Resets and Z_2 are exact. Complex gates are off by at most 20·2⁻⁵³, as the angle is
    rounded, too, and each product by √5·2⁻⁵³ (Brent, Percival and Zimmermann 2007). So
    up to length T ≤ 2⁴⁷ sin(π/m), which the plan says, a state is nearer to its root
    than half the distance 2 sin(π/m) of two roots: states and outputs are right, and
    since each layer reads the nearest root, none sees the rounding of another one.

    `decode` gives the state's number in `table_from_dfa`. Raises GatesTooWeak with a
    word that counts, NotSolvable with words that generate a group that is not solvable,
    ValueError past a budget and for unknown gates.
    """
    if gates not in get_args(Gates):
        raise ValueError(f"gates: wanted one of {list(get_args(Gates))}, got {gates!r}")
    cascade = krohn_rhodes(
        dfa,
        prime=prime or gates == "signed",
        max_images=max_images,
        max_order=max_order,
        max_contexts=max_contexts,
    )
    _check_gates(cascade, gates, max_images)
    layers = tuple(_layer(level, x, gates) for level, x in _pairs(cascade))
    empty = cascade.table.accepting[cascade.table.initial]
    readout = np.append(cascade.accepts, empty).astype(np.intp)
    network = DiagonalNetwork(cascade.alphabet, layers, readout)

    def decode(state: StackState) -> int:
        return cascade.decode(network.read(state))

    plan = _plan(cascade, network, gates)
    return Translation(dfa, network, decode, above, plan=plan)


def _pairs(cascade: Cascade) -> "zip[tuple[Level, int]]":
    return zip(cascade.levels, cascade.initial, strict=True)


def _check_gates(cascade: Cascade, gates: Gates, max_images: int) -> None:
    allowed = {"positive": 1, "signed": 2}.get(gates)
    if allowed is None or all(order <= allowed for order in cascade.orders):
        return
    found = holonomy(cascade.table, max_images=max_images)
    cycle = find_cycle(found, odd=gates == "signed")
    if cycle is not None:
        raise GatesTooWeak(gates, cycle, _THEOREMS[gates])


def _layer(level: Level, first: int, gates: Gates) -> DiagonalLayer:
    parts = (
        _reset_parts(level) if level.kind == "reset" else _cyclic_parts(level, gates)
    )
    semiring, gate, bias, codewords = parts
    return DiagonalLayer(semiring, codewords[first], gate, bias, codewords, level.emits)


def _reset_parts(level: Level) -> tuple[Semiring, Array, Array, Array]:
    """h ← h, or h ← the one-hot vector of the state to go to."""
    one_hot = np.eye(level.size, dtype=int)
    keep = (level.moves == KEEP)[:, None]
    gate = np.broadcast_to(keep.astype(int), (len(level.moves), level.size))
    return INTEGER, gate, np.where(keep, 0, one_hot[level.moves]), one_hot


def _cyclic_parts(level: Level, gates: Gates) -> tuple[Semiring, Array, Array, Array]:
    """h ← h ζˢ."""
    semiring, roots = _roots(level.size, gates)
    gate = roots[level.moves][:, None]
    return semiring, gate, np.zeros(gate.shape, dtype=int), roots[:, None]


def _roots(order: int, gates: Gates) -> tuple[Semiring, Array]:
    """1, ζ, ζ², …, where ζ has this order: in ℤ, ℂ or a prime field."""
    if order == 2:
        return INTEGER, np.array([1, -1])
    if gates == "complex":
        angles = 2 * np.pi * np.arange(order) / order
        return COMPLEX, np.cos(angles) + 1j * np.sin(angles)
    return _roots_mod(order)


def _roots_mod(order: int) -> tuple[Semiring, Array]:
    """In the least ℤ/p that has them: p is 1 modulo the order."""
    p = next(p for p in count(order + 1, order) if fmpz(p).is_prime())
    for root in range(2, p):
        powers = [pow(root, exponent, p) for exponent in range(order)]
        if pow(root, order, p) == 1 and len(set(powers)) == order:
            return integers_mod(p), np.array(powers)
    raise ArithmeticError(f"ℤ/{p} has a root of unity of order {order}")


def _plan(cascade: Cascade, network: DiagonalNetwork, gates: Gates) -> StackPlan:
    larger = sorted({order for order in cascade.orders if order > 2})
    words = ["0 and 1"]
    if 2 in cascade.orders:
        words.append("-1")
    horizon = None
    for order in larger:
        words.append(f"roots of unity of order {order}")
    if larger and gates == "complex":
        horizon = floor(2**LOG_HORIZON * sin(pi / larger[-1]))
    if larger and gates == "modular":
        words[-1] += " in prime fields"
    return StackPlan(
        str(cascade),
        len(network.layers),
        network.hidden_size,
        cascade.rows,
        ", ".join(words),
        horizon,
    )
