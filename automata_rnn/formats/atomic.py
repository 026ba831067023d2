"""Files read whole, and files written whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from automata_rnn.formats.errors import FormatError

FilePath: TypeAlias = str | os.PathLike[str]


@contextmanager
def naming(path: FilePath) -> Iterator[None]:
    """Begin the message of a FormatError with the name of the file."""
    try:
        yield
    except FormatError as error:
        raise FormatError(f"{os.fspath(path)}: {error}") from error


def read_bytes(path: FilePath) -> bytes:
    """The content of a file; FormatError for a directory."""
    if Path(path).is_dir():
        raise FormatError("wanted a file, got a directory")
    return Path(path).read_bytes()


def decode_text(data: bytes) -> str:
    """`data` read as UTF-8; FormatError where it is something else."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"wanted text in UTF-8, got {error}") from error


def write_atomically(path: FilePath, data: bytes) -> None:
    """Put `data` at `path` in one step: on any failure the old file stays.

    The file is complete on disk before it takes its name, and has the mode that the
    umask gives to new files.
    """
    target = Path(path)
    # open() makes the mode of a new file from the umask; tempfile would make it 0600
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    _sync_directory(target.parent)


def _sync_directory(directory: Path) -> None:
    """Make the new name last through a loss of power, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
