"""The error that all formats raise, and checks of what a file holds."""

import reprlib
from typing import Any, TypeVar

T = TypeVar("T")

MAX_ENTRIES = 2**26  # of an array that a short text describes: 512 MiB in float64
MAX_INPUTS = 2**24  # of a circuit, which a short text announces as well


class FormatError(ValueError):
    """A file does not hold what its format asks for, or a machine has no such file."""


def mismatch(field: str, wanted: str, got: Any) -> FormatError:
    """The error that names the field, what was wanted and what was got, cut short.

    >>> mismatch("version", "1", 2)
    FormatError('version: wanted 1, got 2')
    """
    return FormatError(f"{field}: wanted {wanted}, got {reprlib.repr(got)}")


def require(field: str, value: Any, kind: type[T]) -> T:
    """`value` if it is a `kind` (True is no int); FormatError where it is not."""
    if type(value) is not kind:
        raise mismatch(field, f"a JSON value of type {kind.__name__}", value)
    return value


def check_keys(field: str, record: dict[str, Any], wanted: tuple[str, ...]) -> None:
    """Raise FormatError unless `record` has exactly the wanted keys."""
    missing = [key for key in wanted if key not in record]
    unknown = [key for key in record if key not in wanted]
    if missing or unknown:
        raise FormatError(
            f"{field}: wanted the keys {', '.join(wanted)}; "
            f"missing {reprlib.repr(missing)}, unknown {reprlib.repr(unknown)}"
        )


def check_inputs(count: int) -> int:
    """The inputs of a circuit; FormatError where they are too many to read again."""
    if count > MAX_INPUTS:
        raise mismatch("inputs", f"at most {MAX_INPUTS} of them", count)
    return count


def check_entries(field: str, shape: tuple[int, int, int]) -> None:
    """Raise FormatError where a dense array of this shape would be enormous."""
    if shape[0] * shape[1] * shape[2] > MAX_ENTRIES:
        raise mismatch(field, f"at most {MAX_ENTRIES} weights, zeros included", shape)
