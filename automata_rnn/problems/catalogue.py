"""The problems, each with its generator, oracle and machine."""

from functools import partial

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.problems.busy_beavers import (
    CHAMPIONS,
    CLOCK,
    beaver_machine,
    run_beaver,
)
from automata_rnn.problems.circuit_machine import circuit_machine
from automata_rnn.problems.circuits import (
    CIRCUIT_ALPHABET,
    circuit_value,
    decode_circuit,
    encode_circuit,
    random_circuit,
)
from automata_rnn.problems.graph_instances import forests
from automata_rnn.problems.graph_machines import sink_machine, target_first_machine
from automata_rnn.problems.graphs import (
    GRAPH_ALPHABET,
    decode_graph,
    encode_graph,
    ends_at_target,
    reachable,
)
from automata_rnn.problems.language_machines import (
    abc_machine,
    copy_machine,
    dyck1_machine,
    dyck_machine,
    increment_machine,
    majority_machine,
    reverse_machine,
)
from automata_rnn.problems.languages import (
    AB,
    ABC,
    abc_member,
    copy_member,
    dyck_alphabet,
    dyck_member,
    increment_member,
    is_abc,
    is_copy,
    is_dyck,
    is_increment,
    is_majority,
    is_reverse,
    majority_word,
    reverse_member,
)
from automata_rnn.problems.problem import Problem, characters
from automata_rnn.problems.sampling import balanced


def connectivity(*, target_first: bool = False) -> Problem:
    """Sorted deterministic graph connectivity (L-complete), see `graphs`.

    With the target last, the language is "the path from s ends at t"; with the target
    first, "t is reachable from s". The machine keeps its word on encodings only.
    `generate` takes the number of vertices, at least 4, and has no endpoint shortcut.
    """
    answer = reachable if target_first else ends_at_target

    def generate(rng: np.random.Generator, size: int) -> tuple[str, bool]:
        instance, expected = forests(rng, size, any_target=target_first)
        return encode_graph(instance, target_first=target_first), expected

    def oracle(word: Word) -> bool:
        instance = decode_graph(word, target_first=target_first)
        return instance is not None and answer(instance)

    return Problem(
        f"sorted connectivity, target {'first' if target_first else 'last'}",
        GRAPH_ALPHABET,
        "L",
        generate,
        oracle,
        target_first_machine() if target_first else sink_machine(),
        lambda word: decode_graph(word, target_first=target_first) is not None,
    )


def circuit_values() -> Problem:
    """Circuit value (P-complete), see `circuits`; the size is the number of gates."""

    def generate(rng: np.random.Generator, size: int) -> tuple[str, bool]:
        circuit, value = random_circuit(rng, size)
        return encode_circuit(circuit), value

    def oracle(word: Word) -> bool:
        circuit = decode_circuit(word)
        return circuit is not None and circuit_value(circuit)

    machine = circuit_machine()
    return Problem("circuit value", CIRCUIT_ALPHABET, "P", generate, oracle, machine)


def abc() -> Problem:
    """aⁿbⁿcⁿ with n up to the size."""
    generate = balanced(abc_member, ABC, is_abc)
    return Problem("aⁿbⁿcⁿ", ABC, "in AC0", generate, is_abc, abc_machine())


def majority() -> Problem:
    """More a's than b's, in 2 size - 1 letters."""
    machine = majority_machine()
    return Problem("majority", AB, "TC0", majority_word, is_majority, machine)


def dyck(kinds: int = 1) -> Problem:
    """Balanced brackets of some kinds; the size is the number of pairs."""
    alphabet, oracle = dyck_alphabet(kinds), partial(is_dyck, kinds=kinds)
    generate = balanced(partial(dyck_member, kinds=kinds), alphabet, oracle)
    machine = dyck1_machine() if kinds == 1 else dyck_machine(kinds)
    return Problem(f"Dyck-{kinds}", alphabet, "TC0", generate, oracle, machine)


def copy() -> Problem:
    """v # _^|v| v with |v| up to the size: a queue made of two stacks."""
    sigma = Alphabet("ab#_")
    generate = balanced(copy_member, sigma, is_copy)
    return Problem("copy", sigma, "in AC0", generate, is_copy, copy_machine())


def reverse() -> Problem:
    """v # vᴿ with |v| up to the size: palindromes with a marker."""
    sigma = Alphabet("ab#")
    generate = balanced(reverse_member, sigma, is_reverse)
    return Problem("reverse", sigma, "in AC0", generate, is_reverse, reverse_machine())


def increment() -> Problem:
    """x # y with y = x + 1 in binary, y lowest bit first; |x| is up to the size."""
    sigma, machine = Alphabet("01#"), increment_machine()
    generate = balanced(increment_member, sigma, is_increment)
    return Problem("increment", sigma, "in AC0", generate, is_increment, machine)


def busy_beaver(states: int = 3) -> Problem:
    """Has the busy beaver of 2, 3 or 4 states halted after so many clock symbols?

    The numbers of symbols generated are within `size` of the number of steps.
    """
    if states not in CHAMPIONS:
        raise ValueError(f"states: wanted one of {sorted(CHAMPIONS)}, got {states}")
    text, steps, _ = CHAMPIONS[states]

    def generate(rng: np.random.Generator, size: int) -> tuple[str, bool]:
        length = int(rng.integers(max(0, steps - size), steps + max(size, 1)))
        return "#" * length, length >= steps

    def oracle(word: Word) -> bool:
        return run_beaver(text, len(characters(CLOCK, word))) is not None

    name, machine = f"busy beaver, {states} states", beaver_machine(text)
    return Problem(name, CLOCK, "regular", generate, oracle, machine)


def problems() -> list[Problem]:
    """One of each."""
    return [
        connectivity(),
        connectivity(target_first=True),
        circuit_values(),
        abc(),
        majority(),
        dyck(1),
        dyck(2),
        copy(),
        reverse(),
        increment(),
        busy_beaver(),
    ]
