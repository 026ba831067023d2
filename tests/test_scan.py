"""Every monoid, every method, against definitions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import BOOLEAN, INTEGER, MAX_PLUS, RATIONAL, REAL, integers_mod
from automata_rnn.scan import (
    MAPS,
    Element,
    Monoid,
    Pool,
    affine,
    aligned,
    diagonal,
    matrices,
    one_hot_diagonal,
    prefix_products,
)
from automata_rnn.scan.methods import blelloch, tree
from automata_rnn.semiring import Semiring, galois_field
from tests.strategies import arrays
from translations.contract import agree

Draw = Callable[..., Any]
RINGS = [INTEGER, MAX_PLUS, BOOLEAN, integers_mod(12), galois_field(8), REAL]


def core_shapes(monoid: Monoid, n: int) -> list[tuple[int, ...]]:
    rows = 2  # of matrix states
    shapes = [(n, n) if monoid.ranks[0] == 2 else (n,)]
    for rank in monoid.ranks[1:]:
        shapes.append((n,) if rank == 1 else (rows, n))
    return shapes


def draw_elements(
    draw: Draw, monoid: Monoid, ring: Semiring, lead: tuple[int, ...], n: int
) -> Element:
    parts = []
    for position, core in enumerate(core_shapes(monoid, n)):
        if position == 0 and monoid.indexed:
            size = int(np.prod(lead + core))
            units = st.lists(st.integers(0, n - 1), min_size=size, max_size=size)
            parts.append(np.array(draw(units), dtype=np.int64).reshape(lead + core))
        else:
            parts.append(draw(arrays(ring, lead + core)))
    return tuple(parts)


def draw_state(draw: Draw, monoid: Monoid, ring: Semiring, n: int) -> Any:
    if monoid.state_rank == 0:
        return np.array(draw(st.integers(0, n - 1)))
    return draw(arrays(ring, ((2, n), (n,))[2 - monoid.state_rank]))


def all_monoids() -> list[Any]:
    cases = [pytest.param(MAPS, INTEGER, id="maps")]
    for ring in RINGS:
        for monoid in (
            matrices(ring),
            matrices(ring, 2),
            affine(ring),
            affine(ring, 2),
            diagonal(ring),
            diagonal(ring, bias=True),
            one_hot_diagonal(ring),
            one_hot_diagonal(ring, bias=True),
        ):
            name = f"{monoid.name} on {monoid.state_rank}"
            cases.append(pytest.param(monoid, ring, id=name.replace(" ", "-")))
    return cases


every_monoid = pytest.mark.parametrize(("monoid", "ring"), all_monoids())


def same(left: Any, right: Any, ring: Semiring) -> bool:
    bound = 1e-12 if ring is REAL else 0.0
    return all(agree(x, y, bound) for x, y in zip(left, right, strict=True))


@every_monoid
@given(data=st.data())
def test_acting_by_a_product_is_acting_twice(
    monoid: Monoid, ring: Semiring, data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, 3))
    x, y = (draw_elements(data.draw, monoid, ring, (), n) for _ in range(2))
    state = draw_state(data.draw, monoid, ring, n)
    twice = monoid.act(monoid.act(state, x), y)
    at_once = monoid.act(state, monoid.combine(x, y))
    assert same((twice,), (at_once,), ring)
    assert same((monoid.act(state, monoid.identity(x)),), (state,), ring)


@every_monoid
@settings(max_examples=30)
@given(data=st.data())
def test_blelloch_equals_sequential(
    monoid: Monoid, ring: Semiring, data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, 3))
    batch = data.draw(st.sampled_from([(), (2,), (2, 1)]))
    length = data.draw(st.sampled_from([*range(10), 16, 17]))
    elements = draw_elements(data.draw, monoid, ring, (*batch, length), n)
    initial = data.draw(st.sampled_from([None, 0]))
    if initial is not None:
        initial = draw_state(data.draw, monoid, ring, n)
    for reduce in (False, True):
        options = {"initial": initial, "reduce": reduce}
        slow = prefix_products(elements, monoid, method="sequential", **options)
        fast = prefix_products(elements, monoid, method="blelloch", **options)
        if initial is not None:
            slow, fast = (slow,), (fast,)
            lead = batch if reduce else (*batch, length)
            assert slow[0].shape[: len(lead)] == lead
        assert same(slow, fast, ring)


@every_monoid
@settings(max_examples=12)
@given(data=st.data())
def test_ragged_sequences_are_scanned_one_by_one(
    monoid: Monoid, ring: Semiring, data: st.DataObject
) -> None:
    """Padded and packed sequences give what each gives alone."""
    n, longest = 2, 5
    lengths = np.array(data.draw(st.lists(st.integers(0, longest), max_size=4)), int)
    count = len(lengths)
    padded = draw_elements(data.draw, monoid, ring, (count, longest), n)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    pieces = [tuple(p[i, : lengths[i]] for p in padded) for i in range(count)]
    packed = tuple(
        np.concatenate(
            [piece[c] for piece in pieces] or [part[:0].reshape(0, *part.shape[2:])]
        )
        for c, part in enumerate(padded)
    )
    initial = data.draw(st.sampled_from([None, "one", "each"]))
    if initial == "one":
        starts = draw_state(data.draw, monoid, ring, n)
        each = [starts] * count
    elif initial == "each" and count:
        each = [draw_state(data.draw, monoid, ring, n) for _ in range(count)]
        starts = np.stack(each)
    else:
        starts, each = None, [None] * count
    for method in ("sequential", "blelloch"):
        for reduce in (False, True):
            options: Any = {"reduce": reduce, "method": method}
            alone = [
                prefix_products(piece, monoid, initial=state, **options)
                for piece, state in zip(pieces, each, strict=True)
            ]
            by_length = prefix_products(
                padded, monoid, lengths=lengths, initial=starts, **options
            )
            by_offset = prefix_products(
                packed, monoid, offsets=offsets, initial=starts, **options
            )
            if starts is not None:
                alone = [(result,) for result in alone]
                by_length, by_offset = (by_length,), (by_offset,)
            for i, result in enumerate(alone):
                whole = slice(offsets[i], offsets[i + 1])
                where = i if reduce else (i, slice(0, lengths[i]))
                assert same(result, [r[where] for r in by_length], ring)
                there = i if reduce else whole
                assert same(result, [r[there] for r in by_offset], ring)
            if not reduce:  # past its end a padded sequence stays where it is
                for i in range(count):
                    for r in by_length:
                        for t in range(max(1, lengths[i]), longest):
                            assert agree(
                                r[i, t], r[i, t - 1], 1e-12 if ring is REAL else 0
                            )


@every_monoid
@settings(max_examples=10)
@given(data=st.data())
def test_codes_look_elements_up(
    monoid: Monoid, ring: Semiring, data: st.DataObject
) -> None:
    table = draw_elements(data.draw, monoid, ring, (3,), 2)
    codes = np.array(data.draw(st.lists(st.integers(0, 2), max_size=6)), dtype=np.uint8)
    direct = prefix_products(tuple(p[codes] for p in table), monoid)
    assert same(prefix_products(table, monoid, codes=codes), direct, ring)


def test_a_bare_array_comes_back_bare() -> None:
    steps = np.array([[2.0], [3.0]])
    assert prefix_products(steps, diagonal(REAL)).tolist() == [[2.0], [6.0]]
    (as_tuple,) = prefix_products((steps,), diagonal(REAL))
    assert as_tuple.tolist() == [[2.0], [6.0]]


def counting(calls: list[int]) -> Monoid:
    """Addition of integers that notes how many sums each call makes."""

    def combine(x: Element, y: Element) -> Element:
        calls.append(int(np.broadcast(x[0], y[0]).size))
        return (x[0] + y[0],)

    plus = matrices(INTEGER)
    return Monoid("sums", None, (1,), 1, combine, plus.identity, plus.act)


@pytest.mark.parametrize("length", [1, 2, 3, 7, 8, 9, 64, 100, 1023, 1024, 1025])
def test_work_and_depth_are_as_stated(length: int) -> None:
    calls: list[int] = []
    elements = (np.arange(length)[:, None],)
    (prefixes,) = blelloch(elements, counting(calls))
    assert prefixes[:, 0].tolist() == np.cumsum(np.arange(length)).tolist()
    assert sum(calls) < 2 * length
    assert len(calls) <= 2 * np.log2(length) + 1e-9
    calls.clear()
    (total,) = tree(elements, counting(calls))
    assert total[0] == length * (length - 1) // 2
    assert sum(calls) == length - 1
    assert len(calls) == int(np.ceil(np.log2(length)))


def test_the_published_recursion_of_pd_products_is_wrong() -> None:
    """Negative control: without the transpose of P the diagonal lands elsewhere."""
    index = np.array([[1, 2, 0], [1, 0, 2]])
    scale = np.array([[2, 3, 5], [7, 11, 13]], dtype=object)
    ring = one_hot_diagonal(INTEGER)

    def dense(f: Any, d: Any) -> Any:
        matrix = np.zeros((3, 3), dtype=object)
        matrix[range(3), f] = d
        return matrix

    f, d = prefix_products((index, scale), ring, reduce=True)
    product = dense(index[0], scale[0]) @ dense(index[1], scale[1])
    assert np.array_equal(dense(f, d), product)
    # d̃₂ = (P₂ d̃₁) ⊙ d₂ as printed, in the column convention P D:
    printed = dense(index[1], [1, 1, 1]).T @ scale[0] * scale[1]
    assert not np.array_equal(dense(f, printed), product)


REFUSALS: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("unknown method", {"method": "magic"}, ValueError, "method: wanted one of"),
    ("lengths of another shape", {"lengths": [1]}, ValueError, "lengths: wanted"),
    ("lengths too long", {"lengths": [4, 1]}, ValueError, "lengths: wanted 0 to 3"),
    ("negative lengths", {"lengths": [-1, 1]}, ValueError, "lengths: wanted 0 to 3"),
    ("offsets of a batch", {"offsets": [0, 3]}, ValueError, "offsets: wanted elements"),
    ("state of another size", {"initial": np.zeros(3)}, ValueError, "initial: wanted"),
    ("states of another batch", {"initial": np.zeros((3, 2))}, ValueError, "initial"),
]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [case[1:] for case in REFUSALS],
    ids=[case[0] for case in REFUSALS],
)
def test_bad_arguments_are_named(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        prefix_products(np.zeros((2, 3, 2, 2)), matrices(REAL), **options)


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ([1, 3], "0 ≤"),
        ([0, 2], "0 ≤"),
        ([0, 2, 1, 3], "0 ≤"),
        ([], "integers of shape"),
        ([0.0, 3.0], "integers of shape"),
    ],
)
def test_bad_offsets_are_named(offsets: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        prefix_products(np.zeros((3, 2)), diagonal(REAL), offsets=offsets)


def test_offsets_and_lengths_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="beside offsets"):
        prefix_products(np.zeros((3, 2)), diagonal(REAL), offsets=[0, 3], lengths=3)


@pytest.mark.parametrize(
    ("elements", "monoid"),
    [
        (np.zeros((3, 2, 4)), matrices(REAL)),
        (np.zeros((2, 2)), matrices(REAL)),
        (np.zeros((3, 2, 2)), affine(REAL)),
        ((np.zeros((3, 2, 2)), np.zeros((3, 3))), affine(REAL)),
        ((np.zeros((3, 2, 2)), np.zeros((4, 2))), affine(REAL)),
        (np.array([[0, 2]]), MAPS),
        (np.array([[0, -1]]), MAPS),
    ],
)
def test_bad_elements_are_named(elements: Any, monoid: Monoid) -> None:
    with pytest.raises(ValueError, match="elements: wanted"):
        prefix_products(elements, monoid)


@pytest.mark.parametrize("codes", [[0, 3], [-1, 0]])
def test_codes_outside_the_table_are_refused(codes: list[int]) -> None:
    with pytest.raises(ValueError, match="codes: wanted 0 to 2"):
        prefix_products(np.ones((3, 2)), diagonal(REAL), codes=np.array(codes))


def test_numbers_of_another_kind_are_refused() -> None:
    """Integers would wrap or round; they do neither."""
    steps = np.full((70, 1, 1), 2)
    assert prefix_products(steps, matrices(INTEGER), reduce=True)[0, 0] == 2**70
    assert prefix_products(steps, matrices(REAL), reduce=True)[0, 0] == 2.0**70
    wide = np.full((1, 1, 1), 2**53 + 1)
    with pytest.raises(ValueError, match="integers that float64 holds"):
        prefix_products(wide, matrices(REAL))
    with pytest.raises(TypeError, match="wanted boolean numbers, got dtype int64"):
        prefix_products(steps, matrices(BOOLEAN))
    with pytest.raises(ValueError, match="wanted 0 to 6"):
        prefix_products(steps + 5, matrices(integers_mod(7)))


@pytest.mark.parametrize(
    ("out", "error"),
    [
        (np.empty((4, 2, 2)), "out: wanted .* float64, got"),
        (np.empty((5, 2, 2), np.float32), "out: wanted"),
        ((np.empty((5, 2, 2)),) * 2, "wanted 1 arrays, got 2"),
        (np.broadcast_to(1.0, (5, 2, 2)), "that can be written"),
    ],
)
def test_results_that_do_not_fit_are_refused(out: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        prefix_products(np.ones((5, 2, 2)), matrices(REAL), out=out)


def test_a_pool_gives_memory_again_but_never_twice() -> None:
    pool, shape = Pool(), (100, 3)
    first, second = pool.take(shape, float), pool.take(shape, float)
    assert not np.may_share_memory(first, second)
    place, view = first.ctypes.data, first[3:]
    del first
    assert not np.may_share_memory(view, pool.take(shape, float))
    del view
    assert pool.take((50, 2), np.float32).ctypes.data == place
    with pytest.raises(TypeError, match="plain numbers"):
        pool.take(shape, object)


@pytest.mark.parametrize("skip", [0, 1])
def test_results_start_at_a_cache_line(skip: int) -> None:
    for _ in range(5):
        assert aligned((7, 3), np.float32, skip=skip)[skip:].ctypes.data % 64 == 0


def test_codes_are_integers() -> None:
    with pytest.raises(TypeError, match="codes: wanted integers"):
        prefix_products(np.ones((3, 2)), diagonal(REAL), codes=np.array([0.0]))


@given(data=st.data())
def test_rational_products_are_exact(data: st.DataObject) -> None:
    steps = data.draw(arrays(RATIONAL, (7, 2, 2)))
    product = prefix_products(steps, matrices(RATIONAL), reduce=True)
    expected = steps[0]
    for step in steps[1:]:
        expected = expected @ step
    assert np.array_equal(product, expected)
