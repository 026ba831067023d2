"""`prefix_products` on a device: arrays of users in, arrays of the device out.

Rounding: real results part from those of one product after the other by the order of
additions and by fused multiply-add: each, entry by entry, by at most

    2 T n ε |A_1| |A_2| ⋯ |A_T|,

where ε is the spacing of floats at 1, as long as no product of consecutive elements
overflows or underflows. Max-plus and min-plus results are exact where additions do not
round; all other monoids are exact.
"""

import warnings
from math import prod
from typing import Any

import numpy as np

from automata_rnn.scan.gpu.families import family_for
from automata_rnn.scan.gpu.memory import run_in_memory
from automata_rnn.scan.gpu.programs import CODES, Family
from automata_rnn.scan.gpu.walk import Device, Sequences
from automata_rnn.scan.monoid import Element, Monoid
from automata_rnn.scan.validate import check_elements, check_lengths, check_state
from automata_rnn.semiring import Array

FAULTS = {
    1: "codes: wanted rows of the table, got one outside",
    2: "elements: wanted indices below the number of states, got one outside",
    4: "elements: wanted elements of the semiring, got one outside",
}


def prefix_on(
    device: Device,
    elements: Element | Array,
    monoid: Monoid,
    *,
    codes: Array | None = None,
    initial: Any = None,
    lengths: Any = None,
    reduce: bool = False,
) -> Any:
    """What `automata_rnn.scan.prefix_products` gives for the same arguments.

    Out of memory, the scan runs in pieces, and after that on the host; then a warning
    says so, and where the result is.

    Returns:
        The result, or None if there is no kernel for it (`families.family_for`, start
        states of another dtype, and states of one-hot times diagonal maps).

    Raises:
        ValueError: shapes that do not fit, codes outside the table, indices that are
            no states, integers outside 0, …, m - 1; TypeError for codes that are not
            integers.
    """
    bare = not isinstance(elements, tuple)
    parts: Element = elements if isinstance(elements, tuple) else (elements,)
    *batch, length = check_elements(parts, monoid)
    if codes is not None:
        codes = _check_codes(codes, len(parts[0]))
        *batch, length = codes.shape
    shape = tuple(batch)
    if initial is not None:
        initial = check_state(initial, parts, monoid, shape)
    rows = initial.shape[-2] if initial is not None and monoid.state_rank == 2 else 1
    family = family_for(monoid, parts, rows)
    if family is None or not _acts(family, initial):
        return None
    if lengths is not None:
        lengths = check_lengths(device.to_host(lengths), shape, length)
    try:
        result = _scan(
            device, family, parts, codes, initial, lengths, shape, length, reduce
        )
    except MemoryError:
        return _on_host(
            device, elements, monoid, codes, initial, lengths, reduce=reduce
        )
    _raise_faults(device.fault())
    steps = () if reduce else (length,)
    ranks = monoid.ranks if initial is None else (monoid.state_rank,)
    shaped = tuple(
        part.reshape((*shape, *steps, *part.shape[part.ndim - rank :]))
        for part, rank in zip(result, ranks, strict=True)
    )
    return shaped[0] if bare or initial is not None else shaped


def _check_codes(codes: Any, letters: int) -> Array:
    """Codes of a dtype that kernels read; they check the range of those themselves."""
    array = codes if hasattr(codes, "__array_function__") else np.array(codes)
    if array.dtype.kind not in "iu":
        raise TypeError(f"codes: wanted integers, got dtype {array.dtype}")
    if array.dtype.name in CODES:
        return array
    if array.size and not (0 <= int(array.min()) and int(array.max()) < letters):
        raise ValueError(
            f"codes: wanted 0 to {letters - 1}, the rows of the table, "
            f"got {int(array.min())} to {int(array.max())}"
        )
    return array.astype(np.uint32)


def _acts(family: Family, initial: Array | None) -> bool:
    """Whether kernels take this start state, and give states of its dtype.

    Raises:
        ValueError: numbers outside 0, …, m - 1.
    """
    if initial is None:
        return True
    if family.action == "maps" and len(family.dtypes) > 1:
        return False
    bound = family.modulus
    if bound and initial.size:
        low, high = int(initial.min()), int(initial.max())
        if low < 0 or high >= bound:
            raise ValueError(f"initial: wanted 0 to {bound - 1}, got {low} to {high}")
    return family.action == "maps" or bool(initial.dtype.name == family.dtypes[0])


def _scan(
    device: Device,
    family: Family,
    parts: Element,
    codes: Array | None,
    initial: Array | None,
    lengths: Array | None,
    batch: tuple[int, ...],
    length: int,
    reduce: bool,
) -> Element:
    """Everything on the device, contiguous, with one batch axis; results likewise."""
    sequences = prod(batch)
    leading = (sequences, length) if codes is None else (len(parts[0]),)
    cores = zip(parts, family.cores, family.dtypes, strict=True)
    flat = tuple(
        device.contiguous(part, dtype).reshape(*leading, *core)
        for part, core, dtype in cores
    )
    if codes is not None:
        codes = device.contiguous(codes, codes.dtype).reshape(sequences, length)
    if lengths is not None:
        lengths = device.contiguous(lengths, np.int64).reshape(sequences)
    start: Element | None = None
    if initial is not None:
        rows = device.contiguous(initial, family.dtypes[0])
        count = rows.size // max(1, prod(family.state_core))
        start = (rows.reshape(count, *family.state_core),)
    return run_in_memory(
        device,
        family,
        Sequences(flat, sequences, length, codes, lengths),
        start,
        states=initial is not None,
        every=not reduce,
    )


def _raise_faults(fault: int) -> None:
    messages = [message for bit, message in FAULTS.items() if fault & bit]
    if messages:
        raise ValueError("; ".join(messages))


def _on_host(
    device: Device,
    elements: Element | Array,
    monoid: Monoid,
    codes: Array | None,
    initial: Array | None,
    lengths: Array | None,
    *,
    reduce: bool,
) -> Any:
    """The same in NumPy, with a warning."""
    from automata_rnn.scan.prefix import prefix_products  # which may call this module

    warnings.warn(
        "out of device memory: scanned on the host, and the result is there",
        RuntimeWarning,
        stacklevel=3,
    )
    if isinstance(elements, tuple):
        on_host: Any = tuple(device.to_host(part) for part in elements)
    else:
        on_host = device.to_host(elements)
    return prefix_products(
        on_host,
        monoid,
        codes=None if codes is None else device.to_host(codes),
        initial=None if initial is None else device.to_host(initial),
        lengths=lengths,
        reduce=reduce,
    )
