"""Linear machines as arithmetic circuits of logarithmic depth (Theorem 3).

The value of a word is h₀ A_{w₁} ⋯ A_{w_T} c. A balanced tree multiplies the matrices in
⌈log₂ T⌉ rounds, each a sum of n products: fan-in-2 gates ⊕ and ⊗ over the machine's
semiring, depth O(log T). The tree and the layout of all prefixes are the scans of
`automata_rnn.scan`, run over the semiring of wires.
"""

from typing import Any, Literal, TypeAlias

import numpy as np

from automata_rnn.checks import check_count
from automata_rnn.circuits.draft import Draft, wires
from automata_rnn.circuits.evaluate import WordCircuit
from automata_rnn.circuits.linear_form import LinearForm, linear_form, monoid_over
from automata_rnn.circuits.operation_counts import (
    dot_depth,
    dot_gates,
    operation_counts,
    prefix_products_count,
    prefix_rounds,
    product_then_act_depth,
    tree_products,
    tree_rounds,
)
from automata_rnn.scan import Element, Monoid
from automata_rnn.scan.methods import blelloch, tree
from automata_rnn.semiring import Array

Inputs: TypeAlias = Literal["symbols", "entries"]
INPUTS = ("symbols", "entries")
MAX_GATES = 2**27
"""Of a circuit that is drawn, which takes about 60 bytes for each: 8 GB."""


def arithmetic_circuit(
    machine: Any, length: int, *, prefixes: bool = False, inputs: Inputs = "symbols"
) -> WordCircuit:
    """The circuit that computes what `evaluate(machine, word)` does, for one length.

    Args:
        machine: a WFA, a DFA (over BOOLEAN) or a linear network, with n columns and d
            rows of state (d = 1 for vectors); a `bos` is read into the initial state.
        length: T, the symbols in a word.
        prefixes: T + 1 outputs, the values of all prefixes, in Blelloch's layout.
        inputs: "symbols": wires x_{t,σ} that carry 1̄ where the t-th symbol is σ, else
            0̄, so that A_t = ⊕_σ x_{t,σ} ⊗ A_σ; "entries": the entries of A_t
            themselves, row by row, then those of b_t.

    Size and depth are exactly those of `arithmetic_size` and `arithmetic_depth`. For
    matrices, with k symbols and δ(m) = 1 + ⌈log₂ m⌉,

        depth = δ(n) (⌈log₂ T⌉ + 1) + δ(d n) + δ(k)
        size  = (T - 1) n² (2n - 1) + d n (2n - 1) + 2 d n - 1 + T n² (2k - 1)

    without the last term each where inputs are entries. For prefixes ⌈log₂ T⌉ becomes
    `prefix_rounds(T)` ≤ 2 log₂ T, T - 1 becomes `prefix_products_count(T)` < 2T, and
    each prefix has its own act and output. Other elements: see `operation_counts`.

    Over exact semirings values are equal to those of `evaluate`. Floats are added in
    another order: over REAL the error is at most (1 + ε)^depth - 1 relative to the same
    sum of absolute values, ε half a unit in the last place.

    Raises TypeError for machines that are not linear, ValueError for a negative length
    and for more than `MAX_GATES` gates.

    >>> from automata_rnn.automata import wfa_from_regex
    >>> from automata_rnn.circuits import evaluate_word
    >>> circuit = arithmetic_circuit(wfa_from_regex("(ab|c)*"), 4)
    >>> evaluate_word(circuit, "abcc"), circuit.depth
    (1, 15)
    """
    form = linear_form(machine)
    check_length(length)
    if inputs not in INPUTS:
        raise ValueError(f"inputs: wanted one of {list(INPUTS)}, got {inputs!r}")
    check_gates(length, _size(form, length, prefixes=prefixes, inputs=inputs))
    table = _input_table(form, inputs)
    draft = Draft(form.semiring, length * table.shape[1])
    elements = _elements(draft, form, length, inputs)
    monoid = monoid_over(form, wires(draft))
    initial = draft.constant(form.initial)
    states = [initial[None]] if prefixes or length == 0 else []
    if length:
        states.append(states_of(elements, monoid, initial, prefixes=prefixes))
    ring = wires(draft)
    stacked = np.concatenate(states)
    rows = stacked.reshape(len(stacked), form.initial.size)
    values = ring.dot(rows, draft.constant(form.final).ravel())
    outputs = values if prefixes else values[0]
    return WordCircuit(draft.finish(outputs), form.alphabet, length, table)


