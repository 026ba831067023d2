"""f(w) > 0 for integer weights of any sign, as a Boolean circuit (Theorem 3)."""

from math import lcm
from typing import Any

import numpy as np

from automata_rnn.circuits.arithmetic import check_gates, check_length
from automata_rnn.circuits.boolean import decoded, num_bits, symbol_bits
from automata_rnn.circuits.circuit import PLUS
from automata_rnn.circuits.draft import Draft, Wires
from automata_rnn.circuits.evaluate import WordCircuit
from automata_rnn.circuits.integers import (
    constant_bits,
    extended,
    is_positive,
    sums_of_products,
)
from automata_rnn.circuits.linear_form import LinearForm, linear_form, one_row
from automata_rnn.semiring import BOOLEAN, INTEGER, RATIONAL, Array, to_rational


def positivity_circuit(
    machine: Any, length: int, *, max_bits: int = 256
) -> WordCircuit:
    """A circuit of AND, OR and NOT for f(w) > 0, for words of one length.

    Takes a WFA or linear network over INTEGER or RATIONAL, deterministic or not. Inputs
    are those of `boolean_circuit`; a code that no symbol has stands for the matrix 0.

    Rational matrices are multiplied by their common denominators, which keeps signs. An
    entry of a product of m matrices is at most ν^m, where ν is the largest sum of
    absolute values of a row, and is kept in 1 + the bits of that bound, in two's
    complement. Each of the ⌈log₂ T⌉ rounds multiplies numbers of O(2^r) bits by adding
    rows without carries first, in O(log T) levels; so the depth is O(log² T) and the
    size O(n³ T²) for fixed ν. The bound O(log T log* T) of Corollary 5 needs Jung's
    construction with Chinese remainders and is not claimed for this circuit.

    Raises ValueError for other semirings, a negative length, and products of more than
    `max_bits` bits, which make circuits of more than `max_bits`² gates; TypeError for
    machines that are not linear.

    >>> from automata_rnn import INTEGER, Alphabet
    >>> from automata_rnn.automata import WFA
    >>> from automata_rnn.circuits import evaluate_words
    >>> count = WFA(INTEGER, Alphabet("ab"), [1, 0],
    ...             [[[1, 1], [0, 1]], [[1, -1], [0, 1]]], [0, 1])
    >>> evaluate_words(positivity_circuit(count, 3), ["aab", "abb", "bbb"])
    array([ True, False, False])
    """
    form = one_row(linear_form(machine))
    if form.semiring not in (INTEGER, RATIONAL):
        raise ValueError(
            f"machine: wanted integer or rational weights, got {form.semiring.name}"
        )
    check_length(length)
    initial, weights, final = _integers(form)
    norm = int(np.abs(weights).sum(axis=2).max(initial=1))
    ends = initial[:, None] * final[None, :]
    least = length * (norm.bit_length() - 1)  # bits of norm**length, which may be huge
    scale = int(np.abs(ends).sum())
    value_width = least if least > max_bits else _width(scale * norm**length)
    if value_width > max_bits:
        raise ValueError(
            f"max_bits: wanted at least {value_width}, the bits of a value at length "
            f"{length}, got {max_bits}"
        )
    check_gates(length, length * len(initial) ** 3)
    draft = Draft(BOOLEAN, length * num_bits(form.alphabet))
    product = _identity(draft, len(initial))
    if length:
        product = _product(draft, _leaves(draft, form, weights, length), norm)
    coefficients = constant_bits(draft, ends, _width(int(np.abs(ends).max(initial=0))))
    flat = product.reshape(-1, product.shape[-1])
    terms = coefficients.reshape(len(flat), coefficients.shape[-1])
    value = sums_of_products(draft, terms, flat, value_width)
    circuit = draft.finish(is_positive(draft, value))
    return WordCircuit(circuit, form.alphabet, length, symbol_bits(form.alphabet))


def _width(bound: int) -> int:
    """Bits of two's complement for -bound, …, bound."""
    return bound.bit_length() + 1


def _integers(form: LinearForm) -> tuple[Array, Array, Array]:
    """h₀, A and c as integers, each times a positive number."""

    def scaled(part: Array) -> Array:
        rationals = [to_rational(value) for value in part.ravel()]
        common = lcm(*(int(value.q) for value in rationals))
        whole = np.empty(part.shape, object)
        whole.ravel()[:] = [int((value * common).p) for value in rationals]
        return whole

    weights = [scaled(matrix) for matrix in form.table[0]]
    n = form.num_columns
    table = np.array(weights, dtype=object).reshape(len(weights), n, n)
    return scaled(form.initial), table, scaled(form.final)


def _identity(draft: Draft, n: int) -> Wires:
    return constant_bits(draft, np.eye(n, dtype=int).astype(object), 2)


def _leaves(draft: Draft, form: LinearForm, weights: Array, length: int) -> Wires:
    """The bits of each position's matrix, (T, n, n, w): ORs of symbols."""
    symbols = decoded(draft, form.alphabet, length)
    width = _width(int(np.abs(weights).max(initial=0)))
    bits = np.stack([(weights >> place) % 2 == 1 for place in range(width)], axis=-1)
    drawn: dict[bytes, Wires] = {}
    found = np.empty((length, *bits.shape[1:]), np.int64)
    for place in np.ndindex(bits.shape[1:]):
        labels = bits[(slice(None), *place)].astype(bool)
        if labels.tobytes() not in drawn:
            some = symbols[:, np.flatnonzero(labels)]
            drawn[labels.tobytes()] = draft.fold(PLUS, some, 1, False)
        found[(slice(None), *place)] = drawn[labels.tobytes()]
    return found


def _product(draft: Draft, factors: Wires, norm: int) -> Wires:
    """The product of all matrices, (T, n, n, w) → (n, n, W), in ⌈log₂ T⌉ rounds."""
    count = 1
    while len(factors) > 1:
        count *= 2
        width = _width(norm**count)
        even = len(factors) - len(factors) % 2
        left, right = factors[0:even:2], factors[1:even:2]
        rows = left[:, :, None, :, :]  # (P, i, 1, k, w)
        columns = np.swapaxes(right, 1, 2)[:, None, :, :, :]  # (P, 1, j, k, w)
        pairs = sums_of_products(draft, rows, columns, width)
        factors = np.concatenate([pairs, extended(factors[even:], width)])
    product: Wires = factors[0]
    return product
