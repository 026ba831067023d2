"""The kernels for elements, by kind of monoid, semiring, dtype and size.

This is the one place where they are chosen. A kernel is taken where it computes in the
very dtype of the elements; what has none is left to the generic scan.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from automata_rnn.scan.cpu import dense, modular, rows, structured
from automata_rnn.scan.cpu.boolean_rows import prefix_boolean
from automata_rnn.scan.cpu.finite_rows import binary_field, prefix_finite
from automata_rnn.scan.exact import exact_product
from automata_rnn.scan.monoid import Element
from automata_rnn.scan.task import Task
from automata_rnn.semiring import COMPLEX, REAL, Array

FLOATS = ("float32", "float64")
NUMBERS = (*FLOATS, "complex64", "complex128")
EXACT = ("rational", "integer")


def scan_elements(task: Task) -> Element | None:
    """The results for elements without codes and offsets; None without a kernel.

    Where results are written to `task.out`, they are those arrays.
    """
    numbers = task.parts[task.monoid.indexed :]
    if task.initial is not None and task.monoid.state_rank:
        numbers = (*numbers, task.initial)
    mixed = len(numbers) > 1 and len({part.dtype for part in numbers}) > 1
    if mixed and _semiring(task) not in EXACT:
        return None
    rule = RULES.get(task.monoid.kind)
    result = None if rule is None else rule(task)
    return result if result is None or isinstance(result, tuple) else (result,)


def _matrices(task: Task) -> Array | None:
    (matrices,) = task.parts
    name, dtype = _semiring(task), matrices.dtype
    if task.initial is None and dense.has_kernel(name, dtype, task.n):
        out = task.out[0] if task.out and task.out[0].flags.carray else None
        return dense.prefix_dense(
            matrices, name, reduce=task.reduce, out=out, threads=task.threads
        )
    if _modulus(task) and task.initial is None:
        return modular.prefix_modular(
            matrices, _modulus(task), reduce=task.reduce, threads=task.threads
        )
    if name == "boolean":
        return prefix_boolean(
            matrices,
            state_rank=task.monoid.state_rank,
            initial=task.initial,
            reduce=task.reduce,
            threads=task.threads,
        )
    if task.reduce and name in EXACT:
        return _exact(task)
    return _rows(task)


def _rows(task: Task) -> Element | Array | None:
    """Rows times matrices, one after the other, with or without a bias."""
    name, dtype = _semiring(task), task.parts[0].dtype
    options: dict[str, Any] = {
        "state_rank": task.monoid.state_rank,
        "initial": task.initial,
        "reduce": task.reduce,
        "threads": task.threads,
    }
    if name in rows.SEMIRINGS and dtype.name in FLOATS:
        return rows.prefix_rows(name, *task.parts, **options)
    if name == "complex" and dtype.name in NUMBERS:
        return rows.prefix_rows("real", *task.parts, **options)
    semiring = task.monoid.semiring
    finite = semiring is not None and (semiring.modulus or binary_field(semiring))
    if finite and semiring is not None and dtype == np.int64:
        return prefix_finite(semiring, *task.parts, **options)
    return None


def _exact(task: Task) -> Array | None:
    """Products of matrices of long numbers by a balanced tree."""
    (matrices,) = task.parts
    n = task.n
    flat = matrices.reshape(-1, *matrices.shape[-3:])
    products = np.empty((len(flat), n, n), object)
    for i, sequence in enumerate(flat):
        products[i] = exact_product(sequence, threads=task.threads)
    products = products.reshape(*matrices.shape[:-3], n, n)
    if task.initial is None:
        return products
    state = task.initial
    state = state.astype(object) if state.dtype != object else state
    return task.monoid.act(state, (products,))


def _diagonal(task: Task) -> Element | Array | None:
    if task.monoid.semiring not in (REAL, COMPLEX) or not _floats(task):
        return None
    return structured.prefix_diagonal(
        *task.parts, initial=task.initial, reduce=task.reduce, threads=task.threads
    )


def _one_hot(task: Task) -> Element | Array | None:
    known = task.monoid.semiring in (REAL, COMPLEX) and _floats(task)
    if not known and not _modulus(task):
        return None
    return structured.prefix_one_hot(
        *task.parts,
        modulus=_modulus(task) or None,
        initial=task.initial,
        reduce=task.reduce,
        threads=task.threads,
    )


def _maps(task: Task) -> Array:
    return structured.prefix_maps(
        task.parts[0], initial=task.initial, reduce=task.reduce, threads=task.threads
    )


def _floats(task: Task) -> bool:
    return task.parts[-1].dtype.name in NUMBERS


def _semiring(task: Task) -> str:
    return "" if task.monoid.semiring is None else task.monoid.semiring.name


def _modulus(task: Task) -> int:
    """m where elements are int64 modulo m, else 0."""
    semiring = task.monoid.semiring
    known = semiring is not None and task.parts[-1].dtype == np.int64
    return semiring.modulus if known and semiring is not None else 0


RULES: dict[str, Callable[[Task], Element | Array | None]] = {
    "matrices": _matrices,
    "affine maps": _rows,
    "diagonal maps": _diagonal,
    "diagonal affine maps": _diagonal,
    "one-hot times diagonal maps": _one_hot,
    "one-hot times diagonal affine maps": _one_hot,
    "maps of a finite set": _maps,
}
