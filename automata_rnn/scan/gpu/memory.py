"""The same scan where the memory of the device is short: piece after piece.

A piece is a stretch of time. Its scan starts with the rows that the one before it ended
with, so results are those of the whole: exactly for exact monoids, else within the same
bound. Only temporary arrays and copies shrink; a result that does not fit itself is put
together in the memory of the host.
"""

import warnings

import numpy as np

from automata_rnn.scan.gpu.programs import Family
from automata_rnn.scan.gpu.schedule import run
from automata_rnn.scan.gpu.walk import Device, Sequences
from automata_rnn.scan.monoid import Element

PIECES = (4, 32, 256)
"""Into how many pieces time is cut, one after the other until one fits."""


def run_in_memory(
    device: Device,
    family: Family,
    sequences: Sequences,
    start: Element | None,
    *,
    states: bool,
    every: bool,
) -> Element:
    """What `schedule.run` gives, at once or in pieces, with a warning if in pieces.

    Raises:
        MemoryError: if not even the smallest pieces fit.
    """
    try:
        return run(device, family, sequences, start, states=states, every=every)
    except MemoryError:
        device.free()
    for pieces in PIECES:
        length = max(1, -(-sequences.length // pieces))
        try:
            result = _in_pieces(device, family, sequences, start, states, every, length)
        except MemoryError:
            device.free()
            continue
        where = "on the host" if isinstance(result[0], np.ndarray) else "on the device"
        warnings.warn(
            f"out of device memory: scanned {length} steps at a time, "
            f"the result is {where}",
            RuntimeWarning,
            stacklevel=4,
        )
        return result
    raise MemoryError("not even a short piece of the scan fits on the device")


def _in_pieces(
    device: Device,
    family: Family,
    sequences: Sequences,
    start: Element | None,
    states: bool,
    every: bool,
    length: int,
) -> Element:
    out: Element = ()
    for begin in range(0, max(sequences.length, 1), length):
        piece = _piece(device, sequences, begin, begin + length)
        rows = run(device, family, piece, start, states=states, every=every)
        if not every:
            start = rows
            continue
        if begin == 0:
            out = _outputs(device, rows, sequences.length)
        for whole, part in zip(out, rows, strict=True):
            on_host = isinstance(whole, np.ndarray)
            part_there = device.to_host(part) if on_host else part
            whole[:, begin : begin + length] = part_there
        start = tuple(device.contiguous(part[:, -1], part.dtype) for part in rows)
    return out if every else start or ()


def _outputs(device: Device, rows: Element, length: int) -> Element:
    """Room for all rows: all components on the device, or all on the host."""
    shapes = [((len(part), length, *part.shape[2:]), part.dtype) for part in rows]
    try:
        return tuple(device.empty(shape, dtype) for shape, dtype in shapes)
    except MemoryError:
        device.free()
        return tuple(np.empty(shape, dtype) for shape, dtype in shapes)


def _piece(device: Device, whole: Sequences, begin: int, end: int) -> Sequences:
    """The elements from `begin` to `end`, those of a table left alone."""
    end = min(end, whole.length)
    codes, lengths, parts = whole.codes, whole.lengths, whole.parts
    if codes is None:
        cut = (part[:, begin:end] for part in parts)
        parts = tuple(device.contiguous(part, part.dtype) for part in cut)
    else:
        codes = device.contiguous(codes[:, begin:end], codes.dtype)
    if lengths is not None:
        left = np.clip(device.to_host(lengths) - begin, 0, end - begin)
        lengths = device.contiguous(left, np.int64)
    return Sequences(parts, whole.batch, end - begin, codes, lengths)
