"""Iterated 3×3 matrix multiplication over {-1, 0, 1}, entry by entry (Definition 12).

The machine itself, as a transition system and, for one entry of the product, as a WFA
over ℤ. `translations.matrix_network` makes four-layer networks of it (Theorem 5).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.automata import WFA
from automata_rnn.semiring import INTEGER, Array
from translations.matrix_schedule import ENTRIES, Order

ALPHABET = Alphabet(ENTRIES)


@dataclass(frozen=True)
class MatrixProduct:
    """Reads matrices A_0, A_1, … one entry after the other and multiplies them.

    The state is one array: the product P of complete matrices (9), columns of P A that
    are known already where entries come column by column (9), how many entries of A
    were read, and those not yet used (9, the rest 0).

    Attributes:
        order: "rows" or "columns", in which the entries of a matrix come.
        entry: the (i, j) that is the value at the end of each matrix, else 0; None for
            all nine.
    """

    order: Order = "rows"
    entry: tuple[int, int] | None = None

    @property
    def alphabet(self) -> Alphabet:
        return ALPHABET

    @property
    def initial(self) -> Array:
        return pack(np.eye(3, dtype=int).astype(object), [], [])

    def step(self, state: Array, symbol: Symbol) -> Array:
        product, done, pending = unpack(state, self.order)
        pending = [*pending, ENTRIES[self.alphabet.code(symbol)]]
        if self.order == "columns" and len(pending) == 3:
            done, pending = [*done, product @ np.array(pending, dtype=object)], []
        if len(done) == 3:
            product, done = np.stack(done, axis=1), []
        if len(pending) == 9:
            matrix = np.array(pending, dtype=object).reshape(3, 3)
            product, pending = product @ matrix, []
        return pack(product, done, pending)

    def output(self, state: Array) -> Any:
        value = state[:9] if state[18] == 0 else 0 * state[:9]
        return value if self.entry is None else value[3 * self.entry[0] + self.entry[1]]


def pack(product: Array, done: list[Array], pending: list[Any]) -> Array:
    """The state of these parts."""
    state = np.zeros(28, dtype=object)
    state[:9] = product.ravel()
    for j, column in enumerate(done):
        state[9 + j : 18 : 3] = column
    state[18] = 3 * len(done) + len(pending)
    state[19 : 19 + len(pending)] = pending
    return state


def unpack(state: Array, order: Order) -> tuple[Array, list[Array], list[Any]]:
    """P, the columns of P A known so far, and the entries not yet used."""
    count = int(state[18])
    known = count // 3 if order == "columns" else 0
    columns = [state[9 + j : 18 : 3] for j in range(known)]
    return state[:9].reshape(3, 3), columns, list(state[19 : 19 + count - 3 * known])


def matrix_product_wfa(entry: tuple[int, int], order: Order = "rows") -> WFA:
    """The WFA over ℤ of one entry of the product: 54 states.

    For each number of entries read, x ∈ ℤ³ is row i of the product and y ∈ ℤ³ that row
    times what is known of the next matrix: y_j ← y_j + x_k a at entry (k, j).
    """
    weights = np.zeros((3, 9, 6, 9, 6), dtype=object)
    for code, value in enumerate(ENTRIES):
        for at in range(9):
            k, j = divmod(at, 3) if order == "rows" else divmod(at, 3)[::-1]
            step = np.eye(6, dtype=int).astype(object)
            step[k, 3 + j] = value
            if at == 8:  # y becomes x
                step = np.concatenate([step[:, 3:], 0 * step[:, 3:]], axis=1)
            weights[code, at, :, (at + 1) % 9] = step
    initial, final = np.zeros(54, dtype=object), np.zeros(54, dtype=object)
    initial[entry[0]] = final[entry[1]] = 1
    return WFA(INTEGER, ALPHABET, initial, weights.reshape(3, 54, 54), final)
