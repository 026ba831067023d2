"""python-flint and galois: products over ℤ and GF(p)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.case import Run


def _integers(elements: Any) -> list[Any]:
    from flint import fmpz_mat

    n = elements.shape[-1]
    return [fmpz_mat(n, n, row) for row in elements.reshape(-1, n * n).tolist()]


def _residues(elements: Any, m: int) -> list[Any]:
    from flint import nmod_mat

    n = elements.shape[-1]
    return [nmod_mat(n, n, row, m) for row in elements.reshape(-1, n * n).tolist()]


def _balanced(factors: list[Any]) -> Any:
    while len(factors) > 1:
        even = len(factors) // 2 * 2
        pairs = zip(factors[0:even:2], factors[1:even:2], strict=True)
        factors = [x * y for x, y in pairs] + factors[even:]
    return factors[0]


def _in_order(factors: list[Any]) -> Any:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def _entries(matrix: Any) -> Any:
    """A matrix of FLINT as an array of Python ints."""
    entries = [int(entry) for entry in matrix.entries()]
    return np.array(entries, object).reshape(matrix.nrows(), matrix.ncols())


def answer(matrix: Any) -> Any:
    return _entries(matrix)


def residues_answer(matrix: Any) -> Any:
    return _entries(matrix).astype(np.int64)


def integer_tree(elements: Any, *, prebuilt: bool) -> Run:
    """The product by a balanced tree, with or without making matrices of arrays."""
    if not prebuilt:
        return lambda: _balanced(_integers(elements))
    factors = _integers(elements)
    return lambda: _balanced(factors)


def integer_loop(elements: Any) -> Run:
    """The product of prebuilt matrices, one after the other."""
    factors = _integers(elements)
    return lambda: _in_order(factors)


def modular_product(elements: Any, m: int, *, prebuilt: bool, balanced: bool) -> Run:
    """The product modulo m; in order is faster, since residues do not grow."""
    multiply: Callable[[list[Any]], Any] = _balanced if balanced else _in_order
    if not prebuilt:
        return lambda: multiply(_residues(elements, m))
    factors = _residues(elements, m)
    return lambda: multiply(factors)


def galois_loop(elements: Any, p: int) -> Run:
    """The product over GF(p) by galois, one after the other."""
    import galois

    matrices = galois.GF(p)(elements)

    def run() -> Any:
        product = matrices[0]
        for t in range(1, len(matrices)):
            product = product @ matrices[t]
        return product

    return run
