"""A DFA becomes the weights of a four-layer DeltaNet, and is proved to be the same.

python examples/dfa_to_deltanet.py
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from automata.fa.dfa import DFA

from automata_rnn import RATIONAL
from automata_rnn.automata import WFA, compare, dfa_from_regex, wfa_from_dfa
from automata_rnn.formats import load, save
from automata_rnn.rnns import Network, drift, precision_horizon, run
from translations import plan_network, translate

# 1. How large the network for "an odd number of a's" will be, before it is built.
odd = dfa_from_regex("b*ab*(ab*ab*)*")
small = wfa_from_dfa(odd, RATIONAL)
plan = plan_network(small, heads="deltanet")
print(f"{len(odd.states)} states: {plan}")
assert plan.layers == 4

# 2. Its lookups would take 17,054 rows, so they are tables here; it runs all the same.
network = translate(odd, Network, heads="deltanet").rnn
assert isinstance(network, Network)
word = "abba" * 50 + "a"
values = run(network, word)
print(f"value after each of the last letters of {len(word)}: {values[-4:].tolist()}")
assert all(values[t] == (word[:t].count("a") % 2) for t in range(len(word) + 1))

# 3. One letter: few enough configurations that the way back is a proof of equality.
even = wfa_from_dfa(dfa_from_regex("(aa)*"), RATIONAL)
deltanet = translate(even, Network, heads="deltanet").rnn
back = translate(deltanet, WFA).automaton
verdict = compare(even, back)
print(f"deltanet and back: {back.num_states} states, equal: {verdict.equal}")
assert verdict.equal

# 4. RWKV-7 heads overwrite a coordinate in one step: 98 rows, so all is pure weights.
made = translate(odd, Network, heads="rwkv7")
weights = made.rnn
assert isinstance(weights, Network)
assert made.plan.compiled
units = [sum(p.units for p in layer.feedforward) for layer in weights.layers]
print(f"rwkv7: rectified units by layer {units}, a stream of {weights.width} numbers")

# 5. Through a file, and back to the DFA, which proves that they are equal.
with TemporaryDirectory() as folder:
    path = Path(folder) / "odd.safetensors"
    save(weights, path)
    loaded = load(path)
back = translate(loaded, WFA).automaton
print(f"rwkv7 and back: {back.num_states} states, same: {compare(small, back).equal}")
assert compare(small, back).equal
assert translate(back, DFA).automaton == odd

# 6. In floats: all numbers stay small, so every decision is certified.
horizon = precision_horizon(weights, [word])
print(f"float64: every decision certified up to length {horizon.length}, the longest")
assert horizon.reached_end
assert horizon.length == len(word)
assert drift(weights, "abab").errors.max() == 0
