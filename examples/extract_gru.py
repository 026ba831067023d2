"""A GRU is asked for words until its automaton is known, and then that is proved.

python examples/extract_gru.py
"""

import time

import numpy as np

from automata_rnn import Alphabet, accepts
from automata_rnn.rnns.cells import Cell
from automata_rnn.rnns.stacked import Dense, StackedRNN, output_all, step_all
from translations.extraction import extract, simulate

# 1. A GRU that somebody trained, say: its units mean "was in state p and read σ" of an
#    automaton that counts a's modulo 3, under weights with 2 % of noise.
letters = Alphabet("ab", bos="^")
moves = {(p, s): (p + (s == "a")) % 3 for p in range(3) for s in "ab"}
units, n = list(moves), len(moves)
rng = np.random.default_rng(3)


def noisy(weights: np.ndarray) -> np.ndarray:
    return weights * (1 + 0.02 * rng.standard_normal(weights.shape))


before = np.array([[float(moves[u] == p) for u in units] for p, _ in units])
reads = np.array([[float(s == x) for x in "ab"] for _, s in units])
starts = np.array([[1.0 if u == (2, "a") else -1.0] for u in units])  # after bos
reset, update = np.zeros((n, n + 3)), np.zeros((n, n + 3))
candidate = np.hstack([8 * reads, 40 * starts, 4 * before])
gates = noisy(np.vstack([reset, update, candidate]))
bias = np.concatenate([np.full(n, 9.0), np.full(n, -9.0), 4 * before.sum(1) - 12])
gru = Cell("gru", gates[:, :3], gates[:, 3:], noisy(bias), np.zeros(3 * n))
signs = np.array([2.0 if moves[u] == 0 else -2.0 for u in units])
head = Dense(noisy(signs[None]), signs[None].sum(1))
network = StackedRNN(letters, np.eye(3), (gru,), (head,), np.zeros(n))

# 2. Asked for words only, L* finds an automaton; boxes of hidden states then prove it.
result = extract(network)
print(result)
assert result.num_states == 3
assert result.guarantee.kind == "proof"
for word in ("", "a", "baabab", "aabbaaba"):
    assert accepts(network, word) == (word.count("a") % 3 == 0)

# 3. The automaton in place of the network, on a long word.
codes = rng.integers(0, 2, 300_000).astype(np.uint8)
simulate(network, [codes], result.automaton)  # the first call loads the kernels
begin = time.perf_counter()
run = simulate(network, [codes], result.automaton)
fast = (time.perf_counter() - begin) / len(codes)
begin, state = time.perf_counter(), step_all(network, network.initial[None], [2])
for code in codes[:2000]:
    state = step_all(network, state, code[None])
slow = (time.perf_counter() - begin) / 2000
print(
    f"{len(codes):,} symbols at {fast * 1e9:.0f} ns each, {slow * 1e9:.0f} ns by the "
    f"GRU; {run.checked} prefixes were asked of both"
)
assert run.disagreement is None
assert run.outputs[0][2000] == (output_all(network, state)[0] > 0)
assert run.outputs[0][-1] == (np.count_nonzero(codes == 0) % 3 == 0)
