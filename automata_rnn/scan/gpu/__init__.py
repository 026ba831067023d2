"""Scans on a GPU, by CUDA kernels that CuPy compiles at first use.

Importing this package does not import CuPy. `available` says whether there is a device
that works; `automata_rnn.scan.gpu.launch.prefix_cupy` computes what
`automata_rnn.scan.prefix_products` defines. The modules, from the inside out:

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
