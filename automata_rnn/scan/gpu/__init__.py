"""Scans on a GPU, by CUDA kernels that CuPy compiles at first use.

Importing this package does not import CuPy. `available` says whether there is a device
that works; `scan_on_gpu` computes what `automata_rnn.scan.prefix_products` defines. The
modules, from the inside out:

    kernels/*.cu  what one element does to one row, and rows that walk along chains
    programs      which kernel for which elements, and how large its blocks are
    source        its text
    families      the kernels for a monoid
    walk          one launch
    schedule      the order of launches: totals, carries, results
    memory        the same in pieces where memory is short
    launch        arrays of users in and out
    device        CuPy
"""

from functools import lru_cache

import numpy as np

from automata_rnn.scan.gpu.launch import prefix_on
from automata_rnn.scan.gpu.walk import Device
from automata_rnn.scan.monoid import Element
from automata_rnn.scan.task import Task
from automata_rnn.semiring import Array


def scan_on_gpu(task: Task) -> Element | None:
    """The results of a task whose arrays are CuPy's; None where there is no kernel."""
    if not available()[0] or task.offsets is not None or task.size == 0:
        return None
    from automata_rnn.scan.gpu.device import CupyDevice  # imports CuPy

    return scan_on(CupyDevice(), task)


def scan_on(device: Device, task: Task) -> Element | None:
    """The same on any device. States without kernels come from products."""
    result = _run(device, task, task.initial)
    if result is not None or task.initial is None:
        return result
    products = _run(device, task, None)
    if products is None:
        return None
    state, rank = task.initial, task.monoid.state_rank
    if not task.reduce and state.ndim > rank:
        state = np.expand_dims(state, state.ndim - rank)
    return (task.monoid.act(state, products),)


def _run(device: Device, task: Task, initial: Array | None) -> Element | None:
    result = prefix_on(
        device,
        task.parts,
        task.monoid,
        codes=task.codes,
        initial=initial,
        lengths=task.lengths,
        reduce=task.reduce,
    )
    return result if result is None or isinstance(result, tuple) else (result,)


@lru_cache(maxsize=1)
def available() -> tuple[bool, str]:
    """Whether kernels can be compiled and run here; the device's name, or why not.

    A device without the libraries that compile for it is no use, so this compiles a
    kernel and runs it; some hosts take seconds for the first.
    """
    try:
        import cupy
    except ImportError as error:
        return False, f"CuPy is not installed: {error}"
    if not cupy.cuda.is_available():
        return False, "there is no CUDA device, or no driver for it"
    try:
        total = int((cupy.arange(4) + 1).sum())
        name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    except (
        RuntimeError,
        ImportError,
        OSError,
        cupy.cuda.compiler.CompileException,
    ) as e:
        return False, f"the device does not work: {type(e).__name__}: {e}"
    if total != 10:
        return False, f"{name} computed 1 + 2 + 3 + 4 = {total}"
    return True, str(name)
