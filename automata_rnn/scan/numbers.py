"""Numbers that users hand to a scan, in dtypes in which nothing wraps or is lost."""

import numpy as np

from automata_rnn.semiring import Array, Semiring


def native(array: Array) -> Array:
    """The same in the machine's byte order, which kernels read."""
    if array.dtype.isnative:
        return array
    return array.astype(array.dtype.newbyteorder("="))


def check_numbers(part: Array, semiring: Semiring, field: str = "elements") -> Array:
    """Numbers in a dtype in which the semiring's operations neither wrap nor leave it.

    Integers become float64 in real, complex and tropical semirings, and in finite ones
    int64, or Python ints where products would not fit; exact ones take any integers.
    """
    part = native(part)
    kind, name = part.dtype.kind, semiring.name
    if kind == "O":
        part = _python_numbers(part, semiring, field)
    if semiring.field == "Q":
        known = kind in "iuO"
    elif name == "boolean":
        known = kind == "b"
    elif isinstance(semiring.zero, int):
        known = kind in "iuO"
        part = _to_integers(part, semiring, field) if kind in "iu" else part
    else:
        known = kind in "iuf" or (kind == "c" and name == "complex")
        part = _to_floats(part, field) if kind in "iu" else part
    if not known:
        raise TypeError(f"{field}: wanted {name} numbers, got dtype {part.dtype}")
    return part


def _to_floats(part: Array, field: str) -> Array:
    floats = part.astype(np.float64)
    with np.errstate(invalid="ignore"):  # floats that no integer of this dtype equals
        same = floats.astype(part.dtype) == part
    if not bool(np.all(same & (floats < 2.0**64))):
        raise ValueError(f"{field}: wanted integers that float64 holds; use INTEGER")
    return floats


def _python_numbers(part: Array, semiring: Semiring, field: str) -> Array:
    """Objects that never wrap and never round: no integers and no floats of NumPy."""
    kinds = set(map(type, part.flat))
    for kind in kinds:
        if issubclass(kind, float | complex | np.inexact):
            got = kind.__name__
            raise TypeError(f"{field}: wanted {semiring.name} numbers, got {got}")
    if not any(issubclass(kind, np.integer) for kind in kinds):
        return part
    numbers = np.empty_like(part)
    numbers.flat = [int(x) if isinstance(x, np.integer) else x for x in part.flat]
    return numbers


def _to_integers(part: Array, semiring: Semiring, field: str) -> Array:
    kind = np.int64 if semiring.modulus else semiring.array([semiring.zero]).dtype
    if kind == np.dtype(object):
        return part.astype(object)
    if part.dtype == np.uint64 and part.size and int(part.max()) >= 2**63:
        raise ValueError(
            f"{field}: wanted elements of {semiring.name}, got {int(part.max())}"
        )
    return part.astype(np.int64, copy=False)


def check_residues(part: Array, semiring: Semiring, field: str = "elements") -> Array:
    """Exact numbers in a dtype that never wraps, and those of finite rings in range."""
    order = semiring.modulus or semiring.field
    q = order if isinstance(order, int) else 0
    if q and part.size and not (0 <= int(part.min()) and int(part.max()) < q):
        raise ValueError(
            f"{field}: wanted 0 to {q - 1}, the elements of {semiring.name}, "
            f"got {int(part.min())} to {int(part.max())}"
        )
    wraps = semiring.field == "Q" and part.dtype != object
    return part.astype(object) if wraps else part
