"""Where in the word a network is, modulo a number, exactly over ℚ.

Positions are u = 0 at the beginning-of-sequence symbol and u = 1, 2, … at the symbols.
Layers, for both kinds of heads (theory: repair of Lemma 7, whose rotations by 2π/m do
not exist over ℚ: an element of finite order d in GL(2, ℚ) has φ(d) ≤ 2):

    1      parity, (-1)^u: β = 2 and k = 1 flip the sign of one number
    2      u mod 24 by reflections that depend on the parity:
           a row (1, 2) under H(2, (1, 0)) at odd u and H(1, (1, 1)) at even u returns
           after 8 steps, and (1, 2, 3) under swaps of 0, 1 and of 1, 2 after 6
    3, …   u mod c·d from u mod d: a cycle of c units is c - 1 swaps, so it moves on
           once in d ≥ c - 1 steps

with H(β, k) = I - β kᵀ k. So 24 k for all k ≤ 25 is within reach of three layers.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import isqrt, prod

from flint import fmpq, fmpq_mat

from automata_rnn.rnns.coordinates import (
    ONE,
    ConjunctionSketch,
    Form,
    HeadSketch,
    IntervalSketch,
    LayerSketch,
    Unit,
)
from automata_rnn.rnns.lookup import Interval, Key
from automata_rnn.semiring import RATIONAL

BOS: Unit = "bos"
PARITY: Unit = "parity"
_EIGHT, _SIX = ("orbit", 8), ("orbit", 6)
_HALF = RATIONAL.scalar("1/2")


def delta_head(
    kind: str,
    *,
    strength: Form,
    direction: Sequence[Form],
    written: Sequence[Form],
    value: Sequence[Form],
    query: Sequence[Form],
    output: Sequence[Form],
) -> HeadSketch:
    """A head with steps S ↦ S (I - β kᵀ k) + vᵀ (β k), of either kind.

    `written` is β k where v is not 0, which RWKV-7 has as a parameter of its own; there
    w = 1, a = 1, κ = k and λ = β.
    """
    if kind == "deltanet":
        parts = {"beta": [strength], "key": direction, "value": value}
        return HeadSketch(kind, parts, query, output)
    ones: Sequence[Form] = [{ONE: 1}] * len(direction)
    parts = {
        "decay": ones,
        "removal": direction,
        "rate": ones,
        "strength": [strength],
        "value": value,
        "key": written,
    }
    return HeadSketch(kind, parts, query, output)


def residues(modulus: int) -> list[Unit]:
    """The units of which unit u mod `modulus` is 1."""
    return [("residue", modulus, i) for i in range(modulus)]


def combine(*forms: tuple[object, Form]) -> Form:
    """Σ coefficient · form."""
    total: dict[Unit, object] = {}
    for coefficient, form in forms:
        for unit, value in form.items():
            total[unit] = total.get(unit, 0) + RATIONAL.scalar(coefficient) * value
    return total


def parity(kind: str) -> LayerSketch:
    """Layer 1: unit PARITY is (-1)^u."""
    head = delta_head(
        kind,
        strength={ONE: 2, BOS: -1},
        direction=[{ONE: 1}],
        written=[{BOS: 1}],
        value=[{BOS: 1}],
        query=[{ONE: 1}],
        output=[{PARITY: 1}],
    )
    return LayerSketch([head])


def modulo_24(kind: str, wanted: Sequence[int]) -> LayerSketch:
    """Layer 2: the residues of u modulo some divisors of 24."""
    odd: Form = {ONE: _HALF, PARITY: -_HALF}
    even: Form = {ONE: _HALF, PARITY: _HALF, BOS: -1}
    bos: Form = {BOS: 1}
    eight = delta_head(
        kind,
        strength=combine((2, odd), (1, even), (1, bos)),
        direction=[{ONE: 1}, combine((1, even), (2, bos))],
        written=[{BOS: 1}, {BOS: 2}],
        value=[bos],
        query=[{ONE: 1}, {ONE: 4}],
        output=[{_EIGHT: 1}],
    )
    six = delta_head(
        kind,
        strength={ONE: 1},
        direction=[
            combine((1, odd), (1, bos)),
            combine((-1, odd), (1, even), (2, bos)),
            combine((-1, even), (3, bos)),
        ],
        written=[{BOS: 1}, {BOS: 2}, {BOS: 3}],
        value=[bos],
        query=[{}, {ONE: 1}, {ONE: 3}],
        output=[{_SIX: 1}],
    )
    return LayerSketch([eight, six], [_decode_24(wanted)])


def _decode_24(wanted: Sequence[int]) -> IntervalSketch:
    """The two orbits, read as (1, 4) · row and (0, 1, 3) · row, as one number."""
    eight, six = _orbits()
    numbers = sorted((eight[u % 8] + 19 * six[u % 6], u) for u in range(24))
    key_of = dict(numbers)
    ends = [number - 1 for number, _ in numbers[1:]] + [numbers[-1][0]]

    def row(u: int) -> Form:
        return {("residue", modulus, u % modulus): 1 for modulus in wanted}

    return IntervalSketch(
        {_EIGHT: 1, _SIX: 19},
        lambda number: key_of[min(key_of, key=lambda known: abs(known - number))],
        row,
        lambda: [
            Interval(low, high, u)
            for (low, u), high in zip(numbers, ends, strict=True)
        ],
        24,
        [unit for modulus in wanted for unit in residues(modulus)],
    )


def _orbits() -> tuple[list[int], list[int]]:
    """What layer 2 reads at u = 0, …, 7 and 0, …, 5."""
    eight, six = [], []
    x, (a, b, c) = (1, 2), (1, 2, 3)
    for u in range(8):
        eight.append(x[0] + 4 * x[1])
        six.append(b + 3 * c)
        x = (-x[0], x[1]) if u % 2 == 0 else (-x[1], -x[0])
        a, b, c = (b, a, c) if u % 2 == 0 else (a, c, b)
    return eight, six[:6]


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


@lru_cache(maxsize=None)
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
