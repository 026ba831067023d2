"""Kernels that read words of codes and look elements up themselves.

They do several letters at a time where they can, one word after the other.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.scan.cpu.boolean_rows import BITS, prefix_boolean
from automata_rnn.scan.cpu.choose import EXACT, FLOATS
from automata_rnn.scan.cpu.maps import dfa_final, dfa_map
from automata_rnn.scan.cpu.maps_states import dfa_states
from automata_rnn.scan.cpu.words import symbol_product, symbol_states
from automata_rnn.scan.exact import exact_product
from automata_rnn.scan.task import Task
from automata_rnn.scan.validate import check_range
from automata_rnn.semiring import Array

SMALL_MATRIX = 16
"""Up to this size products of words are faster than states letter by letter."""


def by_words(task: Task) -> Array | None:
    """By kernels that read codes, one word after the other; None if there is none."""
    word = _word_kernel(task)
    if word is None:
        return None
    batch, length = task.shape[:-1], task.shape[-1]
    words = task.codes.reshape(-1, length)
    if not batch:
        return word(words[0], task.initial, _separate(task))
    starts: list[Any] = [task.initial] * len(words)
    rank = task.monoid.state_rank
    if task.initial is not None and task.initial.ndim > rank:
        core = task.initial.shape[task.initial.ndim - rank :]
        starts = list(task.initial.reshape(-1, *core))
    results = [word(w, start, None) for w, start in zip(words, starts, strict=True)]
    return np.array(results).reshape(*batch, *results[0].shape)


def _separate(task: Task) -> Array | None:
    """`task.out` unless it shares memory with what is read while it is written."""
    if not task.out:
        return None
    read = [x for x in (*task.parts, task.codes, task.initial) if x is not None]
    shared = any(np.may_share_memory(x, task.out[0]) for x in read)
    return None if shared else task.out[0]


Word: TypeAlias = Callable[[Array, Any, Array | None], Array]
"""(codes (T,), start state or None, out or None) ↦ result."""


def _word_kernel(task: Task) -> Word | None:
    kind, semiring, table = task.monoid.kind, task.monoid.semiring, task.parts[0]
    states, name = task.initial is not None, semiring.name if semiring else ""
    zero_bias = kind == "affine maps" and states and not task.parts[1].any()
    if kind == "maps of a finite set":
        whole = task.initial is None and not task.reduce  # elements themselves
        return None if whole else _of_maps(task)
    if kind != "matrices" and not zero_bias:
        return None
    if name == "real" and table.dtype.name in FLOATS and task.monoid.state_rank == 1:
        return _of_reals(task)
    if name == "boolean" and (states or task.n > BITS) and kind == "matrices":
        return _of_sets(task)
    if name in EXACT and task.reduce and kind == "matrices":
        return _of_rationals(task)
    return None


def _of_maps(task: Task) -> Word:
    (successors,) = task.parts
    dtype = successors.dtype

    def run(codes: Array, initial: Any, out: Array | None) -> Array:
        if initial is None:
            product = dfa_map(codes, successors, threads=task.threads)
            return product.astype(dtype, copy=False)
        start = int(initial)
        if task.reduce:
            last = dfa_final(codes, successors, start, threads=task.threads)
            return np.array(last, dtype)
        direct = out is not None and dtype == np.min_scalar_type(task.n - 1)
        where = out if direct else None
        states = dfa_states(codes, successors, start, out=where, threads=task.threads)
        return states.astype(dtype, copy=False)

    return run


def _of_reals(task: Task) -> Word | None:
    table, threads = task.parts[0], task.threads
    if task.initial is not None and task.initial.dtype != table.dtype:
        return None
    if task.reduce:
        if task.n > SMALL_MATRIX:
            return None

        def last(codes: Array, initial: Any, _: Array | None) -> Array:
            product = symbol_product(codes, table, threads=threads)
            if initial is None:
                return product
            if np.isfinite(product).all():
                return initial @ product
            return symbol_states(codes, table, initial, threads=threads)[-1].copy()

        return last
    if task.initial is None:
        return None
    return lambda codes, initial, out: symbol_states(
        codes, table, initial, out=out, threads=threads
    )


def _of_sets(task: Task) -> Word:
    def run(codes: Array, initial: Any, _: Array | None) -> Array:
        check_range(codes, len(task.parts[0]))
        return prefix_boolean(
            task.parts[0],
            codes=codes,
            state_rank=task.monoid.state_rank,
            initial=initial,
            reduce=task.reduce,
            threads=task.threads,
        )

    return run


def _of_rationals(task: Task) -> Word:
    def run(codes: Array, initial: Any, _: Array | None) -> Array:
        product = exact_product(task.parts[0], codes=codes, threads=task.threads)
        return product if initial is None else task.monoid.act(initial, (product,))

    return run
