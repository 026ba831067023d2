"""Linear projections of a stream: exact ones skip zeros, floats are a product."""

from collections.abc import Callable
from typing import Any

import numpy as np

from automata_rnn.semiring import RATIONAL, Array, to_rational


def projector(matrix: Array) -> Callable[[Array], Array]:
    """x ↦ matrix · x, from (width,) to the leading axes of `matrix`.

    Of an exact matrix only the nonzero entries are kept, by column, and only the
    columns where x is not 0 are added up: streams are mostly zeros.
    """
    if matrix.dtype != object:
        return lambda x: np.matmul(matrix, x)
    shape, size = matrix.shape[:-1], int(np.prod(matrix.shape[:-1]))
    flat = matrix.reshape(size, matrix.shape[-1])
    columns = [
        [(int(i), column[i]) for i in np.flatnonzero(column)] for column in flat.T
    ]

    def sparse(x: Array) -> Array:
        total = [RATIONAL.zero] * size
        for value, entries in zip(x.tolist(), columns, strict=True):
            if value:
                for i, weight in entries:
                    total[i] += weight * value
        result = np.empty(size, dtype=object)
        result[:] = total
        return result.reshape(shape)

    return sparse


def rounded(value: object, dtype: "np.dtype[Any]") -> Any:
    """An exact number as a float of this dtype, next to the nearest at most."""
    exact = to_rational(value)
    return dtype.type(int(exact.p) / int(exact.q))
