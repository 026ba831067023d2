"""A linear RNN is read as its automaton, which runs faster: 256 floats become 7 states.

python examples/simulate_rnn.py
"""

import time

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn import REAL, Alphabet, accepts
from automata_rnn.automata import table_from_dfa
from automata_rnn.parallel import states
from automata_rnn.rnns import LinearRNN
from translations import compare, translate

# 1. A network that somebody trained, say: 64 units in a basis that hides what it does.
#    Its weights are small dyadic numbers, which floats hold exactly.
rng = np.random.default_rng(7)
letters = Alphabet("ab")
turn = {"a": np.roll(np.eye(7), 1, axis=1), "b": np.eye(7)}  # count the a's modulo 7
hidden = np.zeros((2, 64, 64))
for code, letter in enumerate(letters):
    hidden[code, :7, :7] = turn[str(letter)]
    hidden[code, 7:, 7:] = np.eye(57)[rng.permutation(57)] / 2
basis = np.triu(rng.integers(-1, 2, (64, 64)), 1) * (rng.random((64, 64)) < 0.02)
mix, unmix = np.eye(64) + basis, np.linalg.inv(np.eye(64) + basis).round()
assert np.array_equal(mix @ unmix, np.eye(64))
first, readout = np.zeros(64), np.zeros(64)
first[[0, 7]], readout[[0, 3]] = 1, [1, 2]
network = LinearRNN(REAL, letters, first @ mix, unmix @ hidden @ mix, unmix @ readout)

# 2. Its automaton, found from the weights alone, and the proof that it is the same.
begin = time.perf_counter()
dfa = translate(network, DFA).automaton
verdict = compare(network, dfa, reading="language")
seconds = time.perf_counter() - begin
print(f"{network.hidden_size} hidden units are {len(dfa.states)} states")
print(f"found and proved in {seconds:.2f} s: {verdict.reason}")
assert verdict.equal
assert len(dfa.states) == 7

# 3. Both on one long word: the automaton's states are looked up, not multiplied.
word = "".join(rng.choice(["a", "b"], size=20_000))
begin = time.perf_counter()
slow = accepts(network, word)
network_seconds = time.perf_counter() - begin
table = table_from_dfa(dfa)
states(table, word)  # the first call loads the kernels
begin = time.perf_counter()
run = states(table, word)
automaton_seconds = time.perf_counter() - begin
assert bool(table.accepting[run[-1]]) == slow == (word.count("a") % 7 in (0, 3))
speedup = network_seconds / automaton_seconds
print(
    f"{len(word):,} symbols: the automaton is {speedup:.0f} times as fast, same answer"
)
