"""Which vector instructions the kernels may use, decided when they run.

Kernels are written for 64-byte vectors (AVX-512), 32-byte vectors (AVX2 with fused
multiply-add) or, on every other processor, as plain loops. The environment variable
AUTOMATA_RNN_SIMD = avx512 | avx2 | none lowers the choice, never raises it: so every
path runs, and is tested, on a machine that has the widest vectors. It is read once:
to read it in each call would take longer than all other checks of a short one.
"""

import os
from functools import lru_cache

import llvmlite.binding as llvm  # type: ignore[import-untyped]

VARIABLE = "AUTOMATA_RNN_SIMD"
WIDTHS = {"avx512": 64, "avx2": 32, "none": 0}
NEEDED = {
    64: {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx2", "fma"},
    32: {"avx2", "fma"},
}


@lru_cache(maxsize=8)
def vector_width(simd: str | None = None) -> int:
    """Bytes of the widest vector that kernels may use: 64, 32, or 0 for plain loops.

    Args:
        simd: "avx512", "avx2" or "none"; by default the environment's choice, and
            without one all that the processor has.

    Raises:
        ValueError: another name, in `simd` or in the environment.
    """
    wanted = os.environ.get(VARIABLE) if simd is None else simd
    if not wanted:
        return _native_width()
    if wanted not in WIDTHS:
        raise ValueError(f"{VARIABLE}: wanted one of {list(WIDTHS)}, got {wanted!r}")
    return min(WIDTHS[wanted], _native_width())


@lru_cache(maxsize=1)
def _native_width() -> int:
    features = _features()
    return max((w for w, needed in NEEDED.items() if needed <= features), default=0)


def _features() -> set[str]:
    """What numba compiles for: this processor, unless it is told of another."""
    listed = os.environ.get("NUMBA_CPU_FEATURES", "")
    if listed or os.environ.get("NUMBA_CPU_NAME"):
        return {name[1:] for name in listed.split(",") if name.startswith("+")}
    try:
        return {name for name, has in llvm.get_host_cpu_features().items() if has}
    except RuntimeError:  # LLVM does not know this kind of processor
        return set()
