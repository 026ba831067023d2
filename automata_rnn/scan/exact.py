"""Products of rational matrices, and signs of the values of words, exactly.

Entries of a product grow by a constant number of bits with each step, so all prefixes
of a word of T letters together have Θ(T²) bits. The last product alone is found by a
balanced tree, in time nearly linear in T. Often only the sign of each value matters
(does an automaton accept?), and floats settle most of those, with proof
(`automata_rnn.scan.cpu.signs`): only where they do not is the state at that time
computed exactly, from the last one that was.
"""

from typing import Any, NamedTuple

import numpy as np
from flint import fmpq, fmpz_mat

from automata_rnn.scan.cpu.dense_threads import cores
from automata_rnn.scan.cpu.integers import leaf_products
from automata_rnn.scan.cpu.signs import settle
from automata_rnn.scan.exact_integers import (
    balanced,
    product_of_powers,
    to_flint,
    to_integers,
)
from automata_rnn.scan.exact_rows import float_matrices, float_row
from automata_rnn.semiring import Array


class Signs(NamedTuple):
    """Signs of the values of all prefixes.

    Attributes:
        signs: (T + 1,), int8: -1, 0 or 1 for the prefixes of length 0, …, T.
        fell_back: how many of them floats did not settle.
    """

    signs: Array
    fell_back: int


def exact_product(
    elements: Any, *, codes: Any = None, threads: int | None = None
) -> Array:
    """A_1 A_2 ⋯ A_T over ℚ, an object array (n, n).

    Args:
        elements: (T, n, n), of integers of any dtype, or in an object array of Python
            ints, fmpq or Fraction; floats are the rationals that they are.
        codes: integers (T,); then `elements` is a table and A_t = elements[codes[t]].
        threads: at most so many; by default one for each processor.

    Returns:
        Python ints if all elements are integers by type, else flint.fmpq. T = 0 gives
        the identity.

    Raises:
        ValueError: elements that are not square matrices, or not finite, codes outside
            the table; TypeError: entries that are not rational numbers, codes that are
            not integers.

    >>> import numpy as np
    >>> from fractions import Fraction
    >>> exact_product(np.array([[[Fraction(1, 3), 1], [0, 2]]] * 3))
    array([[1/27, 43/9],
           [0, 8]], dtype=object)
    """
    table = _check_matrices(elements)
    n = table.shape[1]
    integers = to_integers(table)
    numerators, denominators = integers.numerators, integers.denominators
    if codes is not None:
        letters = _check_codes(codes, len(table))
        numerators = numerators[letters]
        denominators = [denominators[c] for c in letters.tolist()]
    product = (
        _product(numerators, threads)
        if len(numerators)
        else to_flint(np.eye(n, dtype=int))
    )
    denominator = product_of_powers(denominators)
    entries = product.entries()
    result = np.empty((n, n), object)
    if integers.rational:
        result.ravel()[:] = [fmpq(entry, denominator) for entry in entries]
    else:
        result.ravel()[:] = [int(entry) for entry in entries]
    return result


def exact_signs(initial: Any, elements: Any, final: Any, *, codes: Any = None) -> Signs:
    """The signs of initial · A_1 ⋯ A_t · final for t = 0, …, T.

    Args:
        initial, final: vectors (n,) of rationals, as `exact_product` takes them.
        elements, codes: as for `exact_product`.

    Returns:
        All signs, exactly, and how many of them had to be computed from long integers.

    Raises:
        ValueError and TypeError as `exact_product`, and for vectors that do not fit.

    >>> import numpy as np
    >>> count = np.array([[[1, 1], [0, 1]], [[1, -1], [0, 1]]])  # s ↦ s A adds ±1
    >>> exact_signs([1, 0], count, [0, 1], codes=[0, 0, 1, 1, 1])
    Signs(signs=array([ 0,  1,  1,  1,  0, -1], dtype=int8), fell_back=0)
    """
    table = _check_matrices(elements)
    numerators = to_integers(table).numerators
    letters = (
        np.arange(len(table)) if codes is None else _check_codes(codes, len(table))
    )
    row = to_flint(_check_vector("initial", initial, table.shape[1]))
    weights = _check_vector("final", final, table.shape[1])
    column = to_flint(weights).transpose()
    signs = np.zeros(len(letters) + 1, np.int8)
    settle = _settler(numerators, letters, weights, signs)
    time, known, fell_back = 0, False, 0
    while True:
        stop = settle(row, time, known)
        if stop == len(signs):
            return Signs(signs, fell_back)
        if stop > time:
            row = row * _product(numerators[letters[time:stop]], None)
        value = (row * column)[0, 0]
        signs[stop] = (value > 0) - (value < 0)
        time, known, fell_back = stop, True, fell_back + 1


def _settler(numerators: Array, letters: Array, weights: Array, signs: Array) -> Any:
    """(row, time, known) ↦ the first time from `time` on whose sign is not settled,
    starting at the row of `time`; signs before it are filled in. The sign at `time`
    itself may be known already."""
    table, table_exact = float_matrices(numerators)
    column, column_exact = float_matrices(weights)
    codes = letters.astype(np.int64, copy=False)

    def run(row: fmpz_mat, time: int, known: bool) -> int:
        start, radius, row_exact = float_row(row)
        exact = (table_exact, column_exact, row_exact)
        state = (start, radius, exact)
        return int(settle(table, codes, column[0], *state, signs, time, known))

    return run


def _product(numerators: Array, threads: int | None) -> fmpz_mat:
    """The product of (T, n, n) integer matrices, T > 0."""
    if numerators.dtype != object and len(numerators) > 1:
        numerators = leaf_products(numerators, threads or cores())
    product: fmpz_mat = balanced([to_flint(matrix) for matrix in numerators])
    return product


def _as_given(numbers: Any) -> Array:
    """Lists as object arrays: NumPy would make floats of [2**63, -1]."""
    return numbers if isinstance(numbers, np.ndarray) else np.array(numbers, object)


def _check_matrices(elements: Any) -> Array:
    array = _as_given(elements)
    if array.ndim != 3 or array.shape[1] != array.shape[2] or array.shape[1] == 0:
        raise ValueError(f"elements: wanted shape (T, n, n), got {array.shape}")
    return array


def _check_codes(codes: Any, size: int) -> Array:
    array = np.asarray(codes)
    if array.dtype.kind not in "iu":
        raise TypeError(f"codes: wanted integers, got {array.dtype}")
    if array.ndim != 1:
        raise ValueError(f"codes: wanted shape (T,), got {array.shape}")
    if array.size and not (0 <= int(array.min()) and int(array.max()) < size):
        raise ValueError(
            f"codes: wanted 0 to {size - 1}, the rows of the table, "
            f"got {int(array.min())} to {int(array.max())}"
        )
    return array


def _check_vector(name: str, vector: Any, n: int) -> Array:
    """A vector of rationals as integers (1, n), up to a positive factor."""
    array = _as_given(vector)
    if array.shape != (n,):
        raise ValueError(f"{name}: wanted shape ({n},), got {array.shape}")
    return to_integers(array[None]).numerators
