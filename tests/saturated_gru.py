"""GRUs whose saturated units mean "was in state p and read σ" of a given DFA."""

import numpy as np

from automata_rnn import Alphabet
from automata_rnn.automata import DFATable
from automata_rnn.rnns.cells import Cell
from automata_rnn.rnns.stacked import Dense, StackedRNN


def saturated_gru(
    table: DFATable, *, noise: float = 0.02, seed: int = 0, gain: float = 1.0
) -> StackedRNN:
    """A network that recognises the language of `table`, up to noise on its weights.

    One unit for each state p and symbol σ, 1 where the last symbol was σ, read in p,
    else -1, and one for `bos`.
    """
    rng = np.random.default_rng(seed)
    k, states = len(table.alphabet), table.num_states
    units = [(p, s) for p in range(states) for s in range(k)]
    leads = np.array([table.successors[s, p] for p, s in units] + [table.initial])
    n = len(leads)
    before = np.array([(leads == p).astype(float) for p, _ in units] + [np.zeros(n)])
    reads = np.array(
        [[float(s == x) for x in range(k)] for _, s in units] + [[0.0] * k]
    )
    starts = np.where(np.arange(n) == n - 1, 40.0, -40.0)[:, None]
    candidate = np.hstack([8 * reads, starts, 4 * before]) * gain
    weights = np.vstack([np.zeros((2 * n, k + 1 + n)), candidate])
    weights *= 1 + noise * rng.standard_normal(weights.shape)
    shift = (4 * before.sum(axis=1) - 12) * gain
    bias = np.concatenate([np.full(n, 9.0), np.full(n, -9.0), shift])
    cell = Cell("gru", weights[:, : k + 1], weights[:, k + 1 :], bias, np.zeros(3 * n))
    signs = np.where(table.accepting[leads], 2.0, -2.0)
    head = Dense(signs[None], np.array([signs.sum()]))
    alphabet = Alphabet(table.alphabet, bos="^")
    return StackedRNN(alphabet, np.eye(k + 1), (cell,), (head,), np.zeros(n))
