"""What stacks of diagonal layers hold: gates, layers, and who is refused.

Mamba, S4 and LRU have diagonal transitions. A cascade of resets and cyclic groups
(Krohn and Rhodes) says which automata a stack of such layers follows, and how.

python examples/dfa_to_diagonal_layers.py
"""

import numpy as np

from automata_rnn import Alphabet
from automata_rnn.automata import (
    DFATable,
    NotSolvable,
    dfa_from_regex,
    dfa_from_table,
    krohn_rhodes,
    uncovered,
)
from automata_rnn.rnns import DiagonalNetwork, run_stack
from translations import GatesTooWeak, compare, translate


def moves(*letters: tuple[int, ...]) -> DFATable:
    """Letters a, b, … that move points; point 0 is initial and accepts."""
    alphabet = Alphabet("abc"[: len(letters)])
    return DFATable(alphabet, 0, np.array(letters), np.arange(len(letters[0])) == 0)


# 1. Star-free languages: resets, that is gates 0 and 1.
brackets = dfa_from_regex(r"(\((\((\(\))*\))*\))*")
made = translate(brackets, DiagonalNetwork, gates="positive")
print(f"brackets up to depth 3: {made.plan}")
assert compare(brackets, made.rnn).equal  # proved, not sampled

# 2. Parity is not star-free: positive gates cannot count, a sign can.
parity = dfa_from_regex("(b*ab*a)*b*")
try:
    translate(parity, DiagonalNetwork, gates="positive")
except GatesTooWeak as reason:
    refusal = str(reason)
    print(f"\nparity, refused: {refusal}")
assert "the word 'a' leads the states 0 → 1 → 0" in refusal
made = translate(parity, DiagonalNetwork, gates="signed")
print(f"parity: {made.plan}")
assert made.rnn.layers[0].gates.ravel().tolist() == [-1, 1]

# 3. The symmetric group S4: solvable, in as many layers as its derived series is long.
s4 = moves((1, 0, 2, 3), (1, 2, 3, 0))
cascade = krohn_rhodes(s4)
made = translate(dfa_from_table(s4), DiagonalNetwork)
print(f"\nS4 is covered by {cascade}: {uncovered(cascade) is None}\nS4: {made.plan}")
assert uncovered(cascade) is None
assert made.plan.layers == 3

# 4. A word of 100,000 letters, by three parallel scans.
word = "".join(np.random.default_rng(0).choice(["a", "b"], size=100_000))
outputs = run_stack(made.rnn, word)
state = s4.initial
for symbol in word:
    state = s4.step(state, symbol)
print(f"after {len(word):,} letters point 0 is at {state}: output {outputs[-1]}")
assert outputs[-1] == s4.output(state)

# 5. The symmetric group S5 is not solvable: no number of diagonal layers follows it.
s5 = moves((1, 0, 2, 3, 4), (1, 2, 3, 4, 0))
try:
    krohn_rhodes(s5)
except NotSolvable as reason:
    refusal = str(reason)
    print(f"\nS5, refused: {refusal}")
assert "the simple factor A5" in refusal
