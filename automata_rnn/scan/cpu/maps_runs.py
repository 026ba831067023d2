"""All states on the way through a word, for `maps_states`.

A table of words gives g states by one look-up, packed into one integer of g items (a
lane); the last of them, after a shift, is the state to go on from. Lanes of one state
need no shift, which would add a third to the time that a walk waits at each step.

Within a block the map of each quarter is composed first, so that the four starts are
known and four walks run side by side. States are collected in a buffer and leave it as
whole cache lines.
"""

from typing import Any

import numpy as np

from automata_rnn.scan.cpu.compiled import compiled
from automata_rnn.scan.cpu.maps_compose import quarters
from automata_rnn.scan.cpu.maps_words import BLOCK, pack, take
from automata_rnn.scan.cpu.shuffle import fence, lane, load, store, stream
from automata_rnn.scan.cpu.vector import LINE
from automata_rnn.semiring import Array


@compiled
def run(words: Array, table: Array, shift: Any, state: Any, lanes: Array) -> Any:
    """lanes[t] = the states of word t, from `state` on; the last state."""
    flat, stride = table.reshape(-1), np.uint64(table.shape[1])
    q = np.uint64(state)
    for t in range(len(words)):
        states = flat[np.uint64(words[t]) * stride + q]
        lanes[t] = states
        q = np.uint64(states) >> shift if shift else np.uint64(states)
    return np.int64(q)


@compiled
def run_quarters(
    words: Array, table: Array, shift: Any, starts: Array, lanes: Array
) -> None:
    """`run` for each quarter of the words, whose number is a multiple of 4."""
    flat, stride = table.reshape(-1), np.uint64(table.shape[1])
    length = len(words) // 4
    p, q = words[:length], words[length : 2 * length]
    r, s = words[2 * length : 3 * length], words[3 * length :]
    e, f = lanes[:length], lanes[length : 2 * length]
    g, h = lanes[2 * length : 3 * length], lanes[3 * length :]
    a, b = np.uint64(starts[0]), np.uint64(starts[1])
    c, d = np.uint64(starts[2]), np.uint64(starts[3])
    for t in range(length):
        x = flat[np.uint64(p[t]) * stride + a]
        y = flat[np.uint64(q[t]) * stride + b]
        z = flat[np.uint64(r[t]) * stride + c]
        w = flat[np.uint64(s[t]) * stride + d]
        e[t], f[t], g[t], h[t] = x, y, z, w
        a, b, c, d = np.uint64(x), np.uint64(y), np.uint64(z), np.uint64(w)
        if shift:
            a, b, c, d = a >> shift, b >> shift, c >> shift, d >> shift


@compiled
def starts_of_quarters(
    words: Array, width: Any, maps: Array, ends: Array, starts: Array
) -> None:
    """starts[c] ← the state before quarter c < 4, and after all for c = 4."""
    quarters(words, width, maps, ends)
    for c in range(4):
        starts[c + 1] = lane(load(ends, c * len(width), width), starts[c])


@compiled
def run_words(
    words: Array,
    table: Array,
    shift: Any,
    width: Any,
    maps: Array,
    ends: Array,
    starts: Array,
    lanes: Array,
) -> Any:
    """`run`, by four walks where there are maps; starts[0] is the first state."""
    whole = len(words) // 4 * 4 if len(maps) else 0
    state = starts[0]
    if whole:
        starts_of_quarters(words[:whole], width, maps, ends, starts)
        run_quarters(words[:whole], table, shift, starts, lanes)
        state = starts[4]
    return run(words[whole:], table, shift, state, lanes[whole:])


@compiled
def copy_bytes(source: Array, target: Array, streaming: bool, lead: int) -> None:
    """target[:] = source, of bytes; `lead` bytes lie before a cache line starts."""
    first = min(lead, len(target))
    last = first + (len(target) - first) // LINE * LINE
    for t in range(first):
        target[t] = source[t]
    if streaming:
        for t in range(first, last, LINE):
            stream(target, t, load(source, t, LINE))
    else:
        for t in range(first, last, LINE):
            store(target, t, load(source, t, LINE))
    for t in range(last, len(target)):
        target[t] = source[t]


@compiled
def run_codes(
    codes: Array,
    letters: Array,
    packed: Array,
    lanes: Array,
    k: int,
    bits: int,
    size: int,
    of_letters: Array,
    of_words: Array,
    width: Any,
    maps: Array,
    ends: Array,
    state: int,
    out: Array,
    address: int,
    streaming: bool,
) -> int:
    """out[t] = the state after codes[: t + 1], from `state`; the number of codes taken.

    Stops before a block that has a code ≥ k. `letters`, `packed` and `lanes` are
    buffers for BLOCK letters; `maps` are those of the words, or none; `ends` has room
    for 4 maps; `address` is that of `out`.
    """
    item = out.itemsize
    shift = np.uint64(8 * item * (size - 1))
    starts = np.empty(5, np.int64)
    starts[0] = state
    states = lanes.view(out.dtype)
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        here = letters[: len(block)]
        if take(block, here) >= k:
            return start
        done = 0
        if size == 1:
            starts[0] = run_words(
                here, of_words, shift, width, maps, ends, starts, lanes
            )
        else:
            words = pack(here, bits, size, packed)
            starts[0] = run_words(
                words, of_words, shift, width, maps, ends, starts, lanes
            )
            done = len(words) * size
            rest = states[done : len(here)]
            last = np.uint64(0)
            starts[0] = run(here[done:], of_letters, last, starts[0], rest)
        target = out[start : start + len(here)].view(np.uint8)
        lead = -(address + start * item) % 64
        copy_bytes(states[: len(here)].view(np.uint8), target, streaming, lead)
    fence()
    return len(codes)
