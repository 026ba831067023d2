"""The difference of two weighted automata over a field: zero, or where it is not.

With α = (α₁, α₂), W_σ = W¹_σ ⊕ W²_σ and ω = (ω₁, -ω₂), the automaton (α, W, ω)
computes f₁ - f₂. U_ℓ = span{W_w ω : |w| = ℓ} meets α exactly at the lengths of words
where f₁ and f₂ differ, and such a length is below the number of states (Schützenberger
1961; Tzeng 1992).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpz, fmpz_mat

from automata_rnn.alphabet import Word
from automata_rnn.automata.wfa import WFA
from automata_rnn.exact import (
    FiniteField,
    finite_field,
    invariant_row_space,
    prime_field,
    random_prime,
    require_field,
    to_flint,
)
from automata_rnn.exact.finite import Matrix
from automata_rnn.semiring import Semiring


@dataclass(frozen=True, eq=False)
class _Columns:
    """α, ω as a row, and the transposes of W_σ, all over one finite field."""

    initial: Matrix
    final: Matrix
    transposed: list[Matrix]


def difference(a: WFA, b: WFA) -> WFA:
    """The automaton of f_a - f_b, for two automata over one field and alphabet."""
    semiring, n, m = a.semiring, a.num_states, b.num_states
    weights = semiring.zeros((len(a.weights), n + m, n + m), like=a.weights)
    weights[:, :n, :n], weights[:, n:, n:] = a.weights, b.weights
    minus_final = semiring.times(b.final, semiring.array([minus_one(semiring)]))
    return WFA(
        semiring,
        a.alphabet,
        np.concatenate([a.initial, b.initial]),
        weights,
        np.concatenate([a.final, minus_final]),
    )


def minus_one(semiring: Semiring) -> int:
    """-1 as an element; in GF(pᵏ) the polynomial p - 1, whatever k is."""
    field = require_field(semiring)
    return -1 if isinstance(field, str) else int(fmpz(field).factor()[0][0]) - 1


def shortest_nonzero(wfa: WFA) -> Word | None:
    """The first of the shortest words with f(w) ≠ 0, or None as a proof that f = 0.

    Over ℚ, a random 61-bit prime finds the candidate; that no shorter word has f ≠ 0
    is then proved by enough primes to exceed every possible value, and f = 0 by a basis
    of the forward space over ℚ.
    """
    field = require_field(wfa.semiring)
    parts = [wfa.initial[None], wfa.final[None], *(w.T for w in wfa.weights)]
    if isinstance(field, int):
        codes = _search(finite_field(field), parts)
    else:
        codes = _search_over_q(wfa, [to_flint(p).numer_denom()[0] for p in parts])
    return None if codes is None else wfa.alphabet.decode(codes)


def _search_over_q(wfa: WFA, integers: list[fmpz_mat]) -> list[int] | None:
    """Scaling α, ω and each W_σ to integers keeps zeros of f and nothing else."""
    while True:
        candidate = _search(prime_field(random_prime()), integers)
        if candidate is None:
            space = invariant_row_space(wfa.semiring, wfa.initial[None], wfa.weights)
            if not np.any(wfa.semiring.matmul(space.basis, wfa.final[:, None])):
                return None
        elif _vanishes_below(len(candidate), integers):
            return candidate


def _vanishes_below(length: int, integers: list[fmpz_mat]) -> bool:
    """Whether f(w) = 0 for all words shorter than `length`, for integer weights.

    |f(w)| is at most the product of the sums of absolute entries along w; a value that
    is 0 modulo primes with a larger product is 0.
    """
    initial, final, *steps = (sum(abs(int(v)) for v in m.entries()) for m in integers)
    bound = initial * final * max(1, 1, *steps) ** length
    product = 1
    while product <= bound:
        prime = random_prime()
        if product % prime == 0:
            continue  # only different primes count
        found = _search(prime_field(prime), integers)
        if found is not None and len(found) < length:
            return False
        product *= prime
    return True


def _search(field: FiniteField, parts: list[Any]) -> list[int] | None:
    """Codes of the first shortest word with f ≠ 0 over a finite field, or None."""
    initial, final, *transposed = (field.matrix(part) for part in parts)
    columns = _Columns(initial, final, transposed)
    seen, pivots = field.rref(columns.final)
    layers = [seen]
    while not _meets(field, columns.initial, layers[-1]):
        images = [field.product(layers[-1], w) for w in transposed]
        larger, more = field.rref(field.stack([seen, *images]))
        if len(more) == len(pivots):
            return None
        layers.append(field.rref(field.stack(images))[0])
        seen, pivots = larger, more
    return _descend(field, columns, layers)


def _descend(field: FiniteField, columns: _Columns, layers: list[Matrix]) -> list[int]:
    """The first word of length len(layers) - 1 with f ≠ 0, letter by letter."""
    state, codes = columns.initial, []
    for layer in reversed(layers[:-1]):
        for code, transposed in enumerate(columns.transposed):
            after = field.product(state, field.transpose(transposed))
            if _meets(field, after, layer):
                codes.append(code)
                state = after
                break
    return codes


def _meets(field: FiniteField, state: Matrix, layer: Matrix) -> bool:
    """Whether state · u ≠ 0 for some row u of the layer."""
    products = field.product(layer, field.transpose(state))
    return any(int(v) for v in field.array(products).ravel())
