"""The device of a schedule that CuPy drives. Importing this module imports CuPy."""

from functools import lru_cache
from typing import Any

import cupy
import numpy as np

from automata_rnn.scan.gpu.programs import Program
from automata_rnn.scan.gpu.source import ENTRY, source
from automata_rnn.semiring import Array

NULL = np.uint64(0)


@lru_cache(maxsize=1024)
def compiled(program: Program) -> Any:
    """The kernel; a second or two to compile, unless CuPy kept it on disk."""
    module = cupy.RawModule(code=source(program), options=("-std=c++17",))
    return module.get_function(ENTRY)


class CupyDevice:
    """The current CUDA device, for one scan: `fault` collects what kernels met."""

    def __init__(self) -> None:
        self._fault = cupy.zeros(1, np.int32)

    def empty(self, shape: tuple[int, ...], dtype: Any) -> Array:
        return cupy.empty(shape, dtype)

    def contiguous(self, array: Any, dtype: Any) -> Array:
        return cupy.ascontiguousarray(cupy.asarray(array), dtype)

    def to_host(self, array: Any) -> Array:
        return cupy.asnumpy(array)

    def free(self) -> None:
        """Give memory that CuPy keeps for later back to the device."""
        cupy.get_default_memory_pool().free_all_blocks()

    def fault(self) -> int:
        """Bits of `Fault` in common.cu. Waits for the kernels."""
        return int(self._fault[0])

    def launch(
        self,
        program: Program,
        blocks: tuple[int, int],
        shared: int,
        arguments: list[Array | int | None],
    ) -> None:
        values = (*(_argument(a) for a in arguments), self._fault)
        compiled(program)(blocks, (program.threads,), values, shared_mem=shared)


def _argument(value: Array | int | None) -> Any:
    if value is None:
        return NULL
    return np.int64(value) if isinstance(value, int) else value
