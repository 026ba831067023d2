"""Weights learned from values, with proof, and the true number of states of a network.

python examples/learn_weights.py
"""

import numpy as np

from automata_rnn import RATIONAL, REAL, Alphabet, evaluate, integers_mod
from automata_rnn.automata import WFA, compare
from automata_rnn.rnns import LinearRNN
from translations.extraction import exact, hankel, numerical, weighted_lstar

rng = np.random.default_rng(2000)
letters = Alphabet("ab")

# 1. A hidden automaton with weights in GF(7). The learner may ask for the values of
#    words, and whether its guess is right: then it gets a word where it is not.
shapes = (10,), (2, 10, 10), (10,)
secret = WFA(integers_mod(7), letters, *(rng.integers(0, 7, s) for s in shapes))
asked: list[object] = []


def value(word: tuple[object, ...]) -> int:
    asked.append(word)
    return int(evaluate(secret, word))


learned = hankel(
    value, letters, integers_mod(7), equivalence=lambda guess: compare(secret, guess)
)
print(f"GF(7): {learned.num_states} states from {learned.queries} values")
print(f"       {learned.guarantee}; {learned.notes[0]}")
assert learned.guarantee.kind == "proof"
assert learned.num_states == 10
assert learned.queries == len(asked) == len(set(asked))
assert compare(secret, learned.automaton).equal

# 2. The same over ℚ, of which no float is asked: the weights are thirds.
thirds = [rng.integers(-3, 4, s).astype(object) for s in ((6,), (2, 6, 6), (6,))]
fractions = WFA(RATIONAL, letters, *(RATIONAL.array(part) / 3 for part in thirds))
learned = hankel(fractions)
word = "abbabaab" * 4
print(f"ℚ:     {learned.num_states} states; the value of {len(word)} letters is exact:")
print(f"       {evaluate(learned.automaton, word)}")
assert learned.guarantee.kind == "proof"
assert evaluate(learned.automaton, word) == evaluate(fractions, word)

# 3. A network of 48 float units for 3 #a + 4/2^#b, which needs 3: the others no word
#    reaches or nothing reads, in a basis that mixes all. Floats hold it exactly.
count = {"a": [[1, 1, 0], [0, 1, 0], [0, 0, 1]], "b": np.diag([1, 1, 0.5])}
units, core = 48, 3
weights = rng.integers(-1, 2, (2, units, units)) / 2
for code, letter in enumerate(letters):
    weights[code, :core, :core] = count[str(letter)]
weights[:, core:20, :core] = 0  # nothing reads units 3 … 19
weights[:, :20, 20:] = 0  # no word reaches units 20 … 47
first, readout = rng.integers(-2, 3, (2, units)).astype(float)
first[:core], first[20:] = [1, 0, 1], 0
readout[:core], readout[core:20] = [0, 3, 4], 0
order = rng.permutation(units)
shear = np.eye(units)
shear[: units // 2, units // 2 :] = rng.integers(-1, 2, (units // 2, units // 2))
back = 2 * np.eye(units) - shear  # (I + N)(I - N) = I, since N² = 0
parts = (first @ shear, back @ weights @ shear, back @ readout)
hidden = LinearRNN(
    REAL,
    letters,
    parts[0][order],
    parts[1][:, order][:, :, order],
    parts[2][order],
)
found = exact(hidden)
print(f"floats: {found.notes[0]}")
print(f"       {found.guarantee}")
assert found.num_states == 3
assert found.guarantee.kind == "proof"
assert evaluate(found.automaton, "aabab") == 3 * 3 + 4 // 2**2

# 4. The same function in a basis that float32 must round. In exact arithmetic all units
#    are states now; above what rounding the weights can do there are three.
turn, _ = np.linalg.qr(rng.normal(size=(units, units)))
slow = np.copy(weights)
slow[:, core:] *= 0.1  # so that the other units do not drown the three
rounded = LinearRNN(
    REAL,
    letters,
    (first @ turn).astype(np.float32),
    (turn.T @ slow @ turn).astype(np.float32),
    (turn.T @ readout).astype(np.float32),
)
true, meant = exact(rounded), numerical(rounded)
print(f"rounded: {true.num_states} states exactly, {meant.num_states} above rounding")
print(f"       {meant.notes[1]}")
assert (true.num_states, meant.num_states) == (units, 3)
assert meant.guarantee.kind == "length"


# 5. A model that predicts the next letter, and the automaton that predicts it.
def model(word: tuple[object, ...]) -> list[float]:
    """After an even number of a's mostly a, else mostly b; a word ends by 1/10."""
    return [0.7, 0.2, 0.1] if word.count("a") % 2 == 0 else [0.3, 0.6, 0.1]


predictor = weighted_lstar(model, letters, tolerance=0.05)
print(f"model: {predictor.num_states} states, {predictor.queries} predictions asked")
print(f"       {predictor.guarantee}")
assert predictor.num_states == 2
assert np.isclose(evaluate(predictor.automaton, "ab"), 0.7 * 0.6 * 0.1)
