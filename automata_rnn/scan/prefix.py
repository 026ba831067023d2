"""`prefix_products`: the one door to every scan."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from automata_rnn.scan import generic
from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.scan.numbers import check_residues
from automata_rnn.scan.ragged import pad_with_identity
from automata_rnn.scan.task import Task, check_task
from automata_rnn.scan.validate import check_range, on_device
from automata_rnn.semiring import Array

Method: TypeAlias = Literal["auto", "sequential", "blelloch"]
METHODS = ("auto", "sequential", "blelloch")
SMALL = 1 << 10
"""Numbers in elements so few that importing the kernels would take longer."""


def prefix_products(
    elements: Element | Array,
    monoid: Monoid,
    *,
    codes: Any = None,
    initial: Any = None,
    lengths: Any = None,
    offsets: Any = None,
    reduce: bool = False,
    out: Any = None,
    threads: int | None = None,
    method: Method = "auto",
) -> Any:
    """All prefix products x₁⋯x_t of a sequence, or what they do to a start state.

    Args:
        elements: components of shape (*batch, T, *element); with `codes`, a table of
            shape (num_codes, *element). A monoid with one component takes and returns
            the bare array, others a tuple of arrays.
        monoid: how elements multiply, see `automata_rnn.scan`.
        codes: integers (*batch, T) that index the table; fastest as uint8, uint16 or
            uint32. Nothing of the size of all elements is made of them.
        initial: a state, or one for each sequence; then the result is the states
            initial·x₁⋯x_t, not products.
        lengths: (*batch,) of sequences padded to T: prefixes stay at the last product
            from there on.
        offsets: (B + 1,), for B sequences packed one after the other on the only
            axis: sequence i is offsets[i]:offsets[i+1].
        reduce: only the last product (or state) of each sequence, without a time axis.
        out: arrays like the result, to write to, also `elements` itself. Fastest where
            memory is in use already and starts at a multiple of 64 bytes; see
            `automata_rnn.scan.Pool`.
        threads: at most so many on the processor; by default one for each core.
        method: "sequential", which is the definition; "blelloch", log-depth on any
            array library; "auto", the fastest kernel there is for the monoid, the
            dtype and the device, or else one of these. All are equal for exact
            numbers; rounded ones part by what the kernels' modules state, at most
            2 T (n + 1) ε |x₁|⋯|x_t| for real matrices.

    Returns:
        Products (*batch, T, *element) or states (*batch, T, *state); with `reduce`
        (*batch, ...), or (B, ...) for packed sequences. Empty sequences give the
        identity, or `initial`. If any argument is a CuPy array, the result is one.
        Products have the dtype of the elements, states that of elements and `initial`
        together, in the machine's byte order; integers and rationals
        without a modulus are Python objects.

    Raises:
        ValueError: shapes that do not fit, codes outside the table, bad lengths or
            offsets, fewer than one thread, an unknown method; TypeError: codes that
            are not integers, elements that are not arrays of the semiring's numbers.

    >>> import numpy as np
    >>> from automata_rnn.scan import matrices, prefix_products
    >>> from automata_rnn.semiring import MAX_PLUS
    >>> steps = np.array([[[1.0, 0.0], [0.0, 2.0]]] * 3)
    >>> prefix_products(steps, matrices(MAX_PLUS), reduce=True)
    array([[3., 4.],
           [4., 6.]])
    """
    if method not in METHODS:
        raise ValueError(f"method: wanted one of {list(METHODS)}, got {method!r}")
    if method == "auto" and codes is initial is lengths is offsets is None:
        usual = _usual(elements, monoid, reduce, out, threads)
        if usual is not None:
            return usual
    bare = not isinstance(elements, tuple)
    task = check_task(
        elements if isinstance(elements, tuple) else (elements,),
        monoid,
        codes=codes,
        initial=initial,
        lengths=lengths,
        offsets=offsets,
        reduce=reduce,
        out=out,
        threads=threads,
    )
    results = _by_kernel(task) if method == "auto" else None
    if results is None:
        results = _by_definition(task, method)
    if task.out is not None:
        results = _written(results, task.out)
    return results[0] if bare or initial is not None else results


def _usual(
    elements: Any, monoid: Monoid, reduce: bool, out: Any, threads: int | None
) -> Array | None:
    """One array of floats, without anything special: a short way, since the checks
    of all other calls can take a tenth of a scan. None sends a call there."""
    if type(elements) is not np.ndarray or elements.size <= SMALL:
        return None
    if type(monoid) is not Monoid or monoid.kind != "matrices":
        return None
    return _dense()(elements, monoid, reduce=reduce, out=out, threads=threads)


@lru_cache(maxsize=1)
def _dense() -> Callable[..., Array | None]:
    from automata_rnn.scan.cpu.dense import prefix_if_usual

    return prefix_if_usual


def _by_kernel(task: Task) -> Element | None:
    """By kernels of the device where the elements are; None if there are none."""
    if on_device(task.parts[0]):
        from automata_rnn.scan.gpu import scan_on_gpu  # imports CuPy

        return scan_on_gpu(task)
    if task.size <= SMALL:
        return None
    return _kernels()(task)


@lru_cache(maxsize=1)
def _kernels() -> Callable[[Task], Element | None]:
    from automata_rnn.scan.cpu.by_codes import scan  # imports numba: half a second

    return scan


def _by_definition(task: Task, method: Method) -> Element:
    """From the monoid's `combine` and `act`, on any array library."""
    parts, monoid = task.parts, task.monoid
    if monoid.semiring is not None:
        numbers = (check_residues(x, monoid.semiring) for x in parts[monoid.indexed :])
        parts = (*parts[: monoid.indexed], *numbers)
    if task.codes is not None:
        check_range(task.codes, len(parts[0]))
        parts = tuple(part[task.codes] for part in parts)
    if task.lengths is not None:
        parts = pad_with_identity(parts, monoid, task.lengths)
    if method == "auto":  # products of numbers that grow are best by one row at a time
        grows = parts[-1].dtype == object and not task.reduce
        method = "sequential" if grows else "blelloch"
    return generic.scan(
        parts,
        monoid,
        initial=task.initial,
        offsets=task.offsets,
        reduce=task.reduce,
        method=method,
    )


def _written(results: Element, out: Element) -> Element:
    """The results in `out`, where kernels may have written them already."""
    for result, target in zip(results, out, strict=True):
        if result is not target:
            target[...] = result
    return out