def check_length(length: int) -> None:
    """ValueError or TypeError unless `length` is a number of symbols."""
    check_count("length", length, least=0)


def check_gates(length: int, gates: int) -> None:
    """ValueError where a circuit for this length would have so many gates."""
    if gates > MAX_GATES:
        raise ValueError(
            f"length: wanted a circuit of at most {MAX_GATES} gates, got {gates} or "
            f"more for length {length}"
        )


def states_of(
    elements: Element, monoid: Monoid, initial: Array, *, prefixes: bool
) -> Array:
    """The states after each element, or the last one, with a time axis."""
    if prefixes:
        return monoid.act(initial, blelloch(elements, monoid))
    last = tree(elements, monoid)
    return monoid.act(initial, last)[None]


def _input_table(form: LinearForm, inputs: Inputs) -> Array:
    """What each symbol puts on its inputs, (k, m)."""
    symbols = len(form.alphabet)
    if inputs == "symbols":
        return form.semiring.eye(symbols, form.table[0])
    flat = [part.reshape(symbols, part[0].size) for part in form.table]
    return np.concatenate(flat, axis=1)


def _elements(draft: Draft, form: LinearForm, length: int, inputs: Inputs) -> Element:
    """Wires that carry the element of each symbol, components (T, *element)."""
    given = draft.inputs().reshape(length, -1) if length else draft.inputs()[None]
    shapes = [part.shape[1:] for part in form.table]
    if inputs == "entries":
        sizes = [int(np.prod(shape)) for shape in shapes]
        parts = np.split(given, np.cumsum(sizes)[:-1], axis=1) if length else []
        pairs = zip(parts, shapes, strict=bool(length))
        return tuple(part.reshape(length, *shape) for part, shape in pairs)
    if length == 0:
        return ()
    ring = wires(draft)
    symbols = len(form.alphabet)
    parts = []
    for part, shape in zip(form.table, shapes, strict=True):
        flat = int(np.prod(shape))
        weights = draft.constant(part).reshape(1, symbols, flat)
        chosen = ring.sum(ring.times(given[:, :, None], weights), 1)
        parts.append(chosen.reshape(length, *shape))
    return tuple(parts)


def arithmetic_depth(
    machine: Any, length: int, *, prefixes: bool = False, inputs: Inputs = "symbols"
) -> int:
    """The depth of `arithmetic_circuit`, by formula, without drawing it.

    It is exact; for matrices and T = 2^r it is a r + b with a = 1 + ⌈log₂ n⌉.
    """
    check_length(length)
    form = linear_form(machine)
    counts = operation_counts(form)
    if length == 0 or form.num_columns == 0:
        return counts.output_depth
    chosen = dot_depth(len(form.alphabet)) if inputs == "symbols" else 0
    rounds = prefix_rounds(length) if prefixes else tree_rounds(length)
    return chosen + product_then_act_depth(counts, rounds) + counts.output_depth


def arithmetic_size(
    machine: Any, length: int, *, prefixes: bool = False, inputs: Inputs = "symbols"
) -> int:
    """The gates of `arithmetic_circuit`, by formula, without drawing it."""
    check_length(length)
    return _size(linear_form(machine), length, prefixes=prefixes, inputs=inputs)


def _size(form: LinearForm, length: int, *, prefixes: bool, inputs: Inputs) -> int:
    counts = operation_counts(form)
    products = prefix_products_count(length) if prefixes else tree_products(length)
    acts = length if prefixes else min(length, 1)
    outputs = length + 1 if prefixes else 1
    total = products * counts.product + acts * counts.act + outputs * counts.output
    if inputs == "symbols":
        total += length * counts.entries * dot_gates(len(form.alphabet))
    return total
