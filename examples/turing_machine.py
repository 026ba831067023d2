"""A Turing machine inside a recurrent network, side by side, step by step.

python examples/turing_machine.py
"""

from automata.tm.dtm import DTM

from automata_rnn import trace
from automata_rnn.automata import halted, read_tapes, stack_machine_from_tm
from automata_rnn.rnns import MLPRNN, ReLURNN, final_state
from translations import translate

# 1. The 4-state busy beaver: 107 steps, 13 ones on the tape.
beaver = DTM(
    states={"A", "B", "C", "D", "H"},
    input_symbols={"1"},
    tape_symbols={"0", "1"},
    transitions={
        "A": {"0": ("B", "1", "R"), "1": ("B", "1", "L")},
        "B": {"0": ("A", "1", "L"), "1": ("C", "0", "L")},
        "C": {"0": ("H", "1", "R"), "1": ("D", "1", "L")},
        "D": {"0": ("D", "1", "R"), "1": ("A", "0", "R")},
    },
    initial_state="A",
    blank_symbol="0",
    final_states={"H"},
)

# 2. A tape is two stacks, a stack is a number in base 4: 1 or 3 for each symbol.
tape_machine = stack_machine_from_tm(beaver, tape="")
machine, clock = tape_machine.machine, tape_machine.clock
translation = translate(machine, ReLURNN)
network = translation.rnn
print(f"{machine.num_states} states and 2 stacks -> {network.hidden_size} ReLU units")


def by_length(text: str) -> tuple[int, str]:
    return len(text), text


# 3. The twin traces: the tape, and the two codes that the hidden vector holds.
print("step  tape                      hidden units that are not 0 or 1")
configurations = trace(machine, clock * 107)
for step, (configuration, hidden) in enumerate(
    zip(configurations, trace(network, clock * 107), strict=True)
):
    assert translation.decode(hidden) == configuration
    tapes = read_tapes(tape_machine, configuration)
    assert tapes is not None
    (tape,) = tapes.tapes
    if step < 12 or step > 103:
        text = f"{''.join(tape.left)}<{tapes.state}{tape.head}>{''.join(tape.right)}"
        fractions = sorted({str(x) for x in hidden if x.q != 1}, key=by_length)
        print(f"{step:4}  {text:24}  {' '.join(fractions[:4])}")
    assert halted(tape_machine, configuration) == (step == 107)
ones = [*tape.left, tape.head, *tape.right].count("1")
print(f"halted in state {tapes.state} with {ones} ones")
assert (tapes.state, ones) == ("H", 13)

# 4. A machine that reads its input first: equal numbers of 0 and 1, 0ⁿ1ⁿ.
equal = DTM(
    states={"q0", "q1", "q2", "q3", "yes"},
    input_symbols={"0", "1"},
    tape_symbols={"0", "1", "x", "y", "."},
    transitions={
        "q0": {"0": ("q1", "x", "R"), "y": ("q3", "y", "R")},
        "q1": {"0": ("q1", "0", "R"), "1": ("q2", "y", "L"), "y": ("q1", "y", "R")},
        "q2": {"0": ("q2", "0", "L"), "x": ("q0", "x", "R"), "y": ("q2", "y", "L")},
        "q3": {"y": ("q3", "y", "R"), ".": ("yes", ".", "N")},
    },
    initial_state="q0",
    blank_symbol=".",
    final_states={"yes"},
)
reading = stack_machine_from_tm(equal)
translation = translate(reading.machine, MLPRNN)
print(f"0^n 1^n: three layers of ReLU, {translation.rnn.hidden_size} hidden units")
for word in ("01", "0011", "001", "0101", "0" * 15 + "1" * 15):
    thinking = reading.clock * (len(word) ** 2 + 3 * len(word) + 3)
    hidden = final_state(translation.rnn, word + thinking)
    value = translation.rnn.output(hidden)
    print(f"  {word:30}  network says {value}")
    assert halted(reading, translation.decode(hidden))
    assert bool(value) == equal.accepts_input(word)
