"""Fields that hold sparse matrices or several vectors, as flat fields of arrays.

    weights         weights.shapes (L, 2), weights.entries (nnz, 3), weights.values
    biases          biases.sizes (L,), biases.values

An entry is (matrix, row, column). No matrix at all stands for None.
"""

from typing import Any

import numpy as np

from automata_rnn.formats.errors import FormatError, mismatch
from automata_rnn.rnns import SparseMatrix

MATRIX = "sparse matrix"
OPTIONAL_MATRIX = "sparse matrix, or null"
MATRICES = "sparse matrices"
VECTORS = "vectors of elements"
_PARTS: dict[str, dict[str, str]] = {
    "matrices": {"shapes": "index", "entries": "index", "values": "elements"},
    "vectors": {"sizes": "index", "values": "elements"},
}


def _parts(holds: str) -> dict[str, str]:
    return _PARTS["vectors" if holds == VECTORS else "matrices"]


def is_composite(holds: str) -> bool:
    """Whether a field of this kind is stored as several."""
    return holds in (MATRIX, OPTIONAL_MATRIX, MATRICES, VECTORS)


def flat_names(name: str, holds: str) -> dict[str, str]:
    """The flat fields of a composite one, and whether each is "index" or "elements"."""
    return {f"{name}.{part}": kind for part, kind in _parts(holds).items()}


def split(name: str, holds: str, value: Any) -> dict[str, Any]:
    """The arrays of a composite field's flat fields."""
    if holds == VECTORS:
        sizes = np.array([len(v) for v in value], np.int64)
        arrays: tuple[Any, ...] = (sizes, _joined(value))
    else:
        matrices = value if holds == MATRICES else () if value is None else (value,)
        shapes = np.array([m.shape for m in matrices], np.int64).reshape(-1, 2)
        entries = [
            np.stack([np.full(len(m.rows), i), m.rows, m.columns], axis=1)
            for i, m in enumerate(matrices)
        ]
        arrays = shapes, np.concatenate([np.zeros((0, 3), np.int64), *entries])
        arrays = *arrays, _joined([m.values for m in matrices])
    return dict(zip(flat_names(name, holds), arrays, strict=True))


def _joined(arrays: Any) -> Any:
    return np.concatenate([*arrays]) if len(arrays) else np.zeros(0)


def join(name: str, holds: str, arrays: dict[str, Any]) -> Any:
    """The value that `split` made these arrays of; FormatError where it made none."""
    parts = [arrays[flat] for flat in flat_names(name, holds)]
    try:
        value = _vectors(*parts) if holds == VECTORS else _matrices(*parts)
    except (ValueError, IndexError, OverflowError) as error:
        raise FormatError(f"fields.{name}: {error}") from error
    if holds in (MATRICES, VECTORS):
        return value
    if len(value) > 1 or (holds == MATRIX and not value):
        raise mismatch(f"fields.{name}", holds, f"{len(value)} matrices")
    return value[0] if value else None


def _vectors(sizes: Any, values: Any) -> tuple[Any, ...]:
    if sizes.ndim != 1 or np.any(sizes < 0) or int(sizes.sum()) != len(values):
        raise ValueError(f"wanted sizes that add up to {len(values)}, got {sizes}")
    return tuple(np.split(values, np.cumsum(sizes)[:-1])) if len(sizes) else ()


def _matrices(shapes: Any, entries: Any, values: Any) -> tuple[SparseMatrix, ...]:
    if shapes.shape[1:] != (2,) or entries.shape[1:] != (3,) or values.ndim != 1:
        got = shapes.shape, entries.shape, values.shape
        raise ValueError(f"wanted shapes (L, 2), (nnz, 3) and (nnz,), got {got}")
    number, rows, columns = entries.T.astype(np.int64)
    if len(number) != len(values) or not np.all((0 <= number) & (number < len(shapes))):
        raise ValueError(f"wanted an entry of {len(shapes)} matrices for each value")
    found = []
    for i, shape in enumerate(shapes.tolist()):
        here = number == i
        shape = (int(shape[0]), int(shape[1]))
        found.append(SparseMatrix(shape, rows[here], columns[here], values[here]))
    return tuple(found)
