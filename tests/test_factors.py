"""Products of H(β, k) are the matrices they should be, and as short as stated."""

from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import RATIONAL
from automata_rnn.exact import Factorization, factorize
from automata_rnn.exact.updates import overwrite, scale, swap, transvection
from tests.brute import rational_rank
from tests.strategies import arrays


def product_of(factors: Any, size: int) -> Any:
    """∏ (I - β kᵀ k), in plain Fractions."""
    matrix = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    for beta, key in factors:
        b = Fraction(int(beta.p), int(beta.q))
        k = [Fraction(int(x.p), int(x.q)) for x in key]
        for row in matrix:
            read = b * sum(x * y for x, y in zip(row, k, strict=True))
            row[:] = [x - read * y for x, y in zip(row, k, strict=True)]
    return np.array(matrix, dtype=object).reshape(size, size)


def checked(matrix: Any) -> Factorization:
    """The factors of M; their product takes (r, s) to (r M, anything)."""
    exact = RATIONAL.array(np.array(matrix, dtype=object))
    n = len(exact)
    found = factorize(exact)
    result = product_of(found.factors, n + found.scratch)
    wanted = [[Fraction(int(x.p), int(x.q)) for x in row] for row in exact]
    assert result[:n, :n].tolist() == wanted
    assert not np.any(result[n:, :n] != 0)
    assert len(found.factors) <= 4 * n
    rank = rational_rank(np.array(wanted, object) - np.eye(n, dtype=int)) if n else 0
    assert len(found.factors) >= rank
    assert found.minimal <= (len(found.factors) == rank)
    return found


@settings(max_examples=150)
@given(data=st.data())
def test_every_rational_matrix(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 4))
    checked(data.draw(arrays(RATIONAL, (n, n))))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_permutations_take_n_minus_the_number_of_cycles(n: int) -> None:
    for order in permutations(range(n)):
        found = checked(np.eye(n, dtype=int)[list(order)])
        seen, cycles = set(), 0
        for i in range(n):
            cycles += i not in seen
            while i not in seen:
                seen.add(i)
                i = order[i]
        assert (len(found.factors), found.scratch) == (n - cycles, 0)
        assert found.minimal


@pytest.mark.parametrize("n", [2, 3, 4])
def test_maps_take_at_most_their_merges_and_swaps(n: int) -> None:
    for f in product(range(n), repeat=n):
        found = checked(np.eye(n, dtype=int)[list(f)])
        sizes = [f.count(j) for j in set(f)]
        merges = sum(b + 1 for b in sizes if b > 1)
        assert found.scratch == 0
        assert len(found.factors) <= merges + n - 1


@settings(max_examples=60)
@given(data=st.data())
def test_one_symmetric_update_is_one_factor(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 4))
    key, beta = data.draw(arrays(RATIONAL, (n,))), data.draw(arrays(RATIONAL, ()))[()]
    found = checked(RATIONAL.eye(n, key) - beta * np.outer(key, key))
    assert len(found.factors) == int(beta != 0 and bool(np.any(key != 0)))
    assert found.minimal


@settings(max_examples=60)
@given(data=st.data())
def test_diagonal_matrices_take_their_entries_other_than_one(
    data: st.DataObject,
) -> None:
    entries = data.draw(arrays(RATIONAL, (data.draw(st.integers(1, 5)),)))
    found = checked(np.diag(entries))
    assert len(found.factors) == np.count_nonzero(entries != 1)
    assert found.minimal


@settings(max_examples=40)
@given(data=st.data())
def test_rational_rotations_and_projections_are_minimal(data: st.DataObject) -> None:
    """Products of reflections, and k of them that are orthogonal."""
    n = data.draw(st.integers(1, 4))
    matrix = RATIONAL.eye(n, RATIONAL.array([0]))
    for _ in range(data.draw(st.integers(0, 4))):
        key = data.draw(arrays(RATIONAL, (n,)))
        if np.any(key != 0):
            matrix = matrix - 2 * np.outer(matrix.dot(key), key) / key.dot(key)
    assert checked(matrix).minimal
    ones = np.array([[Fraction(1, n)] * n] * n, dtype=object)
    assert len(checked(ones).factors) == n - 1


def test_dense_matrices_take_three_n_plus_one() -> None:
    """Random entries: no elimination meets a zero, eigenvalues are irrational."""
    rng = np.random.default_rng(1)
    for n in (2, 3, 4, 5):
        found = checked(rng.integers(1, 100, (n, n)))
        assert (len(found.factors), found.scratch) == (3 * n + 1, 1)
        assert not found.minimal


@settings(max_examples=60)
@given(data=st.data())
def test_updates_of_one_coordinate(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 4))
    dst, other = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    c = data.draw(arrays(RATIONAL, (n,))).copy()
    c[dst] = RATIONAL.zero
    row = data.draw(arrays(RATIONAL, (n,)))

    def result(factors: Any) -> Any:
        moved = row
        for beta, key in factors:
            moved = moved - beta * moved.dot(key) * key
        return moved.tolist()

    wanted = row.copy()
    wanted[dst] = row.dot(c)
    assert result(overwrite(dst, c)) == wanted.tolist()
    assert len(overwrite(dst, c)) == (3 if np.any(c != 0) else 1)
    wanted[dst] = row[dst] + row.dot(c)
    assert result(transvection(dst, c)) == wanted.tolist()
    factor = RATIONAL.scalar("5/3")
    wanted[dst] = row[dst] * factor
    assert result([scale(dst, factor, n)]) == wanted.tolist()
    wanted = row.copy()
    wanted[[dst, other]] = row[[other, dst]]
    assert result([swap(dst, other, n)]) == wanted.tolist()


def test_the_published_transvection_is_a_special_case() -> None:
    """Lemma 10: H(2, e_s + e_d) H(1/2, e_s) H(1/3, e_s + 2 e_d), up to scaled keys."""
    factors = transvection(1, RATIONAL.array([1, 0]))
    lemma = [(2, [1, 1]), ("1/2", [1, 0]), ("1/3", [1, 2])]
    for (beta, key), (b, k) in zip(factors, lemma, strict=True):
        ours = beta * np.outer(key, key)
        assert np.array_equal(ours, RATIONAL.scalar(b) * np.outer(k, k))


def test_half_a_norm_has_its_own_factors() -> None:
    """N = 1/2 is a pole of the usual choice."""
    c = RATIONAL.array([Fraction(1, 2), Fraction(1, 2), 0])
    assert product_of(transvection(2, c), 3).tolist() == [
        [1, 0, Fraction(1, 2)],
        [0, 1, Fraction(1, 2)],
        [0, 0, 1],
    ]
