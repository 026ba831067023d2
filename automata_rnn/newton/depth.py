"""How sequential a run is: the steps that nothing made parallel."""

from typing import Any, NamedTuple

from automata_rnn.alphabet import Word
from automata_rnn.newton.layers import newton
from automata_rnn.newton.solver import scan_rounds
from automata_rnn.parallel import ParallelSystem
from automata_rnn.system import as_system


class SequentialDepth(NamedTuple):
    """What a run of T steps takes with as many processors as it can use.

    Attributes:
        steps: T, one after the other.
        iterations: prefix products, one after the other, that give all states exactly.
        rounds: rounds of products in all of those; above `steps`, it is better to step.
    """

    steps: int
    iterations: int
    rounds: int


def sequential_depth(machine: Any, word: Word) -> SequentialDepth:
    """The prefix products and rounds that the states of `machine` on `word` take.

    A machine whose steps compose takes one prefix product on any word, of 2 ⌈log₂ T⌉
    rounds. A ReLU network takes as many as Newton's method does on this word: a number
    that is measured, exactly, and at most T. TypeError for other machines.
    """
    system = as_system(machine)
    length = len(word)
    if isinstance(system, ParallelSystem):
        system.alphabet.encode(word)
        return SequentialDepth(length, min(1, length), scan_rounds(length))
    run = newton(machine, word)
    return SequentialDepth(length, run.iterations, run.depth)
