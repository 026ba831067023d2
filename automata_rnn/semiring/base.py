"""What a semiring (K, ⊕, ⊗, 0, 1) is here: array functions that implement it.

The operations are NumPy functions. NumPy hands them to CuPy when the arrays are CuPy
arrays (NEP 13 and NEP 18), so a semiring is written once for both.

To add one: `sum` must fold `plus`, accept an axis of length 0 (the sum is `zero`) and
be a function such as `np.max`, not a ufunc method such as `np.maximum.reduce`, which
CuPy lacks. `tests/test_semiring.py` checks every law by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from automata_rnn.checks import read_only

Array: TypeAlias = Any  # numpy.ndarray or cupy.ndarray
BinaryOp: TypeAlias = Callable[[Array, Array], Array]


@dataclass(frozen=True, eq=False)
class Semiring:
    """A semiring, as the array functions that implement it.

    Attributes:
        name: what `semiring_named` finds it by, and files store.
        zero, one: the identities of ⊕ and ⊗.
        plus, times: ⊕ and ⊗, elementwise with broadcasting.
        sum: ⊕ along one axis, (array, axis) → array.
        convert: makes an array of elements of an array of numbers, or raises
            ValueError saying what an element is.
        exact: whether the operations never round.
        field: "Q" where elements are rationals or integers, q where they are those of
            the finite field with q elements, else None: what exact linear algebra
            there is.
        modulus: m where ⊕ and ⊗ are those of int64 modulo m ≤ 2³¹, else 0.
        product: the matrix product (..., i, j) × (..., j, k), where there is a faster
            one than by `sum`.
    """

    name: str
    zero: Any
    one: Any
    plus: BinaryOp
    times: BinaryOp
    sum: Callable[[Array, int], Array]
    convert: Callable[[Array], Array]
    exact: bool
    field: str | int | None = None
    product: BinaryOp | None = None
    modulus: int = 0

    def __repr__(self) -> str:
        return f"<semiring {self.name}>"

    def array(self, data: Any, field: str = "data") -> Array:
        """A read-only array of elements; ValueError naming `field` where not."""
        numbers = data if hasattr(data, "__array_function__") else np.array(data)
        try:
            return read_only(self.convert(numbers))
        except (TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
            raise ValueError(
                f"{field}: wanted elements of the {self.name} semiring, got {error}"
            ) from error

    def scalar(self, value: Any, field: str = "value") -> Any:
        """One element."""
        return self.array(np.array(value, dtype=object), field)[()]

    def matmul(self, a: Array, b: Array) -> Array:
        """Matrix product, batched: (..., i, j) × (..., j, k) → (..., i, k)."""
        if self.product is not None and a.shape[-1] > 0:
            return self.product(a, b)
        rows = [self.vecmat(a[..., i, :], b) for i in range(a.shape[-2])]
        if rows:
            return np.stack(rows, axis=-2)
        leading = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        return self.zeros((*leading, 0, b.shape[-1]), like=a)

    def vecmat(self, row: Array, matrix: Array) -> Array:
        """Row vector times matrix, batched: (..., j) × (..., j, k) → (..., k)."""
        if self.product is not None and row.shape[-1] > 0:
            return self.product(row[..., None, :], matrix)[..., 0, :]
        return self.sum(self.times(row[..., :, None], matrix), -2)

    def dot(self, a: Array, b: Array) -> Array:
        """⊕_j a_j ⊗ b_j over the last axis."""
        return self.sum(self.times(a, b), -1)

    def zeros(self, shape: tuple[int, ...], like: Array) -> Array:
        """An array of `zero`, of the array type and dtype of `like`."""
        return np.full_like(like, self.zero, shape=shape)

    def eye(self, size: int, like: Array) -> Array:
        """The identity matrix, of the array type and dtype of `like`."""
        matrix = self.zeros((size, size), like)
        matrix[range(size), range(size)] = self.one
        return matrix

    def is_zero(self, array: Array) -> Array:
        """Where the elements are `zero`, as booleans."""
        return np.equal(array, self.zero).astype(bool)
