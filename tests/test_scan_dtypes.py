"""What the dtypes, byte orders and memory of arguments must not change."""

from typing import Any

import numpy as np
import pytest

from automata_rnn import COMPLEX, INTEGER, MAX_PLUS, RATIONAL, REAL, integers_mod
from automata_rnn.alphabet import Alphabet
from automata_rnn.parallel import states
from automata_rnn.scan import MAPS, diagonal, matrices, one_hot_diagonal
from automata_rnn.scan import prefix_products as scan
from automata_rnn.semiring import galois_field

LENGTHS = [3, 900]
"""Of 2 × 2 matrices: by the definition, and by kernels."""


def random(shape: tuple[int, ...], dtype: Any = np.float64) -> Any:
    return np.random.default_rng(0).random(shape).astype(dtype)


def letters(length: int, count: int, dtype: Any) -> Any:
    return np.random.default_rng(1).integers(0, count, length).astype(dtype)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("reduce", [False, True])
@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize(
    ("semiring", "element", "start"),
    [
        (REAL, "f4", "f8"),
        (MAX_PLUS, "f4", "f8"),
        (REAL, "f8", "f4"),
        (COMPLEX, "f8", "c16"),
        (COMPLEX, "f4", "c8"),
        (REAL, "f8", "g"),
    ],
)
def test_states_have_the_wider_dtype(
    semiring: Any, element: str, start: str, coded: bool, reduce: bool, length: int
) -> None:
    steps = random((length, 2, 2), element) / 2 + np.float32(0.2)
    codes = letters(length, 3, np.uint8) if coded else None
    initial = random((2,), start)
    options = {"codes": codes, "initial": initial, "reduce": reduce}
    wanted = scan(steps, matrices(semiring), method="sequential", **options)
    got = scan(steps, matrices(semiring), **options)
    assert got.dtype == wanted.dtype == np.result_type(element, start)
    # where states were rounded to the elements' float32, this would be 1e-7 or worse
    rtol = 1e-12 if got.dtype != "c8" else 1e-3
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=1e-30)


@pytest.mark.parametrize("size", [1, 700])
def test_gates_take_complex_states(size: int) -> None:
    gates, start = random((size, 3)) + 0.5, np.array([1j, 2, 3 - 1j])
    got = scan(gates, diagonal(COMPLEX), initial=start)
    np.testing.assert_allclose(got, np.cumprod(gates, 0) * start, rtol=1e-12)


@pytest.mark.parametrize("method", ["auto", "sequential", "blelloch"])
def test_states_of_integers_grow(method: Any) -> None:
    fibonacci = np.array([[[1, 1], [1, 0]]] * 500)
    got = scan(fibonacci, matrices(INTEGER), initial=np.array([1, 0]), method=method)
    a, b = 1, 0
    for row in got:
        a, b = a + b, a
        assert row.tolist() == [a, b]
    out = np.empty((500, 2, 2), object)
    assert scan(fibonacci, matrices(INTEGER), out=out, method=method) is out
    assert out[-1, 0, 0] == a


@pytest.mark.parametrize("method", ["auto", "sequential", "blelloch"])
@pytest.mark.parametrize("length", LENGTHS)
def test_integers_of_numpy_do_not_wrap(method: Any, length: int) -> None:
    steps = np.empty((length, 2, 2), object)
    steps[...] = np.int64(2**40)
    got = scan(steps, matrices(INTEGER), reduce=True, method=method)
    assert got[0, 0] == 2 ** (40 * length + length - 1)
    m = 2**40 + 15
    gates = np.full((length, 2), m - 2)
    got = scan(gates, diagonal(integers_mod(m)), reduce=True, method=method)
    assert got.tolist() == [pow(m - 2, length, m)] * 2


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("number", [0.5, np.float32(0.5), 1j])
def test_floats_are_no_exact_numbers(number: Any, length: int) -> None:
    steps = np.full((length, 2, 2), number, object)
    with pytest.raises(TypeError, match="elements: wanted rational numbers, got"):
        scan(steps, matrices(RATIONAL), reduce=True)


def test_residues_may_be_python_numbers() -> None:
    steps = np.random.default_rng(0).integers(0, 7, (900, 2, 2))
    wanted = scan(steps, matrices(integers_mod(7)))
    assert np.array_equal(scan(steps.astype(object), matrices(integers_mod(7))), wanted)


@pytest.mark.parametrize("length", [0, *LENGTHS])
@pytest.mark.parametrize("ring", [integers_mod(7), galois_field(8)])
def test_states_outside_the_ring_are_refused(ring: Any, length: int) -> None:
    steps = np.ones((length, 2, 2), np.int64)
    with pytest.raises(ValueError, match="initial: wanted 0 to"):
        scan(steps, matrices(ring), initial=np.array([0, 8]))


