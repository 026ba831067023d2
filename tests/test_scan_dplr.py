"""Chunks of diagonal plus low-rank steps equal one dense step after the other."""

from fractions import Fraction

import numpy as np
import pytest

from automata_rnn.scan import affine, prefix_products
from automata_rnn.scan.dplr import dplr_final, dplr_states
from automata_rnn.scan.dplr_chunks import wy_product
from automata_rnn.semiring import COMPLEX, RATIONAL, REAL

PARTS = ("left", "right", "decay", "values", "keys")


def random_steps(batch, length, n, d, dtype=np.float64, parts=PARTS):
    """Steps that shrink a little, so that no state grows beyond 1 by much."""
    rng = np.random.default_rng(length)
    unit = rng.normal(size=(*batch, length, n))
    unit /= np.linalg.norm(unit, axis=-1, keepdims=True)
    steps = {
        "left": unit * rng.uniform(0, 2, (*batch, length, 1)),
        "right": unit,
        "decay": rng.choice([0.0, 0.5, 1.0], (*batch, length, n), p=[0.1, 0.4, 0.5]),
        "values": rng.normal(size=(*batch, length, d)),
        "keys": rng.normal(size=(*batch, length, n)) / n,
    }
    steps = {name: steps[name].astype(dtype) for name in parts}
    return rng.normal(size=(*batch, d, n)).astype(dtype), steps


def exact_steps(length, n, d):
    rng = np.random.default_rng(length)

    def fractions(*shape):
        pairs = np.stack([rng.integers(-3, 4, shape), rng.integers(1, 4, shape)], -1)
        flat = [Fraction(int(p), int(q)) for p, q in pairs.reshape(-1, 2)]
        array = np.empty(shape, object)
        array.ravel()[:] = flat
        return RATIONAL.array(array)

    sizes = {name: d if name == "values" else n for name in PARTS}
    steps = {name: fractions(length, size) for name, size in sizes.items()}
    return fractions(d, n), steps


def dense_states(initial, steps, semiring, reduce=False):
    """The states of the dense maps S ↦ S A + B, by the scan's own definition."""
    left, right = steps["left"], steps["right"]
    n = left.shape[-1]
    diagonal = np.zeros_like(left, shape=(*left.shape, n))
    diagonal[..., range(n), range(n)] = steps.get("decay", np.ones_like(left))
    matrices = diagonal - left[..., :, None] * right[..., None, :]
    d = initial.shape[-2]
    bias = np.zeros_like(left, shape=(*left.shape[:-1], d, n))
    if "values" in steps:
        bias = steps["values"][..., :, None] * steps["keys"][..., None, :]
    monoid = affine(semiring, 2)
    return prefix_products(
        (matrices, bias), monoid, initial=initial, reduce=reduce, method="sequential"
    )


@pytest.mark.parametrize("method", ["chunked", "sequential"])
@pytest.mark.parametrize(
    "parts", [PARTS, PARTS[:2], PARTS[:3], ("left", "right", "values", "keys")]
)
def test_every_length_in_floats(method, parts):
    for length in (*range(10), 15, 16, 17, 31, 32, 33, 100):
        initial, steps = random_steps((), length, 5, 3, parts=parts)
        options = {**steps, "chunk": 16, "method": method}
        wanted = dense_states(initial, steps, REAL)
        got = dplr_states(initial, **options)
        assert got.shape == (length, 3, 5)
        np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12)
        final = dplr_final(initial, **options)
        last = wanted[-1] if length else initial
        np.testing.assert_allclose(final, last, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", ["chunked", "sequential"])
@pytest.mark.parametrize("parts", [PARTS, PARTS[:2]])
def test_every_length_exactly(method, parts):
    for length in (*range(10), 15, 16, 17):
        initial, steps = exact_steps(length, 3, 2)
        steps = {name: steps[name] for name in parts}
        for chunk in (1, 2, 5, 8):
            options = {**steps, "chunk": chunk, "method": method}
            wanted = dense_states(initial, steps, RATIONAL)
            np.testing.assert_array_equal(dplr_states(initial, **options), wanted)
            final = dplr_final(initial, **options)
            np.testing.assert_array_equal(final, wanted[-1] if length else initial)


@pytest.mark.parametrize("batch", [(1,), (4,), (2, 3), (0,)])
def test_batches(batch):
    initial, steps = random_steps(batch, 21, 4, 2)
    wanted = dense_states(initial, steps, REAL)
    got = dplr_states(initial, **steps, chunk=8)
    np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12)
    shared = np.ones((2, 4))
    many = np.broadcast_to(shared, initial.shape)
    got = dplr_final(shared, **steps, chunk=8)
    wanted = dense_states(many, steps, REAL, reduce=True)
    np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "error"), [(np.float32, 1e-5), (np.float64, 1e-13), (np.complex64, 1e-5)]
)
def test_dtypes(dtype, error):
    initial, steps = random_steps((), 50, 6, 3, dtype)
    if dtype == np.complex64:
        steps["left"] = steps["left"] * dtype(1j)
        initial, steps["decay"] = initial / 2, steps["decay"] * dtype(0.3j)
    semiring = COMPLEX if dtype == np.complex64 else REAL
    wanted = dense_states(initial, steps, semiring)
    got = dplr_states(initial, **steps, chunk=7)
    assert got.dtype == dtype
    scale = max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(got, wanted, rtol=0, atol=error * scale)


