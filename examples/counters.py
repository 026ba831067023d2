"""A counter machine and its networks, side by side, symbol by symbol.

python examples/counters.py
"""

import numpy as np

from automata_rnn import Alphabet, accepts, trace
from automata_rnn.automata import CounterMachine, counter_machine_from_program
from automata_rnn.rnns import MLPRNN, ReLURNN, final_state
from translations import counterexample, translate

# 1. aⁿbⁿ: a counts up in state 0, b counts down in state 1, state 2 rejects.
UP, DOWN, REJECT = range(3)
successors = np.array(
    [
        [[UP, UP], [REJECT, REJECT], [REJECT, REJECT]],  # a, by state, at zero and not
        [[REJECT, DOWN], [REJECT, DOWN], [REJECT, REJECT]],  # b
    ]
)
increments = np.zeros((2, 3, 2, 1), int)
increments[0, UP] = 1
increments[1, [UP, DOWN], 1] = -1
accepting = np.array([[True, False], [True, False], [False, False]])
machine = CounterMachine(
    Alphabet("ab"), UP, successors, increments, accepting, natural=True
)

# 2. One ReLU layer for each step, and three: the same configurations, exactly.
for target in (ReLURNN, MLPRNN):
    translation = translate(machine, target)
    network = translation.rnn
    print(f"{target.__name__} with {network.hidden_size} units")
    print("  read  state counter   hidden vector")
    word = "aaabbb"
    runs = zip(["", *word], trace(machine, word), trace(network, word), strict=True)
    for symbol, configuration, hidden in runs:
        state, (counter,) = configuration
        shown = " ".join(str(x) for x in hidden)
        print(f"  {symbol:5} {state:5} {counter:7}   {shown}")
        assert translation.decode(hidden) == configuration
    assert accepts(network, word)
    assert not accepts(network, word + "b")
    words = ["ab", "aabb", "abab", "ba", "a" * 50 + "b" * 50]
    assert counterexample(translation, words) is None

# 3. A million symbols, exactly.
translation = translate(machine, ReLURNN)
long = "a" * 500_000 + "b" * 499_999
state, (counter,) = translation.decode(final_state(translation.rnn, long))
print(f"after {len(long)} symbols: state {state}, counter {counter}")
assert (state, counter) == (DOWN, 1)

# 4. A Minsky program, with a clock symbol for each instruction: 6 · 7.
program = counter_machine_from_program(
    """
           inc x 6
           inc y 7
    outer: jz x done
           dec x
    inner: jz y back
           dec y
           inc z
           inc t
           goto inner
    back:  jz t outer
           dec t
           inc y
           goto back
    done:  accept
    """
)
translation = translate(program.machine, MLPRNN)
steps = 0
hidden = translation.rnn.initial
while not translation.rnn.output(hidden):
    hidden = translation.rnn.step(hidden, program.clock)
    steps += 1
values = dict(zip(program.registers, translation.decode(hidden).counters, strict=True))
print(f"6 · 7 = {values['z']}, after {steps} steps of a network")
assert values == {"x": 0, "y": 7, "z": 42, "t": 0}