def test_integers_that_do_not_fit_are_refused() -> None:
    large = np.full((70, 1, 1), 2**64 - 1, np.uint64)
    with pytest.raises(ValueError, match="use INTEGER"):
        scan(large, matrices(REAL))
    with pytest.raises(ValueError, match="got 18446744073709551615"):
        scan(large, matrices(integers_mod(7)))
    with pytest.raises(ValueError, match="initial: wanted states that int8"):
        scan(np.zeros((3, 300), np.int8), MAPS, initial=200)


@pytest.mark.parametrize("length", LENGTHS)
def test_byte_order_is_of_no_account(length: int) -> None:
    steps, codes = random((length, 2, 2)), letters(length, 3, "u2")
    other = steps.astype(">f8"), codes.astype(">u2")
    for options in ({}, {"reduce": True}, {"initial": np.ones(2)}):
        for some, more in (((steps, None), (other[0], None)), ((steps, codes), other)):
            wanted = scan(some[0], matrices(REAL), codes=some[1], **options)
            got = scan(more[0], matrices(REAL), codes=more[1], **options)
            assert got.dtype == wanted.dtype == np.dtype("f8")
            assert np.array_equal(got, wanted)
    residues = np.ones((length, 2, 2), ">i8")
    assert scan(residues, matrices(galois_field(8)), reduce=True).dtype == np.int64


@pytest.mark.parametrize("n", [3, 17])
def test_states_may_be_written_over_their_table(n: int) -> None:
    memory = random((1000, n)) / n
    table = memory[: 2 * n].reshape(2, n, n)
    codes, start = letters(1000, 2, "u1"), np.ones(n)
    wanted = scan(table, matrices(REAL), codes=codes, initial=start)
    got = scan(table, matrices(REAL), codes=codes, initial=start, out=memory)
    assert got is memory
    np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("reduce", [False, True])
def test_states_stay_finite_where_products_overflow(reduce: bool, threads: int) -> None:
    """diag(0.999, 2)ᵗ overflows at t = 1024, but (1, 0) times it does not."""
    length, start = 300_000, np.array([1.0, 0.0])
    gates = np.array([0.999, 2.0])
    wanted = np.stack([0.999 ** np.arange(1, length + 1), np.zeros(length)], axis=1)
    options: Any = {"initial": start, "reduce": reduce, "threads": threads}
    codes = np.zeros(length, np.uint8)
    table, several = np.diag(gates)[None], np.tile(gates, (length, 1))
    for got in (
        scan(table, matrices(REAL), codes=codes, **options),
        scan(several, diagonal(REAL), **options),
    ):
        np.testing.assert_allclose(got, wanted[-1] if reduce else wanted, rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([[[1.0]]], matrices(REAL)), {}, "elements: wanted NumPy or CuPy arrays"),
        (
            (random((3, 2, 2)), REAL),
            {},
            r"monoid: wanted .* matrices\(REAL\), got <semiring real>",
        ),
        ((random((3, 2, 2)), matrices(REAL)), {"threads": 1.5}, "threads: wanted"),
        ((random((3, 2, 2)), matrices(REAL)), {"out": [1]}, "out: wanted NumPy"),
        ((random((3, 2)), MAPS), {}, "elements: wanted integers as indices"),
        (
            ((random((3, 2)), random((3, 2))), one_hot_diagonal(REAL)),
            {},
            "elements: wanted integers as indices",
        ),
    ],
)
def test_arguments_of_other_types_are_named(
    arguments: Any, options: Any, message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        scan(*arguments, **options)


class Machine:
    """A row times a matrix for each letter."""

    alphabet = Alphabet(("a", "b"))

    def __init__(self, semiring: Any, table: Any, initial: Any) -> None:
        self.monoid, self.table, self.initial = matrices(semiring), (table,), initial

    def step(self, state: Any, symbol: Any) -> Any:
        return state @ self.table[0][self.alphabet.encode([symbol])[0]]

    def output(self, state: Any) -> Any:
        return state


@pytest.mark.parametrize(
    ("semiring", "table", "start", "wanted"),
    [
        (REAL, "f8", "i8", "f8"),
        (REAL, "f4", "f8", "f8"),
        (REAL, "f8", "f4", "f8"),
        (INTEGER, "i8", "i8", "O"),
    ],
)
def test_starts_of_other_dtypes(
    semiring: Any, table: str, start: str, wanted: str
) -> None:
    matrix = np.array([[[2, 1], [1, 1]], [[0, 1], [1, 1]]])
    machine = Machine(semiring, matrix.astype(table), np.array([1, 0], start))
    got, state = states(machine, "ab" * 20), np.array([1, 0], object)
    assert got.dtype == np.dtype(wanted)
    for row, symbol in zip(got[1:], "ab" * 20, strict=True):
        state = state @ matrix["ab".index(symbol)].astype(object)
        assert row.tolist() == state.tolist()


def test_words_are_one_sequence() -> None:
    machine = Machine(REAL, random((2, 2, 2)), np.ones(2))
    with pytest.raises(ValueError, match=r"word: wanted codes \(T,\), got shape"):
        states(machine, np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match=r"out: wanted \(3, 2\) float64"):
        states(machine, "ab", out=[1])
