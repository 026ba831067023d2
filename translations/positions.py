"""Where in the word a network is, modulo a number, exactly over ℚ.

Positions are u = 0 at the beginning-of-sequence symbol and u = 1, 2, … at the symbols.
Layers, for both kinds of heads (theory: repair of Lemma 7, whose rotations by 2π/m do
not exist over ℚ: an element of finite order d in GL(2, ℚ) has φ(d) ≤ 2):

    1      parity, (-1)^u: β = 2 and k = 1 flip the sign of one number
    2      u mod 24 by reflections that depend on the parity:
           a row (1, 2) under H(2, (1, 0)) at odd u and H(1, (1, 1)) at even u returns
           after 8 steps, and (1, 2, 3) under swaps of 0, 1 and of 1, 2 after 6

with H(β, k) = I - β kᵀ k. Layers for other moduli are in `translations.router`.
"""

from collections.abc import Sequence

from automata_rnn.rnns.coordinates import (
    ONE,
    Form,
    HeadSketch,
    IntervalSketch,
    LayerSketch,
    Unit,
)
from automata_rnn.rnns.lookup import Interval
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
            Interval(low, high, u) for (low, u), high in zip(numbers, ends, strict=True)
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
