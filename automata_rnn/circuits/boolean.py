"""Acceptors as Boolean circuits of logarithmic depth (Theorem 7).

Symbols come as binary numbers. A decoder makes one wire for each symbol at each
position, an OR of some of them is an entry of the position's Boolean matrix, and a
balanced tree multiplies the matrices: fan-in-2 AND, OR and NOT, depth O(log T).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from automata_rnn.alphabet import Alphabet
from automata_rnn.circuits.arithmetic import check_gates, check_length, states_of
from automata_rnn.circuits.circuit import PLUS, TIMES
from automata_rnn.circuits.draft import Draft, Wires, wires
from automata_rnn.circuits.evaluate import WordCircuit
from automata_rnn.circuits.operation_counts import (
    dot_depth,
    dot_gates,
    log2_ceiling,
    prefix_products_count,
    prefix_rounds,
    tree_products,
    tree_rounds,
)
from automata_rnn.circuits.sign_form import SignForm, sign_form, signed_matrices
from automata_rnn.scan import Element, Monoid, matrices
from automata_rnn.semiring import BOOLEAN


def boolean_circuit(
    machine: Any, length: int, *, prefixes: bool = False
) -> WordCircuit:
    """A circuit of AND, OR and NOT for "f(w) > 0", for words of one length.

    Args:
        machine: a DFA; or a WFA or linear network that `sign_form` takes: a PD network
            or deterministic WFA over ℚ, ℤ or floats, one without negative weights, or
            any over BOOLEAN.
        length: T.
        prefixes: T + 1 outputs, one for each prefix, in Blelloch's layout.

    Inputs are ⌈log₂ k⌉ bits for each symbol, the least significant first, of its code.
    A word with a code that no symbol has is rejected, and so are its prefixes from
    there on (for k = 1 there are no inputs).

    The depth is at most `boolean_depth(machine, length)`: with n states (twice as many
    in the sums where weights have both signs), at most g symbols in an entry of a
    matrix, and r = ⌈log₂ T⌉ (or `prefix_rounds(T)` for prefixes), δ(m) = 1 + ⌈log₂ m⌉,

        decoder 1 + ⌈log₂⌈log₂ k⌉⌉, entries ⌈log₂ g⌉, products r δ(n) (or δ(2n)),
        the start state δ, the accepting states δ.

    From T = 2 on each doubling adds exactly δ; from 4 on twice that for prefixes.

    Circuits are drawn as the formula says; `simplify` removes what is constant, double
    or unused, most of it in sparse automata.

    Raises what `sign_form` raises, and ValueError for a negative length and for more
    than `MAX_GATES` gates.

    >>> from automata_rnn.automata import dfa_from_regex
    >>> from automata_rnn.circuits import evaluate_words
    >>> circuit = boolean_circuit(dfa_from_regex("(ab|c)*"), 4)
    >>> evaluate_words(circuit, ["abcc", "abca"])
    array([ True, False])
    """
    form = sign_form(machine)
    check_length(length)
    count = prefix_products_count if prefixes else tree_products
    check_gates(length, count(length) * _product_gates(form))
    draft, elements = drawn_elements(form, length)
    monoid = sign_monoid(form, draft)
    initial = sign_initial(form, draft)
    states = [initial[None]] if prefixes or length == 0 else []
    if length:
        states.append(states_of(elements, monoid, initial, prefixes=prefixes))
    outputs = accepted(form, draft, np.concatenate(states))
    circuit = draft.finish(outputs if prefixes else outputs[0])
    return WordCircuit(circuit, form.alphabet, length, symbol_bits(form.alphabet))


def _product_gates(form: SignForm) -> int:
    """Of one product of matrices, or of pairs of them."""
    n, signs = form.num_states, 1 if form.negative is None else 2
    return signs * n * n * dot_gates(signs * n)


def unrolled_circuit(
    machine: Any, length: int, *, prefixes: bool = False
) -> WordCircuit:
    """The same function, one step after the other: depth Θ(T), size O(T).

    State by state, "in j after t symbols" is the OR over the transitions i → j of "in i
    before" and "the symbol is one of the transition's". With both signs, a state is a
    pair of a state and a sign. Inputs are those of `boolean_circuit`, which can be
    proved equal to it by an outside tool.
    """
    form = sign_form(machine)
    check_length(length)
    support = form.positive
    if form.negative is not None:
        crossed = [[form.positive, form.negative], [form.negative, form.positive]]
        support = np.block(crossed)
    check_gates(length, length * int(support.any(axis=0).sum()))
    draft = Draft(BOOLEAN, length * num_bits(form.alphabet))
    symbols = decoded(draft, form.alphabet, length)
    signs = slice(0, 1 if form.negative is None else 2)
    state = draft.constant(form.initial[signs]).ravel()
    final = form.final[signs].ravel()
    outputs = []
    for t in range(length + 1):
        if prefixes or t == length:
            chosen = [state[j] for j in np.flatnonzero(final)]
            outputs.append(draft.fold(PLUS, np.array(chosen, int), 0, False))
        if t < length:
            state = _stepped(draft, state, symbols[t], support)
    circuit = draft.finish(np.array(outputs) if prefixes else outputs[0])
    return WordCircuit(circuit, form.alphabet, length, symbol_bits(form.alphabet))


def _stepped(
    draft: Draft, state: Wires, symbols: Wires, support: npt.NDArray[np.bool_]
) -> Wires:
    """The wires of the next state, one sum over transitions for each."""
    after = []
    known: dict[bytes, Wires] = {}
    for target in range(len(state)):
        terms = []
        for source in np.flatnonzero(support[:, :, target].any(axis=0)):
            labels = support[:, source, target]
            if labels.tobytes() not in known:
                some = symbols[np.flatnonzero(labels)]
                known[labels.tobytes()] = draft.fold(PLUS, some, 0, False)
            letter = known[labels.tobytes()]
            terms.append(int(draft.gate(TIMES, state[source], letter)))
        after.append(draft.fold(PLUS, np.array(terms, int), 0, False))
    return np.array([int(wire) for wire in after], dtype=np.int64)


def num_bits(alphabet: Alphabet) -> int:
    """⌈log₂ k⌉, the inputs of one symbol."""
    return log2_ceiling(len(alphabet))


def symbol_bits(alphabet: Alphabet) -> npt.NDArray[np.bool_]:
    """The bits of each symbol's code, the least significant first, (k, bits)."""
    codes = np.arange(len(alphabet))[:, None]
    bits: npt.NDArray[np.bool_] = (codes >> np.arange(num_bits(alphabet))) % 2 == 1
    return bits


