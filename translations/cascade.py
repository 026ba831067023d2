"""DFA → stacks of diagonal layers, which run the levels of its cascade.

A cascade of resets and cyclic groups (`automata_rnn.automata.krohn_rhodes`) is run by
diagonal layers, since both kinds of levels are:

    reset    one-hot, gate 1 to keep; gate 0 and a bias to go to a state;
    Z_2      one unit ±1, gates ±1;
    Z_m      one unit ζˣ with ζ of order m, gates ζˢ.

Levels that do not see each other are side by side in one layer (`blocks`).

So star-free languages need gates 0 and 1 only, and every solvable automaton has its
stack (Sarrof et al. 2024, arXiv 2405.17394). What other gates cannot do is refused:

- with gates in [0, 1], what is not star-free (their theorem 4; for counting modulo 2,
  Grazzi et al. 2025, arXiv 2411.12537, theorem 1);
- with real gates, counting modulo an odd prime (Grazzi et al., theorem 2);
- groups that are not solvable: no number of diagonal layers follows them at finite
  precision.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import floor, lcm, pi, sin
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from automata.fa.dfa import DFA
from flint import fmpz

from automata_rnn.automata import dfa_from_table
from automata_rnn.automata.cascade import KEEP, Cascade, Level
from automata_rnn.automata.cycles import Cycle, find_cycle
from automata_rnn.automata.holonomy import holonomy
from automata_rnn.automata.krohn_rhodes import krohn_rhodes
from automata_rnn.automata.side_by_side import Block, blocks
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
        levels: of the cascade from the top, Z for cyclic groups and U for resets; those
            in one layer are joined by ×.
        layers: how many there are.
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
        layers = "1 layer" if self.layers == 1 else f"{self.layers} layers"
        return (
            f"{layers}, {self.levels}: {self.units} units, {self.rows:,} rows of "
            f"lookups; gates {self.gates}{bound}"
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
    parts = blocks(cascade)
    layers = tuple(
        _layer(block, number, gates)
        for block, number in zip(parts, _initial(cascade, parts), strict=True)
    )
    empty = cascade.table.accepting[cascade.table.initial]
    readout = np.append(cascade.accepts, empty).astype(np.intp)
    network = DiagonalNetwork(cascade.alphabet, layers, readout)

    def decode(state: StackState) -> int:
        numbers = zip(parts, network.read(state), strict=True)
        return cascade.decode(tuple(x for block, n in numbers for x in block.states(n)))

    plan = _plan(parts, network, gates)
    return Translation(dfa, network, decode, above, plan=plan)


def _initial(cascade: Cascade, parts: tuple[Block, ...]) -> Iterator[int]:
    """The initial state of each block."""
    left = iter(cascade.initial)
    for block in parts:
        yield block.number(tuple(next(left) for _ in block.levels))


def _check_gates(cascade: Cascade, gates: Gates, max_images: int) -> None:
    allowed = {"positive": 1, "signed": 2}.get(gates)
    if allowed is None or all(order <= allowed for order in cascade.orders):
        return
    found = holonomy(cascade.table, max_images=max_images)
    cycle = find_cycle(found, odd=gates == "signed")
    if cycle is not None:
        theorem = _THEOREMS[gates]
        if len(dfa_from_table(cascade.table).states) < cascade.table.num_states:
            theorem += "; the minimal DFA may not count: try dfa.minify()"
        raise GatesTooWeak(gates, cycle, theorem)


def _layer(block: Block, first: int, gates: Gates) -> DiagonalLayer:
    """The units of all levels of a block, over one semiring."""
    semiring = _semiring(block, gates)
    units = [
        _units(level, moves, semiring)
        for level, moves in zip(block.levels, block.moves, strict=True)
    ]
    gate, bias = (np.hstack(parts) for parts in list(zip(*units, strict=True))[:2])
    words = [codewords for _, _, codewords in units]
    states = range(block.emits.shape[1])
    codewords = np.stack(
        [
            np.concatenate(
                [word[x] for word, x in zip(words, block.states(n), strict=True)]
            )
            for n in states
        ]
    )
    return DiagonalLayer(semiring, codewords[first], gate, bias, codewords, block.emits)


def _units(
    level: Level, moves: npt.NDArray[np.intp], semiring: Semiring
) -> tuple[Array, Array, Array]:
    """Gates and biases by context, and codewords, of one level.

    A reset: h ← h, or the one-hot vector of the state to go to. A turn by s: h ← h ζˢ.
    """
    if level.kind == "cyclic":
        roots = _roots(level.size, semiring)[:, None]
        gate = roots[moves]
        return gate, np.zeros_like(gate), roots
    one_hot = np.eye(level.size, dtype=int)
    keep = (moves == KEEP)[:, None]
    gate = np.broadcast_to(keep.astype(int), (len(moves), level.size))
    return gate, np.where(keep, 0, one_hot[moves]), one_hot


def _semiring(block: Block, gates: Gates) -> Semiring:
    """ℤ where signs are enough; else ℂ, or the least ℤ/p with the roots of unity.

    ℤ/p has those of order m where p is 1 modulo m.
    """
    orders = [level.size for level in block.levels if level.kind == "cyclic"]
    if all(order == 2 for order in orders):
        return INTEGER
    if gates == "complex":
        return COMPLEX
    common = lcm(*orders)
    return integers_mod(
        next(p for p in count(common + 1, common) if fmpz(p).is_prime())
    )


def _roots(order: int, semiring: Semiring) -> Array:
    """1, ζ, ζ², …, where ζ has this order."""
    if semiring is INTEGER:
        return np.array([1, -1])
    if semiring is COMPLEX:
        angles = 2 * np.pi * np.arange(order) / order
        return np.array([1, -1]) if order == 2 else np.exp(1j * angles)
    p = semiring.modulus
    for root in range(2, p):
        powers = [pow(root, exponent, p) for exponent in range(order)]
        if pow(root, order, p) == 1 and len(set(powers)) == order:
            return np.array(powers)
    raise ArithmeticError(f"ℤ/{p} has a root of unity of order {order}")


def _plan(
    parts: tuple[Block, ...], network: DiagonalNetwork, gates: Gates
) -> StackPlan:
    levels = [level for block in parts for level in block.levels]
    orders = {level.size for level in levels if level.kind == "cyclic"}
    larger = sorted(order for order in orders if order > 2)
    words = ["0 and 1", *["-1"] * (2 in orders)]
    where = " modulo a prime" if gates == "modular" else ""
    words += [f"roots of unity of order {order}{where}" for order in larger]
    horizon = None
    if larger and gates == "complex":
        horizon = floor(2**LOG_HORIZON * sin(pi / larger[-1]))
    return StackPlan(
        " ≀ ".join(_name(block, len(parts) == 1) for block in parts) or "trivial",
        len(network.layers),
        network.hidden_size,
        sum(layer.emits.size for layer in network.layers),
        ", ".join(words),
        horizon,
    )


def _name(block: Block, alone: bool) -> str:
    names = " × ".join(map(str, block.levels))
    return names if len(block.levels) == 1 or alone else f"({names})"
