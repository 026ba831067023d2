"""One block's product of matrices as recurrent steps: r_dst ← r · c, coordinate wise.

The state is a row [x | y] of two halves. To put x P into the other half, coordinate by
coordinate, c is column j of P on the source half, and dst is coordinate j of the other:

RWKV-7, one step (Definitions 15 and 16, Lemmas 4 and 5):

    I - (e_dst - c) e_dstᵀ:   w = 1, κ = e_dst - c, a = e_dst, λ = 1.

DeltaNet, three steps (repair of Lemmas 10 to 12, which take 8n² + 5n + 1 for a matrix):
with H(β, k) = I - β kᵀ k, c_dst = 0 and N = c · c ≠ 0,

    H(1, e_dst)  H(2/N, c)  H(1/(2N), 2c + N e_dst).

Proof. Let p = r · c. The first step makes r_dst = 0 and leaves p. The second makes
r - (2p/N) c of r, so that r · (2c + N e_dst) = 2(p - 2p) = -2p. The third adds
(p/N)(2c + N e_dst): r is what it was, and r_dst = p. For c = 0 the first step is all.

The halves change roles from block to block, so a matrix takes n or 3n steps in 2n
coordinates.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flint import fmpq

from automata_rnn.rnns.coordinates import Form, Unit

Sparse = dict[int, Any]
STRENGTH: Unit = ("top", "beta")


def direction(j: int) -> Unit:
    """The unit that holds κ_j or k_j of the last layer."""
    return ("top", "direction", j)


def rate(j: int) -> Unit:
    """The unit that holds a_j of the last layer (RWKV-7)."""
    return ("top", "rate", j)


class Overwrite(NamedTuple):
    """The step I - leftᵀ right, and the parameters that a lookup gives for it."""

    left: Sparse
    right: Sparse
    parameters: Form


IDLE = Overwrite({}, {}, {})


def rwkv7_overwrite(target: int, column: Sparse) -> list[Overwrite]:
    """r_target ← r · column in one step."""
    left = {target: fmpq(1), **{i: -value for i, value in column.items()}}
    parameters = {direction(i): value for i, value in left.items()}
    return [Overwrite(left, {target: fmpq(1)}, {rate(target): 1, **parameters})]


def deltanet_overwrite(target: int, column: Sparse) -> list[Overwrite]:
    """r_target ← r · column in three steps."""
    clear = delta(fmpq(1), {target: fmpq(1)})
    norm = sum((value * value for value in column.values()), start=fmpq(0))
    if not norm:
        return [clear, IDLE, IDLE]
    last = {i: 2 * value for i, value in column.items()} | {target: norm}
    return [clear, delta(2 / norm, column), delta(1 / (2 * norm), last)]


def delta(beta: fmpq, key: Sparse) -> Overwrite:
    """H(β, k)."""
    left = {i: beta * value for i, value in key.items()}
    parameters = {direction(i): value for i, value in key.items()}
    return Overwrite(left, key, {STRENGTH: beta, **parameters})


OVERWRITES = {"rwkv7": rwkv7_overwrite, "deltanet": deltanet_overwrite}


def parameter_units(kind: str, n: int) -> list[Unit]:
    """All units that overwrites of n coordinates give values to."""
    names = [rate(j) for j in range(n)] if kind == "rwkv7" else [STRENGTH]
    return [*names, *(direction(j) for j in range(n))]


STEPS = {"rwkv7": 1, "deltanet": 3}
"""How many steps an overwrite takes."""


def program(
    kind: str, columns: Sequence[Sparse], source: int, length: int
) -> list[Overwrite]:
    """The steps of one block: y ← x P, where x is half `source`, then idle ones."""
    n = len(columns)
    steps: list[Overwrite] = []
    for j, column in enumerate(columns):
        moved = {source * n + i: value for i, value in column.items()}
        steps += OVERWRITES[kind]((1 - source) * n + j, moved)
    return steps + [IDLE] * (length - len(steps))


def completion(steps: Sequence[Overwrite], vector: Sparse) -> Sparse:
    """The steps' product times a column: what is still to be done, put into a query."""
    result = dict(vector)
    for left, right, _ in reversed(steps):
        met = sum(
            (value * result[i] for i, value in right.items() if i in result),
            start=fmpq(0),
        )
        if met:
            for i, value in left.items():
                result[i] = result.get(i, 0) - value * met
    return {i: value for i, value in result.items() if value}
