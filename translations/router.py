"""Layers after which the position is known modulo any number, and how many it takes.

After parity and u mod 24 (`translations.positions`), a layer makes u mod c·d of
u mod d: a cycle of c units is c - 1 swaps, so it moves on once in d ≥ c - 1 steps. So
24 c for all c ≤ 25 takes three layers, and each further one extends that enormously.
With RWKV-7 heads and exact arithmetic one layer is enough for any number (`counter`).
"""

from collections.abc import Sequence
from functools import cache
from math import isqrt, prod

from flint import fmpq, fmpq_mat

from automata_rnn.rnns.coordinates import (
    ONE,
    ConjunctionSketch,
    Form,
    HeadSketch,
    LayerSketch,
    Unit,
)
from automata_rnn.rnns.lookup import Key
from translations.positions import BOS, delta_head, modulo_24, parity, residues


def cycle_units(length: int, driver: int) -> list[Unit]:
    """The units of a cycle that moves on once in `driver` steps."""
    return [("cycle", length, driver, i) for i in range(length)]


def cycle_heads(kind: str, length: int, driver: int) -> list[HeadSketch]:
    """A one-hot row that moves on once in `driver` steps: length ≤ driver + 1.

    At u ≡ j mod driver, j = 1, …, length - 1, units length - 1 - j and length - j are
    swapped. One head for each unit, since a head has one query.
    """
    direction: list[dict[Unit, int]] = [{} for _ in range(length)]
    for j in range(1, length):
        unit = ("residue", driver, j % driver)
        direction[length - 1 - j][unit] = 1
        direction[length - j][unit] = -1
        if j == driver:  # u = 0 is no step of the cycle
            direction[length - 1 - j][BOS] = -1
            direction[length - j][BOS] = 1
    direction[0][BOS] = direction[0].get(BOS, 0) + 1
    written: list[Form] = [{BOS: int(i == 0)} for i in range(length)]
    return [
        delta_head(
            kind,
            strength={ONE: 1},
            direction=direction,
            written=written,
            value=[{BOS: 1}],
            query=[{ONE: int(i == j)} for j in range(length)],
            output=[{unit: 1}],
        )
        for i, unit in enumerate(cycle_units(length, driver))
    ]


def cycle_table(length: int, driver: int) -> dict[tuple[int, int], int]:
    """(u mod driver, unit of the cycle) ↦ u mod length · driver."""
    table, unit = {(0, 0): 0}, 0
    for u in range(1, length * driver + 1):
        j = u % driver or driver
        low, high = length - 1 - j, length - j
        if j < length:
            unit = high if unit == low else low if unit == high else unit
        table[u % driver, unit] = u % (length * driver)
    return table


def _joined(length: int, driver: int) -> ConjunctionSketch:
    table = cycle_table(length, driver)
    modulus = length * driver
    return ConjunctionSketch(
        [residues(driver)],
        {(i,): [cycle_units(length, driver)] for i in range(driver)},
        lambda key: {("residue", modulus, table[key.control[0], key.tokens[0]]): 1},
        lambda: [Key((i,), (unit,)) for i, unit in table],
        modulus,
        residues(modulus),
    )


@cache
def depth(modulus: int) -> int:
    """The layers after which `residues(modulus)` are there."""
    if 24 % modulus == 0:
        return 2
    return 1 + min((depth(d) for d in _drivers(modulus)), default=10**6)


def _drivers(modulus: int) -> list[int]:
    """All d that drive a cycle of modulus / d units."""
    lengths = range(2, isqrt(modulus) + 2)
    whole = [c for c in lengths if modulus % c == 0]
    return [modulus // c for c in whole if c <= modulus // c + 1]


def _chain(modulus: int) -> list[int]:
    """The moduli from `modulus` down to a divisor of 24, each driven by the next."""
    chain = [modulus]
    while 24 % chain[-1]:
        chain.append(min(_drivers(chain[-1]), key=lambda d: (depth(d), d)))
    return chain


def router_rows(modulus: int) -> int:
    """Rows of the lookups in the router."""
    return 24 + sum(_chain(modulus)[:-1])


def router(kind: str, modulus: int) -> list[LayerSketch]:
    """Layers after which `residues(modulus)` are there: depth(modulus) of them."""
    chain = _chain(modulus)
    layers = [parity(kind), modulo_24(kind, [chain[-1]])]
    for smaller, larger in zip(chain[::-1], chain[-2::-1], strict=False):
        length = larger // smaller
        heads = cycle_heads(kind, length, smaller)
        layers.append(LayerSketch(heads, [_joined(length, smaller)]))
    return layers


def counter(length: int) -> LayerSketch:
    """One layer of RWKV-7 heads after which `residues(length)` are there, any length.

    A = diag(w) - 1 cᵀ with distinct w_i has characteristic polynomial Π_i (x - w_i) +
    Σ_i c_i Π_{j≠i} (x - w_j), which is x^length - 1 for c_i = (w_i^length - 1) /
    Π_{j≠i} (w_i - w_j), as one sees at x = w_i. Its roots are simple, so A^length = I.
    No c_i is 0 here, so the rows e_0 Aⁱ are independent, and the columns of the inverse
    of the matrix that they form, as queries, read which of them the state is. The c_i
    grow fast: this is for exact arithmetic.
    """
    decay = [fmpq(i // 2 + 2) * (-1) ** i for i in range(length)]
    powers = [w**length - 1 for w in decay]
    rate = [
        top / prod((w - x for x in decay if x != w), start=fmpq(1))
        for w, top in zip(decay, powers, strict=True)
    ]
    rows = [[fmpq(int(i == 0)) for i in range(length)]]
    while len(rows) < length:
        total = sum(rows[-1], start=fmpq(0))
        last = zip(rows[-1], decay, rate, strict=True)
        rows.append([x * w - total * c for x, w, c in last])
    dual = fmpq_mat(rows).inv()
    parts: dict[str, Sequence[Form]] = {
        "decay": [{ONE: w} for w in decay],
        "removal": [{ONE: 1}] * length,
        "rate": [{ONE: c} for c in rate],
        "strength": [{ONE: 1}],
        "value": [{BOS: 1}],
        "key": [{BOS: int(i == 0)} for i in range(length)],
    }
    queries = [[{ONE: dual[i, j]} for i in range(length)] for j in range(length)]
    heads = zip(queries, residues(length), strict=True)
    return LayerSketch([HeadSketch("rwkv7", parts, q, [{u: 1}]) for q, u in heads])
