"""Plain numba: the loop that everybody writes, compiled, one step after the other."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from benchmarks.case import Run


@lru_cache(maxsize=32)
def _products(n: int, tropical: bool, keep: bool) -> Callable[..., Any]:
    """A kernel for n × n matrices; loops over a constant n are unrolled."""
    import numba

    @numba.njit(nogil=True)
    def walk(elements: Any, out: Any) -> None:
        state = np.empty((n, n), elements.dtype)
        product = np.empty((n, n), elements.dtype)
        state[:] = elements[0]
        if keep:
            out[0] = state
        for t in range(1, len(elements)):
            for i in range(n):
                for j in range(n):
                    product[i, j] = -np.inf if tropical else 0
                for k in range(n):
                    x = state[i, k]
                    for j in range(n):
                        if tropical:
                            y = x + elements[t, k, j]
                            product[i, j] = max(product[i, j], y)
                        else:
                            product[i, j] += x * elements[t, k, j]
            for i in range(n):
                for j in range(n):
                    state[i, j] = product[i, j]
                    if keep:
                        out[t, i, j] = product[i, j]
        if not keep:
            out[:] = state

    return walk


def prefixes(elements: Any, *, tropical: bool = False) -> Run:
    """All prefixes of (T, n, n) into a given output."""
    out = np.empty_like(elements)
    walk = _products(elements.shape[-1], tropical, True)

    def run() -> Any:
        walk(elements, out)
        return out

    return run


def product(elements: Any) -> Run:
    """The product of (T, n, n)."""
    out = np.empty(elements.shape[1:], elements.dtype)
    walk = _products(elements.shape[-1], False, False)

    def run() -> Any:
        walk(elements, out)
        return out

    return run


@lru_cache(maxsize=32)
def _states(n: int, keep: bool) -> Callable[..., Any]:
    import numba

    @numba.njit(nogil=True)
    def walk(codes: Any, table: Any, initial: Any, out: Any) -> None:
        state, following = initial.copy(), initial.copy()
        for t in range(len(codes)):
            matrix = table[codes[t]]
            for j in range(n):
                following[j] = 0
            for i in range(n):
                for j in range(n):
                    following[j] += state[i] * matrix[i, j]
            for j in range(n):
                state[j] = following[j]
                if keep:
                    out[t, j] = following[j]
        if not keep:
            out[:] = state

    return walk


def states(codes: Any, table: Any, initial: Any) -> Run:
    """All states h_t = h_{t-1} table[codes_t] into a given output."""
    out = np.empty((len(codes), len(initial)), table.dtype)
    walk = _states(len(initial), True)

    def run() -> Any:
        walk(codes, table, initial, out)
        return out

    return run


@lru_cache(maxsize=8)
def _symbols(n: int) -> Callable[..., Any]:
    import numba

    @numba.njit(nogil=True)
    def walk(codes: Any, table: Any, out: Any) -> None:
        state, product = np.eye(n), np.eye(n)
        state = state.astype(table.dtype)
        product = product.astype(table.dtype)
        for t in range(len(codes)):
            matrix = table[codes[t]]
            for i in range(n):
                for j in range(n):
                    product[i, j] = 0
                for k in range(n):
                    for j in range(n):
                        product[i, j] += state[i, k] * matrix[k, j]
            for i in range(n):
                for j in range(n):
                    state[i, j] = product[i, j]
        out[:] = state

    return walk


def symbol_product(codes: Any, table: Any) -> Run:
    """The product of table[codes_t]."""
    out = np.empty(table.shape[1:], table.dtype)
    walk = _symbols(table.shape[-1])

    def run() -> Any:
        walk(codes, table, out)
        return out

    return run


@lru_cache(maxsize=1)
def _dfa() -> tuple[Callable[..., Any], Callable[..., Any]]:
    import numba

    @numba.njit(nogil=True)
    def final(codes: Any, successors: Any, state: int) -> Any:
        for code in codes:
            state = successors[code, state]
        return state

    @numba.njit(nogil=True)
    def every(codes: Any, successors: Any, state: int, out: Any) -> None:
        for t in range(len(codes)):
            state = successors[codes[t], state]
            out[t] = state

    return final, every


def dfa_final(codes: Any, successors: Any, initial: int) -> Run:
    final = _dfa()[0]
    return lambda: final(codes, successors, initial)


def dfa_states(codes: Any, successors: Any, initial: int) -> Run:
    every = _dfa()[1]
    out = np.empty(len(codes), successors.dtype)

    def run() -> Any:
        every(codes, successors, initial, out)
        return out

    return run


@lru_cache(maxsize=1)
def _rows() -> Callable[..., Any]:
    import numba

    @numba.njit(nogil=True)
    def walk(packed: Any, out: Any) -> None:
        n = packed.shape[1]
        out[0] = packed[0]
        for t in range(1, len(packed)):
            for i in range(n):
                row, left = np.uint64(0), out[t - 1, i]
                for j in range(n):
                    bit = (left >> np.uint64(j)) & np.uint64(1)
                    row |= packed[t, j] & (np.uint64(0) - bit)
                out[t, i] = row

    return walk


def boolean(packed: Any) -> Run:
    """All prefixes of packed Boolean matrices (T, n)."""
    out, walk = np.empty_like(packed), _rows()

    def run() -> Any:
        walk(packed, out)
        return out

    return run


@lru_cache(maxsize=8)
def _modular(n: int, m: int) -> Callable[..., Any]:
    import numba

    @numba.njit(nogil=True)
    def walk(elements: Any) -> Any:
        state, product = np.eye(n, dtype=np.uint64), np.empty((n, n), np.uint64)
        for t in range(len(elements)):
            for i in range(n):
                for j in range(n):
                    total = np.uint64(0)
                    for k in range(n):
                        term = state[i, k] * np.uint64(elements[t, k, j])
                        total += term % np.uint64(m)
                    product[i, j] = total % np.uint64(m)
            state, product = product, state
        return state

    return walk


def modular(elements: Any, m: int) -> Run:
    """The product modulo m < 2³¹ with one division for each term."""
    walk = _modular(elements.shape[-1], m)
    return lambda: walk(elements)


@lru_cache(maxsize=1)
def _one_hot() -> Callable[..., Any]:
    import numba

    @numba.njit(nogil=True)
    def walk(index: Any, scale: Any, state: Any, out: Any) -> None:
        for t in range(len(index)):
            out[t] = 0
            for i in range(len(state)):
                out[t, index[t, i]] += state[i] * scale[t, i]
            state[:] = out[t]

    return walk


def one_hot_states(index: Any, scale: Any, initial: Any) -> Run:
    """All states of one-hot times diagonal maps into a given output."""
    out, walk = np.empty(scale.shape, scale.dtype), _one_hot()

    def run() -> Any:
        walk(index, scale, initial.copy(), out)
        return out

    return run
