"""The last symbols of the word in slots, and products of matrices along windows.

Slot i of L holds the symbol at the last position u ≡ i mod L, one-hot: one head with a
key of size 1 for each slot, which is overwritten (β = 1, k = 1) when its time comes.
The beginning-of-sequence symbol fills all slots with "no symbol", whose matrix is I.
"""

from collections.abc import Sequence
from functools import lru_cache

from flint import fmpq_mat

from automata_rnn.exact import to_flint
from automata_rnn.rnns.coordinates import ONE, Form, HeadSketch, Unit
from automata_rnn.semiring import Array
from translations.overwrites import Sparse
from translations.positions import BOS, delta_head

NONE = 0
"""The token of a slot without a symbol; symbol code a is token a + 1."""


def token(code: int) -> Unit:
    """The unit of the embedding that is 1 at this symbol."""
    return ("token", code)


def slot(length: int, i: int, tokens: int) -> list[Unit]:
    """The units of slot i: which token it holds."""
    return [("slot", length, i, a) for a in range(tokens)]


def slot_heads(
    kind: str, length: int, tokens: int, blanks: Sequence[int] = ()
) -> list[HeadSketch]:
    """One head for each slot; symbols with codes in `blanks` count as none."""
    empty: Form = {BOS: 1, **{token(code): 1 for code in blanks}}
    value = [empty, *({token(code): 1} for code in range(tokens - 1))]
    heads = []
    for i in range(length):
        at_turn: Form = {("residue", length, i): 1, **({BOS: 1} if i else {})}
        heads.append(
            delta_head(
                kind,
                strength={ONE: 1},
                direction=[at_turn],
                written=[at_turn],
                value=value,
                query=[{ONE: 1}],
                output=[{unit: 1} for unit in slot(length, i, tokens)],
            )
        )
    return heads


class Products:
    """Products of a WFA's matrices along windows of tokens, each kept once.

    Windows with the same product have the same number, so that what depends on the
    product only is computed once for all of them.
    """

    def __init__(self, weights: Array) -> None:
        self.weights = [to_flint(matrix) for matrix in weights]
        n = weights.shape[-1]
        identity = fmpq_mat(n, n)
        for i in range(n):
            identity[i, i] = 1
        self.matrices = [identity]
        self._numbers = {_key(identity): 0}
        self.times = lru_cache(maxsize=2**16)(self._times)

    def number(self, tokens: Sequence[int]) -> int:
        """The number of M_{token 1} ⋯ M_{token k}."""
        current = 0
        for a in tokens:
            current = self.times(current, a)
        return current

    def _times(self, current: int, a: int) -> int:
        if a == NONE:
            return current
        product = self.matrices[current] * self.weights[a - 1]
        number = self._numbers.setdefault(_key(product), len(self.matrices))
        if number == len(self.matrices):
            self.matrices.append(product)
        return number

    def columns(self, number: int) -> list[Sparse]:
        """The nonzero entries of each column of a product."""
        matrix = self.matrices[number]
        n = matrix.nrows()
        rows = range(n)
        return [{i: matrix[i, j] for i in rows if matrix[i, j]} for j in range(n)]


def _key(matrix: fmpq_mat) -> tuple[object, ...]:
    return tuple(matrix.entries())
