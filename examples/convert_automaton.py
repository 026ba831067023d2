"""An automaton becomes network weights, comes back, and is proved to be the same.

python examples/convert_automaton.py
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from automata.fa.dfa import DFA

from automata_rnn import RATIONAL, accepts, evaluate
from automata_rnn.automata import (
    WFA,
    dfa_from_regex,
    minimize,
    wfa_from_dfa,
    wfa_from_hmm,
)
from automata_rnn.formats import load, save
from automata_rnn.rnns import PDRNN, DiagonalRNN, LinearRNN
from translations import (
    NotDiagonalizable,
    compare,
    counterexample,
    translate,
)

# 1. A regular expression as a DFA, and the DFA as the weights of a PD network.
octet = dfa_from_regex("25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]")
translation = translate(octet, PDRNN)
network = translation.rnn
print(f"IPv4 octet: {len(octet.states)} states, {network.hidden_size} hidden units")
print(f"after '1': one-hot state {network.step(network.initial, '1').astype(int)}")
for word in ("0", "255", "256", "01"):
    print(f"  {word:4} network accepts: {accepts(network, word)}")
    assert accepts(network, word) == octet.accepts_input(word)

# 2. The states agree at every step, and the two functions are proved equal.
assert counterexample(translation, ["255", "256", "2555", "0"]) is None
verdict = compare(octet, network)
print(f"equal: {verdict.equal}, {verdict.reason}")
assert verdict.equal

# 3. Through a file, and back to an automaton.
with TemporaryDirectory() as folder:
    path = Path(folder) / "octet.safetensors"
    save(network, path)
    back = translate(load(path), DFA).automaton
print(f"back from the file: {len(back.states)} states, same language: {back == octet}")
assert back == octet

# 4. What a network type cannot hold is refused with the certificate.
try:
    translate(wfa_from_dfa(octet), DiagonalRNN)
except NotDiagonalizable as refusal:
    print(f"diagonal network refused: {refusal.obstruction.kind}")
    letters = refusal.obstruction.symbols
print(f"  {letters[0]!r} and {letters[1]!r} do not commute")
assert letters == ("0", "1")

# 5. A hidden Markov model, exactly: its network, minimised, has one state fewer.
hmm = wfa_from_hmm(
    startprob=["1/2", "1/4", "1/4"],
    transmat=[["1/2", "1/4", "1/4"], ["1/3", "1/3", "1/3"], ["1/3", "1/3", "1/3"]],
    emissionprob=[["3/4", "1/4"], ["1/5", "4/5"], ["1/5", "4/5"]],
    semiring=RATIONAL,
)
linear = translate(hmm, LinearRNN).rnn
small = minimize(translate(linear, WFA).automaton).wfa
probability = evaluate(linear, (0, 1, 1, 0))
print(f"P(0 1 1 0) = {probability}; {hmm.num_states} states, {small.num_states} needed")
assert small.num_states == 2
assert compare(small, linear).equal
