"""Weighted automata ↔ linear RNNs over any semiring.

The two are the same object. A WFA is a linear RNN without bias. Back, a bias is one
more coordinate that stays 1, and a matrix state (d, n) is d rows side by side:

    (h, 1) ↦ (h, 1) [[A, 0], [b, 1]],   vec(S) ↦ vec(S) (I_d ⊗ A).

Reference: G. Rabusseau, T. Li, D. Precup, Connecting Weighted Automata and Recurrent
Neural Networks through Spectral Learning, AISTATS 2019.
"""

import numpy as np

from automata_rnn.automata import WFA
from automata_rnn.rnns import LinearRNN
from automata_rnn.semiring import Array
from translations.registry import Translation, translator

ROUNDING = 1e-12  # sums of floats in another order


@translator(WFA, LinearRNN)
def wfa_to_linear_rnn(wfa: WFA) -> Translation:
    """Hidden state = forward vector; size n → n. Exact, also in floats."""
    rnn = LinearRNN(wfa.semiring, wfa.alphabet, wfa.initial, wfa.weights, wfa.final)
    return Translation(wfa, rnn, decode=lambda hidden: hidden)


@translator(LinearRNN, WFA)
def linear_rnn_to_wfa(rnn: LinearRNN) -> Translation:
    """Forward vector = (vec h, 1); size d·n → d·n, plus one where there is a bias.

    Exact in exact semirings. Floats are summed in another order: states agree up to
    10⁻¹² relatively for each step's rounding.
    """
    semiring, biased = rnn.semiring, rnn.bias is not None
    size = rnn.hidden_size
    weights = semiring.zeros(
        (rnn.alphabet.num_codes,) + (size + biased,) * 2, rnn.recurrent
    )
    for row in range(size // max(1, rnn.initial.shape[-1])):
        block = slice(row * rnn.initial.shape[-1], (row + 1) * rnn.initial.shape[-1])
        weights[:, block, block] = rnn.recurrent
    if rnn.bias is not None:
        weights[:, size, :size] = rnn.bias.reshape(len(weights), size)
        weights[:, size, size] = semiring.one

    def with_one(hidden: Array) -> Array:
        one = np.full_like(hidden, semiring.one, shape=(int(biased),))
        return np.concatenate([hidden.ravel(), one])

    zero = semiring.zeros((int(biased),), rnn.readout)
    wfa = WFA(
        semiring,
        rnn.alphabet,
        with_one(rnn.initial),
        weights,
        np.concatenate([rnn.readout.ravel(), zero]),
    )
    tolerance = 0.0 if semiring.exact else ROUNDING
    return Translation(wfa, rnn, with_one, tolerance=tolerance)
