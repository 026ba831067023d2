"""DFAs as one layer of DeltaProduct: delta steps for each letter, exact, and back.

python examples/dfa_to_deltaproduct.py
"""

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn import Alphabet
from automata_rnn.automata import DFATable, dfa_from_regex, dfa_from_table
from automata_rnn.exact import factorize
from automata_rnn.rnns import DeltaNet, DeltaProduct
from translations import compare, feasibility, translate

# 1. Automata whose letters exchange, merge and rotate states.
s5 = np.array([[1, 0, 2, 3, 4], [1, 2, 3, 4, 0]])  # a swap and a cycle: all of S₅
languages = {
    "even number of a's": dfa_from_regex("(b|ab*a)*"),
    "(ab|c)*": dfa_from_regex("(ab|c)*"),
    "a's modulo 5, b resets": dfa_from_table(
        DFATable(
            Alphabet("ab"),
            0,
            np.array([[1, 2, 3, 4, 0], [0] * 5]),
            np.eye(5, dtype=bool)[0],
        )
    ),
    "words of S₅ that fix 0": dfa_from_table(
        DFATable(Alphabet("sc"), 0, s5, np.eye(5, dtype=bool)[0])
    ),
}

# 2. Each letter as delta steps S ↦ S (I - β k kᵀ), and the proof that nothing changed.
for name, dfa in languages.items():
    network = translate(dfa, DeltaProduct).rnn
    assert isinstance(network, DeltaProduct)
    letters = zip(network.alphabet, network.table[0], strict=True)
    steps = {letter: len(factorize(matrix).factors) for letter, matrix in letters}
    assert compare(dfa, network).equal
    assert translate(network, DFA).automaton == dfa
    print(f"{name:24} {len(dfa.states)} states, steps for each letter {steps}")
    assert max(steps.values()) == network.num_factors

# 3. Released DeltaNets have one step, unit keys and β in [0, 1], or [0, 2].
parity = languages["even number of a's"]
refused = feasibility(DeltaNet, parity)
allowed = feasibility(DeltaNet, parity, allow_neg_eigval=True)
print(f"DeltaNet, β in [0, 1]: {refused.answer}: {refused.reason}")
print(f"DeltaNet, β in [0, 2]: {allowed.answer}: {allowed.reason}")
assert refused.answer == "impossible"
assert allowed.answer == "exact"
assert compare(allowed.network, parity, reading="language").equal