def decoded(draft: Draft, alphabet: Alphabet, length: int) -> Wires:
    """Wires "the t-th symbol is σ", (T, k): an AND of bits and negated bits."""
    width = num_bits(alphabet)
    bits = draft.inputs().reshape(length, width)
    if width == 0:
        return np.broadcast_to(draft.constant(True), (length, len(alphabet)))
    literals = np.stack([draft.negate(bits), bits])
    chosen = symbol_bits(alphabet).astype(int)
    terms = literals[chosen, :, np.arange(width)]  # (k, bits, T)
    return draft.fold(TIMES, np.moveaxis(terms, 2, 0), 2, True)


def drawn_elements(form: SignForm, length: int) -> tuple[Draft, Element]:
    """A draft with the wires of each position's matrices, components (T, n, n)."""
    draft = Draft(BOOLEAN, length * num_bits(form.alphabet))
    symbols = decoded(draft, form.alphabet, length)
    drawn: dict[bytes, Wires] = {}

    def entries(support: npt.NDArray[np.bool_]) -> Wires:
        n = support.shape[1]
        found = np.empty((length, n, n), np.int64)
        for i, j in np.ndindex(n, n):
            labels = support[:, i, j]
            if labels.tobytes() not in drawn:
                some = symbols[:, np.flatnonzero(labels)]
                drawn[labels.tobytes()] = draft.fold(PLUS, some, 1, False)
            found[:, i, j] = drawn[labels.tobytes()]
        return found

    parts = [form.positive]
    if form.negative is not None:
        parts.append(form.negative)
    return draft, tuple(entries(part) for part in parts)


def sign_monoid(form: SignForm, draft: Draft) -> Monoid:
    """Boolean matrices, or pairs of them, on wires."""
    ring = wires(draft)
    return matrices(ring) if form.negative is None else signed_matrices(ring)


def sign_initial(form: SignForm, draft: Draft) -> Wires:
    """The start state on constants, (n,) or (2, n)."""
    signs = form.initial[0] if form.negative is None else form.initial
    return draft.constant(signs)


def accepted(form: SignForm, draft: Draft, states: Wires) -> Wires:
    """Whether each state has a positive value, states with a time axis."""
    signs = form.final[0] if form.negative is None else form.final
    weights = draft.constant(signs).ravel()
    found: Wires = wires(draft).dot(states.reshape(len(states), signs.size), weights)
    return found


def boolean_depth(machine: Any, length: int, *, prefixes: bool = False) -> int:
    """A bound on the depth of `boolean_circuit`, without drawing it.

    What is below the bound are symbols' codes with fewer negated bits, and entries that
    few symbols make, on the longest path.
    """
    check_length(length)
    form = sign_form(machine)
    k, n = len(form.alphabet), form.num_states
    terms = n if form.negative is None else 2 * n
    output = dot_depth(terms)
    if length == 0 or n == 0:
        return output
    most = int(form.positive.sum(axis=0).max())
    if form.negative is not None:
        most = max(most, int(form.negative.sum(axis=0).max()))
    decoder = 1 + log2_ceiling(num_bits(form.alphabet)) if k > 1 else 0
    rounds = prefix_rounds(length) if prefixes else tree_rounds(length)
    leaf = decoder + log2_ceiling(most) if most else 0
    return leaf + (rounds + 1) * dot_depth(terms) + output
