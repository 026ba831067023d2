"""Circuit value (P-complete), as words: instances, values and encodings.

A circuit is a list of gates in topological order, each a constant or an operation on
earlier gates; its value is that of the last gate. A gate names its operands by
distance, 1 being the gate before it. Over {F, T, ~, &, +, 1, #}:

    F | T              constants
    ~ 1^a #^a          NOT of the gate at distance a
    & 1^a #^a 1^b #^b  AND;    + 1^a #^a 1^b #^b  OR

The # are clock symbols: the padding of Corollary 2, put where a machine that reads one
symbol in each step needs the time. Without them a word could be read in one way only,
too, so they add length and no information.

    CVP = { w : w encodes a circuit of value T }

Circuit value in topological order with fan-in 2 is P-complete (Ladner 1975); unary
distances and the pads make words polynomially longer, so CVP is P-complete too.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from automata_rnn.alphabet import Alphabet, Word
from automata_rnn.problems.problem import characters, coin

CIRCUIT_ALPHABET = Alphabet("FT~&+1#")
ARITY = {"F": 0, "T": 0, "~": 1, "&": 2, "+": 2}
Gate: TypeAlias = tuple[str, tuple[int, ...]]
GATE = re.compile(r"([FT])|(~)(1+)(#+)|([&+])(1+)(#+)(1+)(#+)")


@dataclass(frozen=True)
class Circuit:
    """Gates in topological order; the last is the output.

    Attributes:
        gates: (operation, distances), the operation one of F, T, ~, &, +, and its
            operands so many gates before it.

    Raises ValueError where there is no gate, an operation is unknown, or an operand is
    missing or not before its gate.
    """

    gates: tuple[Gate, ...]

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "gates", tuple((kind, tuple(places)) for kind, places in self.gates)
        )
        if not self.gates:
            raise ValueError("Circuit.gates: wanted at least one gate, got none")
        for k, (kind, places) in enumerate(self.gates):
            known = kind in ARITY and len(places) == ARITY[kind]
            if not known or not all(1 <= a <= k for a in places):
                raise ValueError(
                    f"Circuit.gates: wanted one of {sorted(ARITY)} with operands "
                    f"1 … {k} gates before it, got {(kind, places)} as gate {k}"
                )


def circuit_value(circuit: Circuit) -> bool:
    """The value of the last gate."""
    values: list[bool] = []
    for kind, places in circuit.gates:
        operands = [values[-a] for a in places]
        if kind in "FT":
            values.append(kind == "T")
        elif kind == "~":
            values.append(not operands[0])
        else:
            values.append(all(operands) if kind == "&" else any(operands))
    return values[-1]


def encode_circuit(circuit: Circuit) -> str:
    """The word of a circuit.

    >>> encode_circuit(Circuit((("T", ()), ("~", (1,)), ("+", (1, 2)))))
    'T~1#+1#11##'
    """
    return "".join(
        kind + "".join(map(_operand, places)) for kind, places in circuit.gates
    )


def _operand(distance: int) -> str:
    return "1" * distance + "#" * distance


def decode_circuit(word: Word) -> Circuit | None:
    """The circuit of a word, or None where it encodes none.

    Raises ValueError where a symbol is not in the alphabet.

    >>> decode_circuit("T~1#")
    Circuit(gates=(('T', ()), ('~', (1,))))
    >>> decode_circuit("T~11##") is None  # there is no second gate before the last
    True
    """
    text = characters(CIRCUIT_ALPHABET, word)
    gates: list[Gate] = []
    position = 0
    while position < len(text):
        match = GATE.match(text, position)
        if match is None:
            return None
        kind, *parts = (part for part in match.groups() if part is not None)
        places, pads = map(len, parts[::2]), map(len, parts[1::2])
        gates.append((kind, tuple(places)))
        if gates[-1][1] != tuple(pads):
            return None
        position = match.end()
    try:
        return Circuit(tuple(gates))
    except ValueError:
        return None


def random_circuit(rng: np.random.Generator, num_gates: int) -> tuple[Circuit, bool]:
    """A random circuit of `num_gates` gates, and its value, each half of the time.

    The first two gates are constants; each later one is an operation, chosen uniformly
    as its operands are. Where the value is not the one wanted, every operation and
    constant is replaced by its dual and every negation kept, which complements the
    value (De Morgan). ValueError where there is no gate.
    """
    if num_gates < 1:
        raise ValueError(f"num_gates: wanted at least 1, got {num_gates}")
    wanted = coin(rng)
    gates = [_random_gate(rng, k) for k in range(num_gates)]
    circuit = Circuit(tuple(gates))
    if circuit_value(circuit) != wanted:
        circuit = dual(circuit)
    return circuit, wanted


def dual(circuit: Circuit) -> Circuit:
    """F and T, & and + exchanged: the value is the complement of the circuit's."""
    swap = {"F": "T", "T": "F", "&": "+", "+": "&", "~": "~"}
    return Circuit(tuple((swap[kind], places) for kind, places in circuit.gates))


def _random_gate(rng: np.random.Generator, before: int) -> Gate:
    kind = str(rng.choice(list("FT" if before < 2 else "~&+")))
    places = rng.integers(1, before + 1, ARITY[kind]) if before else ()
    return kind, tuple(int(a) for a in places)