def test_arrays_laid_out_in_other_ways():
    initial, steps = random_steps((), 40, 4, 2)
    for view in (np.s_[::2], np.s_[::-1], np.s_[3:30]):
        part = {name: array[view] for name, array in steps.items()}
        frozen = {name: array.copy() for name, array in part.items()}
        for array in frozen.values():
            array.flags.writeable = False
        wanted = dense_states(initial, frozen, REAL)
        for same in (part, frozen):
            got = dplr_states(initial, **same, chunk=6)
            np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12)


def test_tiny_decays_do_not_divide_by_zero():
    """The product of 64 decays of 1e-12 is 0 in float64, and ratios of such are nan."""
    initial, steps = random_steps((), 128, 3, 2)
    steps["decay"] = np.full((128, 3), 1e-12)
    wanted = dense_states(initial, steps, REAL)
    got = dplr_states(initial, **steps, chunk=64)
    np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-13)


@pytest.mark.parametrize("shape", [(1, 3), (2, 3), (9, 4), (3, 2, 5, 4), (0, 3)])
def test_wy_products(shape):
    rng = np.random.default_rng(0)
    left, right = rng.integers(-2, 3, (2, *shape)).astype(float)
    wanted = np.broadcast_to(np.eye(shape[-1]), (*shape[:-2], shape[-1], shape[-1]))
    for t in range(shape[-2]):
        outer = left[..., t, :, None] * right[..., t, None, :]
        wanted = wanted @ (np.eye(shape[-1]) - outer)
    w, y = wy_product(left, right)
    assert w.shape == y.shape == shape
    got = np.eye(shape[-1]) - np.swapaxes(w, -1, -2) @ y
    np.testing.assert_array_equal(got, wanted)


def test_wy_products_of_rationals():
    _, steps = exact_steps(7, 3, 1)
    w, y = wy_product(steps["left"], steps["right"])
    identity = RATIONAL.eye(3, w)
    wanted = identity
    for left, right in zip(steps["left"], steps["right"], strict=True):
        wanted = wanted @ (identity - np.outer(left, right))
    np.testing.assert_array_equal(identity - w.T @ y, wanted)


def test_delta_rule_replaces_a_value():
    """β = 1 and a unit key: S kᵀ is v after the step, whatever it was before."""
    rng = np.random.default_rng(0)
    key = rng.normal(size=(1, 4))
    key /= np.linalg.norm(key)
    value = rng.normal(size=(1, 3))
    state = dplr_final(rng.normal(size=(3, 4)), key, key, values=value, keys=key)
    np.testing.assert_allclose(state @ key[0], value[0], rtol=0, atol=1e-14)


def test_errors():
    initial, steps = random_steps((), 6, 3, 2)
    for wrong in ({"chunk": 0}, {"method": "fast"}, {"keys": None}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            dplr_states(initial, **{**steps, **wrong})
    for name in PARTS[1:]:
        with pytest.raises(ValueError, match=f"{name}: wanted shape"):
            dplr_states(initial, **{**steps, name: steps[name][:-1]})
    with pytest.raises(ValueError, match="initial: wanted shape"):
        dplr_states(initial[:, :2], **steps)
    with pytest.raises(ValueError, match="initial: wanted batch"):
        dplr_states(np.ones((5, 2, 3)), **steps)
    with pytest.raises(ValueError, match="left: wanted"):
        dplr_states(initial, np.ones(3), np.ones(3))
    with pytest.raises(TypeError, match="wanted floats"):
        dplr_states(np.ones((1, 2), int), np.ones((3, 2), int), np.ones((3, 2), int))
    with pytest.raises(ValueError, match="wanted shapes"):
        wy_product(np.ones((2, 3)), np.ones((3, 3)))
