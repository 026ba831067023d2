"""A device of `automata_rnn.scan.gpu.schedule` that emulates CUDA on the CPU.

Programs are compiled by g++ after `kernels/emulate.h` and called through ctypes.
"""

import ctypes
import hashlib
import shutil
import subprocess
from importlib.resources import files

import numpy as np

from automata_rnn.scan.gpu import source

COMPILER = shutil.which("g++")
FLAGS = ("-std=c++20", "-O0", "-fPIC", "-pthread", "-Wno-unknown-pragmas")
HEADER = files("automata_rnn.scan") / "kernels" / "emulate.h"


def bundle(programs, prefix):
    """One source with many programs, each in its namespace and under its own name."""
    texts = []
    for number, program in enumerate(programs):
        entry = f"{prefix}{number}"
        text = source.source(program, entry)
        names = ["ENTRY", *source.macros(program)]
        ends = "".join(f"#undef {name}\n" for name in names)
        texts.append(f"namespace in_{entry} {{\n{text}\n}}\n{ends}")
    return "\n".join(texts)


def compile_with(*arguments):
    subprocess.run([COMPILER, *FLAGS, *arguments], check=True)


class EmulatedDevice:
    """NumPy arrays, new ones full of rubbish, and kernels that run on OS threads.

    `capacity` bounds the bytes of one array: beyond it `empty` raises MemoryError.
    """

    def __init__(self, folder, capacity=None):
        self.folder, self.capacity = folder, capacity
        self.entries = {}
        self.launches = 0
        self._fault = np.zeros(1, np.int32)

    def build(self, programs):
        """Compile those programs that are not yet."""
        programs = [p for p in dict.fromkeys(programs) if p not in self.entries]
        if not programs:
            return
        header = self.folder / HEADER.name
        if not header.exists():  # compiled once, for all bundles
            shutil.copy(str(HEADER), header)
            compile_with("-x", "c++-header", str(header))
        text = f'#include "{HEADER.name}"\n' + bundle(programs, "p")
        name = hashlib.sha256(text.encode()).hexdigest()[:16]
        path, library = self.folder / f"{name}.cpp", self.folder / f"{name}.so"
        path.write_text(text, encoding="utf-8")
        compile_with("-shared", str(path), "-o", str(library))
        loaded = ctypes.CDLL(str(library))
        for number, program in enumerate(programs):
            function = getattr(loaded, f"p{number}")
            function.restype = ctypes.c_bool
            self.entries[program] = function

    def contiguous(self, array, dtype):
        if np.asarray(array).size and not self.fits(np.shape(array), dtype):
            raise MemoryError
        return np.ascontiguousarray(array, dtype)

    def to_host(self, array):
        return np.asarray(array)

    def free(self):
        pass

    def fault(self):
        """The bits since the last call."""
        bits, self._fault[0] = int(self._fault[0]), 0
        return bits

    def fits(self, shape, dtype):
        size = np.prod(shape) * np.dtype(dtype).itemsize
        return self.capacity is None or size <= self.capacity

    def empty(self, shape, dtype):
        if not self.fits(shape, dtype):
            raise MemoryError(f"{shape} {dtype}")
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        return np.full(size, 0xA5, np.uint8).view(dtype).reshape(shape)

    def launch(self, program, blocks, shared, arguments):
        self.build([program])
        values = [
            ctypes.c_longlong(blocks[0]),
            ctypes.c_longlong(blocks[1]),
            ctypes.c_int(program.threads),
            ctypes.c_size_t(shared),
            *(_argument(a) for a in (*arguments, self._fault)),
        ]
        assert self.entries[program](*values), "wrote behind its shared memory"
        self.launches += 1


def _argument(value):
    if value is None:
        return ctypes.c_void_p(None)
    if isinstance(value, int):
        return ctypes.c_longlong(value)
    assert value.flags.c_contiguous
    return ctypes.c_void_p(value.ctypes.data)
