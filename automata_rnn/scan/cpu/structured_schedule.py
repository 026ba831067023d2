"""Who runs which part of a structured scan.

Several sequences are shared out among threads. A long sequence is cut in time, one
stretch for each of k threads. Where a stretch starts is known from the products of what
lies before it, and all threads share that work, too:

    (k - 1) / k · T / k  steps to multiply up,  T / k  steps to run,

so 2 threads take 3/4 of the time of one, and 4 threads 7/16. Where products take much
longer than states (dense matrices), threads share out the rows of a product instead,
which do not depend on one another. For vectors that is slower than cuts in time, though
nothing is computed twice: threads would share lines and pages of memory.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from automata_rnn.scan.cpu.maps_jobs import Piece, cut, cut_before_last, share
from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.semiring import Array


class Track(NamedTuple):
    """A kernel, the components of an element it reads, and those it carries.

    Attributes:
        kernel: called with components, carries, results, constants and ranges.
        reads, carries: numbers of components; a state is component 0 of its own.
        constants: more arguments.
    """

    kernel: Callable[..., None]
    reads: tuple[int, ...]
    carries: tuple[int, ...]
    constants: tuple[Any, ...] = ()


class Family(NamedTuple):
    """A kind of element.

    Attributes:
        monoid: how stretches become one, and act on states.
        products: one track for each group of components of a product.
        states: the track of states.
        cut_products, cut_states: whether products of stretches take no longer than
            what is asked for. Where not, columns must not depend on one another.
    """

    monoid: Monoid
    products: tuple[Track, ...]
    states: Track
    cut_products: bool = True
    cut_states: bool = True


def scan(
    family: Family,
    elements: Element,
    initial: Array | None,
    reduce: bool,
    threads: int,
) -> Element:
    """Products (B, T, ·) or, from states `initial` (B, ·), states as a 1-tuple; with
    `reduce` only the last ones, (B, ·). Elements are contiguous, (B, T, ·)."""
    tracks = family.products if initial is None else (family.states,)
    cuts = family.cut_products if initial is None else family.cut_states
    sequences, length = elements[0].shape[:2]
    carries = identities(family, elements) if initial is None else (initial.copy(),)
    if cuts and sequences < threads:
        return _in_stretches(family, tracks, elements, carries, reduce, threads)
    results = _room(carries, 0 if reduce else length)
    jobs = []
    for track in tracks:
        columns = carries[track.carries[0]].shape[1]
        share_of = threads if sequences < threads else 1
        for s in cut(0, sequences, min(sequences, 4 * threads)):
            for c in cut(0, columns, min(share_of, columns)):
                jobs.append((track, s, (0, length), c, carries))
    _run(jobs, elements, results, threads)
    return carries if reduce else results


def identities(family: Family, elements: Element) -> Element:
    """One identity for each sequence."""
    units = zip(elements, family.monoid.identity(elements), strict=True)
    return tuple(np.repeat(unit[None], len(x), axis=0) for x, unit in units)


def _in_stretches(
    family: Family,
    tracks: Sequence[Track],
    elements: Element,
    carries: Element,
    reduce: bool,
    threads: int,
) -> Element:
    length = elements[0].shape[1]
    stretches = cut(0, length, threads)
    known = stretches if reduce else cut_before_last(stretches, threads)
    products = _products(family, elements, known, threads)
    states = tracks is not family.products
    if states and not all(np.isfinite(part).all() for p in products for part in p):
        return scan(family, elements, carries[0], reduce, 1)  # 0 · ∞ is no state
    starts = {0: carries}
    for (_, end), product in zip(known, products, strict=True):
        if states:
            carries = (family.monoid.act(carries[0], product),)
        else:
            carries = family.monoid.combine(carries, product)
        starts[end] = carries
    if reduce:
        return carries
    results = _room(carries, length)
    jobs = []
    for stretch in stretches:
        here = tuple(np.array(c, order="C") for c in starts[stretch[0]])
        jobs += [_whole(track, stretch, here) for track in tracks]
    _run(jobs, elements, results, threads)
    return results


def _products(
    family: Family, elements: Element, pieces: Sequence[Piece], threads: int
) -> list[Element]:
    carries = [identities(family, elements) for _ in pieces]
    jobs = [
        _whole(track, piece, carry)
        for piece, carry in zip(pieces, carries, strict=True)
        for track in family.products
    ]
    nowhere = _room(carries[0], 0) if carries else ()
    _run(jobs, elements, nowhere, threads)
    return carries


Job = tuple[Track, Piece, Piece, Piece, Element]


def _whole(track: Track, times: Piece, carries: Element) -> Job:
    """All sequences and columns in a stretch of time."""
    carry = carries[track.carries[0]]
    return track, (0, len(carry)), times, (0, carry.shape[1]), carries


def _room(carries: Element, length: int) -> Element:
    shapes = ((len(c), length, *c.shape[1:]) for c in carries)
    return tuple(
        np.empty(shape, c.dtype) for shape, c in zip(shapes, carries, strict=True)
    )


def _run(jobs: list[Job], elements: Element, results: Element, threads: int) -> None:
    def work(
        track: Track, sequences: Piece, times: Piece, columns: Piece, carries: Element
    ) -> None:
        reads = (elements[i] for i in track.reads)
        here = (carries[i] for i in track.carries)
        there = (results[i] for i in track.carries)
        ranges = (sequences, times, columns)
        track.kernel(*reads, *here, *there, *track.constants, *ranges)

    share(work, jobs, threads)
