"""The kernels for a monoid, by the names of its kind and its semiring."""

from automata_rnn.scan.gpu.programs import (
    ALGEBRAS,
    C_TYPES,
    LARGEST_LOG_ROW,
    LARGEST_ROW,
    Action,
    Family,
    fits,
)
from automata_rnn.scan.monoid import MAPS, Element, Monoid
from automata_rnn.semiring import Array, Semiring

KINDS = (
    "matrices",
    "affine maps",
    "diagonal maps",
    "diagonal affine maps",
    "one-hot times diagonal maps",
)


def family_for(monoid: Monoid, parts: Element, state_rows: int = 1) -> Family | None:
    """The kernels for elements with these trailing axes and dtypes, if there are any.

    There are none for one-hot times diagonal maps with a bias, whose products scatter,
    nor for moduli above 2³¹, object arrays, and sizes beyond shared memory.
    """
    family = _family(monoid, parts, state_rows)
    return family if family is not None and fits(family) else None


def bits_family(n: int) -> Family:
    """The kernels for Boolean matrices (n,) of packed rows, n ≤ 64."""
    if not 0 < n <= 64:
        raise ValueError(f"n: wanted 1 to 64 columns, got {n}")
    return Family("bits", "Boolean", ("uint64",), n)


def _family(monoid: Monoid, parts: Element, state_rows: int) -> Family | None:
    dtypes = tuple(part.dtype.name for part in parts)
    n = parts[0].shape[-1]
    if n == 0:
        return None
    if monoid.kind == MAPS.kind:
        known = dtypes[0] in C_TYPES
        return Family("maps", "Boolean", dtypes, n) if known else None
    kind = monoid.kind
    if kind not in KINDS or len(set(dtypes[monoid.indexed :])) > 1:
        return None
    algebra, modulus = _algebra(monoid.semiring, dtypes[-1])
    if algebra is None:
        return None
    if kind == "one-hot times diagonal maps":
        known = dtypes[0] in C_TYPES
        return Family("maps", algebra, dtypes, n, 0, 1, modulus) if known else None
    if kind.startswith("diagonal"):
        bias = len(dtypes) - 1
        return Family("diagonal", algebra, dtypes, n, bias, 1, modulus)
    bias = _rows(parts[1], monoid) if kind == "affine maps" else 0
    longest = LARGEST_LOG_ROW if algebra.startswith("Log") else LARGEST_ROW
    action: Action = "rows" if n <= longest else "tiles"
    return Family(action, algebra, dtypes, n, bias, state_rows, modulus)


def _rows(part: Array, monoid: Monoid) -> int:
    return int(part.shape[-2]) if monoid.state_rank == 2 else 1


def _algebra(semiring: Semiring | None, dtype: str) -> tuple[str | None, int]:
    """What algebra.cu calls the semiring over this dtype, and its modulus or 0."""
    if semiring is None:
        return None, 0
    if semiring.modulus and dtype == "int64":
        return "Modular", semiring.modulus
    return ALGEBRAS.get((semiring.name, dtype)), 0
