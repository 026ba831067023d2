"""A ReLU network solves a P-complete problem: the value of a circuit.

python examples/circuit_value.py
"""

from itertools import pairwise

import numpy as np

from automata_rnn import accepts, trace
from automata_rnn.problems import (
    Circuit,
    circuit_value,
    circuit_values,
    encode_circuit,
    precision,
    random_circuit,
)
from automata_rnn.rnns import MLPRNN, final_state
from translations import translate

# 1. NOT x OR y for x = T, y = F. Gates name their operands by how far back they are, in
#    unary; each # is a step in which the machine goes back over its stack.
circuit = Circuit((("F", ()), ("T", ()), ("~", (1,)), ("+", (1, 3))))
word = encode_circuit(circuit)
problem = circuit_values()
translation = translate(problem.machine, MLPRNN)
network = translation.rnn
print(f"{word}: {circuit_value(circuit)}")
print("read  state  stacks                  hidden units that are not 0 or 1")
runs = zip(trace(problem.machine, word), trace(network, word), strict=True)
for symbol, (configuration, hidden) in zip((" ", *word), runs, strict=True):
    assert translation.decode(hidden) == configuration
    state, stacks = configuration
    shown = " | ".join("".join("FT"[b] for b in stack) for stack in stacks)
    codes = " ".join(str(x) for x in hidden if x.q != 1)
    print(f"{symbol:5} {state:5}  {shown:22}  {codes}")
assert accepts(network, word) == circuit_value(circuit)

# 2. Random circuits, exactly.
rng = np.random.default_rng(0)
right = 0
for _ in range(20):
    circuit, value = random_circuit(rng, 30)
    hidden = final_state(network, encode_circuit(circuit))
    right += bool(network.output(hidden) > 0) == value
print(
    f"{right} of 20 random circuits of 30 gates right, by {network.hidden_size} units"
)
assert right == 20

# 3. A gate takes bits of state for ever: O(T) of them, where log precision would put
#    the problem, and with it all of P, into L.
bits = [precision(network, "TF" * n)[-1] for n in (50, 100, 200, 400)]
print(f"bits of state after 100, 200, 400, 800 constants: {bits}")
assert all(1.9 < more / less < 2.1 for less, more in pairwise(bits))
